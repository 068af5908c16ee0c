"""A detector's threshold, calibration and figures, from cross-validated scores on clips with known shots."""

from collections.abc import Sequence
from itertools import compress, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.examples import Example
from shotscale.boundaries.model import clipped_logit, combine, confidence
from shotscale.boundaries.scoring import Counts, bootstrap_scores, count_matches, interval, match_transitions
from shotscale.boundaries.transition_kinds import Event, settle

# The candidates; if one at either end were chosen, the range would be too narrow.
THRESHOLDS = tuple(round(0.2 + 0.02 * step, 2) for step in range(31))
_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.01)  # finer at the top, where most boundaries lie

Floats = npt.NDArray[np.float32]


def choose_threshold(counts: npt.NDArray[np.object_]) -> int:
    """Return the column of `counts` (clips, thresholds) with the highest F1, smoothed over five thresholds."""
    f1 = np.asarray([sum(column[1:], column[0]).score().f1 for column in counts.T])
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return int(smooth.argmax())


def count_at_thresholds(examples: Sequence[Example], scores: Sequence[Floats]) -> npt.NDArray[np.object_]:
    """Count matches for every clip (rows) and threshold (columns)."""
    counts = np.empty((len(examples), len(THRESHOLDS)), object)
    for i, (example, score) in enumerate(zip(examples, scores, strict=True)):
        for j, threshold in enumerate(THRESHOLDS):
            counts[i, j] = count_matches(_pairs(_events(example, score, threshold)), example.transitions)
    return counts


def cross_validated_counts(counts: npt.NDArray[np.object_]) -> list[Counts]:
    """Return every clip's counts at the threshold chosen on all the other clips."""
    everything = np.arange(len(counts))
    return [counts[i, choose_threshold(counts[everything != i])] for i in everything]


def calibrate(examples: Sequence[Example], scores: Sequence[Floats], *, least: float) -> dict[str, float]:
    """Fit the logistic curve from a transition's score to the probability that it is real."""
    from sklearn.linear_model import LogisticRegression

    judged = [_judged(example, score, least=least) for example, score in zip(examples, scores, strict=True)]
    logits = np.concatenate([clipped_logit(found) for found, _ in judged])
    real = np.concatenate([right for _, right in judged])
    if real.all() or not real.any():
        return {"slope": 1.0, "intercept": 0.0}
    fitted = LogisticRegression(C=10.0).fit(logits[:, None], real)
    return {"slope": float(fitted.coef_[0, 0]), "intercept": float(fitted.intercept_[0])}


def reliability(
    examples: Sequence[Example], scores: Sequence[Floats], folds: npt.NDArray[np.int64], *, least: float
) -> list[dict[str, float]]:
    """Compare confidences with the share of real transitions, each fold's by the curve fitted to the other folds."""
    confidences, real = [], []
    for fold in np.unique(folds):
        others = folds != fold
        curve = calibrate([*compress(examples, others)], [*compress(scores, others)], least=least)
        for example, score in zip(compress(examples, ~others), compress(scores, ~others), strict=True):
            found, right = _judged(example, score, least=least)
            confidences.append(confidence(found, curve))
            real.append(right)
    p, y = np.concatenate(confidences), np.concatenate(real)
    rows = []
    for low, high in pairwise(_BINS):
        inside = (p >= low) & (p < high)
        if inside.any():
            means = {"mean_confidence": round(float(p[inside].mean()), 4), "real": round(float(y[inside].mean()), 4)}
            rows.append({"from": low, "to": min(high, 1.0), "n": int(inside.sum()), **means})
    return rows


def _judged(example: Example, score: Floats, *, least: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the scores of the transitions found in an example, and whether each is real."""
    events = _events(example, score, least)
    right, _ = match_transitions(_pairs(events), example.transitions)
    return np.asarray([event.score for event in events], np.float64), right


def report(counts: Sequence[Counts], *, seed: int) -> dict[str, Any]:
    """Return precision, recall and F1 for all, cut and gradual transitions, with 95 % bootstrap intervals over clips.

    A figure is None if its denominator is 0, such as the precision of a sort that was never found.
    """
    rows: dict[str, Any] = {}
    for sort in ("all", "cut", "gradual"):
        resampled = bootstrap_scores(counts, sort, generator=np.random.default_rng(seed))
        total = sum(counts[1:], counts[0]).score(sort)
        rows[sort] = {"n_true": total.n_true, "n_found": total.n_found}
        for measure in ("f1", "precision", "recall"):
            rows[sort][measure] = _rounded(getattr(total, measure))
            rows[sort][f"{measure}_95"] = [_rounded(end) for end in interval(resampled, measure)]
    return rows


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _events(example: Example, score: Floats, threshold: float) -> list[Event]:
    return settle(combine(score), example.traces, example.times, threshold=threshold)


def _pairs(events: Sequence[Event]) -> list[tuple[int, int]]:
    return [(event.first, event.last) for event in events]
