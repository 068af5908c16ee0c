"""The scale network: architectures, weights, preparation of frames, prediction."""
