"""How both commands behave on a terminal: one-line errors, exit statuses, progress on stderr.

Conventions
-----------
Results go to stdout, everything else to stderr. Exit status 0 is success, 2 an error that the user can mend, 130 an
interruption (128 and the signal's number of any signal), 70 a fault of this program. Progress is drawn where stderr is
a terminal and nowhere else.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from shotscale.errors import UserError

__all__ = ["film_progress", "output_console", "report_error", "run", "stderr", "stdout"]

stderr = Console(stderr=True, highlight=False, markup=False)
stdout = Console(highlight=False, markup=False, soft_wrap=True)
"""For results a line each; `output_console` is for what is laid out in columns."""


class _Trimmed:
    """Whatever stdout is at the time, but for spaces at the ends of lines where no terminal needs them."""

    @property
    def encoding(self) -> str:
        return getattr(sys.stdout, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        sys.stdout.write(text if self.isatty() else _LINE_ENDS.sub("", text))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()

    def isatty(self) -> bool:
        return sys.stdout.isatty()

    def fileno(self) -> int:
        return sys.stdout.fileno()


_LINE_ENDS = re.compile(r"[ \t]+(?=\n)")


def output_console(*, markup: bool = True) -> Console:
    """Give what prints results laid out in columns; in a pipe or a file, lines end where their text ends."""
    return Console(file=cast(IO[str], _Trimmed()), highlight=False, markup=markup)


def run(app: typer.Typer, name: str) -> None:
    """Run a command-line application and leave the process with its exit status.

    A `UserError` becomes one line on stderr and exit status 2; ``--debug`` anywhere among the arguments
    lets the traceback through.
    """
    debug = "--debug" in sys.argv
    try:
        app(prog_name=name)
    except UserError as error:
        if debug:
            raise
        report_error(name, error)
        sys.exit(2)
    except KeyboardInterrupt:
        stderr.print(f"{name}: interrupted; what was finished is kept")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): not an error, but Python must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def report_error(name: str, error: UserError) -> None:
    """Print an error as one line on stderr, behind the command's name."""
    stderr.print(f"{name}: {' '.join(str(error).split())}", soft_wrap=True)


@contextmanager
def film_progress(label: str) -> Iterator[Callable[[float, float | None], None]]:
    """Draw a bar with the time left while a film is read; yields the callback that moves it."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bars:
        task = bars.add_task(label, total=None)

        def move(done: float, total: float | None) -> None:
            bars.update(task, completed=done, total=None if total is None else max(total, done))

        yield move
