"""Runs killed at random moments and before every step, and the store that the next run completes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("killed_runs.py")


def killed_runs(*arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_killed_at_fifty_random_moments(tmp_path: Path) -> None:
    answer = killed_runs("moments", tmp_path, 50, 20260101)
    assert answer["wrong"] == []
    assert answer["killed"] == 50
    assert answer["complete"] >= 5


def test_killed_before_every_change_of_the_file_system(tmp_path: Path) -> None:
    answer = killed_runs("steps", tmp_path)
    assert answer["wrong"] == []
    assert answer["killed"] > 30
