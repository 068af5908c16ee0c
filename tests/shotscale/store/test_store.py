"""The store: what it keeps, what it recomputes, and what it does when something goes wrong."""

import errno
import fcntl
import itertools
import json
import os
import resource
import threading
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import duckdb
import pandas as pd
import pytest

from authorship.found_films import walk_films
from authorship.opening import open_film
from authorship.own_reference import read_corpus
from shotscale.errors import FilmError, OutputError, TableError
from shotscale.opening import load_analysis
from shotscale.part import PartOptions
from shotscale.store.reading import open_store
from shotscale.store.store import Store
from shotscale.store.summary import read_summary
from shotscale.store.task import Budget, Failure, FilmTask, Outcome
from shotscale.store.workers import here


@pytest.fixture
def table(stand_in: ModuleType, tmp_path: Path) -> Path:
    """Write the table of five files, of which the second is not a film."""
    path: Path = stand_in.make_corpus(tmp_path / "films", 5, bad=[1])
    return path


def test_one_bad_film_does_not_stop_the_others(stand_in: ModuleType, table: Path, tmp_path: Path) -> None:
    report = stand_in.run(table, tmp_path / "store")
    assert (report.n_films, report.n_analyzed, report.n_now, report.n_failed) == (5, 4, 4, 1)
    assert report.failures == {"film-1": Failure("film", "not a video")}
    summary = read_summary(tmp_path / "store").set_index("film_id")
    assert summary["status"].tolist() == ["analyzed", "failed", "analyzed", "analyzed", "analyzed"]
    assert summary.loc["film-1", ["error_kind", "error"]].tolist() == ["film", "not a video"]
    assert summary.loc["film-0", ["title", "year", "country", "n_shots"]].tolist() == ["Title 0", 1950, "IT", 20]
    assert summary["share_close"].notna().sum() == 4


def test_a_summary_that_is_replaced_while_it_is_read_is_read_whole(store: Path, tmp_path: Path) -> None:
    written, larger = (store / "films.parquet").read_bytes(), tmp_path / "larger.parquet"
    rows = pd.read_parquet(store / "films.parquet")
    pd.concat([rows] * 50).to_parquet(larger)
    versions = itertools.cycle([larger.read_bytes(), written])
    read = threading.Event()

    def replace_it() -> None:
        while not read.is_set():
            (tmp_path / "next").write_bytes(next(versions))
            (tmp_path / "next").replace(store / "films.parquet")

    thread = threading.Thread(target=replace_it)
    thread.start()
    try:
        assert {len(read_summary(store)) for _ in range(200)} <= {len(rows), 50 * len(rows)}
    finally:
        read.set()
        thread.join()


def test_a_stored_film_is_the_saved_film(stand_in: ModuleType, store: Path, table: Path, tmp_path: Path) -> None:
    analysis = stand_in.draw((table.parent / "2.mkv").read_bytes())
    analysis.save(tmp_path / "saved")
    saved, stored = load_analysis(tmp_path / "saved"), open_store(store).load("film-2")
    pd.testing.assert_frame_equal(stored.shots, saved.shots)
    pd.testing.assert_frame_equal(stored.scales, saved.scales)
    assert (stored.provenance, stored.limits, stored.intervals) == (saved.provenance, saved.limits, saved.intervals)
    assert (stored.path, stored.info) == ("2.mkv", saved.info)


def test_nothing_is_computed_twice(stand_in: ModuleType, store: Path, table: Path) -> None:
    before = stand_in.contents(store)
    watcher = stand_in.Silent()
    report = stand_in.run(table, store, watcher=watcher)
    assert watcher.planned_films == []
    assert (report.n_analyzed, report.n_now, report.n_failed) == (4, 0, 1)
    assert stand_in.contents(store) == before


def test_films_are_known_by_their_content(stand_in: ModuleType, store: Path, table: Path) -> None:
    """A different name, path or modification time: the same film."""
    (table.parent / "0.mkv").rename(table.parent / "moved.mkv")
    table.write_text(table.read_text().replace("film-0,0.mkv", "renamed,moved.mkv"))
    os.utime(table.parent / "2.mkv", ns=(5, 5))
    (table.parent / "3.mkv").write_bytes(b"another film")
    watcher = stand_in.Silent()
    stand_in.run(table, store, watcher=watcher)
    assert watcher.planned_films == ["film-3"]
    assert open_store(store).load("renamed").path == "moved.mkv"


def test_a_store_in_a_folder_named_in_another_encoding(stand_in: ModuleType, table: Path, tmp_path: Path) -> None:
    store = tmp_path / "arch\udce9" / "store"
    stand_in.run(table, store)
    assert len(open_store(store).names) == 4


def test_settings_never_mix(stand_in: ModuleType, store: Path, table: Path) -> None:
    other = replace(stand_in.SETTINGS, samples_per_second=2.0)
    watcher = stand_in.Silent()
    stand_in.run(table, store, settings=other, watcher=watcher)
    assert len(watcher.ended) == 5
    assert Store(store).settings == other
    assert len(list((store / "analyses").iterdir())) == 2
    back = stand_in.Silent()
    stand_in.run(table, store, watcher=back)
    assert back.planned_films == []
    assert Store(store).settings_id == stand_in.SETTINGS.id


def test_failures_are_tried_again_when_asked_or_when_the_budget_grows(
    stand_in: ModuleType, table: Path, tmp_path: Path
) -> None:
    def greedy(task: FilmTask, **_: object) -> Outcome:
        return Outcome.failed(task, Failure("memory", "too much", float(task.budget.memory_bytes)))

    def planned(**options: object) -> int:
        watcher = stand_in.Silent()
        stand_in.run(table, tmp_path / "store", watcher=watcher, **options)
        return len(watcher.planned_films)

    small, large = Budget(memory_bytes=1 << 30), Budget(memory_bytes=2 << 30)
    assert planned(budget=small, workers=here(analyze=greedy)) == 5
    assert planned(budget=small) == 0
    assert planned(budget=large) == 5
    assert planned(budget=large, retry=True) == 1
    assert not list((tmp_path / "store").rglob("failures/*"))[1:]


def test_a_file_that_cannot_be_read_is_tried_again(stand_in: ModuleType, table: Path, tmp_path: Path) -> None:
    def unplugged(task: FilmTask, **options: object) -> Outcome:
        moved = Path(task.path).rename(tmp_path / "away")
        outcome: Outcome = stand_in.analyze_film(task, **options)
        moved.rename(task.path)
        return outcome

    report = stand_in.run(table, tmp_path / "store", workers=here(analyze=unplugged))
    assert {failure.kind for failure in report.failures.values()} == {"file"}
    assert report.n_failed == 5
    stand_in.run(table, tmp_path / "store")
    stand_in.run(table, tmp_path / "undisturbed")
    assert stand_in.contents(tmp_path / "store") == stand_in.contents(tmp_path / "undisturbed")


def test_little_room_is_said_before_work_starts(
    table: Path,
    tmp_path: Path,
    stand_in: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    little = SimpleNamespace(free=3 << 20, available=1 << 30)
    monkeypatch.setattr("shutil.disk_usage", lambda _: little)
    monkeypatch.setattr("psutil.virtual_memory", lambda: little)
    for _ in range(2):  # the second time nothing is left to do
        stand_in.run(table, tmp_path / "store", workers=here(workers=2, analyze=stand_in.analyze_film))
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'store'}: 3 MB of disk are free, and the results of 5 films may take 5; make room, or go on "
        "later with the same command",
        "1024 MB of memory are free, and 2 films at a time may take 1200; close programs, or give fewer --workers",
    ]


def test_a_full_disk_ends_the_run_and_the_next_goes_on(
    stand_in: ModuleType, table: Path, store: Path, tmp_path: Path
) -> None:
    """Writing beyond a file size limit fails as on a full disk."""
    sizes = sorted({len(content) for content in stand_in.contents(store).values() if content})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (sizes[0] // 2, *sizes[1:-1:3]):
        full = tmp_path / f"full-{limit}"
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(OutputError, match=r"cannot be written \(File too large\); make room"):
                stand_in.run(table, full)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        stand_in.run(table, full)
        assert stand_in.contents(full) == stand_in.contents(store)


def test_damage_is_found_and_mended(stand_in: ModuleType, table: Path, store: Path) -> None:
    before = stand_in.contents(store)
    opened = Store(store)
    assert opened.damaged() == {}
    damaged = sorted(opened.films())[:3]
    for film, part, suffix in zip(damaged, ("films", "shots", "scales"), ("json", "parquet", "parquet"), strict=True):
        path = store / "analyses" / opened.settings_id / part / f"{film}.{suffix}"
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert sorted(opened.damaged()) == damaged
    with pytest.raises(TableError, match="damaged"):
        for film in walk_films([store]):
            open_film(film.path)
    watcher = stand_in.Silent()
    stand_in.run(table, store, watcher=watcher, check=True)
    assert len(watcher.planned_films) == 3
    assert stand_in.contents(store) == before


@pytest.mark.parametrize("listed", [True, False])  # a film in the summary, or one whose document is read at once
def test_results_that_may_not_be_read_now_are_kept(
    stand_in: ModuleType, table: Path, store: Path, monkeypatch: pytest.MonkeyPatch, listed: bool
) -> None:
    if not listed:
        (store / "films.parquet").unlink()
    before, read = stand_in.contents(store), Path.read_bytes

    def failing(path: Path) -> bytes:
        if path.parent.name == "films" and path.suffix == ".json":
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", failing)
        with pytest.raises(TableError, match=r"cannot be read \(Input/output error\); make it readable"):
            stand_in.run(table, store, check=listed)
    assert stand_in.contents(store) == before


def test_one_run_at_a_time(stand_in: ModuleType, table: Path, store: Path) -> None:
    with Store.writing(store, stand_in.SETTINGS), pytest.raises(OutputError, match="another run is filling"):
        stand_in.run(table, store)


def test_a_disk_without_locks_is_said_to_be_one(
    stand_in: ModuleType, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(OutputError, match=r"\(Operation not supported\); .* choose one on a disk that has file locks"):
        stand_in.run(table, tmp_path / "store")


def test_a_folder_with_other_files_is_no_place_for_a_store(stand_in: ModuleType, table: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    with pytest.raises(OutputError, match="holds other files"):
        stand_in.run(table, tmp_path / "mine")
    with pytest.raises(TableError, match="not a store"):
        Store(tmp_path / "mine")
    (tmp_path / "drive" / ".Trash-1000").mkdir(parents=True)
    assert stand_in.run(table, tmp_path / "drive").n_now == 4


def test_a_store_copied_without_its_mark_says_what_to_write(stand_in: ModuleType, table: Path, store: Path) -> None:
    before = stand_in.contents(store)
    (store / "store.json").unlink()
    with pytest.raises(TableError, match="a store without") as raised:
        open_store(store)
    with pytest.raises(OutputError, match="a store without"):
        stand_in.run(table, store)
    (store / "store.json").write_text(str(raised.value).partition("or write ")[2].removesuffix(" into that file"))
    assert stand_in.run(table, store).n_now == 0
    assert stand_in.contents(store) == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "film-store", "format_version": 2}'])
def test_a_mark_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "store.json").write_text(content)
    with pytest.raises(TableError):
        Store(tmp_path)


def test_several_films_at_one_time_give_the_same_store(
    stand_in: ModuleType, table: Path, store: Path, tmp_path: Path
) -> None:
    stand_in.run(table, tmp_path / "three", workers=here(workers=3, analyze=stand_in.analyze_film))
    assert stand_in.contents(tmp_path / "three") == stand_in.contents(store)


def test_an_interruption_ends_the_films_at_work(stand_in: ModuleType, table: Path, tmp_path: Path) -> None:
    stopped = []

    def waiting(task: FilmTask, *, progress: object, stop: object) -> Outcome:
        if task.film_id == "film-2":
            raise KeyboardInterrupt
        stop.wait(20)  # type: ignore[attr-defined]
        stopped.append(task.film_id)
        return Outcome(failure=Failure("killed", ""))

    with pytest.raises(KeyboardInterrupt):
        stand_in.run(table, tmp_path / "store", workers=here(workers=3, analyze=waiting))
    assert sorted(stopped) == ["film-0", "film-1"]
    assert read_summary(tmp_path / "store")["status"].unique().tolist() == ["missing"]


def test_pandas_and_duckdb_read_it_directly(stand_in: ModuleType, table: Path, store: Path) -> None:
    """Results of other settings do not interfere."""
    other = replace(stand_in.SETTINGS, samples_per_second=2.0)
    stand_in.run(table, store, settings=other)
    shots = pd.read_parquet(store / "analyses" / other.id / "shots")
    assert len(shots) == 80
    query = f"""
        SELECT film_id, count(*), avg("end" - start), any_value(average_shot_length)
        FROM '{store}/analyses/*/shots/*.parquet' JOIN '{store}/films.parquet' USING (sha256, settings)
        GROUP BY film_id ORDER BY film_id
    """
    rows = duckdb.sql(query).fetchall()
    assert [row[:2] for row in rows] == [("film-0", 20), ("film-2", 20), ("film-3", 20), ("film-4", 20)]
    for _, _, mean, stored in rows:
        assert mean == pytest.approx(stored, abs=1e-6)


def test_a_store_is_taken_wherever_films_are(store: Path, caplog: pytest.LogCaptureFixture) -> None:
    paths = [film.path for film in walk_films([store])]
    assert paths == [store / name for name in ("film-0", "film-2", "film-3", "film-4")]
    assert "films left out: 1 failed" in caplog.text
    assert open_film(paths[0]).is_analysis
    with pytest.raises(FilmError, match="failed in the store"):
        open_film(store / "film-1")
    with pytest.raises(FilmError, match="no such film in the store"):
        open_film(store / "film-9")
    with pytest.raises(FilmError, match="a store of films; name one"):
        open_film(store)
    table = read_corpus(store, label="country")
    assert table[["film_id", "country", "year"]].iloc[-1].tolist() == ["film-4", "IT", 1954]
    with pytest.raises(TableError, match="lacks the column period"):
        read_corpus(store, label="period")


def test_the_table_says_which_part_of_a_file_is_the_film(stand_in: ModuleType, store: Path, table: Path) -> None:
    rows = pd.read_csv(table, dtype=str)
    rows["from"] = ["10", "", "", "", ""]
    rows.to_csv(table, index=False)
    stand_in.run(table, store)
    whole, part = (open_film(store / "film-0", part=asked).shots for asked in (PartOptions(whole=True), None))
    assert whole is not None
    assert part is not None
    assert (whole["start"].iloc[0], part["start"].iloc[0]) == (0, 10)


def test_the_documents_are_plain_json(store: Path) -> None:
    for path in store.rglob("*.json"):
        assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)


def test_tables_that_a_killed_run_left_without_their_document_go(
    stand_in: ModuleType, table: Path, tmp_path: Path
) -> None:
    stand_in.run(table, tmp_path / "store")
    (whole, *_) = sorted((tmp_path / "store").glob("analyses/*/shots/*.parquet"))
    for part in ("shots", "scales"):
        left = whole.parents[1] / part / f"{'0' * 64}.parquet"
        left.write_bytes((whole.parents[1] / part / whole.name).read_bytes())
    stand_in.run(table, tmp_path / "store")
    assert not list((tmp_path / "store").glob(f"analyses/*/*/{'0' * 64}.parquet"))
    assert whole.exists()
