"""Problems with the ratings, the clips or their join, all reported.

Conventions
-----------
A problem says what was done about it: ``left out`` (rows, clips, columns or cells that the analysis does not use),
``changed`` (a value or a name was read as another) or ``noted`` (used as it stands, worth a look).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Outcome", "Problem", "some_of"]

Outcome = Literal["left out", "changed", "noted"]

_SHOWN = 6  # names in a message of one line


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the list of problems.

    Attributes
    ----------
    kind : str
        A few words, the same for all problems of a kind.
    subject : str
        The clip, viewer or column that it is about; empty for the table as a whole.
    n_rows : int
        How many rows of the ratings it touches; 0 where it is about something else.
    message : str
        A sentence for a reader who has the table at hand.
    """

    kind: str
    subject: str
    outcome: Outcome
    n_rows: int
    message: str


def some_of(items: Iterable[object], *, most: int = _SHOWN) -> str:
    """List the first of some items and count the rest.

    Examples
    --------
    >>> some_of(range(9), most=3)
    '0, 1, 2 and 6 more'
    """
    listed: Sequence[str] = [str(item) for item in items]
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "")
