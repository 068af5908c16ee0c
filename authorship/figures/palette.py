"""One color and one marker per director, the same in every figure.

Conventions
-----------
The six directors of the built-in reference have one fixed color each. Other names (or periods, countries ...) are
assigned theirs in alphabetical order from a second scheme, so that the same set of names has the same colors in every
run; beyond its length colors repeat with another marker, and figures that must tell so many apart print the names
beside them. Colors are ``#rrggbb``, markers are matplotlib's.

Source: Okabe and Ito 2008, Color Universal Design (the six); Tol 2021, SRON technical note SRON/EPS/TN/09-002, the
scheme 'muted' (the others). Both are distinguishable under protanopia, deuteranopia and tritanopia.
"""

from collections.abc import Iterable

from authorship.names import fold_name

__all__ = ["BUILTIN_COLORS", "INK", "NEUTRAL", "OTHER_COLORS", "director_colors", "director_markers"]

BUILTIN_COLORS: dict[str, str] = {
    "Béla Tarr": "#D55E00",
    "Federico Fellini": "#E69F00",
    "Ingmar Bergman": "#0072B2",
    "Jean-Luc Godard": "#CC79A7",
    "Martin Scorsese": "#009E73",
    "Michelangelo Antonioni": "#56B4E9",
}
"""The directors of the built-in reference: vermilion, orange, blue, purple, green, sky blue."""

OTHER_COLORS: tuple[str, ...] = (
    "#332288",
    "#999933",
    "#882255",
    "#44AA99",
    "#CC6677",
    "#117733",
    "#DDCC77",
    "#AA4499",
    "#88CCEE",
)
"""Colors assigned to other names in turn."""

NEUTRAL = "#6E6E6E"
"""For anything without a director: the film in question, baselines, all films together."""

INK = "#222222"
"""For text and axes."""

_BUILTIN_MARKERS = ("o", "s", "^", "D", "v", "P")
_OTHER_MARKERS = ("X", "<", ">", "h", "p", "*", "d", "8", "H", "o", "s", "^")


def director_colors(names: Iterable[str]) -> dict[str, str]:
    """Return a color for each name, in alphabetical order; spelling variants (``Bela Tarr``) share one.

    Examples
    --------
    >>> director_colors(["Chantal Akerman", "Bela Tarr", "Béla Tarr"])
    {'Bela Tarr': '#D55E00', 'Béla Tarr': '#D55E00', 'Chantal Akerman': '#332288'}
    """
    return {name: _builtin(name) or OTHER_COLORS[place % len(OTHER_COLORS)] for name, place in _places(names).items()}


def director_markers(names: Iterable[str]) -> dict[str, str]:
    """Return a marker for each name, so that figures can also be read without color.

    Examples
    --------
    >>> director_markers(["Ingmar Bergman", "Chantal Akerman"])
    {'Chantal Akerman': 'X', 'Ingmar Bergman': '^'}
    """
    fixed = dict(zip(map(fold_name, BUILTIN_COLORS), _BUILTIN_MARKERS, strict=True))
    return {
        name: fixed.get(fold_name(name), _OTHER_MARKERS[place % len(_OTHER_MARKERS)])
        for name, place in _places(names).items()
    }


def _builtin(name: str) -> str | None:
    return {fold_name(known): color for known, color in BUILTIN_COLORS.items()}.get(fold_name(name))


def _places(names: Iterable[str]) -> dict[str, int]:
    """Return a number for each name without a fixed color (0 for others); spelling variants share one."""
    unique = sorted(set(names))
    others = sorted({fold_name(name) for name in unique if _builtin(name) is None})
    return {name: others.index(fold_name(name)) if _builtin(name) is None else 0 for name in unique}
