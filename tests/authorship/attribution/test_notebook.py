"""How a notebook and a prompt show a reference and an answer."""

import pandas as pd

from authorship import Film, builtin_reference, classify
from authorship.reference.table import make_reference


def test_a_reference_prints_in_ten_lines() -> None:
    reference = builtin_reference()
    lines = str(reference).splitlines()
    assert lines[0] == "six directors, shot lengths: 94 films, a director each"
    assert "Ingmar Bergman 33" in str(reference)
    rows = [
        {"film_id": f"{director} {number}", "director": director, "share_cu": number / 7, "share_ls": 0.1 * number**0.5}
        for director in (f"A director with a long name, no. {place}" for place in range(40))
        for number in range(3)
    ]
    many = str(make_reference(pd.DataFrame(rows), name="many"))
    for text in (str(reference), many):
        assert len(text.splitlines()) <= 10
        assert max(map(len, text.splitlines())) <= 80
    assert repr(reference) == "<Reference 'six directors, shot lengths': 94 films, 6 candidates, 3 features>"


def test_an_answer_shows_verdict_candidates_and_limits() -> None:
    shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    answer = classify(Film("films/<sixty takes>", shots))
    assert repr(answer).startswith("<Attribution of <sixty takes>: Béla Tarr; likeliest Béla Tarr ")
    assert repr(Film("films/x", shots)) == "<Film films/x: 60 shots, no scales>"
    page = answer._repr_html_()
    assert "<p>&lt;sixty takes&gt;: <b>Béla Tarr</b></p>" in page
    assert "<th>director</th><th>probability</th><th>remains</th>" in page
    assert page.count("<li>") == len(answer.limits) > 0
