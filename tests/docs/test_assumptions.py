"""The page of assumptions names commands that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")


def test_every_assumption_has_a_command_that_is_there() -> None:
    scripts = set(re.findall(r"benchmarks/\w+\.py", PAGE))
    assert len(scripts) >= 8
    assert [script for script in sorted(scripts) if not (ROOT / script).is_file()] == []
    measured = PAGE.split("## Measured")[1].split("## Hoped")[0]
    rows = [line for line in measured.splitlines() if line.startswith("| ") and not line.startswith("| what")]
    assert rows
    assert all("`" in row.split(" | ")[-1] for row in rows)
