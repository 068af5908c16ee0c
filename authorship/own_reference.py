"""Fit your own reference to analyzed films with a manifest.

Conventions
-----------
A corpus is one of:

- a desk's folder (`authorship.found_films.walk_films`), whose films without a label are left out;
- a store (`shotscale.store`);
- a folder with a manifest ``films.csv`` and saved analyses (one sub-folder per film, as written by
  ``authorship classify --save`` and ``shotscale analyze --save``) or shot tables;
- a table of shots that names film and label in each row.

The manifest has ``film``, the sub-folder or table, or a film in a table of several, ``lengths.csv/Persona``; the label,
usually ``director``; and, if known, ``title``, ``year`` and ``work`` (shared by copies of one film). ``from``, ``to``
and ``speed`` say which part of the file is the film, like the options of these names.

A fitted reference is a folder of two plain files: ``films.csv``, one row per film with its features, and
``reference.json``, what was fitted to it (`authorship.reference.basis`), with version and checksum.

A folder with a file `SIMULATED` holds simulated films (`authorship.simulation`): their rows say so in a column
``simulated``, and so does every answer based on them.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from authorship.cinescale.films import films_of
from authorship.cinescale.fitting import fit_bases
from authorship.cinescale.folder import CineScale, read_folder
from authorship.cinescale.joining import join_lengths
from authorship.cinescale.rows import Codings, measured_rows
from authorship.features import CODEBOOK, FEATURE_NAMES, measure_film, measure_films
from authorship.found_films import FoundFilm, is_corpus, listed_films, name_films, walk_films
from authorship.opening import open_film, open_found
from authorship.reference.basis import Basis, fit_basis
from authorship.reference.reading import read_reference
from authorship.reference.table import Reference, builtin_reference, make_reference
from shotscale.errors import OptionError, TableError, UserError
from shotscale.files import make_folder, sha256, write_json
from shotscale.film import Film
from shotscale.filmpaths import is_analysis, is_store
from shotscale.formulas import formula_safe
from shotscale.manifests import read_texts, typed
from shotscale.progress import Progress
from shotscale.tables import write_table

__all__ = ["FORMAT_VERSION", "SIMULATED", "fit_reference", "is_film_table", "read_cinescale", "read_corpus"]

FORMAT_VERSION = 2
"""The format version of the reference folders written."""

SIMULATED = "SIMULATED.md"
"""The file that marks a folder of films as simulated."""

_MANIFEST = "films.csv"
_KEPT = ("title", "year", "work", "director")


def read_corpus(
    folder: str | os.PathLike[str],
    *,
    label: str = "director",
    fps: Fraction | None = None,
    opened: Callable[[Film], Film] = lambda film: film,
    on_error: Callable[[UserError], object] | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    r"""Measure a corpus: ``film_id``, the label, title, year, work, director if known, and `FEATURE_NAMES`.

    Parameters
    ----------
    folder : path
        Sub-folders of analyzed films and ``films.csv``; a desk's folder or a store, all analyzed films of which are
        taken; or a table of several films' shots.
    label : str
        The column of the manifest, store table or shot table that names the candidates.
    fps : Fraction, optional
        Frames per second of lists that count frames.
    opened : callable, optional
        Called with each film before it is measured; returns the film to measure.
    on_error : callable, optional
        As for `shotscale.errors.readable`.
    progress : callable, optional
        Called with the number of films done and their total.

    Raises
    ------
    TableError
        If the manifest is missing, lacks a column, or names a film twice or one that does not exist.
    OptionError
        If the label is the name of a column that every reference has.

    Examples
    --------
    >>> Path("films").mkdir()
    >>> _ = Path("films/first.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> _ = Path("films/films.csv").write_text("film,director\nfirst.csv,Ada Example\n")
    >>> read_corpus("films")[["film_id", "director", "n_shots"]].values.tolist()
    [['first', 'Ada Example', 2.0]]
    """
    root = Path(folder)
    named = name_films(_labeled(root, label))
    films = open_found(named, fps=fps, opened=opened, on_error=on_error, progress=progress)
    table = measure_films((found.name, film) for found, film in films).reset_index()
    known = {found.name: found.facts for found in named}
    facts = pd.DataFrame([known[name] for name in table["film_id"]])
    kept = list(dict.fromkeys([label, *(column for column in _KEPT if column in facts)]))
    table[kept] = typed(facts[kept], texts=[label, "title", "work", "director"]).to_numpy(object)
    return _marked(table[["film_id", *kept, *FEATURE_NAMES]], root)


def _labeled(root: Path, label: str) -> list[FoundFilm]:
    """Return the films that a corpus's table names, all of them labeled except in a manifest or store."""
    if label in ("film_id", *FEATURE_NAMES):
        raise OptionError(f"label {label}: a reference has a column of that name; name the label differently")
    if not (root.is_file() or is_store(root) or (root / _MANIFEST).is_file()):
        raise TableError(
            f"{root / _MANIFEST}: no such file; a corpus has a manifest films.csv with the columns film and {label}"
        )
    found = walk_films([root], strict=True)
    films = [film for film in found if label in film.facts]
    if not films:
        raise TableError(_without_label(root, label, found))
    if is_corpus(root):
        films = [film for film in films if film.facts[label] is not None]
        if not films:
            raise TableError(f"{root / _MANIFEST}: the column {label} is empty; fill it in for the films to fit")
    return films


def _without_label(root: Path, label: str, found: Sequence[FoundFilm]) -> str:
    have = ", ".join(dict.fromkeys(str(fact) for film in found for fact in film.facts))
    lacks = f"lacks the column {label}; {f'it has {have}; name one with --label, or ' if have else ''}add it"
    if is_store(root):
        return f"{root}: its table {lacks}, and analyze again"
    if root.is_dir():
        return f"{root / _MANIFEST}: {lacks}"
    name = f"{root.name}/{found[0].name}".rstrip("/")
    return f"{root}: {lacks} with one value in all rows of a film, or list the films in a folder's films.csv as {name}"


def read_cinescale(
    folder: str | os.PathLike[str], *, shots: str | os.PathLike[str] | None = None
) -> tuple[pd.DataFrame, Codings, CineScale]:
    r"""Measure films from CineScale's codings.

    The folder is as published, or has any files ``{year}_{director}_-_{title}.csv``. `shots` is a folder of the films'
    own analyses: sub-folders (or shot tables ``.csv``) named like the codings. A film without one gets its shot-length
    figures from the built-in table, if it has them (`authorship.cinescale.joining`).

    Returns
    -------
    table : pandas.DataFrame
        As from `read_corpus`, with ``black_and_white``, missing if the folder does not say.
    codings : Codings
        The films that are used, and which film of the built-in table each one is.
    found : CineScale
        The contents of the folder, for its summary.

    Examples
    --------
    >>> rows = "".join(f"{second},2\n" for second in range(400))
    >>> _ = Path("1966_bergman_-_persona.csv").write_text("time,shotscale\n" + rows)
    >>> table, codings, found = read_cinescale(".")
    >>> table[["director", "share_cu"]].values.tolist(), len(codings.join.rows)
    ([['Ingmar Bergman', 1.0]], 1)
    """
    found = read_folder(folder)
    own = {} if shots is None else _own_places(found, Path(shots))
    join = join_lengths(found.films)
    rows = [measure_film(_with_own_shots(film, own.get(coded.film_id))) for coded, film in films_of(found, join)]
    identity = pd.DataFrame(
        {
            "film_id": [coded.film_id for coded in found.films],
            "director": [coded.director for coded in found.films],
            "title": [coded.title for coded in found.films],
            "year": pd.array([coded.year for coded in found.films], dtype="Int64"),
            "black_and_white": pd.array([coded.black_and_white for coded in found.films], dtype="boolean"),
        }
    )
    table = pd.concat([identity, pd.DataFrame(rows)], axis=1)
    return _marked(table, Path(folder)), Codings(found.films, join), found


def _with_own_shots(film: Film, place: Path | None) -> Film:
    """Return a coding with the shots of the film's own analysis or list, in place of the joined figures."""
    return film if place is None else replace(film, shots=open_film(place).shot_table, figures={})


def fit_codings(
    table: pd.DataFrame,
    codings: Codings,
    folder: str | os.PathLike[str],
    *,
    source: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Reference:
    """Write a reference from codings, like `fit_reference`, with a basis for each kind of film.

    Shot lengths are those of the built-in table, even if the films' own shots are known. `progress` is called with the
    number of simulated measurements done and their total.
    """
    notes = make_reference(table, name=str(source or folder)).notes  # raises before the long computation
    measured = measured_rows(codings, progress=progress)
    bases = fit_bases(codings, measured, lengths=builtin_reference())
    bases = {name: replace(basis, notes=(*basis.notes, *notes)) for name, basis in bases.items()}
    return _write_reference(table, folder, "director", bases)


def fit_reference(
    table: pd.DataFrame,
    folder: str | os.PathLike[str],
    *,
    label: str = "director",
    source: str | os.PathLike[str] | None = None,
) -> Reference:
    """Write a reference (the table of films and the parameters of the fitted model) and read it back.

    The table is from `read_corpus`, or any that `authorship.reference.table.make_reference` takes. The folder is
    created if needed; ``films.csv`` and ``reference.json`` in it are replaced. Errors in the table name its `source`,
    by default the folder.

    Examples
    --------
    >>> known = builtin_reference()
    >>> table = known.features[list(known.modeled)].assign(director=known.labels).rename_axis("film_id").reset_index()
    >>> reference = fit_reference(table, "mine")
    >>> len(reference.labels), sorted(path.name for path in Path("mine").iterdir())
    (94, ['films.csv', 'reference.json'])
    """
    reference = make_reference(table, name=str(source or folder), label=label)  # raises before anything is written
    return _write_reference(table, folder, label, {"own": fit_basis(replace(reference, name=str(folder)))})


def _write_reference(
    table: pd.DataFrame, folder: str | os.PathLike[str], label: str, bases: Mapping[str, Basis]
) -> Reference:
    """Write the table, then what was fitted to it, and read both back."""
    target = make_folder(folder)
    (target / "reference.json").unlink(missing_ok=True)
    safe = table.map(lambda value: formula_safe(value) if isinstance(value, str) else value)
    write_table(safe, target / _MANIFEST, float_format=None)
    description = {
        "format": "authorship-reference",
        "format_version": FORMAT_VERSION,
        "software": version("film-authorship"),
        "label": label,
        "films_checksum": sha256(target / _MANIFEST),
        "bases": {name: basis.to_json() for name, basis in bases.items()},
    }
    write_json(target / "reference.json", description)
    return read_reference(target, label=label)


def _marked(table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Mark every row if the folder is a simulated one."""
    return table.assign(simulated=True) if (folder / SIMULATED).is_file() else table


def _own_places(found: CineScale, folder: Path) -> dict[str, Path]:
    """Return the paths of the coded films' own analyses or shot tables by ``film_id``, at least one."""
    own: dict[str, Path] = {}
    for coded in found.films:
        analysis = folder / coded.film_id
        places = (analysis / "shots.csv", folder / f"{coded.film_id}.csv")
        place = analysis if is_analysis(analysis) else next((place for place in places if place.is_file()), None)
        if place is not None:
            own[coded.film_id] = place
    if not own:
        name = found.films[0].film_id
        raise TableError(f"{folder}: no film in it is named like a coding; name a shot table {name}.csv for instance")
    return own


def is_film_table(path: Path) -> bool:
    r"""Return whether a file is a table of several films' shots, not of films' features.

    Examples
    --------
    >>> _ = Path("lengths.csv").write_text("film,length,director\nPersona,4,Bergman\nPersona,6.5,Bergman\n")
    >>> is_film_table(Path("lengths.csv"))
    True
    """
    return path.is_file() and not _has_features(path) and listed_films(path)[0].path != path


def _has_features(path: Path) -> bool:
    """Return whether a table has a feature of style, as no list of shots does, even if it names a film twice."""
    with suppress(UserError):
        return any(name in CODEBOOK and CODEBOOK[name].style for name in read_texts(path, missing="").columns)
    return False
