"""One film's analysis as three files: two Parquet tables and a JSON document with their checksums.

Conventions
-----------
Numbers are rounded to six decimals, as in the CSV files of ``--save``. Each table begins with the join keys of all
tables in a store: ``sha256``, the film file's checksum, and ``settings``. The document contains no path: the same file
elsewhere has the same result. The bytes depend only on the analysis and its settings.

A document ends with its own checksum and holds those of the tables; `shotscale.store.Store.damaged` verifies all.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shotscale.documents import Document, validated
from shotscale.errors import TableError
from shotscale.film import Film, analyzed_film
from shotscale.tables import SHOT_COLUMNS, TRACK_COLUMNS

FORMAT = "stored-film-analysis"
RESULT_VERSION = 1
"""Of a store's documents."""

DECIMALS = 6  # microseconds, as in CSV files
_AGAIN = "analyze the corpus again with --check"
_TEXT = frozenset({"kind", "scale", "group"})


@dataclass(frozen=True, slots=True)
class EncodedAnalysis:
    """The bytes of a film's three files; `sha256` is that of the film's own."""

    sha256: str
    document: bytes
    shots: bytes
    scales: bytes


def encode(film: Film, *, settings_id: str) -> EncodedAnalysis:
    """Encode an analyzed film as the bytes that a store keeps."""
    checksum = str(film.checksum)
    keys = {"sha256": checksum, "settings": settings_id}
    shots = _to_parquet(film.whole.shot_table, SHOT_COLUMNS, keys)
    scales = _to_parquet(film.whole.track, TRACK_COLUMNS, keys)
    content = {**film.to_document(), "film": dict(film.info)}
    document = {
        "format": FORMAT,
        "format_version": RESULT_VERSION,
        "settings": settings_id,
        "sha256": checksum,
        "tables": {"shots": _digest(shots), "scales": _digest(scales)},
        "analysis": content,
    }
    return EncodedAnalysis(checksum, sealed(document), shots, scales)


def read_tables(document: dict[str, Any], shots: bytes, scales: bytes, *, path: str, source: str) -> Film:
    """Reassemble a film's analysis after verifying the checksums.

    `document` is as returned by `read_document`, `path` the film's current path, and `source`
    names the files in error messages. Raises `TableError` if a file is damaged or breaks its table's contract.
    """
    for name, content in (("shots", shots), ("scales", scales)):
        if _digest(content) != document["tables"][name]:
            raise TableError(f"{source}: {name} are damaged, their checksum is another; {_AGAIN}")
    return analyzed_film(document["analysis"], _from_parquet(shots), _from_parquet(scales), path=path)


def sealed(document: dict[str, Any]) -> bytes:
    """Return a document as JSON that ends with its own checksum, which `read_document` verifies."""
    content = {**document, "seal": _seal(document)}
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read_document(content: bytes, kind: type[Document], *, source: str) -> dict[str, Any]:
    """Read a document that `sealed` wrote.

    Raises `TableError` if it was changed in any way, or written in another format version.
    """
    document = validated(kind, content, source=f"{source}: damaged", remedy=_AGAIN)
    if document.pop("seal", None) != _seal(document):
        raise TableError(f"{source}: damaged (checksum mismatch); {_AGAIN}")
    if document.get("format_version") != RESULT_VERSION:
        raise TableError(
            f"{source}: format version {document.get('format_version')}; this software reads version "
            f"{RESULT_VERSION}; analyze the corpus again"
        )
    return document


def _seal(document: dict[str, Any]) -> str:
    return _digest(json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _to_parquet(table: pd.DataFrame, columns: tuple[str, ...], keys: dict[str, str]) -> bytes:
    arrays = {name: pa.array([key] * len(table), pa.string()) for name, key in keys.items()}
    for column in columns:
        values = table[column]
        if column in _TEXT:
            arrays[column] = pa.array([None if pd.isna(value) else str(value) for value in values], pa.string())
        else:
            arrays[column] = pa.array(values.to_numpy("float64").round(DECIMALS), pa.float64(), from_pandas=True)
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays), buffer, compression="zstd")
    return buffer.getvalue()


def _from_parquet(content: bytes) -> pd.DataFrame:
    table: pd.DataFrame = pq.read_table(io.BytesIO(content), use_threads=False).to_pandas(use_threads=False)
    return table.drop(columns=["sha256", "settings"])
