"""Two films' shot lengths side by side: quantile profiles, densities, and their difference."""

from collections.abc import Sequence
from math import isnan
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from scipy.stats import gaussian_kde

from authorship.comparison.contrast import Contrast, Estimate, profile_band
from authorship.features.durations import QUANTILES
from authorship.figures.canvas import new_figure, style
from authorship.figures.lettering import shortened
from authorship.figures.palette import BUILTIN_COLORS, INK, NEUTRAL
from shotscale.numerals import level

__all__ = ["draw_comparison"]

Array = npt.NDArray[np.float64]

_COLORS = (BUILTIN_COLORS["Ingmar Bergman"], BUILTIN_COLORS["Béla Tarr"])
_LINES: tuple[Literal["-", "--"], ...] = ("-", "--")
_WIDTH, _HEIGHT = 9.0, 6.3  # inches: legible at the width of a printed page
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def draw_comparison(
    names: tuple[str, str], lengths: tuple[Array, Array], contrast: Contrast, *, what: str = "shot"
) -> Figure:
    """Draw two films' lengths (seconds) of shots, or of another unit named by `what`.

    Examples
    --------
    >>> from authorship.comparison.contrast import contrast_films
    >>> lengths = (np.array([2.0, 3.0, 9.0, 4.0]), np.array([1.0, 2.0, 2.0, 3.0]))
    >>> figure = draw_comparison(("A", "B"), lengths, contrast_films(*lengths, n_resamples=100))
    >>> len(figure.axes) > 0
    True
    """
    short = tuple(shortened(name, 80) for name in names)
    with style():
        figure = new_figure(_WIDTH, _HEIGHT)
        grid = figure.add_gridspec(
            2, 2, height_ratios=(3.2, 1), left=0.08, right=0.98, top=0.84, bottom=0.09, hspace=0.42, wspace=0.24
        )
        _profiles(figure.add_subplot(grid[0, 0]), lengths, contrast, what)
        _densities(figure.add_subplot(grid[0, 1]), lengths, what)
        _interval(
            figure.add_subplot(grid[1, 0]),
            contrast.delta,
            "Cliff's d = P(first longer) − P(second longer)",
            limits=(-1, 1),
        )
        _interval(figure.add_subplot(grid[1, 1]), contrast.difference, "Hodges–Lehmann difference, first − second, s")
        _key(figure, short, contrast, what)
    return figure


def _key(figure: Figure, names: Sequence[str], contrast: Contrast, what: str) -> None:
    for i, (name, n, color, line) in enumerate(zip(names, contrast.n_shots, _COLORS, _LINES, strict=True)):
        x, y = 0.08, 0.968 - 0.035 * i
        figure.add_artist(
            Line2D([x, x + 0.04], [y] * 2, color=color, linestyle=line, lw=2.2, transform=figure.transFigure)
        )
        # Marks of direction keep the number behind a name in Arabic or Hebrew.
        figure.text(x + 0.05, y, f"\u200e{name}\u200e  ({n} {what}s)", va="center", fontsize=9, weight="bold")
    figure.text(
        0.08,
        0.895,
        f"bands and bars: {level(contrast.confidence)} bootstrap intervals, the {what}s resampled, "
        f"seed {contrast.seed}",
        va="center",
        fontsize=7.5,
        color=NEUTRAL,
    )


def _profiles(axes: Axes, lengths: tuple[Array, Array], contrast: Contrast, what: str) -> None:
    shares = 100 * np.asarray(QUANTILES)
    for values, color, line in zip(lengths, _COLORS, _LINES, strict=True):
        middle, low, high = profile_band(
            values, np.asarray(QUANTILES), confidence=contrast.confidence, seed=contrast.seed
        )
        axes.fill_between(shares, low, high, color=color, alpha=0.2, linewidth=0)
        axes.plot(shares, middle, color=color, linestyle=line, linewidth=1.6)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(visible=True)
    axes.set_xlabel(f"share of {what}s that are shorter, %")
    axes.set_ylabel(f"{what} length, s")
    axes.set_title("Quantile profiles", fontsize=9, loc="left")


def _densities(axes: Axes, lengths: tuple[Array, Array], what: str) -> None:
    """Draw kernel densities of the logarithms, bandwidth by Scott's rule."""
    logs = [np.log10(values) for values in lengths]
    low, high = min(part.min() for part in logs) - 0.25, max(part.max() for part in logs) + 0.25
    places = np.linspace(low, high, 400)
    for part, color, line in zip(logs, _COLORS, _LINES, strict=True):
        if np.ptp(part) > 0:
            density = gaussian_kde(part)(places)
            axes.fill_between(places, density, color=color, alpha=0.15, linewidth=0)
            axes.plot(places, density, color=color, linestyle=line, linewidth=1.6)
        axes.axvline(float(np.median(part)), color=color, linestyle=line, linewidth=0.8)
    ticks = [value for value in (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000) if low <= np.log10(value) <= high]
    axes.set_xticks([float(np.log10(value)) for value in ticks], [f"{value:g}" for value in ticks])
    axes.set_xlim(low, high)
    axes.set_ylim(bottom=0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{what} length, s (logarithmic); thin lines: medians")
    axes.set_title("Densities", fontsize=9, loc="left")


def _interval(axes: Axes, estimate: Estimate, title: str, *, limits: tuple[float, float] | None = None) -> None:
    axes.axvline(0, color=NEUTRAL, linewidth=0.8)
    axes.plot([estimate.low, estimate.high], [0, 0], color=INK, linewidth=2)
    axes.plot([estimate.value], [0], marker="o", color=INK, markersize=6, clip_on=False)
    if limits is None:
        reach = 1.3 * float(np.nanmax(np.abs([estimate.value, estimate.low, estimate.high, 1e-3])))
        limits = (-reach, reach)
    axes.set_xlim(limits)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title(title, fontsize=9, loc="left")
    span = "no interval" if isnan(estimate.low) else f"{estimate.low:.2f} to {estimate.high:.2f}"
    text = f"{estimate.value:.2f}  ({span})".replace("-", "−")
    axes.text(0.5, 0.86, text, transform=axes.transAxes, ha="center", va="center", fontsize=9, bbox=_PAPER)
