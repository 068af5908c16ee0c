"""Directors as regions of a plane, for models that have summary figures of films but no individual films.

Conventions
-----------
The plane is that of the first two canonical variates (Rao 1948, Journal of the Royal Statistical Society B 10(2),
159-203): of all planes it best separates the directors' means, measured in standard deviations within directors.
A region is an ellipse that would hold four in five of a director's films if they were normally distributed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import eigh
from scipy.stats import chi2

from authorship.models.linear import standardized
from authorship.reference.basis import Basis
from authorship.reference.table import transform

Array = npt.NDArray[np.float64]

REGION = 0.8
"""The share of a director's films that a region would hold: the default confidence of verdicts."""

_CORNERS = 72  # one every five degrees: the outline looks smooth


@dataclass(frozen=True, eq=False)
class Regions:
    """Directors and a film on a plane.

    `centers` (k, 2) are the means of the directors' films, `outlines` (k, m, 2) the closed outlines of their regions.
    `features` are those of the basis, `missing` those that the film lacks, which are set to the mean; `shown` is the
    share of the distances between directors that the plane shows.
    """

    names: tuple[str, ...]
    centers: Array
    outlines: Array
    film: Array
    features: tuple[str, ...]
    missing: tuple[str, ...]
    shown: float


def find_regions(basis: Basis, features: Mapping[str, float]) -> Regions:
    """Place a film and the directors of a basis (two features or more) on the plane that best separates the directors.

    Examples
    --------
    >>> from authorship.reference.basis import builtin_bases
    >>> basis = builtin_bases()["coding"]
    >>> regions = find_regions(basis, dict.fromkeys(basis.features, float("nan")))
    >>> regions.names[0], regions.centers.shape, regions.outlines.shape[0]
    ('Béla Tarr', (6, 2), 6)
    """
    typical = basis.calibration.typicality
    weights = np.asarray([basis.counts[name] for name in basis.candidates], np.float64)
    weights /= weights.sum()
    each = np.broadcast_to(np.linalg.inv(typical.precisions), (len(weights), *typical.precisions.shape[1:]))
    within = np.einsum("k,kpq->pq", weights, each)
    middle = weights @ typical.means
    apart = typical.means - middle
    strengths, vectors = eigh((apart * weights[:, None]).T @ apart, within)
    axes = vectors[:, [-1, -2]]
    # Each axis is signed so that its largest loading is positive: the picture is the same on every machine.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    values = transform(pd.DataFrame([features])[list(basis.features)])[0]
    film = standardized(values, typical.center, typical.spread)
    centers = apart @ axes
    angles = np.linspace(0, 2 * np.pi, _CORNERS + 1)
    circle = np.sqrt(chi2.ppf(REGION, 2)) * np.column_stack([np.cos(angles), np.sin(angles)])
    outlines = [
        center + circle @ np.linalg.cholesky(axes.T @ covariance @ axes).T
        for center, covariance in zip(centers, each, strict=True)
    ]
    return Regions(
        names=basis.candidates,
        centers=centers,
        outlines=np.stack(outlines),
        film=(film - middle) @ axes,
        features=basis.features,
        missing=tuple(name for name, value in zip(basis.features, values, strict=True) if np.isnan(value)),
        shown=float(strengths[-2:].sum() / max(float(strengths.sum()), 1e-300)),
    )
