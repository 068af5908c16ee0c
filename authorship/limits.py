"""What limits an answer, one plain sentence each."""

from collections.abc import Mapping, Sequence

import numpy as np

from authorship.features import CODEBOOK
from authorship.reference import Reference

__all__ = ["FEW_SHOTS", "SHORT_FILM", "film_limits", "period_limits", "reference_limits"]

SHORT_FILM = 40 * 60.0
"""Seconds; a feature film is longer by the definition of the American Film Institute and the Academy."""

FEW_SHOTS = 100
"""Below this many shots even the average shot length is known to within a fifth at best (CV near 1)."""

_WIDE = 0.1
_PERIOD = 10


def film_limits(
    features: Mapping[str, float], reference: Reference, *, average_interval: tuple[float, float]
) -> list[str]:
    """Say what about this film weakens the answer."""
    limits = []
    minutes, n_shots = features["running_time"] / 60, int(features["n_shots"])
    if features["running_time"] < SHORT_FILM:
        limits.append(
            f"A short clip ({_minutes(minutes)}): the reference holds feature films, and a fragment need not be cut "
            "like the whole."
        )
    if n_shots < FEW_SHOTS:
        limits.append(f"Few shots ({n_shots}): a feature film has several hundred; the figures are uncertain.")
    low, high = average_interval
    asl = features["average_shot_length"]
    if n_shots > 1 and (high - low) / 2 > _WIDE * asl:
        limits.append(
            f"The average shot length of {asl:.1f} s is uncertain: other shots of such a film would give {low:.1f} to "
            f"{high:.1f} s (95 %)."
        )
    missing = [name for name in reference.modelled if np.isnan(features[name])]
    if missing:
        limits.append(f"Not defined for this film, so left out: {_listed(missing)}.")
    outside = _outside(features, reference)
    if outside:
        limits.append(f"Outside the range of the reference's films: {_listed(outside)}.")
    return limits


def reference_limits(
    features: Mapping[str, float], reference: Reference, performance: Mapping[str, object] | None
) -> list[str]:
    """Say what about the reference weakens any answer."""
    limits = list(reference.notes)
    groups = {CODEBOOK[name].group for name in reference.modelled}
    if not groups & {"distributions", "transitions"}:
        note = (
            "the scales of this film are shown but not used"
            if not np.isnan(features["share_close"])
            else "nor has this film"
        )
        limits.append(f"The reference has no shot scales: {note}.")
    if np.isnan(features["share_of_nine_ms"]) and "share_of_nine_ms" in reference.modelled:
        limits.append("The reference's scales were seen by coders, this film's by a network: they need not err alike.")
    if groups == {"durations"}:
        limits.append(_open_set_limit(len(reference.modelled), (performance or {}).get("others")))
    return limits


def _open_set_limit(n_features: int, others: object) -> str:
    """Say that a name means the likeliest of the candidates, with what was measured on strangers' films."""
    claim = f"{n_features} figures on shot length tell a stranger's film from a candidate's hardly better than chance"
    if isinstance(others, Mapping):
        claim += (
            f" (AUROC {others['auroc']:.2f}): of {others['n_films']} films by {others['n_directors']} other directors, "
            f"{100 * others['named_rate']:.0f} % were given a candidate's name and {100 * others['none_rate']:.0f} % "
            "'none of these'"
        )
    return f"{claim}. A name means 'the likeliest of these', not 'certainly one of these'."


def period_limits(year: int, candidates: Sequence[str], reference: Reference) -> list[str]:
    """Say of which candidates the reference has no film from within ten years of this one."""
    limits = []
    for candidate in candidates:
        years = reference.years[reference.labels == candidate]
        years = years[~np.isnan(years)]
        if len(years) and np.abs(years - year).min() > _PERIOD:
            limits.append(
                f"Made in {year}, but {candidate}'s films in the reference are of {years.min():.0f} to "
                f"{years.max():.0f}: editing changed over the years."
            )
    return limits


def _outside(features: Mapping[str, float], reference: Reference) -> list[str]:
    table = reference.features
    return [
        name for name in reference.modelled if features[name] < table[name].min() or features[name] > table[name].max()
    ]


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1 else f"{minutes * 60:.0f} s"


def _listed(names: Sequence[str], *, most: int = 6) -> str:
    shown = ", ".join(CODEBOOK[name].title for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
