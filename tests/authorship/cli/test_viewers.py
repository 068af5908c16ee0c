"""``authorship viewers`` as a new user sees it, on a simulated study with known ground truth."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from matplotlib.figure import Figure
from table_files import table_files

from authorship.viewers import analyze_study, join_study, read_clips, read_ratings, summarize
from authorship.viewers.analysis import Findings, StudyOptions
from authorship.viewers.document import study_document
from authorship.viewers.figures import FIGURES
from authorship.viewers.simulation import simulate_study
from authorship.viewers.tables import study_tables
from authorship.viewers.wording import as_markdown

Run = Callable[..., tuple[int, str, str]]
FEW = ("--features", "share_close,rotation_total,group_entropy", "--permutations", "999", "--resamples", "300")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a simulated study of 30 clips."""
    return simulate_study(tmp_path_factory.mktemp("viewers") / "study", n_clips=30, n_viewers=12, seed=3)


@pytest.fixture(scope="module")
def findings(made: Path) -> Findings:
    """Analyze the study without mixed models, which take longest."""
    study = join_study(read_ratings(made / "simulated_ratings.csv"), read_clips(made / "simulated_clips"))
    return analyze_study(study, StudyOptions(n_resamples=300, n_permutations=999, mixed=False))


def test_the_whole_way(made: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out"
    paths = (made / "simulated_ratings.csv", made / "simulated_clips")
    status, printed, err = run(
        "viewers", *paths, "-o", out, "--range", "1", "7", *FEW, "--no-figures", "--format", "csv,sav,r"
    )
    assert (status, err) == (0, "")
    said = " ".join(printed.split())
    assert "SIMULATED" in said
    assert "tense_arousal rises with share close" in said
    assert "The mixed model agrees" in said
    assert "hedonic_tone: no relation found." in said
    assert "narrative_engagement: UNRELIABLE" in said
    assert (
        "Left out: column that describes the viewer, value out of range, ratings without a clip, clip without ratings"
        in said
    )
    names = {path.name for path in out.iterdir()}
    tables = [
        "clips",
        "reliability",
        "associations",
        "mixed_models",
        "prediction",
        "predictions",
        "turning",
        "problems",
    ]
    expected = {f"{name}.{suffix}" for name in tables for suffix in ("csv", "sav", "R")}
    assert names == expected | {"codebook.csv", "summary.md", "study.json"}
    pairs = pd.read_csv(out / "associations.csv")
    assert len(pairs) == 12
    assert pairs.loc[pairs["found"] == "yes", ["feature", "rating"]].to_numpy().tolist()[0] == [
        "share_close",
        "tense_arousal",
    ]
    _, meta = pyreadstat.read_sav(str(out / "problems.sav"))
    assert meta.variable_value_labels["outcome"] == {1.0: "left out", 2.0: "changed", 3.0: "noted"}
    clips = pd.read_csv(out / "clips.csv")
    assert {"mean_tense_arousal", "ratings_of_tense_arousal", "rotation_total"} <= set(clips.columns)
    assert len(clips) == 29
    files = {file.name: file.columns for file in table_files()}
    for name in tables[1:]:
        assert tuple(pd.read_csv(out / f"{name}.csv", nrows=1)) == files[f"STUDY/{name}.FORMAT"]
    assert tuple(pd.read_csv(made / "simulated_ratings.csv", nrows=1)) == files["simulated_ratings.csv"]
    described = pd.read_csv(out / "codebook.csv")
    assert (
        described.loc[described["variable"] == "rotation_total", "definition"].str.startswith("sum of the angles").all()
    )
    again = run("viewers", *paths, "-o", out, *FEW)
    assert again[0] == 2
    assert "exists already" in again[2]
    assert again[2].count("\n") == 1


def test_json_holds_all_and_a_table_of_features_will_do(made: Path, tmp_path: Path, run: Run) -> None:
    study = join_study(read_ratings(made / "simulated_ratings.csv"), read_clips(made / "simulated_clips"))
    table = study.features.reset_index()
    table.to_csv(tmp_path / "features.csv", index=False)
    study.means.reset_index().to_csv(tmp_path / "means.csv", index=False)
    status, printed, err = run(
        "viewers",
        tmp_path / "means.csv",
        tmp_path / "features.csv",
        "-o",
        tmp_path / "out",
        "--json",
        "--no-figures",
        *FEW[2:],
    )
    assert (status, err) == (0, "")
    document = json.loads(printed)
    assert document["n_viewers"] is None
    assert (document["reliability"], document["mixed_models"]) == ([], [])
    assert document["n_clips"] == 29
    assert len(document["associations"]) == 40
    assert {"energetic_arousal", "tense_arousal"} <= {pair["rating"] for pair in document["found"]}
    assert all(Path(path).is_file() for path in document["files"])
    assert "Unknown: only means are given." in (tmp_path / "out" / "summary.md").read_text()


def test_nothing_found_is_said_so_with_what_could_have_been(tmp_path: Path, run: Run) -> None:
    generator = np.random.default_rng(5)
    names = [f"c{k}" for k in range(20)]
    pd.DataFrame({"clip": names, "share_close": generator.random(20)}).to_csv(tmp_path / "f.csv", index=False)
    pd.DataFrame({"clip": names, "mood": generator.random(20)}).to_csv(tmp_path / "r.csv", index=False)
    status, printed, _ = run(
        "viewers", tmp_path / "r.csv", tmp_path / "f.csv", "-o", tmp_path / "out", "--no-figures", *FEW[2:]
    )
    said = " ".join(printed.split())
    assert status == 0
    assert "No relation found: none of 1 pair of feature and rating" in said
    assert "mood: no relation found. The closest is share close" in said
    assert "With 20 clips, 4 of 5 such studies find a correlation of 0.6" in said
    assert "finding none does not mean that there are none" in said
    assert "SIMULATED" not in said


@pytest.mark.parametrize("permutations", [199, 400])
def test_permutations_too_few_for_the_pairs_are_not_taken_for_no_relation(
    permutations: int, tmp_path: Path, run: Run
) -> None:
    """A rating that is a feature, among twenty: the smallest p is 1 in 200, and q twenty times that."""
    values = np.random.default_rng(0).normal(size=(30, 20))
    features = pd.DataFrame(values, columns=[f"f{k}" for k in range(20)])
    features.assign(clip=range(30)).to_csv(tmp_path / "f.csv", index=False)
    pd.DataFrame({"clip": range(30), "mood": values[:, 0]}).to_csv(tmp_path / "r.csv", index=False)
    options = ("--features", ",".join(features), "--permutations", permutations, "--resamples", "200", "--no-figures")
    out = tmp_path / "out"
    status, printed, err = run("viewers", tmp_path / "r.csv", tmp_path / "f.csv", "-o", out, *options)
    assert (status, err) == (0, "")
    said, document = " ".join(printed.split()), json.loads((out / "study.json").read_text(encoding="utf-8"))
    remedy = "199 permutations are too few for a single pair among 20 to stand out; give --permutations 400."
    if permutations == 400:
        assert "1 of 20 pairs of feature and rating is related" in said
        assert "if it is the only true one among these 20 pairs" in said
        return
    assert f"No relation could be found: {remedy}" in said
    assert f"if that pair alone is tested. {remedy}" in said
    assert document["detectable"]["in_family"] is None
    assert document["detectable"]["alone"] is not None


@pytest.mark.parametrize("n_films", [10, 5])
def test_clips_of_films_are_said_to_be_so(n_films: int, findings: Findings) -> None:
    study = findings.study
    films = pd.Series([f"film {place % n_films}" for place in range(len(study.features))], index=study.features.index)
    means = study.means[["tense_arousal"]]
    grouped = replace(study, groups=films, means=means, names=("tense_arousal",), by_viewer=False)
    found = analyze_study(grouped, StudyOptions(n_permutations=199, n_resamples=200))
    document, summary = study_document(found), as_markdown(summarize(found))
    tables = {table.name: table.frame for table in study_tables(found)}
    assert document["n_groups"] == n_films
    assert f"The clips belong to {n_films} groups of" in summary
    forms = next(file.columns for file in table_files() if file.name == "STUDY/clips.FORMAT")
    assert list(tables["clips"]) == [form.replace("RATING", "tense_arousal") for form in forms]
    pairs = tables["associations"]
    assert set(pairs["n_groups"]) == {n_films}
    if n_films < 8:
        assert pairs["p"].isna().all()
        assert "predictions" not in tables
        assert document["detectable"]["alone"] is None
        assert document["conclusion"] == (
            "No relation can be distinguished from chance: the clips belong to 5 groups, and a p-value needs 8."
        )
        assert "Nothing: the clips belong to 5 groups" in summary
        assert "tense_arousal: no p-value. The closest is" in summary
        assert "no relation found" not in summary
    else:
        assert pairs["p"].notna().all()
        assert (pairs["n_effective"] <= pairs["n_clips"]).all()
        assert "p comes from exchanging the levels of groups" in summary


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--format", "doc"], "format doc: not one of"),
        (["--range", "7", "1"], "the lower end comes first"),
        (["--scale", "a,b"], "--scale a,b: needs a name, = and its items"),
        (["--scale", "x=tense_arousal"], "scale x: 1 item"),
        (["--permutations", "5"], "permutations 5: a test needs 199"),
        (["--resamples", "5"], "resamples 5: an interval needs 200"),
        (["--group", "film"], "group film: no column"),
        (["--features", "beauty"], "feature beauty: not one of the codebook's"),
        (["--window", "-1"], "window -1"),
        (["--clip", "film"], "--clip film: no column"),
    ],
)
def test_options_that_cannot_be(options: list[str], problem: str, made: Path, tmp_path: Path, run: Run) -> None:
    status, out, err = run(
        "viewers", made / "simulated_ratings.csv", made / "simulated_clips", "-o", tmp_path / "o", *options
    )
    assert (status, out) == (2, "")
    assert problem in err
    assert err.count("\n") == 1
    assert not (tmp_path / "o").exists()


def test_the_same_seed_finds_the_same(findings: Findings) -> None:
    study = findings.study
    small = replace(study, means=study.means[["tense_arousal"]], names=("tense_arousal",), by_viewer=False)
    first, again, other = (
        analyze_study(small, StudyOptions(n_resamples=200, n_permutations=199, seed=seed)) for seed in (0, 0, 1)
    )
    assert again.associations == first.associations
    assert [entry.skill for entry in again.predictions] == [entry.skill for entry in first.predictions]
    assert other.associations != first.associations


def test_figures_keep_their_texts_apart_and_on_the_page(findings: Findings, assert_clean: Callable[..., None]) -> None:
    for name, (_, draw) in FIGURES.items():
        figure = draw(findings)
        assert isinstance(figure, Figure), name
        assert_clean(figure, at_least=5)


@pytest.mark.parametrize("n_ratings", [1, 2, 9])
def test_a_page_holds_any_number_of_ratings(
    n_ratings: int, findings: Findings, assert_clean: Callable[..., None]
) -> None:
    names = [f"How strongly did you feel while you watched the clip? {k}" for k in range(n_ratings)]
    few = [pair for pair in findings.associations if pair.rating == "tense_arousal"]
    pairs = tuple(replace(pair, rating=name, rho=0.999) for name in names for pair in few)
    drawn = FIGURES["associations"][1](
        replace(findings, study=replace(findings.study, names=tuple(names)), associations=pairs)
    )
    assert drawn is not None
    assert_clean(drawn, at_least=10)
    assert drawn.get_figwidth() <= 10


def test_an_interval_beyond_the_axis_ends_in_an_arrow(findings: Findings) -> None:
    first = findings.reliability[0]
    wide = replace(first, coefficients=tuple(replace(entry, low=-3.0) for entry in first.coefficients))
    drawn = FIGURES["reliability"][1](replace(findings, reliability=(wide,)))
    assert drawn is not None
    (axes,) = drawn.axes
    assert axes.get_xlim()[0] == -1
    assert "arrow" in axes.get_xlabel()
    assert [line.get_xdata() for line in axes.lines if line.get_marker() == "<"] == [[-1], [-1]]


def test_every_passage_is_there(findings: Findings) -> None:
    headings = [passage.heading for passage in summarize(findings)]
    assert headings[0] == "Answer"
    assert all(passage.lines for passage in summarize(findings))


def test_a_simulated_study_is_not_mixed_with_other_files(made: Path, tmp_path: Path, run: Run) -> None:
    status, _, err = run("simulate-viewers", made)
    assert status == 2
    assert "not empty" in err
    status, _, err = run("simulate-viewers", tmp_path / "few", "--clips", "3")
    assert status == 2
    assert "at least 12" in err
    status, _, err = run("simulate-viewers", tmp_path / "many", "--films", "51")
    assert status == 2
    assert "51 films: at most one per clip (50)" in err
    truth = json.loads((made / "simulation.json").read_text())
    assert truth["simulated"] is True
    assert (made / "SIMULATED.md").is_file()
