"""Recognize a store folder without loading the code that reads it."""

import os
from pathlib import Path

__all__ = ["STORE_MARK", "is_store", "is_stored_film"]

STORE_MARK = "store.json"


def is_store(path: str | os.PathLike[str]) -> bool:
    """Say whether a folder is a store."""
    return (Path(path) / STORE_MARK).is_file()


def is_stored_film(path: str | os.PathLike[str]) -> bool:
    """Say whether a path is that of a store with a film's ``film_id`` behind it; whether it holds the film is open."""
    return is_store(Path(path).parent)
