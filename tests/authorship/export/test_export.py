"""Exports, read back and compared value by value."""

import csv
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
from scipy.io import arff

from authorship.export import FORMATS, TABLES, Collection, collect_films, excel, export_films
from authorship.export.tidy import make_table
from authorship.features import CODEBOOK, FEATURE_NAMES
from shotscale.errors import DependencyError, OptionError, OutputError, TableError
from shotscale.film import Film
from shotscale.manifests import read_texts
from shotscale.tables import make_scales, make_shots

NAMES = ("Зеркало 1975", "=1+1", 'it\'s, "x"\\ 50%', "NA")
MANIFEST = """film,director,year,title,режиссёр,%s
Зеркало 1975,Тарковский,1975,Зеркало,А,1
=1+1,Тарковский,,Sum,А,2
"it's, ""x""\\ 50%%",Godard,1960,,Б,3
NA,,1961,Yes,,4
""" % ("a very long name of a column that no statistical program takes as it is, since " + "it is far too long " * 3)


def analyzed(name: str, *, n_shots: int, seed: int, groups_alone: bool) -> Film:
    """Return an analysis with random shots and scales."""
    generator = np.random.default_rng(seed)
    ends = np.cumsum(generator.lognormal(1.2, 0.6, n_shots))
    times = np.arange(0.0, ends[-1], 1.0)
    return Film(
        path=f"{name}.mkv",
        info={"duration": float(ends[-1]), "fps": 25.0},
        shots=make_shots([0.0, *ends[:-1].tolist()], float(ends[-1])),
        scales=make_scales(times, generator.dirichlet(np.ones(3 if groups_alone else 7), len(times))),
        provenance={},
    )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return four analyzed films with a manifest; for the last, the network gives only scale groups."""
    folder = tmp_path_factory.mktemp("shelf") / "films"
    for seed, name in enumerate(NAMES):
        analyzed(name, n_shots=20 + seed, seed=seed, groups_alone=name == "NA").save(folder / name)
    (folder / "films.csv").write_text(MANIFEST, encoding="utf-8")
    return folder


@pytest.fixture
def corpus(shelf: Path, tmp_path: Path) -> Path:
    """Return a copy of the films that a test may damage."""
    return Path(shutil.copytree(shelf, tmp_path / "films"))


@pytest.fixture(scope="module")
def collection(shelf: Path) -> Collection:
    return collect_films([shelf])


@pytest.fixture(scope="module")
def written(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "out"
    export_films(collection, folder, formats=FORMATS)
    return folder


@pytest.fixture
def exported(written: Path, tmp_path: Path) -> Path:
    """Return a copy of an export that a test may damage."""
    return Path(shutil.copytree(written, tmp_path / "out"))


def truth(collection: Collection, name: str) -> pd.DataFrame:
    """Return a table as made, with texts in place of codes."""
    table = make_table(name, collection)
    assert table is not None
    return table.readable()


def same_values(read: pd.DataFrame, made: pd.DataFrame, *, names: list[str] | None = None) -> None:
    """Assert that all values agree, as texts or as numbers; a missing text may be empty."""
    assert len(read) == len(made) > 0
    assert len(read.columns) == len(made.columns) > 5
    for k, column in enumerate(made.columns):
        values = read[(names or list(made.columns))[k]]
        if pd.api.types.is_numeric_dtype(made[column]):
            expected = made[column].astype("Float64").to_numpy(np.float64, na_value=np.nan)
            got = pd.to_numeric(values).astype("Float64").to_numpy(np.float64, na_value=np.nan)
            np.testing.assert_array_equal(got, expected, err_msg=str(column))
        else:
            texts = ["" if pd.isna(value) else str(value) for value in made[column]]
            assert ["" if pd.isna(value) else str(value) for value in values] == texts, column


@pytest.mark.parametrize("name", TABLES)
def test_csv(name: str, exported: Path, collection: Collection) -> None:
    with (exported / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert "'=1+1" in {row["film"] for row in rows}, "no spreadsheet is to calculate a film's name"
    same_values(read_texts(exported / f"{name}.csv", missing=""), truth(collection, name))


@pytest.mark.parametrize("name", TABLES)
def test_parquet(name: str, exported: Path, collection: Collection) -> None:
    made = truth(collection, name)
    read = pd.read_parquet(exported / f"{name}.parquet")
    same_values(read, made)
    assert not isinstance(read["film"].dtype, pd.CategoricalDtype)
    if name != "features":
        assert read["scale"].cat.ordered
        assert list(read["scale"].cat.categories) == ["ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS"]
    schema = pq.read_schema(exported / f"{name}.parquet")
    assert all(schema.field(column).metadata[b"label"] for column in made.columns)


@pytest.mark.parametrize("name", TABLES)
def test_excel(name: str, exported: Path, collection: Collection) -> None:
    made = truth(collection, name)
    book = openpyxl.load_workbook(exported / f"{name}.xlsx")
    assert book.sheetnames == [name, "codebook"]
    rows = list(book[name].iter_rows(values_only=True))
    assert list(rows[0]) == list(made.columns)
    read = pd.DataFrame(rows[1:], columns=made.columns, dtype=object)
    for column in made.columns:
        if pd.api.types.is_numeric_dtype(made[column]):
            # Excel writes 16 significant digits, one less than a double may need.
            expected = made[column].astype("Float64").to_numpy(np.float64, na_value=np.nan)
            np.testing.assert_allclose(read[column].astype(float), expected, rtol=1e-14, err_msg=str(column))
            read[column] = expected
    same_values(read, made)
    assert {cell.data_type for cell in book[name]["A"]} == {"s"}, "no film's name is a formula"
    assert len(list(book["codebook"].rows)) == len(made.columns) + 1


@pytest.mark.parametrize(("name", "suffix"), [(name, suffix) for name in TABLES for suffix in ("sav", "dta")])
def test_spss_and_stata(name: str, suffix: str, exported: Path, collection: Collection) -> None:
    path = str(exported / f"{name}.{suffix}")
    reader: Any = pyreadstat.read_sav if suffix == "sav" else pyreadstat.read_dta
    codes, meta = reader(path)
    table = make_table(name, collection)
    assert table is not None
    same_values(codes, table.frame, names=list(codes.columns))
    assert meta.column_labels == [entry.full_label[: None if suffix == "sav" else 80] for entry in table.variables]
    labeled = meta.variable_value_labels
    assert set(labeled) == {new for new, entry in zip(codes, table.variables, strict=True) if entry.categories}
    if name != "features":
        assert labeled["scale"] == {
            1: "extreme close up",
            2: "close up",
            3: "medium close up",
            4: "medium shot",
            5: "medium long shot",
            6: "long shot",
            7: "extreme long shot",
        }
        last = codes["film"] == "NA"
        assert codes.loc[last, "scale"].isna().all()
        assert codes.loc[~last, "scale"].notna().any()
        assert codes["group"].notna().any()
    if suffix == "sav":
        for new, entry in zip(codes, table.variables, strict=True):
            category = "ordinal" if entry.ordered else "nominal"
            measure = {"text": "nominal", "category": category}.get(entry.kind, "scale")
            assert meta.variable_measure[new] == measure, entry.name
            if entry.kind != "text":
                shown = "F12.6" if entry.kind == "number" else "F8.0"
                assert meta.original_variable_types[new] == shown, entry.name
    else:
        assert len(pd.read_stata(path)) == len(codes)
    shown = pd.read_csv(exported / "codebook.csv", keep_default_na=False)
    column = "name_in_spss" if suffix == "sav" else "name_in_stata"
    assert list(shown.loc[shown["table"] == name, column]) == list(codes.columns)


def ascii_only(text: str) -> str:
    """Escape non-ASCII letters, which scipy's reader cannot handle."""
    return text.encode("ascii", "xmlcharrefreplace").decode()


@pytest.mark.parametrize("name", TABLES)
def test_arff(name: str, shelf: Path, tmp_path: Path) -> None:
    """Only films without quotes in their names, since scipy reads no escapes; in the benchmark R reads the others."""
    plain = collect_films([shelf / film for film in NAMES if "'" not in film])
    export_films(plain, tmp_path / "out", formats=["arff"], tables=[name])
    made = truth(plain, name)
    data, meta = arff.loadarff(StringIO(ascii_only((tmp_path / "out" / f"{name}.arff").read_text(encoding="utf-8"))))
    assert len(data) == len(made)
    assert meta.names() == [ascii_only(column) for column in sorted(made, key=lambda column: column == "director")]
    for column in made.columns:
        values = data[ascii_only(column)]
        if pd.api.types.is_numeric_dtype(made[column]):
            np.testing.assert_array_equal(values, made[column].astype("Float64").to_numpy(np.float64, na_value=np.nan))
        else:
            texts = ["?" if pd.isna(value) else ascii_only(str(value)) for value in made[column]]
            assert [value.decode() for value in values] == texts


def test_a_fact_that_no_exported_film_has_is_no_column(corpus: Path, tmp_path: Path) -> None:
    (corpus / "films.csv").write_text('film,note,year\n=1+1,,1975\n"it\'s, ""x""\\ 50%",only here,\n', encoding="utf-8")
    found = collect_films([corpus])
    kept = [number for number, film in enumerate(found.films) if film.name in ("=1+1", "NA")]
    some = Collection([found.films[number] for number in kept], found.facts.iloc[kept])
    assert (list(found.facts), list(some.facts)) == (["note", "year"], ["year"])
    export_films(some, tmp_path / "out", formats=["arff"], tables=["features"])
    arff.loadarff(StringIO((tmp_path / "out" / "features.arff").read_text(encoding="utf-8")))
    assert pd.read_csv(tmp_path / "out" / "codebook.csv")["variable"].tolist()[:2] == ["film", "year"]


def test_the_class_stands_last_for_weka(written: Path) -> None:
    lines = (written / "features.arff").read_text(encoding="utf-8").splitlines()
    attributes = [line for line in lines if line.startswith("@attribute ")]
    assert attributes[-1] == "@attribute director {Godard,Тарковский}"
    assert """'it\\'s, "x"\\\\ 50%'""" in attributes[0]
    rows = lines[lines.index("@data") + 1 :]
    assert sorted(row.rsplit(",", 1)[1] for row in rows) == ["?", "Godard", "Тарковский", "Тарковский"]


def test_the_r_script_says_every_column(exported: Path, collection: Collection) -> None:
    """Check that it is complete and pure ASCII; R itself reads it in ``benchmarks/export_readers.py``."""
    for name in TABLES:
        script = (exported / f"{name}.R").read_text(encoding="ascii")
        made = truth(collection, name)
        assert script.count('"label") <-') == len(made.columns)
        assert script.count("factor(") == 1 + sum(isinstance(kind, pd.CategoricalDtype) for kind in made.dtypes)
        assert script.count("(") == script.count(")")
    assert '"\\u0422' in (exported / "features.R").read_text(encoding="ascii"), "Тарковский is a level"


def test_the_codebook_describes_every_variable(exported: Path, collection: Collection) -> None:
    codebook = pd.read_csv(exported / "codebook.csv", keep_default_na=False)
    for name in TABLES:
        mine = codebook[codebook["table"] == name]
        assert list(mine["variable"]) == list(truth(collection, name).columns)
        assert mine["label"].ne("").all()
    measured = codebook[codebook["variable"].isin(FEATURE_NAMES)]
    assert list(measured["definition"]) == [CODEBOOK[name].definition for name in FEATURE_NAMES]
    scale = codebook[(codebook["table"] == "shots") & (codebook["variable"] == "scale")].iloc[0]
    assert "1 = ECU, extreme close up" in scale["values"]
    assert scale["missing"] == "no sample with a known scale"


def test_what_the_manifest_says_becomes_columns(collection: Collection) -> None:
    table = make_table("features", collection)
    assert table is not None
    by_film = table.readable().set_index("film")
    assert by_film.loc["Зеркало 1975", "director"] == "Тарковский"
    assert by_film.loc['it\'s, "x"\\ 50%', "year"] == 1960
    assert pd.isna(by_film.loc["=1+1", "year"])
    assert pd.isna(by_film.loc["NA", "director"])
    kinds = {entry.name: entry.kind for entry in table.variables}
    assert (kinds["director"], kinds["title"], kinds["year"]) == ("category", "text", "count")


def test_a_shot_has_the_scale_of_most_of_its_samples(collection: Collection) -> None:
    table, track = truth(collection, "shots"), truth(collection, "scales")
    known = table[table["film"].eq("=1+1") & table["scale"].notna()]
    assert len(known) > 5
    for _, shot in known.iterrows():
        samples = track[(track["film"] == "=1+1") & (track["shot"] == shot["shot"])]
        assert samples["time"].between(shot["start"], shot["end"], inclusive="left").all()
        assert shot["scale"] in set(samples["scale"].mode())
    np.testing.assert_allclose(table["duration"], table["end"] - table["start"])


def test_one_folder_and_a_shot_list_alone(corpus: Path, tmp_path: Path) -> None:
    written = export_films(collect_films([corpus / "=1+1"]), tmp_path / "one", formats=["csv"])
    assert [file.path.name for file in written] == ["features.csv", "shots.csv", "scales.csv", "codebook.csv"]
    assert written[0].n_rows == 1
    lone = tmp_path / "lone.csv"
    pd.DataFrame({"start": [0, 2, 5], "end": [2, 5, 9]}).to_csv(lone, index=False)
    written = export_films(collect_films([lone]), tmp_path / "two", formats=FORMATS)
    assert not list((tmp_path / "two").glob("scales.*"))
    codes, _ = pyreadstat.read_sav(str(tmp_path / "two" / "shots.sav"))
    assert codes["scale"].isna().all()
    with pytest.raises(TableError, match="table scales: none of these films has a scale track"):
        export_films(collect_films([lone]), tmp_path / "three", tables=["scales"])
    assert not (tmp_path / "three").exists()


def test_nothing_is_replaced_unless_allowed(collection: Collection, exported: Path) -> None:
    before = (exported / "shots.csv").read_bytes()
    (exported / "features.csv").unlink()
    (exported / "shots.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already; choose another folder or allow it with --overwrite"):
        export_films(collection, exported, formats=["csv"])
    assert not (exported / "features.csv").exists(), "nothing is written before all is checked"
    assert (exported / "shots.csv").read_text(encoding="utf-8") == "mine"
    export_films(collection, exported, formats=["csv"], overwrite=True)
    assert (exported / "shots.csv").read_bytes() == before
    assert not list(exported.glob(".*")), "no temporary file is left"


def test_a_writer_that_fails_leaves_what_was_there(
    collection: Collection, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (exported / "shots.sav").read_bytes()

    def fail(frame: pd.DataFrame, path: str, **options: object) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyreadstat, "write_sav", fail)
    with pytest.raises(OutputError, match="No space left"):
        export_films(collection, exported, formats=["sav"], tables=["shots"], overwrite=True)
    assert (exported / "shots.sav").read_bytes() == before
    assert not list(exported.glob(".*"))


def test_what_cannot_be_exported(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with pytest.raises(OptionError, match="format pdf: not one of csv, parquet"):
        export_films(collection, out, formats=["csv", "pdf"])
    with pytest.raises(OptionError, match="shotscale convert"):
        export_films(collection, out, formats=["edl"])
    with pytest.raises(OptionError, match="table frames: not one of features, shots, scales"):
        export_films(collection, out, tables=["frames"])
    monkeypatch.setattr("authorship.libraries.find_spec", lambda _library: None)
    with pytest.raises(DependencyError, match=r"pyreadstat; pip install 'film-authorship\[export\]'"):
        export_films(collection, out, formats=["sav"])
    assert not out.exists()


def test_a_sheet_holds_so_many_rows(collection: Collection) -> None:
    table = make_table("scales", collection)
    assert table is not None
    n = len(table.frame)
    excel.check(table, most_rows=n)
    with pytest.raises(
        TableError, match=f"scales: {n} rows; a sheet of Excel holds {n - 1} below its header; export csv"
    ):
        excel.check(table, most_rows=n - 1)
    assert excel.MOST_ROWS == 2**20 - 1


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("director\nx\n", "lacks the column film"),
        ("film,director\nabsent,x\n", "film absent is not in"),
        ("film\nNA\nNA\n", "appears twice"),
        ("film,x\nNA,1\n,2\n", "film is empty in row 2"),
        ('film\n"NA\n', "not a UTF-8 CSV table"),
    ],
)
def test_a_manifest_that_cannot_be(corpus: Path, manifest: str, problem: str) -> None:
    (corpus / "films.csv").write_text(manifest, encoding="utf-8")
    with pytest.raises(TableError, match=problem):
        collect_films([corpus])
