"""What the commands print reads well: counts agree with their nouns."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Run = Callable[..., tuple[int, str, str]]
_ONE_AND_PLURAL = re.compile(r"(?<![\d.,])1 (?!is\b|was\b|has\b)[a-z]+s\b")
_MODULES = sorted(path for package in ("authorship", "shotscale") for path in (ROOT / package).rglob("*.py"))
_COUNT = re.compile(r"^(int\()?len\(|\bn(_\w+)?(['\"]\])?$|nunique\(\)|\bcount$")
_PLURAL = re.compile(r" (?:(?!of\b|was\b|were\b)[\w'-]+ ){0,2}(?!was\b|is\b|has\b|its\b|as\b|this\b|less\b)\w+s\b")


def _count_and_plural(text: ast.JoinedStr) -> list[str]:
    """Return the counts in an f-string that are followed by a plural whatever their value."""
    return [
        ast.unparse(value.value) + after.value
        for value, after in zip(text.values, text.values[1:], strict=False)
        if isinstance(value, ast.FormattedValue)
        and value.format_spec is None
        and isinstance(after, ast.Constant)
        and _COUNT.search(ast.unparse(value.value))
        and _PLURAL.match(str(after.value))
    ]


def test_a_count_and_its_noun_come_from_one_function() -> None:
    """`shotscale.numerals.counted` writes '1 film' where an f-string would write '1 films'."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {text}"
        for path in _MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for text in _count_and_plural(node)
    ]
    assert len(_MODULES) > 300
    assert found == []


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ('f"{len(films)} films"', True),
        ("f\"{row['n_films']} films by {name}\"", True),
        ('f"{n} of the films"', False),
        ("f\"{counted(n, 'film')} of theirs\"", False),
        ('f"{n_shots} more shots"', True),
    ],
)
def test_the_rule_knows_a_count_with_a_plural(source: str, caught: bool) -> None:
    node = ast.parse(source, mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert bool(_count_and_plural(node)) is caught


@pytest.mark.parametrize(
    "command",
    [
        "classify --shots {film}",
        "classify --shots {film} --report {out}.html",
        "export {film} -o {out} --format csv,r",
        "features {film}",
        "roll {film}",
        "verify {film} --director Béla\u00a0Tarr",
        "compare {film} {film}",
        "fit {film} -o {out}",
    ],
)
def test_one_film_of_one_shot_is_counted_in_the_singular(command: str, run: Run, tmp_path: Path) -> None:
    film, out = tmp_path / "film.csv", tmp_path / "out"
    film.write_text("length\n4.5\n", encoding="utf-8")
    arguments = [part.format(film=film, out=out).replace("\u00a0", " ") for part in command.split(" ")]
    status, *said = run(*arguments)
    assert status in (0, 2)
    said += [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")]
    assert [_ONE_AND_PLURAL.findall(re.sub(r"<script.*?</script>", "", text, flags=re.S)) for text in said] == [
        [] for _ in said
    ]
