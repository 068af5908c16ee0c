"""No column of any table file is missing from the codebook: every file is written and compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from table_files import TableFile, table_files

from authorship.own_reference import fit_reference
from authorship.export import collect_films, export_films
from authorship.export.variables import CODEBOOK_COLUMNS
from authorship.features import FEATURE_NAMES, feature_table
from authorship.reference.table import builtin_reference
from shotscale.store.summary import _TYPES
from shotscale.store.table import REQUIRED
from shotscale.film import Film
from shotscale.annotations import write_annotation
from shotscale.tables import SHOT_COLUMNS, TRACK_COLUMNS, make_scales, make_shots

FILES = {file.name: file for file in table_files()}
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "film"
    shots = make_shots(np.arange(0.0, 20.0, 2.0), 20.0)
    scales = make_scales(np.arange(20.0), np.random.default_rng(0).dirichlet(np.ones(7), 20))
    Film("film.mkv", shots, scales, {"duration": 20.0}, {"versions": {}}).save(folder)
    return folder


def columns(path: Path) -> tuple[str, ...]:
    return tuple(pd.read_csv(path, nrows=1).columns)


def test_saved_analyses_and_features(saved: Path) -> None:
    assert columns(saved / "shots.csv") == FILES["shots.csv"].columns == SHOT_COLUMNS
    assert columns(saved / "scales.csv") == FILES["scales.csv"].columns == TRACK_COLUMNS
    assert ("film_id", *FEATURE_NAMES) == FILES["features.csv"].columns
    assert tuple(feature_table({}).reset_index().columns) == FILES["features.csv"].columns


def test_exported_tables(saved: Path, tmp_path: Path) -> None:
    written = export_films(collect_films([saved]), tmp_path, formats=["csv"])
    assert {file.path.name for file in written} == {"features.csv", "shots.csv", "scales.csv", "codebook.csv"}
    for name in ("features", "shots", "scales"):
        assert columns(tmp_path / f"{name}.csv") == FILES[f"{name}.FORMAT"].columns
    assert columns(tmp_path / "codebook.csv") == FILES["codebook.csv"].columns == CODEBOOK_COLUMNS


def test_annotations_drawn_films_and_references(tmp_path: Path) -> None:
    from shotscale.drawn import Shot, draw_film

    write_annotation(pd.DataFrame({"time": [0], "scale": ["CU"]}), tmp_path / "film.csv")
    assert columns(tmp_path / "film.csv") == FILES["YEAR_DIRECTOR_-_TITLE.csv"].columns
    draw_film(tmp_path / "drawn.mkv", seed=0, script=[Shot(seconds=1)], size=(64, 36))
    assert columns(tmp_path / "drawn.shots.csv") == FILES["FILM.shots.csv"].columns
    known = builtin_reference()
    names = list(known.features.columns.intersection(FEATURE_NAMES))
    fit_reference(known.features[names].assign(director=known.labels).reset_index(), tmp_path / "mine")
    assert set(columns(tmp_path / "mine" / "films.csv")) <= set(FILES["REFERENCE/films.csv"].columns)


def test_stores_windows_and_logs() -> None:
    assert FILES["STORE/films.parquet"].columns == (*REQUIRED, *_TYPES)
    for part, own in (("shots", SHOT_COLUMNS), ("scales", TRACK_COLUMNS)):
        assert set(FILES[f"STORE/analyses/SETTINGS/{part}/FILM.parquet"].columns) == {"sha256", "settings", *own}
    from authorship import Attributor, Film
    from authorship.rolling import roll, rolling_table

    shots = pd.DataFrame({"start": range(0, 9000, 150), "end": range(150, 9150, 150)})
    windows = rolling_table(roll(Film("long takes", shots), Attributor(), window=60, step=60))
    named = FILES["WINDOWS.csv"].columns
    assert (*windows.columns[:5], "CANDIDATE") == named
    curves = pytest.importorskip("shotscale.training.curves")
    assert tuple(curves.log_table([]).columns) == FILES["WEIGHTS.log.csv"].columns


def test_stills(tmp_path: Path) -> None:
    from PIL import Image

    from shotscale.network.predict import predict_images
    from shotscale.network.weights import load_model

    Image.new("RGB", (32, 18)).save(tmp_path / "still.png")
    assert tuple(predict_images([tmp_path / "still.png"], load_model()).columns) == FILES["STILLS.csv"].columns


@pytest.mark.parametrize("file", table_files(), ids=lambda file: file.name)
def test_every_column_is_described(file: TableFile) -> None:
    page = (DOCS / "codebook.md").read_text(encoding="utf-8")
    assert len(set(file.columns)) == len(file.columns)
    for variable in file.variables:
        assert variable.label, variable.name
        assert f"| `{variable.name}` |" in page
