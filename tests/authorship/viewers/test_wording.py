"""What is said of viewers: the direction of each relation."""

from types import SimpleNamespace
from typing import Any

import pytest

from authorship.viewers.association import Association
from authorship.viewers.wording import _relation


@pytest.mark.parametrize(
    ("rho", "told"),
    [(0.4, "tense rises with share close: rho +0.40"), (-0.4, "tense falls with share close: rho −0.40")],
)
def test_a_relation_has_a_direction(rho: float, told: str) -> None:
    findings: Any = SimpleNamespace(model={}.get)
    pair = Association("share_close", "tense", 40, 40, 40.0, rho, rho - 0.1, rho + 0.1, 0.001, 0.01)
    assert _relation(findings, pair).startswith(told)
