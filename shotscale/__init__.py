"""Shot scale and shot boundaries of a film: film in, two tables out.

Examples
--------
>>> import shotscale
>>> analysis = shotscale.analyze("film.mkv")  # doctest: +SKIP
>>> analysis.shots, analysis.scales  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shotscale.analysis import analyze
    from shotscale.film import FilmAnalysis
    from shotscale.opening import load_analysis

__all__ = ["FilmAnalysis", "analyze", "load_analysis"]

_HOMES = {"FilmAnalysis": "film", "analyze": "analysis", "load_analysis": "opening"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for, so that reading tables stays light."""
    if name in _HOMES:
        return getattr(import_module(f"shotscale.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
