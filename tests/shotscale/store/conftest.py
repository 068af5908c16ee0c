"""A small corpus and its store."""

from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def table(stand_in: ModuleType, tmp_path: Path) -> Path:
    """Create three films and return their table."""
    return Path(stand_in.make_corpus(tmp_path / "films", 3))


@pytest.fixture
def store(stand_in: ModuleType, table: Path, tmp_path: Path) -> Path:
    """Create the store of the table's films."""
    stand_in.run(table, tmp_path / "store")
    return tmp_path / "store"
