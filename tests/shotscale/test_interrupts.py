"""An interrupted command says so in one line, leaves nothing behind, and exits with the signal's status."""

import subprocess
import sys
from pathlib import Path

import pytest

from shotscale.interrupts import SIGNALS

WORKING = """
import signal, sys, tempfile, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup would have ignored
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores in its background
from shotscale.interrupts import begin
begin("tool")
if sys.argv[1] == "early":
    print("inside", flush=True)
    time.sleep(60)
from shotscale.cli.exit_status import run
def work(prog_name):
    with tempfile.TemporaryDirectory():
        print("inside", flush=True)
        time.sleep(60)
run(work, "tool")
"""


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("when", ["early", "working"])
def test_one_line_and_nothing_left(tmp_path: Path, number: int, when: str) -> None:
    command = [sys.executable, "-c", WORKING, when]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={"TMPDIR": str(tmp_path)}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert said.startswith("tool: interrupted; ")
    assert said.count("\n") == 1
    assert process.returncode == 128 + number
    assert list(tmp_path.iterdir()) == []


def test_a_signal_after_all_is_done_changes_nothing() -> None:
    code = """
import atexit, os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores in its background
def late():
    os.kill(os.getpid(), signal.SIGINT)
atexit.register(late)  # runs after those that are registered later
from shotscale.interrupts import begin
begin("tool")
print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_an_interruption_that_a_library_made_an_error_of_is_one() -> None:
    code = """
import os, signal
from shotscale.cli.exit_status import run
def work(prog_name):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    except BaseException:
        raise ValueError("of the library's own") from None
run(work, "tool")
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (143, "tool: interrupted; finished results are kept\n")


def test_a_fault_is_a_line_of_its_own_status() -> None:
    code = "from shotscale.cli.exit_status import run; run(lambda prog_name: 1 / 0, 'tool')"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 70
    assert done.stderr.startswith("tool: internal error (ZeroDivisionError: division by zero)")
    assert done.stderr.count("\n") == 1
    done = subprocess.run([sys.executable, "-c", code, "--debug"], check=False, capture_output=True, text=True)
    assert "Traceback" in done.stderr


def test_an_import_is_not_interrupted_while_it_holds_a_lock() -> None:
    """An error raised inside Python's import code leaves a lock behind, on which threads wait forever."""
    code = (
        "import os, signal, time\n"
        "from shotscale.interrupts import Interrupted, raise_from_now_on\n"
        "raise_from_now_on()\n"
        "step = 'os.kill(os.getpid(), signal.SIGTERM); went_on = True'\n"
        "inside = compile(step, '<frozen importlib._bootstrap>', 'exec')\n"
        "went_on = False\n"
        "try:\n"
        "    exec(inside)\n"
        "    time.sleep(30)\n"
        "except Interrupted as interruption:\n"
        "    print(went_on, interruption.status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", "143"]


@pytest.mark.parametrize("where", ["a weak reference's callback", "a destructor"])
def test_an_interruption_that_python_drops_is_raised_again(where: str) -> None:
    """Python prints an error raised in either as ignored and continues."""
    code = """
import os, signal, sys, time, weakref
from shotscale.cli.exit_status import run
class Thing:
    def __del__(self):
        if sys.argv[1] == "a destructor":
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0)
def work(prog_name):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM)) if "weak" in sys.argv[1] else None
    del thing
    print("went on", flush=True)
    time.sleep(30)
run(work, "tool")
"""
    done = subprocess.run([sys.executable, "-c", code, where], check=False, capture_output=True, text=True, timeout=20)
    assert done.stdout == "went on\n"
    assert (done.returncode, done.stderr) == (143, "tool: interrupted; finished results are kept\n")
