"""Problems with the ratings, the clips or their join: every kind, its outcome, and its message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Outcome = Literal["left out", "changed", "noted"]
"""What was done: not used, read as another value or name, or used unchanged but worth checking."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_OF = "it describes the {} and is not a rating; --rating includes it"
_LITTLE = "they say little about what distinguishes clips"
_KINDS: Mapping[Outcome, Mapping[str, str]] = {
    "left out": {
        "row without clip": "no {subject} in rows {rows}",
        "row without viewer": "no {subject} in rows {rows}",
        "column without numbers": "{subject} is not numeric, so it is not a rating",
        "value that is no number": "{subject} is not a number{where}",
        "column that describes the viewer": f"{{subject}} is the same whatever the clip: {_OF.format('viewer')}",
        "column that describes the clip": f"{{subject}} is the same whatever the viewer: {_OF.format('clip')}",
        "column out of range": "{subject} lies mostly outside {limits}, so it is not a rating; --rating includes it",
        "value out of range": "{subject} lies outside {limits}: {values}",
        "constant column": "{subject} has the same value in every row: nothing to relate",
        "ratings without a clip": "clip {subject} is rated in {n_rows} rows and is not among the measured clips",
        "clip without ratings": "clip {subject} is measured and nobody rated it",
        "feature without variation": "{subject} is {what} for every clip",
    },
    "changed": {
        "clip rated twice by a viewer": "viewer {viewer} rated clip {subject} in rows {rows} ({how}): counted once",
        "name written otherwise": "names joined although they differ: {names}",
    },
    "noted": {
        "unlikely value": "{subject} is {value:g} in row {rows}, far from its other values; --range leaves it out",
        "viewer of few clips": f"viewers with one or two clips: {{viewers}}; {_LITTLE}",
        "viewer who never varies": "viewers who gave one answer to every clip: {viewers}",
        "clip without scales": "without a scale track, so without scale features: {clips}",
        "features not at hand": "not in {table}: {features}; give the store or folder to have them measured",
        "clip of few viewers": "clips with fewer than {least} ratings on some scale: {clips}",
        "feature not defined": "{subject} is not defined for {n} clips ({clips}): its figures rest on the others",
    },
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the list of problems; `kind` is a few words, the same for all problems of that kind.

    `subject` is the clip, viewer or column concerned, empty for the table as a whole; `n_rows` is the number of rows of
    ratings affected, 0 if the problem concerns something else.
    """

    kind: str
    outcome: Outcome
    message: str
    subject: str = ""
    n_rows: int = 0


class Problems(list[Problem]):
    """A list of problems that grows while tables are read.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add("row without clip", "film", 2, rows="3, 9")
    >>> problems[0].message
    'no film in rows 3, 9'
    """

    def add(self, kind: str, subject: object = "", n_rows: int = 0, /, **words: object) -> None:
        """Add a problem of a known kind; `words` fill its message."""
        outcome = next(outcome for outcome, kinds in _KINDS.items() if kind in kinds)
        said = _KINDS[outcome][kind].format(subject=subject, n_rows=n_rows, **words)
        self.append(Problem(kind, outcome, said, str(subject), n_rows))
