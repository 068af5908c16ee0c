"""A film given as a shot list instead of a video."""

import os
from pathlib import Path
from typing import Unpack

from shotscale.files import sha256
from shotscale.film import Film
from shotscale.filmpaths import in_table
from shotscale.numerals import counted
from shotscale.part import FilmPart
from shotscale.scales import ShotScale
from shotscale.shotlists import HowToRead, ShotList, film_table, read_shotlist, scale_track
from shotscale.tables import read_scales
from shotscale.titles_hint import titles_by_length, titles_hint

__all__ = ["film_from_shotlist"]


def film_from_shotlist(path: str | os.PathLike[str], **how: Unpack[HowToRead]) -> Film:
    r"""Read a film from a shot list, with scales if it has any; no video is needed.

    Parameters
    ----------
    path : path
        Any file that `shotscale.shotlists.read_shotlist` reads. A list named ``shots.csv`` without scales takes
        those of a ``scales.csv`` in the same folder. A film in a table of several is ``TABLE/NAME``.
    how
        Options of `read_shotlist`.

    Returns
    -------
    Film
        Its provenance and limits state that the shots were given, not detected, and what is unknown.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("cuts.txt").write_text("4.5\n0:10\n1:02.25\n")
    >>> film = film_from_shotlist("cuts.txt")
    >>> len(film.shots), film.shots_given
    (3, True)
    """
    source = Path(path)
    given = read_shotlist(source, **how)
    beside = source.with_name("scales.csv")
    if given.scales is not None:
        scales, origin = scale_track(given.shots, given.scales), "given"
    elif source.name == "shots.csv" and beside.is_file():
        scales, origin = read_scales(beside), beside.name
    else:
        scales, origin = None, None
    named = in_table(source)
    file = source if named is None else named[0]
    told = {name: how.get(name) for name in ("columns", "delimiter", "decimal")}
    films = None if named is None else film_table(file, **told)  # type: ignore[arg-type]
    return Film(
        path=str(source),
        shots=given.shots,
        scales=scales,
        provenance={
            "shots": {
                "source": "given",
                "format": given.format,
                "understood": given.understood,
                "notes": [*given.notes],
                "fps": None if given.fps is None else str(given.fps),
                "scales": origin,
                "checksum": sha256(file),
                **({"films": films.understood} if films is not None else {}),
            }
        },
        limits=_limits(given, file, origin),
    )


def _limits(given: ShotList, source: Path, origin: str | None) -> tuple[str, ...]:
    """Return what a shot list leaves open, one sentence each."""
    limits = [f"The shots were given ({source.name}, read as {given.format}), not detected.", *given.notes]
    limits += titles_hint(*titles_by_length(given.shots), FilmPart.of(given.shots))
    if origin is None:
        limits.append(f"Shot scales are not known: {_without_scales(given)}.")
    elif given.scales is not None:
        limits.append(
            f"The scales were given, one per shot, and sampled once per second, as in a film.{_gaps(given.scales)}"
        )
    return tuple(limits)


def _without_scales(given: ShotList) -> str:
    """Return why a list has no scales, as a phrase."""
    unused = next((phrase for phrase in given.details if phrase.startswith("not used: ")), None)
    if unused is None:
        return "the list has none"
    return f"no {'tier' if unused.startswith('not used: tier ') else 'column'} was read as scales"


def _gaps(scales: tuple[ShotScale | None, ...]) -> str:
    unknown = sum(scale is None for scale in scales)
    return f" {unknown} of {counted(len(scales), 'shot')} have none." if unknown else ""
