"""The README's promises: its commands run, its Python runs, its targets exist, its files are there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from shotscale.drawn import Cut, Shot, draw_film

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [line[2:] for block in CONSOLE for line in block.splitlines() if line.startswith("$ ")]
MAKE = [command for command in COMMANDS if command.startswith("make ")]
OTHERS = [command for command in COMMANDS if not command.startswith("make ")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a film named as in the README."""
    folder = tmp_path_factory.mktemp("desk")
    draw_film(
        folder / "film.mkv", seed=2, script=[Shot(seconds=2), Cut(), Shot(seconds=2, setting="street")], truth=False
    )
    (folder / "films.csv").write_text("film_id,path,title,year,director\nfilm,film.mkv,A film,2020,Someone\n")
    return folder


def test_the_two_commands_are_targets() -> None:
    assert MAKE == ["make demo", "make check"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in MAKE:
        assert f"\n{command.split()[1]}:" in makefile


def test_every_other_command_runs(desk: Path) -> None:
    assert OTHERS
    for command in OTHERS:
        program, *arguments = shlex.split(command)
        done = subprocess.run(
            [str(Path(sys.executable).parent / program), *arguments],
            cwd=desk,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"


def test_the_python_runs(desk: Path) -> None:
    [code] = PYTHON
    assert len([line for line in code.splitlines() if line.strip()]) == 4
    done = subprocess.run([sys.executable, "-c", code], cwd=desk, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Fellini" in done.stdout


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
