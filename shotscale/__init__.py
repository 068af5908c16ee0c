"""Shot scale and shot boundaries of a film: film in, two tables out.

Examples
--------
>>> import shotscale
>>> analysis = shotscale.analyze("film.mkv")  # doctest: +SKIP
>>> analysis.shots, analysis.scales  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shotscale.analysis import FilmAnalysis, analyze

__all__ = ["FilmAnalysis", "analyze"]


def __getattr__(name: str) -> Any:
    """Import the two public names when they are asked for, so that reading tables stays light."""
    if name in __all__:
        from shotscale import analysis

        return getattr(analysis, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
