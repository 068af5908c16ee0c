"""From films to three tidy tables: features, shots and scale tracks.

Conventions
-----------
Features, one row per film, are computed at once. Shots and scale tracks are read film by film as they are written, so
that only one piece of them is in memory. What must be known beforehand (the number of rows, whether there is a scale
track, and whether it has scales outside the order) is recorded for each film when it is first read.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.export.collection import CollectedFilm, Collection
from authorship.export.variables import (
    UNKNOWN,
    Category,
    Pieces,
    TidyTable,
    Variable,
    group_categories,
    kind_categories,
    scale_categories,
    with_types,
)
from authorship.features import CODEBOOK, measure_films
from authorship.features.labels import OUTSIDE, scale_labels
from authorship.features.sampled_shots import shot_labels
from shotscale.film import Film
from shotscale.manifests import are_whole, plain_numbers
from shotscale.progress import Progress
from shotscale.scales import GROUPS, SCALES
from shotscale.tables import GROUP_COLUMNS, SCALE_COLUMNS

TABLES: tuple[str, ...] = ("features", "shots", "scales")
"""The tables that can be exported: one row per film, per shot, per sample of the scale track."""

_FILM = Variable("film", "film", "text", definition="the folder or file of the film's analysis")
_SHOT = Variable("shot", "number of the shot in its film", "count", definition="1 is the film's first shot")
_LARGEST = 2**31 - 1
"""R's largest integer."""
_GIVEN = "from the table that names the film"
_THREE = "the network predicts only the three groups"
_CODED = "the scales are a coding, or a coder chose FS, IS or NA"
_CODES = {scale.abbreviation: scale.code for scale in SCALES} | {"FS": 0, "IS": 8}
_GROUP_CODES = {group.value: code for code, group in enumerate(GROUPS, start=1)}


def make_table(name: str, collection: Collection, *, progress: Progress | None = None) -> TidyTable | None:
    """Return one of `TABLES`; `None` if no film has shots, or scale tracks, for it.

    `progress` is called with the number of films read for the table, and their total: at once for the features, as the
    rows are requested for the others.
    """
    if name == "features":
        return features_table(collection, progress=progress)
    make = shots_table if name == "shots" else scales_table
    return make(collection.films, progress=progress)


def features_table(collection: Collection, *, progress: Progress | None = None) -> TidyTable:
    """Return one row per film: its facts from the manifest, and every feature."""
    films = collection.films
    measured = measure_films(_read(films, progress))
    columns: dict[str, object] = {"film": [film.name for film in films]}
    variables = [_FILM]
    for name in collection.facts.columns:
        variable, values = _fact(str(name), collection.facts[name], taken=set(measured.columns) | {"film"})
        variables.append(variable)
        columns[variable.name] = values
    for feature in CODEBOOK.values():
        columns[feature.name] = measured[feature.name].to_numpy()
        variables.append(Variable.of_feature(feature))
    return TidyTable("features", "Formal features, one row per film", pd.DataFrame(columns), tuple(variables))


def shots_table(films: Sequence[CollectedFilm], *, progress: Progress | None = None) -> TidyTable | None:
    """Return one row per shot, with its dominant scale and group; `None` if no film has shots."""
    films = [film for film in films if film.opened is None or film.opened.shots is not None]  # a coding has none
    if not films:
        return None
    variables = (
        _FILM,
        _SHOT,
        _seconds(
            "start", "start of the shot", "from the film's first frame; the shot includes its start but not its end"
        ),
        _seconds("end", "end of the shot", "start of the next shot, or end of the film"),
        _seconds("duration", "shot length", "end minus start"),
        Variable("kind", "how the shot begins", "category", categories=kind_categories()),
        Variable("confidence", "probability that this boundary is real", "number", "share", "1 if given, not detected"),
        _seconds("transition_start", "start of the transition", "time of the last frame entirely in the previous shot"),
        _seconds("transition_end", "end of the transition", "time of the first frame entirely in this shot"),
        _scale("scale", "dominant shot scale", "most frequent of the seven scales among the shot's samples"),
        _group("group", "dominant group of scales", "most frequent group among the shot's samples"),
    )
    rows = Pieces(
        partial(_film_by_film, films, _shots_of, variables, progress),
        lambda: sum(film.extent.n_shots for film in films),
        {"film": [film.name for film in films]},
    )
    return TidyTable("shots", "Shots, one row per shot", rows, variables)


def scales_table(films: Sequence[CollectedFilm], *, progress: Progress | None = None) -> TidyTable | None:
    """Return one row per sample of each film's scale track; `None` if no film has one."""
    tracked = [film for film in films if film.extent.n_samples is not None]
    if not tracked:
        return None
    beyond = any(film.extent.beyond for film in tracked)
    variables = (
        _FILM,
        _SHOT,
        _seconds("time", "time of the sample", "from the film's first frame"),
        _scale(
            "scale",
            "likeliest shot scale",
            "from probabilities averaged over three seconds within the shot, or as coded",
            all_nine=beyond,
        ),
        _group("group", "likeliest group of scales", "close, medium or long"),
        *(_probability(name, group.value, _CODED) for name, group in zip(GROUP_COLUMNS, GROUPS, strict=True)),
        *(
            _probability(name, scale.name.replace("_", " ").lower(), f"{_THREE}, or {_CODED}")
            for name, scale in zip(SCALE_COLUMNS, SCALES, strict=True)
        ),
    )
    rows = Pieces(
        partial(_film_by_film, tracked, _samples_of, variables, progress),
        lambda: sum(film.extent.n_samples or 0 for film in tracked),
        {"film": [film.name for film in tracked if film.extent.n_samples]},
    )
    return TidyTable("scales", "Scale tracks, one row per sample", rows, variables)


def _read(films: Sequence[CollectedFilm], progress: Progress | None) -> Iterator[tuple[str, Film]]:
    """Yield films one at a time, keeping none."""
    for done, collected in enumerate(films, start=1):
        yield collected.name, collected.film
        if progress is not None:
            progress(done, len(films))


def _film_by_film(
    films: Sequence[CollectedFilm],
    rows_of: Callable[[Film], pd.DataFrame],
    variables: Sequence[Variable],
    progress: Progress | None,
) -> Iterator[pd.DataFrame]:
    """Yield the rows of one film at a time."""
    for name, film in _read(films, progress):
        yield with_types(rows_of(film).assign(film=name), variables)
        del film  # before the next is read


def _shots_of(film: Film) -> pd.DataFrame:
    shots = film.shot_table
    scale, group = _dominant(film)
    return shots.assign(
        shot=np.arange(1, len(shots) + 1),
        duration=shots["end"] - shots["start"],
        kind=shots["kind"].map({entry.text: entry.code for entry in kind_categories()}),
        scale=scale,
        group=group,
    )


def _samples_of(film: Film) -> pd.DataFrame:
    assert film.scales is not None
    track = film.scales.reindex(columns=["time", "scale", "group", *GROUP_COLUMNS, *SCALE_COLUMNS])
    return track.assign(
        shot=_shot_of(film, track["time"].to_numpy()),
        scale=track["scale"].map(_CODES),
        group=track["group"].map(_GROUP_CODES),
    )


def _shot_of(film: Film, time: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the number of the shot that contains each time; NaN outside all shots."""
    if film.shots is None:
        return np.full(len(time), np.nan)
    shot = np.searchsorted(film.shots["start"].to_numpy(), time, side="right")
    return np.where((shot > 0) & (time < float(film.shots["end"].iloc[-1])), shot, np.nan)


def _dominant(film: Film) -> tuple[pd.Series, pd.Series]:
    """Return each shot's dominant scale and group as codes, missing if no sample has one."""
    shots, track = film.shot_table, film.scales
    if track is None:
        unknown = pd.Series([pd.NA] * len(shots), dtype="Int32", index=shots.index)
        return unknown, unknown
    by_shot = shot_labels(shots["start"].to_numpy(np.float64), float(shots["end"].iloc[-1]), scale_labels(track))
    scale = [None if rank == OUTSIDE else SCALES[rank].code for rank in by_shot.scale.tolist()]
    group = [None if rank == OUTSIDE else rank + 1 for rank in by_shot.group.tolist()]
    return pd.Series(scale, dtype="Int32", index=shots.index), pd.Series(group, dtype="Int32", index=shots.index)


def _fact(name: str, values: pd.Series, *, taken: set[str]) -> tuple[Variable, object]:
    """Turn a manifest's column into numbers if nothing is lost, else a category if its texts repeat, else texts."""
    unique = f"{name}_given" if name in taken else name
    numbers = plain_numbers(values)
    if numbers is not None and are_whole(numbers) and numbers.abs().max() <= _LARGEST:
        return Variable(unique, name, "count", definition=_GIVEN, missing=UNKNOWN), numbers.astype("Int64").array
    if numbers is not None:
        return Variable(unique, name, "number", definition=_GIVEN, missing=UNKNOWN), numbers.to_numpy()
    texts = [None if pd.isna(value) else str(value).strip() or None for value in values]
    known = [text for text in texts if text is not None]
    if len(set(known)) == len(known):
        return Variable(unique, name, "text", definition=_GIVEN, missing=UNKNOWN), texts
    categories = tuple(Category(code, text, text) for code, text in enumerate(sorted(set(known)), start=1))
    codes = {entry.text: entry.code for entry in categories}
    variable = Variable(unique, name, "category", definition=_GIVEN, missing=UNKNOWN, categories=categories)
    return variable, pd.array([None if text is None else codes[text] for text in texts], dtype="Int32")


def _seconds(name: str, label: str, definition: str) -> Variable:
    return Variable(name, label, "number", unit="s", definition=definition)


def _probability(name: str, of: str, missing: str) -> Variable:
    return Variable(name, f"probability of {of}", "number", unit="share", missing=missing)


def _scale(name: str, label: str, definition: str, *, all_nine: bool = False) -> Variable:
    missing, values = "no sample with a known scale", scale_categories(all_nine=all_nine)
    return Variable(name, label, "category", "", definition, "", missing, values, ordered=not all_nine)


def _group(name: str, label: str, definition: str) -> Variable:
    missing = "no sample with a known group"
    return Variable(name, label, "category", "", definition, "", missing, group_categories(), ordered=True)
