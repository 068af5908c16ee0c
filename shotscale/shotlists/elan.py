"""ELAN's ``.eaf`` files, which VIAN's users read too: one annotation per shot.

Conventions
-----------
Shots are taken from the tier called shot or shots (or Einstellung, plan), or the only tier with annotations; their
scales from the tier called shot scale or scale, from one with another name that a table's column of scales may have
(field size) if all of its values name a scale, or from the shots' own values if all of them do. A shot in which the
scale changes has none. Other tiers are not used, even if they contain errors. Times are in the file's TIME_UNITS. The
film's TIME_ORIGIN is added: ELAN's player shows annotation time 0 at that time of the film, and elan-media-trimmer cuts
that much off the beginning to make it unnecessary. Times not set in ELAN are spaced evenly between those that are, and
annotations that subdivide one on another tier share its time evenly, as ELAN shows them. An .eaf file is untrusted
input: a document type, and with it every entity, is rejected.
"""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.files import write_bytes
from shotscale.numerals import some_of
from shotscale.scales import ShotScale
from shotscale.shotlists.columns import understood_columns
from shotscale.shotlists.eaf import Annotations, EafDocument
from shotscale.shotlists.rows import heading
from shotscale.shotlists.scalenames import abbreviations, are_scales, parse_shot_scales, scale_notes, unread_scale
from shotscale.shotlists.shotlist import ReadOptions, ShotList, library
from shotscale.shotlists.timeline import Scales, shots_of_spans

_SHOTS = frozenset({"shot", "shots", "shot list", "shot boundaries", "einstellung", "einstellungen", "plan", "plans"})
_SCALES = frozenset({"scale", "scales", "shot scale", "shot scales", "shot size", "shotscale"})
"""Names of tiers that hold scales for sure; others, as 'size', do if each of their values names one."""
_EDGE = 0.5
"""Seconds of a shot that an annotation may cover without counting: boundaries drawn by hand are seldom exact; by
judgment, half a sample of the scale."""


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read the shots of an ELAN file, and their scales if it has any."""
    document = EafDocument(path)
    name = _shot_tier(document, options.tier, path)
    annotations, spread = document.annotations(name)
    starts = np.asarray([start for start, _, _ in annotations], np.float64)
    ends = np.asarray([end for _, end, _ in annotations], np.float64)
    scales, said, changing = _scales(document, name, annotations, path)
    shots, scales, notes = shots_of_spans(starts, ends, scales, gaps=options.gaps, source=f"{path}: tier {name}")
    if spread:
        notes += (f"Times of the tier {name} that are not set in ELAN, {spread} in number, were spread evenly.",)
    return ShotList(
        shots=shots,
        scales=scales,
        format="ELAN annotation",
        notes=(*notes, *changing),
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
        tiers["shot scale"] = abbreviations(scales)
    for tier, values in tiers.items():
        document.add_tier(tier)
        for k, value in enumerate(values):
            if frames[k + 1] <= frames[k]:
                raise TableError(f"shot {k + 1}: shorter than a millisecond; ELAN counts these; drop the shot")
            if value is not None:
                document.add_annotation(tier, frames[k], frames[k + 1], value)
    content = elan.to_string(document, encoding="UTF-8")
    write_bytes(path, content)


def _shot_tier(document: EafDocument, wanted: str | None, path: Path) -> str:
    names = some_of(document.tiers) or "none"
    if wanted is not None:
        plain = unicodedata.normalize("NFC", wanted)
        if plain not in document.tiers:
            raise TableError(f"{path}: has no tier {wanted!r} with annotations; it has {names}; name one of these")
        return plain
    called = [name for name in document.tiers if heading(name) in _SHOTS]
    if len(called) == 1:
        return called[0]
    if len(document.tiers) == 1:
        return next(iter(document.tiers))
    raise TableError(f"{path}: which tier holds the shots is not clear; it has {names}; name one with --tier")


def _scales(
    document: EafDocument, name: str, shots: Annotations, path: Path
) -> tuple[Scales | None, tuple[str, ...], tuple[str, ...]]:
    """Read scales from a separate tier, or from the shots' values if none has a digit and all name a scale.

    Returns them with phrases on what was read and sentences for the user.
    """
    named = understood_columns(list(document.tiers))
    called = [column.name for column in named if column.name != name and column.role == "scale"]
    sure = [tier for tier in called if heading(tier) in _SCALES]
    called = sure or [
        tier for tier in called if unread_scale(value for _, _, value in document.annotations(tier)[0]) is None
    ]
    if len(called) > 1:
        raise TableError(
            f"{path}: tiers {some_of(map(repr, called))} may each hold the scales; rename all but one in ELAN, say to "
            "'other'"
        )
    left = [tier for tier in document.tiers if tier not in (name, *called)]
    unused = (f"not used: tier {some_of(left, most=3)}",) if left else ()
    if not called:
        own = _own_scales([value for _, _, value in shots])
        return own, unused, () if own is None else tuple(scale_notes(value for _, _, value in shots))
    given, _ = document.annotations(called[0])
    read = parse_shot_scales([value for _, _, value in given], places=[f"{path}: tier {called[0]}"] * len(given))
    begins, finishes = np.asarray([(start, end) for start, end, _ in given], np.float64).reshape(-1, 2).T
    scales: list[ShotScale | None] = []
    n_changing = 0
    for start, end, _ in shots:
        edge, middle = min(_EDGE, (end - start) / 2), (start + end) / 2
        first, last = np.searchsorted(finishes, start + edge, "right"), np.searchsorted(begins, end - edge)
        changes = len(set(read[first:last])) > 1 or any(within for _, within in read[first:last])
        k = int(np.searchsorted(begins, middle, "right")) - 1
        scales.append(read[k][0] if not changes and k >= 0 and middle < finishes[k] else None)
        n_changing += changes
    notes = scale_notes((value for _, _, value in given), n_changing=n_changing)
    return (tuple(scales) if any(scales) else None), (f"scales of the tier {called[0]}", *unused), tuple(notes)


def _own_scales(values: Sequence[str]) -> Scales | None:
    if not any(map(str.strip, values)) or not are_scales(*values):
        return None
    read = parse_shot_scales(values, places=[""] * len(values))
    return None if any(changes for _, changes in read) else tuple(scale for scale, _ in read)
