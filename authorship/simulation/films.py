"""One simulated film: shots with given summary figures of their lengths, and a scale for each shot."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import least_squares
from scipy.special import ndtri

from authorship.simulation.styles import Style
from authorship.versions import software
from shotscale.film import Film
from shotscale.scales import SCALES, ShotScale
from shotscale.tables import make_scales, make_shots

Array = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

_FRAME = 0.04  # seconds: 25 frames per second
_SHORTEST = 5 * _FRAME  # about the shortest shot that viewers perceive
_FEWEST = 20  # shots; with fewer, median and deviation cannot be matched
_LIKENESS = 0.25  # autocorrelation of neighboring shots' lengths, about the median of 134 Hollywood films
_ALIKE = 80.0  # Dirichlet concentration: how closely a film keeps to its style's shares
# shares of shots; made up
_OUTSIDE = ((ShotScale.FOREGROUND_SHOT, 0.03), (ShotScale.INSERT_SHOT, 0.03), (ShotScale.NOT_AVAILABLE, 0.01))
_CERTAINTY = 0.8  # the simulated network's probability of the true scale; neighbors share the rest


@dataclass(frozen=True)
class Figures:
    """Average and median shot length and standard deviation, in seconds."""

    average: float
    median: float
    sd: float


@dataclass(frozen=True, eq=False)
class SimulatedFilm:
    """A simulated film: its style's name, a shot table, and the scale of each shot."""

    style: str
    shots: pd.DataFrame
    scales: tuple[ShotScale, ...]

    def annotation(self) -> pd.DataFrame:
        """Return what a coder would write: ``time`` (one row per second) and ``scale`` (abbreviations)."""
        times, scales = self._by_second()
        return pd.DataFrame({"time": times, "scale": [scale.abbreviation for scale in scales]})

    def track(self) -> pd.DataFrame:
        """Return a scale track like a network's: never certain, and medium where a coder sees none of the seven."""
        times, scales = self._by_second()
        middle = SCALES.index(ShotScale.MEDIUM_SHOT)
        ranks = np.asarray([SCALES.index(scale) if scale in SCALES else middle for scale in scales])
        apart = np.abs(ranks[:, np.newaxis] - np.arange(len(SCALES)))
        probabilities = np.where(apart == 0, _CERTAINTY, 0.0)
        near = apart == 1
        probabilities += (1 - _CERTAINTY) * near / near.sum(axis=1, keepdims=True)
        return make_scales(times, probabilities)

    def save(self, folder: Path, *, seed: int, limit: str) -> None:
        """Save it as an analysis that is marked as simulated."""
        Film(
            path=f"{folder.name} (simulated)",
            shots=self.shots,
            scales=self.track(),
            info={"duration": float(self.shots["end"].iloc[-1])},
            provenance={"versions": software(), "checksums": {}, "settings": {"simulated": True, "seed": seed}},
            limits=(limit,),
        ).save(folder)

    def _by_second(self) -> tuple[Array, list[ShotScale]]:
        starts, end = self.shots["start"].to_numpy(np.float64), float(self.shots["end"].iloc[-1])
        times = np.arange(0.0, end)
        return times, [self.scales[shot] for shot in np.searchsorted(starts, times, side="right") - 1]


def simulate_film(
    style: Style, figures: Figures, *, running_time: float, generator: np.random.Generator, outside: bool = True
) -> SimulatedFilm:
    """Draw a film of about `running_time` seconds.

    The shot lengths have the figures' average, median and standard deviation, except for rounding to frames and, if no
    such distribution has all three, a few per cent. With `outside`, some shots are foreground shots, inserts or not
    available, as in real codings.

    Examples
    --------
    >>> from authorship.simulation.styles import STYLES
    >>> made = simulate_film(STYLES[1], Figures(8.0, 5.2, 8.5), running_time=6000, generator=np.random.default_rng(0))
    >>> lengths = made.shots["end"] - made.shots["start"]
    >>> len(lengths), *(round(float(figure), 2) for figure in (lengths.mean(), lengths.median(), lengths.std()))
    (750, 8.0, 5.2, 8.5)
    """
    n_shots = max(_FEWEST, round(running_time / figures.average))
    ranks = draw_scales(style, n_shots, generator=generator)
    lengths = draw_lengths(figures, ranks, coupling=style.coupling, generator=generator)
    ends = np.cumsum(np.maximum(np.round(lengths / _FRAME), round(_SHORTEST / _FRAME))) * _FRAME
    scales = [SCALES[rank] for rank in ranks]
    if outside:
        scales = _with_outsiders(scales, generator)
    shots = make_shots(np.concatenate([[0.0], ends[:-1]]).round(6), float(ends[-1].round(6)))
    return SimulatedFilm(style.name, shots, tuple(scales))


def draw_scales(style: Style, n_shots: int, *, generator: np.random.Generator) -> Ranks:
    """Draw a walk along the style's chain, as ranks in `SCALES`, shape (n_shots,)."""
    shares = generator.dirichlet(_ALIKE * np.asarray(style.shares))
    edges = style.transitions(shares, np.arange(n_shots) / n_shots).cumsum(axis=2)
    draws = generator.random(n_shots)
    ranks = np.empty(n_shots, np.int64)
    ranks[0] = generator.choice(len(SCALES), p=shares)
    for shot in range(1, n_shots):
        ranks[shot] = min(int(edges[shot, ranks[shot - 1]].searchsorted(draws[shot])), len(SCALES) - 1)
    return ranks


def draw_lengths(figures: Figures, ranks: Ranks, *, coupling: float, generator: np.random.Generator) -> Array:
    """Draw shot lengths in seconds, shape (n,), with the given figures, correlated with neighbors and shot scale.

    The logarithms have a skewed normal distribution (Tukey's g), whose width and skew are solved for so that average
    and standard deviation match; a lognormal could match only one of the two.
    """
    n = len(ranks)
    noise = np.empty(n)
    noise[0] = generator.normal()
    for shot in range(1, n):
        noise[shot] = _LIKENESS * noise[shot - 1] + np.sqrt(1 - _LIKENESS**2) * generator.normal()
    order = noise + coupling * (ranks - ranks.mean()) / max(float(ranks.std()), 1e-9)
    scores = ndtri((order.argsort().argsort() + 0.5) / n)
    width = np.sqrt(2 * np.log(max(figures.average / figures.median, 1.02)))

    def mismatch(free: Array) -> Array:
        lengths = figures.median * _shape(scores, *free)
        return np.log([lengths.mean() / figures.average, lengths.std(ddof=1) / figures.sd])

    solved = least_squares(mismatch, (width, -0.05), bounds=((0.01, -1.5), (5.0, 1.5)))
    return np.asarray(figures.median * _shape(scores, *solved.x), np.float64)


def _shape(scores: Array, width: float, skew: float) -> Array:
    """Return lengths of median 1."""
    bent = scores if abs(skew) < 1e-6 else np.expm1(skew * scores) / skew
    lengths = np.exp(np.minimum(width * bent, 12.0))
    return np.asarray(lengths / np.median(lengths), np.float64)


def _with_outsiders(scales: list[ShotScale], generator: np.random.Generator) -> list[ShotScale]:
    """Replace the scale of some shots, and always of the first (titles), by one outside the order of scales."""
    drawn = generator.random(len(scales))
    edges = np.cumsum([share for _, share in _OUTSIDE])
    which = np.searchsorted(edges, drawn, side="right")
    marked = [_OUTSIDE[k][0] if k < len(_OUTSIDE) else scale for k, scale in zip(which, scales, strict=True)]
    return [ShotScale.NOT_AVAILABLE, *marked[1:]]
