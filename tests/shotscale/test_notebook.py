"""How a notebook and a prompt show an analysis."""

import numpy as np

from shotscale.film import Film
from shotscale.tables import make_scales, make_shots


def test_an_analysis_says_what_it_is() -> None:
    analysis = Film(
        path="films/<A & B>.mkv",
        info={"duration": 12.0, "width": 1920, "height": 1080, "fps": 25.0},
        shots=make_shots([0.0, 4.0], 12.0),
        scales=make_scales(np.array([0.0, 1.0]), np.eye(7)[[1, 5]]),
        provenance={},
        limits=("The file ends <early>.",),
    )
    assert repr(analysis) == "<Film films/<A & B>.mkv: 2 shots, 2 scales>"
    page = analysis._repr_html_()
    assert "<b>&lt;A &amp; B&gt;.mkv</b> 0.2 min · 1920 × 1080 · 25 frames per second" in page
    assert "<td>average shot length</td><td>6.00 s</td>" in page
    assert "<th>CU</th>" in page
    assert page.count("<td>50 %</td>") == 2
    assert "<li>The file ends &lt;early&gt;.</li>" in page
