"""Make a verifier from the arguments of commands and the desk: a director, and the paths of references."""

import os

from authorship.reference.reading import read_reference
from authorship.reference.table import builtin_reference, other_directors
from authorship.verification.verifier import Verifier

__all__ = ["make_verifier"]


def make_verifier(
    director: str,
    reference: str | os.PathLike[str] | None = None,
    *,
    label: str = "director",
    distractors: str | os.PathLike[str] | None = None,
    seed: int = 0,
) -> Verifier:
    """Return the verifier for a director.

    Parameters
    ----------
    director : str
    reference, distractors : path, optional
        The candidates' films, and films by others; by default the built-in reference, with its own films by others.
    label, seed
        See `authorship.reference.reading.read_reference` and `Verifier`.

    Examples
    --------
    >>> make_verifier("Béla Tarr").quality["n_own"]
    7
    """
    films = builtin_reference() if reference is None else read_reference(reference, label=label)
    others = other_directors() if reference is None else None
    if distractors is not None:
        others = read_reference(distractors, label=label)
    return Verifier(films, director, distractors=others, seed=seed)
