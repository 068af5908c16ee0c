"""The scripts that write the pages, for the tests that hold the pages to them."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def _script(name: str) -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    yield import_module(name)
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="session")
def pages() -> Iterator[ModuleType]:
    """Runs pages; needs nbclient, as the notebooks do."""
    pytest.importorskip("nbclient")
    yield from _script("pages")


@pytest.fixture(scope="session")
def notebooks() -> Iterator[ModuleType]:
    """Runs notebooks."""
    pytest.importorskip("nbclient")
    yield from _script("notebooks")
