"""The statistical libraries that only the viewers study needs: imported on use, with a one-line error if missing."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from shotscale.errors import DependencyError

__all__ = ["require"]


def require(name: str, purpose: str) -> Any:
    """Import a library, or say what to install.

    Parameters
    ----------
    name : str
        The module, dotted if need be.
    purpose : str
        What it is needed for.

    Raises
    ------
    DependencyError
    """
    package = name.partition(".")[0]
    if find_spec(package) is None:
        raise DependencyError(
            f"{package}: needed for {purpose}, and not installed; pip install 'film-authorship[viewers]'"
        )
    return import_module(name)
