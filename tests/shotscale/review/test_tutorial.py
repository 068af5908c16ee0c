"""The review tutorial runs as written, on shorter films; its two review commands serve what the page says."""

import http.client
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pages import rewritten

from authorship.opening import open_film
from shotscale.coders import list_coders
from shotscale.errors import TableError

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "tutorials" / "review.md"
SERVED = re.findall(r"^\$ (shotscale review .*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the page's other commands and return their folder."""
    folder = tmp_path_factory.mktemp("tutorial")
    _, runner = rewritten(PAGE, folder, tests=True)
    assert runner.used == set(runner.shorter)
    return folder


def test_the_page_leaves_what_it_says(desk: Path) -> None:
    assert (desk / "reference" / "reference.json").is_file()
    assert (desk / "mine.safetensors").is_file()
    assert (desk / "codings" / "2026_Nobody_-_One.csv").read_text().startswith("time,shotscale\n0,9\n")
    assert "Corrected by anna" in open_film(desk / "analyzed" / "six").limits[-1]
    assert list_coders(desk / "analyzed" / "one")[:2] == ("anna", "ben")


def test_the_review_commands_serve(desk: Path) -> None:
    assert len(SERVED) == 2
    with pytest.raises(TableError, match="nobody has decided"):
        open_film(desk / "analyzed" / "one")
    for command in SERVED:
        arguments = command.split()[1:]
        program = [sys.executable, "-m", "shotscale", *arguments, "--no-browser"]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=desk) as process:
            assert process.stdout is not None
            assert (
                process.stdout.readline()
                == f"one.mkv: corrections go to analyzed/one/corrections-{arguments[3]}.jsonl\n"
            )
            match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)\n", process.stdout.readline())
            assert match is not None
            connection = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=60)
            headers = {"Cookie": f"shotscale-review-{match[1]}={match[2]}", "Content-Type": "application/json"}
            connection.request("GET", "/api/state", headers=headers)
            state = json.loads(connection.getresponse().read())
            if state["coder"] == "carl":  # a referee who has only looked decides nothing
                time = next(shot["start"] for shot in state["shots"] if shot["differ"])
                choice = {"revision": state["revision"], "choose": 0, "time": time}
                connection.request("POST", "/api/act", json.dumps(choice), headers)
                assert connection.getresponse().status == 200
            connection.close()
            process.kill()
    assert state["coder"] == "carl"
    differing = [shot for shot in state["shots"] if shot["differ"]]
    assert differing
    assert all([said["scale"] for said in shot["opinions"]] == ["MS", "MLS"] for shot in differing)
    assert "Corrected by carl, between anna and ben" in open_film(desk / "analyzed" / "one").limits[-1]
