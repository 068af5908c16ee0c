"""Labelled frames: where they come from, what their labels and boxes say, the crops made of them."""
