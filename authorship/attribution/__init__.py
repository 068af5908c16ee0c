"""Who directed a film: the model, its prediction sets, the evidence, the limits and the verdict."""
