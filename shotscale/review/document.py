"""A film's shots as a coder corrects them: operations, their effect, undo and redo.

Conventions
-----------
A boundary is known by its time, in seconds rounded to six decimals as `shotscale.tables` writes them, a shot by
the time at which it starts. Nothing here has a place number: what was corrected stays right when other shots come
or go.

An entry is one or more operations that are undone together. Every operation changes one stretch of neighbouring
shots, so that its effect is a `Splice`, and undoing is the splice turned round.
"""

from collections.abc import Iterable

from shotscale.errors import OptionError
from shotscale.review.effects import effect_of
from shotscale.review.operations import Operation
from shotscale.review.shots import ReviewedShot, Shots, Splice

__all__ = ["Document"]


class Document(Shots):
    """The shots of a film under correction.

    Parameters
    ----------
    shots : iterable of ReviewedShot
        At least one, their starts increasing.
    end : float
        Seconds; where the last shot ends.

    Examples
    --------
    >>> from shotscale.review.operations import Code, Merge, Split
    >>> from shotscale.scales import ShotScale
    >>> document = Document([ReviewedShot.at(0.0, kind="start"), ReviewedShot.at(2.0)], 5.0)
    >>> _ = document.apply([Split(3.5)])
    >>> _ = document.apply([Merge(2.0), Code(0.0, ShotScale.CLOSE_UP)])
    >>> [(shot.start, shot.scale and shot.scale.abbreviation) for shot in document.shots]
    [(0.0, 'CU'), (3.5, None)]
    >>> _ = document.undo()
    >>> [shot.start for shot in document.shots]
    [0.0, 2.0, 3.5]
    """

    def __init__(self, shots: Iterable[ReviewedShot], end: float) -> None:
        super().__init__(shots, end)
        self._done: list[tuple[Splice, ...]] = []
        self._undone: list[tuple[Splice, ...]] = []

    @property
    def can_undo(self) -> bool:
        """Whether an entry can be taken back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an entry that was taken back can be put forward again."""
        return bool(self._undone)

    def apply(self, entry: Iterable[Operation]) -> tuple[Splice, ...]:
        """Carry out an entry, the whole of it or nothing, and give its effect.

        Raises
        ------
        OptionError
            If an operation has nothing to work on; the document is as it was.
        """
        splices: list[Splice] = []
        try:
            for operation in entry:
                splices.append(effect_of(self, operation))
                self._put(splices[-1])
        except OptionError:
            for splice in reversed(splices):
                self._put(splice.reversed())
            raise
        self._done.append(tuple(splices))
        self._undone.clear()
        return self._done[-1]

    def undo(self) -> tuple[Splice, ...]:
        """Take the last entry back and give the effect of that.

        Raises
        ------
        OptionError
            If there is none.
        """
        if not self._done:
            raise OptionError("undo: nothing has been done; correct something first")
        entry = self._done.pop()
        self._undone.append(entry)
        backwards = tuple(splice.reversed() for splice in reversed(entry))
        for splice in backwards:
            self._put(splice)
        return backwards

    def redo(self) -> tuple[Splice, ...]:
        """Put the entry that was last taken back forward again and give its effect.

        Raises
        ------
        OptionError
            If there is none.
        """
        if not self._undone:
            raise OptionError("redo: nothing has been undone; undo something first")
        entry = self._undone.pop()
        self._done.append(entry)
        for splice in entry:
            self._put(splice)
        return entry

    def _put(self, splice: Splice) -> None:
        self._shots[splice.at : splice.at + len(splice.removed)] = splice.inserted
