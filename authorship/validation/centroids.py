"""Nearest-profile classifiers from stylometry, as scikit-learn estimators.

Conventions
-----------
Each estimator standardizes its features by the mean and standard deviation over the films it is fitted to, as
Burrows did with word frequencies. Probabilities are a softmax of negative distances: their order is meaningful
as it is, their values only once calibrated (`authorship.validation.leave_one_out`).
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

Array = npt.NDArray[np.float64]


class _CentroidClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Shared base: standardization, one profile per class, a softmax of distances."""

    def fit(self, X: Any, y: Any) -> Self:
        """Learn each class's profile.

        Parameters
        ----------
        X : array of shape (n, p)
        y : array of shape (n,)
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("y holds one class; a classifier needs samples of two classes at least")
        self.mean_ = X.mean(axis=0)
        spread = X.std(axis=0)
        self.scale_ = np.where(spread > 1e-12, spread, 1.0)
        standard = (X - self.mean_) / self.scale_
        self.centroids_ = np.vstack([standard[codes == code].mean(axis=0) for code in range(len(self.classes_))])
        self._shrink(standard, codes)
        return self

    def decision_function(self, X: Any) -> Array:
        """Return negative distances to the profiles, shape (n, k); for two classes their difference, shape (n,)."""
        closeness = -self._distances_of(X)
        return closeness if len(self.classes_) > 2 else closeness[:, 1] - closeness[:, 0]

    def predict_proba(self, X: Any) -> Array:
        """Return the softmax of negative distances, shape (n, k)."""
        return np.asarray(softmax(-self._distances_of(X), axis=1), np.float64)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the class of the nearest profile, shape (n,)."""
        nearest = self._distances_of(X).argmin(axis=1)
        return np.asarray(self.classes_[nearest])

    def _distances_of(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return self._distances((X - self.mean_) / self.scale_)

    def _shrink(self, standard: Array, codes: npt.NDArray[np.int64]) -> None:
        """Leave the profiles unchanged; a subclass may shrink them."""

    def _distances(self, standard: Array) -> Array:
        raise NotImplementedError


class BurrowsDelta(_CentroidClassifier):
    """Burrows' Delta: the mean absolute difference of standardized features.

    Source: Burrows 2002, Literary and Linguistic Computing 17(3) 267-287, doi 10.1093/llc/17.3.267.

    Examples
    --------
    >>> X, y = np.array([[1.0, 2.0], [1.2, 2.1], [5.0, 9.0], [5.5, 8.0]]), ["a", "a", "b", "b"]
    >>> BurrowsDelta().fit(X, y).predict([[1.1, 2.2]]).tolist()
    ['a']
    """

    def _distances(self, standard: Array) -> Array:
        differences = np.abs(standard[:, np.newaxis, :] - self.centroids_)
        return np.asarray(differences.mean(axis=2), np.float64)


class CosineDelta(_CentroidClassifier):
    """Cosine Delta: one minus the cosine between standardized features.

    References
    ----------
    Smith and Aldridge 2011, J. Quantitative Linguistics 18(1) 63-88; Evert et al. 2017, Digital Scholarship
    in the Humanities 32, suppl. 2, ii4-ii16, doi 10.1093/llc/fqx023.
    """

    def _distances(self, standard: Array) -> Array:
        def unit(rows: Array) -> Array:
            norms = np.linalg.norm(rows, axis=1, keepdims=True)
            return np.asarray(rows / np.where(norms > 0, norms, 1.0), np.float64)

        return 1 - unit(standard) @ unit(self.centroids_).T


class ShrunkenCentroids(_CentroidClassifier):
    """Nearest shrunken centroids: features that do not tell the classes apart drop out.

    Each class's profile is shrunk toward the overall mean by `threshold` standard errors.

    Source: Tibshirani, Hastie, Narasimhan, Chu 2002, PNAS 99(10) 6567-6572, doi 10.1073/pnas.082099299.
    """

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold

    def _shrink(self, standard: Array, codes: npt.NDArray[np.int64]) -> None:
        n, k = len(standard), len(self.classes_)
        counts = np.bincount(codes, minlength=k)[:, np.newaxis]
        within = ((standard - self.centroids_[codes]) ** 2).sum(axis=0) / max(n - k, 1)
        self.within_ = np.sqrt(within) + np.median(np.sqrt(within)) + 1e-9
        error = np.sqrt(np.maximum(1 / counts - 1 / n, 1e-12)) * self.within_
        shifts = self.centroids_ / error
        self.centroids_ = np.sign(shifts) * np.maximum(np.abs(shifts) - self.threshold, 0) * error
        self.log_priors_ = np.log(counts[:, 0] / n)

    def _distances(self, standard: Array) -> Array:
        differences = (standard[:, np.newaxis, :] - self.centroids_) / self.within_
        return np.asarray((differences**2).sum(axis=2) / 2 - self.log_priors_, np.float64)
