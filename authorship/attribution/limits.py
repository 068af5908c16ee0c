"""The limits of an answer, one plain sentence each."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from authorship.features import CODEBOOK
from authorship.features.durations import measure_moments, shot_lengths
from authorship.names import fold_name
from authorship.reference.basis import Basis
from authorship.reference.duplicates import YEARS_APART
from authorship.reference.lengths import published_running_times
from authorship.reference.table import Reference
from shotscale.filmpaths import result_name
from shotscale.numerals import counted, level, some_of
from shotscale.part import PAL
from shotscale.summary import FEATURE_FILM

if TYPE_CHECKING:
    from shotscale.film import Film

Array = npt.NDArray[np.float64]

FEW_SHOTS = 100
"""With fewer shots, even the average shot length is known only to within a fifth at best (CV near 1)."""

_FEWEST_LETTERS = 4  # of a title to be matched among other words
_FIGURES = ("n_shots", "running_time", "average_shot_length", "shot_length_sd")
_SAME = 1e-4  # relative: tables may be rounded; of two films, not even the number of shots is likely to agree so well
_PERIOD = 10  # years: average shot lengths change by the decade; by judgment
_PAL_RATES = (25, 50)  # frames per second
_RATE_SLACK = 0.01  # frames per second: a container's clock may give 24.99 for 25
_SPEED_SLACK = 0.01  # a quarter of the PAL speed-up; copies differ in logos and credits


def film_limits(
    film: "Film",
    features: Mapping[str, float],
    values: Array,
    basis: Basis,
    *,
    average_interval: tuple[float, float] | None,
) -> list[str]:
    """Return what about this film weakens the answer; `values` are the basis's features, transformed, shape (p,)."""
    limits = []
    if film.seconds < FEATURE_FILM:
        limits.append(
            f"A short clip ({_minutes(film.seconds / 60)}): the reference contains feature films, and a fragment "
            "may not be cut like the whole."
        )
    if features["n_shots"] < FEW_SHOTS:
        n_shots = f"{features['n_shots']:.0f}"
        limits.append(f"Few shots ({n_shots}): a feature film has several hundred, so the figures are uncertain.")
    if average_interval is not None:
        low, high = average_interval
        limits.append(
            f"The average shot length here is {features['average_shot_length']:.1f} s; that of a longer film of which "
            f"this is a part may lie between {low:.1f} and {high:.1f} s (95 %, from parts of 134 films)."
        )
    missing = [name for name in basis.features if np.isnan(features[name])]
    if missing:
        limits.append(f"Undefined for this film and therefore not used: {_listed(missing)}.")
    beyond = (values < basis.spread.low) | (values > basis.spread.high)
    outside = [name for name, far in zip(basis.features, beyond, strict=True) if far]
    if outside:
        limits.append(f"Outside the range of the films in the reference: {_listed(outside)}.")
    if basis.name == "film" and "corrections" in film.provenance and not film.shots_detected:
        limits.append(
            "All shots were checked, so the scales are people's, but they are compared here with scales as the network "
            "measures them; converted to a list, the same shots are compared with codings."
        )
    return limits


def reference_limits(features: Mapping[str, float], basis: Basis) -> list[str]:
    """Return what about the reference weakens any answer."""
    limits = list(basis.notes)
    groups = {CODEBOOK[name].group for name in basis.features}
    if groups == {"durations"}:
        if not np.isnan(features["share_close"]):
            limits.append("The scales of this film are shown but not used: the reference has no comparable scales.")
        limits.append(_open_set_limit(len(basis.features), (basis.performance or {}).get("others")))
    if basis.name in ("coding", "list"):
        limits.append(
            "The reference's scales are those of CineScale's coders; other coders may draw the boundaries between "
            "scales differently. A coding of CineScale's own was part of the reference: do not count its answer as "
            "evidence."
        )
    if basis.name == "film":
        limits.append(
            "The scale model rests on a simulation (codings passed through the network's errors), because no film by "
            "these directors was available to measure."
        )
    if basis.name in ("coding", "list", "film"):
        limits.append(
            "No coding of another director's film is available, so the false-positive rate for such films is unknown. "
            "A name means 'the most likely of these'."
        )
    return limits


def confidence_limits(basis: Basis, confidence: float) -> list[str]:
    """Return a limit if the reference has too few films for 'none of these' at this confidence."""
    if basis.calibration.can_exclude(confidence):
        return []
    return [
        f"With {counted(basis.n_films, 'film')} in the reference no film can be found untypical of every candidate at "
        f"{level(confidence)} confidence: 'none of these' takes more films, or a lower confidence."
    ]


def _open_set_limit(n_features: int, others: object) -> str:
    """Return the limit that a name means the most likely candidate, with the figures for other directors' films."""
    claim = (
        f"{counted(n_features, 'figure')} on shot length separate other directors' films from the candidates' barely "
        "better than chance"
    )
    if isinstance(others, Mapping):
        claim += (
            f" (AUROC {others['auroc']:.2f}): of {counted(others['n_films'], 'film')} by "
            f"{counted(others['n_directors'], 'other director')}, {100 * others['named_rate']:.0f} % were given a "
            f"candidate's name and {100 * others['none_rate']:.0f} % 'none of these'"
        )
    return f"{claim}. A name means 'the most likely of these', not 'certainly one of these'."


def period_limits(year: int, candidates: Sequence[str], reference: Reference) -> list[str]:
    """Return a limit for each candidate with no film in the reference within ten years of this one."""
    limits = []
    for candidate in candidates:
        years = reference.years[reference.labels == candidate]
        years = years[~np.isnan(years)]
        if len(years) and np.abs(years - year).min() > _PERIOD:
            limits.append(
                f"Made in {year}, but {candidate}'s films in the reference are from {years.min():.0f} to "
                f"{years.max():.0f}: editing has changed over time."
            )
    return limits


def itself_limits(film: "Film", reference: Reference) -> list[str]:
    """Return a limit for each reference film that this may be, by title and year or by its figures."""
    rows = sorted({*_namesakes(film, reference), *_of_same_figures(film, reference)})
    return [itself_limit(str(reference.features.index[row])) for row in rows]


def itself_limit(name: str) -> str:
    """Return the limit that a film may be the reference's of this name."""
    compared = "If that is this film, it is compared with itself: do not count the answer as evidence."
    return f"The reference holds {name}. {compared}"


def speed_limits(film: "Film", reference: Reference) -> list[str]:
    """Return a limit if the copy may run fast, judged by its namesake's length in the reference or its frame rate."""
    if film.part is not None and film.part.speed != 1:
        return []
    for row in _namesakes(film, reference):
        ratio = _times_as_long(film, reference, row)
        if abs(ratio - float(PAL)) < _SPEED_SLACK:
            return [
                f"It is {100 * (1 - 1 / ratio):.1f} % shorter than the reference's {reference.features.index[row]}, "
                "as a PAL transfer, which runs 4 % fast, would be. If this is one, --speed pal corrects its times."
            ]
    rate = film.info.get("fps")
    if rate is None or film.seconds < FEATURE_FILM or not any(abs(rate - pal) < _RATE_SLACK for pal in _PAL_RATES):
        return []
    return [
        f"The file has {rate:.0f} frames per second, at which a film shot at 24 runs 4 % fast and its shots are "
        "4 % too short. Compare its running time with a reliable source; --speed pal corrects a copy that is shorter."
    ]


def _times_as_long(film: "Film", reference: Reference, row: int) -> float:
    """Return the reference film's running time over this one's: as measured, or as published over the whole file's."""
    if "running_time" in reference.features:
        return float(reference.features["running_time"].iloc[row]) / film.seconds
    published = published_running_times().get(str(reference.features.index[row]), np.nan)
    return published / float(film.info.get("duration") or film.seconds)


def _namesakes(film: "Film", reference: Reference) -> list[int]:
    """Return the rows of the reference films that have the film's title, and its year if both are known."""
    asked = _words(" ".join(str(part) for part in (film.info.get("title"), result_name(Path(film.path))) if part))
    rows = []
    for row in range(len(reference.labels)):
        year = reference.years[row]
        other_years = [word for word in asked if re.fullmatch(r"(19|20)\d\d", word)]
        if other_years and not np.isnan(year) and all(abs(int(word) - year) > YEARS_APART for word in other_years):
            continue
        titles = {str(reference.titles[row]), str(reference.original_titles[row])}
        if any(_holds(asked, _words(title)) for title in titles):
            rows.append(row)
    return rows


def _of_same_figures(film: "Film", reference: Reference) -> list[int]:
    """Return the rows of the reference films whose shots have this film's figures: it may be called otherwise there."""
    if film.shots is None or not set(_FIGURES).issubset(reference.features):
        return []
    lengths = shot_lengths(film.shots["start"].to_numpy(np.float64), float(film.shots["end"].iloc[-1]))
    found = measure_moments(lengths[np.newaxis])
    known = reference.features[list(_FIGURES)].to_numpy(np.float64)
    same = np.isclose(known, np.stack([found[name] for name in _FIGURES], axis=1), rtol=_SAME, atol=0).all(axis=1)
    return [int(row) for row in np.flatnonzero(same)]


def _words(text: str) -> list[str]:
    return [folded for word in re.split(r"[\W_]+", text) if (folded := fold_name(word))]


def _holds(words: Sequence[str], title: Sequence[str]) -> bool:
    """Return whether a title occurs in `words` as consecutive words; a very short one must be all of them."""
    if not title or (sum(map(len, title)) < _FEWEST_LETTERS and list(words) != list(title)):
        return False
    return any(list(words[i : i + len(title)]) == list(title) for i in range(len(words) - len(title) + 1))


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1 else f"{minutes * 60:.0f} s"


def _listed(names: Sequence[str]) -> str:
    return some_of(CODEBOOK[name].title for name in names)
