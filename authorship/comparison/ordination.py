"""Map films by their features: principal components, multidimensional scaling, t-SNE.

Conventions
-----------
Features are standardized over the reference's films, logarithms taken where the codebook says so; a missing value is
set to the mean. Films added to a reference do not affect mean and spread: a reference is standardized the same way
whatever is compared with it.

Sources: Pearson 1901, Philosophical Magazine 2(11) 559-572, and Jolliffe 2002, Principal Component Analysis (PCA);
Borg and Groenen 2005, Modern Multidimensional Scaling (SMACOF, Kruskal's stress-1); van der Maaten and Hinton 2008,
J. Machine Learning Research 9, 2579-2605 (t-SNE).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial.distance import pdist, squareform

from authorship.features import CODEBOOK
from authorship.models.linear import scale, standardized
from authorship.reference.table import Reference, transform
from shotscale.errors import OptionError
from shotscale.numerals import counted

__all__ = [
    "DISTANCES",
    "METHODS",
    "FilmMatrix",
    "Ordination",
    "distances",
    "film_matrix",
    "ordinate",
    "titles_with_years",
]

Array = npt.NDArray[np.float64]

METHODS: dict[str, str] = {"pca": "principal components", "mds": "multidimensional scaling", "tsne": "t-SNE"}
"""The methods of mapping films, with their names in prose."""
DISTANCES: dict[str, str] = {"euclidean": "Euclidean", "cityblock": "city-block (Burrows's Delta)"}
"""The distances between films, with their names in prose."""

_FEWEST = 3  # points that a plane needs
_PERPLEXITY = 30.0  # scikit-learn's default, mid-range of van der Maaten and Hinton's 5 to 50


@dataclass(frozen=True, eq=False)
class FilmMatrix:
    """Films as standardized features (n, p), in standard deviations from the reference's mean, 0 if missing.

    The director of a questioned film is None; `label_name` says what ``directors`` are, usually ``director``.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> matrix = film_matrix(builtin_reference())
    >>> matrix.standardized.shape, len(matrix.titles)
    ((94, 3), 94)
    """

    standardized: Array
    features: tuple[str, ...]
    directors: tuple[str | None, ...]
    titles: tuple[str, ...]
    label_name: str
    reference: str

    @property
    def names(self) -> tuple[str, ...]:
        """The known directors, in alphabetical order."""
        return tuple(sorted({director for director in self.directors if director is not None}))


@dataclass(frozen=True, eq=False)
class Ordination:
    """Films on a plane (n, 2); `note` says how faithful it is: variance shown, stress, perplexity.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> ordination = ordinate(film_matrix(builtin_reference()))
    >>> ordination.points.shape, ordination.method
    ((94, 2), 'principal components')
    """

    points: Array
    axes: tuple[str, str]
    method: str
    note: str


def film_matrix(reference: Reference, films: Sequence[tuple[str, Mapping[str, float]]] = ()) -> FilmMatrix:
    """Standardize a reference's films, followed by `films`, the titles and features of those in question.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> matrix = film_matrix(builtin_reference())
    >>> matrix.standardized.shape, bool(np.allclose(matrix.standardized.mean(axis=0), 0))
    ((94, 3), True)
    """
    known = reference.matrix()
    rows = [known]
    if films:
        measured = pd.DataFrame([features for _, features in films])
        rows.append(transform(measured[list(reference.modeled)]))
    return FilmMatrix(
        standardized=standardized(np.concatenate(rows), *scale(known, np.ones(len(known)))),
        features=reference.modeled,
        directors=(*map(str, reference.labels), *(None for _ in films)),
        titles=(*titles_with_years(reference), *(title for title, _ in films)),
        label_name=reference.label_name,
        reference=reference.name,
    )


def titles_with_years(reference: Reference) -> tuple[str, ...]:
    """Return the titles of a reference's films, with the year if it is known and not part of the title.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> titles_with_years(builtin_reference())[0]
    'Mean Streets (1973)'
    """
    return tuple(
        f"{title} ({year:.0f})" if not isnan(year) and f"{year:.0f}" not in title else str(title)
        for title, year in zip(reference.titles, reference.years, strict=True)
    )


def distances(values: Array, distance: str = "euclidean") -> Array:
    """Return the condensed distances between films, per feature so that tables of any width are comparable.

    Euclidean distances are root mean squares, city-block distances mean absolute differences, of standardized
    features: Burrows's Delta (Burrows 2002, Literary and Linguistic Computing 17(3) 267-287).

    Examples
    --------
    >>> distances(np.array([[0.0, 0.0], [3.0, 1.0]]), "cityblock").tolist()
    [2.0]
    """
    if distance not in DISTANCES:
        raise OptionError(f"{distance}: not a distance; it is one of {', '.join(DISTANCES)}")
    n_features = values.shape[1]
    if distance == "cityblock":
        return np.asarray(pdist(values, "cityblock") / n_features, np.float64)
    return np.asarray(pdist(values, "euclidean") / np.sqrt(n_features), np.float64)


def ordinate(matrix: FilmMatrix, method: str = "pca", *, distance: str = "euclidean", seed: int = 0) -> Ordination:
    """Place three or more films on a plane by one of `METHODS`.

    The axes of ``pca``, which is Euclidean, are those of the reference's films; other films are projected onto them.
    `distance` and `seed`, for the starting points, are used by ``mds`` and ``tsne`` only.

    Examples
    --------
    >>> from authorship.reference.table import builtin_reference
    >>> ordinate(film_matrix(builtin_reference()), "pca").points.shape
    (94, 2)
    """
    if method not in METHODS:
        raise OptionError(f"{method}: not a method; it is one of {', '.join(METHODS)}")
    if len(matrix.standardized) < _FEWEST:
        raise OptionError(f"{counted(len(matrix.standardized), 'film')}: a map needs {_FEWEST}; add films")
    if method == "pca":
        return _principal_components(matrix)
    square = squareform(distances(matrix.standardized, distance))
    return _scaled(square, distance, seed) if method == "mds" else _embedded(square, distance, seed)


def _principal_components(matrix: FilmMatrix) -> Ordination:
    """Project onto the components of the known films, each signed so that its largest loading is positive."""
    known = np.asarray([director is not None for director in matrix.directors])
    basis = matrix.standardized[known] if known.sum() >= _FEWEST else matrix.standardized
    center = basis.mean(axis=0)
    _, strengths, components = np.linalg.svd(basis - center, full_matrices=False)
    components = components[:2]
    heaviest = np.abs(components).argmax(axis=1)
    components = components * np.sign(components[np.arange(len(components)), heaviest])[:, np.newaxis]
    points = (matrix.standardized - center) @ components.T
    shares = strengths**2 / max(float((strengths**2).sum()), 1e-300)
    if len(components) == 1:  # one feature: a line
        points, shares = np.column_stack([points, np.zeros(len(points))]), np.append(shares, 0.0)
    axes = [f"component {i + 1}: {100 * shares[i]:.0f} % of variance" for i in range(2)]
    meanings = [_meaning(row, matrix.features) for row in components]
    axes = [f"{axis} ({meaning})" for axis, meaning in zip(axes, meanings, strict=False)] + axes[len(meanings) :]
    return Ordination(
        points, (axes[0], axes[1]), METHODS["pca"], f"the plane shows {100 * shares[:2].sum():.0f} % of the variance"
    )


def _meaning(loadings: Array, features: tuple[str, ...], most: int = 2) -> str:
    """Name the features with the largest loadings in a component, with their signs."""
    heaviest = np.argsort(-np.abs(loadings), kind="stable")[:most]
    return ", ".join(f"{'+' if loadings[i] > 0 else '−'} {CODEBOOK[features[i]].title}" for i in heaviest)


def _scaled(square: Array, distance: str, seed: int) -> Ordination:
    """Move the points of classical scaling until Kruskal's stress no longer falls; the result is deterministic."""
    from sklearn.manifold import smacof  # takes a second to import

    start = _classical(square) + np.random.default_rng(seed).normal(scale=1e-6, size=(len(square), 2))
    points, _ = smacof(square, init=start, n_init=1, max_iter=1000, eps=1e-8, normalized_stress=False)
    shown, true = pdist(points), squareform(square, checks=False)
    stress = float(np.sqrt(((shown - true) ** 2).sum() / max(float((shown**2).sum()), 1e-300)))
    note = f"{DISTANCES[distance]} distances, Kruskal's stress {stress:.2f} (0 is faithful)"
    return Ordination(np.asarray(points, np.float64), ("dimension 1", "dimension 2"), METHODS["mds"], note)


def _classical(square: Array) -> Array:
    """Return Torgerson's classical scaling in two dimensions, the starting point of `_scaled`."""
    centering = np.eye(len(square)) - 1 / len(square)
    strengths, vectors = np.linalg.eigh(-0.5 * centering @ square**2 @ centering)
    return np.asarray(vectors[:, :-3:-1] * np.sqrt(np.maximum(strengths[:-3:-1], 0)), np.float64)


def _embedded(square: Array, distance: str, seed: int) -> Ordination:
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(square) - 1) / 3)
    embedding = TSNE(2, metric="precomputed", init="random", perplexity=perplexity, random_state=seed)
    points = np.asarray(embedding.fit_transform(square), np.float64)
    note = (
        f"{DISTANCES[distance]} distances, perplexity {perplexity:.0f}, seed {seed}; only near neighbors mean anything"
    )
    return Ordination(points, ("dimension 1", "dimension 2"), METHODS["tsne"], note)
