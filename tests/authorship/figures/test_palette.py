"""A director keeps a color, whoever else is in the figure."""

from hypothesis import given
from hypothesis import strategies as st

from authorship.figures.palette import BUILTIN_COLORS, OTHER_COLORS, director_colors, director_markers
from authorship.reference.table import builtin_reference


def test_the_builtin_directors_have_fixed_colors_in_any_company() -> None:
    assert tuple(sorted(BUILTIN_COLORS)) == builtin_reference().candidates
    colors = director_colors(["Zoë Unknown", *BUILTIN_COLORS, "Agnès Varda"])
    assert {name: colors[name] for name in BUILTIN_COLORS} == BUILTIN_COLORS
    assert colors["Agnès Varda"] == OTHER_COLORS[0]
    assert colors["Zoë Unknown"] == OTHER_COLORS[1]


def test_all_colors_differ() -> None:
    assert len({*BUILTIN_COLORS.values(), *OTHER_COLORS}) == len(BUILTIN_COLORS) + len(OTHER_COLORS)


@given(st.lists(st.text(min_size=1, max_size=8), max_size=30))
def test_neither_order_nor_repetition_matters(names: list[str]) -> None:
    assert director_colors(names) == director_colors([*reversed(names), *names])
    assert set(director_colors(names)) == set(director_markers(names)) == set(names)


def test_a_second_round_of_colors_has_other_markers() -> None:
    names = [f"director {number:02}" for number in range(12)]
    colors, markers = director_colors(names), director_markers(names)
    assert len({(colors[name], markers[name]) for name in names}) == 12
