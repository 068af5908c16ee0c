"""Problems with the ratings, the clips or their join, all reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["OUTCOMES", "Outcome", "Problem", "some_of"]

Outcome = Literal["left out", "changed", "noted"]
"""What was done: not used, read as another value or name, or used as it stands and worth a look."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_SHOWN = 6  # names in a message of one line


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the list of problems; a kind is a few words, the same for all of it.

    The subject is the clip, viewer or column that it is about, empty for the table as a whole; `n_rows` of the ratings
    are touched, 0 where it is about something else.
    """

    kind: str
    outcome: Outcome
    message: str
    subject: str = ""
    n_rows: int = 0


def some_of(items: Iterable[object], *, most: int = _SHOWN) -> str:
    """List the first of some items and count the rest, as in '0, 1, 2 and 6 more'."""
    listed = [str(item) for item in items]
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "")
