"""Recognize a store folder without loading the code that reads it."""

import os
from pathlib import Path

__all__ = ["STORE_MARK", "is_store", "is_stored_film"]

STORE_MARK = "store.json"


def is_store(path: str | os.PathLike[str]) -> bool:
    """Return whether a folder is a store."""
    return (Path(path) / STORE_MARK).is_file()


def is_stored_film(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is a store's path followed by a ``film_id``, which the store need not hold."""
    return is_store(Path(path).parent)
