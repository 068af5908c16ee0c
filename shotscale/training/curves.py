"""The log of a training run as a table and as plotted curves."""

import os
from collections.abc import Sequence
from importlib.metadata import version

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from shotscale.files import atomic_path
from shotscale.training.recipe import StepReport

Floats = npt.NDArray[np.float64]

_STYLE: dict[str, object] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "legend.frameon": False,
}
_LEARNT, _HELD, _F1 = "#6E6E6E", "#0072B2", "#D55E00"


def log_table(log: Sequence[StepReport]) -> pd.DataFrame:
    """Return a run's log as a table.

    The log may include a second run, on all frames, whose steps start over. Columns are ``phase`` (1, then 2 on all
    frames), ``step`` within it, ``loss`` on the training examples since the row above, and ``validation_loss``,
    ``accuracy``, ``macro_f1`` on the validation frames, NaN if not measured.
    """
    steps = np.asarray([entry.step for entry in log], np.intp)
    columns = {"phase": 1 + np.cumsum(np.diff(steps, prepend=0) <= 0), "step": steps}
    figures = {"loss": [entry.loss for entry in log]}
    for column, name in (("validation_loss", "loss"), ("accuracy", "accuracy"), ("macro_f1", "macro_f1")):
        figures[column] = [entry.validation.get(name, np.nan) for entry in log]
    return pd.DataFrame({**columns, **{name: np.asarray(values, np.float64) for name, values in figures.items()}})


def draw_curves(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw a run's `log_table`: the two losses, and accuracy and macro-F1 on the validation frames."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)  # type: ignore[arg-type]
        figure = Figure(figsize=(6.4, 5.2), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        losses, figures = figure.subplots(2, 1, sharex=True)
        steps = _steps(table)
        for axes, name, color, marker, label in (
            (losses, "loss", _LEARNT, "", "training examples, seven and three classes"),
            (losses, "validation_loss", _HELD, "o", "validation frames, three classes"),
            (figures, "accuracy", _HELD, "o", "accuracy"),
            (figures, "macro_f1", _F1, "s", "macro-F1"),
        ):
            known = table[name].notna()
            axes.plot(steps[known], table[name][known], color=color, marker=marker, markersize=4, label=label)
        losses.set_ylabel("loss")
        losses.set_ylim(bottom=0)
        figures.set(ylabel="validation, three classes", xlabel="steps", ylim=(0, 1))
        for axes in (losses, figures):
            axes.grid(visible=True)
            axes.legend(loc="best", fontsize=8)
            _mark_phases(axes, table, steps)
        losses.set_title(title, loc="left", fontsize=10)
    return figure


def save_curves(table: pd.DataFrame, path: str | os.PathLike[str], *, title: str) -> None:
    """Save a run's curves as a PNG file, atomically."""
    figure = draw_curves(table, title=title)
    about = {"Title": title, "Software": f"film-authorship {version('film-authorship')}"}
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=160, metadata=about)


def _steps(table: pd.DataFrame) -> Floats:
    """Return the steps, those of the second phase counted on from the end of the first."""
    first = table.loc[table["phase"] == 1, "step"]
    steps: Floats = (table["step"] + np.where(table["phase"] > 1, first.max(), 0)).to_numpy(np.float64)
    return steps


def _mark_phases(axes: Axes, table: pd.DataFrame, steps: Floats) -> None:
    later = table["phase"].to_numpy() > 1
    if later.any() and not later.all():
        end = float(steps[~later].max())
        axes.axvline(end, color=_LEARNT, linestyle=":", linewidth=1)
        place = axes.get_xaxis_transform() + ScaledTranslation(4 / 72, 0, axes.figure.dpi_scale_trans)
        axes.text(end, 0.02, "on all frames", transform=place, fontsize=7, color=_LEARNT)
