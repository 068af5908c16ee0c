"""The classifiers compared in the benchmark, each a seeded scikit-learn pipeline with its settings.

Conventions
-----------
A pipeline imputes missing features by the median, standardizes, and applies the estimator. `settings` are tuned
only inside each training fold.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

from authorship.reference.table import FEWEST_FILMS
from authorship.validation.centroids import BurrowsDelta, CosineDelta, ShrunkenCentroids
from shotscale.errors import OptionError

__all__ = ["CLASSIFIERS", "ClassifierKind", "get_classifiers", "make_classifier"]


@dataclass(frozen=True)
class ClassifierKind:
    """A family of classifiers.

    `make` takes one of the `settings` that tuning chooses from, and returns an unfitted estimator; every candidate
    needs `fewest_films` films, so that nested folds still hold enough of them. A fold's candidates with under
    `fewest_to_fit` films are not fitted.

    Examples
    --------
    >>> kind = CLASSIFIERS["nearest neighbors"]
    >>> [setting["n_neighbors"] for setting in kind.settings]
    [1, 3, 5, 9, 15]
    """

    name: str
    make: Callable[..., BaseEstimator]
    settings: tuple[Mapping[str, Any], ...] = field(default=({},))
    fewest_films: int = FEWEST_FILMS
    fewest_to_fit: int = 1

    def settings_for(self, n_films: int) -> tuple[Mapping[str, Any], ...]:
        """Return the settings that can be fitted to `n_films` films: no more neighbors than films."""
        return tuple(setting for setting in self.settings if setting.get("n_neighbors", 1) <= n_films)


def _grid(name: str, *values: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple({name: value} for value in values)


CLASSIFIERS: Mapping[str, ClassifierKind] = {
    kind.name: kind
    for kind in (
        ClassifierKind(
            "logistic regression",
            partial(LogisticRegression, max_iter=2000, tol=1e-5),
            _grid("C", 0.1, 0.3, 1.0, 3.0, 10.0),
        ),
        ClassifierKind(
            "linear discriminant",
            partial(LinearDiscriminantAnalysis, solver="lsqr"),
            _grid("shrinkage", 0.05, 0.2, 0.5, 0.9),
            fewest_films=FEWEST_FILMS + 1,
        ),
        ClassifierKind(
            "quadratic discriminant",
            partial(QuadraticDiscriminantAnalysis, solver="eigen"),
            _grid("shrinkage", 0.1, 0.3, 0.6, 0.9),
            fewest_films=FEWEST_FILMS + 1,
            fewest_to_fit=2,  # for a covariance
        ),
        ClassifierKind("Gaussian naive Bayes", GaussianNB, _grid("var_smoothing", 1e-3, 1e-1)),
        ClassifierKind("nearest neighbors", KNeighborsClassifier, _grid("n_neighbors", 1, 3, 5, 9, 15)),
        ClassifierKind("linear support vectors", partial(SVC, kernel="linear"), _grid("C", 0.1, 1.0, 10.0)),
        ClassifierKind("radial support vectors", partial(SVC, kernel="rbf"), _grid("C", 0.3, 1.0, 3.0, 10.0)),
        ClassifierKind(
            "random forest", partial(RandomForestClassifier, n_estimators=100, min_samples_leaf=2, n_jobs=1)
        ),
        ClassifierKind(
            "boosted trees",
            partial(
                XGBClassifier,
                n_estimators=60,
                max_depth=3,
                learning_rate=0.1,
                subsample=0.8,
                tree_method="hist",
                n_jobs=1,
                verbosity=0,
            ),
        ),
        ClassifierKind("shrunken centroids", ShrunkenCentroids, _grid("threshold", 0.0, 0.5, 1.0, 2.0)),
        ClassifierKind("Burrows' Delta", BurrowsDelta),
        ClassifierKind("cosine Delta", CosineDelta),
    )
}
"""All classifiers by name, in the order of the tables."""


def make_classifier(kind: ClassifierKind, settings: Mapping[str, Any], *, seed: int) -> Pipeline:
    """Return an unfitted pipeline of a classifier with the given settings.

    Examples
    --------
    >>> kind = CLASSIFIERS["nearest neighbors"]
    >>> make_classifier(kind, {"n_neighbors": 3}, seed=0).steps[-1][1]
    KNeighborsClassifier(n_neighbors=3)
    """
    classifier = kind.make(**settings)
    if "random_state" in classifier.get_params():
        classifier.set_params(random_state=seed)
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("impute", imputer), ("standardize", StandardScaler()), ("classify", classifier)])


def get_classifiers(names: list[str] | None) -> tuple[ClassifierKind, ...]:
    """Return classifiers by name, by default all.

    Examples
    --------
    >>> [kind.name for kind in get_classifiers(["Burrows' Delta", "random forest"])]
    ["Burrows' Delta", 'random forest']
    """
    for name in names or ():
        if name not in CLASSIFIERS:
            raise OptionError(f"{name}: not a classifier; choose among {', '.join(CLASSIFIERS)}")
    return tuple(CLASSIFIERS[name] for name in (names or CLASSIFIERS))
