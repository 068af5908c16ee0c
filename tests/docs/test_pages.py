"""Every command and snippet on the pages runs, and the pages show its output."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

pages = pytest.importorskip("pages", reason="the pages need what the extra docs brings", exc_type=ImportError)

DOCS = Path(__file__).parents[2] / "docs"
LAST = ["tutorials/one_film.md", "tutorials/statistics.md", "tutorials/cinescale.md", "worked_example.md"]
"""The last page of each chain; the pages that it continues run before it, in the same folder."""

ALSO = {"tutorials/own_corpus.md": "tutorials/statistics.md"}
"""Pages that run as part of a chain."""

OWN_TESTS = {"tutorials/review.md", "viewers.md"}
"""Pages with separate tests that run their commands."""

SHORT = sorted(
    str(page.relative_to(DOCS))
    for page in DOCS.rglob("*.md")
    if str(page.relative_to(DOCS)) not in {*LAST, *ALSO, *OWN_TESTS, "cluster.md", "index.md", "api/index.md"}
)


def test_what_counts_as_the_same() -> None:
    assert pages.differences("average  4.01 s  ██", "average  4.02 s  █▌") == []
    for old, new in (("4.01 s", "4.21 s"), ("38 by cut", "37 by cut"), ("Tarr 0.47", "Fellini 0.47"), ("a\nb", "a")):
        assert pages.differences(old, new) != []


def test_every_page_has_a_test() -> None:
    working = {str(page.relative_to(DOCS)) for page in pages.pages()}
    assert working <= {*LAST, *ALSO, *OWN_TESTS, *SHORT}
    for page, chain in ALSO.items():
        assert DOCS / page in pages.chain(DOCS / chain)


@pytest.mark.parametrize("name", LAST)
def test_a_tutorial_runs(name: str, tmp_path: Path) -> None:
    """Run the page's shorter commands, if any; their output is of other films and is not compared."""
    page = DOCS / name
    text, runner = pages.rewritten(page, tmp_path, tests=True)
    assert runner.used == set(runner.shorter), "a shorter command that replaces nothing"
    if not runner.shorter:
        assert pages.differences(page.read_text(encoding="utf-8"), text) == []
    for command in runner.elsewhere:
        elsewhere, _, rest = command.removeprefix("run by ").partition(": ")
        run = (DOCS / elsewhere).read_text(encoding="utf-8")
        for part in pages.SHORTER.finditer(run):
            run = run.replace(part["long"], part["short"])
        program, subcommand = rest.split()[:2]
        there = " ".join(re.findall(rf"^\$ ({program} {subcommand} .*)$", run, flags=re.MULTILINE))
        assert set(re.findall(r" (--?[a-z]+[a-z-]*)", rest)) <= set(re.findall(r" (--?[a-z]+[a-z-]*)", there)), command


@pytest.mark.parametrize("name", SHORT)
def test_a_page_shows_what_comes_out(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = DOCS / name
    monkeypatch.setattr("page_parts.CARDS", tmp_path)  # draw the pictures outside the checkout
    text, _ = pages.rewritten(page, tmp_path)
    assert pages.differences(page.read_text(encoding="utf-8"), text) == []


def test_every_command_shows_its_output_and_every_picture_is_there() -> None:
    silent = {"draw"}
    for page in DOCS.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!http|#)([^)#\s]+)", text)
        missing = [link for link in links if not (page.parent / link).exists()]
        missing = [link for link in missing if not (page.parent / link).with_suffix(".ipynb").exists()]
        assert missing == [], page
        for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
            lines = [*block.splitlines(), "$ "]
            for line, following in pairwise(lines):
                if line.startswith("$ ") and following.startswith("$ "):
                    assert line.split()[2] in silent | {"--version"} or "-o" in line or line.split()[1] in {"ls"}, line


def test_pictures_are_small() -> None:
    pictures = [path for path in DOCS.rglob("*") if path.suffix in {".png", ".svg"}]
    assert pictures
    assert [path for path in pictures if path.stat().st_size > pages.LARGEST_PICTURE] == []
