"""Which part of a file is measured, and at what speed it runs.

Conventions
-----------
Saved and stored tables cover the whole file, in the file's time; a `FilmPart` says which part of them counts. A film's
tables, and so its figures, features and answers, are those that `FilmPart.of_shots` and `of_scales` return, in the
film's own time if the file runs faster than the film.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import OptionError, TableError
from shotscale.manifests import PART_COLUMNS
from shotscale.numerals import clock

if TYPE_CHECKING:
    from shotscale.boundaries import Transition

PAL = Fraction(25, 24)
"""How much faster a film of 24 frames per second runs on PAL television and discs than in the cinema."""

HINT = "Titles seem to stand"
"""How the sentence of `shotscale.titles_hint` begins, in saved analyses too."""

_SLIVER = 0.02
"""Seconds, half a frame: a remnant of a neighboring shot due to a rounded time is not a shot."""

_ROUNDING = 1e-6
"""Seconds: the last of the six decimals in which tables are written; a part has all its decimals."""

_TIMES = ("start", "end", "transition_start", "transition_end")


@dataclass(frozen=True, slots=True)
class PartOptions:
    """The part that a user asks for: `begin` and `end` in seconds of the file, `speed` as how much faster it runs.

    None leaves a value as it is; `whole` starts from the whole file, ignoring any earlier choice of the part.

    Examples
    --------
    >>> PartOptions.read(begin="1:30", speed="pal")
    PartOptions(begin=90.0, end=None, speed=Fraction(25, 24), whole=False)
    """

    begin: float | None = None
    end: float | None = None
    speed: Fraction | None = None
    whole: bool = False

    @classmethod
    def read(
        cls, *, begin: str | None = None, end: str | None = None, speed: str | None = None, whole: bool = False
    ) -> Self:
        """Parse command-line options.

        Raises
        ------
        OptionError
            If a time or the speed cannot be read, or the end is not after the beginning.
        """
        options = cls(_time("--from", begin), _time("--to", end), _speed(speed), whole)
        if options.begin is not None and options.end is not None and options.begin >= options.end:
            raise OptionError(f"--from {begin} --to {end}: a part starts before it ends; swap the two")
        return options

    @classmethod
    def of_row(cls, row: Mapping[Any, object], *, where: str) -> Self:
        """Read the columns ``from``, ``to`` and ``speed``, if present, of a film's row in a table.

        Raises
        ------
        TableError
            As in `read`; the message begins with `where`.

        Examples
        --------
        >>> PartOptions.of_row({"film": "persona", "from": "1:30", "to": None}, where="films.csv").begin
        90.0
        """
        told = {
            str(name).strip().lower(): value
            for name, value in row.items()
            if value is not None and value == value and str(value).strip()  # noqa: PLR0124 - NaN
        }
        begin, end, speed = (str(told[name]) if name in told else None for name in PART_COLUMNS)
        try:
            return cls.read(begin=begin, end=end, speed=speed)
        except OptionError as error:
            raise TableError(f"{where}: {error}") from error

    @property
    def is_default(self) -> bool:
        """Whether nothing was asked for."""
        return self == PartOptions()

    def over(self, own: "PartOptions") -> "PartOptions":
        """Return these options, completed by those of the film's own row in a table, unless the whole is asked for.

        Examples
        --------
        >>> PartOptions.read(speed="pal").over(PartOptions(begin=90.0))
        PartOptions(begin=90.0, end=None, speed=Fraction(25, 24), whole=False)
        """
        if self.whole:
            return self
        return replace(own, **{name: value for name, value in asdict(self).items() if value is not None})


@dataclass(frozen=True, slots=True)
class FilmPart:
    """The part of a file that is the film, from `begin` to `end` in seconds of the file.

    `chosen` is ``whole``, ``found`` if sure titles were left out, or ``given`` by the user; `speed` is how much faster
    the file runs than the film: 1, or 25/24 for PAL; `found` are the ends of a part that was given, ``begin`` or
    ``end``, that are still where sure titles were found.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> part = FilmPart(2.0, 9.0, "given")
    >>> part.of_shots(make_shots([0.0, 4.0, 8.0], 12.0))[["start", "end", "kind"]].values.tolist()
    [[2.0, 4.0, 'start'], [4.0, 8.0, 'cut'], [8.0, 9.0, 'cut']]
    """

    begin: float
    end: float
    chosen: str = "whole"
    speed: float = 1.0
    found: Sequence[str] = field(default=(), compare=False)

    @classmethod
    def without_titles(cls, begin: float, end: float, whole: "FilmPart") -> Self:
        """Return the part between a film's titles (`shotscale.credits.sure_titles`), or the whole if there are none."""
        found = begin > whole.begin or end < whole.end
        return cls(begin, end, "found" if found else "whole")

    @classmethod
    def of(cls, shots: pd.DataFrame | None, *, end: float = 0.0) -> Self:
        """Return the whole of a shot table, or of a track that ends at `end`."""
        if shots is None:
            return cls(0.0, end)
        return cls(float(shots["start"].iloc[0]), float(shots["end"].iloc[-1]))

    def with_options(self, options: PartOptions | None, whole: "FilmPart") -> "FilmPart":
        """Return the part that a user asks for, or this one by default; `whole` is the whole file.

        Raises
        ------
        OptionError
            If a time lies outside the file.
        """
        if options is None or options.is_default:
            return self
        before = whole if options.whole else self
        speed = before.speed if options.speed is None else float(options.speed)
        if options.begin is None and options.end is None:
            return replace(before, speed=speed)
        begin = before.begin if options.begin is None else options.begin
        end = before.end if options.end is None else min(options.end, whole.end)
        if not whole.begin <= begin < whole.end:
            raise OptionError(
                f"--from {begin:g}: the film lasts from {whole.begin:g} to {whole.end:g} s; give a time between the two"
            )
        if end <= begin:
            raise OptionError(f"--to {end:g}: the part would begin at {begin:g} s; give a later time, or --from too")
        found = [name for name in ("begin", "end") if getattr(options, name) is None and before._is_found(name)]
        return FilmPart(begin, end, "given", speed, found)

    def of_limits(self, limits: Sequence[str]) -> tuple[str, ...]:
        """Return a file's limits, without the hint at titles if the user has given the part."""
        return tuple(limit for limit in limits if self.chosen != "given" or not limit.startswith(HINT))

    def holds(self, starts: npt.ArrayLike, ends: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return whether each shot lies in the film, at least in part."""
        first, last = np.asarray(starts, np.float64), np.asarray(ends, np.float64)
        within = np.minimum(last, self.end) - np.maximum(first, self.begin)
        return np.asarray(within > np.minimum(_SLIVER, (last - first) / 2), np.bool_)

    def of_shots(self, shots: pd.DataFrame) -> pd.DataFrame:
        """Return the shots inside, those at the edges trimmed, in the film's own time.

        Raises
        ------
        OptionError
            If there are none.
        """
        if self._is_whole_of(shots):
            return shots
        inside = shots[self.holds(shots["start"], shots["end"])].reset_index(drop=True)
        if inside.empty:
            raise OptionError(f"--from {self.begin:g} --to {self.end:g}: the part holds no shot; give a longer one")
        first = inside.index[:1]
        for column in _TIMES:
            inside[column] = inside[column].clip(self.begin, self.end) * self.speed
        inside.loc[first, "kind"] = "start"
        inside.loc[first, "confidence"] = 1.0
        inside.loc[first, ["transition_start", "transition_end"]] = self.begin * self.speed
        return inside

    def of_transitions(self, transitions: "Iterable[Transition]") -> "list[Transition]":
        """Return the transitions inside, in the film's own time."""
        return [
            replace(one, start=one.start * self.speed, end=one.end * self.speed)
            for one in transitions
            if self.begin < one.start and one.end < self.end
        ]

    def of_scales(self, scales: pd.DataFrame) -> pd.DataFrame:
        """Return the samples inside, in the film's own time."""
        inside = scales[(scales["time"] >= self.begin) & (scales["time"] < self.end)].reset_index(drop=True)
        return inside.assign(time=inside["time"] * self.speed) if self.speed != 1 else inside

    def sentences(self, whole: "FilmPart") -> tuple[str, ...]:
        """Return what was left out of a file and how its speed was changed, one sentence each."""
        told = []
        for why, remark, found in (("as titles", "; --whole includes them", True), ("as asked", "", False)):
            left = [
                f"{where} ({clock(first)} to {clock(last)})"
                for name, where, first, last in (
                    ("begin", "at the beginning", whole.begin, self.begin),
                    ("end", "at the end", self.end, whole.end),
                )
                if last - first > _ROUNDING and self._is_found(name) is found
            ]
            if left:
                told.append(f"Left out {why} {' and '.join(left)}{remark}.")
        if self.speed != 1:
            told.append(f"Times allow for a file that runs {100 * (self.speed - 1):+.1f} % fast.")
        return tuple(told)

    @classmethod
    def from_json(cls, content: Mapping[str, Any] | None) -> Self | None:
        """Read the fields of a part; None if an older version wrote nothing."""
        known = {} if content is None else {one.name: content[one.name] for one in fields(cls) if one.name in content}
        return cls(**known) if known else None

    def _is_found(self, end: str) -> bool:
        return self.chosen == "found" or end in self.found

    def _is_whole_of(self, shots: pd.DataFrame) -> bool:
        begin, end = float(shots["start"].iloc[0]), float(shots["end"].iloc[-1])
        return self.speed == 1 and self.begin <= begin + _ROUNDING and self.end >= end - _ROUNDING


def _time(option: str, text: str | None) -> float | None:
    from shotscale.shotlists.times import in_seconds, is_time, read_time  # not needed by --help

    if text is None:
        return None
    if not is_time(text):
        raise OptionError(f"{option} {text}: not a time; write seconds, m:ss or h:mm:ss")
    time = read_time(text, decimal=None, where=option)
    if time.form == "code" or time.unit == "frames":
        raise OptionError(f"{option} {text}: counts frames; write seconds, m:ss or h:mm:ss")
    return in_seconds(time, unit=time.unit or "s", fps=None, where=option)


def _speed(text: str | None) -> Fraction | None:
    if text is None:
        return None
    if text.strip().lower() == "pal":
        return PAL
    try:
        speed = Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise OptionError(f"--speed {text}: not a speed; write pal, 25/24 or 1.0417") from error
    if not Fraction(1, 2) <= speed <= 2:
        raise OptionError(f"--speed {text}: how many times as fast the file runs as the film, 0.5 to 2; PAL is 25/24")
    return speed
