"""Names that each program accepts."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authorship.export.arff import quoted as quoted_for_weka
from authorship.export.naming import spss_names, stata_names
from authorship.export.rscript import quoted as quoted_for_r

NAMES = st.lists(st.text(max_size=90), max_size=12)


@given(NAMES)
@example(["Nº", "µ", "m²", "N_"])
def test_any_names_become_names_of_stata(names: list[str]) -> None:
    given_names = stata_names(names)
    assert len({name.casefold() for name in given_names}) == len(names)
    assert all(re.fullmatch(r"[^\W\d]\w{0,31}", name) for name in given_names)
    assert not any(re.search("[\x80-\xbf]", name) for name in given_names), "pandas would rename them"


@given(NAMES)
@example(["x" * 63 + ":x"])  # truncated at an underscore
@example(["by" + ":" * 62 + "x"])
def test_any_names_become_names_of_spss(names: list[str]) -> None:
    given_names = spss_names(names)
    assert len({name.casefold() for name in given_names}) == len(names)
    for name in given_names:
        assert re.fullmatch(r"\w+", name)
        assert name[0].isalpha()
        assert not name.endswith("_")
        assert len(name.encode()) <= 64


@pytest.mark.parametrize("names", [["p" * 40, "p" * 41, "p" * 42], ["я" * 40, "я" * 41], ["A", "a"]])
def test_long_names_stay_apart(names: list[str]) -> None:
    assert len(set(stata_names(names))) == len(set(spss_names(names))) == len(names)
    assert stata_names(names)[0] == names[0][:32]
    assert spss_names(names)[0] == names[0].encode()[:64].decode()


@given(st.text())
def test_a_text_for_r_is_ascii_and_one_literal(text: str) -> None:
    literal = quoted_for_r(text)
    assert literal.isascii()
    assert literal.isprintable()
    assert re.fullmatch(r'"([^"\\]|\\.)*"', literal)


@given(st.text())
def test_a_text_for_weka_is_one_line_and_one_literal(text: str) -> None:
    literal = quoted_for_weka(text)
    assert re.fullmatch(r"\w[\w.\-]*|'([^'\\\n\r\t]|\\.)*'|\"[^\"\\\n\r\t]*\"", literal)
