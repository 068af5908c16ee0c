"""Train a scale network: the training loop, whole experiments, initial weights, curves."""
