"""Measure a film's shot boundaries and shot scales, as two tables.

Examples
--------
>>> import shotscale
>>> film = shotscale.analyze("film.mkv")  # doctest: +SKIP
>>> film.shots, film.scales  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shotscale.analysis import analyze
    from shotscale.film import Film
    from shotscale.opening import load_analysis

__all__ = ["Film", "analyze", "load_analysis"]

_HOMES = {"Film": "film", "analyze": "analysis", "load_analysis": "opening"}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that reading tables loads no heavy libraries."""
    if name in _HOMES:
        return getattr(import_module(f"shotscale.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
