"""A store's summary: one row per film of the table, with its results or the reason for failure."""

import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shotscale.errors import TableError, first_line
from shotscale.store.results import DECIMALS
from shotscale.store.table import RESERVED, CorpusTable
from shotscale.store.task import Failure

SUMMARY = "films.parquet"
CURRENT = b"settings"
"""Key of the summary's metadata."""

ANALYZED, FAILED, MISSING = "analyzed", "failed", "missing"

_TEXTS = frozenset("status error_kind error sha256 settings measured_settings absolute_path codec container".split())
_WHOLE = frozenset("size_bytes mtime_ns n_frames width height n_shots n_limits".split())
_TYPES: Mapping[str, pa.DataType] = {
    name: pa.string() if name in _TEXTS else pa.int64() if name in _WHOLE else pa.float64() for name in RESERVED
}
_ADDED = {"absolute_path": "path", "measured_settings": "settings", "film_begin": None, "film_end": "duration"}
"""Columns that older summaries lack, each with the older column that replaces it; None: 0 in every row."""

_OF_FILM = ("duration", "n_frames", "fps", "width", "height", "codec", "container")
_HOLDING = ("settings", "error_kind", "error")
_FACTS = (*_HOLDING, *RESERVED[RESERVED.index("duration") :])
_OF_SHOTS = ("n_shots", "average_shot_length", "median_shot_length", "shot_length_sd", "coefficient_of_variation")


@dataclass(slots=True)
class FilmState:
    """The state of a film of the table: its file's `sha256`, once read, and its failure, if it has failed.

    `facts` are the summary's about its analysis, as corrected if `shotscale.store.corrected_summary` found corrections;
    empty if not analyzed.
    """

    sha256: str | None = None
    failure: Failure | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """``analyzed``, ``failed`` or ``missing``."""
        return ANALYZED if self.facts else FAILED if self.failure is not None else MISSING

    def analyzed(self, document: dict[str, Any]) -> None:
        """Take the summary's facts from a stored document."""
        analysis = document["analysis"]
        groups = analysis["scales"]["groups"] or {}
        part = analysis.get("part") or {"begin": 0.0, "end": analysis["film"]["duration"]}
        self.sha256, self.failure = document["sha256"], None
        self.facts = {
            **{name: analysis["film"].get(name) for name in _OF_FILM},
            "film_begin": round(part["begin"], DECIMALS),
            "film_end": round(part["end"], DECIMALS),
            **{name: analysis["shots"][name] for name in _OF_SHOTS},
            **{f"share_{group}": groups.get(group) for group in ("close", "medium", "long")},
            "n_limits": len(analysis["limits"]),
        }


def read_summary(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a store's summary table, ``films.parquet``.

    Raises `TableError` if it is missing or unreadable.
    """
    table: pd.DataFrame = read_rows(folder).to_pandas(use_threads=False)
    return table


def read_rows(folder: str | os.PathLike[str], *, name: str = SUMMARY) -> pa.Table:
    """Read a store's summary, or a table like it, as an Arrow table; raises like `read_summary`."""
    path = Path(folder) / name
    try:
        # Given a path, pyarrow opens the file twice, and a run filling the store may replace it in between.
        rows = pq.read_table(pa.BufferReader(path.read_bytes()), use_threads=False)
    except (OSError, pa.ArrowException) as error:
        remedy = "make it readable" if is_kept_back(error) else "analyze the corpus again"
        raise TableError(f"{path}: cannot be read ({first_line(error)}); {remedy}") from error
    for added, older in _ADDED.items():
        if added not in rows.column_names:
            rows = rows.append_column(added, pa.repeat(0.0, len(rows)) if older is None else rows[older])
    status = pc.replace_substring(rows["status"], "analysed", ANALYZED)  # as older summaries spell it
    return rows.set_column(rows.column_names.index("status"), "status", status)


def is_kept_back(error: BaseException | None) -> bool:
    """Return whether the system keeps an existing file from being read, which says nothing about its content."""
    return getattr(error, "errno", None) not in (None, errno.ENOENT)


def remembered(summary: pd.DataFrame, *, settings_id: str) -> dict[str, dict[str, Any]]:
    """Return the `FilmState.facts` of each film analyzed under some settings, by SHA-256."""
    rows = summary[(summary["status"] == ANALYZED) & (summary["measured_settings"] == settings_id)]
    found = pa.Table.from_pandas(rows[["sha256", *_FACTS]], preserve_index=False).to_pylist()
    return {row.pop("sha256"): row for row in found}


def summary_table(table: CorpusTable, states: Sequence[FilmState], *, settings_id: str) -> pa.Table:
    """Return the summary: the table's columns, then `shotscale.store.table.RESERVED`."""
    columns = {str(column): _as_array(table.rows[column]) for column in table.rows}
    rows = [
        {
            "status": state.status,
            "error_kind": None if state.failure is None else state.failure.kind,
            "error": None if state.failure is None else state.failure.reason,
            "sha256": state.sha256,
            "settings": settings_id,
            "measured_settings": settings_id,
            "absolute_path": str(film.path),
            "size_bytes": film.size_bytes,
            "mtime_ns": film.mtime_ns,
            **state.facts,
        }
        for film, state in zip(table.films, states, strict=True)
    ]
    added = pa.Table.from_pylist(rows, schema=pa.schema(_TYPES))
    return pa.table({**columns, **dict(zip(_TYPES, added.columns, strict=True))}, metadata={CURRENT: settings_id})


def replaced(rows: pa.Table, facts: Mapping[int, Mapping[str, Any]]) -> pa.Table:
    """Return a summary with the `FilmState.facts` of some rows, given by number, replaced."""
    mask = np.isin(np.arange(len(rows)), list(facts))
    for name in _FACTS:
        values = pa.array([facts[row].get(name) for row in sorted(facts)], _TYPES[name])
        column = pc.replace_with_mask(rows[name].combine_chunks(), mask, values)
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _as_array(values: "pd.Series[Any]") -> pa.Array:
    if pd.api.types.is_numeric_dtype(values):
        kind = pa.int64() if pd.api.types.is_integer_dtype(values) else pa.float64()
        return pa.array([None if pd.isna(value) else value for value in values], kind)
    return pa.array([None if pd.isna(value) else _as_text(value) for value in values], pa.string())


def _as_text(value: Any) -> str:
    """Return a value as text; a whole number of a column that has become text has no decimals, as it was written."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
