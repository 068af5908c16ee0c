"""Preview a table of shots: its columns as understood, and its rows as in the file."""

from pathlib import Path

from shotscale.errors import TableError
from shotscale.shotlists.columns import Column, understood_columns
from shotscale.shotlists.films import read_rows
from shotscale.shotlists.formats import is_table
from shotscale.shotlists.layout import find_header, lay_out
from shotscale.shotlists.shotlist import HowToRead, ReadOptions


def table_head(path: Path, how: HowToRead) -> tuple[list[Column], list[tuple[str, ...]]]:
    r"""Return the columns of a table of shots as understood, and its rows as in the file.

    Parameters
    ----------
    how : mapping
        Options of `read_shotlist`.

    Returns
    -------
    columns : list of Column
        Empty if the file is not a table.
    rows : list of tuple of str
        The rows below the header, even if the shots cannot be read.

    Raises
    ------
    TableError, OptionError, DependencyError
        If the file cannot be split into rows.

    Examples
    --------
    >>> _ = Path("cuts.csv").write_text("Nr,Anfang,Bild\n1,0,a\n2,4.5,b\n")
    >>> columns, rows = table_head(Path("cuts.csv"), {})
    >>> [column.role for column in columns], rows[1]
    (['number', 'start', None], ('2', '4.5', 'b'))
    """
    options = ReadOptions.of(how)
    if not is_table(path, options):
        return [], []
    sheet = read_rows(path, options)
    at = find_header(sheet, options)
    try:
        layout = lay_out(sheet, options=options, path=path)
        columns = layout.columns
    except TableError:
        names = [""] * max(len(row.fields) for row in sheet.rows) if at is None else sheet.rows[at].fields
        columns = understood_columns(names)
    return columns, [row.fields for row in sheet.rows[0 if at is None else at + 1 :]]
