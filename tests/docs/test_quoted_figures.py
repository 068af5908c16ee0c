"""Figures quoted from a card or the benchmarks match their source, and counts match the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from authorship.features import FEATURE_NAMES
from authorship.reference.table import FEWEST_FILMS, builtin_reference, other_directors
from authorship.validation.classifiers import CLASSIFIERS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = [ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs" / "cards").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+\.md)[^)]*\)")
SHARE = re.compile(r"(?<![\w.,])0?\.\d{2,4}(?![\d.]*\w)")
WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()


def prose(page: Path) -> str:
    """Return a page without its code blocks and generated parts."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    return re.sub(r"<!-- generated: .*?<!-- end -->", "", text, flags=re.S)


def quotes() -> Iterator[tuple[Path, str, set[Path]]]:
    """Yield every share in a paragraph that links a source or says 'same card', with its page and the sources."""
    for page in PAGES:
        last: set[Path] = set()
        for paragraph in prose(page).split("\n\n"):
            linked = {(page.parent / link).resolve() for link in LINK.findall(paragraph)} & set(SOURCES)
            named = linked or (last if re.search(r"\bsame (card|page)\b", paragraph) else set())
            last = linked or last
            if page not in SOURCES:
                yield from ((page, share, named) for share in SHARE.findall(paragraph) if named)


def stands_in(share: str, source: Path) -> bool:
    """Return whether a source has a number that equals this one when rounded to as many digits."""
    digits = len(share.partition(".")[2])
    text = source.read_text(encoding="utf-8")
    text += "".join((ROOT / path).read_text(encoding="utf-8") for path in re.findall(r'^--8<-- "(.+)"$', text, re.M))
    found = re.findall(r"(?<![\w.])\d*\.\d+", text)
    return any(f"{float(number):.{digits}f}" == f"{float(share):.{digits}f}" for number in found)


def test_quoted_shares_stand_in_their_source() -> None:
    found = list(quotes())
    assert len(found) > 8
    wrong = [
        f"{page.relative_to(ROOT)}: {share}"
        for page, share, sources in found
        if not any(stands_in(share, source) for source in sources)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "counts"),
    [
        (r"codebook of (\w+) features", {len(FEATURE_NAMES)}),
        (r"(?:all|of|with) (\w+) classifiers", {len(CLASSIFIERS)}),
        (r"at least \**(\w+) films (?:per|of each) director", {FEWEST_FILMS}),
        (r"(\w+) films by sixty other directors", {len(other_directors().labels)}),
        (r"(\w+) (?:feature films|features) by (?:the )?six directors", {len(builtin_reference().labels)}),
    ],
)
def test_counts_are_the_same_everywhere(pattern: str, counts: set[int]) -> None:
    texts = {page: prose(page) for page in [*PAGES, ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.ipynb")]}
    said = {
        page.name: number
        for page, text in texts.items()
        for word in re.findall(pattern, " ".join(text.split()))
        if (number := int(word) if word.isdecimal() else WORDS.index(word) if word in WORDS else -1) >= 0
    }
    assert said
    assert set(said.values()) == counts, said
