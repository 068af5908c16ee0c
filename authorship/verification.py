"""Is this film by that director? The imposters method, with a grey zone where the answer stays open.

Many times over, half of the features are drawn, as many films of other directors as the director has, and as
many of the director's own (with replacement). The score is the share of draws in which one of the director's
films is nearest to the film in question. Two thresholds, chosen by c@1 on films of known directors, turn the
score into *yes*, *no* or *undecided*.

Source: Koppel and Winter 2014, JASIST 65(1) 178-187, doi 10.1002/asi.22954; Kestemont et al. 2016, Expert
Systems with Applications 63, 86-96, doi 10.1016/j.eswa.2016.06.029 (the grey zone).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from authorship.attribution import FEWEST_SHOTS
from authorship.features import film_features
from authorship.films import Film
from authorship.metrics import auroc, c_at_1
from authorship.reference import Reference, transform
from shotscale.errors import OptionError, TableError

__all__ = ["Verification", "Verifier"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_N_DRAWS = 200
_GRID = np.linspace(0, 1, 41)


@dataclass(frozen=True)
class Verification:
    """The answer on one film and one director.

    Attributes
    ----------
    path, candidate : str
    verdict : {'yes', 'no', 'undecided'}
    score : float
        Share of draws in which a film of the candidate's is the nearest, 0 to 1; 0.5 is chance.
    no_below, yes_above : float
        The grey zone's ends.
    quality : mapping
        Measured on films of known directors: ``auroc``, ``c_at_1``, ``decided``, ``right_when_decided``,
        ``n_own``, ``n_others``.
    limits : tuple of str
    """

    path: str
    candidate: str
    verdict: str
    score: float
    no_below: float
    yes_above: float
    quality: Mapping[str, float]
    limits: tuple[str, ...]


class Verifier:
    """The imposters method for one candidate.

    Parameters
    ----------
    reference : Reference
        The candidate's films, and other candidates'.
    candidate : str
    distractors : Reference, optional
        Films by yet other directors; those of half of the directors serve as imposters, and those of the other
        half, never seen as imposters, to choose the grey zone and to measure the quality.
    seed : int

    Raises
    ------
    OptionError
        If the candidate is not in the reference.
    TableError
        If the distractors lack a feature of the reference.
    """

    def __init__(
        self, reference: Reference, candidate: str, *, distractors: Reference | None = None, seed: int = 0
    ) -> None:
        if candidate not in reference.candidates:
            raise OptionError(
                f"{candidate}: not in the reference; its candidates are {', '.join(reference.candidates)}"
            )
        self.reference, self.candidate, self.seed = reference, candidate, seed
        own = reference.labels == candidate
        values = reference.matrix()
        self._own, self._own_works = values[own], reference.works[own]
        imposters, fresh = _halves(reference, candidate, distractors)
        pool = np.vstack([self._own, imposters])
        self._centre, spread = np.nanmean(pool, axis=0), np.nanstd(pool, axis=0)
        self._spread = np.where(spread > 0, spread, 1.0)
        self._imposters, self._fresh = self._standard(imposters), self._standard(fresh)
        self._own = self._standard(self._own)
        self.no_below, self.yes_above, self.quality = self._calibrate()

    def verify(self, film: Film) -> Verification:
        """Answer for one film."""
        features = film_features(film.shots, film.scales)
        modelled = self.reference.modelled
        values = transform_row(features, modelled)
        missing = int(np.isnan(values).sum())
        score = float(self._scores(self._standard(values), np.ones((1, len(self._own)), bool))[0])
        enough = features["n_shots"] >= FEWEST_SHOTS and missing <= 0.2 * len(modelled)
        verdict = self.answer(score) if enough else "undecided"
        return Verification(
            path=film.path,
            candidate=self.candidate,
            verdict=verdict,
            score=score,
            no_below=self.no_below,
            yes_above=self.yes_above,
            quality=self.quality,
            limits=(*film.limits, *self.reference.notes, *self._limits(int(features["n_shots"]), enough)),
        )

    def answer(self, score: float) -> str:
        """Turn a score into 'yes', 'no' or 'undecided'."""
        if score > self.yes_above:
            return "yes"
        return "no" if score < self.no_below else "undecided"

    def _standard(self, values: Array) -> Array:
        return np.asarray((values - self._centre) / self._spread, np.float64)

    def _scores(self, films: Array, allowed: Mask) -> Array:
        """Give the share of draws in which an own film is nearer than every imposter drawn, for many films.

        Parameters
        ----------
        films : float array of shape (n, p)
            Standardised, NaN where missing.
        allowed : bool array of shape (n, n_own)
            Which of the candidate's films each film may be compared with: not with itself.
        """
        generator = np.random.default_rng(self.seed)
        p, n_own = films.shape[1], len(self._own)
        wins = np.zeros(len(films))
        for _ in range(_N_DRAWS):
            columns = generator.choice(p, (p + 1) // 2, replace=False)
            mine = generator.integers(0, n_own, n_own)
            theirs = generator.integers(0, len(self._imposters), n_own)
            own = _distances(films[:, columns], self._own[mine][:, columns])
            nearest_own = np.where(allowed[:, mine], own, np.inf).min(axis=1)
            nearest_other = _distances(films[:, columns], self._imposters[theirs][:, columns]).min(axis=1)
            wins += (nearest_own < nearest_other) + 0.5 * (nearest_own == nearest_other)
        return wins / _N_DRAWS

    def _calibrate(self) -> tuple[float, float, dict[str, float]]:
        """Score the candidate's own films, each left out, and strangers' films; choose the grey zone by c@1.

        Own and strangers' films weigh the same, however many there are of each.
        """
        own = self._scores(self._own, self._own_works[:, np.newaxis] != self._own_works)
        others = self._scores(self._fresh, np.ones((len(self._fresh), len(self._own)), bool))
        best, zone = -1.0, (0.5, 0.5)
        for low in _GRID:
            for high in _GRID[low <= _GRID]:
                value = _balanced_c_at_1(own, others, low, high)
                if value > best + 1e-12:
                    best, zone = value, (float(low), float(high))
        decided = _balanced((own < zone[0]) | (own > zone[1]), (others < zone[0]) | (others > zone[1]))
        right = _balanced(own > zone[1], others < zone[0])
        return (
            *zone,
            {
                "auroc": auroc(others, own),
                "c_at_1": best,
                "decided": decided,
                "right_when_decided": right / decided if decided else 0.5,
                "n_own": len(own),
                "n_others": len(others),
            },
        )

    def _limits(self, n_shots: int, enough: bool) -> list[str]:
        quality = self.quality
        limits = []
        if not enough:
            limits.append(f"Too little is known of this film ({n_shots} shots) for an answer.")
        if quality["auroc"] < 0.9:
            limits.append(
                f"These {len(self.reference.modelled)} features tell {self.candidate}'s films from strangers' with "
                f"AUROC {quality['auroc']:.2f} (1 is perfect, 0.5 is chance): a yes means 'like them', not 'by them'."
            )
        limits.append(
            f"The grey zone and these figures come from the same {quality['n_own']} films of the director's and "
            f"{quality['n_others']} of strangers, so they are on the hopeful side."
        )
        return limits

    def to_json(self, answer: Verification) -> dict[str, Any]:
        """Give an answer as JSON-ready values."""
        return {
            "path": answer.path,
            self.reference.label_name: answer.candidate,
            "verdict": answer.verdict,
            "score": answer.score,
            "grey_zone": [answer.no_below, answer.yes_above],
            "quality": dict(answer.quality),
            "limits": list(answer.limits),
        }


def transform_row(features: Mapping[str, float], modelled: tuple[str, ...]) -> Array:
    """Give one film's modelled features as models see them, shape (1, p)."""
    import pandas as pd

    return transform(pd.DataFrame([features])[list(modelled)])


def _halves(reference: Reference, candidate: str, distractors: Reference | None) -> tuple[Array, Array]:
    """Split the other directors, not their films, into imposters and strangers to calibrate with."""
    other = reference.labels != candidate
    values, labels = [reference.matrix()[other]], [reference.labels[other]]
    if distractors is not None:
        lacking = [name for name in reference.modelled if name not in distractors.features]
        if lacking:
            raise TableError(f"{distractors.name}: lacks the column {lacking[0]}; the reference has it; add the column")
        stranger = ~np.isin(distractors.labels, reference.candidates)
        values.append(transform(distractors.features[list(reference.modelled)])[stranger])
        labels.append(distractors.labels[stranger])
    everyone, names = np.vstack(values), np.concatenate(labels)
    unique = np.unique(names)
    if len(unique) < 2:
        raise TableError(
            f"{reference.name}: has one other candidate alone, {unique[0]}; imposters and strangers to test with "
            "need two; add films or give --distractors"
        )
    imposter = np.isin(names, unique[::2])
    return everyone[imposter], everyone[~imposter]


def _distances(films: Array, rows: Array) -> Array:
    """Give mean squared differences over the features that both have, shape (n, m); infinite where there is none."""
    differences = films[:, np.newaxis, :] - rows
    known = ~np.isnan(differences)
    squares = np.where(known, differences, 0.0) ** 2
    counts = known.sum(axis=2)
    return np.where(counts > 0, squares.sum(axis=2) / np.maximum(counts, 1), np.inf)


def _balanced(own: Mask, others: Mask) -> float:
    return float((own.mean() + others.mean()) / 2)


def _balanced_c_at_1(own: Array, others: Array, low: float, high: float) -> float:
    right = _balanced(own > high, others < low)
    open_ = _balanced((own >= low) & (own <= high), (others >= low) & (others <= high))
    return c_at_1(right, open_, 1)
