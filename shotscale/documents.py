"""Schemas of the JSON documents that this software writes and reads: `film.json`, stores, corrections.

Conventions
-----------
A document is checked completely before it is used, so that later code can rely on it. Keys not described here are
allowed, except in `Measurement`. Numbers are finite, integers fit in 64 bits, strings are valid text (no lone
surrogates), and nothing nests deeper than `MOST_DEPTH`. Times are seconds from a film's first frame. A class's
`model_json_schema` returns its JSON schema.

Any other document raises a one-line `TableError` that names the location of the first error.
"""

import math
import os
import reprlib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic_core import from_json

from shotscale.errors import TableError
from shotscale.tables import LATEST

MOST_DEPTH = 100
"""Nesting levels of lists and objects. The deepest of our documents has six."""

_LARGEST = 2**63 - 1  # the largest integer that other programs can read: 64 bits

Seconds = Annotated[float, Field(ge=-LATEST, le=LATEST)]
Probability = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=1 / LATEST, le=LATEST)]
Count = Annotated[int, Field(ge=0, le=_LARGEST)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Document(BaseModel):
    """Base class of all documents: strict types, unknown keys allowed."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False, protected_namespaces=())
    __pydantic_extra__: dict[str, JsonValue]


class FilmFacts(Document):
    """Facts about a film, see `shotscale.video.FilmInfo`; unknown ones are absent or null."""

    path: str = Field("film", description="path of the file, as given")
    container: str | None = None
    codec: str | None = None
    width: Count | None = Field(None, description="pixels, as displayed")
    height: Count | None = Field(None, description="pixels, as displayed")
    fps: Rate | None = Field(None, description="average frames per second, as decoded")
    duration: Seconds | None = Field(None, description="seconds, as decoded")
    size_bytes: Count | None = None
    n_frames: Count | None = None


class ShotSummary(Document):
    """Summary statistics of the shot table; on loading, all but the intervals are recomputed from it."""

    intervals: dict[str, tuple[float, float] | None] = Field(
        default_factory=dict,
        description="sensitivity range (2.5 % to 97.5 %) of each statistic as doubtful boundaries are real or not",
    )


class Part(Document):
    """The part of the file that is the film, see `shotscale.part`."""

    begin: Seconds = Field(description="seconds, in the file's time")
    end: Seconds = Field(description="seconds, in the file's time")
    chosen: Literal["whole", "found", "given"]
    speed: Annotated[float, Field(ge=0.5, le=2, description="how much faster the file runs than the film")]
    found: list[Literal["begin", "end"]] = Field(
        default_factory=list, description="which ends of a given part are where titles were found"
    )


class Provenance(Document):
    """Where the tables come from."""

    versions: dict[str, str] = Field(default_factory=dict, description="software versions, by package")
    checksums: dict[str, str | None] = Field(default_factory=dict, description="SHA-256 of the film and of the weights")
    settings: dict[str, JsonValue] = Field(default_factory=dict, description="settings of the analysis")


class FilmDocument(Document):
    """``film.json``, saved next to ``shots.csv`` and ``scales.csv`` (`shotscale.Film.save`)."""

    format: Literal["film-analysis"]
    format_version: int
    film: FilmFacts
    part: Part | None = None
    shots: ShotSummary
    limits: list[str] = Field(description="problems with the file and limits of the analysis, one sentence each")
    provenance: Provenance


class StoreMark(Document):
    """``store.json`` of a store."""

    format: Literal["film-store"]
    format_version: int


class Measurement(Document):
    """Settings that results were measured with (`shotscale.store.settings.AnalysisSettings`)."""

    model_config = ConfigDict(extra="forbid")

    detector: str
    detector_checksum: str
    weights_checksum: str
    samples_per_second: float
    versions: dict[str, str]


class StoredSettings(Document):
    """``settings.json`` in a store's folder of results."""

    settings: Measurement
    settings_id: str


class _Sealed(Document):
    format_version: int
    settings: str
    sha256: Sha256


class StoredTables(Document):
    """SHA-256 of a stored film's two tables."""

    shots: Sha256
    scales: Sha256


class StoredFilm(_Sealed):
    """``films/SHA256.json`` of a store."""

    tables: StoredTables
    analysis: FilmDocument


class StoredFailure(_Sealed):
    """``failures/SHA256.json`` of a store."""

    size_bytes: Count
    kind: str
    reason: str
    limit: float | None


class ReferenceDocument(Document):
    """``reference.json``, written by `authorship fit` next to ``films.csv``."""

    format: Literal["authorship-reference"]
    format_version: Literal[2]
    label: str
    films_checksum: str
    bases: dict[str, dict[str, Any]]  # read by `authorship.reference.basis`


Kind = Literal["start", "cut", "dissolve", "fade", "wipe"]


class JournalHeader(Document):
    """The first line of ``corrections-CODER.jsonl``, see `shotscale.review.journal`."""

    format: Literal["shot-corrections"]
    format_version: Literal[1]
    coder: str
    film: str | None
    shots_sha256: str
    of: dict[str, str]
    end: Seconds
    begins: Seconds | None = None
    ends: Seconds | None = None
    shots: list[tuple[Seconds, Kind, Probability, Seconds, Seconds, str | None, bool]]


class JournalEntry(Document):
    """A further line of ``corrections-CODER.jsonl``."""

    at: str
    do: list[dict[str, JsonValue]] = Field(default_factory=list)
    undo: bool = False
    redo: bool = False


def read_json(kind: type[Document], path: str | os.PathLike[str], *, remedy: str) -> dict[str, Any]:
    """Read a document from a file as `json` would, or raise `TableError` with a remedy."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror}); {remedy}") from error
    return validated(kind, content, source=str(path), remedy=remedy)


def validated(kind: type[Document], content: bytes, *, source: str, remedy: str) -> dict[str, Any]:
    """Check a document and return it as `json` would.

    Raises
    ------
    TableError
        If it is not such a document; the message names `source`, the location of the first error and `remedy`.

    Examples
    --------
    >>> validated(StoredTables, b'{"shots": 3}', source="x.json", remedy="write it again")
    Traceback (most recent call last):
    ...
    shotscale.errors.TableError: x.json: shots = 3: input should be a valid string; write it again
    """
    try:
        read: dict[str, Any] = from_json(content, allow_inf_nan=False)
        _check(read)
        kind.model_validate_json(content)
    except ValidationError as error:
        raise TableError(f"{source}: {_first(error)}; {remedy}") from error
    except (ValueError, RecursionError) as error:
        raise TableError(f"{source}: not valid JSON ({_line(str(error))}); {remedy}") from error
    return read


def _check(content: object, depth: int = 0) -> None:
    """Refuse values that JSON allows but later code cannot hold."""
    if depth > MOST_DEPTH:
        raise ValueError(f"nested deeper than {MOST_DEPTH}")
    if isinstance(content, float) and not math.isfinite(content):
        raise ValueError(f"{content}: a finite number is needed")
    if isinstance(content, int) and abs(content) > _LARGEST:
        raise ValueError("an integer of more than 64 bits")
    if isinstance(content, dict | list):
        for value in content.values() if isinstance(content, dict) else content:
            _check(value, depth + 1)


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in found["loc"])
    message = found["msg"][:1].lower() + found["msg"][1:]
    if found["type"] == "missing":
        return f"lacks {_line(place)}"
    return _line(f"{place} = {reprlib.repr(found['input'])}: {message}" if place else message)


def _line(text: str) -> str:
    """Return a text as part of a line, with invalid characters replaced."""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:200]
