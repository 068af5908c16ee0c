"""The features of gaps: the shipped models depend on them, so no change may go unnoticed."""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.boundaries.clips import Clip
from shotscale.boundaries.examples import examine
from shotscale.boundaries.features import feature_names

KNOWN = Path(__file__).with_name("features.csv")
"""Mean and standard deviation of every feature over the gaps of `film`; running this module writes the file."""


@cache
def film() -> Clip:
    """Make 160 thumbnails of moving waves and noise: a cut, a dissolve, a fade through black, a flash, a fast pan."""
    rng = np.random.default_rng(15)
    rows, columns = np.mgrid[:27, :48].astype(np.float64)

    def shot(speed: float) -> npt.NDArray[np.float64]:
        waves, phases, tint = rng.uniform(0.05, 0.5, (3, 2)), rng.uniform(0, 6, 3), rng.uniform(40, 100, 3)
        place = (columns + speed * np.arange(60)[:, None, None])[..., None]
        return tint * (1.2 + np.sin(waves[:, 0] * place + phases) * np.cos(waves[:, 1] * rows[..., None]))

    first, second, third, fourth = (shot(speed) for speed in (0.1, 0.6, 0.0, 3.0))
    share = np.linspace(0, 1, 20)[:, None, None, None]
    dissolve = (1 - share) * second[20:40] + share * third[:20]
    fade = np.concatenate([third[30:40] * (1 - share[::2]), fourth[:10] * share[::2]])
    frames = np.concatenate([first[:40], second[:20], dissolve, third[20:30], fade, fourth[10:60]])
    frames[15:17] += 150
    noisy = frames + rng.normal(0, 2, frames.shape)
    return Clip(
        name="waves",
        times=np.arange(len(frames)) / 25,
        thumbnails=np.clip(noisy, 0, 255).astype(np.uint8),
        transitions=np.array([[39, 40], [59, 80], [89, 110]]),
    )


def summary() -> pd.DataFrame:
    features = examine(film()).features.astype(np.float64)
    return pd.DataFrame({"feature": feature_names(), "mean": features.mean(axis=0), "spread": features.std(axis=0)})


def test_every_feature_is_what_the_models_were_fitted_to() -> None:
    known, found = pd.read_csv(KNOWN), summary()
    assert found["feature"].tolist() == known["feature"].tolist()
    # Single-precision sums differ between machines in the sixth digit; a changed feature differs in the third.
    off = ~np.isclose(found[["mean", "spread"]], known[["mean", "spread"]], rtol=1e-3, atol=1e-5).all(axis=1)
    assert found["feature"][off].tolist() == []


if __name__ == "__main__":
    summary().to_csv(KNOWN, index=False, float_format="%.6g")
