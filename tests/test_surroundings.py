"""A command in surroundings that are not as they should be answers, or says in one line what is wrong."""

import re
import sys
from pathlib import Path

import pytest
import surroundings

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
