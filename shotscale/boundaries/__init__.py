"""Shot boundary detection: thumbnails of every frame in, transitions with extent, kind and confidence out.

Conventions
-----------
Frames are RGB thumbnails of 27 x 48 pixels with presentation times in seconds; frame rates play no part. A
detector takes them in order, in batches of any size; its memory grows by a few dozen numbers per frame.
"""

from shotscale.boundaries.registry import DETECTORS, detect_shots, make_detector
from shotscale.boundaries.transitions import ShotDetector, Transition, shots_from_transitions

__all__ = ["DETECTORS", "ShotDetector", "Transition", "detect_shots", "make_detector", "shots_from_transitions"]
