"""One film's analysis as three files: two Parquet tables and a JSON document with their checksums.

Conventions
-----------
Numbers are rounded to six decimals, as in the CSV files of ``--save``. Each table begins with the join keys of all
tables in a store: ``sha256``, the film file's checksum, and ``settings``. The document contains no path: the same file
elsewhere has the same result. The bytes depend only on the analysis and its settings.
"""

import io
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shotscale.film import Film, analyzed_film
from shotscale.store.checksums import RESULT_VERSION, check_bytes, digest, sealed
from shotscale.tables import SHOT_COLUMNS, TRACK_COLUMNS

FORMAT = "stored-film-analysis"
DECIMALS = 6  # microseconds, as in CSV files
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
        "tables": {"shots": digest(shots), "scales": digest(scales)},
        "analysis": content,
    }
    return EncodedAnalysis(checksum, sealed(document), shots, scales)


def read_tables(document: dict[str, Any], shots: bytes, scales: bytes, *, path: str, source: str) -> Film:
    """Reassemble a film's analysis after verifying the checksums.

    `document` is as returned by `shotscale.store.checksums.read_document`, `path` the film's current path, and `source`
    names the files in error messages. Raises `TableError` if a file is damaged or breaks its table's contract.
    """
    for name, content in (("shots", shots), ("scales", scales)):
        check_bytes(content, document["tables"][name], source=f"{source}: {name}")
    return analyzed_film(document["analysis"], _from_parquet(shots), _from_parquet(scales), path=path)


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
