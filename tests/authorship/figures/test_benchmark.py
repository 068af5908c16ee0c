"""The figures of a benchmark: complete, legible for any candidates, identical for identical results."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from authorship.figures.benchmark import draw_accuracy, draw_confusion, draw_reliability, save_benchmark_figures
from authorship.validation.leave_one_out import SELECTED
from authorship.validation.metrics import score

DRAWINGS = (draw_accuracy, draw_confusion, draw_reliability)


def result(names: list[str], *, groups: tuple[str, ...], simulated: bool = False) -> dict[str, Any]:
    """Return a benchmark result for random answers on three films per director."""
    generator = np.random.default_rng(0)
    truth = np.repeat(np.arange(len(names)), 3)
    rows = [
        {
            "classifier": classifier,
            "features": group,
            "n_features": 3,
            **score(generator.dirichlet(np.ones(len(names)) / 2, len(truth)), truth, sorted(names)),
        }
        for group in groups
        for classifier in ("linear support vectors", "Burrows' Delta", SELECTED)
    ]
    notes = ["SIMULATED: 9 of the reference's 9 films were drawn at random; this says nothing of anyone."]
    return {
        "selected": rows[-1],
        "results": rows,
        "baselines": {"majority": {"accuracy": 0.33}, "year": None},
        "reference": {"name": "made-up films", "label": "director", "notes": notes if simulated else []},
    }


@pytest.fixture(scope="module")
def few() -> dict[str, Any]:
    return result(
        ["Béla Tarr", "Agnès Varda", "Chantal Akerman"], groups=("durations", "distributions", "all"), simulated=True
    )


@pytest.fixture(scope="module")
def many() -> dict[str, Any]:
    return result([f"A director of a rather long name, the {number}th" for number in range(8)], groups=("durations",))


@pytest.fixture(scope="module")
def long() -> dict[str, Any]:
    return result(["Jean-Marie Straub, Danièle Huillet", "A director of the longest name " * 3], groups=("durations",))


def words(figure: Figure) -> list[Text]:
    FigureCanvasAgg(figure).draw()
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("size", ["few", "many", "long"])
def test_nothing_is_cut_off(draw: Any, size: str, request: pytest.FixtureRequest) -> None:
    figure = draw(request.getfixturevalue(size))
    for text in words(figure):
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
        assert inside, (text.get_text(), box, figure.bbox)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_title_and_source_touch_nothing(draw: Any, few: dict[str, Any]) -> None:
    figure = draw(few)
    texts = words(figure)
    own = [text for text in texts if text in figure.texts]
    assert len(own) >= 2
    for text in own:
        for other in texts:
            if other is not text:
                assert not text.get_window_extent().overlaps(other.get_window_extent()), (text, other)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_simulated_films_are_called_so(draw: Any, few: dict[str, Any], many: dict[str, Any]) -> None:
    assert any("SIMULATED" in text.get_text() for text in words(draw(few)))
    assert not any("SIMULATED" in text.get_text() for text in words(draw(many)))


def test_the_pictures_hold_the_figures(few: dict[str, Any]) -> None:
    shown = {text.get_text() for text in words(draw_confusion(few))}
    for row in few["selected"]["confusion"]:
        assert {str(count) for count in row if count} <= shown
    recall = few["selected"]["per_class"]["Béla Tarr"]["recall"]
    assert f"Béla Tarr  ({recall:.2f})" in shown
    panels = draw_accuracy(few).axes
    assert [panel.get_title().split("\n")[0] for panel in panels] == ["durations", "distributions", "all"]
    drawn = {line.get_xdata()[0] for line in panels[0].lines if len(line.get_xdata()) == 1}
    asked = {row["accuracy"] for row in few["results"] if row["features"] == "durations"}
    assert drawn == asked


def test_markers_at_the_ends_are_whole() -> None:
    every = result(["Béla Tarr", "Agnès Varda", "Chantal Akerman"], groups=("durations", "all"))
    rows = [{**row, "accuracy": place % 2, "interval": [0.0, 1.0]} for place, row in enumerate(every["results"])]
    figure = draw_accuracy({**every, "results": rows})
    FigureCanvasAgg(figure).draw()
    for panel in figure.axes:
        frame = panel.get_window_extent()
        for line in panel.lines:
            if line.get_marker() not in ("None", None, ""):
                reach = line.get_markersize() * figure.dpi / 72 / 2
                x = panel.transData.transform((line.get_xdata()[0], 0))[0]
                assert frame.x0 <= x - reach
                assert x + reach <= frame.x1


def test_many_groups_stand_in_rows() -> None:
    groups = tuple(f"durations + distributions + group {number}" for number in range(11))
    figure = draw_accuracy(result(["Béla Tarr", "Agnès Varda"], groups=groups))
    assert figure.get_figwidth() < 18
    for text in words(figure):
        box = text.get_window_extent()
        assert box.x0 >= -1
        assert box.x1 <= figure.bbox.x1 + 1


def test_the_same_result_gives_the_same_files(few: dict[str, Any], tmp_path: Path) -> None:
    again = json.loads(json.dumps(few))
    first, second = save_benchmark_figures(few, tmp_path / "a"), save_benchmark_figures(again, tmp_path / "b")
    assert sorted(path.name for path in first) == sorted(
        f"{name}.{kind}" for name in ("accuracy", "confusion", "reliability") for kind in ("png", "svg")
    )
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert "Béla Tarr" in (tmp_path / "a" / "confusion.svg").read_text(encoding="utf-8")


def test_no_window_and_no_global_state() -> None:
    code = "import sys, authorship.figures.benchmark; assert 'matplotlib.pyplot' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
