"""Every command of the worked example runs, on fewer films, and says that they are simulated."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from authorship.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "worked_example.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", TEXT, flags=re.MULTILINE)

SMALLER = (
    ("simulate simulated-cinescale", "simulate simulated-cinescale --films 30"),
    ("--permutations 100", "--permutations 3 --jobs 1"),
    ('--classifier "linear support vectors" --classifier "shrunken centroids" ', ""),
)
"""What keeps the test short: everything else of a command is as the page has it."""

ASKED = {"simulate", "fit", "benchmark", "classify", "verify", "roll"}


def run(arguments: list[str]) -> int:
    sys.argv = ["authorship", *arguments]
    try:
        main()
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def test_the_page_goes_the_whole_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv)
    seen, made_smaller = set(), set()
    for command in COMMANDS:
        for long, short in SMALLER:
            if long in command:
                made_smaller.add(long)
            command = command.replace(long, short)  # noqa: PLW2901
        program, *arguments = shlex.split(command)
        if program == "head":
            assert Path(arguments[-1]).read_text(encoding="utf-8").startswith("time,shotscale\n0,9\n")
            continue
        assert program == "authorship", command
        status = run(arguments)
        out, err = capsys.readouterr()
        assert (status, err) == (0, ""), command
        assert "simulated" in out.casefold(), command
        seen.add(arguments[0])
    assert seen == ASKED
    assert made_smaller == {long for long, _ in SMALLER}
    assert sorted(path.name for path in Path("reference").iterdir()) == ["films.csv", "reference.json"]
    assert {path.name for path in Path("results").glob("*.png")} == {
        path.name for path in (PAGE.parent / "worked_example").glob("*.png")
    }


def test_the_page_shows_what_the_commands_print() -> None:
    """No command stands there without its output, and no picture is missing."""
    for block in re.findall(r"```console\n(.*?)```", TEXT, flags=re.DOTALL):
        lines = block.splitlines()
        for place, line in enumerate(lines):
            if line.startswith("$ "):
                assert place + 1 < len(lines), line
                assert not lines[place + 1].startswith("$ "), line
    links = re.findall(r"\]\((?!http)([^)#]+)\)", TEXT)
    assert links
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []
