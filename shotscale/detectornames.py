"""Names of the shot detectors, kept apart from the detectors so that ``--help`` loads none of them."""

DETECTORS: dict[str, str] = {
    "default": "trained trees and a small network: cuts and gradual transitions",
    "adaptive": "each frame's difference compared with its neighbors'; cuts only, untrained",
    "transnetv2": "the network of that name; needs the extra transnetv2",
}
"""The names that `shotscale.boundaries.make_detector` accepts, each with a description."""

VERSIONS: dict[str, int] = {"default": 5, "adaptive": 2, "transnetv2": 2}
"""Version of each detector's rules; increase it whenever the same frames may yield different shots. What a detector has
learned is identified by its checksum."""

PEERS: tuple[str, ...] = ("scenedetect-adaptive", "scenedetect-content")
"""Names of PySceneDetect's detectors (with their default settings), for comparison."""

DETECTOR_HELP = "Shot detector: " + "; ".join(f"{name} ({what})" for name, what in DETECTORS.items()) + "."
PEER_HELP = f"Comma-separated, from {', '.join((*DETECTORS, *PEERS))}."
