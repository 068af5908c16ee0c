"""Optional libraries: imported on use, with a one-line error that says what to install."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from shotscale.errors import DependencyError


def require(module: str, what: str, *, extra: str) -> Any:
    """Import a module (dotted names allowed) of an optional library that `what` needs and `extra` installs.

    Raises
    ------
    DependencyError
    """
    package = module.partition(".")[0]
    if find_spec(package) is None:
        raise DependencyError(f"{what}: needs the package {package}; pip install 'film-authorship[{extra}]'")
    return import_module(module)
