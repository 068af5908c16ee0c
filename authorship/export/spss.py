"""SPSS ``.sav``: labels for variables and codes, measurement levels, system-missing for undefined values.

It is written by pyreadstat, based on the ReadStat library as R's haven is; no other maintained library writes it.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from authorship.export.naming import spss_names
from authorship.export.row_limit import check_rows, check_texts, gathering
from authorship.export.variables import TidyTable

_LABEL_BYTES, _VALUE_LABEL_BYTES, _TEXT_BYTES = 256, 120, 32_767  # SPSS's limits


def check(table: TidyTable) -> None:
    """Refuse more rows than fit in memory, and a text longer than SPSS can hold."""
    check_rows(table, program="SPSS")
    check_texts(table, _TEXT_BYTES, "bytes", "SPSS", size=lambda text: len(text.encode()))


@gathering
def writing(table: TidyTable, path: Path, frame: pd.DataFrame) -> None:
    """Write a table with its labels."""
    import pyreadstat

    given = [entry.name for entry in table.variables]
    names = dict(zip(given, spss_names(given), strict=True))
    frame = frame.rename(columns=names)
    labels: dict[str, str | None] = {}
    values: dict[str, dict[int | float, str]] = {}
    measures: dict[str, str] = {}
    formats: dict[str, str] = {}
    for entry in table.variables:
        name = names[entry.name]
        labels[name] = cut_to_bytes(entry.full_label, _LABEL_BYTES)
        if entry.kind == "text":
            frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
            measures[name] = "nominal"
            continue
        frame[name] = frame[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        formats[name] = "F12.6" if entry.kind == "number" else "F8.0"
        measures[name] = ("ordinal" if entry.ordered else "nominal") if entry.kind == "category" else "scale"
        if entry.categories:
            values[name] = {
                float(category.code): cut_to_bytes(category.label, _VALUE_LABEL_BYTES) for category in entry.categories
            }
    try:
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=cut_to_bytes(table.title, 64),
            column_labels=labels,
            variable_value_labels=values,
            variable_measure=measures,
            variable_format=formats,
            row_compress=True,
        )
    except pyreadstat.ReadstatError as error:  # also raised for a full disk
        raise OSError(str(error)) from error


def cut_to_bytes(text: str, most: int) -> str:
    """Shorten a text to at most `most` UTF-8 bytes without splitting a character.

    Examples
    --------
    >>> cut_to_bytes("ёлка", 5)
    'ёл'
    """
    return text.encode()[:most].decode(errors="ignore")
