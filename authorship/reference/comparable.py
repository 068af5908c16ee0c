"""Which features a film and a reference's films share, measured in the same way.

Conventions
-----------
Scales coded by people and scales measured by a network give one film different features, so they are never compared: a
film whose scales are of the other kind is compared by shot lengths alone.
"""

from collections.abc import Sequence

import numpy as np

from authorship.features import CODEBOOK
from authorship.reference.table import FEWEST_FILMS, Reference
from shotscale.errors import TableError
from shotscale.film import Film
from shotscale.numerals import counted

_CODED_SIGN = "share_log_fs"  # only codings have it
_KINDS = {True: "coded by people", False: "measured by a network"}


def scales_coded(reference: Reference) -> bool | None:
    """Return whether people coded the scales of a reference's films; None if its models use no scales.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> print(scales_coded(builtin_reference()))
    None
    """
    if _lengths(reference.modeled) == reference.modeled:
        return None
    table = reference.features
    return _CODED_SIGN in table and bool(table[_CODED_SIGN].notna().mean() >= 0.5)


def comparable_features(reference: Reference, film: Film, features: Sequence[str]) -> tuple[str, ...]:
    """Return those of `features` that were measured in the same way in a film and in a reference's films."""
    coded = scales_coded(reference)
    if film.scales is None or coded is None or coded == film.scales_coded:
        return tuple(features)
    return () if film.shots is None else _lengths(features)


def needs_lengths_alone(reference: Reference, film: Film) -> bool:
    """Return whether a film's scales are of another kind than the reference's, so that only shot lengths compare.

    Raises
    ------
    TableError
        If they are, and the film or the reference has no shot lengths.
    """
    features = comparable_features(reference, film, reference.modeled)
    if not features:
        raise TableError(_refusal(film.path, film.scales_coded, reference))
    return features != reference.modeled


def lengths_alone(reference: Reference) -> Reference:
    """Return the films whose shot lengths are known, with only the features of shot length.

    Raises
    ------
    TableError
        If a candidate has fewer than `FEWEST_FILMS` of them.
    """
    known = reference.only(_lengths(reference.modeled))
    known = known.some(np.asarray(~np.isnan(known.matrix()).all(axis=1)))
    for candidate in reference.candidates:
        if known.count(candidate) < FEWEST_FILMS:
            n = counted(known.count(candidate), "film")
            raise TableError(
                f"{reference.name}: only shot lengths can be compared, and {candidate} has them for {n}; a candidate "
                f"needs {FEWEST_FILMS}; add lengths"
            )
    return known


def check_same_kind(others: Reference, reference: Reference) -> None:
    """Raise `TableError` if the scales of two references' films are of different kinds."""
    coded = scales_coded(others)
    if coded is not None and scales_coded(reference) not in (coded, None):
        raise TableError(_refusal(others.name, coded, reference))


def _lengths(features: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in features if CODEBOOK[name].group == "durations")


def _refusal(name: str, coded: bool, reference: Reference) -> str:
    return (
        f"{name}: its scales were {_KINDS[coded]}, those of the reference {reference.name} {_KINDS[not coded]}; the "
        "two are not comparable; use a reference of the same kind, such as `authorship fit --cinescale` makes"
    )
