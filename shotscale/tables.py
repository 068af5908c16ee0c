"""The two tables of a film, and their contract.

Conventions
-----------
*Shot table*: one row per shot, in order. ``start`` and ``end`` are presentation times in seconds from the film's first
frame, half-open ``[start, end)``; each shot starts where the previous one ends. ``kind`` says how the shot begins:
``start`` (the film's beginning), ``cut``, ``dissolve``, ``fade`` or ``wipe``; ``confidence`` is the detector's
calibrated probability that this boundary is real (1 for the film's beginning). ``transition_start`` and
``transition_end`` are the times of the last frame wholly of the previous shot and of the first frame wholly of this
shot; ``start`` lies between them. A hand-made table may omit everything but ``start`` and ``end``.

*Scale track*: one row per sampled frame. ``time`` in seconds, strictly increasing; ``p_ecu`` .. ``p_els`` the
probabilities of the seven ordered scales, missing in every row if a network knows only the three groups; ``p_close``,
``p_medium``, ``p_long`` those of the groups, summing to one; ``scale`` the abbreviation of the likeliest scale;
``group`` the likeliest group. A row that a coder put outside the order (``FS``, ``IS``, ``NA``) has no probabilities
and no group.
"""

import os
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.columns import numbers, refuse_rows, require_columns
from shotscale.errors import TableError, first_line
from shotscale.files import atomic_write, decoded, without_sep_line
from shotscale.numerals import counted
from shotscale.scales import GROUP_NAMES, GROUP_OF, GROUPS, OUTSIDE_NAMES, SCALE_NAMES, SCALES

__all__ = [
    "GROUP_COLUMNS",
    "KINDS",
    "SCALE_COLUMNS",
    "SHOT_COLUMNS",
    "TRACK_COLUMNS",
    "make_scales",
    "make_shots",
    "read_scales",
    "read_shots",
    "validate_scales",
    "validate_shots",
    "validate_track",
    "write_table",
]

KINDS: tuple[str, ...] = ("start", "cut", "dissolve", "fade", "wipe")
"""How a shot may begin."""
SHOT_COLUMNS: tuple[str, ...] = ("start", "end", "kind", "confidence", "transition_start", "transition_end")
"""The columns of ``shots.csv``."""
SCALE_COLUMNS: tuple[str, ...] = tuple(f"p_{name.lower()}" for name in SCALE_NAMES)
"""The columns with the probability of each scale, nearest first."""
GROUP_COLUMNS: tuple[str, ...] = tuple(f"p_{name}" for name in GROUP_NAMES)
"""The columns with the probability of each group, nearest first."""
TRACK_COLUMNS: tuple[str, ...] = ("time", *SCALE_COLUMNS, *GROUP_COLUMNS, "scale", "group")
"""The columns of ``scales.csv``."""

MEMBERS = np.asarray([[scale.group is group for group in GROUPS] for scale in SCALES], np.float64)
"""Which group (columns) each scale (rows) belongs to: probabilities of scales times this are those of groups."""

LATEST = 1e9
"""Seconds: thirty years, longer than any film; in nanoseconds, it fits in 64 bits."""

_REMEDY = "give a UTF-8 CSV with a header"
_SHORTEST = 1e-6  # seconds: the least that six decimals, as written in tables, tell from zero
_SUM_TOLERANCE = 1e-4  # far above the rounding of written probabilities, far below any difference that matters
_SEAM_TOLERANCE = 1e-6  # seconds: the last of the six decimals in which tables are written


def make_shots(
    starts: Sequence[float] | npt.NDArray[np.float64],
    end: float,
    *,
    kinds: Sequence[str] | None = None,
    confidences: Sequence[float] | npt.NDArray[np.float64] | None = None,
    transitions: Sequence[tuple[float, float]] | None = None,
) -> pd.DataFrame:
    """Make a validated shot table from the shots' starts and the film's end.

    Starts are seconds, strictly increasing, the film's beginning first. `kinds`, `confidences` and `transitions` say
    how each shot begins; by default the first is ``start`` and the others are cuts of confidence 1 at `starts`.

    Examples
    --------
    >>> make_shots([0.0, 2.5], 4.0)[["start", "end", "kind"]].values.tolist()
    [[0.0, 2.5, 'start'], [2.5, 4.0, 'cut']]
    """
    first = np.asarray(starts, float)
    columns: dict[str, Any] = {"start": first, "end": np.append(first[1:], float(end))}
    if kinds is not None:
        columns["kind"] = list(kinds)
    if confidences is not None:
        columns["confidence"] = np.asarray(confidences, float)
    if transitions is not None:
        columns["transition_start"], columns["transition_end"] = np.asarray(transitions, float).reshape(-1, 2).T
    return validate_shots(pd.DataFrame(columns))


def make_scales(times: npt.NDArray[np.float64], probabilities: npt.NDArray[np.floating]) -> pd.DataFrame:
    """Make a validated scale track from class probabilities.

    Times are seconds, strictly increasing; probabilities (n, 7) in the order of `SCALES`, or (n, 3) in that of `GROUPS`
    if the network knows only those. Rows sum to one.

    Examples
    --------
    >>> track = make_scales(np.array([0.0]), np.array([[0.1, 0.6, 0.1, 0.1, 0.1, 0.0, 0.0]]))
    >>> track[["scale", "group"]].values.tolist(), round(float(track.p_close[0]), 3)
    ([['CU', 'close']], 0.7)
    """
    p = np.asarray(probabilities, np.float64)
    if p.ndim != 2 or p.shape[1] not in (len(SCALES), len(GROUPS)) or len(p) != len(times):
        raise TableError(
            f"probabilities of shape {p.shape} for {counted(len(times), 'time')}: one row per time and a column for "
            "each of the 7 scales or the 3 groups; pass such an array"
        )
    track = pd.DataFrame({"time": np.asarray(times, np.float64)})
    seven = p.shape[1] == len(SCALES)
    track[list(SCALE_COLUMNS)] = p if seven else np.full((len(p), len(SCALES)), np.nan)
    by_group = p @ MEMBERS if seven else p
    track[list(GROUP_COLUMNS)] = by_group
    track["scale"] = np.asarray(SCALE_NAMES, object)[p.argmax(axis=1)] if seven else None
    track["group"] = np.asarray(GROUP_NAMES, object)[by_group.argmax(axis=1)]
    return validate_scales(track)


def validate_shots(shots: pd.DataFrame, *, source: str = "shot table") -> pd.DataFrame:
    """Check a shot table, fill in what a hand-made one may omit, and return a table with `SHOT_COLUMNS`.

    Examples
    --------
    >>> table = pd.DataFrame({"start": [0.0, 2.0], "end": [2.0, 5.0]})
    >>> validate_shots(table)[["end", "kind", "confidence"]].values.tolist()
    [[2.0, 'start', 1.0], [5.0, 'cut', 1.0]]
    """
    require_columns(shots, ("start", "end"), source)
    if shots.empty:
        raise TableError(f"{source}: holds no shot; a film has at least one")
    shots = _with_defaults(shots)
    for column in ("start", "end", "transition_start", "transition_end"):
        times = shots[column] = numbers(shots[column], source)
        refuse_rows(np.abs(times.to_numpy()) > LATEST, times, source, f"no film is longer than {LATEST:g} s")
    start, end = shots["start"].to_numpy(), shots["end"].to_numpy()
    refuse_rows(~(end > start), shots["end"], source, "a shot ends after it starts")
    refuse_rows(end - start < _SHORTEST / 2, shots["end"], source, "a shot lasts a millionth of a second at least")
    apart = np.append(False, np.abs(start[1:] - end[:-1]) > _SEAM_TOLERANCE)
    refuse_rows(apart, shots["start"], source, "a shot starts where the one before it ends")
    confidence = shots["confidence"] = numbers(shots["confidence"], source)
    refuse_rows(((confidence < 0) | (confidence > 1)).to_numpy(), confidence, source, "a probability lies in 0 to 1")
    refuse_rows(~shots["kind"].isin(KINDS).to_numpy(), shots["kind"], source, f"a kind is one of {', '.join(KINDS)}")
    return shots[list(SHOT_COLUMNS)].reset_index(drop=True)


def validate_scales(track: pd.DataFrame, *, source: str = "scale track") -> pd.DataFrame:
    """Check a scale track and return it with `TRACK_COLUMNS` in order.

    Examples
    --------
    >>> track = make_scales(np.array([0.0, 1.0]), np.array([[0.1, 0.2, 0.7], [0.6, 0.2, 0.2]]))
    >>> validate_scales(track)["group"].tolist()
    ['long', 'close']
    """
    require_columns(track, TRACK_COLUMNS, source)
    track = track[list(TRACK_COLUMNS)].reset_index(drop=True)
    track["time"] = numbers(track["time"], source)
    for column in (*GROUP_COLUMNS, *SCALE_COLUMNS):
        track[column] = pd.to_numeric(track[column], errors="coerce").astype(np.float64)
    time = track["time"].to_numpy()
    refuse_rows(np.abs(time) > LATEST, track["time"], source, f"no film is longer than {LATEST:g} s")
    refuse_rows(np.append(False, np.diff(time) <= 0), track["time"], source, "times increase from row to row")
    outside = track["scale"].isin(OUTSIDE_NAMES).to_numpy()
    for columns in (SCALE_COLUMNS, GROUP_COLUMNS):
        p = track[list(columns)].to_numpy()
        unknown = columns is SCALE_COLUMNS and bool(np.isnan(p).all())
        summed = np.abs(p.sum(axis=1) - 1) <= _SUM_TOLERANCE
        wrong = np.zeros(len(p), bool) if unknown else ~(summed | outside)
        refuse_rows(wrong, track[columns[0]], source, f"{columns[0]} .. {columns[-1]} sum to one")
        _refuse_edited(track["scale" if columns is SCALE_COLUMNS else "group"], columns, p, source)
    return track


def validate_track(track: pd.DataFrame, *, source: str = "scale track") -> pd.DataFrame:
    """Check a scale track, or a coding of ``time`` and ``scale``, ``group`` or both; return it with both.

    Examples
    --------
    >>> coding = pd.DataFrame({"time": pd.to_timedelta([0, 1], unit="s"), "scale": ["CU", "FS"]})
    >>> validate_track(coding)[["time", "group"]].values.tolist()
    [[0.0, 'close'], [1.0, nan]]
    """
    if set(TRACK_COLUMNS) <= set(track.columns):
        return validate_scales(track, source=source)
    if "time" in track:
        times = numbers(track["time"], source)
        refuse_rows(np.append(False, np.diff(times) < 0), times, source, "times do not go back (sort by time)")
        track = track.assign(time=times)
    if "group" not in track and "scale" in track:
        return track.assign(group=track["scale"].map(GROUP_OF))
    return track.assign(scale=None) if "scale" not in track and "group" in track else track


def read_shots(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read and check a ``shots.csv``; only ``start`` and ``end`` are required.

    Examples
    --------
    >>> _ = Path("shots.csv").write_text("start,end\n0,2.5\n2.5,4\n")
    >>> read_shots("shots.csv")["kind"].tolist()
    ['start', 'cut']
    """
    return validate_shots(read_csv(path, na_values=[""]), source=str(path))


def read_scales(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read and check a ``scales.csv``.

    Examples
    --------
    >>> track = make_scales(np.array([0.0]), np.array([[0.1, 0.2, 0.7]]))
    >>> write_table(track, "scales.csv")
    >>> read_scales("scales.csv")["group"].tolist()
    ['long']
    """
    return validate_scales(read_csv(path, na_values=[""]), source=str(path))


def write_table(
    table: pd.DataFrame, path: str | os.PathLike[str], *, index: bool = False, float_format: str | None = "%.6f"
) -> None:
    r"""Write a table as UTF-8 CSV, by default with six decimals and without its index, atomically.

    Examples
    --------
    >>> write_table(pd.DataFrame({"start": [0.0], "end": [1 / 3]}), "shots.csv")
    >>> Path("shots.csv").read_text()
    'start,end\n0.000000,0.333333\n'
    """
    with atomic_write(path, newline="") as stream:
        table.to_csv(stream, index=index, float_format=float_format, lineterminator="\n")


def read_csv(
    path: str | os.PathLike[str], *, remedy: str = _REMEDY, sep: Callable[[str], str] = lambda _: ",", **options: Any
) -> pd.DataFrame:
    r"""Read a CSV in any encoding of `decoded`, parted by what `sep` says of its text; no text is a missing value.

    Raises
    ------
    TableError
        If it does not exist or is not a table; the message ends in the remedy.

    Examples
    --------
    >>> _ = Path("codes.csv").write_text("time,shotscale\n0,NA\n")
    >>> read_csv("codes.csv")["shotscale"].tolist()
    ['NA']
    """
    if not Path(path).is_file():
        raise TableError(f"{path}: no such file; {remedy}")
    try:
        text, named = without_sep_line(decoded(Path(path).read_bytes()))
        parted = sep(text)
        table: pd.DataFrame = pd.read_csv(StringIO(text), keep_default_na=False, sep=named or parted, **options)
    except (OSError, ValueError) as error:
        reason = "another encoding" if isinstance(error, UnicodeDecodeError) else first_line(error)
        raise TableError(f"{path}: not a UTF-8 CSV table ({reason}); {remedy}") from error
    return table


def _refuse_edited(named: pd.Series, columns: Sequence[str], p: npt.NDArray[np.float64], source: str) -> None:
    """Refuse a scale or group that its row's probabilities contradict, as if corrected in that column alone."""
    codes, words = pd.factorize(named)
    place_of = {column: place for place, column in enumerate(columns)}
    places = np.asarray([*(place_of.get(f"p_{str(word).lower()}", -1) for word in words), -1])[codes]  # -1: no word
    own = np.where(places >= 0, p[np.arange(len(p)), places], 0.0)
    wrong = (named.notna() & (own < p.max(axis=1) - _SUM_TOLERANCE)).to_numpy()
    rule = f"{columns[0]} .. {columns[-1]} give another; they change with it, as by `shotscale review`"
    refuse_rows(wrong, named, source, rule)


def _with_defaults(shots: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of a shot table with the columns that a hand-made one may omit."""
    shots = shots.reset_index(drop=True)
    start = shots["start"]
    defaults: dict[str, Any] = {
        "kind": ["start", *["cut"] * (len(shots) - 1)],
        "confidence": 1.0,
        "transition_start": start,
        "transition_end": start,
    }
    return shots.assign(**{name: value for name, value in defaults.items() if name not in shots})
