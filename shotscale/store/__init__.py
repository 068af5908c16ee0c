"""A corpus of films: its table, and a crash-safe store of analyses.

Conventions
-----------
A *table* lists films (`shotscale.store.table`); a *store* keeps their measurements, keyed by file content and analysis
settings (`shotscale.store.store`). `shotscale.store.run` brings a store up to date; every film is analyzed in a
separate process (`shotscale.store.supervision`), on this machine (`shotscale.store.workers`) or a cluster
(`shotscale.store.cluster`).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shotscale.filmpaths import is_store

if TYPE_CHECKING:
    from shotscale.store.reading import StoredFilms, open_store
    from shotscale.store.run import CorpusReport, analyze_corpus
    from shotscale.store.settings import AnalysisSettings, describe_settings
    from shotscale.store.store import Store
    from shotscale.store.summary import read_summary
    from shotscale.store.table import CorpusTable, CorpusTableError, read_table
    from shotscale.store.task import Budget, FilmTask, Outcome

__all__ = [
    "AnalysisSettings",
    "Budget",
    "CorpusReport",
    "CorpusTable",
    "CorpusTableError",
    "FilmTask",
    "Outcome",
    "Store",
    "StoredFilms",
    "analyze_corpus",
    "describe_settings",
    "is_store",
    "open_store",
    "read_summary",
    "read_table",
]

_HOMES = {
    "run": ("CorpusReport", "analyze_corpus"),
    "settings": ("AnalysisSettings", "describe_settings"),
    "reading": ("StoredFilms", "open_store"),
    "store": ("Store",),
    "summary": ("read_summary",),
    "table": ("CorpusTable", "CorpusTableError", "read_table"),
    "task": ("Budget", "FilmTask", "Outcome"),
}


def __getattr__(name: str) -> Any:
    """Load a public name on first access."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"shotscale.store.{module}"), name)
    raise AttributeError(f"module 'shotscale.store' has no attribute {name!r}")
