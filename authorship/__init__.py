"""Who directed this film? Attribution by shot scale and shot duration.

Examples
--------
>>> import pandas as pd, authorship
>>> shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
>>> answer = authorship.classify(authorship.Film("sixty long takes", shots))
>>> answer.candidates[0].name
'Béla Tarr'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from authorship.attribution.classify import Attribution, Attributor, classify
    from authorship.features import CODEBOOK, FEATURE_NAMES, feature_table, film_features
    from authorship.opening import open_film
    from authorship.reference.reading import read_reference
    from authorship.reference.table import Reference, builtin_reference
    from shotscale.film import Film

__all__ = [
    "CODEBOOK",
    "FEATURE_NAMES",
    "Attribution",
    "Attributor",
    "Film",
    "Reference",
    "builtin_reference",
    "classify",
    "feature_table",
    "film_features",
    "open_film",
    "read_reference",
]

_HOMES = {
    "authorship.attribution.classify": ("Attribution", "Attributor", "classify"),
    "authorship.features": ("CODEBOOK", "FEATURE_NAMES", "feature_table", "film_features"),
    "authorship.opening": ("open_film",),
    "authorship.reference.reading": ("read_reference",),
    "authorship.reference.table": ("Reference", "builtin_reference"),
    "shotscale.film": ("Film",),
}


def __getattr__(name: str) -> Any:
    """Load a public name on first access, so that the command's help does not wait for pandas."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'authorship' has no attribute {name!r}")
