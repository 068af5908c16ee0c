"""Recognize a store folder without loading the code that reads it."""

from shotscale.filmpaths import STORE_MARK, is_store, is_stored_film

__all__ = ["STORE_MARK", "is_store", "is_stored_film"]
