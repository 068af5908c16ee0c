"""Every command of docs/viewers.md runs, on a smaller study, and says that it is simulated."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
PAGE = Path(__file__).parents[1] / "docs" / "viewers.md"
TEXT = PAGE.read_text(encoding="utf-8")
STEPS = re.findall(r"^\$ ([^\n]*)$|^```python\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
SHORTER = dict(re.findall(r"<!-- in tests: (.*?) => (.*?) -->", TEXT))
PICTURES = re.findall(r"\]\((viewers/[^)]+)\)", TEXT)


def test_the_page_goes_the_whole_way(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    made_smaller, asked = set(), []
    for step in STEPS:
        command = "".join(step)
        for long, short in SHORTER.items():
            if long in command:
                made_smaller.add(long)
            command = command.replace(long, short)
        if step[1]:
            exec(compile(command, "<page>", "exec"), {"__name__": "__page__"})
            assert "group film: " in capsys.readouterr().out
            continue
        program, *arguments = shlex.split(command)
        if program in ("head", "ls"):
            assert Path(arguments[-1]).exists()
            continue
        assert program == "authorship", command
        status, out, err = run(*arguments)
        assert (status, err) == (0, ""), command
        assert "SIMULATED" in out, command
        asked.append(arguments[0])
    assert asked == ["simulate-viewers", "viewers", "simulate-viewers"]
    assert made_smaller == set(SHORTER)
    drawn = {path.name for path in Path("results").glob("*.png")}
    assert {Path(link).name for link in PICTURES} == drawn
    assert {path.stem for path in Path("results").glob("*.svg")} == {Path(name).stem for name in drawn}


def test_the_page_shows_what_the_commands_print() -> None:
    """Every command shows its output, no picture is missing, and the study shown is the simulated one."""
    for block in re.findall(r"```console\n(.*?)```", TEXT, flags=re.DOTALL):
        lines = block.splitlines()
        for place, line in enumerate(lines):
            if line.startswith("$ "):
                assert place + 1 < len(lines), line
                assert not lines[place + 1].startswith("$ "), line
    assert [link for link in PICTURES if not (PAGE.parent / link).is_file()] == []
    assert "tense_arousal rises with share close" in TEXT
    assert "hedonic_tone: no relation found." in TEXT
