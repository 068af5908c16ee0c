"""A simulated CineScale folder: annotations, shot tables and a few films to classify.

Conventions
-----------
There are three sub-folders named ``simulated_...``, each with a note `SIMULATED` in it. ``simulated_annotations`` and
``simulated_shots`` hold one file per film, ``{year}_{director}_-_{title}.csv``; ``simulated_films`` holds saved
analyses of films that are in neither. ``simulation.json`` states the seed, the styles and each film's figures.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.own_reference import SIMULATED
from authorship.reference.table import Reference, builtin_reference, other_directors
from authorship.simulation.films import Figures, SimulatedFilm, simulate_film
from authorship.simulation.styles import STRANGER, STYLES, Style
from authorship.versions import software
from shotscale.annotations import write_annotation
from shotscale.errors import OptionError
from shotscale.files import atomic_write, make_empty_folder, make_folder, write_json
from shotscale.tables import write_table

N_FILMS = 124
"""As many films as CineScale has."""

FEWEST = 30
"""Five films per director, the minimum for nested folds."""

_NOTE = """# Simulated

**No file here is a measurement of a film.** `authorship simulate` drew them from random numbers (seed {seed}), to try
the tool without CineScale's annotations, which are not public. Titles are real so that the files can be joined to the
published shot-length figures (average, median, standard deviation) that the simulated shot lengths have; films called
*Simulated film* have made-up figures like their director's. **Shot scales are made up** from the Markov chains in
`simulation.json`; they say nothing about the directors whose names they carry. Do not mix these files with real ones.
"""
_LIMIT = "Simulated: no such film was ever made; the answer says nothing about any director."
_RUNNING_TIME = (85 * 60.0, 135 * 60.0)  # seconds, as of most feature films


@dataclass(frozen=True)
class Plan:
    """The plan of one film; `published` says whether its figures are the built-in table's."""

    director: str
    title: str
    year: int
    figures: Figures
    published: bool

    @property
    def stem(self) -> str:
        """The name of its files, without characters that some file systems refuse."""
        name = f"{self.year}_{self.director}_-_{self.title}".replace(" ", "_")
        return re.sub(r'[<>:"/\\|?*]', "", name)


def simulate_cinescale(folder: str | os.PathLike[str], *, seed: int = 0, n_films: int = N_FILMS) -> Path:
    """Write a simulated CineScale folder, which must be new or empty.

    The films are divided among the six directors in proportion to the built-in table.

    Examples
    --------
    >>> root = simulate_cinescale("simulated", n_films=30)
    >>> len(list((root / "simulated_annotations").glob("*.csv")))
    30
    """
    if n_films < FEWEST:
        raise OptionError(f"{n_films}: at least {FEWEST} films are needed, five a director; {N_FILMS} are usual")
    root = make_empty_folder(folder)
    generator = np.random.default_rng(seed)
    styles = {style.name: style for style in STYLES}
    annotations, shots, films = (_subfolder(root, name, seed) for name in ("annotations", "shots", "films"))
    plans = plan_films(builtin_reference(), n_films, generator=generator)
    for plan in plans:
        film = _simulated(styles[plan.director], plan.figures, generator)
        write_annotation(film.annotation(), annotations / f"{plan.stem}.csv")
        write_table(film.shots, shots / f"{plan.stem}.csv")
    for name, film in _unseen(generator):
        film.save(films / name, seed=seed, limit=_LIMIT)
    document = {
        "format": "authorship-simulation",
        "format_version": 1,
        "simulated": True,
        "seed": seed,
        "software": software(),
        "styles": [asdict(style) for style in (*STYLES, STRANGER)],
        "films": [{"file": plan.stem, **asdict(plan)} for plan in plans],
    }
    write_json(root / "simulation.json", document)
    return root


def plan_films(reference: Reference, n_films: int, *, generator: np.random.Generator) -> list[Plan]:
    """Divide films among directors: those of the reference first, then invented ones."""
    plans: list[Plan] = []
    for director, n in _shares(reference, n_films).items():
        rows = np.flatnonzero(reference.labels == director)
        published = [_published(reference, int(row)) for row in rows[:n]]
        invented = [_invented(published, place, generator) for place in range(n - len(published))]
        plans.extend([*published, *invented])
    return plans


def _shares(reference: Reference, n_films: int) -> dict[str, int]:
    """Return each director's number of films, in proportion to the reference and at least five."""
    counts = np.asarray([reference.count(name) for name in reference.candidates])
    exact = counts / counts.sum() * (n_films - FEWEST // len(counts) * len(counts))
    parts: npt.NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(parts - exact, kind="stable")
    parts[order[: n_films - FEWEST // len(counts) * len(counts) - int(parts.sum())]] += 1
    return dict(zip(reference.candidates, (parts + FEWEST // len(counts)).tolist(), strict=True))


def _published(reference: Reference, row: int) -> Plan:
    measured = reference.features.iloc[row]
    figures = Figures(
        *(float(measured[name]) for name in ("average_shot_length", "median_shot_length", "shot_length_sd"))
    )
    return Plan(
        str(reference.labels[row]), str(reference.titles[row]), int(reference.years[row]), figures, published=True
    )


def _invented(published: list[Plan], place: int, generator: np.random.Generator) -> Plan:
    """Take one of the director's films and perturb its figures a little."""
    like = published[int(generator.integers(len(published)))]
    average = like.figures.average * float(np.exp(0.15 * generator.normal()))
    skew = min(like.figures.median / like.figures.average * float(np.exp(0.05 * generator.normal())), 0.95)
    variation = like.figures.sd / like.figures.average * float(np.exp(0.08 * generator.normal()))
    figures = Figures(*(round(value, 2) for value in (average, skew * average, variation * average)))
    return Plan(like.director, f"Simulated film {place + 1}", like.year + 1, figures, published=False)


def _unseen(generator: np.random.Generator) -> Iterator[tuple[str, SimulatedFilm]]:
    """Draw the films to classify: one in each style, one by two hands, and a stranger's."""
    reference = builtin_reference()
    made = {}
    for style in STYLES:
        rows = np.flatnonzero(reference.labels == style.name)
        figures = _invented([_published(reference, int(row)) for row in rows], 0, generator).figures
        made[style.name] = _simulated(style, figures, generator, outside=False)
        yield f"unseen_{style.name.replace(' ', '_')}", made[style.name]
    yield "two_hands_Bergman_then_Scorsese", _joined(made["Ingmar Bergman"], made["Martin Scorsese"])
    others = other_directors()
    stranger = _published(others, int(generator.integers(len(others.labels)))).figures
    yield "stranger", _simulated(STRANGER, stranger, generator, outside=False)


def _joined(first: SimulatedFilm, second: SimulatedFilm) -> SimulatedFilm:
    """Join the first half of one film to the second half of another."""
    half = len(first.shots) // 2
    kept = len(second.shots) // 2
    beginning, ending = first.shots.iloc[:half], second.shots.iloc[kept:]
    shift = float(beginning["end"].iloc[-1]) - float(ending["start"].iloc[0])
    moved = ending.assign(start=ending["start"] + shift, end=ending["end"] + shift)
    shots = pd.concat([beginning, moved], ignore_index=True)[["start", "end"]]
    shots["start"] = np.concatenate([[0.0], shots["end"].to_numpy()[:-1]])
    return SimulatedFilm("two hands", shots, (*first.scales[:half], *second.scales[kept:]))


def _simulated(
    style: Style, figures: Figures, generator: np.random.Generator, *, outside: bool = True
) -> SimulatedFilm:
    running_time = float(generator.uniform(*_RUNNING_TIME))
    return simulate_film(style, figures, running_time=running_time, generator=generator, outside=outside)


def _subfolder(root: Path, name: str, seed: int) -> Path:
    folder = make_folder(root / f"simulated_{name}")
    with atomic_write(folder / SIMULATED) as stream:
        stream.write(_NOTE.format(seed=seed))
    return folder
