"""CSV: what everything reads. UTF-8, categories by their text, an empty field for a missing value."""

from pathlib import Path

from authorship.export.variables import TidyTable

__all__ = ["write"]


def write(table: TidyTable, path: Path) -> None:
    """Write a table; numbers have as many digits as it takes to read the very same number back."""
    table.readable().to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
