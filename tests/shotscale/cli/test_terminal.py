import io
import sys

import pytest
from rich.table import Table

from shotscale.cli.terminal import output_console


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
