"""Versions of the software that a result depends on, for its provenance."""

import platform
from importlib.metadata import version


def software() -> dict[str, str]:
    """Return the versions that a result depends on."""
    packages = ("film-authorship", "numpy", "pandas", "scikit-learn", "scipy")
    return {"python": platform.python_version(), **{package: version(package) for package in packages}}
