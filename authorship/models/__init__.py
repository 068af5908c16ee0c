"""Models of directors: a linear score per candidate, its fitting, and the prediction sets."""
