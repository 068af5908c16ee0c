"""Preview a table of shots: its columns as understood, and its rows as in the file."""

from contextlib import suppress
from pathlib import Path

from shotscale.errors import TableError
from shotscale.shotlists.columns import Column
from shotscale.shotlists.films import read_rows
from shotscale.shotlists.formats import is_table
from shotscale.shotlists.layout import below_header, lay_out
from shotscale.shotlists.shotlist import HowToRead, ReadOptions


def table_head(path: Path, how: HowToRead) -> tuple[list[Column], list[tuple[str, ...]]]:
    r"""Return the columns of a table of shots as understood, and the rows below its header as in the file.

    Both are returned even if the shots cannot be read, and are empty if the file is not a table. The options are those
    of `read_shotlist`.

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
    below = below_header(sheet)
    columns = below.columns
    with suppress(TableError):
        columns = lay_out(sheet).columns
    return list(columns), [row.fields for row in below.rows]
