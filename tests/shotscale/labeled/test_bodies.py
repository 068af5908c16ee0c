import json
from pathlib import Path

import pytest
from PIL import Image

from shotscale.errors import OptionError, TableError
from shotscale.labeled.bodies import read_bodies
from shotscale.labeled.sources import load_source

POINTS = [[0.5, 0.25, 0.9]] * 17


def write_points(path: Path, file: str = "a.jpg") -> Path:
    path.write_text(json.dumps({"file": file, "people": [{"score": 0.5, "points": POINTS}]}) + "\n")
    return path


def test_points_are_turned_from_the_padded_square_into_the_frame(tmp_path: Path) -> None:
    file = write_points(tmp_path / "points.jsonl")
    wide, tall = (read_bodies(file, {"a.jpg": shape})["a.jpg"][0] for shape in ((200, 100), (100, 200)))
    assert wide.points[0].tolist() == [0.25, 0.5, 0.9]
    assert tall.points[0].tolist() == [0.0, 0.5, 0.9]


@pytest.mark.parametrize(
    "line", ['{"file": "a.jpg"}', "no json", '{"file": "a.jpg", "people": [{"score": 1, "points": [[0, 0, 0]]}]}']
)
def test_a_line_that_holds_no_points_is_named(tmp_path: Path, line: str) -> None:
    file = write_points(tmp_path / "points.jsonl")
    file.write_text(file.read_text() + line)
    with pytest.raises(TableError, match="line 2: no body points"):
        read_bodies(file, {"a.jpg": (100, 100)})
    with pytest.raises(TableError, match="no such file"):
        read_bodies(tmp_path / "none.jsonl", {})


def test_a_frames_table_takes_its_bodies(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (200, 100)).save(tmp_path / name)
    (tmp_path / "frames.csv").write_text("file,scale,width,height\na.jpg,CU,200,100\nb.jpg,LS,200,100\n")
    file = write_points(tmp_path / "points.jsonl")
    table = load_source(tmp_path, keypoints=file).table
    assert [len(people) for people in table["bodies"]] == [1, 0]
    (tmp_path / "frames.csv").write_text("file,scale\na.jpg,CU\n")
    with pytest.raises(TableError, match="lacks the column width"):
        load_source(tmp_path, keypoints=file)
    (tmp_path / "CU").mkdir()
    (tmp_path / "frames.csv").unlink()
    with pytest.raises(OptionError, match="belong to a frames table"):
        load_source(tmp_path, keypoints=file)
