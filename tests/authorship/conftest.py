"""The texts that a figure shows, for tests of overlaps."""

from collections.abc import Callable

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


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
