"""The imposters method for one director: a film's score, and how reliable it is."""

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.attribution.limits import itself_limits
from authorship.attribution.too_little import FEWEST_TO_NAME, is_fragment, unmeasured
from authorship.features import measure_film
from authorship.models.linear import scale
from authorship.names import known_name
from authorship.reference.comparable import check_same_kind, lengths_alone, needs_lengths_alone, scales_coded
from authorship.reference.reading import read_reference
from authorship.reference.table import Reference, builtin_reference, other_directors, transform
from authorship.validation.metrics import auroc, c_at_1
from authorship.verification.verdict import Verification
from authorship.verification.zone import answer, answers, distances, gray_zone, is_typical, typicality
from shotscale.errors import FilmError, OptionError, TableError
from shotscale.film import Film
from shotscale.numerals import counted

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WORST_DIRECTOR = 0.2
"""No film gets a yes if at least this share of one stranger's films would, with that director unknown."""

FEWEST_ACCEPTED = 0.1
"""No film gets a yes if less than this share of the director's own films would."""

_N_DRAWS = 200  # a score is then known to within 7 percentage points


class Verifier:
    """The imposters method for one candidate.

    `reference` has the candidate's films and other candidates'; `distractors` are films by further directors. Of all
    directors but the candidate, every second one serves as imposter; the others, never imposters, set the gray zone and
    measure the quality.

    Raises
    ------
    OptionError
        If the candidate is not in the reference.
    TableError
        If the distractors lack a feature of the reference, or have scales of another kind.
    """

    def __init__(
        self, reference: Reference, candidate: str, *, distractors: Reference | None = None, seed: int = 0
    ) -> None:
        candidate = known_name(candidate, reference.candidates)
        if candidate not in reference.candidates:
            raise OptionError(
                f"{candidate}: not in the reference; its candidates are {', '.join(reference.candidates)}"
            )
        self.reference, self.candidate, self.seed, self._distractors = reference, candidate, seed, distractors
        own = reference.labels == candidate
        values = reference.matrix()
        self._own, self._own_works = values[own], reference.works[own]
        imposters, fresh, self._fresh_labels = _halves(reference, candidate, distractors)
        pool = np.vstack([self._own, imposters])
        self._center, self._spread = scale(pool, np.ones(len(pool)))
        self._imposters, self._fresh = self._standard(imposters), self._standard(fresh)
        self._own = self._standard(self._own)
        apart = self._own_works[:, np.newaxis] != self._own_works
        self._spacing = np.asarray(
            [self._nearest_own(film, mask) for film, mask in zip(self._own[:, np.newaxis], apart, strict=True)]
        )
        self._zone, self.quality = self._calibrate()
        self.no_below, self.yes_above = min(self._zone), max(self._zone)

    def verify(self, film: Film) -> Verification:
        """Answer for one film, by shot lengths alone if its scales are of another kind than the reference's.

        Raises `FilmError` for a coding, which has no shots, and `TableError` if there is nothing to compare.
        """
        features = measure_film(film)
        if np.isnan(features["n_shots"]):
            raise FilmError(
                f"{film.path}: a coding has no shots to verify; name the film itself or a list of its shots"
            )
        if needs_lengths_alone(self.reference, film):
            return self._by_lengths.verify(film)
        modeled = self.reference.modeled
        standard = self._standard(transform(pd.DataFrame([features])[list(modeled)]))
        score = float(self._scores(standard, np.ones((1, len(self._own)), bool))[0])
        distance = self._nearest_own(standard, np.ones(len(self._own), bool))
        too_little = _too_little(film, features, modeled)
        verdict = "undecided" if too_little else self.answer(score, typical=is_typical(distance, self._spacing))
        limits = self._limits(film, too_little)
        if not too_little and verdict != self.answer(score):
            limits.insert(
                0,
                f"Nearer to {self.candidate}'s films than to others', yet farther from them than they are from one "
                "another: it may be by somebody unlike anyone here.",
            )
        return Verification(
            path=film.path,
            candidate=self.candidate,
            verdict=verdict,
            score=score,
            no_below=self.no_below,
            yes_above=self.yes_above,
            typicality=typicality(distance, self._spacing),
            quality=self.quality,
            limits=(*film.limits, *itself_limits(film, self.reference), *self.reference.notes, *limits),
        )

    @cached_property
    def _by_lengths(self) -> "Verifier":
        """The same question by shot lengths alone."""
        known = lengths_alone(self.reference)
        return Verifier(known, self.candidate, distractors=self._distractors, seed=self.seed)

    def answer(self, score: float, *, typical: bool = True) -> str:
        """Turn a score into 'yes', 'no' or 'undecided'."""
        return answer(score, *self._zone, typical=typical)

    def _standard(self, values: Array) -> Array:
        return np.asarray((values - self._center) / self._spread, np.float64)

    def _scores(self, films: Array, allowed: Mask) -> Array:
        """Return, for each film, the share of draws in which an own film is nearer than every imposter drawn.

        `films` (n, p) are standardized, NaN where missing; `allowed` (n, n_own) says which of the candidate's films
        each may be compared with: not with itself.
        """
        generator = np.random.default_rng(self.seed)
        p, n_own = films.shape[1], len(self._own)
        wins = np.zeros(len(films))
        for _ in range(_N_DRAWS):
            columns = generator.choice(p, (p + 1) // 2, replace=False)
            mine = generator.integers(0, n_own, n_own)
            theirs = generator.integers(0, len(self._imposters), n_own)
            own = distances(films[:, columns], self._own[mine][:, columns])
            nearest_own = np.where(allowed[:, mine], own, np.inf).min(axis=1)
            nearest_other = distances(films[:, columns], self._imposters[theirs][:, columns]).min(axis=1)
            wins += (nearest_own < nearest_other) + 0.5 * (nearest_own == nearest_other)
        return wins / _N_DRAWS

    def _calibrate(self) -> tuple[tuple[float, float], dict[str, Any]]:
        """Score the candidate's own films, each held out, and strangers' films; return the gray zone and its quality.

        Each own film is answered with a zone derived from the others, each stranger's with one derived from other
        strangers' films. Own and strangers' films have equal total weight, whatever their numbers.
        """
        own = self._scores(self._own, self._own_works[:, np.newaxis] != self._own_works)
        others = self._scores(self._fresh, np.ones((len(self._fresh), len(self._own)), bool))
        apart = [self._nearest_own(film, np.ones(len(self._own), bool)) for film in self._fresh[:, np.newaxis]]
        usual_others = [is_typical(distance, self._spacing) for distance in apart]
        usual_own = [is_typical(self._spacing[i], np.delete(self._spacing, i)) for i in range(len(own))]
        asked, others = others, np.where(usual_others, others, 0.0)  # atypical films get no yes anyway
        zones_own = [gray_zone(own[self._own_works != work], others) for work in self._own_works]
        zones_others = [gray_zone(own, others[self._fresh_labels != name]) for name in self._fresh_labels]
        said_own = answers(own, zones_own, usual_own)
        said_others = answers(asked, zones_others, usual_others)
        accepted = pd.Series(said_others == "yes").groupby(self._fresh_labels).mean()
        worst, own_accepted = float(accepted.max()), float((said_own == "yes").mean())
        zone = gray_zone(own, others)
        refused = worst >= WORST_DIRECTOR or own_accepted < FEWEST_ACCEPTED
        if refused:
            zone = (1.0, zone[1])
            said_own, said_others = (np.where(said == "yes", "undecided", said) for said in (said_own, said_others))
        right = _balanced(said_own == "yes", said_others == "no")
        decided = _balanced(said_own != "undecided", said_others != "undecided")
        quality = {
            "auroc": auroc(asked, own),
            "c_at_1": c_at_1(right, 1 - decided, 1),
            "decided": decided,
            "right_when_decided": right / decided if decided else 0.5,
            "own_refused": float((said_own == "no").mean()),
            "strangers_accepted": float((said_others == "yes").mean()),
            "own_accepted": own_accepted,
            "worst_director": str(accepted.idxmax()),
            "worst_accepted": worst,
            "refused": refused,
            "n_own": len(own),
            "n_others": len(others),
        }
        return zone, quality

    def _nearest_own(self, values: Array, allowed: Mask) -> float:
        """Return the distance to the nearest of the candidate's films, over all features."""
        return float(np.where(allowed, distances(values, self._own)[0], np.inf).min())

    def _limits(self, film: Film, too_little: str) -> list[str]:
        quality = self.quality
        limits = [too_little] if too_little else []
        if film.scales is not None and scales_coded(self.reference) is None:
            limits.append("The scales of this film are not used: the reference has no comparable scales.")
        if quality["auroc"] < 0.9:
            limits.append(
                f"The model of {counted(len(self.reference.modeled), 'feature')} separates {self.candidate}'s films "
                f"from other directors' with AUROC {quality['auroc']:.2f} (1 is perfect, 0.5 is chance): a yes "
                "means 'like them', not 'by them'."
            )
        worst = f"{100 * quality['worst_accepted']:.0f} % of {quality['worst_director']}'s films"
        if quality["refused"]:
            limits.append(
                f"No film gets a yes for {self.candidate}: even the strictest score would accept {worst} if that "
                f"director were unknown, and {100 * quality['own_accepted']:.0f} % of "
                f"{self.candidate}'s own."
            )
        else:
            limits.append(f"The worst case, a director unknown here: {worst} would get a yes.")
        limits.append(
            "Each film behind these figures was answered with a gray zone derived without it; of "
            f"{counted(quality['n_others'], 'film by others', 'films by others')} "
            f"{100 * quality['strangers_accepted']:.0f} % got a yes, of the director's "
            f"{counted(quality['n_own'], 'film')} {100 * quality['own_refused']:.0f} % a no."
        )
        return limits

    def to_json(self, answer: Verification) -> dict[str, Any]:
        """Return an answer as JSON-ready values."""
        return {
            "path": answer.path,
            self.reference.label_name: answer.candidate,
            "verdict": answer.verdict,
            "score": answer.score,
            "gray_zone": [answer.no_below, answer.yes_above],
            "typicality": answer.typicality,
            "quality": dict(answer.quality),
            "limits": list(answer.limits),
        }


def make_verifier(
    director: str,
    reference: str | os.PathLike[str] | None = None,
    *,
    label: str = "director",
    distractors: str | os.PathLike[str] | None = None,
    seed: int = 0,
) -> Verifier:
    """Return the verifier for a director.

    `reference` and `distractors` are paths of the candidates' films and of films by others; by default the built-in
    reference, with its own films by others. For `label` see `authorship.reference.reading.read_reference`.

    Examples
    --------
    >>> make_verifier("Béla Tarr").quality["n_own"]
    7
    """
    films = builtin_reference() if reference is None else read_reference(reference, label=label)
    others = other_directors() if reference is None else None
    if distractors is not None:
        others = read_reference(distractors, label=label)
    return Verifier(films, director, distractors=others, seed=seed)


def _halves(
    reference: Reference, candidate: str, distractors: Reference | None
) -> tuple[Array, Array, npt.NDArray[np.str_]]:
    """Split the other directors, not their films, into imposters and strangers; return both, and the latter's names."""
    other = reference.labels != candidate
    values, labels = [reference.matrix()[other]], [reference.labels[other]]
    if distractors is not None:
        lacking = [name for name in reference.modeled if name not in distractors.features]
        if lacking:
            raise TableError(f"{distractors.name}: lacks the column {lacking[0]}; the reference has it; add the column")
        check_same_kind(distractors, reference)
        stranger = ~np.isin(distractors.labels, reference.candidates)
        values.append(transform(distractors.features[list(reference.modeled)])[stranger])
        labels.append(distractors.labels[stranger])
    everyone, names = np.vstack(values), np.concatenate(labels)
    unique = np.unique(names)
    if len(unique) < 2:
        raise TableError(
            f"{reference.name}: has only one other candidate, {unique[0]}; imposters and strangers to test with "
            "need two; add films or give --distractors"
        )
    imposter = np.isin(names, unique[::2])
    return everyone[imposter], everyone[~imposter], names[~imposter]


def _too_little(film: Film, features: Mapping[str, float], modeled: tuple[str, ...]) -> str:
    """Return why too little is known about a film for an answer; empty if enough is."""
    if is_fragment(features, film.seconds):
        return (
            f"Too little is known about this film ({counted(int(features['n_shots']), 'shot')}) for an answer; a "
            f"feature film, or {FEWEST_TO_NAME} shots of one, is enough."
        )
    return unmeasured(features, modeled)


def _balanced(own: Mask, others: Mask) -> float:
    return float((own.mean() + others.mean()) / 2)
