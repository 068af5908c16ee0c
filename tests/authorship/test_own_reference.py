"""User-built references: from analyzed films to a folder of plain files, and back to the same numbers."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from authorship.attribution.classify import Attributor
from authorship.own_reference import fit_reference, is_film_table, read_cinescale, read_corpus
from authorship.reference.reading import read_reference
from authorship.reference.table import make_reference
from authorship.rolling import roll, rolling_table
from authorship.verification import REFUSED_OWN, WORST_DIRECTOR, Verification, Verifier, answer, gray_zone
from shotscale.errors import OptionError, TableError, UserError
from shotscale.film import Film
from shotscale.part import PartOptions

DrawFilm = Callable[..., Film]


@pytest.fixture
def corpus(tmp_path: Path, draw_film: DrawFilm) -> Path:
    """Return six fast and six slow films, analyzed, with a manifest."""
    folder = tmp_path / "corpus"
    rows = []
    for i in range(12):
        slow = i % 2
        draw_film(n_shots=80, asl=20.0 if slow else 4.0, sigma=0.9, seed=i).save(folder / f"film {i}")
        rows.append(
            {
                "film": f"film {i}",
                "director": "Slöw" if slow else "Fast",
                "period": "old" if i < 6 else "new",
                "year": 1960 + i,
            }
        )
    pd.DataFrame(rows).to_csv(folder / "films.csv", index=False)
    return folder


def test_a_reference_round_trips_to_the_same_probabilities(corpus: Path, tmp_path: Path, draw_film: DrawFilm) -> None:
    table = read_corpus(corpus)
    fit_reference(table, tmp_path / "reference")
    read = read_reference(tmp_path / "reference")
    film = draw_film(n_shots=200, asl=6.0, seed=77)
    ours = Attributor(make_reference(table, name="memory")).attribute(film)
    theirs = Attributor(read).attribute(film)
    assert [c.name for c in ours.candidates] == [c.name for c in theirs.candidates]
    np.testing.assert_allclose(
        [c.probability for c in ours.candidates], [c.probability for c in theirs.candidates], rtol=1e-9
    )
    assert list(read.bases) == ["own"]
    assert read.candidates == ("Fast", "Slöw")
    assert sorted(path.name for path in (tmp_path / "reference").iterdir()) == ["films.csv", "reference.json"]


def test_any_label_can_be_told_apart(corpus: Path, tmp_path: Path) -> None:
    fit_reference(read_corpus(corpus, label="period"), tmp_path / "by period", label="period")
    reference = read_reference(tmp_path / "by period")
    assert reference.label_name == "period"
    assert reference.candidates == ("new", "old")
    assert any("may be recognized by its directors" in note for note in reference.notes)


def test_a_table_changed_after_the_fit_is_refused(corpus: Path, tmp_path: Path) -> None:
    fit_reference(read_corpus(corpus), tmp_path / "reference")
    with (tmp_path / "reference" / "films.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    with pytest.raises(TableError, match=r"is not the table that .* was fitted to; run `authorship fit` again"):
        read_reference(tmp_path / "reference")


def test_a_manifest_says_which_part_of_a_file_is_the_film(corpus: Path) -> None:
    manifest = pd.read_csv(corpus / "films.csv", dtype=str)
    whole = read_corpus(corpus).set_index("film_id")
    name = manifest["film"][0]
    manifest.loc[0, ["from", "speed"]] = ["0:30", "pal"]
    manifest.to_csv(corpus / "films.csv", index=False)
    part = read_corpus(corpus).set_index("film_id")
    expected = (whole.loc[name, "running_time"] - 30) * 25 / 24
    assert part.loc[name, "running_time"] == pytest.approx(expected, abs=0.1)
    assert part.loc[manifest["film"][1], "running_time"] == whole.loc[manifest["film"][1], "running_time"]
    manifest.loc[0, "from"] = "soon"
    manifest.to_csv(corpus / "films.csv", index=False)
    with pytest.raises(TableError, match=f"film {name}: --from soon: not a time"):
        read_corpus(corpus)


@pytest.mark.parametrize("damage", ["not json", "{}", "weights", "features"])
def test_a_damaged_description_is_refused(damage: str, corpus: Path, tmp_path: Path) -> None:
    fit_reference(read_corpus(corpus), tmp_path / "reference")
    description = tmp_path / "reference" / "reference.json"
    content = json.loads(description.read_text(encoding="utf-8"))
    if damage == "weights":
        content["bases"]["own"]["model"]["weights"].pop()
    if damage == "features":
        content["bases"]["own"]["features"].pop()
    description.write_text(json.dumps(content) if damage in ("weights", "features") else damage, encoding="utf-8")
    with pytest.raises(TableError, match="run `authorship fit` again"):
        read_reference(tmp_path / "reference")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda films: films.rename(columns={"director": "Regie"}), "has .*Regie.*; name one with --label, or add it"),
        (lambda films: films.drop(columns="film"), "lacks the column film"),
        (lambda films: films.assign(film="film 1"), "film 1 appears twice"),
        (lambda films: films.assign(film=[*films["film"][:-1], "gone"]), "film gone is not in"),
        (lambda films: films.assign(film=[*films["film"][:-1], None]), "film is empty in row 12"),
    ],
)
def test_a_manifest_that_cannot_be(change: Callable[[pd.DataFrame], pd.DataFrame], message: str, corpus: Path) -> None:
    manifest = pd.read_csv(corpus / "films.csv")
    change(manifest).to_csv(corpus / "films.csv", index=False)
    with pytest.raises(TableError, match=message):
        read_corpus(corpus)


def test_columns_of_the_user_collide_with_none_of_ours(corpus: Path) -> None:
    plain = read_corpus(corpus)
    manifest = pd.read_csv(corpus / "films.csv")
    manifest.assign(place=["Rome", *[None] * 11], path="nowhere", title="T", work="W").to_csv(
        corpus / "films.csv", index=False
    )
    table = read_corpus(corpus)
    assert table[plain.columns].equals(plain)
    for label in ("year", "title", "work", "place"):
        table = read_corpus(corpus, label=label)
        assert table.columns.is_unique
        assert table.columns[:2].tolist() == ["film_id", label]
    for label in ("film_id", "n_shots"):
        with pytest.raises(OptionError, match=f"label {label}: a reference has a column of that name"):
            read_corpus(corpus, label=label)


def test_a_store_may_have_a_column_film(stand_in: ModuleType, tmp_path: Path) -> None:
    table = stand_in.make_corpus(tmp_path, 3)
    pd.read_csv(table).assign(film="x", place="Rome").to_csv(table, index=False)
    stand_in.run(table, tmp_path / "store")
    assert read_corpus(tmp_path / "store")["film_id"].tolist() == ["film-0", "film-1", "film-2"]
    assert read_corpus(tmp_path / "store", label="film")["film"].tolist() == ["x"] * 3


def test_films_of_a_corpus_without_a_label_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("start,end\n0,4\n4,6\n", encoding="utf-8")
    (tmp_path / "films.csv").write_text("film_id,path,director\na,list.csv,A\nb,list.csv,\n", encoding="utf-8")
    assert read_corpus(tmp_path)["film_id"].tolist() == ["a"]
    (tmp_path / "films.csv").write_text("film_id,path,director\na,list.csv,\n", encoding="utf-8")
    with pytest.raises(TableError, match="the column director is empty"):
        read_corpus(tmp_path)


def test_a_corpus_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="a corpus has a manifest"):
        read_corpus(tmp_path)


def test_verification_says_yes_no_and_undecided(draw_film: DrawFilm) -> None:
    from authorship.reference.table import builtin_reference, other_directors

    verifier = Verifier(builtin_reference(), "Béla Tarr", distractors=other_directors())
    long_takes = verifier.verify(draw_film(n_shots=150, asl=145, sigma=0.75))
    fast = verifier.verify(draw_film(n_shots=900, asl=4, sigma=0.8))
    few = verifier.verify(draw_film(n_shots=5, asl=145, sigma=0.5))
    assert (long_takes.verdict, fast.verdict, few.verdict) == ("yes", "no", "undecided")
    assert long_takes.score > 0.8
    assert fast.score < verifier.no_below < verifier.yes_above < long_takes.score
    assert verifier.answer((verifier.no_below + verifier.yes_above) / 2) == "undecided"
    assert verifier.quality["auroc"] > 0.8
    assert verifier.quality["right_when_decided"] > 0.75
    assert verifier.to_json(long_takes)["director"] == "Béla Tarr"


def test_what_is_nearest_and_yet_far_gets_no_yes() -> None:
    random = np.random.default_rng(0)
    places = {"A": 2.0, "B": 4.0, "C": 4.3, "D": 4.5, "E": 4.8, "F": 5.0}
    rows = []
    for name, place in places.items():
        for i in range(10):
            average, ratio, variation = np.exp([place, np.log(0.73), np.log(0.95)] + 0.05 * random.normal(size=3))
            rows.append((f"{name}{i}", name, average, ratio * average, variation * average))
    columns = ["film_id", "director", "average_shot_length", "median_shot_length", "shot_length_sd"]
    verifier = Verifier(make_reference(pd.DataFrame(rows, columns=columns), name="drawn"), "A")

    def ask(average: float) -> Verification:
        lengths = average * np.exp(random.normal(size=600) * 0.8)
        ends = np.cumsum(lengths)
        return verifier.verify(Film("film.csv", pd.DataFrame({"start": np.r_[0.0, ends[:-1]], "end": ends})))

    near, far = ask(np.exp(2.0)), ask(np.exp(0.2))
    assert min(near.score, far.score) > verifier.yes_above  # nobody else is nearer to either
    assert (near.verdict, far.verdict) == ("yes", "undecided")
    assert far.typicality == pytest.approx(1 / 11)
    reason, *figures = far.limits
    assert "unlike anyone here" in reason
    assert any("unknown here" in limit for limit in figures)
    assert verifier.answer(0.5) == "undecided"  # the gap between own and strangers' scores


def test_a_feature_that_rounding_alone_makes_vary_is_constant() -> None:
    random = np.random.default_rng(0)
    rows = [
        (f"{name}{i}", name, np.exp(random.normal()), random.uniform() if name in "CE" else 0.1)  # not imposters
        for name in "ABCDE"
        for i in range(7)
    ]
    columns = ["film_id", "director", "average_shot_length", "run_time_long"]
    verifier = Verifier(make_reference(pd.DataFrame(rows, columns=columns), name="constant"), "A")
    assert np.abs(verifier._fresh).max() < 10


def test_the_gray_zone_keeps_both_kinds_of_error() -> None:
    random = np.random.default_rng(1)
    wrong_yes, wrong_no = [], []
    for _ in range(200):
        own, others = random.normal(0.6, 0.2, 24), random.normal(0.4, 0.2, 59)
        zone = gray_zone(own, others)
        wrong_yes.append(np.mean([answer(s, *zone) == "yes" for s in random.normal(0.4, 0.2, 50)]))
        wrong_no.append(np.mean([answer(s, *zone) == "no" for s in random.normal(0.6, 0.2, 50)]))
    assert 0.7 / 60 < np.mean(wrong_yes) < 1.3 / 60
    assert 0.7 * REFUSED_OWN < np.mean(wrong_no) < 1.1 * REFUSED_OWN
    assert gray_zone(np.array([0.9, 0.8]), np.array([0.1])) == (1.0, 0.0)  # too few films for a decision


def test_the_directors_who_are_nearest_get_no_yes_or_nobody_does() -> None:
    """Godard is refused: another director's films would be accepted too often, or his own hardly ever."""
    from authorship.reference.table import builtin_reference, other_directors

    reference, others = builtin_reference(), other_directors()
    answerable = {}
    for name in ("Béla Tarr", "Jean-Luc Godard", "Michelangelo Antonioni"):
        quality = Verifier(reference, name, distractors=others).quality
        answerable[name] = not quality["refused"]
        if not quality["refused"]:
            assert quality["worst_accepted"] < WORST_DIRECTOR
            assert quality["own_accepted"] > quality["worst_accepted"]
        else:
            assert quality["strangers_accepted"] == 0
    assert answerable == {"Béla Tarr": True, "Jean-Luc Godard": False, "Michelangelo Antonioni": True}


def test_a_refused_question_gets_no_yes_and_says_why(draw_film: DrawFilm) -> None:
    from authorship.reference.table import builtin_reference, other_directors

    verifier = Verifier(builtin_reference(), "Jean-Luc Godard", distractors=other_directors())
    assert verifier.answer(1.0) == "undecided"
    answer = verifier.verify(draw_film(n_shots=300, asl=21, sigma=1.1))
    assert answer.verdict != "yes"
    assert any("No film gets a yes for Jean-Luc Godard" in limit for limit in answer.limits)


def test_verification_says_when_the_features_cannot_carry_the_claim() -> None:
    from authorship.reference.table import builtin_reference, other_directors

    verifier = Verifier(builtin_reference(), "Ingmar Bergman", distractors=other_directors())
    shots = pd.DataFrame({"start": np.arange(0.0, 3000, 15), "end": np.arange(15.0, 3015, 15)})
    answer = verifier.verify(Film("1966_bergman_-_persona.csv", shots))
    assert any("Persona (1966). If that is this film, it is compared with itself" in limit for limit in answer.limits)
    assert verifier.quality["auroc"] < 0.9
    assert any("not 'by them'" in limit for limit in answer.limits)


def test_verification_needs_a_known_candidate_and_imposters() -> None:
    from authorship.reference.table import builtin_reference

    with pytest.raises(OptionError, match="Agnès Varda: not in the reference; its candidates are Béla Tarr"):
        Verifier(builtin_reference(), "Agnès Varda")
    reference = builtin_reference()
    two = reference.some(np.isin(reference.labels, ["Béla Tarr", "Ingmar Bergman"]))
    with pytest.raises(TableError, match="need two"):
        Verifier(two, "Béla Tarr")


def test_rolling_finds_the_change_of_hand(draw_film: DrawFilm) -> None:
    fast, slow = draw_film(n_shots=200, asl=4.0, sigma=0.8).shots, draw_film(n_shots=60, asl=150, sigma=0.7).shots
    slow = slow.assign(start=slow["start"] + fast["end"].iloc[-1], end=slow["end"] + fast["end"].iloc[-1], kind="cut")
    film = Film("two hands", pd.concat([fast, slow], ignore_index=True))
    windows = roll(film, Attributor(), window=40, step=20)
    table = rolling_table(windows)
    leaders = [window.attribution.candidates[0].name for window in windows]
    assert leaders[0] in ("Martin Scorsese", "Federico Fellini")
    assert leaders[-1] == "Béla Tarr"
    assert windows[-1].end == film.shots["end"].iloc[-1]
    assert (table["n_shots"] == 40).all()
    np.testing.assert_allclose(
        table[
            sorted(
                set(leaders)
                | {"Ingmar Bergman", "Jean-Luc Godard", "Michelangelo Antonioni", "Federico Fellini", "Martin Scorsese"}
            )
        ].sum(axis=1),
        1,
    )
    assert "verdict" not in table  # a window gets no verdict
    assert table["remaining"].tolist() == ["; ".join(window.remaining) for window in windows]
    assert table["remaining"].iloc[-1] == "Béla Tarr"
    for window in windows:  # a window counts as a part, however long: whoever may lead elsewhere remains
        for candidate in window.attribution.candidates:
            if any(one.remains for one in window.attribution.candidates) and candidate.stability > 0.2:
                assert candidate.remains
    by_minutes = roll(film, Attributor(), window=10, step=5, unit="minutes")
    assert by_minutes[0].end - by_minutes[0].start == pytest.approx(600, abs=60)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 1000}, "wider than the film"),
        ({"window": 5}, "at least 10 shots"),
        ({"step": 0}, "above 0"),
        ({"window": float("inf")}, "window inf, step 100: both are finite"),
        ({"unit": "feet"}, "feet: not a unit"),
        ({"unit": "minutes", "window": 600.0}, "wider than the film"),
    ],
)
def test_windows_that_cannot_be(options: dict[str, float | str], message: str, draw_film: DrawFilm) -> None:
    with pytest.raises(OptionError, match=message):
        roll(draw_film(n_shots=50), Attributor(), **options)  # type: ignore[arg-type]


def write_annotation(folder: Path, stem: str, codes: np.ndarray) -> None:
    folder.mkdir(exist_ok=True)
    pd.DataFrame({"time": np.arange(len(codes)), "shotscale": codes}).to_csv(folder / f"{stem}.csv", index=False)


def test_cinescale_annotations_take_their_lengths_from_the_builtin_table_or_a_shot_table(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    folder = tmp_path / "annotations"
    films = {
        "Federico_Fellini": ["1954_La_Strada", "1973_Amarcord", "1960_La_dolce_vita"],
        "Béla_Tarr": ["1988_Kárhozat", "1994_Satantango", "1999_Unknown"],
    }
    for director, names in films.items():
        for name in names:
            year, title = name.split("_", 1)
            write_annotation(folder, f"{year}_{director}_-_{title}", generator.integers(0, 10, 500))
    shots = pd.DataFrame({"start": [0.0, 100.0], "end": [100.0, 300.0]})
    (tmp_path / "shots").mkdir()
    shots.to_csv(tmp_path / "shots" / "1999_Béla_Tarr_-_Unknown.csv", index=False)
    table, codings, _ = read_cinescale(folder, shots=tmp_path / "shots")
    by_film = table.set_index("film_id")
    assert table["average_shot_length"].notna().sum() == 6
    assert len(codings.join.rows) == 5
    assert by_film.loc["1954_Federico_Fellini_-_La_Strada", "average_shot_length"] == 8.7
    assert by_film.loc["1988_Béla_Tarr_-_Kárhozat", "shot_length_sd"] == 93.85
    assert by_film.loc["1999_Béla_Tarr_-_Unknown", "average_shot_length"] == 150
    assert read_cinescale(folder)[0]["average_shot_length"].notna().sum() == 5
    reference = make_reference(table, name="annotations")
    assert reference.candidates == ("Béla Tarr", "Federico Fellini")
    assert {"average_shot_length", "share_log_fs", "run_length_log_mean", "returns"} <= set(reference.modeled)


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """Return codings of four films by each of two directors that the built-in table lacks, and their own lists."""
    generator = np.random.default_rng(0)
    (tmp_path / "shots").mkdir()
    for number in range(8):
        name = f"{1960 + number}_{('Ada', 'Ben')[number % 2]}_Example_-_Film_{number}"
        write_annotation(tmp_path / "annotations", name, np.repeat(generator.integers(1, 8, 100), 5))
        ends = np.cumsum(generator.lognormal(np.log(4 + 4 * (number % 2)), 0.5, 80))
        shots = pd.DataFrame({"start": [0.0, *ends[:-1]], "end": ends})
        shots.to_csv(tmp_path / "shots" / f"{name}.csv", index=False)
    return tmp_path / "annotations"


def test_own_shots_are_those_of_the_part_that_is_the_film(coded: Path, tmp_path: Path, draw_film: DrawFilm) -> None:
    name = "1960_Ada_Example_-_Film_0"
    film = draw_film(n_shots=40, asl=12)
    film.cut(PartOptions(begin=60.0)).save(tmp_path / "own" / name)
    row = read_cinescale(coded, shots=tmp_path / "own")[0].iloc[0]
    assert row["running_time"] == pytest.approx(film.seconds - 60)


@pytest.mark.parametrize("folder", ["nowhere", "annotations"])
def test_a_folder_of_shots_must_hold_some(folder: str, coded: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is named like a coding; name a shot table 1960_Ada|a coding has no shots"):
        read_cinescale(coded, shots=tmp_path / folder)


def test_a_table_of_features_may_name_a_film_twice(tmp_path: Path) -> None:
    rows = [f"{name},{name[0]},{n}.5" for n, name in enumerate(["Aa", "Aa", "Ab", "Ac", "Ba", "Bb", "Bc", "Bc"])]
    (tmp_path / "features.csv").write_text("\n".join(["film,director,lognormal_mu", *rows]))
    assert not is_film_table(tmp_path / "features.csv")
    assert len(set(read_reference(tmp_path / "features.csv").works)) == 6
    (tmp_path / "shots.csv").write_text("\n".join(["film,director,length", *rows]))
    assert is_film_table(tmp_path / "shots.csv")
