"""A study on the terminal: the plain-language summary."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from authorship.viewers.wording import Passage

__all__ = ["as_markdown", "render_summary"]


def render_summary(passages: Sequence[Passage]) -> RenderableType:
    """Lay a summary out for a terminal of any width; what needs attention is set off."""
    blocks: list[RenderableType] = []
    for passage in passages:
        blocks.append(Text(passage.heading, style="bold"))
        blocks += [Padding(Text(line, style=_style(line)), (0, 0, 0, 2)) for line in passage.lines]
        blocks.append(Text(""))
    return Group(*blocks[:-1])


def as_markdown(passages: Sequence[Passage]) -> str:
    """Write a summary as Markdown: a heading a passage, a line a point."""
    parts = [f"## {passage.heading}\n\n" + "\n".join(f"- {line}" for line in passage.lines) for passage in passages]
    return "# Shot scale and the viewers' ratings\n\n" + "\n\n".join(parts) + "\n"


def _style(line: str) -> str:
    return "yellow" if "UNRELIABLE" in line or line.startswith("SIMULATED") else ""
