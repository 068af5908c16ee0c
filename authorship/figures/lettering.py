"""Titles short enough for a figure and colors dark enough to read."""

_MOST = 40  # letters: no title of the built-in reference, with its year, is cut
_DARKEST = 0.18  # relative luminance: (1 + 0.05) / (0.18 + 0.05) is WCAG's 4.5
_GAMMA = 2.2  # approximates sRGB's transfer curve


def shortened(title: str, most: int = _MOST) -> str:
    """Cut a title that is too long for a label.

    Examples
    --------
    >>> shortened("The Texas Chain Saw Massacre", 12)
    'The Texas C…'
    """
    title = " ".join(title.split())
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"


def darker(color: str) -> tuple[float, float, float]:
    """Darken a color ``#rrggbb`` until small letters in it are legible on white: contrast 4.5 or more.

    WCAG 2 relative luminance is limited to 0.18, with gamma taken as 2.2.

    Examples
    --------
    >>> darker("#000000"), max(darker("#ffffff")) < 0.5
    ((0.0, 0.0, 0.0), True)
    """
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    luminance = 0.2126 * red**_GAMMA + 0.7152 * green**_GAMMA + 0.0722 * blue**_GAMMA
    factor = min(1.0, (_DARKEST / max(luminance, 1e-9)) ** (1 / _GAMMA))
    return red * factor, green * factor, blue * factor
