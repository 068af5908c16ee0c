"""In a faulty environment, a command answers or says in one line what is wrong."""

import os
import re
import resource
import sys
import tomllib
from datetime import UTC, datetime, timedelta, tzinfo
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import surroundings
from packaging.requirements import Requirement

from shotscale import analyze
from shotscale.boundaries.shots import find_shots
from shotscale.coders import journal_path
from shotscale.errors import UserError
from shotscale.review.journal import Journal
from shotscale.store.reading import open_store, read_log
from shotscale.store.store import Store
from shotscale.store.summary import read_summary
from shotscale.store.table import is_year, years

ORDERLY = re.compile(r"answer|status 2: (?:authorship|shotscale): [^;]+; .*|left out: .*", re.DOTALL)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return surroundings.make_material(tmp_path_factory.mktemp("material"))


@pytest.mark.parametrize("name", [around.name for around in surroundings.ALL])
def test_features_of_a_saved_film(name: str, material: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """`benchmarks/surroundings.py` tries the longer commands too."""
    every = surroundings.commands
    monkeypatch.setattr(surroundings, "commands", lambda *given: {"features": every(*given)["features"]})
    end = surroundings.try_all(*material, names=[name])[name]["features"]
    assert ORDERLY.fullmatch(end), end


@pytest.mark.parametrize("megabytes", [64, 512, 2048])
def test_too_little_address_space_is_said_before_a_library_fails(
    megabytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries would abort the process or mistake it for a damaged film."""
    limit = megabytes << 20
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, resource.RLIM_INFINITY))
    with pytest.raises(UserError, match=rf"limited to {megabytes} MB, and reading a film takes 2560 MB of it; raise"):
        analyze("no such film")
    with pytest.raises(UserError, match="raise the limit"):
        find_shots("no such film", keep="kept")


class Backward(datetime):
    """A clock that goes back a day each time it is read."""

    looked = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Backward":
        cls.looked += 1
        return cls(2001, 1, 1, tzinfo=tz) - timedelta(days=cls.looked)


def test_what_comes_last_holds_though_the_clock_runs_backward(
    stand_in: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("shotscale.store.run", "shotscale.review.journal"):
        monkeypatch.setattr(f"{module}.datetime", Backward)
    table, folder = stand_in.make_corpus(tmp_path / "films", 2), tmp_path / "store"
    stand_in.run(table, folder)
    assert open_store(folder).names == ("film-0", "film-1")
    first = read_log(folder).set_index("film_id")["at"]
    Store(folder).forget(read_summary(folder)["sha256"][0])
    (table.parent / "1.mkv").unlink()
    stand_in.run(table, folder)
    os.utime(folder / "films.parquet", ns=(5, 5))  # as old as its clock says
    again = read_log(folder).set_index("film_id")["at"]
    assert again["film-0"] < first["film-1"] == again["film-1"]
    corrected = stand_in.correct(folder, "film-0")
    assert len(open_store(folder).load("film-0").shots) == 19
    with Journal(journal_path(corrected, "anna")) as journal:
        journal.undo()
        journal.undo()
    assert len(open_store(folder).load("film-0").shots) == 20


def test_a_film_of_this_year_is_taken_though_the_clock_is_20_years_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shotscale.store.table.datetime", SimpleNamespace(datetime=Backward, UTC=UTC))
    assert (is_year("2026"), is_year("2028")) == (True, False)
    assert years() == "a year from 1888 to 2027"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise ValueError", "TRACEBACK"),
        ("import sys; sys.exit('one\\ntwo')", "1 MORE LINES"),
        ("import os; os.abort()", "CRASHES"),
        ("import tempfile; tempfile.mkstemp()", "LEAVES tmp"),
    ],
)
def test_what_is_out_of_order_is_seen(code: str, said: str, tmp_path: Path) -> None:
    end = surroundings.run([sys.executable, "-c", code], surroundings.ALL[0], tmp_path)
    assert said in end
    assert not ORDERLY.fullmatch(end)


def test_pip_takes_the_major_version_of_pyav_that_is_tested() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (needed,) = (one for one in map(Requirement, project["dependencies"]) if one.name == "av")
    major = int(version("av").partition(".")[0])
    assert needed.specifier.contains(version("av"))
    assert not needed.specifier.contains(f"{major + 1}.0.0")
