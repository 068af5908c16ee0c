"""Every long command shuts down cleanly when told to, at a randomly drawn moment."""

from pathlib import Path

import interrupts
import numpy as np
import pytest

NAMES = list(interrupts.commands(Path()))


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("material")
    interrupts.make_material(folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_command_that_is_told_to_end(name: str, material: Path) -> None:
    """`benchmarks/interrupts.py` tries more moments and, at each, every way of ending."""
    place = NAMES.index(name)
    ways = [way for way in interrupts.ways(name) if way != "closed stdout"]
    way = ways[place % len(ways)]
    moment = float(np.random.default_rng(place).uniform(0.3, 3.0))
    assert interrupts.ended(interrupts.commands(material)[name], way, moment) == "", f"{way} after {moment:.2f} s"


def test_a_command_whose_output_is_closed(material: Path) -> None:
    assert interrupts.ended(interrupts.commands(material)["shotscale analyze"], "closed stdout", 0) == ""


WRONG = """
import subprocess, sys, tempfile
silent = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"], **silent)
tempfile.mkstemp()
print("ready", flush=True)
try:
    import time
    time.sleep(60)
finally:
    print("noise", file=sys.stderr)
"""


def test_what_is_out_of_order_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(interrupts, "GRACE_SECONDS", 0.5)
    found = interrupts.ended([sys.executable, "-c", WRONG], "SIGINT", 1.5)
    for fault in ("says 'noise'", "status", "leaves tmp", "leaves a process"):
        assert fault in found
