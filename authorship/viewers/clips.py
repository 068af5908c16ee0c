"""The clips: their features and metadata, from a store or table.

Conventions
-----------
A clip is a film in a store or folder of saved analyses, or a row of a feature table; its name is the film's name
there. `FAMILY` holds the features tested by default: few, and chosen before any rating is seen, because every
additional one makes the others harder to tell from chance.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.export.collection import collect_films
from authorship.features import CODEBOOK, measure_film
from authorship.features.feature import Feature
from authorship.features.labels import scale_labels
from authorship.viewers.problems import Problem, Problems
from authorship.viewers.rotation import FEATURES as ROTATION
from authorship.viewers.rotation import WINDOW, Turning, measure_rotation, trace_turning
from authorship.viewers.sources import SUFFIXES, read_source, to_names, to_numbers
from shotscale.errors import OptionError, TableError
from shotscale.film import Film
from shotscale.numerals import some_of

CATALOGUE: Mapping[str, Feature] = {**CODEBOOK, **{feature.name: feature for feature in ROTATION}}
"""All features of a clip by name: those of the codebook, then those of rotation."""

FAMILY: tuple[str, ...] = (
    *("share_close", "share_medium", "share_long", "group_entropy"),
    *("shot_group_kept", "shot_group_transition_entropy"),
    *("rotation_total", "rotation_net", "rotation_straightness", "rotation_drift"),
)
"""The features tested by default: scale distribution, transitions and rotation of close, medium and long."""

ID_NAMES: tuple[str, ...] = ("clip", "clip_id", "film", "film_id", "video", "stimulus", "item", "id")
"""Columns recognized as the clip's name, in order of preference; case is ignored."""

_FEWEST_SECONDS = 1e-9  # so that a clip of zero length has a window


@dataclass(frozen=True, eq=False)
class Clips:
    """Measured clips: the chosen features, one row per clip, with a description of each feature.

    `facts` are the other columns of the store, manifest or table, unchanged; `turning` covers the clips whose scale
    tracks were available.
    """

    features: pd.DataFrame
    descriptions: Mapping[str, Feature]
    facts: pd.DataFrame
    turning: Mapping[str, Turning] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    simulated: bool = False


def read_clips(
    path: Path,
    *,
    features: Sequence[str] | None = None,
    window: float = WINDOW,
    report: Callable[[str], None] | None = None,
) -> Clips:
    """Measure the clips of a store or folder, or read them from a feature table.

    `path` is a store, a folder of saved analyses or of films, or a table (`SUFFIXES`). `features` are
    names in `CATALOGUE`, or any numeric columns of a table, by default `FAMILY`. `window`, for rotation, is in seconds.
    `report` is called with each clip's name before the clip is opened.
    """
    if not (math.isfinite(window) and window > 0):
        raise OptionError(f"window {window}: a length in seconds above 0 is needed; 10 is usual")
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        return _from_table(path, features)
    if not path.exists():
        raise TableError(f"{path}: no such store, folder or table; check the path")
    chosen = tuple(FAMILY if features is None else dict.fromkeys(features))
    unknown = [name for name in chosen if name not in CATALOGUE]
    if unknown:
        raise OptionError(
            f"feature {unknown[0]}: not one of the codebook's or rotation_total, rotation_net, rotation_straightness, "
            "rotation_drift; see authorship features --list"
        )
    return _from_films(path, chosen, window, report)


def _from_films(path: Path, chosen: tuple[str, ...], window: float, report: Callable[[str], None] | None) -> Clips:
    collection = collect_films([path], report=report)
    if not collection.films:
        raise TableError(f"{path}: holds no clip; give a store or a folder of saved analyses")
    films = {collected.name: collected.film for collected in collection.films}
    turning = {name: _turning(film, window) for name, film in films.items() if film.scales is not None}
    rows = [
        {**measure_film(film), **(measure_rotation(turning[name]) if name in turning else {})}
        for name, film in films.items()
    ]
    problems = Problems()
    if len(turning) < len(films):
        problems.add("clip without scales", clips=some_of(name for name in films if name not in turning))
    names = pd.Index(list(films), name="clip", dtype=object)
    return Clips(
        features=pd.DataFrame(rows, index=names, columns=list(chosen), dtype=np.float64),
        descriptions={name: CATALOGUE[name] for name in chosen},
        facts=collection.facts.set_axis(names, axis=0),
        turning=turning,
        problems=tuple(problems),
        simulated=any(film.provenance.get("settings", {}).get("simulated") for film in films.values()),
    )


def _turning(film: Film, window: float) -> Turning:
    assert film.scales is not None
    shots = film.shot_table
    beginning, end = float(shots["start"].iloc[0]), float(shots["end"].iloc[-1])
    return trace_turning(scale_labels(film.scales), beginning, max(end, beginning + _FEWEST_SECONDS), window=window)


def _from_table(path: Path, features: Sequence[str] | None) -> Clips:
    table = read_source(path)
    column, names = _names(table, path)
    chosen = _columns(table, features, path)
    index = pd.Index(names, name="clip", dtype=object)
    values, problems = {}, Problems()
    for name in chosen:
        values[name], wrong = to_numbers(table[name])
        if wrong.any():
            rows = some_of(np.flatnonzero(wrong) + 2)
            problems.add("value that is no number", name, where=f" in rows {rows} of {path.name}")
    lacking = [name for name in FAMILY if name not in chosen]
    if features is None and lacking:
        problems.add("features not at hand", table=path.name, features=", ".join(lacking))
    simulated = table.get("simulated", pd.Series(dtype=object)).astype(str).str.casefold()
    return Clips(
        features=pd.DataFrame(values, index=index, columns=list(chosen)),
        descriptions={
            name: CATALOGUE.get(name) or Feature(name, "", f"from {path.name}", "", "sequence") for name in chosen
        },
        facts=table.drop(columns=[column, *chosen]).set_axis(index, axis=0),
        problems=tuple(problems),
        simulated=bool(simulated.isin(["true", "1", "yes"]).any()),
    )


def _names(table: pd.DataFrame, path: Path) -> tuple[str, list[str | None]]:
    """Return the column that names the clips, and their unique names."""
    column = next((name for wanted in ID_NAMES for name in table.columns if name.casefold() == wanted), None)
    if column is None:
        have = some_of(table.columns)
        raise TableError(f"{path}: has no column that names the clips ({have}); call it clip, film or film_id")
    names = to_names(table[column])
    if None in names:
        raise TableError(f"{path}: row {names.index(None) + 2} has no {column}; a row per clip is needed; name it")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TableError(f"{path}: clip {twice} is in two rows; a clip has one row; remove one")
    return column, names


def _columns(table: pd.DataFrame, features: Sequence[str] | None, path: Path) -> tuple[str, ...]:
    if features is None:
        found = tuple(name for name in FAMILY if name in table.columns)
        if not found:
            raise TableError(
                f"{path}: has none of {', '.join(FAMILY)}; name its own columns with --features, or give the store"
            )
        return found
    for name in features:
        if name not in table.columns:
            near = "; rotation is measured from scale tracks: give the store" if name.startswith("rotation_") else ""
            raise OptionError(f"feature {name}: no column of {path}{near or '; name one that is there'}")
    return tuple(dict.fromkeys(features))
