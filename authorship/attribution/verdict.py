"""Turn the remaining candidates into a verdict and a one-sentence reason."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from shotscale.errors import OptionError
from shotscale.numerals import counted, level
from shotscale.summary import FEATURE_FILM

if TYPE_CHECKING:
    from authorship.attribution.answer import Candidate

__all__ = [
    "DEFAULT_CONFIDENCE",
    "FEWEST_SHOTS",
    "FEWEST_TO_NAME",
    "NONE_OF_THESE",
    "UNDECIDED",
    "check_confidence",
    "decide",
    "is_fragment",
    "unmeasured",
]

UNDECIDED = "undecided"
NONE_OF_THESE = "none of these"

DEFAULT_CONFIDENCE = 0.8
"""How often the set of remaining candidates should contain the true one.

On the built-in films 0.8 leaves one candidate for about a third of the films and two for most others; 0.9
would name hardly anyone except Tarr, and 0.7 is what the most likely candidate reaches without any set.
"""

FEWEST_SHOTS = 10
"""With fewer shots there is no answer: neither the spread nor the skew of shot lengths can be measured."""

FEWEST_TO_NAME = 400
"""Shots that part of a film needs for a name or for 'none of these'; a feature film may have fewer.

Measured by ``python benchmarks/fragments.py TABLES`` on films that drift as real ones do: from this number on, the
true director remains as often as the confidence promises, and the most likely candidate is right about as often as for
whole films.
"""

_MOST_MISSING = 0.2  # share of the features; the others still represent what the model learned; by judgment


def check_confidence(confidence: float) -> None:
    """Refuse a confidence that is not between 0 and 1."""
    if not 0 < confidence < 1:
        raise OptionError(f"{confidence}: a confidence must be between 0 and 1, usually {DEFAULT_CONFIDENCE}")


def is_fragment(features: Mapping[str, float], seconds: float, *, fewest: int = FEWEST_TO_NAME) -> bool:
    """Return whether this is too short to name anyone: few shots, and shorter than a feature film.

    For a coding, whose shots are unknown, the length alone decides.
    """
    return seconds < FEATURE_FILM and not features["n_shots"] >= fewest


def unmeasured(features: Mapping[str, float], modeled: Sequence[str]) -> str:
    """Return why a film's figures do not represent it: too few shots, or too many features missing; else empty."""
    n_shots = features["n_shots"]
    if n_shots < FEWEST_SHOTS:
        return (
            f"{counted(int(n_shots), 'shot')}: too few to measure an editing style; at least {FEWEST_SHOTS} are needed."
        )
    missing = [name for name in modeled if np.isnan(features[name])]
    if len(missing) > _MOST_MISSING * len(modeled):
        return (
            f"Of the reference's {counted(len(modeled), 'feature')}, {len(missing)} cannot be computed for this film."
        )
    return ""


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
    too_little = _too_little(features, modeled, remaining, seconds=seconds, fewest=fewest)
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


def _too_little(
    features: Mapping[str, float], modeled: Sequence[str], remaining: list[str], *, seconds: float, fewest: int
) -> str:
    """Return why a film has too little material for a verdict; empty if it has enough."""
    lacking = unmeasured(features, modeled)
    if lacking:
        return lacking
    n_shots = features["n_shots"]
    if len(remaining) <= 1 and is_fragment(features, seconds, fewest=fewest):
        left = f"{remaining[0]} alone remains" if remaining else "no candidate remains"
        if np.isnan(n_shots):
            return (
                f"Only {seconds / 60:.0f} minutes are coded ({left}): a name needs at least 40 minutes, a feature film."
            )
        return (
            f"Only {counted(int(n_shots), 'shot')} ({left}): anything shorter than a feature film needs at least "
            f"{fewest} for a name, because with fewer the true director drops out too often."
        )
    return ""
