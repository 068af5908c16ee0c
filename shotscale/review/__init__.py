"""Review a film's shots by eye: corrections in a separate file, applied by everything that reads the film.

Conventions
-----------
The measurements are never changed. A coder's corrections are stored beside them in ``corrections-CODER.jsonl``
(`shotscale.review.journal`) and applied when an analyzed film is read (`shotscale.review.corrections`). This package
reads only tables, except `shotscale.review.frames`, which opens the film.
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
