"""The built-in table matches its card, and an unusable user table is refused in one line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from authorship.reference.reading import read_reference
from authorship.reference.table import builtin_reference, make_reference, other_directors, read_table
from shotscale.errors import TableError


def table(**columns: object) -> pd.DataFrame:
    rows = {
        "film_id": [f"film {i}" for i in range(8)],
        "director": ["A"] * 4 + ["B"] * 4,
        "average_shot_length": [4.0, 5, 6, 5, 20, 22, 25, 21],
        "median_shot_length": [3.0, 4, 4, 3, 9, 11, 12, 10],
        "shot_length_sd": [4.0, 5, 7, 5, 30, 28, 33, 29],
    }
    return pd.DataFrame(rows | columns)


def test_the_builtin_reference_is_the_94_features_by_six_directors() -> None:
    reference = builtin_reference()
    assert len(reference.labels) == 94
    counts = {candidate: reference.count(candidate) for candidate in reference.candidates}
    assert counts == {
        "Béla Tarr": 7,
        "Federico Fellini": 12,
        "Ingmar Bergman": 33,
        "Jean-Luc Godard": 17,
        "Martin Scorsese": 13,
        "Michelangelo Antonioni": 12,
    }
    assert reference.modeled == ("average_shot_length", "shot_length_cv", "median_to_mean")
    medians = reference.features.groupby(reference.labels)["average_shot_length"].median()
    assert medians["Béla Tarr"] == 145.7
    assert medians["Martin Scorsese"] == 6.9
    assert "Martin Scorsese - Goodfellas (1990)" in reference.features.index
    assert "year" not in reference.features


def test_no_other_director_is_one_of_the_six() -> None:
    others = other_directors()
    assert len(others.labels) == 749
    assert len(others.candidates) == 60
    assert not set(others.candidates) & set(builtin_reference().candidates)
    assert "Aki Kaurismäki" in others.candidates
    assert not any("?" in name for name in others.candidates)


@pytest.mark.shared
def test_the_builtin_figures_are_the_sources(shared: Path) -> None:
    source = pd.read_csv(shared / "reference" / "cinemetrics_six_directors_films.csv")
    source = source[source["kind"] == "feature"]
    ours = builtin_reference().features
    for mine, theirs in (("average_shot_length", "asl_s"), ("median_shot_length", "msl_s"), ("shot_length_sd", "sd_s")):
        np.testing.assert_allclose(np.sort(ours[mine]), np.sort(source[theirs]), atol=5e-4)


def test_figures_give_the_ratios() -> None:
    reference = make_reference(table(), name="mine")
    assert reference.modeled == ("average_shot_length", "shot_length_cv", "median_to_mean")
    np.testing.assert_allclose(reference.matrix()[0], [np.log(4), 1.0, 0.75])


def test_a_group_without_a_modeled_feature_is_taken_as_it_is() -> None:
    shares = np.linspace(0.1, 0.8, 8)
    reference = make_reference(table(share_close=shares, n_shots=range(8), share_long=0.5), name="mine")
    assert "share_close" in reference.modeled
    assert "n_shots" not in reference.modeled
    assert "share_long" not in reference.modeled
    assert reference.notes == (
        "Left out: 1 feature of the reference, constant or missing in over a quarter of its films or "
        "three quarters of a candidate's.",
    )
    assert reference.modeled == ("average_shot_length", "shot_length_cv", "median_to_mean", "share_close")
    shares[[0, 1]] = np.nan
    assert "share_close" in make_reference(table(share_close=shares), name="mine").modeled
    ratios = table(share_close=shares, share_logratio_cu=shares)
    assert make_reference(ratios, name="mine").modeled[-1] == "share_logratio_cu"


def test_a_feature_that_a_candidate_lacks_is_left_out() -> None:
    """Missing values count as average, so the candidate would be recognized by having none."""
    labels = ["A"] * 12 + ["B"] * 12 + ["C"] * 3
    films = table().sample(27, replace=True, random_state=0).assign(film_id=range(27), director=labels, share_close=0.2)
    films["average_shot_length"] += np.arange(27)
    films["share_close"] += np.linspace(0, 0.5, 27)
    assert make_reference(films, name="mine").modeled[-1] == "share_close"
    films["share_close"] = films["share_close"].where(films["director"] != "C")
    assert make_reference(films, name="mine").modeled[-1] == "median_to_mean"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table().drop(columns="director"), "mine: lacks the column director; .* add the column"),
        (table().drop(columns="film_id"), "lacks the column film_id"),
        (table().drop(columns="shot_length_sd"), "lacks the column shot_length_sd"),
        (table()[["film_id", "director"]], "every feature column; .* median_shot_length and shot_length_sd together"),
        (pd.DataFrame({"film": ["a", "a"], "length": [4, 5], "director": ["A", None]}), "with authorship fit, or add"),
        (table(director=["A"] * 8), "only one director, A"),
        (table(director=["A"] * 7 + ["B"]), "B has 1 film; a candidate needs 3"),
        (table(director=["A"] * 7 + [None]), "director is empty in row 8"),
        (table(film_id=["one", " ", *"abcdef"]), "film_id is empty in row 2; every film needs one"),
        (table(shot_length_sd=["x"] + [1.0] * 7), "shot_length_sd = x in row 1: a finite number is needed"),
        (table(shot_length_sd=[1.0, -999] * 4), "shot_length_sd = -999.0 in row 2: it cannot be negative, and is left"),
        (table(share_cu=[0.25, -999] * 4), "share_cu = -999.0 in row 2: a share is from 0 to 1"),
        (table(share_cu=[25.0] * 8), "share_cu = 25.0 in row 1: a share is from 0 to 1"),
        (
            table(share_close=0.5).drop(columns=["average_shot_length", "median_shot_length", "shot_length_sd"]),
            "no feature of style",
        ),
    ],
)
def test_a_table_that_cannot_serve(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(TableError, match=message):
        make_reference(frame, name="mine")


def test_a_table_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    table(director=["Żuławski"] * 4 + ["NA"] * 4).to_csv(path, index=False)
    reference = read_reference(path)
    assert reference.candidates == ("NA", "Żuławski")
    assert len(reference.checksum) == 64
    with pytest.raises(TableError, match="no such file"):
        read_reference(tmp_path / "absent.csv")
    saved = table(director=["Béla"] * 4 + ["NA"] * 4)
    saved.to_csv(path, index=False, sep=";", decimal=",", encoding="cp1252")
    again = read_reference(path)
    assert again.candidates == ("Béla", "NA")
    assert again.features.equals(reference.features), "as a spreadsheet saves it in a country of decimal commas"


def test_a_spreadsheet_with_decimal_commas_is_read(tmp_path: Path) -> None:
    films = table(average_shot_length=[4.125, 5, 6, 5, 20, 22, 25, 21], year=[1962, None, *range(1964, 1970)])
    films.to_csv(tmp_path / "comma.csv", index=False, sep=";", decimal=",")
    films.to_csv(tmp_path / "point.csv", index=False)
    comma, point = (read_reference(tmp_path / f"{name}.csv") for name in ("comma", "point"))
    assert np.array_equal(comma.matrix(), point.matrix())
    films.astype({"average_shot_length": str}).replace("5.0", "1,234").to_csv(tmp_path / "both.csv", index=False)
    with pytest.raises(TableError, match="1,234 in row 2: a finite number"):
        read_reference(tmp_path / "both.csv")
    (tmp_path / "quoted.csv").write_text('director,average_shot_length,year\nA,"8,25",\nB,"9,5",\n')
    assert read_table(tmp_path / "quoted.csv")["average_shot_length"].tolist() == [8.25, 9.5]


@pytest.mark.parametrize("sep", [",", ";"])
def test_what_r_writes_for_a_missing_number_is_missing(sep: str, tmp_path: Path) -> None:
    films = table(average_shot_length=[4.125, None, 6, 5, 20, 22, 25, 21], year=[1962, None, *range(1964, 1970)])
    films = films.assign(director=["NA"] * 4 + ["B"] * 4)
    films.to_csv(tmp_path / "r.csv", sep=sep, decimal="," if sep == ";" else ".", na_rep="NA")
    films.to_csv(tmp_path / "empty.csv", index=False)
    written, empty = (read_reference(tmp_path / f"{name}.csv") for name in ("r", "empty"))
    assert written.candidates == ("B", "NA"), "a name is no missing number"
    assert np.isnan(written.features["average_shot_length"].iloc[1])
    pd.testing.assert_frame_equal(written.features, empty.features)
    assert np.array_equal(written.years, empty.years, equal_nan=True)


def test_rows_of_one_work_count_once() -> None:
    with pytest.raises(TableError, match="B has 1 film"):
        make_reference(table(work=["a", "b", "c", "d", "e", "e", "e", "e"]), name="mine")


def test_an_empty_cell_names_no_film() -> None:
    """What is filled in for some films only is taken from elsewhere for the others, row by row."""
    unknown = [None] * 6
    titles = ["Eins", "Zwei", "Drei", "Vier", None, None, "Acht", "Acht"]
    reference = make_reference(
        table(work=["a", "a", *unknown], title=titles, year=1962, original_title=["One", "Two", *unknown]), name="mine"
    )
    assert reference.works[0] == reference.works[1] == "a"
    assert reference.works[2:6].tolist() == ["A - drei 1962", "A - vier 1962", "film 4", "film 5"]
    assert reference.works[6] == reference.works[7]
    assert reference.titles.tolist() == ["Eins", "Zwei", "Drei", "Vier", "film 4", "film 5", "Acht", "Acht"]
    assert reference.original_titles.tolist() == ["One", "Two", *reference.titles[2:]]


@pytest.mark.parametrize(
    ("years", "n_works"),
    [
        (None, 6),
        ([None] * 8, 6),
        ([1962, None, 1963, None, 1964, 1965, 1966, 1968], 7),
        ([1963, 1962, 1963, 1964, 1965, 1966, 1967, 1969], 7),
        ([1962, 1965, 1963, 1964, 1934, 1965, 1966, 1956], 7),
    ],
)
def test_copies_of_a_film_are_one_work_though_a_year_is_unknown_or_another(
    years: list[int | None] | None, n_works: int
) -> None:
    titles = ["Eins", "eins", "Zwei", "Drei", "Vier", "Fünf", "Sechs", "Vier"]
    films = table(title=titles) if years is None else table(title=titles, year=years)
    works = make_reference(films, name="mine").works
    assert works[0] == works[1]
    assert len(set(works)) == n_works


def test_a_table_sorted_otherwise_is_the_same_reference(tmp_path: Path) -> None:
    films = table()
    films.loc[1] = films.loc[0].replace("film 0", "copy")
    films.to_csv(tmp_path / "films.csv", index=False)
    films.iloc[::-1].to_csv(tmp_path / "sorted.csv", index=False)
    one, other = (read_reference(tmp_path / f"{name}.csv") for name in ("films", "sorted"))
    assert list(one.features.index[:2]) == ["copy", "film 0"]
    assert one.works[0] == one.works[1]
    assert one.works.tolist() == other.works.tolist()
    pd.testing.assert_frame_equal(one.features, other.features)
    assert one.labels.tolist() == other.labels.tolist()


def test_another_label_may_be_recognized_by_the_directors() -> None:
    directors = ["A", "A", "B", "C", "D", "E", "F", "G"]
    films = table(director=directors, country=["x"] * 4 + ["y"] * 4)
    [note] = make_reference(films, name="mine", label="country").notes
    assert "a country may be recognized by its directors" in note
    assert make_reference(films.assign(work=directors), name="mine", label="country").notes == ()
    assert make_reference(table(country=["x", "y"] * 4), name="mine").notes == ()


def test_films_that_count_as_one_are_named() -> None:
    figures = {"average_shot_length": 4.0, "median_shot_length": 3.0, "shot_length_sd": 4.0}
    films = table()
    films.loc[[0, 3], list(figures)] = list(figures.values())
    assert make_reference(films, name="mine").notes == (
        "Counted as one film, because their figures agree: film 0 and film 3.",
    )
    with pytest.raises(TableError, match=r"A has 2 films \(figures agree, so counted as one: film 0 and film 3\); a "):
        make_reference(films.drop(index=1), name="mine")
    films.loc[:3, list(figures)] = list(figures.values())
    with pytest.raises(TableError, match="film 0 and film 1; film 0 and film 2; film 0 and film 3"):
        make_reference(films, name="mine")
