"""Analysed films with a manifest: how a reference of one's own comes about.

Conventions
-----------
A corpus is a store (`authorship.store`); or a folder of saved analyses (a sub-folder a film, as ``authorship classify
--save`` and ``shotscale analyze --save`` write them) or of shot tables, and a manifest ``films.csv`` in it: ``film``,
the sub-folder or table; the label, ``director`` as a rule; and, if known, ``title``, ``year`` and ``work`` (what two
copies of one film share).

A fitted reference is a folder of two plain files: ``films.csv``, a row a film with its features, and
``reference.json``, the model's numbers with version and checksums.

A folder with a file `SIMULATED` holds films that never were (`authorship.simulation`): their rows say so in a column
``simulated``, and so does every answer that rests on them.
"""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from authorship.attribution import Attributor
from authorship.features import FEATURE_NAMES, feature_table, film_features
from authorship.films import find_films, open_film
from authorship.manifests import formula_safe, read_manifest, typed
from authorship.names import fold_name
from authorship.reference import Reference, builtin_reference, make_reference, read_reference
from authorship.store.place import is_store
from authorship.store.reading import open_store
from shotscale.annotations import read_annotations
from shotscale.errors import TableError
from shotscale.files import atomic_write, make_folder, sha256, write_json
from shotscale.tables import read_shots

__all__ = ["FORMAT_VERSION", "SIMULATED", "fit_reference", "read_cinescale", "read_corpus"]

FORMAT_VERSION = 1

SIMULATED = "SIMULATED.md"

_MANIFEST = "films.csv"
_KEPT = ("title", "year", "work")


def read_corpus(folder: str | os.PathLike[str], *, label: str = "director") -> pd.DataFrame:
    r"""Measure the films of a corpus.

    Parameters
    ----------
    folder : path
        Sub-folders of analysed films and ``films.csv``; or a store, of which every analysed film is taken.
    label : str
        The column of the manifest, or of the store's table, that names the candidates.

    Returns
    -------
    pandas.DataFrame
        ``film_id``, the label, what the manifest has of title, year and work, and `FEATURE_NAMES`.

    Raises
    ------
    TableError
        If the manifest is missing, lacks a column, names a film twice or one that is not there.

    Examples
    --------
    >>> Path("films").mkdir()
    >>> _ = Path("films/first.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> _ = Path("films/films.csv").write_text("film,director\nfirst.csv,Ada Example\n")
    >>> read_corpus("films")[["film_id", "director", "n_shots"]].values.tolist()
    [['first.csv', 'Ada Example', 2.0]]
    """
    root = Path(folder)
    manifest = _read_stored(root, label) if is_store(root) else read_manifest(root / _MANIFEST, columns=[label])
    films = ((name, open_film(root / name)) for name in manifest["film"])
    table = feature_table((name, (film.shots, film.scales)) for name, film in films).reset_index()
    kept = [label, *(column for column in _KEPT if column in manifest)]
    told = typed(manifest[kept], texts=[label, "title", "work"])
    table[kept] = told.to_numpy(object)
    return _marked(table[["film_id", *kept, *FEATURE_NAMES]], root)


def read_cinescale(
    folder: str | os.PathLike[str], *, shots: str | os.PathLike[str] | None = None
) -> tuple[pd.DataFrame, int]:
    r"""Measure films from CineScale's annotation files.

    Parameters
    ----------
    folder : path
        Of files ``{year}_{director}_-_{title}.csv``.
    shots : path, optional
        Of the films' own analyses: a sub-folder (or a shot table ``.csv``) called as the annotation is. A film
        without one gets its shot-length figures from the built-in table, if director, year and title agree.

    Returns
    -------
    table : pandas.DataFrame
        As `read_corpus` gives it.
    n_lengths : int
        How many of the films have shot-length figures.

    Raises
    ------
    TableError
        If there is no annotation, one cannot be read, or its name does not say who directed the film.

    Examples
    --------
    >>> _ = Path("1966_Ingmar_Bergman_-_Persona.csv").write_text("time,shotscale\n0,2\n1,2\n2,4\n")
    >>> table, n_lengths = read_cinescale(".")
    >>> table[["director", "share_cu"]].round(2).values.tolist(), n_lengths
    ([['Ingmar Bergman', 0.67]], 1)
    """
    known = _builtin_figures()
    rows: list[dict[str, Any]] = []
    for annotation in read_annotations(folder):
        if annotation.director is None or annotation.title is None:
            raise TableError(f"{annotation.path}: its name says no director; call it year_director_-_title.csv")
        own = _own_shots(annotation.path.stem, Path(shots)) if shots is not None else None
        track = annotation.table.sort_values("time").drop_duplicates("time")
        features = film_features(own, track)
        if own is None:
            features |= known.get(_film_key(annotation.director, annotation.year, annotation.title), {})
        identity = {"director": annotation.director, "title": annotation.title, "year": annotation.year}
        rows.append({"film_id": annotation.path.stem, **identity, **features})
    table = _marked(pd.DataFrame(rows), Path(folder))
    return table, int(table["average_shot_length"].notna().sum())


def fit_reference(table: pd.DataFrame, folder: str | os.PathLike[str], *, label: str = "director") -> Reference:
    """Write a reference: the table of films and the parameters of the model fitted to it.

    Parameters
    ----------
    table : pandas.DataFrame
        As `read_corpus` gives it, or any table that `authorship.reference.make_reference` takes.
    folder : path
        Made if need be; ``films.csv`` and ``reference.json`` in it are replaced.
    label : str

    Returns
    -------
    Reference
        As read back from the folder.

    Raises
    ------
    TableError
        If the table cannot serve as a reference.
    OutputError
        If the folder cannot be written to.

    Examples
    --------
    >>> known = builtin_reference()
    >>> table = known.features[list(known.modelled)].assign(director=known.labels).rename_axis("film_id").reset_index()
    >>> reference = fit_reference(table, "mine")
    >>> len(reference.labels), sorted(path.name for path in Path("mine").iterdir())
    (94, ['films.csv', 'reference.json'])
    """
    make_reference(table, name=str(folder), label=label)  # refused before anything is written
    target = make_folder(folder)
    (target / "reference.json").unlink(missing_ok=True)
    with atomic_write(target / _MANIFEST, newline="") as stream:
        table.map(lambda value: formula_safe(value) if isinstance(value, str) else value).to_csv(
            stream, index=False, lineterminator="\n"
        )
    reference = read_reference(target, label=label)
    write_json(target / "reference.json", describe_fit(Attributor(reference), sha256(target / _MANIFEST)))
    return reference


def describe_fit(attributor: Attributor, checksum: str) -> dict[str, Any]:
    """Give the parameters of a fitted model as JSON-ready values."""
    model, reference = attributor.model, attributor.reference
    return {
        "format": "authorship-reference",
        "format_version": FORMAT_VERSION,
        "software": version("film-authorship"),
        "label": reference.label_name,
        "films_checksum": checksum,
        "candidates": {name: reference.count(name) for name in reference.candidates},
        "features": list(reference.modelled),
        "model": model.to_json(),
    }


def _marked(table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Mark every row where the folder is a simulated one."""
    return table.assign(simulated=True) if (folder / SIMULATED).is_file() else table


def _own_shots(stem: str, folder: Path) -> pd.DataFrame | None:
    for place in (folder / stem / "shots.csv", folder / f"{stem}.csv"):
        if place.is_file():
            return read_shots(place)
    return None


def _builtin_figures() -> dict[tuple[str, int | None, str], dict[str, float]]:
    """Give the shot-length figures of the built-in films, under either of their titles."""
    reference = builtin_reference()
    figures: dict[tuple[str, int | None, str], dict[str, float]] = {}
    for i, (director, year) in enumerate(zip(reference.labels, reference.years, strict=True)):
        measured = {str(name): float(value) for name, value in reference.features.iloc[i].items()}
        for title in (reference.titles[i], reference.original_titles[i]):
            figures[_film_key(str(director), int(year), str(title))] = measured
    return figures


def _film_key(director: str, year: int | None, title: str) -> tuple[str, int | None, str]:
    """Reduce a film's identity to letters and digits without diacritics, since spellings differ."""
    return fold_name(director), year, fold_name(title)


def _read_stored(root: Path, label: str) -> pd.DataFrame:
    """Give what a store's table says of its analysed films, like a manifest."""
    names = [path.name for path in find_films([root])]
    table = open_store(root).facts()
    if label not in table:
        have = ", ".join(map(str, table.columns))
        raise TableError(f"{root}: its table lacks the column {label}; it has {have}; add the column, analyse again")
    return table.loc[names].rename_axis("film").reset_index()
