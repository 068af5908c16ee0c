"""The names of the shot detectors, apart from the detectors so that ``--help`` loads none of them."""

__all__ = ["DETECTORS", "DETECTOR_HELP", "PEERS", "PEER_HELP", "VERSIONS"]

DETECTORS: dict[str, str] = {
    "default": "trained trees and a small network: cuts and gradual transitions",
    "adaptive": "a frame's difference beside its neighbours': cuts alone, nothing trained",
    "transnetv2": "the network of that name; needs the extra transnetv2",
}
"""What `shotscale.boundaries.make_detector` knows, and what each is."""

VERSIONS: dict[str, int] = {"default": 2, "adaptive": 1, "transnetv2": 1}
"""Of each detector's rules: to be counted up whenever the same frames may give other shots. What a detector has learnt
tells itself apart by its checksum."""

PEERS: tuple[str, ...] = ("scenedetect-adaptive", "scenedetect-content")
"""Names of PySceneDetect's detectors (with their own settings), to compare with."""

DETECTOR_HELP = "Shot detector: " + "; ".join(f"{name} ({what})" for name, what in DETECTORS.items()) + "."
PEER_HELP = f"Of {', '.join((*DETECTORS, *PEERS))}."
