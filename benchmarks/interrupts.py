"""End long commands at random moments and check the message, the exit status and what is left behind.

Each command first runs to its end, to measure its duration. Then it is ended at random moments within that duration, by
each signal and by closing the pipe that reads its output; it is also run with its output closed from the start. It must
print one line, exit with the signal's status or have finished, and leave no process, temporary file or half-written
file. Commands that serve a page are ended by signals only.
Before a command's first line of Python and after its last, the system ends it without a message.

    python benchmarks/interrupts.py --rounds 5
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import psutil

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
WAYS = (*SIGNALS, "closed pipe", "closed stdout")
SERVERS = ("shotscale review", "authorship desk")
SECONDS = 300
STORE_LOCKS = (".lock", ".summary.lock")
"""Files that a store keeps: a lock that is removed can be held twice."""

MOST_SECONDS = 30.0
GRACE_SECONDS = 20.0
"""Time for a command's child processes to end after it."""


def commands(material: Path) -> dict[str, list[str]]:
    """Return the commands that take longer than a second, run on the files of `make_material`."""
    film, analysis = str(material / "film.mkv"), str(material / "film")
    frames, coded = str(material / "drawn" / "frames"), str(material / "drawn" / "annotations")
    reference, study = str(material / "reference.csv"), material / "study"
    tiny = ["--network", "mobilenet_v3_small", "--finetuning", "scratch", "--steps", "20", "--size", "32x56"]
    calls = {
        "shotscale analyze": [film, "--save", "saved"],
        "shotscale shots": [film, "--save", "kept"],
        "shotscale draw": ["drawn.mkv", "--sequences", "4", "--size", "160x90"],
        "shotscale draw-frames": ["drawn", "--films", "3", "--seconds", "14"],
        "shotscale train": [frames, "-o", "net.safetensors", "--annotations", coded, "--folds", "3", *tiny],
        "shotscale predict": [frames, "-o", "scales.csv"],
        "shotscale errors": [frames, "-o", "mistakes.png", "--annotations", coded],
        "shotscale benchmark-shots": [
            str(material / "clips"),
            str(material / "truth.csv"),
            "--detectors",
            "adaptive,default",
        ],
        "authorship classify": [film, "--save", "saved", "--report", "page.html"],
        "authorship features": [film, "-o", "features.csv"],
        "authorship export": [analysis, "-o", "tables", "--format", "all"],
        "authorship benchmark": [reference, "--permutations", "20", "--classifier", "logistic regression"],
        "authorship fit": [reference, "-o", "fitted"],
        "authorship verify": [analysis, "--director", "Federico Fellini"],
        "authorship roll": [analysis, "--window", "10", "--step", "1", "-o", "windows.csv"],
        "authorship map": [analysis, "-o", "map.png"],
        "authorship tree": [analysis, "--consensus", "-o", "tree.svg"],
        "authorship compare": [analysis, analysis, "-o", "both.png"],
        "authorship simulate": ["simulated"],
        "authorship simulate-viewers": ["simulated"],
        "authorship viewers": [
            str(study / "simulated_ratings.csv"),
            str(study / "simulated_clips"),
            "-o",
            "seen",
            "--permutations",
            "199",
        ],
        "authorship corpus analyze": [str(material / "films.csv"), "-o", "store"],
        "shotscale review": [analysis, "--no-browser"],
        "authorship desk": ["desk", "--no-browser"],
    }
    return {name: [sys.executable, "-m", *name.split(), *given] for name, given in calls.items()}


def ways(name: str) -> tuple[str, ...]:
    """Return the ways in which a command is ended."""
    return SIGNALS if name in SERVERS else WAYS


def make_material(folder: Path) -> None:
    """Make a film, an analysis, frames, a corpus, a reference and a study."""
    from shotscale import analyze
    from shotscale.drawn import Cut, Shot, draw_film

    places = ("street", "beach", "street", "beach") * 3
    script = [part for place in places for part in (Shot(seconds=1, setting=place), Cut())][:-1]
    analyze(draw_film(folder / "film.mkv", seed=1, script=script, size=(160, 90)).path).save(folder / "film")
    (folder / "clips").mkdir()
    shutil.copy(folder / "film.mkv", folder / "clips")
    shots = "".join(f"film,{24 * k},{24 * k + 23}\n" for k in range(12))
    (folder / "truth.csv").write_text(f"clip,first_frame,last_frame\n{shots}", encoding="utf-8")
    (folder / "films.csv").write_text("film_id,path,title,year,director\none,film.mkv,One,1960,A\n", encoding="utf-8")
    for name, given in (
        ("shotscale", ["draw-frames", "drawn", "--films", "3", "--seconds", "14"]),
        ("authorship", ["simulate-viewers", "study"]),
    ):
        subprocess.run([sys.executable, "-m", name, *given], cwd=folder, check=True, capture_output=True)
    rng = np.random.default_rng(2)
    rows = ["film_id,director,average_shot_length,median_shot_length,shot_length_sd"]
    for k in range(24):
        length = 4 + k % 3 + rng.uniform()
        rows.append(f"f{k},{'ABC'[k % 3]},{length:.3f},{0.6 * length:.3f},{0.8 * length:.3f}")
    (folder / "reference.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def whole(command: Sequence[str]) -> float:
    """Run a command in a separate folder and return its duration in seconds, at most `MOST_SECONDS`."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return MOST_SECONDS
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[2:])}: status {done.returncode}: {done.stderr.strip()[-300:]}")
        return time.monotonic() - began


def ended(command: Sequence[str], way: str, moment: float) -> str:
    """End a command after `moment` seconds and return what went wrong; '' if nothing."""
    with tempfile.TemporaryDirectory() as folder:
        work, temporary = Path(folder) / "work", Path(folder) / "tmp"
        work.mkdir()
        temporary.mkdir()
        process = subprocess.Popen(
            command,
            cwd=work,
            env={**os.environ, "TMPDIR": str(temporary), "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_begin(closed=way == "closed stdout"),  # noqa: PLW1509 - no threads here
        )
        with process:
            if way == "closed stdout":
                moment = SECONDS
            try:
                said = process.communicate(timeout=moment)[1]
            except subprocess.TimeoutExpired:
                if way in SIGNALS:
                    process.send_signal(getattr(signal, way))
                else:
                    assert process.stdout is not None
                    process.stdout.close()
                    process.stdout = None
                try:
                    said = process.communicate(timeout=SECONDS)[1]
                except subprocess.TimeoutExpired:
                    process.kill()
                    return "hangs"
        faults = _faults(way, process.returncode, said.decode("utf-8", "replace"))
        faults += [
            f"leaves {path.name}" for path in [*temporary.iterdir(), *work.rglob(".*")] if path.name not in STORE_LOCKS
        ]
        if _alive(process.pid):
            faults.append("leaves a process")
        return "; ".join(faults)


def _begin(*, closed: bool) -> "object":
    def begin() -> None:
        os.setsid()
        for name in SIGNALS:  # a shell may have had them ignored
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if closed:
            os.close(1)

    return begin


_PROGRESS = re.compile(r".*: \d+ %, \d+ (min|s) left")  # printed occasionally on a slow machine


def _faults(way: str, status: int, said: str) -> list[str]:
    lines = [line for line in said.splitlines() if line.strip()]
    odd = [
        line
        for line in lines
        if not line.startswith(("shotscale: ", "authorship: ", "step ")) and not _PROGRESS.fullmatch(line)
    ]
    faults = [f"says {odd[0][:90]!r}"] if odd else []
    interrupted = [line for line in lines if ": interrupted; " in line]
    if way in SIGNALS and status == -getattr(signal, way) and not lines:
        return faults  # before its first line of Python
    if way in SIGNALS and status == 128 + getattr(signal, way):
        faults += [] if len(interrupted) == 1 else [f"{len(interrupted)} lines say that it was interrupted"]
    elif status != 0:
        faults.append(f"status {status} ({lines[-1][:90] if lines else 'nothing said'})")
    return faults


def _alive(session: int) -> bool:
    """Return whether a process of a session is still alive after `GRACE_SECONDS`."""
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until:
        if not any(_session(pid) == session for pid in psutil.pids()):
            return False
        time.sleep(0.05)
    return True


def _session(pid: int) -> int | None:
    try:
        return None if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE else os.getsid(pid)
    except (ProcessLookupError, psutil.Error):
        return None


def rounds(calls: Mapping[str, Sequence[str]], *, n: int, seed: int) -> dict[str, list[str]]:
    """End each command n times in each way, and return the faults by command."""
    rng = np.random.default_rng(seed)
    faults: dict[str, list[str]] = {}
    for name, command in calls.items():
        try:
            seconds = whole(command)
        except RuntimeError as error:
            faults[name] = [str(error)]
            print(f"{name}: {error}", file=sys.stderr, flush=True)
            continue
        found = []
        for _ in range(n):
            for way in ways(name):
                moment = float(rng.uniform(0.02, seconds))
                fault = ended(command, way, moment)
                found += [f"{way} after {moment:.2f} of {seconds:.2f} s: {fault}"] if fault else []
        faults[name] = found
        print(
            f"{name}, {seconds:.2f} s, {n * len(ways(name))} times: {found or 'in order'}", file=sys.stderr, flush=True
        )
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", help="A command; may be given again.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_material(Path(folder))
        calls = {k: v for k, v in commands(Path(folder)).items() if options.only is None or k in options.only}
        faults = rounds(calls, n=options.rounds, seed=options.seed)
    counts = Counter({name: len(found) for name, found in faults.items()})
    tried = options.rounds * sum(len(ways(name)) for name in calls)
    print(f"{len(calls)} commands, {tried} ends: {counts.total()} out of order")
    for name, found in faults.items():
        for fault in found:
            print(f"  {name}: {fault}")
    raise SystemExit(bool(counts.total()))


if __name__ == "__main__":
    main()
