"""A command in surroundings that are not as they should be answers, or says in one line what is wrong."""

import re
import resource
import sys
from pathlib import Path

import pytest
import surroundings

from shotscale import analyze
from shotscale.boundaries.shots import find_shots
from shotscale.errors import UserError

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
    """Libraries end the process for it, or take it for a damaged film."""
    limit = megabytes << 20
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, resource.RLIM_INFINITY))
    with pytest.raises(UserError, match=rf"limited to {megabytes} MB, and reading a film takes 2560 MB of it; raise"):
        analyze("no such film")
    with pytest.raises(UserError, match="raise the limit"):
        find_shots("no such film", keep="kept")


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
