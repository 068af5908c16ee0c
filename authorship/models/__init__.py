"""Models of directors: a linear score per candidate, how it is fitted, and the sets of candidates that remain."""
