"""Every table file that the two commands write, column by column: the source of the codebook page.

A column is described once: in `authorship.export` if an exported table has it, otherwise here. A test writes each file
and checks that no column is missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from authorship.export.collection import CollectedFilm, Collection
from authorship.export.tidy import features_table, scales_table, shots_table
from authorship.export.variables import CODEBOOK_COLUMNS, Category, Variable, VariableKind, scale_categories
from authorship.film import Film
from authorship.viewers.clips import CATALOGUE, FAMILY
from authorship.viewers.simulation import PLANTED
from authorship.viewers.tables import STUDY_TABLES, clips_table
from shotscale.scales import SCALES, ShotScale
from shotscale.tables import SHOT_COLUMNS, TRACK_COLUMNS, make_scales, make_shots

__all__ = ["TableFile", "table_files"]

_GIVEN = "as the table of films has it"
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
        "a shot",
        tuple(_named(shots, SHOT_COLUMNS)),
        "Texts stand for the codes of `kind`. `shotscale convert` adds `scale` where scales are known. A hand-made "
        "table may leave out everything but `start` and `end`.",
    )
    yield TableFile("scales.csv", "The scale track of a film", saved, "a second", tuple(_named(scales, TRACK_COLUMNS)))
    drawn = (
        *_named(shots, SHOT_COLUMNS),
        Variable("scale", "true scale of the shot", "text", missing="NA: nobody is in the picture"),
        Variable(
            "camera", "what the camera does", "text", definition="still, pan, tilt, zoom in, zoom out, shake, whip"
        ),
    )
    yield TableFile("FILM.shots.csv", "The truth of a drawn film", "`shotscale draw`", "a shot", drawn)
    coded = (
        _column("time", "time from the film's beginning", unit="s", definition="one row per second"),
        Variable("shotscale", "shot scale", "category", categories=_codes(), definition="CineScale's codes"),
    )
    yield TableFile(
        "YEAR_DIRECTOR_-_TITLE.csv",
        "A coder's annotation, CineScale's form",
        "`authorship simulate`, `shotscale draw-frames`",
        "a second",
        coded,
        "Code 9 says that no scale is available; nothing else is missing.",
    )
    scale = (Variable("file", "path of the image", "text"), *_named(scales, TRACK_COLUMNS[1:]))
    yield TableFile("STILLS.csv", "Scales of still images", "`shotscale predict -o`", "an image", scale)


def _of_films(
    features: Sequence[Variable], shots: Sequence[Variable], scales: Sequence[Variable]
) -> Iterator[TableFile]:
    film_id = Variable("film_id", "film", "text", definition="the folder or file of the film's analysis")
    measured = features[1:]
    yield TableFile("features.csv", "Features of films", "`authorship features -o`", "a film", (film_id, *measured))
    exported = "`authorship export`"
    note = "One content in all formats. The columns of a manifest `films.csv` stand behind `film`."
    yield TableFile("features.FORMAT", "Exported features", exported, "a film", tuple(features), note)
    yield TableFile("shots.FORMAT", "Exported shots", exported, "a shot", tuple(shots))
    yield TableFile("scales.FORMAT", "Exported scale tracks", exported, "a sample of a film", tuple(scales))
    both = f"{exported}, `authorship viewers -o`"
    yield TableFile("codebook.csv", "What the exported columns are", both, "a column of a table", _CODEBOOK)
    known = (
        film_id,
        Variable("director", "who directed it", "text", definition="or another column that --label names"),
        *_named(_STORE_TABLE, ("title", "year")),
        *measured,
        Variable(
            "simulated", "whether the film was made up", "text", missing="the column is there with simulated films"
        ),
    )
    yield TableFile("REFERENCE/films.csv", "The films of a reference", "`authorship fit -o`", "a film", known)
    windows = (
        _seconds("start", "start of the window"),
        _seconds("end", "end of the window"),
        _column("first_shot", "number of its first shot", "count", definition="0 is the film's first shot"),
        _column("n_shots", "number of its shots", "count", unit="shots"),
        Variable(
            "remaining",
            "candidates that cannot be ruled out",
            "text",
            definition="most likely first, with semicolons between the names",
            missing="the window is typical of no candidate",
        ),
        Variable("CANDIDATE", "probability of the candidate of that name", "number", unit="share"),
    )
    yield TableFile("WINDOWS.csv", "Windows along a film", "`authorship roll -o`", "a window", windows)


def _of_a_store() -> Iterator[TableFile]:
    yield TableFile(
        "STORE/films.parquet",
        "What a store holds",
        "`authorship corpus analyze -o`",
        "a film of the table",
        (*_STORE_TABLE, *_STORE_ADDED),
        "Any further column of the table of films is kept between these two groups.",
    )
    keys = tuple(_named(_STORE_ADDED, ("sha256", "settings")))
    _, shots, scales = _exported()
    parts = (("shots", SHOT_COLUMNS, shots, "a shot"), ("scales", TRACK_COLUMNS, scales, "a second"))
    for part, columns, variables, row in parts:
        name = f"STORE/analyses/SETTINGS/{part}/FILM.parquet"
        of_film = (*keys, *_named(variables, columns))
        yield TableFile(name, f"The {part} of a film in a store", "`authorship corpus analyze -o`", row, of_film)


def _of_learning() -> Iterator[TableFile]:
    columns = (
        _column("phase", "1, then 2 for the steps on all frames", "count"),
        _column("step", "batches learnt from in this phase", "count"),
        _column("loss", "mean loss of the examples since the row above"),
        _column("validation_loss", "loss on the validation frames", missing="not measured at this step"),
        _column("accuracy", "accuracy on the validation frames", unit="share", missing="not measured at this step"),
        _column("macro_f1", "macro-F1 on the validation frames", unit="share", missing="not measured at this step"),
    )
    yield TableFile("WEIGHTS.log.csv", "How a network learnt", "`shotscale train -o`", "a report of the run", columns)


def _of_viewers() -> Iterator[TableFile]:
    clips = clips_table(["RATING"], [CATALOGUE[name] for name in FAMILY], grouped=True)
    note = (
        "`group` is there with `--group`, a pair of columns for each rating, and these features if no others are named."
    )
    for table in (clips, *STUDY_TABLES.values()):
        name = f"STUDY/{table.name}.FORMAT"
        yield TableFile(
            name, table.holds, "`authorship viewers -o`", table.row, table.variables, note if table is clips else ""
        )
    ratings = (
        Variable("viewer", "who rated", "text"),
        Variable("clip", "what was rated", "text"),
        *(
            _column(plan.rating, f"rating of {plan.rating.replace('_', ' ')}", "count", unit="points")
            for plan in PLANTED
        ),
        _column("age", "the viewer's age", "count", unit="year", definition="no rating, as real tables have such"),
    )
    yield TableFile(
        "simulated_ratings.csv",
        "Ratings of viewers who do not exist",
        "`authorship simulate-viewers`",
        "a viewer and clip",
        ratings,
        "What `authorship viewers` reads; with `--films` a column `film` says what the clips are from. A table of your "
        "own may have any number of ratings under any names, or a row per clip with means and no `viewer`.",
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
            "the table's name",
            "the column's name",
            "one line on it",
            "its unit",
            "text, number, count or category",
            "the codes of a category",
            "what a missing value means",
            "how it is computed",
            "where it is described",
            "its name in the SPSS file",
            "its name in the Stata file",
        ),
        strict=True,
    )
)
_STORE_TABLE = (
    Variable("film_id", "the film's name in the store", "text", definition=_GIVEN),
    Variable("path", "its file", "text", definition=_GIVEN),
    Variable("title", "its title", "text", definition=_GIVEN, missing="not given"),
    Variable("year", "its year", "count", definition=_GIVEN, missing="not given"),
    Variable("director", "who directed it", "text", definition=_GIVEN, missing="not given"),
)
_FACTS: tuple[tuple[str, str, VariableKind, str], ...] = (
    ("duration", "length of the file", "number", "s"),
    ("film_begin", "where it begins, after titles that were left out", "number", "s"),
    ("film_end", "where it ends, before titles that were left out", "number", "s"),
    ("n_frames", "number of its frames", "count", ""),
    ("fps", "mean frame rate", "number", "1/s"),
    ("width", "width of the picture as shown", "count", "pixel"),
    ("height", "height of the picture as shown", "count", "pixel"),
    ("codec", "how the picture is coded", "text", ""),
    ("container", "the kind of file", "text", ""),
    ("n_shots", "number of shots", "count", "shots"),
    ("average_shot_length", "mean shot length (ASL)", "number", "s"),
    ("median_shot_length", "median shot length (MSL)", "number", "s"),
    ("shot_length_sd", "standard deviation of shot length", "number", "s"),
    ("coefficient_of_variation", "standard deviation over mean", "number", "1"),
    ("share_close", "share of close frames", "number", "share"),
    ("share_medium", "share of medium frames", "number", "share"),
    ("share_long", "share of long frames", "number", "share"),
    ("n_limits", "number of reservations about the file", "count", ""),
)
_STORE_ADDED = (
    Variable("status", "analyzed, failed or missing", "text"),
    Variable("error_kind", "why there are no figures, in a word", "text", missing="there are"),
    Variable(
        "error",
        "why there are none, in a line",
        "text",
        missing="there are",
        definition="the analysis failed or, of an analyzed film, it is not clear which corrections hold",
    ),
    Variable("sha256", "checksum of the film file", "text", missing="the file was not read"),
    Variable(
        "settings",
        "names the film's tables",
        "text",
        definition="the summary names those that hold, corrected where coders corrected the film",
    ),
    Variable("measured_settings", "names the tables as measured: checksum of the settings", "text"),
    Variable("absolute_path", "where the film file lay when the table was read", "text"),
    Variable("size_bytes", "size of the film file", "count", unit="byte"),
    Variable("mtime_ns", "when the file was changed", "count", unit="ns", definition="from 1970-01-01 UTC"),
    *(_column(name, label, kind, unit=unit, missing=_NOT_ANALYZED) for name, label, kind, unit in _FACTS),
)
