"""Every table file that the two commands write, column by column: the source of the codebook page.

A column is described once: in `authorship.export` if an exported table has it, otherwise here. A test writes each file
and checks that no column is missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from authorship.export.collection import CollectedFilm, Collection
from authorship.export.tidy import features_table, scales_table, shots_table
from authorship.export.variables import CODEBOOK_COLUMNS, Category, Variable, VariableKind, scale_categories
from authorship.viewers.clips import CATALOGUE, FAMILY
from authorship.viewers.simulation import PLANTED
from authorship.viewers.tables import STUDY_TABLES, clips_table
from shotscale.film import Film
from shotscale.scales import SCALES, ShotScale
from shotscale.tables import GROUP_COLUMNS, SCALE_COLUMNS, SHOT_COLUMNS, TRACK_COLUMNS, make_scales, make_shots

__all__ = ["TableFile", "table_files"]

_GIVEN = "as given in the table of films"
_NOT_ANALYZED = "the film was not analyzed"


@dataclass(frozen=True, slots=True)
class TableFile:
    """A kind of table file: its name or name pattern, what it holds, what writes it, what a row is, its columns."""

    name: str
    title: str
    command: str
    row: str
    variables: tuple[Variable, ...]
    note: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names."""
        return tuple(variable.name for variable in self.variables)


def table_files() -> tuple[TableFile, ...]:
    """Return every kind of table file with its columns."""
    features, shots, scales = _exported()
    return (
        *_of_a_film(shots, scales),
        *_of_films(features, shots, scales),
        *_of_a_store(),
        *_of_learning(),
        *_of_viewers(),
    )


def _exported() -> tuple[tuple[Variable, ...], tuple[Variable, ...], tuple[Variable, ...]]:
    """Return the columns of the three exported tables, taken from a film of one shot."""
    film = Film("film", make_shots([0.0], 1.0), make_scales(np.zeros(1), np.full((1, len(SCALES)), 1 / len(SCALES))))
    films = [CollectedFilm("film", Path("film"), film)]
    track = scales_table(films)
    shots = shots_table(films)
    assert track is not None
    assert shots is not None
    return features_table(Collection(films)).variables, shots.variables, track.variables


def _of_a_film(shots: Sequence[Variable], scales: Sequence[Variable]) -> Iterator[TableFile]:
    saved = "`shotscale analyze --save`, `authorship classify --save`"
    yield TableFile(
        "shots.csv",
        "The shots of a film",
        f"{saved}, `shotscale shots`, `shotscale convert`",
        "shot",
        tuple(_named(shots, SHOT_COLUMNS)),
        "`kind` is text, not a code. `shotscale convert` adds `scale` if scales are known. A hand-made table needs "
        "only `start` and `end`.",
    )
    yield TableFile("scales.csv", "The scale track of a film", saved, "second", tuple(_named(scales, TRACK_COLUMNS)))
    drawn = (
        *_named(shots, SHOT_COLUMNS),
        Variable("scale", "true scale of the shot", "text", missing="`NA`: no person is in the picture"),
        Variable("camera", "camera movement", "text", definition="still, pan, tilt, zoom in, zoom out, shake, whip"),
    )
    yield TableFile("FILM.shots.csv", "Ground truth of a drawn film", "`shotscale draw`", "shot", drawn)
    coded = (
        _column("time", "time from the beginning of the film", unit="s", definition="one row per second"),
        Variable("shotscale", "shot scale", "category", categories=_codes(), definition="CineScale's codes"),
    )
    yield TableFile(
        "YEAR_DIRECTOR_-_TITLE.csv",
        "A coder's annotation in CineScale's format",
        "`authorship simulate`, `shotscale draw-frames`",
        "second",
        coded,
        "Code 9 means that no scale is available; there are no other missing values.",
    )
    scale = (Variable("file", "path of the image", "text"), *_stills(scales))
    yield TableFile("STILLS.csv", "Scales of still images", "`shotscale predict -o`", "image", scale)


def _stills(scales: Sequence[Variable]) -> list[Variable]:
    """Return the columns of a scale track without its time, as predicted for single images."""
    of_groups = "the network predicts only the three groups"
    columns = _named(scales, TRACK_COLUMNS[1:])
    reasons = {**dict.fromkeys((*SCALE_COLUMNS, "scale"), of_groups), **dict.fromkeys((*GROUP_COLUMNS, "group"), "")}
    return [
        replace(column, missing=reasons[column.name], definition="" if column.name == "scale" else column.definition)
        for column in columns
    ]


def _of_films(
    features: Sequence[Variable], shots: Sequence[Variable], scales: Sequence[Variable]
) -> Iterator[TableFile]:
    film_id = Variable("film_id", "film", "text", definition="the folder or file of the film's analysis")
    measured = features[1:]
    yield TableFile("features.csv", "Features of films", "`authorship features -o`", "film", (film_id, *measured))
    exported = "`authorship export`"
    note = "All formats have the same content. The columns of a manifest `films.csv` follow `film`."
    yield TableFile("features.FORMAT", "Exported features", exported, "film", tuple(features), note)
    yield TableFile("shots.FORMAT", "Exported shots", exported, "shot", tuple(shots))
    yield TableFile("scales.FORMAT", "Exported scale tracks", exported, "sample", tuple(scales))
    both = f"{exported}, `authorship viewers -o`"
    yield TableFile("codebook.csv", "Descriptions of the exported columns", both, "column of a table", _CODEBOOK)
    known = (
        film_id,
        Variable("director", "director", "text", definition="or the column named by --label"),
        *_named(_STORE_TABLE, ("title", "year")),
        *measured,
        Variable(
            "simulated", "whether the film is simulated", "text", missing="column present only with simulated films"
        ),
    )
    yield TableFile("REFERENCE/films.csv", "The films of a reference", "`authorship fit -o`", "film", known)
    windows = (
        _seconds("start", "start of the window"),
        _seconds("end", "end of the window"),
        _column("first_shot", "number of the first shot", "count", definition="0 is the film's first shot"),
        _column("n_shots", "number of shots", "count", unit="shots"),
        Variable(
            "remaining",
            "candidates that cannot be ruled out",
            "text",
            definition="most likely first, separated by semicolons",
            missing="the window is not typical of any candidate",
        ),
        Variable("CANDIDATE", "probability of the candidate with that name", "number", unit="share"),
    )
    yield TableFile("WINDOWS.csv", "Windows along a film", "`authorship roll -o`", "window", windows)


def _of_a_store() -> Iterator[TableFile]:
    yield TableFile(
        "STORE/films.parquet",
        "The films of a store",
        "`authorship corpus analyze -o`",
        "film in the table",
        (*_STORE_TABLE, *_STORE_ADDED),
        "Any other columns of the table of films are kept, between `director` and `status`.",
    )
    keys = tuple(replace(key, missing="") for key in _named(_STORE_ADDED, ("sha256", "settings")))
    _, shots, scales = _exported()
    parts = (("shots", SHOT_COLUMNS, shots, "shot"), ("scales", TRACK_COLUMNS, scales, "second"))
    for part, columns, variables, row in parts:
        name = f"STORE/analyses/SETTINGS/{part}/FILM.parquet"
        of_film = (*keys, *_named(variables, columns))
        yield TableFile(name, f"The {part} of a film in a store", "`authorship corpus analyze -o`", row, of_film)


def _of_learning() -> Iterator[TableFile]:
    columns = (
        _column("phase", "training phase: 1, then 2 for the steps on all frames", "count"),
        _column("step", "number of batches trained on in this phase", "count"),
        _column("loss", "mean training loss since the previous row"),
        _column("validation_loss", "loss on the validation frames", missing="not measured at this step"),
        _column("accuracy", "accuracy on the validation frames", unit="share", missing="not measured at this step"),
        _column("macro_f1", "macro-F1 on the validation frames", unit="share", missing="not measured at this step"),
    )
    yield TableFile("WEIGHTS.log.csv", "Training log of a network", "`shotscale train -o`", "progress report", columns)


def _of_viewers() -> Iterator[TableFile]:
    clips = clips_table(["RATING"], [CATALOGUE[name] for name in FAMILY], grouped=True)
    note = "`group` is present with `--group`. Each rating has two columns. These features are the default."
    for table in (clips, *STUDY_TABLES.values()):
        name = f"STUDY/{table.name}.FORMAT"
        yield TableFile(
            name, table.holds, "`authorship viewers -o`", table.row, table.variables, note if table is clips else ""
        )
    ratings = (
        Variable("viewer", "viewer", "text"),
        Variable("clip", "clip", "text"),
        *(
            _column(plan.rating, f"rating of {plan.rating.replace('_', ' ')}", "count", unit="points")
            for plan in PLANTED
        ),
        _column("age", "the viewer's age", "count", unit="year", definition="not a rating; real tables have one too"),
    )
    yield TableFile(
        "simulated_ratings.csv",
        "Ratings by simulated viewers",
        "`authorship simulate-viewers`",
        "viewer and clip",
        ratings,
        "Input for `authorship viewers`. With `--films`, a column `film` names each clip's film. Your own table may "
        "have any number of ratings with any names, or one row per clip with means and no `viewer`.",
    )


def _named(variables: Sequence[Variable], names: Sequence[str]) -> list[Variable]:
    """Return the variables with these names, in the names' order."""
    by_name = {variable.name: variable for variable in variables}
    return [by_name[name] for name in names]


def _column(
    name: str, label: str, kind: VariableKind = "number", *, unit: str = "", definition: str = "", missing: str = ""
) -> Variable:
    return Variable(name, label, kind, unit=unit, definition=definition, missing=missing)


def _seconds(name: str, label: str) -> Variable:
    return _column(name, label, unit="s", definition="from the film's first frame")


def _codes() -> tuple[Category, ...]:
    extra = ShotScale.NOT_AVAILABLE
    entries = (*scale_categories(all_nine=True), Category(extra.code, extra.abbreviation, "not available"))
    return tuple(sorted(entries, key=lambda entry: entry.code))


_CODEBOOK = tuple(
    Variable(name, label, "text")
    for name, label in zip(
        CODEBOOK_COLUMNS,
        (
            "name of the table",
            "name of the column",
            "short description",
            "unit of measurement",
            "text, number, count, category or ordered category",
            "codes of a category, with their texts and labels",
            "what a missing value means",
            "how the column is computed",
            "where the column is introduced or described",
            "name in the SPSS file",
            "name in the Stata file",
        ),
        strict=True,
    )
)
_STORE_TABLE = (
    Variable("film_id", "name of the film in the store", "text", definition=_GIVEN),
    Variable("path", "path of the film file", "text", definition=_GIVEN),
    Variable("title", "title", "text", definition=_GIVEN, missing="not given"),
    Variable("year", "year", "count", definition=_GIVEN, missing="not given"),
    Variable("director", "director", "text", definition=_GIVEN, missing="not given"),
)
_FACTS: tuple[tuple[str, str, VariableKind, str], ...] = (
    ("duration", "duration of the file", "number", "s"),
    ("film_begin", "start of the film, after any titles left out", "number", "s"),
    ("film_end", "end of the film, before any titles left out", "number", "s"),
    ("n_frames", "number of frames", "count", ""),
    ("fps", "mean frame rate", "number", "1/s"),
    ("width", "width of the picture as displayed", "count", "pixel"),
    ("height", "height of the picture as displayed", "count", "pixel"),
    ("codec", "video codec", "text", ""),
    ("container", "container format", "text", ""),
    ("n_shots", "number of shots", "count", "shots"),
    ("average_shot_length", "mean shot length (ASL)", "number", "s"),
    ("median_shot_length", "median shot length (MSL)", "number", "s"),
    ("shot_length_sd", "standard deviation of shot length", "number", "s"),
    ("coefficient_of_variation", "standard deviation divided by mean of shot length (CV)", "number", "1"),
    ("share_close", "share of close frames", "number", "share"),
    ("share_medium", "share of medium frames", "number", "share"),
    ("share_long", "share of long frames", "number", "share"),
    ("n_limits", "number of caveats about the film", "count", ""),
)
_STORE_ADDED = (
    Variable("status", "analyzed, failed or missing", "text"),
    Variable("error_kind", "kind of error, in one word", "text", missing="no error"),
    Variable(
        "error",
        "error message, one line",
        "text",
        missing="no error",
        definition="why the analysis failed or, for an analyzed film, why it is unclear which corrections apply",
    ),
    Variable("sha256", "checksum of the film file", "text", missing="the file was not read"),
    Variable(
        "settings",
        "identifies the film's tables",
        "text",
        definition="in the summary, the current tables: the corrected ones if coders corrected the film",
    ),
    Variable("measured_settings", "identifies the tables as measured; checksum of the settings", "text"),
    Variable("absolute_path", "absolute path of the film file when the table was read", "text"),
    Variable("size_bytes", "size of the film file", "count", unit="byte"),
    Variable("mtime_ns", "modification time of the file", "count", unit="ns", definition="since 1970-01-01 UTC"),
    *(_column(name, label, kind, unit=unit, missing=_NOT_ANALYZED) for name, label, kind, unit in _FACTS),
)
