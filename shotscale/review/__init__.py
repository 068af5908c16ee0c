"""Reviewing a film's shots by eye: corrections in a separate file, used by everything that reads the film.

Conventions
-----------
What the machine measured is never touched. A coder's corrections lie beside it in ``corrections-CODER.jsonl``
(`shotscale.review.journal`), and reading an analysed film applies them (`shotscale.review.corrections`). This package
reads tables alone; only `shotscale.review.frames` opens the film.
"""

from shotscale.review.history import Document
from shotscale.review.operations import Begin, Code, End, Kind, Merge, Move, Operation, Split, Uncode
from shotscale.review.shots import ReviewedShot

__all__ = [
    "Begin",
    "Code",
    "Document",
    "End",
    "Kind",
    "Merge",
    "Move",
    "Operation",
    "ReviewedShot",
    "Split",
    "Uncode",
]
