"""The basis of an answer: a model, its calibration, and summary figures of the candidates' films.

A reference has a basis for each kind of film that it can answer: one with known shot lengths, a coding, a film whose
shots and scales were measured. A basis does not contain the films, so it can be published even if they cannot.

Conventions
-----------
Values are transformed as in `authorship.reference.table.Reference.matrix`; candidates are in alphabetical order.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.features import CODEBOOK
from authorship.models.conformal import Calibration, Typicality, calibrate
from authorship.models.discriminant import choose, fit_discriminant
from authorship.models.linear import AttributionModel, choose_penalty, deal_folds, fit_model
from authorship.reference.table import Reference

Array = npt.NDArray[np.float64]
Fit = Callable[[Array, npt.NDArray[np.str_], Array], AttributionModel]

LEVELS: tuple[float, ...] = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Quantiles by which a candidate's films are described."""

_FEW_FEATURES = 6
"""Up to this many are all used, by logistic regression; beyond it, groups are chosen (`models.discriminant`)."""

DEAL = 0
"""Seed for dealing films to folds. Effect of other seeds: ``python benchmarks/attribution.py --deals 12``."""

_FOLDS = 10  # as usual
_EDGES = (0.01, 0.99)  # quantiles: one film in a hundred may lie outside on either side


@dataclass(frozen=True, eq=False)
class Spread:
    """The distribution of each candidate's films in each feature.

    `quantiles` (k, p, 5) are at `LEVELS`, NaN if no film has the feature; `mean` and `sd` are (k, p); `low` and
    `high` (p,) are the 1st and 99th percentiles of all films.
    """

    quantiles: Array
    mean: Array
    sd: Array
    low: Array
    high: Array

    @classmethod
    def of(cls, values: Array, labels: npt.NDArray[np.str_]) -> "Spread":
        """Describe films; `values` has shape (n, p)."""
        films = pd.DataFrame(values)
        by_candidate = films.groupby(labels)
        quantiles = by_candidate.quantile(np.asarray(LEVELS)).to_numpy().reshape(-1, len(LEVELS), values.shape[1])
        alone = by_candidate.count() == 1
        low, high = films.quantile(list(_EDGES)).to_numpy()
        return cls(
            quantiles.transpose(0, 2, 1),
            by_candidate.mean().to_numpy(),
            by_candidate.std().mask(alone, 0.0).to_numpy(),
            low,
            high,
        )


@dataclass(frozen=True, eq=False)
class Basis:
    """A model with everything needed to answer by it.

    Attributes
    ----------
    name : str
        ``lengths``, ``coding``, ``film``, ``list``, or ``own`` for a user's own table.
    parts : tuple of str
        What the answer is based on, in words.
    features : tuple of str
        Length p; the columns of `model`.
    counts : mapping of str to int
        The number of films per candidate.
    notes : tuple of str
        Caveats to state with every answer.
    performance : mapping, optional
        Measured figures: ``accuracy``, ``accuracy_interval``, ``n_films``, ``sets``.
    """

    name: str
    parts: tuple[str, ...]
    features: tuple[str, ...]
    counts: Mapping[str, int]
    model: AttributionModel
    calibration: Calibration
    spread: Spread
    notes: tuple[str, ...] = ()
    performance: Mapping[str, Any] | None = None

    @property
    def candidates(self) -> tuple[str, ...]:
        """The names in alphabetical order."""
        return self.model.candidates

    @property
    def n_films(self) -> int:
        """The number of films it is fitted to."""
        return sum(self.counts.values())

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON-ready values, rounded where more digits are meaningless."""
        scores, typicality = self.calibration, self.calibration.typicality
        return {
            "name": self.name,
            "parts": list(self.parts),
            "features": list(self.features),
            "counts": dict(self.counts),
            "model": self.model.to_json(),
            "calibration": {
                "labels": scores.labels.tolist(),
                **{name: _rounded(getattr(scores, name)) for name in _SCORES},
            },
            "typicality": {name: getattr(typicality, name).tolist() for name in _TYPICALITY},
            "spread": {name: _rounded(getattr(self.spread, name)) for name in _SPREAD},
            "notes": list(self.notes),
            "performance": self.performance,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Basis":
        """Read the output of `to_json`.

        Raises
        ------
        ValueError
            If something is missing or has another shape.
        """
        try:
            model = AttributionModel.from_json(content["model"])
            scores = content["calibration"]
            typicality = Typicality(**{key: _array(content["typicality"][key]) for key in _TYPICALITY})
            held_out = {key: _array(scores[key]) for key in _SCORES}
            basis = cls(
                str(content["name"]),
                tuple(map(str, content["parts"])),
                tuple(map(str, content["features"])),
                {str(name): int(n) for name, n in content["counts"].items()},
                model,
                Calibration(labels=np.asarray(scores["labels"], str), typicality=typicality, **held_out),
                Spread(**{key: _array(content["spread"][key]) for key in _SPREAD}),
                tuple(map(str, content["notes"])),
                content.get("performance"),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"{error}: not a basis of answers") from error
        basis._check()
        return basis

    def _check(self) -> None:
        k, p, n = len(self.candidates), len(self.features), len(self.calibration.labels)
        shapes = {
            "weights": (self.model.weights.shape, (k, p)),
            "means": (self.calibration.typicality.means.shape, (k, p)),
            "quantiles": (self.spread.quantiles.shape, (k, p, len(LEVELS))),
            "unlikeliness": (self.calibration.unlikeliness.shape, (n,)),
        }
        for name, (found, wanted) in shapes.items():
            if found != wanted:
                raise ValueError(f"{name} of shape {found}: {wanted} is needed")
        unknown = [name for name in self.features if name not in CODEBOOK]
        if unknown or tuple(sorted(self.counts)) != self.candidates or set(self.calibration.labels) != set(self.counts):
            raise ValueError(f"{unknown[0] if unknown else 'candidates'}: not known to this version")


_TYPICALITY = ("center", "spread", "means", "precisions")
_SCORES = ("unlikeliness", "distance", "nearest", "weights")
_SPREAD = ("quantiles", "mean", "sd", "low", "high")


def groups_of(features: Sequence[str]) -> dict[str, npt.NDArray[np.int64]]:
    """Return the columns of `features` that belong to each group of the codebook.

    Examples
    --------
    >>> groups_of(["returns", "average_shot_length", "change_size"])["transitions"].tolist()
    [0, 2]
    """
    groups: dict[str, list[int]] = {}
    for column, name in enumerate(features):
        groups.setdefault(CODEBOOK[name].group, []).append(column)
    return {group: np.asarray(columns, np.int64) for group, columns in groups.items()}


def fit_basis(reference: Reference, *, name: str = "own", parts: tuple[str, ...] = ()) -> Basis:
    """Fit and calibrate a model to a table of films; `parts` names the evidence in words, by default the table's name.

    The model uses all features if they are few, otherwise the groups chosen by the out-of-fold log loss.
    """
    values, features, model, calibration = fit_calibrated(reference)
    return Basis(
        name=name,
        parts=parts or (reference.name,),
        features=features,
        counts={candidate: reference.count(candidate) for candidate in reference.candidates},
        model=model,
        calibration=calibration,
        spread=Spread.of(values, reference.labels),
        notes=reference.notes,
    )


def fit_calibrated(
    reference: Reference, *, deal: int = DEAL
) -> tuple[Array, tuple[str, ...], AttributionModel, Calibration]:
    """Return the values of the chosen features, shape (n, p), their names, the model and its calibration."""
    values, labels = reference.matrix(), reference.labels
    folds = deal_folds(labels, reference.works, seed=deal, n_folds=_FOLDS)
    fit, columns = _chosen(values, labels, folds, reference.modeled)
    values = values[:, columns]
    features = tuple(reference.modeled[column] for column in columns)
    return values, features, fit(values, labels, np.ones(len(labels))), calibrate(values, labels, folds, fit)


def fit_own(
    values: Array, labels: npt.NDArray[np.str_], works: npt.NDArray[np.str_], features: Sequence[str]
) -> tuple[AttributionModel, list[int]]:
    """Choose and fit a model like `fit_basis`, without calibration; returns the model and the columns it uses."""
    folds = deal_folds(labels, works, seed=DEAL, n_folds=_FOLDS)
    fit, columns = _chosen(values, labels, folds, features)
    return fit(values[:, columns], labels, np.ones(len(labels))), columns


def _chosen(
    values: Array, labels: npt.NDArray[np.str_], folds: npt.NDArray[np.int64], features: Sequence[str]
) -> tuple[Fit, list[int]]:
    """Choose the fit and its columns by the out-of-fold log loss."""
    if len(features) <= _FEW_FEATURES:
        penalty = choose_penalty(values, labels, folds)
        return lambda x, y, _: fit_model(x, y, penalty=penalty), list(range(len(features)))
    choice = choose(values, labels, folds, groups_of(features))
    columns = [column for column, name in enumerate(features) if CODEBOOK[name].group in choice.groups]
    groups = groups_of([features[column] for column in columns])
    return lambda x, y, w: fit_discriminant(x, y, choice, groups, weights=w), columns


@cache
def builtin_bases() -> Mapping[str, Basis]:
    """Return the built-in bases (``data/authorship/bases.json``; made by ``python benchmarks/cinescale.py --ship``)."""
    return read_bases(json.loads((files("authorship.data") / "bases.json").read_text(encoding="utf-8"))["bases"])


def read_bases(content: Mapping[str, Any]) -> dict[str, Basis]:
    """Read bases by name from JSON; raises `ValueError` if they are malformed."""
    return {str(name): Basis.from_json(basis) for name, basis in content.items()}


def _array(values: Any) -> Array:
    return np.asarray(values, np.float64)  # None becomes NaN


def _rounded(values: Array) -> Any:
    """Round to six significant digits; None for NaN."""
    if values.ndim > 1:
        return [_rounded(row) for row in values]
    return [None if np.isnan(value) else float(f"{value:.6g}") for value in values]
