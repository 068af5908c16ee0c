"""Training a scale network: the loop, a whole experiment, the weights it starts from, its curves."""
