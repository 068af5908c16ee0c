"""Films by known directors, built in or your own: the table used for attribution."""
