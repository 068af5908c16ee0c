import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from shotscale.film import Film
from shotscale.network.confusion import HeldOut, default_held_out, is_default
from shotscale.network.weights import load_model
from shotscale.shares import corrected_shares, film_shares
from shotscale.tables import make_scales, make_shots

Shares = npt.NDArray[np.float64]
TRUTH = np.array([0.02, 0.15, 0.4, 0.18, 0.1, 0.1, 0.05])


def errors(n: int, generator: np.random.Generator) -> HeldOut:
    """Return held-out frames of a network that takes 30 % of them for the next farther scale."""
    scale = np.repeat(np.arange(7), n)
    seen = np.minimum(scale + (generator.random(7 * n) < 0.3), 6)
    p = np.full((7 * n, 7), 0.02)
    p[np.arange(7 * n), seen] = 1 - 6 * 0.02
    return HeldOut(scale, p, np.zeros(7 * n, bool))


def film(
    errors: HeldOut, n_shots: int, generator: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return the tables of a film of four-second shots, each with the same error in all frames, and its true shares."""
    scale = generator.choice(7, n_shots, p=TRUTH)
    rows = [int(generator.choice(np.flatnonzero(errors.scale == rank))) for rank in scale]
    times = np.arange(4.0 * n_shots)
    track = make_scales(times, np.repeat(errors.probabilities[rows], 4, axis=0))
    return make_shots(4.0 * np.arange(n_shots), 4.0 * n_shots), track, np.bincount(scale, minlength=7) / n_shots


def test_corrected_shares_are_nearer_and_their_intervals_hold_the_truth() -> None:
    generator = np.random.default_rng(0)
    misses, held = [], []
    for _ in range(60):
        shots, track, truth = film(errors(60, generator), 300, generator)
        corrected = corrected_shares(shots, track, held_out=errors(60, generator))
        assert corrected is not None
        share, low, high = np.asarray(list(corrected["scales"].values())).T
        assert share.sum() == pytest.approx(1, abs=1e-5)
        assert ((low <= share) & (share <= high)).all()
        raw = track["scale"].value_counts(normalize=True).reindex(corrected["scales"], fill_value=0).to_numpy()
        misses.append((raw - truth, share - truth))
        held.append(((low <= truth) & (truth <= high)).mean())
        groups = np.asarray(list(corrected["groups"].values()))[:, 0]
        assert groups[0] == pytest.approx(share[:2].sum(), abs=1e-5)
    distance = np.abs(misses).sum(axis=2).mean(axis=0)
    assert distance[1] < 0.8 * distance[0]
    bias = np.abs(np.mean(misses, axis=0)).max(axis=1)
    assert bias[1] < 0.5 * bias[0]
    assert np.mean(held) > 0.93


def test_more_shots_and_more_frames_make_an_interval_narrower() -> None:
    def width(n_frames: int, n_shots: int) -> float:
        generator = np.random.default_rng(1)
        shots, track, _ = film(errors(200, generator), n_shots, generator)
        corrected = corrected_shares(shots, track, held_out=errors(n_frames, generator))
        assert corrected is not None
        return float(np.mean([high - low for _, low, high in corrected["scales"].values()]))

    assert width(200, 600) < 0.7 * width(200, 60)
    assert width(200, 600) < 0.9 * width(15, 600)


def test_shares_do_not_depend_on_the_number_of_threads() -> None:
    shots, track, _ = film(default_held_out(), 50, np.random.default_rng(5))
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads, user_api="blas"):
            found.append(corrected_shares(shots, track))
    assert found[0] == found[1]


def test_only_the_default_networks_own_measurements_are_corrected() -> None:
    generator = np.random.default_rng(3)
    shots, track, _ = film(default_held_out(), 50, generator)
    checksum = load_model().description.checksum
    assert is_default(checksum)
    provenance = {"checksums": {"weights": checksum}}
    assert film_shares(shots, track, provenance) == corrected_shares(shots, track)
    assert film_shares(shots, track, {"checksums": {"weights": "0" * 64}}) is None
    assert film_shares(shots, track, {}) is None
    assert film_shares(shots, track, {**provenance, "corrections": {}}) is None
    assert film_shares(shots, track, {**provenance, "corrections": {"n_coded": 1}}) is None
    bounded = {**provenance, "corrections": {"n_coded": 0, "n_added": 2}}
    assert film_shares(shots, track, bounded) == corrected_shares(shots, track)
    assert film_shares(None, track, provenance) is None
    assert film_shares(shots, track[["time", "scale"]], provenance) is None
    groups_alone = make_scales(track["time"].to_numpy(), track[["p_close", "p_medium", "p_long"]].to_numpy())
    assert film_shares(shots, groups_alone, provenance) is None
    analysis = Film("film", shots, track, provenance=provenance)
    document = analysis.to_document()["scales"]
    assert document["corrected"] == corrected_shares(shots, track)
    assert sum(document["groups"].values()) == pytest.approx(1)
