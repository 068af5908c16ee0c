"""A store over the years: films are added, files go offline, settings and software change."""

import errno
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shotscale.errors import FilmError, OptionError, OutputError, TableError
from shotscale.store.reading import open_store, read_log
from shotscale.store.settings import AnalysisSettings
from shotscale.store.store import Store
from shotscale.store.summary import read_summary
from shotscale.store.task import Failure, FilmTask, Outcome
from shotscale.store.upkeep import (
    current_settings,
    list_settings,
    prune,
    remove_films,
    restore_films,
    settings_to_use,
    unreferenced,
    use_settings,
)
from shotscale.store.workers import nobody

Run = Callable[..., tuple[int, str, str]]


def more(table: Path, *rows: str) -> Path:
    """Write a table that lists only new films."""
    (table.parent / "new.mkv").write_bytes(b"a film that came later")
    path = table.with_name("more.csv")
    path.write_text("\n".join(["film_id,path,title,year,director", *rows]) + "\n", encoding="utf-8")
    return path


def test_new_films_are_added_while_the_old_are_offline(
    stand_in: ModuleType, table: Path, store: Path, run: Run
) -> None:
    for film in table.parent.glob("?.mkv"):
        film.unlink()
    watcher = stand_in.Silent()
    report = stand_in.run(more(table, "new,new.mkv,New,1970,Fast"), store, add=True, watcher=watcher)
    assert watcher.planned_films == ["new"]
    assert (report.n_films, report.n_analyzed, report.n_now) == (4, 4, 1)
    assert open_store(store).names == ("film-0", "film-1", "film-2", "new")
    assert len(open_store(store).load("film-1").shots) == 20
    assert read_summary(store).set_index("film_id").loc["film-1", ["title", "country"]].tolist() == ["Title 1", "IT"]
    status, out, _ = run("corpus", "status", store, "--json")
    assert status == 0
    assert json.loads(out)["offline"] == ["film-0", "film-1", "film-2"]
    again = stand_in.Silent()
    assert stand_in.run(table, store, watcher=again).n_analyzed == 3  # the old table: its files are offline
    assert again.planned_films == []


def test_a_film_on_a_drive_that_fails_is_offline(store: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.stat

    def failing(path: "str | Path", **how: object) -> os.stat_result:
        if str(path).endswith("1.mkv"):
            raise OSError(errno.EIO, "Input/output error")
        return look(path, **how)

    monkeypatch.setattr(os, "stat", failing)
    status, out, _ = run("corpus", "status", store, "--json")
    assert (status, json.loads(out)["offline"]) == (0, ["film-1"])


def test_numbers_of_a_column_stay_as_written_when_it_becomes_text(
    stand_in: ModuleType, table: Path, tmp_path: Path
) -> None:
    table.write_text("film_id,path,title,year,director,shelf\na,0.mkv,,,,1017\nb,1.mkv,,,,\nc,2.mkv,,,,8.5\n")
    stand_in.run(table, tmp_path / "store")
    table.write_text("film_id,path,title,year,director,shelf\nd,new.mkv,,,,A-22\n")
    more(table)
    stand_in.run(table, tmp_path / "store", add=True)
    assert read_summary(tmp_path / "store")["shelf"].dropna().tolist() == ["1017", "8.5", "A-22"]


def test_a_film_that_waits_to_be_measured_stays_listed(stand_in: ModuleType, table: Path, store: Path) -> None:
    waiting = more(table, "new,new.mkv,,,")
    stand_in.run(waiting, store, add=True, workers=nobody)
    stand_in.run(table, store, add=True, settings=replace(stand_in.SETTINGS, samples_per_second=2.0))
    assert read_summary(store).set_index("film_id")["status"].to_dict() == {
        **dict.fromkeys(("film-0", "film-1", "film-2"), "analyzed"),
        "new": "missing",
    }
    assert stand_in.run(waiting, store, add=True).n_now == 1


@pytest.mark.parametrize("beside", [(), ("as-long,as-long.mkv,,,",)])  # both are then read before
def test_a_film_that_is_renamed_is_not_listed_twice(
    stand_in: ModuleType, table: Path, store: Path, caplog: pytest.LogCaptureFixture, beside: tuple[str, ...]
) -> None:
    (table.parent / "as-long.mkv").write_bytes((table.parent / "0.mkv").read_bytes().upper())
    stand_in.run(more(table, "renamed,0.mkv,,,", *beside), store, add=True)
    assert open_store(store).names[:3] == ("film-1", "film-2", "renamed")
    assert [record.getMessage() for record in caplog.records] == [
        "the same files under other names, listed once: film-0 as renamed"
    ]


def test_a_film_renamed_before_it_was_read_is_not_listed_twice(
    stand_in: ModuleType, table: Path, store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.run(more(table, "wrong,new.mkv,,,"), store, add=True, workers=nobody)
    report = stand_in.run(more(table, "right,new.mkv,,,"), store, add=True)
    assert (report.n_films, report.n_missing) == (4, 0)
    assert caplog.messages == ["the same files under other names, listed once: wrong as right"]


def test_a_name_that_now_stands_for_another_file_is_told(
    stand_in: ModuleType, table: Path, store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.run(more(table, "Film-1,new.mkv,Another,1999,"), store, add=True)
    (told,) = caplog.messages
    assert told.startswith("the files of these films are others than before")
    assert ": film-1;" in told
    stand_in.run(more(table, "Film-1,new.mkv,Another,1999,"), store, add=True)
    assert len(caplog.messages) == 1


def test_a_long_reading_of_files_is_told(
    stand_in: ModuleType, table: Path, store: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shotscale.store.inventory._LONG_BYTES", 10)
    stand_in.run(table, store, add=True)
    assert caplog.messages == []
    for film in table.parent.glob("?.mkv"):
        os.utime(film, ns=(5, 5))
    assert stand_in.run(table, store, add=True).n_now == 0
    (told,) = caplog.messages
    assert told.startswith("the files of 3 films, 0 GB, are new or have another time than at the last run")


def test_a_failed_film_that_a_table_does_not_name_stays_failed(stand_in: ModuleType, tmp_path: Path) -> None:
    table = stand_in.make_corpus(tmp_path / "films", 2, bad=[1])
    stand_in.run(table, tmp_path / "store")
    assert stand_in.run(more(table, "new,new.mkv,,,"), tmp_path / "store", add=True, retry=True).n_failed == 1
    assert stand_in.run(table, tmp_path / "store", add=True, retry=True).n_failed == 1


def test_a_bad_row_stops_no_other(stand_in: ModuleType, table: Path, store: Path, run: Run) -> None:
    path = more(table, "gone,gone.mkv,,,", "new,new.mkv,,,")
    assert stand_in.run(path, store, add=True, strict=False).n_now == 1
    (table.parent / "newer.mkv").write_bytes(b"newer")
    path.write_text(path.read_text() + "newer,newer.mkv,,,\n")
    status, out, err = run("corpus", "add", store, path)
    assert (status, out.strip()) == (2, f"{store}: 5 films, 4 analyzed, 0 failed, 1 to be analyzed")
    assert "line 2 (gone)" in err
    before = stand_in.contents(store)
    assert run("corpus", "add", store, path, "--strict")[0] == 2
    assert stand_in.contents(store) == before


def test_removed_films_come_back_until_pruned(stand_in: ModuleType, store: Path, run: Run) -> None:
    before = read_summary(store)
    remove_films(store, ["film-1"])
    assert open_store(store).names == ("film-0", "film-2")
    with pytest.raises(FilmError, match="film-9: no film of that name is listed"):
        remove_films(store, ["film-0", "film-9"])
    restore_films(store, ["film-1"])
    pd.testing.assert_frame_equal(read_summary(store).sort_values("film_id", ignore_index=True), before)
    assert unreferenced(store) == {}
    remove_films(store, ["film-1"])
    files = unreferenced(store)
    assert sorted(file.parent.name for file in files) == ["films", "scales", "shots"]
    assert run("corpus", "prune", store)[0] != 0  # nobody answers the prompt
    assert unreferenced(store) == files
    assert prune(store) == sum(files.values())
    assert not any(file.exists() for file in files)
    with pytest.raises(FilmError, match="is removed, or corpus prune has forgotten it"):
        restore_films(store, ["film-1"])
    assert Store(store).damaged() == {}


def test_restored_films_are_what_the_current_settings_made_of_them(
    stand_in: ModuleType, table: Path, store: Path
) -> None:
    second = replace(stand_in.SETTINGS, samples_per_second=2.0)
    remove_films(store, ["film-1"])
    others = [line for line in table.read_text().splitlines() if "film-1" not in line]
    noted = table.with_name("noted.csv")
    noted.write_text("\n".join([f"{others[0]},note", *(f"{line},7" for line in others[1:])]) + "\n")
    stand_in.run(noted, store, settings=second, add=True)
    remove_films(store, ["film-0"])
    restore_films(store, ["film-1", "film-0"])
    rows = read_summary(store).set_index("film_id")
    assert rows["status"].to_dict() == {"film-0": "analyzed", "film-1": "missing", "film-2": "analyzed"}
    assert set(rows["measured_settings"]) == {second.id}
    assert rows["country"].tolist() == ["IT"] * 3
    with pytest.raises(FilmError, match="is removed, or corpus prune has forgotten it"):
        restore_films(store, ["film-1"])


def test_a_lost_worker_does_not_lose_earlier_results(stand_in: ModuleType, table: Path, store: Path) -> None:
    def lost(tasks: Sequence[FilmTask], *, moved: object) -> Iterator[tuple[FilmTask, Outcome]]:
        for task in tasks:
            yield task, Outcome(failure=Failure("killed", "several workers were lost while they analyzed it"))

    stand_in.run(table, store, settings=replace(stand_in.SETTINGS, samples_per_second=2.0), workers=lost, add=True)
    assert read_summary(store)["sha256"].notna().all()
    assert unreferenced(store) == {}
    assert read_log(store)["film_id"].tolist() == ["film-0", "film-1", "film-2"] * 2


def test_only_what_a_killed_run_left_is_removed(stand_in: ModuleType, table: Path, store: Path) -> None:
    (store / ".gitignore").write_text("*\n")
    (store / ".films.parquet.k3_8ab2x.parquet").write_bytes(b"incomplete")
    stand_in.run(table, store, add=True)
    assert (store / ".gitignore").is_file()
    assert not (store / ".films.parquet.k3_8ab2x.parquet").exists()


def test_settings_live_side_by_side_and_change_by_a_command(
    stand_in: ModuleType, table: Path, store: Path, run: Run
) -> None:
    first, second = stand_in.SETTINGS, replace(stand_in.SETTINGS, samples_per_second=2.0)
    with pytest.raises(OptionError, match="3 results of detector stand-in"):
        settings_to_use(store, second)
    assert settings_to_use(store, second, switch=True) == second
    stand_in.run(table, store, settings=second)
    assert [(kept.id, kept.n_results, kept.current) for kept in list_settings(store)] == [
        (second.id, 3, True),
        (first.id, 3, False),
    ]
    assert run("corpus", "settings", store, "--use", first.id[:6])[0] == 0
    assert current_settings(store) == first
    assert open_store(store).load("film-0").provenance["settings"]["samples_per_second"] == 1.0
    assert read_summary(store)["status"].tolist() == ["analyzed"] * 3
    with pytest.raises(OptionError, match="0 entries of that name"):
        use_settings(store, "zz")


def test_settings_that_differ_in_the_detector_alone_are_told_apart(stand_in: ModuleType, store: Path) -> None:
    newer = replace(stand_in.SETTINGS, detector_checksum=f"version 2, {'a' * 64}")
    with pytest.raises(OptionError, match=r"this is detector stand-in \(version 2, aaaaaaaaaaaa\), weights"):
        settings_to_use(store, newer)


def test_a_store_keeps_its_settings_without_films_and_without_a_summary(stand_in: ModuleType, store: Path) -> None:
    remove_films(store, ["film-0", "film-1", "film-2"])
    assert current_settings(store) == stand_in.SETTINGS
    (store / "films.parquet").write_bytes(b"cut")
    second = replace(stand_in.SETTINGS, samples_per_second=2.0)
    with pytest.raises(OptionError, match="3 results of detector stand-in"):
        settings_to_use(store, second)
    assert settings_to_use(store, stand_in.SETTINGS) == stand_in.SETTINGS
    with pytest.raises(TableError, match=r"films\.parquet: cannot be read"):
        Store(store)


@pytest.mark.parametrize("content", [None, b"cut"])
def test_a_list_that_is_lost_is_said_to_be(
    stand_in: ModuleType, table: Path, store: Path, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    summary = store / "films.parquet"
    summary.unlink() if content is None else summary.write_bytes(content)
    assert stand_in.run(more(table, "new,new.mkv,,,"), store, add=True).n_films == 1
    assert "it lacks the films of 3 results that the table does not name" in caplog.text
    caplog.clear()
    assert stand_in.run(table, store, add=True).n_films == 4
    assert not caplog.records


def test_a_list_that_may_not_be_read_now_is_kept(
    stand_in: ModuleType, table: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = stand_in.contents(store), Path.read_bytes

    def stale(path: Path) -> bytes:
        if path.name == "films.parquet":
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", stale)
        with pytest.raises(TableError, match=r"films\.parquet: cannot be read \(.*\); make it readable"):
            stand_in.run(more(table, "new,new.mkv,,,"), store, add=True)
    assert stand_in.contents(store) == before


def test_settings_without_results_may_lack_their_folders(stand_in: ModuleType, store: Path) -> None:
    """Tools that copy files do not copy empty folders."""
    other = replace(stand_in.SETTINGS, samples_per_second=2.0)
    with Store.writing(store, other):
        pass
    (store / "analyses" / other.id / "films").rmdir()
    assert [kept.n_results for kept in list_settings(store)] == [3, 0]


def test_another_library_is_no_other_measurement(stand_in: ModuleType, store: Path) -> None:
    """A store whose settings name library versions, as they once did, accepts new results."""
    old = AnalysisSettings(
        detector="stand-in",
        detector_checksum="",
        weights_checksum="0" * 64,
        samples_per_second=1.0,
        versions={"film-authorship": "0.1.0", "av": "18.1.0"},
    )
    now = replace(old, versions={"measurement": "1"})
    with Store.writing(store.parent / "old", old):
        pass
    assert settings_to_use(store.parent / "old", now) == old
    assert not old.measures_like(replace(now, versions={"measurement": "2"}))


def test_a_store_of_the_first_format_is_read_and_added_to(stand_in: ModuleType, table: Path, store: Path) -> None:
    """Its summary has no absolute paths and no settings, `store.json` names the settings, and there is no log."""
    summary = pq.read_table(store / "films.parquet").drop_columns(["absolute_path", "measured_settings"])
    pq.write_table(summary.replace_schema_metadata(None), store / "films.parquet")
    settings = {"settings": stand_in.SETTINGS.to_json(), "settings_id": stand_in.SETTINGS.id}
    (store / "store.json").write_text(json.dumps({"format": "film-store", "format_version": 1, **settings}))
    (store / "log.jsonl").unlink()
    assert len(read_log(store)) == 0
    assert len(open_store(store).load("film-2").shots) == 20
    assert current_settings(store) == stand_in.SETTINGS
    assert stand_in.run(more(table, "new,new.mkv,,,"), store, add=True).n_analyzed == 4
    assert json.loads((store / "store.json").read_text()) == {"format": "film-store", "format_version": 2}
    assert pa.types.is_string(pq.read_schema(store / "films.parquet").field("absolute_path").type)


def test_a_torn_line_of_the_log_does_not_spoil_the_next(stand_in: ModuleType, table: Path, store: Path) -> None:
    with (store / "log.jsonl").open("a") as log:
        log.write('{"film_id": "film-2"')
    stand_in.run(more(table, "new,new.mkv,,,"), store, add=True)
    assert read_log(store)["film_id"].tolist() == ["film-0", "film-1", "film-2", "new"]


def test_a_log_that_cannot_be_written_ends_the_run_in_a_line(stand_in: ModuleType, table: Path, store: Path) -> None:
    (store / "log.jsonl").unlink()
    (store / "log.jsonl").mkdir()
    with pytest.raises(OutputError, match=r"log\.jsonl: cannot be written \(Is a directory\); make room"):
        stand_in.run(more(table, "new,new.mkv,,,"), store, add=True)


def test_the_last_results_of_a_killed_run_are_not_pruned(
    stand_in: ModuleType, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did not come to write its summary again, so no row of it names these results."""
    store = tmp_path / "killed"
    with monkeypatch.context() as killed:
        tables: list[pa.Table] = []
        killed.setattr("shotscale.store.run.write_summary", lambda _, summary: tables.append(summary))
        stand_in.run(table, store)
    with Store.writing(store, stand_in.SETTINGS) as opened:
        opened.write_summary(tables[0])
    assert read_summary(store)["status"].tolist() == ["missing"] * 3
    assert prune(store) == 0
    watcher = stand_in.Silent()
    assert stand_in.run(table, store, watcher=watcher).n_analyzed == 3
    assert watcher.planned_films == []


def test_the_log_says_when_and_where(store: Path, tmp_path: Path, run: Run) -> None:
    with (store / "log.jsonl").open("ab") as log:
        log.write('{"film_id": "é'.encode()[:-1])  # cut short by a crash, within a letter
    assert read_log(store)["film_id"].tolist() == ["film-0", "film-1", "film-2"]
    assert run("corpus", "status", store, "--csv", tmp_path / "films.csv")[0] == 0
    rows = pd.read_csv(tmp_path / "films.csv")
    assert rows["at"].notna().all()
    assert set(rows["versions"]) == {"film-authorship 0.1.0, av 18.1.0"}
    assert not rows["offline"].any()


def test_the_columns_of_a_table_keep_their_names_in_the_status(
    stand_in: ModuleType, table: Path, tmp_path: Path, run: Run
) -> None:
    table.write_text("film_id,path,title,year,director,seconds,offline\na,0.mkv,,,,5400,on tape\n")
    stand_in.run(table, tmp_path / "store")
    assert run("corpus", "status", tmp_path / "store", "--csv", tmp_path / "films.csv")[0] == 0
    film = pd.read_csv(tmp_path / "films.csv").iloc[0]
    assert film[["seconds", "offline", "offline_in_store"]].tolist() == [5400, "on tape", False]
    assert "seconds_in_store" in film


def test_verify_finds_what_changed(stand_in: ModuleType, table: Path, store: Path, run: Run) -> None:
    """Results of settings that are not current are checked, too."""
    stand_in.run(table, store, settings=replace(stand_in.SETTINGS, samples_per_second=2.0))
    assert run("corpus", "verify", store)[:2] == (0, f"{store}: 6 results read, 0 damaged\n")
    shots = next(store.glob(f"analyses/{stand_in.SETTINGS.id}/shots/*"))
    content = bytearray(shots.read_bytes())
    content[40] ^= 1
    shots.write_bytes(content)
    os.utime(shots, ns=(5, 5))
    status, out, err = run("corpus", "verify", store)
    assert (status, out) == (2, f"{store}: 6 results read, 1 damaged\n")
    assert "shots are damaged" in err


def test_verify_finds_what_a_copy_of_the_store_lacks(stand_in: ModuleType, store: Path, run: Run) -> None:
    for file in (store / "analyses" / stand_in.SETTINGS.id / "films").iterdir():
        file.unlink()
    status, out, err = run("corpus", "verify", store)
    assert (status, out) == (2, f"{store}: 0 results read, 3 damaged\n")
    assert err.count("No such file or directory") == 3
