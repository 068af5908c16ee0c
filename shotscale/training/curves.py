"""The log of a training run as a table and as a picture of its curves."""

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

from shotscale.files import atomic_path
from shotscale.training.loop import StepReport

__all__ = ["draw_curves", "log_table", "save_curves"]

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

    Parameters
    ----------
    log : sequence of StepReport
        Of a run, or of a run and the one on all frames after it, which begins at its first step again.

    Returns
    -------
    pandas.DataFrame
        ``phase`` (1, then 2 on all frames), ``step`` within it, ``loss`` of the examples learnt from since the row
        above, and ``validation_loss``, ``accuracy``, ``macro_f1`` on the validation frames, NaN where not measured.
    """
    steps = np.asarray([entry.step for entry in log], np.intp)
    phase = 1 + np.cumsum(np.diff(steps, prepend=0) <= 0)
    held = {name: [entry.validation.get(name, np.nan) for entry in log] for name in ("loss", "accuracy", "macro_f1")}
    return pd.DataFrame(
        {
            "phase": phase,
            "step": steps,
            "loss": np.asarray([entry.loss for entry in log], np.float64),
            "validation_loss": np.asarray(held["loss"], np.float64),
            "accuracy": np.asarray(held["accuracy"], np.float64),
            "macro_f1": np.asarray(held["macro_f1"], np.float64),
        }
    )


def draw_curves(table: pd.DataFrame, *, title: str) -> Figure:
    """Draw a run's curves: the two losses, and accuracy and macro-F1 on the validation frames.

    Parameters
    ----------
    table : pandas.DataFrame
        As `log_table` gives it.
    title : str
        What was trained.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)  # type: ignore[arg-type]
        figure = Figure(figsize=(6.4, 5.2), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        losses, figures = figure.subplots(2, 1, sharex=True)
        steps = _steps(table)
        _line(
            losses, steps, table["loss"], color=_LEARNT, marker="", label="examples learnt from, seven scales and three"
        )
        _line(
            losses, steps, table["validation_loss"], color=_HELD, marker="o", label="validation frames, three classes"
        )
        losses.set_ylabel("loss")
        losses.set_ylim(bottom=0)
        _line(figures, steps, table["accuracy"], color=_HELD, marker="o", label="accuracy")
        _line(figures, steps, table["macro_f1"], color=_F1, marker="s", label="macro-F1")
        figures.set(ylabel="validation, three classes", xlabel="steps", ylim=(0, 1))
        for axes in (losses, figures):
            axes.grid(visible=True)
            axes.legend(loc="best", fontsize=8)
            _mark_phases(axes, table, steps)
        losses.set_title(title, loc="left", fontsize=10)
    return figure


def save_curves(table: pd.DataFrame, path: str | os.PathLike[str], *, title: str) -> None:
    """Draw a run's curves into a PNG file, atomically."""
    figure = draw_curves(table, title=title)
    about = {"Title": title, "Software": f"film-authorship {version('film-authorship')}"}
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=160, metadata=about)


def _steps(table: pd.DataFrame) -> Floats:
    """Count the steps of the second phase on from the end of the first."""
    first = table.loc[table["phase"] == 1, "step"]
    steps: Floats = (table["step"] + np.where(table["phase"] > 1, first.max(), 0)).to_numpy(np.float64)
    return steps


def _line(axes: Axes, steps: Floats, values: pd.Series, *, color: str, marker: str, label: str) -> None:
    known = values.notna().to_numpy()
    axes.plot(steps[known], values[known].to_numpy(), color=color, marker=marker, markersize=4, label=label)


def _mark_phases(axes: Axes, table: pd.DataFrame, steps: Floats) -> None:
    later = table["phase"].to_numpy() > 1
    if later.any() and not later.all():
        end = float(steps[~later].max())
        axes.axvline(end, color=_LEARNT, linestyle=":", linewidth=1)
        axes.annotate(
            "on all frames",
            (end, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=7,
            color=_LEARNT,
        )
