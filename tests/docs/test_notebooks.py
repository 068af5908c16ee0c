"""The notebooks run from an empty folder, reproduce their stored output, and hold pictures but no machine traces."""

from pathlib import Path

import pytest

notebooks = pytest.importorskip("notebooks", reason="notebooks need what the extra docs brings", exc_type=ImportError)
pages = pytest.importorskip("pages", exc_type=ImportError)

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NAMES = ["shot_scales.ipynb", "leave_one_film_out.ipynb"]


def test_these_are_all() -> None:
    assert sorted(NAMES) == sorted(path.name for path in FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_prints_what_is_stored(name: str, tmp_path: Path) -> None:
    old, new = notebooks.texts(FOLDER / name, tmp_path, write=False)
    assert pages.differences(old, new) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_carries_pictures_and_nothing_of_a_machine(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert len(text) < 1_000_000
    assert text.count('"image/png"') >= 1
    for trace in ("/home/", "/root/", "/tmp/", "/work/", "site-packages", "Traceback", "execution_state"):
        assert trace not in text
