"""Labeled frames: their sources, their labels and boxes, and crops made from them."""
