"""Shot lists as tables: the project's own ``shots.csv``, lists of cut times or shot lengths, and others.

Conventions
-----------
Times are in seconds unless stated otherwise, from the film's first frame. A list of single times gives the ends of
shots, the last being the film's end, as in Cinemetrics; one that begins with 0, or of which only the last time has no
shot number, gives the starts of shots, followed by the film's end. Redundant starts, ends and lengths are checked
against each other. PySceneDetect's ``list-scenes`` writes such a table: its frames count from 1, and its end frame
belongs to the shot. An ambiguous table is rejected with a message that names the option that decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from shotscale.errors import OptionError, TableError
from shotscale.numerals import counted, some_of
from shotscale.scales import ShotScale
from shotscale.shotlists.beginnings import HEADINGS, beginnings
from shotscale.shotlists.columns import TIMES, Column
from shotscale.shotlists.films import FilmTable, film_name, film_table, read_rows
from shotscale.shotlists.layout import is_closed, last_alone_unscaled, lay_out, numbered_but_last
from shotscale.shotlists.plausible import check_no_coding, check_plausible, check_unused
from shotscale.shotlists.rows import Sheet, heading
from shotscale.shotlists.scalenames import abbreviations, parse_shot_scales, scale_notes
from shotscale.shotlists.series import Series, from_first_hour, read_series
from shotscale.shotlists.shotlist import ReadOptions, ShotList
from shotscale.shotlists.spans import Spans, spans_of
from shotscale.shotlists.timeline import Scales, shots_of_spans
from shotscale.tables import SHOT_COLUMNS, write_table

_PYSCENEDETECT = {"Start Frame", "End Frame"}
_AGREEING = 0.05
"""Seconds by which two columns of the same times may differ: a frame, since rounded times are not exact frame times."""

_PREFERRED = ("s", "ms", None, "clock", "min", "frames")
"""Units in order of preference among columns of the same role; with a frame rate, frames come first."""


@dataclass(frozen=True, eq=False)
class _Table:
    """A table as read."""

    sheet: Sheet
    series: dict[str, Series]
    spans: Spans

    @cached_property
    def names(self) -> dict[str, int]:
        """Column indices by normalized header."""
        return {heading(column.name): column.index for column in reversed(self.sheet.columns)}

    @property
    def own(self) -> bool:
        """Whether this package wrote the table."""
        return {heading(name) for name in SHOT_COLUMNS} <= self.names.keys()

    @cached_property
    def begins(self) -> pd.DataFrame:
        """How shots begin, as far as the table says."""
        return beginnings(self.sheet, self.names, self.spans.starts, own=self.own)

    @property
    def counts_frames(self) -> bool:
        """Whether a frame rate was used."""
        return self.spans.frames or any(one.unit == "frames" or one.codes for one in self.series.values())


def read(path: Path, options: ReadOptions) -> ShotList:
    """Read one film's table of shots, cut times or shot lengths, with or without a header."""
    films = film_table(path, options)
    if films is None:
        return _read_sheet(read_rows(path, options))
    if len(films.sheets) > 1:
        names = list(films.sheets)
        raise TableError(
            f"{path}: holds {counted(len(names), 'film')}, {films.how}: {some_of(names, most=3)}; name one of them as "
            f"{path / names[0]}"
        )
    return read_film(films, next(iter(films.sheets)), options)


def read_film(films: FilmTable, name: str, options: ReadOptions) -> ShotList:
    """Read one film of a multi-film table."""
    sheet = films.sheets.get(film_name(name))
    if sheet is None:
        near = get_close_matches(name, films.sheets, n=3)
        told = f"nearest by name: {', '.join(near)}" if near else f"it has {some_of(films.sheets, most=3)}"
        raise TableError(f"{films.path}: has no film {name}; {told}; name one of them")
    return _read_sheet(replace(sheet, path=Path(f"{films.path}/{name}"), options=films.options(options)))


def _read_sheet(sheet: Sheet) -> ShotList:
    sheet = lay_out(sheet)
    series = {role: read_series(sheet, column) for role, column in _chosen(sheet).items()}
    series, said = from_first_hour(series, sheet)
    table = _Table(sheet, series, spans_of(series, sheet, closed=is_closed(sheet, series)))
    _check(table)
    scales, notes = _scales(table)
    shots, scales, mended = shots_of_spans(
        table.spans.starts,
        table.spans.ends,
        scales,
        gaps=sheet.options.gaps,
        source=str(sheet.path),
        begins=table.begins,
    )
    return ShotList(
        shots=shots,
        scales=scales,
        format=_kind(table),
        fps=sheet.options.fps if table.counts_frames else None,
        notes=(*sheet.notes, *table.spans.notes, *mended, *notes),
        details=(*([sheet.which] if sheet.which else []), *_details(table), *said, *table.spans.said),
        tells_kinds=not table.own and "kind" in table.begins,  # a table of ours may be of a list that told none
    )


def write(shots: pd.DataFrame, path: Path, *, scales: Sequence[ShotScale | None] | None) -> None:
    """Write the project's own table, with a column ``scale`` if scales are known."""
    write_table(_own_table(shots, scales), path)


def write_films(films: Mapping[str, ShotList], path: Path) -> None:
    """Write the tables of several films as one, with ``film`` as the first column."""
    tables = [_own_table(given.shots, given.scales).assign(film=name) for name, given in films.items()]
    table = pd.concat(tables, ignore_index=True)
    write_table(table[["film", *(column for column in table if column != "film")]], path)


def _own_table(shots: pd.DataFrame, scales: Sequence[ShotScale | None] | None) -> pd.DataFrame:
    table = shots[list(SHOT_COLUMNS)]
    return table if scales is None else table.assign(scale=np.asarray(abbreviations(scales), object))


def _chosen(sheet: Sheet) -> dict[str, Column]:
    """Return the column of each role; among several, the one in the preferred unit."""
    options = sheet.options
    groups = {role: sheet.of(role) for role in TIMES if sheet.of(role)}
    if not groups:
        names = ", ".join(column.name for column in sheet.columns)
        number = next((column.name for column in sheet.columns if column.name[:1].isdigit()), None)
        if number is not None:
            raise sheet.error(
                f"{number[:40]!r} is neither a header nor a time; write seconds, m:ss or h:mm:ss, as in 75.5, 1:15.5 "
                "or 0:01:15.5, with colons"
            )
        remedy = (
            "name the column time, length, or start and end, or say which is which with --columns start=...,end=..."
        )
        if sheet.of("film"):
            remedy = "it names films: if it is the films.csv of a folder, name the folder"
        raise sheet.error(f"{names[:80]!r} is no header of a shot list; {remedy}")
    if "end" in groups:
        groups.pop("cut", None)  # checked later, with the unused columns
    order = list(_PREFERRED)
    counts_frames = all(any(column.unit == "frames" for column in group) for group in groups.values())
    if options.fps is not None and counts_frames:
        order.insert(0, "frames")
    if options.unit is not None:
        order.insert(0, options.unit)
    chosen = {}
    for role, group in groups.items():
        usable = [column for column in group if not column.problem] or group
        usable.sort(key=lambda column: order.index(column.unit))
        if len(usable) > 1 and usable[0].unit == usable[1].unit:
            raise _unclear(usable, f"the {role} of shots", role, sheet)
        chosen[role] = usable[0]
    return chosen


def _unclear(columns: Sequence[Column], what: str, role: str, sheet: Sheet) -> TableError:
    one, other = columns[:2]
    name = one.name if one.name.casefold() != other.name.casefold() else f"{one.index + 1} or {other.index + 1}"
    return sheet.error(
        f"columns {one.label} and {other.label} may both be {what}; say which with --columns {role}={name}, ..."
    )


def _check(table: _Table) -> None:
    """Reject a table that contradicts itself or is not plausible as a film."""
    sheet, spans, series = table.sheet, table.spans, table.series
    _agree_with_others(table)
    numbers = [cell for column in sheet.of("number")[:1] for cell in sheet.cells(column.index)]
    if len(spans.starts) < len(numbers) and numbers[0] == "1" and numbers[-1] == str(len(numbers)):
        raise sheet.error(
            f"has the starts of {counted(len(numbers), 'shot')}, not where the last one ends; add a line with the "
            "film's end and no number, or a column of ends or lengths"
        )
    if [*series] == ["cut"] and len(spans.starts) == len(sheet.rows):
        _refuse_unclear_end(sheet, series["cut"].column)
    if table.own:
        if sheet.options.unit not in (None, "s"):
            raise OptionError(
                f"--unit {sheet.options.unit}: {sheet.path} counts seconds, as all of our tables do; leave it out"
            )
        return
    check_plausible(spans, series, sheet)
    used = [one.column for one in series.values()] + sheet.of("scale") + sheet.of("film")
    check_unused(spans, [column for column in sheet.columns if column not in used], sheet)


def _refuse_unclear_end(sheet: Sheet, column: Column) -> None:
    """Reject times, read as ends, of which the last is unlike the others: it may be the film's end, they starts."""
    lacks = "number" if numbered_but_last(sheet) else "scale" if last_alone_unscaled(sheet) else None
    if lacks is not None and not (lacks == "scale" and sheet.of("number")):
        also = [f"{one.role}={one.option}" for one in sheet.columns if one.role in ("number", "scale")]
        start, end = (",".join([f"{role}={column.option}", *also]) for role in ("start", "end"))
        raise TableError(
            f"{sheet.where(sheet.rows[-1])}: only the last time has no {lacks}: it may end the film and the others "
            f"start shots, or all may end shots; say which with --columns {start} or {end}"
        )


def _agree_with_others(table: _Table) -> None:
    """Reject a frame rate or a column that another column of the same role contradicts."""
    spans, sheet = table.spans, table.sheet
    found = {"start": spans.starts, "end": spans.ends, "length": spans.ends - spans.starts}
    for role, series in table.series.items() if len(spans.starts) == len(sheet.rows) else ():
        for column in sheet.of(role) if role in found else ():
            apart = column.problem or column.unit == "frames" or column is series.column
            if apart or (column.unit is None and sheet.options.unit is not None):
                continue
            other = read_series(sheet, column)
            both = (other, *from_first_hour({role: other}, sheet)[0].values())
            apart_by = np.min([np.abs(one.seconds - found[role]) for one in both], axis=0)
            wrong = apart_by > max(other.step, series.step, _AGREEING)
            for k in np.flatnonzero(wrong).tolist():
                raise TableError(
                    f"{sheet.where(sheet.rows[k])}: the {role} is {found[role][k]:g} s by column {series.column.label} "
                    f"and {other.seconds[k]:g} s by {column.label}; give the list's own --fps, or say which column "
                    "holds with --columns"
                )


def _scales(table: _Table) -> tuple[Scales | None, tuple[str, ...]]:
    """Read the column of scales, one per shot, if there is any, with notes for the user."""
    sheet = table.sheet
    columns = sheet.of("scale")
    if not columns:
        return None, ()
    if len(columns) > 1:
        raise _unclear(columns, "scales", "scale", sheet)
    if not table.own:
        check_no_coding(table.spans, table.series, sheet)
    texts = sheet.cells(columns[0].index)
    try:
        read = parse_shot_scales(texts, places=[*map(sheet.where, sheet.rows)])
    except TableError as error:
        times = ",".join(f"{role}={one.column.option}" for role, one in table.series.items())
        raise TableError(f"{error}; or leave the scales out with --columns {times}") from error
    n_shots = len(table.spans.starts)
    if len(read) > n_shots and read[-1][0] is not None:
        raise TableError(
            f"{sheet.where(sheet.rows[-1])}: a scale for a shot without an end; a list that begins at 0 says where "
            "shots start; add the film's end as a last line"
        )
    notes = scale_notes(texts, n_changing=sum(changes for _, changes in read))
    scales = tuple(scale for scale, _ in read[:n_shots])
    return scales if any(scales) else None, tuple(notes)


def _kind(table: _Table) -> str:
    names = {column.name for column in table.sheet.columns}
    return "PySceneDetect list" if names >= _PYSCENEDETECT else table.spans.kind


def _details(table: _Table) -> tuple[str, ...]:
    """Describe which columns were used as what, which were not used, and the units of times."""
    columns = table.sheet.columns
    used = [one.column for one in table.series.values()] + table.sheet.of("scale")
    known = {*used, *(column for column in columns if HEADINGS.get(heading(column.name)) in table.begins)}
    silent = ("number", "film")
    left = [column.name for column in columns if column not in known and column.name and column.role not in silent]
    units = ["frames"] if table.spans.frames else dict.fromkeys(one.said for one in table.series.values())
    units = ["seconds, as our tables do"] if table.own else units
    return (
        ", ".join(f"{column.role} = {'' if column.name else 'column '}{column.label}" for column in used),
        *([f"not used: {some_of(left)}"] if left else []),
        " and ".join(units),
    )
