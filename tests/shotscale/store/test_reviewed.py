"""Corrected films of a store: measured results stay, readers get the corrections, and nothing goes stale."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from authorship.opening import open_film
from shotscale.errors import TableError
from shotscale.opening import load_analysis
from shotscale.store.reading import open_store
from shotscale.store.reviewed import ReviewedFilms
from shotscale.tables import make_shots

Run = Callable[..., tuple[int, str, str]]


def test_whoever_asks_the_store_gets_the_correction(store: Path, run: Run, stand_in: ModuleType) -> None:
    before = stand_in.contents(store)
    folder = stand_in.correct(store, "film-1")
    assert folder == store / "reviewed" / "film-1"
    stored = open_store(store)
    measured, corrected = stored.load("film-1", corrected=False), stored.load("film-1")
    assert len(corrected.shots) == len(measured.shots) - 1
    assert corrected.info == measured.info
    opened = open_film(store / "film-1")
    assert opened.limits[-1].startswith("Corrected by anna: boundaries 0 added and 1 removed")
    assert len(open_film(store / "film-0").shots) == len(stored.load("film-0", corrected=False).shots)
    kept = {name: content for name, content in before.items() if name.startswith("analyses")}
    assert {name: content for name, content in stand_in.contents(store).items() if name in kept} == kept
    status, out, _ = run("corpus", "status", store)
    assert status == 0
    assert "corrected by coders: film-1\n" in out
    assert run("features", store, "-o", store.parent / "features.csv")[0] == 0


def test_a_folder_that_nobody_has_corrected_says_nothing(store: Path) -> None:
    stored = open_store(store)
    stored.check_out("film-1")
    assert ReviewedFilms(store).names() == ()
    assert "corrections" not in stored.load("film-1").provenance


def test_two_coders_need_a_referee(store: Path, stand_in: ModuleType) -> None:
    for coder in ("anna", "ben"):
        stand_in.correct(store, "film-2", coder)
    with pytest.raises(TableError, match="nobody has decided between them"):
        open_store(store).load("film-2")


def test_a_film_keeps_its_corrections_under_another_name(store: Path, table: Path, stand_in: ModuleType) -> None:
    folder = stand_in.correct(store, "film-1")
    renamed = table.read_text(encoding="utf-8").replace("film-1,", "other,").replace("film-0,", "film-1,")
    table.write_text(renamed, encoding="utf-8")
    stand_in.run(table, store)
    stored = open_store(store)
    assert "corrections" in stored.load("other").provenance
    assert stored.check_out("other") == folder
    assert "corrections" not in stored.load("film-1").provenance
    assert stored.check_out("film-1").name.startswith("film-1-")
    assert ReviewedFilms(store).names() == ("film-1",)


def test_corrections_of_a_file_that_is_replaced_are_told_of(
    store: Path, table: Path, run: Run, stand_in: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.correct(store, "film-1")
    (table.parent / "1.mkv").write_bytes(b"a better scan")
    stand_in.run(table, store, add=True)
    told = [record.getMessage() for record in caplog.records if "corrected" in record.getMessage()]
    assert told == ["film-1: its file is another than the one corrected; the corrections are kept but not used"]
    assert "no longer listed, kept but not used: film-1\n" in run("corpus", "status", store)[1]
    caplog.clear()
    stand_in.run(table, store, add=True)
    assert "corrected" not in caplog.text


def test_other_settings_and_the_same_shots_keep_the_correction(store: Path, table: Path, stand_in: ModuleType) -> None:
    folder = stand_in.correct(store, "film-1")
    stand_in.run(table, store, settings=replace(stand_in.SETTINGS, samples_per_second=2.0))
    provenance = open_store(store).load("film-1").provenance
    assert provenance["settings"] == {"samples_per_second": 2.0}
    assert provenance["corrections"]["coder"] == "anna"
    assert open_store(store).check_out("film-1") == folder
    assert load_analysis(folder).provenance == provenance


def test_other_shots_ask_for_the_coder(store: Path, stand_in: ModuleType) -> None:
    folder = stand_in.correct(store, "film-1")
    measured = open_store(store).load("film-1", corrected=False)
    starts = [*measured.shots["start"][:-1], measured.shots["start"].iloc[-1] + 0.05]
    newer = replace(
        measured,
        shots=make_shots(starts, float(measured.shots["end"].iloc[-1])),
        provenance={**measured.provenance, "settings": {"samples_per_second": 2.0}},
    )
    reviewed = ReviewedFilms(store)
    with pytest.raises(TableError, match=r"corpus review x` with each --coder \(anna\), which carries"):
        reviewed.apply(newer, film=Path("x"))
    assert reviewed.check_out(newer, "film-1") == folder
    with pytest.raises(TableError, match="corrects another version"):
        reviewed.apply(newer, film=Path("x"))


@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_corrections_hold_without_their_film_json(store: Path, stand_in: ModuleType, how: str) -> None:
    folder = stand_in.correct(store, "film-1")
    document = folder / "film.json"
    whole = document.read_bytes()
    document.unlink() if how == "missing" else document.write_bytes(whole[:40])
    stored = open_store(store)
    assert stored.load("film-1").provenance["corrections"]["coder"] == "anna"
    assert stored.check_out("film-1") == folder
    assert document.read_bytes() == whole


def test_a_reviewed_film_without_its_shots_stops_no_other(store: Path, run: Run, stand_in: ModuleType) -> None:
    shots = stand_in.correct(store, "film-1") / "shots.csv"
    whole = shots.read_bytes()
    shots.unlink()
    stored = open_store(store)
    assert stored.load("film-0").checksum
    with pytest.raises(TableError, match=r"shots\.csv: no such file; run `authorship corpus review .*film-1`"):
        stored.load("film-1")
    status, out, _ = run("corpus", "status", store)
    assert status == 0
    assert f"film-1: {shots}: no such file; " in out
    stored.check_out("film-1")
    assert shots.read_bytes() == whole
    assert "corrections" in open_store(store).load("film-1").provenance


@pytest.mark.parametrize("film", ["film-9", "../films/0.mkv"])
def test_what_is_no_film_of_the_store_is_one_line(store: Path, run: Run, film: str) -> None:
    status, out, err = run("corpus", "review", store / film)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert not (store / "reviewed").exists()
