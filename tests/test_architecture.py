"""Within each package, imports run one way (between the packages: see `test_imports`)."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Modules may import only from lower lines, inside functions too.
ORDER = {
    "shotscale": """
        __main__
        cli
        store
        drawn
        training
        analysis
        tracks
        opening
        review
        evaluation
        labeled
        titles_hint
        film
        part sensitivity shares
        boundaries
        network notebook shotlists
        video
        annotations cores credits detectornames images interrupts localserver manifests memory progress runs summary
        documents dominant filmpaths
        tables
        coders columns files formulas lettering numerals pages sampling scales workbooks
        errors
    """,
    "authorship": """
        __main__
        cli
        desk
        report
        viewers
        figures
        comparison export rolling simulation verification
        own_reference validation
        attribution
        opening
        cinescale found_films listed_film
        reference
        libraries measured_films models names versions workers
        features
    """,
}


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of each module that a file imports anywhere, in `authorship` not for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and "TYPE_CHECKING" in ast.dump(node.test)
        and path.is_relative_to(ROOT / "authorship")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def modules(package: str) -> dict[str, Path]:
    paths = (ROOT / package).rglob("*.py")
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def levels(package: str) -> dict[str, int]:
    lines = ORDER[package].strip().splitlines()
    return {f"{package}.{name}": -number for number, line in enumerate(lines) for name in line.split()}


@pytest.mark.parametrize("package", ORDER)
def test_every_part_has_its_place(package: str) -> None:
    parts = {".".join(name.split(".")[:2]) for name in modules(package)} - {package}
    assert parts == set(levels(package))


@pytest.mark.parametrize("package", ORDER)
def test_imports_run_down_the_order(package: str) -> None:
    level = levels(package)
    wrong = [
        f"{name} imports {found}"
        for name, path in modules(package).items()
        for found in imports(path)
        if (here := ".".join(name.split(".")[:2])) in level
        and (there := ".".join(found.split(".")[:2])) in level
        and here != there
        and level[there] >= level[here]
    ]
    assert wrong == []


@pytest.mark.parametrize("package", ORDER)
def test_no_two_modules_import_each_other(package: str) -> None:
    names = modules(package)
    graph = {
        name: {found for found in imports(path) if found in names and found != name and found.startswith(f"{package}.")}
        for name, path in names.items()
    }
    for name in names:  # re-exports of a package do not count
        if names[name].name == "__init__.py":
            graph[name] = set()
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, with the circle
