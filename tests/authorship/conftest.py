"""The program's own attributor, and the texts that a figure shows, for tests that they are on the page and apart."""

from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from authorship.attribution.attributor import Attributor


@pytest.fixture(scope="session")
def attributor() -> Attributor:
    return Attributor()


def shown_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return every visible text with its box in pixels; matplotlib keeps but hides labels of ticks off the axis."""
    FigureCanvasAgg(figure).draw()
    beyond: set[Text] = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        slack = 1e-9 * (high - low)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low - slack <= float(tick.get_loc()) <= high + slack:
                beyond |= {tick.label1, tick.label2}
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text not in beyond]
    return [
        (text.get_text(), text.get_window_extent()) for text in texts if text.get_visible() and text.get_text().strip()
    ]


@pytest.fixture
def text_boxes() -> Callable[[Figure], list[tuple[str, Bbox]]]:
    return shown_texts


@pytest.fixture
def assert_clean() -> Callable[..., None]:
    """Return a check that no text is cut off by the page or overlaps another."""

    def look(figure: Figure, *, at_least: int) -> None:
        boxes = shown_texts(figure)
        assert len(boxes) >= at_least
        width, height = figure.get_size_inches() * figure.dpi
        outside = [text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
        assert outside == []
        meeting = [(a[0], b[0]) for a, b in combinations(boxes, 2) if a[1].overlaps(b[1])]
        assert meeting == []

    return look
