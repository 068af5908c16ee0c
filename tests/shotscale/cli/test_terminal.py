import io
import json
import sys
from typing import cast

import pytest
from rich.table import Table

from shotscale.cli.terminal import ProgressLines, output_console, print_json, stdout


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def table() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("Béla Tarr", "7 films")
    grid.add_row("Fellini", "12")
    return grid


def test_lines_end_where_their_text_ends_unless_a_terminal_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    console = output_console()
    for stream in (io.StringIO(), Screen()):
        monkeypatch.setattr(sys, "stdout", stream)
        console.print(table())
        console.print("over", end=" ")
        lines = stream.getvalue().split("\n")
        assert lines[1].startswith("Fellini    12")
        assert lines[1].endswith(" ") == stream.isatty()
        assert lines[-1] == "over "


def test_what_the_output_cannot_show_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    monkeypatch.setattr(sys, "stdout", stream)
    output_console().print(table())
    stream.flush()
    assert b"B?la Tarr" in stream.buffer.getvalue()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_json_is_utf8_in_any_locale(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", stream)
    print_json({"director": "Béla Tarr", "title": "Kárhozat – ő"})
    stream.flush()
    assert json.loads(stream.buffer.getvalue().decode()) == {"director": "Béla Tarr", "title": "Kárhozat – ő"}


def test_progress_in_a_pipe_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = iter([0.0, 10.0, 40.0, 50.0, 200.0])
    say = ProgressLines("benchmark", every=30.0, clock=lambda: next(now))
    for done in (1, 20, 30, 80):
        say(done, 100)
    assert capsys.readouterr().err.splitlines() == ["benchmark: 20 %, 3 min left", "benchmark: 80 %, 50 s left"]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_breaks_lines_between_words(terminal: bool) -> None:
    console = type(stdout)(file=io.StringIO(), force_terminal=terminal, width=30, soft_wrap=True, color_system=None)
    path = "/a/path/that/is/longer/than/the/terminal/is/wide.csv"
    console.print(f"one line that is longer than a terminal: {path} and more")
    printed = cast(io.StringIO, console.file).getvalue().splitlines()
    assert printed == (
        ["one line that is longer than a", "terminal:", path, "and more"]
        if terminal
        else [f"one line that is longer than a terminal: {path} and more"]
    )
