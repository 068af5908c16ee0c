"""Codings on the command line: one film without video, and a folder for every command that takes films."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from authorship.reference.table import builtin_reference

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return codings of four films by each of three directors, and an empty one."""
    root = tmp_path_factory.mktemp("cinescale")
    generator, reference = np.random.default_rng(0), builtin_reference()
    for length, director in ((30, "Béla Tarr"), (4, "Martin Scorsese"), (12, "Ingmar Bergman")):
        for row in np.flatnonzero(reference.labels == director)[:4]:
            codes = np.repeat(generator.integers(0, 8, 3000 // length), length)
            title = str(reference.original_titles[row]).replace(" ", "_").replace("/", "")
            stem = f"{reference.years[row]:.0f}_{director.split()[-1].lower()}_-_{title}"
            pd.DataFrame({"time": np.arange(len(codes)), "shotscale": codes}).to_csv(root / f"{stem}.csv", index=False)
    (root / "1957_antonioni_-_il_grido.csv").write_text("time,shotscale\n", encoding="utf-8")
    return root


def test_a_coding_is_answered_without_video(folder: Path, run: Run) -> None:
    coding = next(folder.glob("*bergman*"))
    status, out, err = run("classify", "--coding", coding)
    assert (status, err) == (0, "")
    for part in (
        "Shot scales, as coded",
        "based on scale as people code it",
        "Verdict",
        "shot lengths are not known",
    ):
        assert part in " ".join(out.split()), part
    assert "Nearest films" not in out
    status, out, _ = run("classify", coding, "--json")
    film = json.loads(out)["films"][0]
    assert film["basis"]["name"] == "coding"
    assert film["shots"] is None
    assert film["candidates"][0]["stability"] is None


@pytest.mark.parametrize("command", ["features", "fit", "map", "tree", "export"])
def test_every_command_takes_the_folder_and_says_what_it_found(
    command: str, folder: Path, run: Run, tmp_path: Path
) -> None:
    output = tmp_path / {"features": "table.csv", "map": "map.png", "tree": "tree.svg"}.get(command, "out")
    status, _, err = run(command, "--cinescale", folder, "-o", output)
    assert status == 0, err
    assert output.exists()
    said = " ".join(err.split())
    assert "13 codings found, 12 used, 1 left out" in said
    assert "il grido (1957): the file has a header and no rows" in said
    assert "shot lengths joined for 12 of 12 codings" in said
    assert " = " not in said


def test_joins_are_listed_on_demand(folder: Path, run: Run, tmp_path: Path) -> None:
    status, _, err = run("features", "--cinescale", folder, "--joins", "-o", tmp_path / "table.csv")
    assert status == 0
    assert sum(" = " in line for line in err.splitlines()) == 12
    table = pd.read_csv(tmp_path / "table.csv")
    assert table["average_shot_length"].notna().all()
    assert set(table["director"]) == {"Béla Tarr", "Martin Scorsese", "Ingmar Bergman"}


def test_two_codings_are_compared_by_their_runs(folder: Path, run: Run, tmp_path: Path) -> None:
    first, second = (next(folder.glob(f"*{name}*")).stem for name in ("tarr", "scorsese"))
    status, out, err = run("compare", "--cinescale", folder, first, second, "--json", "-o", tmp_path / "two.png")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert document["measured"] == "runs of one scale"
    assert document["delta"]["value"] > 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("features", "--joins", "x.csv"), "add --cinescale DIR"),
        (("fit", "--shots", "x", "corpus", "-o", "out"), "add --cinescale DIR"),
        (("fit", "-o", "out"), "a reference needs exactly one corpus"),
        (("export", "-o", "out"), "an export needs either films or codings"),
        (("classify", "--coding", "absent.csv"), "no such file"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: tuple[str, ...], said: str, run: Run) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", [("features",), ("export", "-o", "out"), ("compare", "a", "b")])
def test_codings_are_measured_whole(command: tuple[str, ...], folder: Path, run: Run) -> None:
    status, out, err = run(*command, "--cinescale", folder, "--from", "1:00", "--speed", "pal")
    assert (status, out) == (2, "")
    assert err == (
        "authorship: --from, --speed: not with --cinescale, whose codings are measured whole; leave one out\n"
    )


def test_a_table_that_codings_cannot_fill_is_refused(folder: Path, run: Run, tmp_path: Path) -> None:
    status, _, err = run("export", "--cinescale", folder, "-o", tmp_path / "out", "--table", "shots")
    assert status == 2
    assert err.endswith("table shots: none of these films has shots; leave the table out\n")


def test_what_may_be_one_name_is_said_once(folder: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "codings").mkdir()
    for file in folder.glob("*_-_*"):
        name = file.name.replace("tarr", "novak").replace("scorsese", "novák")
        (tmp_path / "codings" / name).write_bytes(file.read_bytes())
    status, out, err = run("fit", "--cinescale", tmp_path / "codings", "-o", tmp_path / "out")
    assert status == 0
    assert (out + err).count("'Novak' and 'Novák' may be the same name") == 1


def test_a_folder_of_shots_that_holds_none_is_refused(folder: Path, run: Run, tmp_path: Path) -> None:
    status, out, err = run("fit", "--cinescale", folder, "--shots", tmp_path / "nowhere", "-o", tmp_path / "out")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "no film in it is named like a coding" in err
