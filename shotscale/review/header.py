"""The first line of a journal: what it corrects (see `shotscale.review.journal`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shotscale.documents import JournalHeader, validated
from shotscale.errors import TableError
from shotscale.review.history import Document
from shotscale.review.operations import as_time
from shotscale.review.shots import ReviewedShot
from shotscale.scales import ShotScale

FORMAT = "shot-corrections"
FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a journal corrects: the shots before any correction, and where the last one ends (`end`, seconds).

    `film` is the film's SHA-256, `shots_sha256` that of the machine's ``shots.csv``. Of a referee's, `of` holds the
    coders to decide between and the SHA-256 of their files at that time; else it is empty.
    """

    coder: str
    film: str | None
    shots_sha256: str
    end: float
    shots: tuple[ReviewedShot, ...]
    of: Mapping[str, str]

    def document(self) -> Document:
        """Return the shots before any correction."""
        return Document(self.shots, self.end)


def header_to_json(header: Header) -> dict[str, Any]:
    """Return the first line of a journal as a JSON-ready dict."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "coder": header.coder,
        "film": header.film,
        "shots_sha256": header.shots_sha256,
        "of": dict(header.of),
        "end": as_time(header.end),
        "begins": next((shot.start for shot in header.shots if shot.begins_film), None),
        "ends": next((shot.start for shot in header.shots if shot.ends_film), None),
        "shots": [_shot_to_json(shot) for shot in header.shots],
    }


def header_from_json(path: Path, line: bytes) -> Header:
    """Read the first line of a journal; `TableError` if it is not one."""
    remedy = "not a file of corrections; move it away and review again"
    content = validated(JournalHeader, line, source=str(path), remedy=remedy)
    try:
        header = Header(
            coder=content["coder"],
            film=content["film"],
            shots_sha256=content["shots_sha256"],
            end=content["end"],
            shots=tuple(_shot_from_json(row, content.get("begins"), content.get("ends")) for row in content["shots"]),
            of=content["of"],
        )
        header.document()
    except ValueError as error:  # OptionError is one
        raise TableError(f"{path}: {error}; {remedy}") from error
    return header


def _shot_to_json(shot: ReviewedShot) -> list[Any]:
    first, last = shot.transition_start, shot.transition_end
    return [shot.start, shot.kind, shot.confidence, first, last, shot.scale and shot.scale.abbreviation, shot.checked]


def _shot_from_json(row: Sequence[Any], begins: float | None, ends: float | None) -> ReviewedShot:
    start, kind, confidence, first, last, name, checked = row
    start, confidence, first, last = map(float, (start, confidence, first, last))
    scale = None if name is None else ShotScale.from_abbreviation(name)
    return ReviewedShot(start, kind, confidence, first, last, scale, checked, start == begins, start == ends)
