"""Columns of a study's tables and their codebook entries.

Conventions
-----------
Names of columns that depend on the study are made by `clips_table`; all others are in `STUDY_TABLES`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from authorship.export.variables import Category, Variable
from authorship.features.codebook import Feature
from authorship.viewers.analysis import LEVEL
from authorship.viewers.reliability import POOR

__all__ = ["OUTCOMES", "STUDY_TABLES", "StudyTable", "clips_table"]

OUTCOMES: tuple[str, ...] = ("left out", "changed", "noted")
"""What was done about a problem, in the order of their codes, from 1."""

_NO_YES = (Category(0, "no", "no"), Category(1, "yes", "yes"))
_UNDEFINED = "not defined for these clips"
_INTERVAL = "bootstrap over clips, bias-corrected and accelerated; with groups, that of the effective number of clips"


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table of a study.

    Attributes
    ----------
    name : str
        Of its files.
    holds : str
        What it holds.
    row : str
        What a row is.
    variables : tuple of Variable
        Its columns, in order.
    """

    name: str
    holds: str
    row: str
    variables: tuple[Variable, ...]

    @property
    def title(self) -> str:
        """What it holds, and in which rows."""
        return f"{self.holds}, a row {self.row}"


def clips_table(ratings: Iterable[str], features: Iterable[Feature], *, grouped: bool) -> StudyTable:
    """Return the table of the clips themselves.

    Parameters
    ----------
    ratings : iterable of str
    features : iterable of Feature
    grouped : bool
        Whether groups of clips are known.

    Examples
    --------
    >>> [variable.name for variable in clips_table(["mood"], [], grouped=True).variables]
    ['clip', 'group', 'mean_mood', 'ratings_of_mood']
    """
    variables = [_CLIP]
    if grouped:
        variables.append(_text("group", "group", "what the clip shares with others, as given by --group"))
    for name in ratings:
        variables.append(_number(f"mean_{name}", f"mean of {name}", "over the viewers of the clip"))
        variables.append(_count(f"ratings_of_{name}", f"ratings of {name}", "that the mean is made of"))
    variables += [Variable.of_feature(feature, missing=_UNDEFINED) for feature in features]
    return StudyTable("clips", "Clips, their mean ratings and features", "a clip", tuple(variables))


def _text(name: str, label: str, definition: str = "") -> Variable:
    return Variable(name, label, "text", definition=definition)


def _number(name: str, label: str, definition: str = "", *, unit: str = "") -> Variable:
    return Variable(name, label, "number", unit=unit, definition=definition, missing=_UNDEFINED)


def _count(name: str, label: str, definition: str = "") -> Variable:
    return Variable(name, label, "count", definition=definition)


def _yes(name: str, label: str, definition: str = "") -> Variable:
    return Variable(name, label, "category", definition=definition, categories=_NO_YES, missing=_UNDEFINED)


_CLIP = _text("clip", "clip", "its name among the measured clips")
_FEATURE = _text("feature", "feature of the clips")
_RATING = _text("rating", "rating")
_GROUPS = _count("n_groups", "groups", "that these clips belong to; as many as clips where none share one")

_TABLES = (
    StudyTable(
        "reliability",
        "How far viewers agree",
        "a rating and coefficient",
        (
            _RATING,
            _text("coefficient", "coefficient", "ICC as Shrout and Fleiss 1979 number them, or Cronbach's alpha"),
            _number("value", "value", "1: viewers agree fully; 0: as if by chance"),
            _number("low", "lower end of the 95 % interval"),
            _number("high", "upper end of the 95 % interval"),
            _yes("decisive", "speaks of the clips' means as they are used", f"below {POOR:g} the rating is flagged"),
            _count("n_clips", "clips"),
            _count("n_viewers", "viewers"),
            _count("n_ratings", "ratings"),
            _number("viewers_per_clip", "viewers a clip", "harmonic mean"),
            _text("method", "computed by"),
        ),
    ),
    StudyTable(
        "associations",
        "Features against ratings",
        "a pair",
        (
            _FEATURE,
            _RATING,
            _count("n_clips", "clips", "that have both"),
            _GROUPS,
            _number("n_effective", "effective number of clips", "independent clips that would tell as much"),
            _number("rho", "Spearman's rank correlation", "of the feature and the clips' mean rating"),
            _number("low", "lower end of the 95 % interval", _INTERVAL),
            _number("high", "upper end of the 95 % interval", _INTERVAL),
            _number("p", "p-value", "permutation test of groups and of clips within groups, two-sided"),
            _number("q", "q-value", "p adjusted for all pairs, Benjamini and Hochberg"),
            _yes("found", "relation found", f"q at most {LEVEL:g}"),
        ),
    ),
    StudyTable(
        "mixed_models",
        "Mixed models of viewers and clips",
        "a model",
        (
            _FEATURE,
            _RATING,
            _count("n_ratings", "ratings"),
            _count("n_clips", "clips"),
            _GROUPS,
            _count("n_viewers", "viewers"),
            _number("slope", "slope", "points of the rating a standard deviation of the feature"),
            _number("low", "lower end of the 95 % interval"),
            _number("high", "upper end of the 95 % interval"),
            _number("p", "p-value", "Student's t, the number of groups less two degrees of freedom"),
            _number("q", "q-value", "p adjusted for all models, Benjamini and Hochberg"),
            _number("viewer_sd", "deviation of viewers", "standard deviation of the viewers' effects, points"),
            _number(
                "clip_sd", "deviation of clips", "standard deviation of what the feature leaves to the clips, points"
            ),
            _number("group_sd", "deviation of groups", "the same of groups of clips; missing where no two share one"),
            _number("residual_sd", "deviation of the rest", "standard deviation of the residuals, points"),
            _yes("converged", "the fit converged", "without it there is no figure"),
            _text("note", "note on the fit"),
        ),
    ),
    StudyTable(
        "prediction",
        "Unseen clips told from all features",
        "a rating",
        (
            _RATING,
            _count("n_clips", "clips"),
            _number("skill", "skill", "1 - squared error over that of saying the mean; 0 is no better than the mean"),
            _number("low", "lower end of the 95 % interval", "bootstrap over clips, or groups of them"),
            _number("high", "upper end of the 95 % interval", "bootstrap over clips, or groups of them"),
            _number("error", "root mean squared error", "points of the rating"),
            _number("baseline_error", "root mean squared error of the mean", "points of the rating"),
        ),
    ),
    StudyTable(
        "predictions",
        "Predictions of held-out clips",
        "a clip and rating",
        (
            _CLIP,
            _RATING,
            _number("mean", "mean rating of the clip"),
            _number("predicted", "prediction while the clip was held out", "averaged over repeated folds"),
        ),
    ),
    StudyTable(
        "turning",
        "Scale distribution along the clips",
        "a window",
        (
            _CLIP,
            _number("time", "middle of the window", "from the clip's first frame", unit="s"),
            *(_number(name, f"share of {name} samples", unit="share") for name in ("close", "medium", "long")),
            _number("angle", "angle from the window before", "Bhattacharyya's; missing for the first", unit="degree"),
        ),
    ),
    StudyTable(
        "problems",
        "What was wrong with the tables or their join",
        "a problem",
        (
            _text("kind", "what is wrong"),
            _text("subject", "clip or column that it is about"),
            Variable(
                "outcome",
                "what was done about it",
                "category",
                categories=tuple(Category(code, outcome, outcome) for code, outcome in enumerate(OUTCOMES, start=1)),
            ),
            _count("n_rows", "rows of the ratings that it touches"),
            _text("message", "in words"),
        ),
    ),
)

STUDY_TABLES: Mapping[str, StudyTable] = {table.name: table for table in _TABLES}
"""Every table but the clips', by name."""
