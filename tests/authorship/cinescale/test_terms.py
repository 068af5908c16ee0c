"""The installed files hold a model of CineScale's codings, and nothing from which a coding could be recovered."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from authorship.reference.basis import LEVELS
from authorship.reference.table import builtin_reference
from shotscale.annotations import is_coding

PACKAGES = ("authorship.data", "shotscale.data")


def installed() -> list[Path]:
    found = [Path(str(entry)) for package in PACKAGES for entry in files(package).iterdir()]
    assert any(path.name == "bases.json" for path in found)
    return [path for path in found if path.is_file()]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, entry in value.items() for text in (key, *strings(entry))]
    if isinstance(value, list):
        return [text for entry in value for text in strings(entry)]
    return [value] if isinstance(value, str) else []


def test_no_installed_file_is_a_coding() -> None:
    assert not [path.name for path in installed() if is_coding(path)]


def test_the_bases_name_directors_and_features_and_no_film() -> None:
    said = set(strings(json.loads((files("authorship.data") / "bases.json").read_text(encoding="utf-8"))))
    reference = builtin_reference()
    assert set(reference.candidates) <= said
    titles = {str(title) for title in (*reference.titles, *reference.original_titles)}
    assert not said & titles
    assert not [text for text in said for title in titles if len(title) > 5 and title in text]


def test_the_bases_hold_no_row_per_film() -> None:
    """Anything with one row per film holds a single number per row, not the film's features."""
    bases = json.loads((files("authorship.data") / "bases.json").read_text(encoding="utf-8"))["bases"]
    for basis in bases.values():
        p, k = len(basis["features"]), len(basis["counts"])
        for name, scores in basis["calibration"].items():
            assert np.asarray(scores).ndim == 1, name
        assert np.asarray(basis["spread"]["quantiles"], float).shape == (k, p, len(LEVELS))
        assert max(LEVELS) < 1
        assert min(LEVELS) > 0
        assert np.asarray(basis["model"]["weights"]).shape == (k, p)
