"""Parquet: for pandas, polars, DuckDB, R's arrow and Spark; labels and units travel in each field's metadata."""

from pathlib import Path

from authorship.export.variables import TidyTable

__all__ = ["write"]


def write(table: TidyTable, path: Path) -> None:
    """Write a table; categories are dictionary-encoded and keep their order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = pa.Table.from_pandas(table.readable(), preserve_index=False)
    fields = []
    for field, variable in zip(content.schema, table.variables, strict=True):
        described = {"label": variable.label, "unit": variable.unit, "definition": variable.definition}
        fields.append(field.with_metadata({key: text for key, text in described.items() if text}))
    schema = pa.schema(fields, metadata={**(content.schema.metadata or {}), "title": table.title})
    pq.write_table(content.cast(schema), path)
