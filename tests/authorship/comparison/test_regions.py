"""Directors as regions, placed by the model's own distances."""

import numpy as np
import pytest

from authorship.comparison.regions import REGION, find_regions
from authorship.reference.basis import Basis, builtin_bases


@pytest.fixture(scope="module", params=["coding", "film", "lengths"])
def basis(request: pytest.FixtureRequest) -> Basis:
    return builtin_bases()[request.param]


def features_at(basis: Basis, standard: np.ndarray) -> dict[str, float]:
    """Return features whose transformed values lie at a point given in standard deviations."""
    from authorship.features import CODEBOOK

    typical = basis.calibration.typicality
    values = typical.center + typical.spread * standard
    return {
        name: float(np.exp(value) if CODEBOOK[name].log else value)
        for name, value in zip(basis.features, values, strict=True)
    }


def test_a_film_at_a_directors_mean_stands_at_the_regions_center(basis: Basis) -> None:
    for row, mean in enumerate(basis.calibration.typicality.means):
        regions = find_regions(basis, features_at(basis, mean))
        assert regions.film == pytest.approx(regions.centers[row], abs=1e-8)
        assert regions.missing == ()


def test_regions_hold_the_share_that_they_promise(basis: Basis) -> None:
    typical = basis.calibration.typicality
    covariances = np.broadcast_to(
        np.linalg.inv(typical.precisions), (len(typical.means), *typical.precisions.shape[1:])
    )
    films = np.random.default_rng(0).multivariate_normal(typical.means[0], covariances[0], 400)
    regions = [find_regions(basis, features_at(basis, film)) for film in films]
    center, outline = regions[0].centers[0], regions[0].outlines[0]
    # Stretched so that the ellipse becomes the unit circle.
    stretch = np.linalg.cholesky(np.linalg.inv(np.cov((outline[:-1] - center).T, bias=True) * 2))
    inside = [np.linalg.norm((one.film - center) @ stretch) <= 1 for one in regions]
    assert np.mean(inside) == pytest.approx(REGION, abs=0.06)


def test_a_feature_that_a_film_lacks_is_told(basis: Basis) -> None:
    lacking = features_at(basis, basis.calibration.typicality.means[0]) | {basis.features[0]: float("nan")}
    assert find_regions(basis, lacking).missing == (basis.features[0],)


def test_the_plane_shows_most_of_what_tells_directors_apart(basis: Basis) -> None:
    regions = find_regions(basis, dict.fromkeys(basis.features, float("nan")))
    assert 0.5 < regions.shown <= 1
    assert len({tuple(center.round(6)) for center in regions.centers}) == len(basis.candidates)
