"""The candidates' probabilities along a film, window by window."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from authorship.figures.canvas import new_figure, style
from authorship.figures.lettering import shortened
from authorship.figures.palette import NEUTRAL, director_colors, director_markers
from shotscale.numerals import counted

if TYPE_CHECKING:
    from authorship.rolling import Window

__all__ = ["draw_rolling"]

_WIDTH, _HEIGHT = 9.0, 3.8  # inches: a full page width
_MOST_KEYS = 12  # candidates whose colors can be told apart


def draw_rolling(windows: "Sequence[Window]", *, name: str) -> Figure:
    """Draw each candidate's probability against the middle of each window, in minutes; `name` is the film's.

    Examples
    --------
    >>> import pandas as pd
    >>> from authorship.attribution.attributor import Attributor
    >>> from shotscale.film import Film
    >>> from authorship.rolling import roll
    >>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    >>> figure = draw_rolling(roll(Film("long takes", shots), Attributor(), window=30, step=30), name="long takes")
    >>> figure.axes[0].get_ylabel()
    'probability'
    """
    middle = np.asarray([(window.start + window.end) / 120 for window in windows])
    of_window = [{one.name: one.probability for one in window.attribution.candidates} for window in windows]
    names = sorted(of_window[0], key=lambda one: -max(row[one] for row in of_window))
    colors, markers = director_colors(names), director_markers(names)
    with style():
        figure = new_figure(_WIDTH, _HEIGHT)
        axes = figure.add_axes((0.07, 0.14, 0.68, 0.72))
        for one in names:
            axes.plot(
                middle,
                [row[one] for row in of_window],
                color=colors[one],
                marker=markers[one],
                markersize=4,
                lw=1.6,
                label=shortened(one, 26),
            )
        axes.set(xlabel="middle of the window, minutes", ylabel="probability", ylim=(-0.03, 1.03))
        axes.grid(axis="y")
        axes.set_title(shortened(name, 50), loc="left", fontsize=10, weight="bold")
        fewest, most = min(w.n_shots for w in windows), max(w.n_shots for w in windows)
        shots = counted(most, "shot") if fewest == most else f"{fewest} to {most} shots"
        figure.text(0.75, 0.9, f"windows of {shots}", ha="right", fontsize=8, color=NEUTRAL)
        axes.legend(
            handles=axes.get_legend_handles_labels()[0][:_MOST_KEYS],
            loc="center left",
            bbox_to_anchor=(1.02, 0.5),
            fontsize=8,
        )
    return figure
