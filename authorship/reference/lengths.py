"""Published running times of films in the built-in reference, which itself has only shot-length figures."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files

import pandas as pd


@cache
def published_running_times() -> Mapping[str, float]:
    """Return seconds by ``film_id`` for 55 of the 94 films, in whole minutes with titles (``DATA_CARD.md``).

    Examples
    --------
    >>> published_running_times()["Ingmar Bergman - Persona (1966)"]
    4980.0
    """
    with as_file(files("authorship.data") / "running_times.csv") as path:
        minutes = pd.read_csv(path, index_col="film_id")["minutes"]
    return {str(film): 60.0 * float(length) for film, length in minutes.items()}
