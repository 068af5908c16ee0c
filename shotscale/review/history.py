"""A film's shots as a coder corrects them: operations, their effect, undo and redo.

Conventions
-----------
A boundary is identified by its time, in seconds rounded to six decimals as `shotscale.tables` writes them, a shot by
its start time. Operations refer to times, not indices, so they remain valid when shots are added or removed.

An entry is one or more operations that are undone together. The shots after each entry are kept, at eight bytes per
shot, so undo returns to an earlier version.
"""

from collections.abc import Iterable
from functools import reduce
from itertools import pairwise

from shotscale.errors import OptionError
from shotscale.review.applying import effect_of
from shotscale.review.operations import Operation, as_time
from shotscale.review.shots import ReviewedShot, Shots


class Document(Shots):
    """The shots of a film under correction: at least one, with increasing starts; the last ends at `end` (seconds).

    Examples
    --------
    >>> from shotscale.review.operations import Code, Merge, Split
    >>> from shotscale.scales import ShotScale
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(2.0)], 5.0)
    >>> document.apply([Split(3.5)])
    >>> document.apply([Merge(2.0), Code(0.0, ShotScale.CLOSE_UP)])
    >>> [(shot.start, shot.scale and shot.scale.abbreviation) for shot in document.shots]
    [(0.0, 'CU'), (3.5, None)]
    >>> document.undo()
    >>> [shot.start for shot in document.shots]
    [0.0, 2.0, 3.5]
    """

    def __init__(self, shots: Iterable[ReviewedShot], end: float) -> None:
        super().__init__(shots, as_time(end))
        if not self.shots or any(b.start <= a.start for a, b in pairwise(self.shots)):
            raise OptionError("shots of a film: at least one, each later than the one before; give a valid shot table")
        if self.end <= self.shots[-1].start:
            raise OptionError(f"end = {self.end}: after the last shot's start; give a valid shot table")
        self._versions = [Shots(self.shots, self.end)]
        self._at = 0

    @property
    def can_undo(self) -> bool:
        """Whether there is an entry to undo."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone entry to redo."""
        return self._at + 1 < len(self._versions)

    def apply(self, entry: Iterable[Operation]) -> None:
        """Apply an entry, all of it or nothing.

        Raises `OptionError` if an operation does not apply to the shots; the document is unchanged.
        """
        changed = reduce(effect_of, entry, self._versions[self._at])
        self._versions[self._at + 1 :] = [changed]
        self._show(self._at + 1)

    def undo(self) -> None:
        """Undo the last entry; `OptionError` if there is none."""
        if not self.can_undo:
            raise OptionError("undo: nothing has been done; correct something first")
        self._show(self._at - 1)

    def redo(self) -> None:
        """Redo the entry last undone; `OptionError` if there is none."""
        if not self.can_redo:
            raise OptionError("redo: nothing has been undone; undo something first")
        self._show(self._at + 1)

    def _show(self, at: int) -> None:
        self._at, self.shots = at, self._versions[at].shots
