"""Shot scale and shot boundaries of a film: film in, two tables out."""
