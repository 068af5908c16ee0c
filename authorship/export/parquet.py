"""Parquet: for pandas, polars, DuckDB, R's arrow and Spark; labels and units are in each field's metadata."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from authorship.export.variables import TidyTable


@contextmanager
def writing(table: TidyTable, path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a file for a table's pieces, each a row group; categories are dictionary-encoded and keep their order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: Any = None
    with ExitStack() as stack:

        def add(piece: pd.DataFrame) -> None:
            nonlocal writer
            content = pa.Table.from_pandas(table.readable(piece), preserve_index=False)
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(path, _described(content.schema, table)))
            writer.write_table(content.cast(writer.schema))

        yield add


def _described(schema: Any, table: TidyTable) -> Any:
    """Add labels, units and definitions to the schema's metadata."""
    import pyarrow as pa

    fields = []
    for field, variable in zip(schema, table.variables, strict=True):
        described = {"label": variable.label, "unit": variable.unit, "definition": variable.definition}
        fields.append(field.with_metadata({key: text for key, text in described.items() if text}))
    return pa.schema(fields, metadata={**(schema.metadata or {}), "title": table.title})
