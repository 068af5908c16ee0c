"""Codings passed through a network's errors, and the bases fitted to them."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from authorship.attribution.attributor import Attributor
from authorship.cinescale import join_lengths, read_folder
from authorship.cinescale.fitting import fit_bases, fit_kind
from authorship.cinescale.measured import Assumptions, measure_as_network
from authorship.cinescale.rows import CODED, LENGTHS, Codings, Rows, _draws, _log_run, coded_rows, measured_rows
from authorship.features import CODEBOOK, film_features
from authorship.own_reference import fit_codings, read_cinescale
from authorship.reference.basis import Basis, builtin_bases
from authorship.reference.reading import read_reference
from authorship.reference.table import builtin_reference
from shotscale.errors import TableError
from shotscale.film import Film
from shotscale.network.confusion import HeldOut, default_held_out
from shotscale.scales import SCALES

NAMES = [scale.abbreviation for scale in SCALES]
STYLES = {"Béla_Tarr": (30, 5), "Federico_Fellini": (5, 3), "Ingmar_Bergman": (14, 1)}


def sure() -> HeldOut:
    """Return a network that is never wrong."""
    return HeldOut(np.arange(7), np.eye(7) * 0.94 + 0.01, np.zeros(7, bool))


def coding(director: str, seed: int, n: int = 900) -> pd.DataFrame:
    """Draw a coding with the director's run length and mean scale."""
    length, middle = STYLES[director]
    generator, codes = np.random.default_rng(seed), []
    while len(codes) < n:
        code = int(np.clip(round(generator.normal(middle, 1.2)), 0, 6)) + 1
        code = 0 if generator.random() < 0.1 else code
        codes += [code] * max(1, round(generator.exponential(length)))
    return pd.DataFrame({"time": np.arange(n), "shotscale": codes[:n]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("codings")
    for director in STYLES:
        for film in range(7):
            coding(director, film).to_csv(root / f"19{60 + film}_{director}_-_film_{film}.csv", index=False)
    coding("Ingmar_Bergman", 99).to_csv(root / "1966_Ingmar_Bergman_-_Persona.csv", index=False)
    return root


@pytest.fixture(scope="module")
def codings(folder: Path) -> Codings:
    films = read_folder(folder).films
    return Codings(films, join_lengths(films))


@pytest.fixture(scope="module")
def measured(codings: Codings) -> Rows:
    return measured_rows(codings, errors=sure(), replicates=2)


def test_a_network_without_errors_measures_what_people_coded() -> None:
    track = pd.DataFrame({"time": np.arange(12.0), "scale": ["CU"] * 5 + ["LS"] * 4 + ["MS"] * 3})
    exact = Assumptions(persistence=1.0, smoothing=0.0)
    shots, scales = measure_as_network(track, sure(), np.random.default_rng(0), assumptions=exact)
    assert scales["scale"].tolist() == track["scale"].tolist()
    assert shots["start"].tolist() == [0, 5, 9]
    measured, coded = film_features(shots, scales), film_features(None, track)
    for name in ("run_length_log_mean", "change_size", "run_length_quantile_90", "run_share_one_second"):
        assert measured[name] == pytest.approx(coded[name]), name


def test_shots_are_as_many_as_the_film_has() -> None:
    track = pd.DataFrame({"time": np.arange(600.0), "scale": np.repeat(["CU", "LS", "MS"] * 10, 20)})
    for n_shots in (10, 30, 100):
        shots, scales = measure_as_network(track, sure(), np.random.default_rng(1), n_shots=n_shots)
        assert len(shots) == n_shots
        assert shots["end"].iloc[-1] == len(scales) == 600


def test_errors_last_as_long_as_assumed() -> None:
    generator = np.random.default_rng(0)
    half = np.full((40, 7), 0.02)
    half[np.arange(40), np.where(np.arange(40) % 2, 1, 2)] = 0.88
    errors = HeldOut(np.ones(40, np.int64), half, np.zeros(40, bool))
    track = pd.DataFrame({"time": np.arange(400.0), "scale": ["CU"] * 400})
    changes = {}
    for persistence in (0.0, 1.0):
        assumed = Assumptions(persistence=persistence, smoothing=0.0, set_up_returns=0.0)
        _, scales = measure_as_network(track, errors, generator, n_shots=8, assumptions=assumed)
        changes[persistence] = int((np.diff(scales["scale"].map({"CU": 0, "MCU": 1})) != 0).sum())
    assert changes[1.0] <= 7
    assert changes[0.0] > 100


def test_the_default_network_errs_as_measured() -> None:
    errors = default_held_out()
    assert set(errors.scale) == set(range(7))
    np.testing.assert_allclose(errors.probabilities.sum(axis=1), 1)
    right = errors.probabilities.argmax(axis=1) == errors.scale
    near = np.abs(errors.probabilities.argmax(axis=1) - errors.scale) <= 1
    assert 0.5 < right.mean() < 0.9
    assert near.mean() > 0.9


def test_a_film_of_unknown_lengths_has_as_many_shots_as_its_runs_suggest(codings: Codings) -> None:
    runs = {film.film_id: _log_run(film) for film in codings.films}
    unknown, *known = sorted(runs, key=runs.__getitem__)
    lengths = {name: {"average_shot_length": float(np.exp(0.5 + 0.8 * runs[name]))} for name in known}
    join: Any = SimpleNamespace(figures=lambda name: lengths.get(name, {}))
    counts = {film.film_id: (len(film.track), count) for film, _, count in _draws(Codings(codings.films, join), 1, 0)}
    n, count = counts[unknown]
    assert n / count == pytest.approx(np.exp(0.5 + 0.8 * runs[unknown]))


def test_a_film_is_measured_the_same_whatever_films_stand_beside_it(codings: Codings) -> None:
    joined = replace(codings, join=replace(codings.join, rows={}))
    all_of_them = measured_rows(joined, errors=sure(), replicates=2)
    one = measured_rows(joined.some([3]), errors=sure(), replicates=2)
    np.testing.assert_array_equal(one.matrix, all_of_them.matrix[6:8])


def test_bases_answer_each_kind_of_film(codings: Codings, measured: Rows) -> None:
    bases = fit_bases(codings, measured, lengths=None)
    assert list(bases) == ["coding", "list", "film"]
    assert not any(CODEBOOK[name].coded_only for name in (*bases["film"].features, *bases["list"].features))
    coded = coded_rows(codings)
    right = (
        np.asarray(bases["coding"].candidates)[
            bases["coding"].model.scores(coded.of(bases["coding"].features).matrix).argmax(axis=1)
        ]
        == coded.labels
    )
    assert right.mean() > 0.9


def test_lengths_take_part_where_their_candidates_are_the_same(codings: Codings, measured: Rows) -> None:
    table = builtin_reference()
    three = table.some(np.isin(table.labels, [name.replace("_", " ") for name in STYLES]))
    bases = fit_bases(codings, measured, lengths=three)
    assert list(bases) == ["lengths", "coding", "list", "film"]
    assert bases["film"].features[:3] == bases["lengths"].features
    assert len(bases["film"].parts) == 2
    assert "lengths" not in fit_bases(codings, measured, lengths=table)


def test_pooled_scores_are_the_weighted_sum_of_both_parts(codings: Codings, measured: Rows) -> None:
    table = builtin_reference()
    three = table.some(np.isin(table.labels, [name.replace("_", " ") for name in STYLES]))
    both = fit_kind("film", measured, lengths=three, join=codings.join)
    lengths = fit_bases(codings, measured, lengths=three)["lengths"]
    row = measured.of(both.features).matrix[:1]
    without_scale = row.copy()
    without_scale[:, len(lengths.features) :] = both.model.center[len(lengths.features) :]
    added = both.model.contributions(row)[0].sum(axis=1) + both.model.intercept
    np.testing.assert_allclose(added, both.model.scores(row)[0], atol=1e-9)
    assert (both.model.contributions(without_scale)[0][:, len(lengths.features) :] == 0).all()


def test_a_basis_survives_json(codings: Codings) -> None:
    basis = fit_kind("coding", coded_rows(codings))
    read = Basis.from_json(json.loads(json.dumps(basis.to_json(), allow_nan=False)))
    row = coded_rows(codings).of(basis.features).matrix[:1]
    assert read.to_json() == basis.to_json()
    # The last bit of a matrix product may depend on where the array lies in memory.
    np.testing.assert_allclose(read.model.probabilities(row), basis.model.probabilities(row), rtol=1e-9)
    p = basis.model.probabilities(row)[0]
    np.testing.assert_allclose(read.calibration.likelihood_ranks(p), basis.calibration.likelihood_ranks(p))
    np.testing.assert_allclose(
        read.calibration.typicality_ranks(row), basis.calibration.typicality_ranks(row), atol=0.02
    )


@pytest.mark.parametrize("damage", ["model", "calibration", "counts", "features", "spread"])
def test_a_damaged_basis_is_refused(damage: str, codings: Codings) -> None:
    content = json.loads(json.dumps(fit_kind("coding", coded_rows(codings)).to_json()))
    content[damage] = {} if isinstance(content[damage], dict) else ["no feature"]
    with pytest.raises(ValueError, match=r"not a basis|not known|of shape"):
        Basis.from_json(content)


def test_a_fitted_folder_answers_codings_by_codings_and_films_by_measured_ones(
    folder: Path, tmp_path: Path, codings: Codings
) -> None:
    table, found, _ = read_cinescale(folder)
    reference = fit_codings(table, found, tmp_path / "reference")
    assert sorted(path.name for path in (tmp_path / "reference").iterdir()) == ["films.csv", "reference.json"]
    attributor = Attributor(read_reference(tmp_path / "reference"))
    coded = Film("coding", None, codings.films[0].track)
    assert attributor.basis_of(coded).name == "coding"
    answer = attributor.attribute(coded)
    assert answer.candidates[0].name == "Béla Tarr"
    assert np.isnan(answer.candidates[0].stability)
    assert answer.evidence.neighbors
    shots, scales = measure_as_network(codings.films[0].track, sure(), np.random.default_rng(0))
    film = attributor.attribute(Film("film", shots, scales))
    assert film.basis.name == "film"
    assert not film.evidence.neighbors  # the table's films were coded, this one was measured
    with pytest.raises(TableError, match="has no shot lengths; add scales"):
        attributor.attribute(Film("cuts", shots))
    assert reference.count("Ingmar Bergman") == 8


def test_the_wrong_form_is_refused_or_lengths_alone_speak(folder: Path, codings: Codings, tmp_path: Path) -> None:
    from authorship.reference.table import make_reference

    table, _, _ = read_cinescale(folder)
    shots, scales = measure_as_network(codings.films[0].track, sure(), np.random.default_rng(0))
    film = Film("film", shots, scales)
    people = Attributor(make_reference(table.drop(columns=list(LENGTHS)), name="people"))
    with pytest.raises(TableError, match="measured by a network, those of the reference people coded by people"):
        people.attribute(film)
    generator = np.random.default_rng(0)
    known = table.assign(**{name: generator.lognormal(2, 0.3, len(table)) for name in LENGTHS})
    answer = Attributor(make_reference(known, name="both")).attribute(film)
    assert {CODEBOOK[name].group for name in answer.basis.features} == {"durations"}
    assert any("not used" in limit for limit in answer.limits)


def test_what_ships_answers_by_kind_of_film() -> None:
    bases = builtin_bases()
    assert list(bases) == ["lengths", "coding", "list", "film"]
    for name, basis in bases.items():
        assert basis.candidates == builtin_reference().candidates, name
        assert basis.performance is not None
        assert {"accuracy", "accuracy_interval", "n_films", "sets"} <= set(basis.performance)
    assert set(bases["coding"].features) <= set(CODED)
    assert bases["lengths"].n_films == 94


def test_the_shipped_lengths_are_those_of_the_shipped_table() -> None:
    from authorship.reference.basis import fit_basis

    shipped, fitted = builtin_bases()["lengths"], fit_basis(builtin_reference())
    values = builtin_reference().matrix()
    assert shipped.features == fitted.features
    np.testing.assert_allclose(shipped.model.probabilities(values), fitted.model.probabilities(values), atol=1e-5)


@pytest.mark.shared
def test_the_shipped_codings_model_is_that_of_the_published_folder(shared: Path) -> None:
    films = read_folder(shared / "cinescale").films
    codings = Codings(films, join_lengths(films))
    basis = fit_kind("coding", coded_rows(codings))
    values = coded_rows(codings).of(basis.features).matrix
    shipped = builtin_bases()["coding"]
    assert shipped.features == basis.features
    np.testing.assert_allclose(shipped.model.probabilities(values), basis.model.probabilities(values), atol=1e-4)
