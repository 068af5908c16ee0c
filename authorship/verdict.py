"""From the candidates that remain to a verdict in a word and its reason in a sentence."""

from collections.abc import Mapping

import numpy as np

from authorship.answer import Candidate
from authorship.reference import Reference
from shotscale.errors import OptionError

__all__ = ["DEFAULT_CONFIDENCE", "FEWEST_SHOTS", "NONE_OF_THESE", "UNDECIDED", "check_confidence", "decide"]

UNDECIDED = "undecided"
NONE_OF_THESE = "none of these"

DEFAULT_CONFIDENCE = 0.8
"""How often the set of candidates that remain should hold the true one.

On the built-in films 0.8 leaves one candidate for about a third of the films and two for most others; 0.9
would name hardly anyone but Tarr, and 0.7 is what the likeliest candidate reaches without any set.
"""

FEWEST_SHOTS = 10
"""With fewer shots nobody is named: neither spread nor skew of shot lengths can be measured."""

_MOST_MISSING = 0.2


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is none."""
    if not 0 < confidence < 1:
        raise OptionError(f"{confidence}: a confidence lies between 0 and 1; {DEFAULT_CONFIDENCE} is usual")


def decide(
    candidates: tuple[Candidate, ...],
    features: Mapping[str, float],
    reference: Reference,
    *,
    confidence: float,
    stranger: float,
) -> tuple[str, str]:
    """Turn the set of candidates that remain into a verdict and its reason.

    Parameters
    ----------
    candidates : tuple of Candidate
    features : mapping of str to float
        The film's.
    reference : Reference
    confidence : float
    stranger : float
        Share of resamples of the film's shots that are typical of no candidate.

    Returns
    -------
    verdict, reason : str
    """
    remaining = [candidate.name for candidate in candidates if candidate.remains]
    n_shots = int(features["n_shots"])
    missing = [name for name in reference.modelled if np.isnan(features[name])]
    level = f"{confidence:.0%} confidence".replace("%", " %")
    if n_shots < FEWEST_SHOTS:
        shots = "one shot is" if n_shots == 1 else f"{n_shots} shots are"
        return UNDECIDED, f"{shots} too few to measure an editing style; at least {FEWEST_SHOTS} are needed."
    if len(missing) > _MOST_MISSING * len(reference.modelled):
        return (
            UNDECIDED,
            f"{len(missing)} of the reference's {len(reference.modelled)} features are undefined for this film.",
        )
    if not remaining and stranger < confidence:
        return UNDECIDED, f"At {level} the film is typical of no candidate's films, yet other shots of it might be."
    if not remaining:
        return NONE_OF_THESE, f"At {level} the film is typical of no candidate's films."
    if len(remaining) == 1:
        return remaining[0], f"At {level} no other candidate remains."
    names = f"{', '.join(remaining[:-1])} and {remaining[-1]}"
    return UNDECIDED, f"At {level} {len(remaining)} candidates remain: {names}."
