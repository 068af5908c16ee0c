"""ELAN's ``.eaf`` files, which VIAN's users read too: one annotation per shot.

Conventions
-----------
Shots are taken from the tier called shot or shots (or Einstellung, plan), or the only tier with annotations; their
scales from a tier called shot scale or scale, or from the shots' own values if all of them name a scale. Other tiers
are ignored, even if they contain errors. Times are in the file's TIME_UNITS. The film's TIME_ORIGIN is added: ELAN's
player shows annotation time 0 at that time of the film, and elan-media-trimmer cuts that much off the beginning to make
it unnecessary. Times not set in ELAN are spaced evenly between those that are, and annotations that subdivide one on
another tier share its time evenly, as ELAN shows them. An .eaf file is untrusted input: a document type, and with it
every entity, is rejected.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.files import atomic_path
from shotscale.numerals import some_of
from shotscale.scales import ShotScale
from shotscale.shotlists.eaf import Annotations, EafDocument
from shotscale.shotlists.rows import heading
from shotscale.shotlists.scalenames import parse_scale
from shotscale.shotlists.shotlist import ReadOptions, ShotList, library
from shotscale.shotlists.timeline import shots_of_spans

__all__ = ["read", "write"]

_SHOTS = frozenset({"shot", "shots", "shot list", "shot boundaries", "einstellung", "einstellungen", "plan", "plans"})
_SCALES = frozenset({"scale", "scales", "shot scale", "shot scales", "shot size", "shotscale"})


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the shots of an ELAN file, and their scales if it has any."""
    document = EafDocument(path)
    name = _shot_tier(document, options.tier, path)
    annotations, spread = document.annotations(name)
    starts = np.asarray([start for start, _, _ in annotations], np.float64)
    ends = np.asarray([end for _, end, _ in annotations], np.float64)
    scales, said = _scales(document, name, annotations, path)
    shots, scales, notes = shots_of_spans(
        starts, ends, scales, gaps=options.gaps or "refuse", source=f"{path}: tier {name}"
    )
    if spread:
        notes += (f"Times of the tier {name} that are not set in ELAN, {spread} in number, were spread evenly.",)
    return ShotList(
        shots=shots,
        scales=scales,
        format="ELAN annotation",
        notes=notes,
        details=(f"tier {name}", *said, *document.said),
    )


def write(shots: pd.DataFrame, path: Path, *, scales: Sequence[ShotScale | None] | None, title: str) -> None:
    """Write tiers of shot numbers, of transitions, and of scales if known."""
    elan = library("pympi", str(path), "pympi-ling").Elan
    frames = np.rint(np.append(shots["start"].to_numpy(), float(shots["end"].iloc[-1])) * 1000).astype(int).tolist()
    document = elan.Eaf(author="film-authorship")
    document.remove_tier("default")
    name = "".join(letter for letter in title if letter.isprintable())
    document.add_linked_file(name, relpath=f"./{name}", mimetype="video/mp4")
    tiers: dict[str, list[str | None]] = {
        "shot": [str(k) for k in range(1, len(shots) + 1)],
        "transition": [str(kind) for kind in shots["kind"]],
    }
    if scales is not None:
        tiers["shot scale"] = [None if scale is None else scale.abbreviation for scale in scales]
    for tier, values in tiers.items():
        document.add_tier(tier)
        for k, value in enumerate(values):
            if frames[k + 1] <= frames[k]:
                raise TableError(f"shot {k + 1}: shorter than a millisecond; ELAN counts these; drop the shot")
            if value is not None:
                document.add_annotation(tier, frames[k], frames[k + 1], value)
    content = elan.to_string(document, encoding="UTF-8")
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def _shot_tier(document: EafDocument, wanted: str | None, path: Path) -> str:
    names = some_of(document.tiers) or "none"
    if wanted is not None:
        plain = unicodedata.normalize("NFC", wanted)
        found = next((name for name in document.tiers if unicodedata.normalize("NFC", name) == plain), None)
        if found is None:
            raise TableError(f"{path}: has no tier {wanted!r} with annotations; it has {names}; name one of these")
        return found
    called = [name for name in document.tiers if heading(name) in _SHOTS]
    if len(called) == 1:
        return called[0]
    if len(document.tiers) == 1:
        return next(iter(document.tiers))
    raise TableError(f"{path}: which tier holds the shots is not clear; it has {names}; name one with --tier")


def _scales(
    document: EafDocument, name: str, shots: Annotations, path: Path
) -> tuple[tuple[ShotScale | None, ...] | None, tuple[str, ...]]:
    """Read scales from a separate tier, or from the shots' values if none has a digit and all name a scale."""
    own = next((tier for tier in document.tiers if heading(tier) in _SCALES and tier != name), None)
    if own is None:
        words = [value for _, _, value in shots if value.strip()]
        if not words or any(re.search(r"\d", word) for word in words):
            return None, ()
        try:
            return tuple(parse_scale(value, where=f"{path}: tier {name}") for _, _, value in shots), ()
        except TableError:
            return None, ()
    given, _ = document.annotations(own)
    begins = np.asarray([start for start, _, _ in given])
    scales: list[ShotScale | None] = []
    for start, end, _ in shots:
        k = int(np.searchsorted(begins, (start + end) / 2, side="right")) - 1
        covered = k >= 0 and (start + end) / 2 < given[k][1]
        scales.append(parse_scale(given[k][2], where=f"{path}: tier {own}") if covered else None)
    return (tuple(scales) if any(scales) else None), (f"scales of the tier {own}",)
