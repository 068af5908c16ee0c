"""Read a desk's table of films."""

from pathlib import Path

import pandas as pd

from authorship.desk.fields import free_name, number_from_field
from shotscale.errors import OptionError, TableError
from shotscale.manifests import read_texts
from shotscale.store.table import REQUIRED, is_year, years

FIXED = ("film_id", "path")
"""The columns of what the page shows as a film itself, not in a field."""


def read_rows(table: Path) -> pd.DataFrame:
    r"""Return a table as stored: texts, the required columns first, empty cells as ''; rows without a film left out.

    Raises
    ------
    TableError
        If it cannot be read, lacks a column, or names two films alike.

    Examples
    --------
    >>> _ = Path("films.csv").write_text("film_id,path\nPersona,lists/persona.csv\n,\n")
    >>> read_rows(Path("films.csv")).values.tolist()
    [['Persona', 'lists/persona.csv', '', '', '']]
    """
    if not table.exists():
        return pd.DataFrame(columns=list(REQUIRED), dtype=object)
    rows = read_texts(table, missing="add a film")
    missing = [name for name in FIXED if name not in rows]
    if missing:
        raise TableError(f"{table}: lacks the column {missing[0]}; add it, or move the file away")
    rows = rows.dropna(how="all", subset=list(FIXED)).astype(object).fillna("")
    twice = rows["film_id"][rows["film_id"].duplicated()]
    if len(twice):
        raise TableError(f"{table}: film_id {twice.iloc[0]!r} in two rows; give each film a film_id of its own")
    others = [name for name in rows if name not in REQUIRED]
    return rows.reindex(columns=[*REQUIRED, *others], fill_value="").astype(object)


def cell_text(column: str, text: str) -> str:
    """Return what was typed into a cell as it is stored; `OptionError` if it is no year where one is needed.

    Examples
    --------
    >>> cell_text("title", " 2,5  Stars "), cell_text("speed", "1,04")
    ('2,5 Stars', '1.04')
    """
    text = " ".join(text.split())
    if column not in ("title", "director"):
        text = number_from_field(text)
    if column == "year" and text and not is_year(text):
        raise OptionError(f"year = {text[:20]}: {years()} is needed; correct it or leave it empty")
    return text


def new_name(rows: pd.DataFrame, film_id: str, text: str) -> str:
    """Return a film's new name, fit for a folder; `OptionError` if it is empty or another film's."""
    name = free_name(text, set()) if text.strip() else ""
    if not name or any(name.casefold() == other.casefold() for other in rows["film_id"] if other != film_id):
        raise OptionError(f"{name!r}: {'another film has this name' if name else 'no name'}; choose another")
    return name
