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

from collections.abc import Iterable, Sequence

from authorship.names import fold_name

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
    return _assigned(names, BUILTIN_COLORS.values(), OTHER_COLORS)


def director_markers(names: Iterable[str]) -> dict[str, str]:
    """Return a marker for each name, so that figures can also be read without color.

    Examples
    --------
    >>> director_markers(["Ingmar Bergman", "Chantal Akerman"])
    {'Chantal Akerman': 'X', 'Ingmar Bergman': '^'}
    """
    return _assigned(names, _BUILTIN_MARKERS, _OTHER_MARKERS)


def _assigned(names: Iterable[str], fixed: Iterable[str], others: Sequence[str]) -> dict[str, str]:
    """Give each name the look fixed for it, or the next of the others; spelling variants share one."""
    looks = dict(zip(map(fold_name, BUILTIN_COLORS), fixed, strict=True))
    folded = {name: fold_name(name) for name in sorted(set(names))}
    strangers = sorted(set(folded.values()) - looks.keys())
    looks |= {name: others[place % len(others)] for place, name in enumerate(strangers)}
    return {name: looks[key] for name, key in folded.items()}
