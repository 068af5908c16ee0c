"""Run the commands in faulty environments and tabulate how each ends.

Each row runs a command on a film of three seconds or on its saved analysis and states how it ended: with its answer,
with one line, or with something that no user should see (a traceback, more lines, leftover files). Rows whose
requirements this machine or user lacks are marked as left out.

    python benchmarks/surroundings.py
"""

import argparse
import contextlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 300
NOBODY = 65534


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The environment in which a command runs.

    Attributes
    ----------
    name : str
    environment : mapping
        Environment variables that differ from the usual; None for an unset one.
    before : callable
        Called in the process before the command starts.
    stdout : str, optional
        A file that receives its output.
    needs_root : bool
        Whether only root can set it up.
    needs : str
        What is missing here to set it up; empty if nothing.
    odd_names : bool
        Whether the film and its analysis have names that are not UTF-8.
    at_once : int
        How many instances run at the same time in one folder, with one output.
    """

    name: str
    environment: Mapping[str, str | None] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None
    stdout: str | None = None
    needs_root: bool = False
    needs: str = ""
    odd_names: bool = False
    at_once: int = 1


def limited(what: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(what, (most, most))


def become_nobody() -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def no_room() -> None:
    """Limit files to 4 kB: like a full disk, except for the wording of the error."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
"""From Debian's package faketime: sets a process's wall clock and leaves monotonic clocks alone."""

ALL = (
    Surroundings(name="as usual"),
    Surroundings(name="no temporary folder", environment={"TMPDIR": "/nowhere"}),
    Surroundings(name="temporary folder on another file system", environment={"TMPDIR": "/dev/shm"}),
    Surroundings(name="no room on the disk", before=no_room),
    Surroundings(name="no HOME", environment={"HOME": None}),
    Surroundings(name="32 file handles", before=limited(resource.RLIMIT_NOFILE, 32)),
    Surroundings(name="512 MB of address space", before=limited(resource.RLIMIT_AS, 512 << 20)),
    Surroundings(name="2 GB of address space", before=limited(resource.RLIMIT_AS, 2 << 30)),
    Surroundings(
        name="locale C, no UTF-8",
        environment={"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ),
    Surroundings(name="umask 077", before=lambda: os.umask(0o077) and None),
    Surroundings(name="another user, read-only installation and folder", before=become_nobody, needs_root=True),
    Surroundings(name="names that are not UTF-8", odd_names=True),
    Surroundings(
        name="clock set back by 20 years, to before any file",
        environment={"LD_PRELOAD": str(FAKETIME), "FAKETIME": "-20y", "DONT_FAKE_MONOTONIC": "1"},
        needs="" if FAKETIME else "faketime",
    ),
    Surroundings(name="two at once with one output", at_once=2),
    Surroundings(name="output to a full device", stdout="/dev/full"),
    Surroundings(name="output closed", before=lambda: os.close(1)),
    Surroundings(name="output and messages closed", before=lambda: os.closerange(1, 3)),
)


def commands(film: Path, analysis: Path) -> dict[str, list[str]]:
    """Return the commands by name; they write to the folder in which they run."""
    shotscale, authorship = ([sys.executable, "-m", name] for name in ("shotscale", "authorship"))
    return {
        "help": [*authorship, "--help"],
        "classify --save": [*authorship, "classify", str(analysis), "--save", "saved", "--report", "page.html"],
        "features": [*authorship, "features", str(analysis)],
        "analyze --save": [*shotscale, "analyze", str(film), "--save", "saved"],
        "draw": [*shotscale, "draw", "drawn.mkv", "--sequences", "1", "--size", "96x54"],
    }


def run(command: Sequence[str], around: Surroundings, folder: Path) -> str:
    """Run a command in an environment and return how it ended, in a few words."""
    usual = {**os.environ, "TMPDIR": str(folder / "tmp"), "OMP_NUM_THREADS": "1"}
    environment = {k: v for k, v in {**usual, **around.environment}.items() if v is not None}
    (folder / "tmp").mkdir(exist_ok=True)
    work = folder / "work"
    work.mkdir()
    started = []
    with Path(around.stdout or os.devnull).open("wb") as output, contextlib.ExitStack() as stack:
        for _ in range(around.at_once):
            try:
                process = subprocess.Popen(
                    command,
                    cwd=work,
                    env=environment,
                    stdout=output if around.stdout else subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    preexec_fn=around.before,  # noqa: PLW1509 - no threads here
                )
            except PermissionError:
                return "left out: this Python lies where another user may not go"
            started.append(stack.enter_context(process))
        ends = []
        for process in started:
            try:
                said = process.communicate(timeout=SECONDS)[1]
                ends.append(describe(process.returncode, said.decode("utf-8", "replace")))
            except subprocess.TimeoutExpired:
                process.kill()
                ends.append("HANGS")
    left = left_over(folder)
    return "; ".join(dict.fromkeys(ends)) + (f" LEAVES {', '.join(left[:3])}" if left else "")


def describe(status: int, said: str) -> str:
    """Return how a process ended; what no user should see is in capitals."""
    lines = [line for line in said.strip().splitlines() if ": written to " not in line]
    if status < 0:
        return f"CRASHES (signal {-status})"
    if "Traceback" in said:
        return f"TRACEBACK ({lines[-1][:80]})"
    end = "answer" if status == 0 else f"status {status}: {lines[-1][:110]}" if lines else f"status {status}"
    if len(lines) > 1:
        end += f" AND {len(lines) - 1} MORE LINES ({lines[0][:80]})"
    return end


def left_over(folder: Path) -> list[str]:
    """Return leftover temporary files and half-written files."""
    temporary = [path.name for path in (folder / "tmp").iterdir()]
    return temporary + [path.name for path in (folder / "work").rglob(".*")]


def try_all(film: Path, analysis: Path, *, names: Sequence[str] | None = None) -> dict[str, dict[str, str]]:
    """Run every command in all environments or those in `names`; return how each ended, by environment and command."""
    ends: dict[str, dict[str, str]] = {}
    for around in ALL:
        if names is not None and around.name not in names:
            continue
        missing = "root" if around.needs_root and os.geteuid() != 0 else around.needs
        if missing:
            ends[around.name] = dict.fromkeys(commands(film, analysis), f"left out: it takes {missing}")
            continue
        ends[around.name] = {}
        material = (film, analysis)
        if around.odd_names:
            material = tuple(copied(path, path.with_name(f"caf\udce9{path.suffix}")) for path in material)
        for name, command in commands(*material).items():
            with tempfile.TemporaryDirectory() as folder:
                ends[around.name][name] = run(command, around, Path(folder))
            print(f"{around.name}, {name}: {ends[around.name][name]}", file=sys.stderr, flush=True)
    return ends


def copied(source: Path, target: Path) -> Path:
    """Copy a file or a folder."""
    if source.is_dir():
        return shutil.copytree(source, target, dirs_exist_ok=True)
    return shutil.copy(source, target)


def make_material(folder: Path) -> tuple[Path, Path]:
    """Draw a film and analyze it, readable by all users."""
    from shotscale import analyze
    from shotscale.drawn import Cut, Shot, draw_film

    film = draw_film(folder / "film.mkv", seed=1, script=[Shot(seconds=2), Cut(), Shot(seconds=1)], size=(96, 54)).path
    analysis = analyze(film).save(folder / "film")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return film, analysis


def table(ends: Mapping[str, Mapping[str, str]]) -> str:
    """Return the outcomes as Markdown."""
    names = list(next(iter(ends.values())))
    rows = ["| surroundings | " + " | ".join(f"`{name}`" for name in names) + " |", "|---" * (len(names) + 1) + "|"]
    rows += [f"| {around} | " + " | ".join(by[name] for name in names) + " |" for around, by in ends.items()]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", help="The name of surroundings; may be given again.")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        ends = try_all(*make_material(folder), names=options.only)
    finally:
        shutil.rmtree(folder)
    print(table(ends))


if __name__ == "__main__":
    main()
