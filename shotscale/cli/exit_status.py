"""How both commands end: an error becomes one line on stderr and an exit status.

Exit status 0 is success, 2 an error that the user can fix, 130 an interruption (128 plus the signal number for any
signal), 70 an internal error.
"""

import io
import os
import re
import sys
from contextlib import suppress

import typer

from shotscale.cli.terminal import debugging, report_error, stderr
from shotscale.errors import UserError
from shotscale.interrupts import Interrupted, raise_from_now_on, swallowed

_NO_MEMORY = re.compile(
    r"failed to map|can't start new thread|can't allocate memory|cannot allocate memory", re.IGNORECASE
)
"""How libraries report a lack of memory in errors of other classes."""


def run(app: typer.Typer, name: str) -> None:
    """Run a command-line application and leave the process with its exit status.

    A `UserError` becomes one line on stderr and exit status 2; any other error becomes one line too, with its own
    status. ``--debug`` anywhere among the arguments shows the traceback.
    """
    _open_streams()
    raise_from_now_on()
    sys.exit(_status(app, name))


def _status(app: typer.Typer, name: str) -> int:
    """Run the application and return the exit status."""
    try:
        try:
            app(prog_name=name)
        except SystemExit as end:  # the application always ends this way
            if type(sys.stdout).__name__ == "PacifyFlushWrapper":  # what Click leaves after a broken pipe
                return 0
            sys.stdout.flush()
            return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Interrupted as interruption:
        return _interrupted(name, interruption)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): not an error, but Python must not flush again.
        _print_no_more()
        return 0
    except Exception as error:  # noqa: BLE001 - the edge of the program: every error becomes a line
        return _failed(name, error)
    return 0


def _failed(name: str, error: Exception) -> int:
    """Report an error in one line; it may be an interruption that a library turned into another error."""
    if (told := swallowed()) is not None:
        return _interrupted(name, told)
    if debugging():
        raise error
    line, status = _explain(error)
    report_error(name, line)
    _print_no_more()
    return status


def _interrupted(name: str, interruption: Interrupted) -> int:
    stderr.print(f"{name}: interrupted; finished results are kept", soft_wrap=True)
    return interruption.status


def _explain(error: Exception) -> tuple[UserError, int]:
    """Return the line and the exit status for an error."""
    if isinstance(error, UserError):
        return error, 2
    if isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)):
        return UserError("not enough memory; close other programs, or use a machine with more"), 2
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return UserError(f"{where}{error.strerror or error}; see --debug for where"), 2
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return UserError(f"internal error ({what}); please report it with the output of --debug"), 70


def _open_streams() -> None:
    """Let any output be written, whatever the locale."""
    for stream in ("stdout", "stderr"):
        if isinstance(opened := getattr(sys, stream), io.TextIOWrapper):
            opened.reconfigure(errors="backslashreplace")


def _print_no_more() -> None:
    """Discard any further output."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
