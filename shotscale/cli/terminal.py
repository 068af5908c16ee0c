"""What both commands print on a terminal: results on stdout; one-line errors and progress on stderr.

Progress is drawn if stderr is a terminal; otherwise, in a pipe or a log, it is an occasional line.
"""

import io
import json
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from shotscale.errors import UserError
from shotscale.interrupts import Interrupted
from shotscale.numerals import counted

if TYPE_CHECKING:
    from shotscale.localserver import LocalServer


class _Console(Console):
    """A console that leaves broken pipes to `run`."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """Print; a long line stays whole in a pipe, and is broken between words on a terminal, never inside one."""
        if self.is_terminal and (self.soft_wrap if soft_wrap is None else soft_wrap):
            objects = tuple(_broken(text, self.width) if isinstance(text, str) else text for text in objects)
        super().print(*objects, soft_wrap=soft_wrap, **options)


def _broken(text: str, width: int) -> str:
    """Break long lines between words; Rich would break long paths too, and a copied path would be wrong."""
    fill = partial(textwrap.fill, width=width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line if len(line) <= width else fill(line) for line in text.split("\n"))


stderr = _Console(stderr=True, highlight=False, markup=False)
stdout = _Console(highlight=False, markup=False, soft_wrap=True)
"""For results of one line each; `output_console` is for output in columns."""


class _Trimmed:
    """The current stdout, without trailing spaces unless it is a terminal."""

    def write(self, text: str) -> int:
        sys.stdout.write(text if sys.stdout.isatty() else _LINE_ENDS.sub("", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stdout, name)


_LINE_ENDS = re.compile(r"[ \t]+(?=\n)")


def output_console(*, markup: bool = True) -> Console:
    """Return a console for output in columns; in a pipe or a file, lines have no trailing spaces."""
    return _Console(file=cast(IO[str], _Trimmed()), highlight=False, markup=markup)


def data_stdout() -> TextIO:
    """Return stdout for JSON or CSV, which are UTF-8 in a pipe or a file, whatever the locale."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    return sys.stdout


def print_json(document: object) -> None:
    """Print one JSON object on stdout and nothing else; NaN is refused, since JSON has no such number."""
    stream = data_stdout()
    json.dump(document, stream, ensure_ascii=False, indent=2, allow_nan=False)
    stream.write("\n")


def say_written(name: str, *paths: Path | None) -> None:
    """Print on stderr where results were written; None is for those that were not asked for."""
    for path in paths:
        if path is not None:
            stderr.print(f"{name}: written to {path}", soft_wrap=True)


def tell(name: str, source: Path, *lines: str) -> None:
    """Print on stderr how a list was read and what was assumed, one line each."""
    for line in lines:
        stderr.print(f"{name}: {source}: {line}", soft_wrap=True)


def report_error(name: str, error: UserError) -> None:
    """Print an error as one line on stderr, after the command's name."""
    stderr.print(f"{name}: {' '.join(str(error).split())}", soft_wrap=True)


def debugging() -> bool:
    """Return whether an error is to be raised with its traceback: whether ``--debug`` is among the arguments."""
    return "--debug" in sys.argv


class LeftOut:
    """The films that a command leaves out because they cannot be read: each is named, and the exit status is 2.

    `on_error` is called with the error of one; it is None if the first error is to be raised, with its traceback.
    """

    def __init__(self, command: str) -> None:
        self._command, self._count = command, 0
        self.on_error = None if debugging() else self._report

    def _report(self, error: UserError) -> None:
        self._count += 1
        report_error(self._command, error)

    def exit(self) -> None:
        """End with exit status 2, and the number of films that were left out, if any were."""
        if self._count:
            stderr.print(f"{self._command}: {counted(self._count, 'film')} left out")
            raise typer.Exit(2)


class ProgressLines:
    """Prints progress as a line on stderr every `every` seconds; work that is done sooner prints none."""

    def __init__(self, label: str, *, every: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._label, self._every, self._clock = label, every, clock
        self._begun = self._told = clock()

    def __call__(self, done: float, total: float | None) -> None:
        """Print how much is done, if the last line is old enough."""
        now = self._clock()
        if now - self._told < self._every or not total or done <= 0:
            return
        self._told = now
        left = (now - self._begun) * max(0.0, total - done) / done
        minutes = f"{left / 60:.0f} min" if left >= 60 else f"{left:.0f} s"
        stderr.print(f"{self._label}: {100 * min(1.0, done / total):.0f} %, {minutes} left", soft_wrap=True)


@contextmanager
def film_progress(label: str) -> Iterator[Callable[[float, float | None], None]]:
    """Show the progress of a film, or other long work, and the time left; yields the callback that updates it."""
    if not stderr.is_terminal:
        yield ProgressLines(label)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr, transient=True) as bars:
        task = bars.add_task(label, total=None)

        def move(done: float, total: float | None) -> None:
            bars.update(task, completed=done, total=None if total is None else max(total, done))

        yield move


def serve(server: "LocalServer", goodbye: str, *, browser: bool) -> None:
    """Print a server's address, open it in a browser if wanted, and wait for Ctrl-C."""
    import webbrowser

    stdout.print(server.address)
    if browser and not webbrowser.open(server.address):
        stderr.print("no browser was found; open the address above", soft_wrap=True)
    try:
        server.wait()
    except (Interrupted, KeyboardInterrupt):
        stderr.print(goodbye, soft_wrap=True)
