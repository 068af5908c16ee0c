"""How much of a film an answer needs: fewer shots measure no style, or name nobody."""

from collections.abc import Mapping, Sequence

import numpy as np

from shotscale.numerals import counted
from shotscale.summary import FEATURE_FILM

FEWEST_SHOTS = 10
"""With fewer shots there is no answer: neither the spread nor the skew of shot lengths can be measured."""

FEWEST_TO_NAME = 400
"""Shots that part of a film needs for a name or for 'none of these'; a feature film may have fewer.

Measured by ``python benchmarks/fragments.py TABLES`` on films that drift as real ones do: from this number on, the
true director remains as often as the confidence promises, and the most likely candidate is right about as often as for
whole films.
"""

_MOST_MISSING = 0.2  # share of the features; the others still represent what the model learned; by judgment


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


def why_too_little(
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
