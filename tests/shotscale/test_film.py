"""An analyzed film on disk: complete, and never saved over another film."""

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shotscale.errors import OutputError, TableError
from shotscale.film import Film, read_analysis
from shotscale.part import PAL, PartOptions
from shotscale.tables import make_scales, make_shots


def analysis(checksum: str | None) -> Film:
    return Film(
        path="x.mkv",
        info={"duration": 4.0},
        shots=make_shots([0.0, 2.0], 4.0),
        scales=make_scales(np.arange(4.0), np.full((4, 7), 1 / 7)),
        provenance={"checksums": {"film": checksum}} if checksum else {},
    )


def test_a_film_is_never_saved_over_another(tmp_path: Path) -> None:
    analysis("a" * 64).save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(OutputError, match=r"another film, x\.mkv; choose"):
        analysis("b" * 64).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("checksum", ["a" * 64, None])
def test_the_same_film_may_be_saved_again(checksum: str | None, tmp_path: Path) -> None:
    analysis("a" * 64).save(tmp_path)
    again = replace(analysis(checksum), limits=("Measured again.",))
    again.save(tmp_path)
    assert read_analysis(tmp_path).limits == ("Measured again.",)


def test_a_damaged_folder_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "film.json").write_text("{", encoding="utf-8")
    analysis("a" * 64).save(tmp_path)
    assert read_analysis(tmp_path).checksum == "a" * 64


def test_the_running_time_of_a_part_of_a_coding_is_the_parts() -> None:
    coding = Film("c", None, pd.DataFrame({"time": np.arange(3600.0), "scale": "CU"}))
    assert coding.seconds == 3600
    assert coding.cut(PartOptions(begin=2400.0)).seconds == 1200
    assert coding.cut(PartOptions(begin=2400.0, end=2448.0, speed=PAL)).seconds == 50


def test_a_film_checks_its_scale_track_as_its_shots() -> None:
    coding = pd.DataFrame({"time": [0.0, 2.0, 1.0], "scale": "CU"})
    with pytest.raises(TableError, match=r"mine: time = 1.0 in row 3: times do not go back"):
        Film("mine", None, coding)
    track = make_scales(np.arange(3.0), np.eye(7)[:3])
    with pytest.raises(TableError, match=r"mine: scale = LS in row 1: p_ecu .. p_els give another"):
        Film("mine", None, track.assign(scale="LS"))


def test_what_a_row_of_a_table_says_of_a_film_is_saved_with_it(tmp_path: Path) -> None:
    info = {"year": np.int64(1966), "gauge": np.float32(35), "restored": np.nan, "reels": pd.NA, "lost": pd.NaT}
    info |= {"premiere": pd.Timestamp("1966-10-18"), "cans": np.array([1, 2]), "folder": Path("a")}
    replace(analysis(None), path=tmp_path / "persona.mkv", info=info).save(tmp_path / "film")
    assert dict(read_analysis(tmp_path / "film").info) == {
        **{"year": 1966, "gauge": 35.0, "restored": None, "reels": None, "lost": None},
        **{"premiere": "1966-10-18 00:00:00", "cans": [1, 2], "folder": "a"},
    }


@pytest.mark.parametrize("failing", ["write_table", "write_json"])
def test_what_cannot_be_saved_leaves_what_was_there(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    analysis("a" * 64).save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(f"shotscale.film.{failing}", full)
    with pytest.raises(OutputError, match="No space left on device"):
        replace(analysis("a" * 64), shots=make_shots([0.0, 1.0], 4.0)).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
