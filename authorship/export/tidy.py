"""From films to three tidy tables: features, shots and scale tracks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from authorship.export.collection import CollectedFilm, Collection
from authorship.export.variables import (
    UNDEFINED,
    UNKNOWN,
    Category,
    TidyTable,
    Variable,
    group_categories,
    kind_categories,
    scale_categories,
)
from authorship.features import CODEBOOK, feature_table
from authorship.features.labels import OUTSIDE, scale_labels, shot_labels
from authorship.films import Film
from shotscale.scales import GROUPS, SCALES
from shotscale.tables import GROUP_COLUMNS, SCALE_COLUMNS

__all__ = ["TABLES", "features_table", "make_table", "scales_table", "shots_table"]

TABLES: tuple[str, ...] = ("features", "shots", "scales")

_FILM = Variable("film", "film", "text", definition="the folder or file of the film's analysis")
_SHOT = Variable("shot", "number of the shot in its film", "count", definition="1 is the film's first shot")
_GIVEN = "from films.csv"
_CODES = {scale.abbreviation: scale.code for scale in SCALES} | {"FS": 0, "IS": 8}
_GROUP_CODES = {group.value: code for code, group in enumerate(GROUPS, start=1)}


def make_table(name: str, collection: Collection) -> TidyTable | None:
    """Give one of `TABLES`; None for the scale tracks of films that have none."""
    if name == "features":
        return features_table(collection)
    return shots_table(collection.films) if name == "shots" else scales_table(collection.films)


def features_table(collection: Collection) -> TidyTable:
    """Give a row a film: what the manifest says of it, and every feature."""
    films = collection.films
    opened = ((film.name, film.film) for film in films)
    measured = feature_table((name, (film.shots, film.scales)) for name, film in opened)
    columns: dict[str, object] = {"film": [film.name for film in films]}
    variables = [_FILM]
    for name in collection.facts.columns:
        variable, values = _fact(str(name), collection.facts[name], taken=set(measured.columns) | {"film"})
        variables.append(variable)
        columns[variable.name] = values
    for feature in CODEBOOK.values():
        columns[feature.name] = measured[feature.name].to_numpy()
        variables.append(
            Variable(
                feature.name,
                feature.title,
                "number",
                unit=feature.unit,
                definition=feature.definition,
                reference=feature.reference,
                missing=UNDEFINED,
            )
        )
    return TidyTable("features", "Formal features, a row a film", pd.DataFrame(columns), tuple(variables))


def shots_table(films: Sequence[CollectedFilm]) -> TidyTable:
    """Give a row a shot, with the scale and group that most of its samples have."""
    tables = []
    for collected in films:
        film = collected.film
        shots = film.shots
        table = shots.copy()
        table["duration"] = shots["end"] - shots["start"]
        table.insert(0, "film", collected.name)
        table.insert(1, "shot", np.arange(1, len(shots) + 1))
        scale, group = _dominant(film)
        tables.append(table.assign(scale=scale, group=group))
    frame = pd.concat(tables, ignore_index=True)
    frame["kind"] = frame["kind"].map({entry.text: entry.code for entry in kind_categories()})
    order = "film shot start end duration kind confidence transition_start transition_end scale group"
    variables = (
        _FILM,
        _SHOT,
        _seconds("start", "start of the shot", "from the film's first frame; the shot holds its start, not its end"),
        _seconds("end", "end of the shot", "where the next shot starts"),
        _seconds("duration", "shot length", "end minus start"),
        Variable("kind", "how the shot begins", "category", categories=kind_categories()),
        Variable("confidence", "probability that this boundary is real", "number", "share", "1 for a given shot"),
        _seconds("transition_start", "start of the transition", "the last frame wholly of the shot before"),
        _seconds("transition_end", "end of the transition", "the first frame wholly of this shot"),
        _scale("scale", "dominant shot scale", "the scale of most of the shot's samples, of the seven"),
        _group("group", "dominant group of scales", "the group of most of the shot's samples"),
    )
    return TidyTable("shots", "Shots, a row a shot", _with_types(frame[order.split()], variables), variables)


def scales_table(films: Sequence[CollectedFilm]) -> TidyTable | None:
    """Give a row a sample of each film's scale track; None where no film has one."""
    tables = []
    for collected in films:
        film = collected.film
        track = film.scales
        if track is None:
            continue
        starts, end = film.shots["start"].to_numpy(), float(film.shots["end"].iloc[-1])
        shot = np.searchsorted(starts, track["time"].to_numpy(), side="right")
        table = track.reindex(columns=["time", "scale", "group", *GROUP_COLUMNS, *SCALE_COLUMNS]).copy()
        table.insert(0, "film", collected.name)
        table.insert(1, "shot", np.where((shot > 0) & (track["time"].to_numpy() < end), shot, np.nan))
        tables.append(table)
    if not tables:
        return None
    frame = pd.concat([table.dropna(axis="columns", how="all") for table in tables], ignore_index=True)
    beyond = bool(frame.get("scale", pd.Series(dtype=object)).isin(["FS", "IS"]).any())
    variables = (
        _FILM,
        _SHOT,
        _seconds("time", "time of the sample", "from the film's first frame"),
        _scale("scale", "likeliest shot scale", "as smoothed over three seconds within the shot", all_nine=beyond),
        _group("group", "likeliest group of scales", "close, medium or long"),
        *(_probability(name, group.value) for name, group in zip(GROUP_COLUMNS, GROUPS, strict=True)),
        *(
            _probability(name, scale.name.replace("_", " ").lower())
            for name, scale in zip(SCALE_COLUMNS, SCALES, strict=True)
        ),
    )
    frame = frame.reindex(columns=[variable.name for variable in variables])
    frame["scale"] = [_CODES.get(value) for value in frame["scale"]]
    frame["group"] = [_GROUP_CODES.get(value) for value in frame["group"]]
    return TidyTable("scales", "Scale tracks, a row a sample", _with_types(frame, variables), variables)


def _dominant(film: Film) -> tuple[pd.Series, pd.Series]:
    """Give each shot's dominant scale and group as codes, None where no sample has one."""
    shots, track = film.shots, film.scales
    if track is None:
        unknown = pd.Series([pd.NA] * len(shots), dtype="Int32", index=shots.index)
        return unknown, unknown
    by_shot = shot_labels(shots["start"].to_numpy(np.float64), float(shots["end"].iloc[-1]), scale_labels(track))
    scale = [None if rank == OUTSIDE else SCALES[rank].code for rank in by_shot.scale.tolist()]
    group = [None if rank == OUTSIDE else rank + 1 for rank in by_shot.group.tolist()]
    return pd.Series(scale, dtype="Int32", index=shots.index), pd.Series(group, dtype="Int32", index=shots.index)


def _fact(name: str, values: pd.Series, *, taken: set[str]) -> tuple[Variable, object]:
    """Turn a manifest's column into numbers, a category if its texts repeat, or texts."""
    unique = f"{name}_given" if name in taken else name
    numbers = pd.to_numeric(values, errors="coerce").astype(np.float64)
    if numbers.notna().sum() == values.notna().sum():
        return Variable(unique, name, "number", definition=_GIVEN, missing=UNKNOWN), numbers.to_numpy()
    texts = [None if pd.isna(value) else str(value) for value in values]
    known = [text for text in texts if text is not None]
    if len(set(known)) == len(known):
        return Variable(unique, name, "text", definition=_GIVEN, missing=UNKNOWN), texts
    categories = tuple(Category(code, text, text) for code, text in enumerate(sorted(set(known)), start=1))
    codes = {entry.text: entry.code for entry in categories}
    variable = Variable(unique, name, "category", definition=_GIVEN, missing=UNKNOWN, categories=categories)
    return variable, pd.array([None if text is None else codes[text] for text in texts], dtype="Int32")


def _with_types(frame: pd.DataFrame, variables: Sequence[Variable]) -> pd.DataFrame:
    """Give each column the type of its kind."""
    dtypes = {"number": "float64", "count": "Int64", "category": "Int32", "text": "object"}
    return frame.astype({variable.name: dtypes[variable.kind] for variable in variables})


def _seconds(name: str, label: str, definition: str) -> Variable:
    return Variable(name, label, "number", unit="s", definition=definition)


def _probability(name: str, of: str) -> Variable:
    missing = "the network tells the three groups alone, or the scales were given by hand"
    return Variable(name, f"probability of {of}", "number", unit="share", missing=missing)


def _scale(name: str, label: str, definition: str, *, all_nine: bool = False) -> Variable:
    return Variable(
        name,
        label,
        "category",
        definition=definition,
        missing="no sample of a known scale",
        categories=scale_categories(all_nine=all_nine),
        ordered=not all_nine,
    )


def _group(name: str, label: str, definition: str) -> Variable:
    missing = "no sample of a known group"
    return Variable(
        name, label, "category", definition=definition, missing=missing, categories=group_categories(), ordered=True
    )
