"""Films by known directors, built in or one's own, as the table that attributions are made from."""
