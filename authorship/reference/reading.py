"""References on disk: a table, or a folder with a table and the models fitted to it."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from authorship.reference.basis import Basis
from authorship.reference.table import Reference, make_reference, read_table
from shotscale.documents import ReferenceDocument, read_json
from shotscale.errors import TableError
from shotscale.files import sha256

__all__ = ["read_reference"]


def read_reference(path: str | os.PathLike[str], *, label: str = "director") -> Reference:
    """Read a reference from a CSV, or from a folder that ``authorship fit`` wrote.

    A folder holds ``films.csv`` and, if fitted, ``reference.json``. `label` is the column that names the candidates; a
    fitted folder records its own. Films are in the order of their names, so that no answer depends on a table's order,
    though `authorship.verification` draws films by their place.

    Raises
    ------
    TableError
        The message says what is missing and how to fix it.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> known = builtin_reference()
    >>> names = ["average_shot_length", "median_shot_length", "shot_length_sd"]
    >>> known.features[names].assign(director=known.labels).rename_axis("film_id").to_csv("mine.csv")
    >>> read_reference("mine.csv").count("Federico Fellini")
    12
    """
    source = Path(path)
    description = source / "reference.json"
    if not source.is_dir():
        return _by_name(make_reference(read_table(source), name=str(path), label=label, checksum=sha256(source)))
    table = source / "films.csv"
    remedy = "run `authorship fit` again"
    fitted = read_json(ReferenceDocument, description, remedy=remedy) if description.is_file() else {}
    reference = make_reference(
        read_table(table), name=str(path), label=str(fitted.get("label", label)), checksum=sha256(table)
    )
    if fitted and fitted.get("films_checksum") != reference.checksum:
        raise TableError(f"{table}: is not the table that {description} was fitted to; run `authorship fit` again")
    bases = _read_bases(description, fitted, reference) if fitted else {}
    return replace(_by_name(reference), bases=bases)


def _by_name(reference: Reference) -> Reference:
    return reference.some(np.argsort(reference.features.index.to_numpy(str), kind="stable"))


def _read_bases(path: Path, content: dict[str, Any], reference: Reference) -> dict[str, Basis]:
    found = content.get("bases")
    if not isinstance(found, dict) or not found:
        raise TableError(f"{path}: written by an older version; run `authorship fit` again")
    try:
        bases = {str(name): Basis.from_json(basis) for name, basis in found.items()}
    except ValueError as error:
        raise TableError(f"{path}: {error}; run `authorship fit` again") from error
    if any(basis.candidates != reference.candidates for basis in bases.values()):
        raise TableError(f"{path}: its candidates are not those of films.csv; run `authorship fit` again")
    return bases
