"""Tracks of several coders, or of a network and the truth: which are matched, and what is refused."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from shotscale.errors import TableError
from shotscale.evaluation.agreement import compare, measure_agreement
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots
from shotscale.tracks import lay_side_by_side

PERSONA, FARGO = "1966_Ingmar_Bergman_-_Persona", "1996_Joel_Coen_-_Fargo"


def coding(path: Path, codes: list[int]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("time,shotscale\n" + "".join(f"{second},{code}\n" for second, code in enumerate(codes)))
    return path


def test_folders_of_films_are_matched_by_name_and_title(tmp_path: Path) -> None:
    truth, said = tmp_path / "truth", tmp_path / "said"
    coding(truth / "Bergman" / f"{PERSONA}.csv", [2, 2, 6])
    coding(truth / "Coen" / f"{FARGO}.csv", [4, 4])
    coding(truth / "Coen" / "1990_Joel_Coen_-_Millers_Crossing.csv", [4])
    coding(said / "persona.csv", [2, 3, 6])
    coding(said / f"{FARGO}.csv", [4, 5])
    both = lay_side_by_side([said, truth])
    assert both.films == (FARGO, "persona")
    assert both.notes == (f"{truth}: left out, not in all: 1990_Joel_Coen_-_Millers_Crossing",)
    seven = compare(*(both.tracks[str(path)] for path in (said, truth)))["seven"]
    assert (seven["n"], seven["accuracy"]) == (5, 3 / 5)
    alone = both.of("persona")
    assert alone[str(said)]["scale"].tolist() == ["CU", "MCU", "LS"]
    assert alone[str(said)]["time"].tolist() == [0, 1, 2]


def test_six_films_are_not_six_coders(tmp_path: Path) -> None:
    files = [coding(tmp_path / f"19{number}0_Ingmar_Bergman_-_Film_{number}.csv", [2, 3]) for number in range(1, 7)]
    with pytest.raises(TableError, match=r"of Film 2 \(1920\), but .* of Film 1 \(1910\).*a folder of them"):
        lay_side_by_side(files)


def test_coders_of_one_film_may_call_their_files_anything(tmp_path: Path) -> None:
    both = lay_side_by_side([coding(tmp_path / "anna.csv", [2, 3, 4, 4]), coding(tmp_path / "ben.csv", [2, 3, 4, 5])])
    assert measure_agreement(both.tracks)["seven"]["n"] == 4


def test_an_analysis_that_names_no_film_may_be_of_any(tmp_path: Path) -> None:
    track = make_scales(np.arange(4.0), np.eye(7)[[2, 2, 4, 4]])
    for name in ("one", "other"):
        Film("persona.mkv", make_shots([0.0, 2.0], 4.0), track).save(tmp_path / name)
    document = tmp_path / "other" / "film.json"
    text = document.read_text(encoding="utf-8")
    assert '"path": "persona.mkv"' in text
    document.write_text(re.sub(r'"path": "persona.mkv",?', "", text), encoding="utf-8")
    both = lay_side_by_side([tmp_path / "one", tmp_path / "other"])
    assert measure_agreement(both.tracks)["seven"]["n"] == 4


def test_no_film_in_common(tmp_path: Path) -> None:
    coding(tmp_path / "a" / "first.csv", [2])
    coding(tmp_path / "b" / "second.csv", [2])
    with pytest.raises(TableError, match=r"no film in common with .*: first and second"):
        lay_side_by_side([tmp_path / "a", tmp_path / "b"])
    with pytest.raises(TableError, match="one path is named twice"):
        lay_side_by_side([tmp_path / "a", tmp_path / "a"])


def predicted(path: Path, files: list[str], scales: list[str]) -> Path:
    """Write a table as ``shotscale predict`` does."""
    rows = {"file": files, "scale": scales, "group": ["close"] * len(files), "p_close": 1.0, "p_medium": 0.0}
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_images_by_their_frames_of_a_film(tmp_path: Path) -> None:
    coding(tmp_path / "codings" / f"{PERSONA}.csv", [2, 2, 6, 4])
    files = [f"frames/{PERSONA}/frame_{second:05}.jpg" for second in (3, 0, 2)]
    said = predicted(tmp_path / "scales.csv", files, ["MS", "CU", "MS"])
    both = lay_side_by_side([said, tmp_path / "codings"])
    seven = compare(*both.tracks.values())["seven"]
    assert (both.films, seven["n"], seven["accuracy"]) == ((PERSONA,), 3, 2 / 3)


def test_images_by_class_folders_and_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []
    for number, label in enumerate(["CU", "CU", "LS", "close"]):
        file = tmp_path / "stills" / label / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((9, 16, 3), np.uint8)).save(file)
        files.append(file)
    monkeypatch.chdir(tmp_path)
    said = predicted(Path("scales.csv"), [str(file.relative_to(tmp_path)) for file in files], ["CU", "MCU", "LS", "CU"])
    both = lay_side_by_side([said, Path("stills")])
    figures = compare(*both.tracks.values())
    assert (figures["seven"]["n"], figures["seven"]["accuracy"]) == (3, 2 / 3)  # 'close' is not one of the seven scales
    assert (figures["three"]["n"], figures["three"]["accuracy"]) == (4, 3 / 4)
    table = tmp_path / "elsewhere" / "truth.csv"
    table.parent.mkdir()
    pd.DataFrame({"file": [file.name for file in files[:3]], "scale": ["CU", "CU", "LS"]}).to_csv(table, index=False)
    both = lay_side_by_side([said, table])
    assert both.notes == ("scales.csv: 1 image left out, not in each table",)
    assert compare(*both.tracks.values())["seven"]["accuracy"] == 2 / 3
    table.write_text("file,scale\n0.png,CU\n1.png, CU\n2.png,\n")
    both = lay_side_by_side([said, table])
    assert both.notes == ("scales.csv: 2 images left out, not in each table",)  # one has no label
    assert compare(*both.tracks.values())["seven"]["n"] == 2
    for quoted in (
        '"","file","scale"\n"1","0.png","CU"\n',
        "file;scale\n0.png;CU\n",
        '"file"\t"scale"\r\n0.png\tCU\r\n',
    ):
        table.write_text(quoted)
        assert compare(*lay_side_by_side([said, table]).tracks.values())["seven"]["n"] == 1, "as R and Excel write it"
    for unknown in ("cu", "CS", "2"):
        table.write_text(f"file,scale\n0.png,CU\n1.png,{unknown}\n")
        with pytest.raises(TableError, match=rf"scale = {unknown} in row 2: a label is one of ECU, CU, "):
            lay_side_by_side([said, table])


@pytest.mark.parametrize("root", ["/data/frames/", "frames/", "D:\\frames\\"])
def test_frames_of_two_films_may_have_one_name(root: str, tmp_path: Path) -> None:
    """What was predicted in another folder, or on another machine, is matched by film and name, not by name alone."""
    mark = "\\" if "\\" in root else "/"
    names = [f"{film}/{second}.png" for second in range(3) for film in ("heat", "ran")]
    (tmp_path / "set").mkdir()
    table = pd.DataFrame({"file": names, "scale": ["CU", "LS"] * 3, "group": ["heat", "ran"] * 3})
    table.to_csv(tmp_path / "set" / "frames.csv", index=False)
    files = [root + name.replace("/", mark) for name in reversed(names)]
    said = predicted(tmp_path / "scales.csv", files, ["LS", "CU"] * 2 + ["CU", "CU"])
    both = lay_side_by_side([said, tmp_path / "set"])
    assert (both.notes, both.starts.tolist()) == ((), [0.0, 6.0, 12.0])  # the images of a film are together
    figures = compare(*both.tracks.values(), starts=both.starts)["seven"]
    assert (figures["n"], figures["accuracy"]) == (6, 5 / 6)
    alone = compare(*both.tracks.values())["seven"]
    assert np.ptp(figures["accuracy_interval"]) > np.ptp(alone["accuracy_interval"])
