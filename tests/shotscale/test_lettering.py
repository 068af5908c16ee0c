"""Lettering is thin strokes side by side in rows."""

import numpy as np
import pytest

from shotscale.lettering import in_rows


@pytest.mark.parametrize(("strokes", "width", "told"), [(8, 2, True), (4, 2, True), (2, 2, False), (4, 28, False)])
def test_rows_of_thin_strokes_are_letters(strokes: int, width: int, told: bool) -> None:
    ink = np.zeros((72, 128), bool)
    for left in np.linspace(4, 96, strokes).astype(int):
        ink[30:40, left : left + width] = True
    assert in_rows(ink) is told
