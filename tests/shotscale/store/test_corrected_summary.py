"""A store's Parquet files: SQL, pandas and the commands all see the corrected films."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from shotscale.coders import journal_path, list_coders
from shotscale.part import FilmPart
from shotscale.review import Begin
from shotscale.review.journal import Journal
from shotscale.review.opening import import_coding, opened_review
from shotscale.shotlists import ShotList
from shotscale.store.corrected_summary import Follower, follow
from shotscale.store.inventory import KnownChecksums
from shotscale.store.locking import summary_locked
from shotscale.store.reading import open_store
from shotscale.store.results import encode
from shotscale.store.store import Store
from shotscale.store.summary import read_summary
from shotscale.store.task import FilmTask, Outcome
from shotscale.store.upkeep import current_settings, list_settings, prune, remove_films, restore_films, use_settings
from shotscale.store.workers import here

README = Path(__file__).parents[3] / "README.md"
Run = Callable[..., tuple[int, str, str]]


def documented(store: Path, number: int = 0) -> dict[str, float]:
    """Run a query of the README and return the average shot length of each film."""
    queries = re.findall(r"```sql\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)[0].split("\n\n")
    rows = duckdb.sql(queries[number].replace("'store/", f"'{store}/")).fetchall()
    return {row[1]: pytest.approx(row[2], abs=1e-6) for row in rows}


def lengths(store: Path, *, corrected: bool = True) -> dict[str, float]:
    """Return the films' average shot lengths according to the library."""
    stored = open_store(store)
    return {
        name: (shots["end"] - shots["start"]).mean()
        for name in stored.names
        for shots in [stored.load(name, corrected=corrected).shots]
    }


def shown(store: Path, name: str = "average_shot_length") -> dict[str, Any]:
    """Return a column of the summary as stored."""
    rows = pq.read_table(store / "films.parquet").to_pandas().set_index("film_id")
    return dict(rows[name])


def corrected_tables(store: Path) -> list[Path]:
    return sorted(store.glob("analyses/corrected/*/*"))


def test_sql_pandas_and_the_commands_agree(store: Path, run: Run, tmp_path: Path, stand_in: ModuleType) -> None:
    measured = lengths(store)
    assert documented(store) == documented(store, 1) == measured
    stand_in.correct(store, "film-1")
    assert run("features", store, "-o", tmp_path / "features.csv")[0] == 0
    features = pd.read_csv(tmp_path / "features.csv", index_col="film_id")
    holds = lengths(store)
    assert holds["film-1"] > measured["film-1"]
    assert dict(features["average_shot_length"]) == pytest.approx(holds)
    assert documented(store) == holds
    assert documented(store, 1) == lengths(store, corrected=False) == measured
    assert shown(store) == pytest.approx(holds, abs=1e-6)
    close = duckdb.sql(f"""
        SELECT film_id, avg(CAST("group" = 'close' AS INT)) FROM '{store}/analyses/*/scales/*.parquet'
        JOIN '{store}/films.parquet' USING (sha256, settings) GROUP BY ALL
    """).fetchall()
    assert dict(close) == pytest.approx(dict(features["share_close"]), abs=1e-6)
    assert dict(close) == pytest.approx(shown(store, "share_close"), abs=1e-6)
    assert run("export", store, "-o", tmp_path / "tables", "--format", "parquet", "--table", "shots")[0] == 0
    exported = pd.read_parquet(tmp_path / "tables" / "shots.parquet")
    assert dict(exported.groupby("film", observed=True)["duration"].mean()) == pytest.approx(holds)


def test_sql_leaves_out_the_titles_that_an_analysis_left_out(
    stand_in: ModuleType, table: Path, store: Path, run: Run, tmp_path: Path
) -> None:
    def with_titles(task: FilmTask, **_: Any) -> Outcome:
        analysis = stand_in.draw(Path(task.path).read_bytes())
        starts = analysis.shots["start"]
        part = FilmPart.without_titles(starts[2], starts[17], analysis.extent)
        encoded = encode(analysis.with_part(part), settings_id=task.settings.id)
        return Outcome(analysis=encoded, sha256=encoded.sha256)

    whole = documented(store)
    stand_in.run(table, tmp_path / "titles", workers=here(analyze=with_titles))
    assert run("features", tmp_path / "titles", "-o", tmp_path / "features.csv")[0] == 0
    features = pd.read_csv(tmp_path / "features.csv", index_col="film_id")
    assert documented(tmp_path / "titles") == dict(features["average_shot_length"]) != whole
    assert shown(tmp_path / "titles") == pytest.approx(dict(features["average_shot_length"]), abs=1e-6)
    assert set(shown(tmp_path / "titles", "n_shots").values()) == {15}


def test_a_summary_of_before_says_that_films_are_whole(store: Path) -> None:
    rows = pq.read_table(store / "films.parquet")
    pq.write_table(rows.drop_columns(["film_begin", "film_end"]), store / "films.parquet")
    summary = read_summary(store)
    assert (summary["film_begin"] == 0).all()
    assert (summary["film_end"] == summary["duration"]).all()


def test_every_correction_is_followed(store: Path, films: dict[str, Path], stand_in: ModuleType) -> None:
    folder = open_store(store).check_out("film-1")
    before, measured = stand_in.contents(store), lengths(store)
    with opened_review(folder, film=films["plain"], coder="anna", kept=Follower(folder)) as review:

        def act(request: dict[str, Any]) -> None:
            review.act({"revision": review.state()["revision"], **request})

        first = review.state()["shots"]
        act({"do": [{"do": "merge", "time": first[1]["start"]}]})
        assert shown(store, "n_shots") == {"film-0": 20, "film-1": 19, "film-2": 20}
        assert documented(store) == lengths(store) != measured
        act({"do": [{"do": "merge", "time": first[2]["start"]}]})
        assert documented(store) == lengths(store)
        assert len(corrected_tables(store)) == 2  # of the latest state only
        act({"undo": True})
    assert shown(store, "n_shots")["film-1"] == 19
    journal_path(folder, "anna").unlink()
    follow(store)
    assert documented(store) == measured
    after = stand_in.contents(store)
    assert {name: content for name, content in after.items() if name in before} == before


def test_what_lies_outside_the_film_is_in_no_query(store: Path) -> None:
    folder = open_store(store).check_out("film-1")
    shots = open_store(store).load("film-1").shots
    import_coding(folder, ShotList(shots, None, "table"), coder="anna")
    with Journal(journal_path(folder, "anna")) as journal:
        journal.apply([Begin(float(shots["start"][3]))])
    follow(store)
    body = open_store(store).load("film-1").shots
    assert (len(body), shown(store, "n_shots")["film-1"]) == (17, 17)
    assert documented(store)["film-1"] == (body["end"] - body["start"]).mean()
    assert documented(store)["film-1"] == shown(store)["film-1"]


def test_looking_leaves_the_store_as_it_was(store: Path, films: dict[str, Path], stand_in: ModuleType) -> None:
    folder = open_store(store).check_out("film-1")
    before, measured = stand_in.contents(store), lengths(store)
    with opened_review(folder, film=films["plain"], coder="anna", kept=Follower(folder)) as review:
        assert review.state()["shots"]
        assert list_coders(folder) == ()
        assert lengths(store) == documented(store) == measured
        assert (store / "films.parquet").read_bytes() == before["films.parquet"]
    after = stand_in.contents(store)
    assert {name for name in after if not Path(name).name.startswith(".")} == {*before} - {".lock", ".summary.lock"}
    assert after["films.parquet"] == before["films.parquet"]


def test_where_nobody_has_decided_there_are_no_figures(store: Path, run: Run, stand_in: ModuleType) -> None:
    for coder in ("anna", "ben"):
        stand_in.correct(store, "film-2", coder)
    status, out, _ = run("corpus", "status", store)
    assert (status, "film-2: " in out, "nobody has decided" in out) == (0, True, True)
    assert "nobody has decided between them" in shown(store, "error")["film-2"]
    assert documented(store).keys() == {"film-0", "film-1"}
    assert shown(store)["film-2"] != shown(store)["film-2"]
    journal_path(store / "reviewed" / "film-2", "ben").unlink()
    follow(store)
    assert documented(store) == lengths(store)
    assert "film-2" not in pd.Series(shown(store, "error")).dropna()


def test_a_run_keeps_what_was_corrected_before_and_meanwhile(store: Path, table: Path, stand_in: ModuleType) -> None:
    stand_in.correct(store, "film-1")
    follow(store)
    tables = {path: path.stat().st_mtime_ns for path in corrected_tables(store)}

    class Coder(stand_in.Silent):  # type: ignore[misc, name-defined]
        def finished(self, *_: Any) -> None:
            stand_in.correct(store, "film-2")

    (table.parent / "new.mkv").write_bytes(b"a film that came later")
    more = table.with_name("more.csv")
    more.write_text("film_id,path,title,year,director\nnew,new.mkv,,,\n")
    stand_in.run(more, store, add=True, watcher=Coder())
    assert shown(store, "n_shots") == {"film-0": 20, "film-1": 19, "film-2": 19, "new": 20}
    assert documented(store) == lengths(store)
    assert {path: path.stat().st_mtime_ns for path in corrected_tables(store) if path in tables} == tables
    assert KnownChecksums(store).stored.keys() == {"film-0", "film-1", "film-2", "new"}


def test_corrections_go_with_the_settings_that_are_current(store: Path, table: Path, stand_in: ModuleType) -> None:
    stand_in.correct(store, "film-1")
    stand_in.run(table, store, settings=replace(stand_in.SETTINGS, samples_per_second=2.0))
    assert documented(store) == lengths(store)
    use_settings(store, stand_in.SETTINGS.id)
    assert documented(store) == lengths(store)
    assert set(shown(store, "measured_settings").values()) == {stand_in.SETTINGS.id}
    assert shown(store, "n_shots")["film-1"] == 19


def test_a_run_that_is_killed_before_it_writes_leaves_the_summary(store: Path, stand_in: ModuleType) -> None:
    """Only the summary says which settings are current, so readers never see a half-written change."""
    stand_in.correct(store, "film-1")
    follow(store)
    before = documented(store)
    with Store.writing(store, replace(stand_in.SETTINGS, samples_per_second=2.0)):
        assert current_settings(store) == stand_in.SETTINGS
        assert documented(store) == lengths(store) == before
    follow(store)
    assert documented(store) == lengths(store) == before
    assert [kept.n_results for kept in list_settings(store) if kept.current] == [3]


def test_a_corrected_film_is_removed_restored_and_pruned(store: Path, run: Run, stand_in: ModuleType) -> None:
    stand_in.correct(store, "film-1")
    follow(store)
    remove_films(store, ["film-1"])
    follow(store)
    assert documented(store).keys() == {"film-0", "film-2"}
    restore_films(store, ["film-1"])
    assert documented(store) == lengths(store)
    remove_films(store, ["film-1"])
    assert run("corpus", "verify", store)[0] == 0
    prune(store)
    assert corrected_tables(store) == []


def test_tables_that_are_gone_or_damaged_are_made_anew(store: Path, run: Run, stand_in: ModuleType) -> None:
    stand_in.correct(store, "film-1")
    follow(store)
    for path in corrected_tables(store):
        path.unlink()
    assert run("corpus", "status", store)[0] == 0
    assert documented(store) == lengths(store)
    shots = next(store.glob("analyses/corrected/shots/*"))
    shots.write_bytes(b"x" + shots.read_bytes()[1:])
    status, out, err = run("corpus", "verify", store)
    assert (status, out) == (2, f"{store}: 3 results read, 1 damaged\n")
    assert f"{shots}: " in err
    shots.unlink()
    assert run("corpus", "verify", store)[0] == 0
    for measured in store.glob("analyses/*/shots/*"):
        measured.write_bytes(b"x")
    status, out, err = run("corpus", "verify", store)
    assert (status, out) == (2, f"{store}: 3 results read, 3 damaged\n")
    assert len(err.splitlines()) == 3


def test_a_store_that_cannot_be_written_to_is_read_with_corrections(
    store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, stand_in: ModuleType
) -> None:
    stand_in.correct(store, "film-1")
    monkeypatch.setattr("shotscale.store.locking._SUMMARY_SECONDS", 0.01)
    with summary_locked(store):
        assert len(open_store(store).load("film-1").shots) == 19
        Follower(store / "reviewed" / "film-1")()
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "films.parquet is behind the corrections"
    ] * 2
    assert shown(store, "n_shots")["film-1"] == 20


def test_an_older_summary_is_brought_up_to_date(store: Path, stand_in: ModuleType) -> None:
    stand_in.correct(store, "film-1")
    summary = pq.read_table(store / "films.parquet")
    older = summary.drop_columns(["measured_settings", "status"]).append_column("status", [["analysed"] * len(summary)])
    pq.write_table(older, store / "films.parquet")
    assert set(read_summary(store)["status"]) == {"analyzed"}
    assert set(read_summary(store)["measured_settings"]) == set(summary["measured_settings"].to_pylist())
    assert documented(store) != lengths(store) == documented(store)


def test_a_folder_in_no_store_is_followed_by_nothing(tmp_path: Path) -> None:
    Follower(tmp_path / "film")()
    Follower(Path("film"))()
    assert list(tmp_path.iterdir()) == []
