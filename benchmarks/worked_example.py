"""Run every command of docs/worked_example.md and put what it prints into the page, figures included.

python benchmarks/worked_example.py            # some minutes: 124 simulated films, one left out at a time
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from shotscale.files import atomic_write

PAGE = Path(__file__).parents[1] / "docs" / "worked_example.md"
FIGURES = PAGE.parent / PAGE.stem
BLOCK = re.compile(r"```console\n(.*?)```", flags=re.DOTALL)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = BLOCK.sub(lambda block: executed(block[1], Path(folder)), PAGE.read_text(encoding="utf-8"))
        FIGURES.mkdir(exist_ok=True)
        for figure in sorted((Path(folder) / "results").glob("*.png")):
            shutil.copyfile(figure, FIGURES / figure.name)
    with atomic_write(PAGE) as stream:
        stream.write(page)


def executed(block: str, folder: Path) -> str:
    """Give a console block with its commands' present output."""
    lines = []
    for line in block.splitlines():
        if line.startswith("$ "):
            lines += [line, *output(line[2:], folder)]
    return "\n".join(["```console", *lines, "```"])


def output(command: str, folder: Path) -> list[str]:
    print(command, flush=True)
    program, *arguments = shlex.split(command)
    beside = Path(sys.executable).parent / program
    done = subprocess.run(
        [str(beside) if beside.exists() else program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return [line.rstrip() for line in done.stdout.rstrip().splitlines()]


if __name__ == "__main__":
    main()
