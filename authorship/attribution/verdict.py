"""Turn the remaining candidates into a verdict and a one-sentence reason."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from authorship.attribution.too_little import FEWEST_TO_NAME, why_too_little
from shotscale.errors import OptionError
from shotscale.numerals import counted, level

if TYPE_CHECKING:
    from authorship.attribution.answer import Candidate

UNDECIDED = "undecided"
NONE_OF_THESE = "none of these"

DEFAULT_CONFIDENCE = 0.8
"""How often the set of remaining candidates should contain the true one.

On the built-in films 0.8 leaves one candidate for about a third of the films and two for most others; 0.9
would name hardly anyone except Tarr, and 0.7 is what the most likely candidate reaches without any set.
"""


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise OptionError(f"{confidence}: a confidence must be between 0 and 1, usually {DEFAULT_CONFIDENCE}")


def decide(
    candidates: "tuple[Candidate, ...]",
    features: Mapping[str, float],
    modeled: Sequence[str],
    *,
    seconds: float,
    confidence: float,
    stranger: float,
    fewest: int = FEWEST_TO_NAME,
) -> tuple[str, str]:
    """Turn the set of remaining candidates into a verdict and its reason.

    Parameters
    ----------
    candidates : tuple of Candidate
    features : mapping of str to float
        The film's features.
    modeled : sequence of str
        The features that the answer is based on.
    seconds : float
        Length of the film or its coding.
    stranger : float
        Share of resamples of the film's shots that are typical of no candidate.
    fewest : int
        Shots needed for a name in anything shorter than a feature film.

    Returns
    -------
    verdict, reason : str
    """
    remaining = [candidate.name for candidate in candidates if candidate.remains]
    stated = f"At {level(confidence)} confidence"
    too_little = why_too_little(features, modeled, remaining, seconds=seconds, fewest=fewest)
    if too_little:
        return UNDECIDED, too_little
    if not remaining and stranger < confidence:
        return (
            UNDECIDED,
            f"{stated} the film is typical of no candidate's films, but too few resamples of its shots agree.",
        )
    if not remaining:
        return NONE_OF_THESE, f"{stated} the film is typical of no candidate's films."
    if len(remaining) == 1:
        return remaining[0], f"{stated} no other candidate remains; someone else may have directed it."
    names = f"{', '.join(remaining[:-1])} and {remaining[-1]}"
    return UNDECIDED, f"{stated} {counted(len(remaining), 'candidate')} remain: {names}."
