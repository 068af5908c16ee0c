"""The folder that holds a corpus's analyses.

Conventions
-----------
::

    store/
        store.json                      marks the folder as a store and gives its format
        films.parquet                   the summary: one row per film of the table, analyzed or not; its metadata name
                                        its settings, which are the store's current ones
        analyses/<settings>/            one folder for each settings ever used
            settings.json
            films/<sha256>.json         written last, so a film with one is complete; holds the tables' checksums
            shots/<sha256>.parquet
            scales/<sha256>.parquet
            failures/<sha256>.json      why a file cannot be analyzed, so that it is not tried again
        analyses/corrected/             tables of films that coders corrected (`shotscale.store.corrected_summary`)
        log.jsonl                       one line per analysis: when, on what machine, how long, how it ended
        reviewed/<film_id>/             a film that coders correct (`shotscale.store.reviewed`)

``<sha256>`` is the film file's, ``<settings>`` a hash of detector, weights, rate and versions. A file gets its name
only once it is complete. One process writes, on Linux or macOS; any number can read, on any system.
"""

import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from shotscale.documents import StoredFailure, StoredFilm, StoreMark, read_json
from shotscale.errors import OutputError, TableError
from shotscale.files import is_temporary, make_folder, write_bytes
from shotscale.film import Film
from shotscale.filmpaths import STORE_MARK, is_store
from shotscale.store.locking import LOCKS, filling_locked, summary_locked
from shotscale.store.results import RESULT_VERSION, EncodedAnalysis, read_document, read_tables, sealed
from shotscale.store.settings import AnalysisSettings, read_settings
from shotscale.store.summary import CURRENT, SUMMARY, is_kept_back, read_rows
from shotscale.store.task import Failure

_FORMAT, _FORMAT_VERSION = "film-store", 2
_MARK = {"format": _FORMAT, "format_version": _FORMAT_VERSION}
_READ_VERSIONS = (1, 2)
"""In version 1, ``store.json`` also named the current settings; a killed run could leave the two in disagreement."""

_ANALYSES = "analyses"
LOG = "log.jsonl"
_PARTS = ("films", "shots", "scales", "failures")


def read_current(folder: str | os.PathLike[str]) -> str | None:
    """Return the name of a store's current settings, or `None` if its summary is unreadable or names none.

    Raises `TableError` if the folder is not a store, or has another version.
    """
    mark = Path(folder) / STORE_MARK
    if not mark.exists():
        raise TableError(
            _unmarked(folder) or f"{folder}: not a store; make one with authorship corpus analyze TABLE -o STORE"
        )
    version = read_json(StoreMark, mark, remedy="analyze the corpus again")["format_version"]
    if version not in _READ_VERSIONS:
        raise TableError(f"{mark}: format version {version}; this software reads version {_FORMAT_VERSION}")
    try:
        with (Path(folder) / SUMMARY).open("rb") as summary:  # a path need not be valid text
            metadata = pq.read_schema(summary).metadata or {}
    except (OSError, pa.ArrowException):
        return None
    if CURRENT in metadata:
        return str(metadata[CURRENT].decode())
    return next(iter(read_rows(folder)["measured_settings"].to_pylist()), None)


class Store:
    """A store opened to read its results under one settings; `writing` opens it for the process that fills it.

    `settings_id` is the settings' name, by default that of the summary's. Raises `TableError` if it is not given and
    the folder is not a store, has another version or has no summary.
    """

    def __init__(self, folder: str | os.PathLike[str], settings_id: str | None = None) -> None:
        self.folder = Path(folder)
        found = settings_id or read_current(folder)
        if found is None:
            read_rows(folder)  # raises the appropriate error
            raise TableError(f"{folder}: lists no film and names no settings; analyze the corpus again")
        self.settings_id = found

    @cached_property
    def settings(self) -> AnalysisSettings:
        """The settings; `TableError` if their file is damaged."""
        return read_settings(self.folder / _ANALYSES / self.settings_id)

    @classmethod
    @contextmanager
    def writing(cls, folder: str | os.PathLike[str], settings: AnalysisSettings) -> Iterator[Self]:
        """Open a store, created if necessary, for the one process that fills it under some settings.

        Incomplete files left by a killed process are removed. Raises `OutputError` if the folder is not writable or
        holds other files, or another process is filling the store.
        """
        root = make_folder(folder)
        if not is_store(root) and any(entry.name != _ANALYSES and entry.name[0] != "." for entry in root.iterdir()):
            raise OutputError(_unmarked(root) or f"{root}: holds other files; choose a new folder or a store")
        with filling_locked(root):
            place = root / _ANALYSES / settings.id
            for part in _PARTS:
                make_folder(place / part)
            with summary_locked(root):
                for used in (root, place, *(place / part for part in _PARTS)):
                    for entry in used.iterdir():
                        if is_temporary(entry) and entry.name not in LOCKS:
                            entry.unlink()
            described = {"settings": settings.to_json(), "settings_id": settings.id}
            _write_if_other(place / "settings.json", _json(described))
            _write_if_other(root / STORE_MARK, _json(_MARK))
            store = cls(root, settings.id)
            store._drop_tables_without_document()
            yield store

    def films(self) -> frozenset[str]:
        """Return the SHA-256 of every film file analyzed under the settings."""
        return frozenset(self._names("films"))

    def document(self, film: str) -> dict[str, Any]:
        """Read an analyzed film's document: everything but its tables.

        Raises `TableError` if it is missing or damaged.
        """
        path = self._path("films", film)
        return read_document(_bytes(path), StoredFilm, source=str(path))

    def load(self, film: str, *, path: str) -> Film:
        """Read a film's analysis; `path` is where the film is now.

        Raises `TableError` if a file is missing or damaged.
        """
        document = self.document(film)
        shots, scales = _bytes(self._path("shots", film)), _bytes(self._path("scales", film))
        return read_tables(document, shots, scales, path=path, source=str(self._path("films", film)))

    def failure(self, film: str) -> tuple[Failure, int] | None:
        """Return why a film file could not be analyzed and its size in bytes, or `None` if no failure is recorded."""
        path = self._path("failures", film)
        if not path.is_file():
            return None
        found = read_document(_bytes(path), StoredFailure, source=str(path))
        return Failure(found["kind"], found["reason"], found["limit"]), int(found["size_bytes"])

    def failures(self) -> dict[str, tuple[Failure, int]]:
        """Return every recorded failure, by the film file's SHA-256, skipping damaged records."""
        found: dict[str, tuple[Failure, int]] = {}
        for film in self._names("failures"):
            with suppress(TableError):
                if (failure := self.failure(film)) is not None:
                    found[film] = failure
        return found

    def keep(self, analysis: EncodedAnalysis) -> None:
        """Write a film's analysis, the document last, so that a film with a document is complete.

        Raises `OutputError` if a file cannot be written.
        """
        self._path("failures", analysis.sha256).unlink(missing_ok=True)
        write_bytes(self._path("shots", analysis.sha256), analysis.shots)
        write_bytes(self._path("scales", analysis.sha256), analysis.scales)
        write_bytes(self._path("films", analysis.sha256), analysis.document)

    def keep_failure(self, film: str, failure: Failure, *, size_bytes: int) -> None:
        """Write why a film file cannot be analyzed."""
        content = {
            "format": "stored-film-failure",
            "format_version": RESULT_VERSION,
            "settings": self.settings_id,
            "sha256": film,
            "size_bytes": size_bytes,
            **asdict(failure),
        }
        write_bytes(self._path("failures", film), sealed(content))

    def forget(self, film: str) -> None:
        """Remove a film's analysis, the document first."""
        for part in ("films", "shots", "scales"):
            self._path(part, film).unlink(missing_ok=True)

    def damaged(self, listed: Iterable[str] = ()) -> dict[str, TableError]:
        """Read every analysis, and those of `listed` films; return the films with missing or damaged files, and why."""
        found = {}
        for film in sorted(self.films().union(listed)):
            try:
                self.load(film, path="")
            except TableError as error:
                found[film] = error
        return found

    def write_summary(self, table: pa.Table, *, name: str = SUMMARY) -> None:
        """Replace ``films.parquet`` or another table like it."""
        buffer = io.BytesIO()  # so that a full disk raises our error, not the library's
        pq.write_table(table, buffer, compression="zstd")
        write_bytes(self.folder / name, buffer.getvalue())

    def _drop_tables_without_document(self) -> None:
        whole = self.films()
        for part in ("shots", "scales"):
            for film in set(self._names(part)) - whole:
                self._path(part, film).unlink()

    def _names(self, part: str) -> Iterator[str]:
        folder = self.folder / _ANALYSES / self.settings_id / part
        if not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield entry.name.partition(".")[0]

    def _path(self, part: str, film: str) -> Path:
        suffix = ".parquet" if part in ("shots", "scales") else ".json"
        return self.folder / _ANALYSES / self.settings_id / part / f"{film}{suffix}"


def _unmarked(folder: str | os.PathLike[str]) -> str | None:
    """Return what to do about a store without its mark; None for another folder."""
    if not (Path(folder, SUMMARY).is_file() and Path(folder, _ANALYSES).is_dir()):
        return None
    what = f"{folder}: a store without {STORE_MARK}, as when only a part was copied"
    return f"{what}; copy all of it, or write {json.dumps(_MARK)} into that file"


def _write_if_other(path: Path, content: bytes) -> None:
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content)


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        remedy = "make it readable, or remove it" if is_kept_back(error) else "analyze the corpus again with --check"
        raise TableError(f"{path}: cannot be read ({error.strerror}); {remedy}") from error
