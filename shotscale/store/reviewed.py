"""Corrected films of a store: each in a folder like those of ``--save``, next to the store's results.

Conventions
-----------
``reviewed/<film_id>/`` holds the film's measured tables and each coder's corrections (`shotscale.review`). It is an
analyzed film like any other: ``shotscale review``, ``export`` and ``train`` accept it. The measurements under
``analyses/`` stay unchanged; the store returns the film as corrected. Folders are matched to films by the film file's
checksum, so a film's ``film_id`` may change.
"""

import hashlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from shotscale.coders import journal_path, list_coders
from shotscale.errors import TableError
from shotscale.film import Film, checksum_in, film_from_document
from shotscale.review.corrections import correct, find_corrections, read_corrections
from shotscale.tables import read_shots

REVIEWED = "reviewed"
"""Sub-folder of a store."""


class ReviewedFilms:
    """The reviewed films of a store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._known: tuple[int, Mapping[str, Path]] = (0, {})

    def names(self, *, besides: Collection[str] = ()) -> tuple[str, ...]:
        """Return the names of the corrected films' folders, but not of the films `besides`, named by SHA-256."""
        others = (folder for film, folder in self._folders().items() if film not in besides)
        return tuple(sorted(folder.name for folder in others if list_coders(folder)))

    def versions(self) -> dict[str, str]:
        """Return a hash of each corrected film's files, by the film's SHA-256; it changes with every correction."""
        found = ((film, self.version(film)) for film in self._folders())
        return {film: version for film, version in found if version is not None}

    def version(self, film: str) -> str | None:
        """Return one film's hash, or `None` if nobody has corrected it."""
        folder = self._folders().get(film)
        if folder is None or not (coders := list_coders(folder)):
            return None
        digest = hashlib.sha256()
        for path in (folder / "shots.csv", *(journal_path(folder, coder) for coder in coders)):
            digest.update(_content(path))
        return digest.hexdigest()[:16]

    def check_out(self, measured: Film, name: str) -> Path:
        """Return a film's folder, creating it if necessary; replace measured tables that differ from the store's.

        A new folder is named after `name`, the film's ``film_id``. Raises `OutputError` if the folder is not writable.
        """
        film = str(measured.checksum)
        folder = self._folders().get(film, self._store / REVIEWED / name)
        if _film_of(folder) not in (film, None):  # belongs to a film that once had this film_id
            folder = folder.with_name(f"{name}-{film[:8]}")
        if not (folder / "shots.csv").is_file() or _provenance(folder) != measured.provenance:
            measured.save(folder)
        return folder

    def apply(self, measured: Film, *, film: Path) -> Film:
        """Return a film as corrected, or as measured if nobody has corrected it.

        `film` is its path in the store, for error messages. Raises `TableError` if the store's shots have changed since
        the corrections, or it is unclear whose corrections apply.
        """
        folder = self._folders().get(str(measured.checksum))
        if folder is None or not list_coders(folder):
            return measured
        if not (shots := folder / "shots.csv").is_file():
            raise TableError(f"{shots}: no such file; run `authorship corpus review {film}`, which writes it again")
        if (corrections := find_corrections(folder)) is None:
            return measured
        if not read_shots(shots).equals(measured.whole.shot_table):
            raise TableError(
                f"{folder}: made for other shots than the store has now; run `authorship corpus review {film}` with "
                f"each --coder ({', '.join(list_coders(folder))}), which carries the corrections over"
            )
        return correct(measured, corrections)

    def _folders(self) -> Mapping[str, Path]:
        """Return every folder by its film's checksum; they are rescanned when one is added or removed."""
        place = self._store / REVIEWED
        try:
            changed = place.stat().st_mtime_ns
        except OSError:
            return {}
        if self._known[0] != changed:
            films = ((_film_of(folder), folder) for folder in sorted(place.iterdir()))
            self._known = changed, {film: folder for film, folder in films if film is not None}
        return self._known[1]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:  # counts as another version; reading the film will report the error
        return str(error).encode()


def _film_of(folder: Path) -> str | None:
    """Return the SHA-256 of a folder's film, from the coders' files if ``film.json`` is missing or damaged."""
    films = (read_corrections(journal_path(folder, coder)).header.film for coder in list_coders(folder))
    return checksum_in(folder) or next(films, None)


def _provenance(folder: Path) -> dict[str, Any] | None:
    """Return the provenance of the analysis in a folder, or None if ``film.json`` is missing or damaged."""
    with suppress(TableError):
        return dict(film_from_document(folder / "film.json")["provenance"])
    return None
