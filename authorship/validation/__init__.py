"""Validation of a reference: classifiers, leave-one-film-out, the benchmark."""
