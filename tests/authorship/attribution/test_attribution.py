"""A verdict for every film, with limits that fit it."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import authorship
from authorship.attribution.attributor import _resampled_values, _resamples, _share_of_strangers
from authorship.attribution.classify import NONE_OF_THESE, UNDECIDED, Attributor, classify
from authorship.attribution.view import probability, probability_note
from authorship.features import measure_film
from authorship.models.conformal import prediction_set
from authorship.reference.basis import fit_basis
from authorship.reference.table import builtin_reference, make_reference, transform
from shotscale.errors import FilmError, OptionError
from shotscale.film import Film
from shotscale.tables import make_scales

DrawFilm = Callable[..., Film]


def by_lengths(analysis: Film) -> Film:
    """Return a drawn film without its scales, which are random and match no candidate."""
    return Film("by lengths", analysis.shots)


def test_long_takes_are_tarr(draw_film: DrawFilm, attributor: Attributor) -> None:
    film = by_lengths(draw_film(n_shots=150, asl=200, sigma=0.75))
    answer = attributor.attribute(film)
    assert answer.verdict == answer.candidates[0].name == "Béla Tarr"
    assert answer.candidates[0].probability > 0.7
    assert sum(candidate.probability for candidate in answer.candidates) == pytest.approx(1)
    probabilities = [candidate.probability for candidate in answer.candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    assert any("figures on shot length separate other directors" in limit for limit in answer.limits)
    assert not any("short clip" in limit for limit in answer.limits)


def test_alike_candidates_are_undecided(draw_film: DrawFilm, attributor: Attributor) -> None:
    answer = attributor.attribute(by_lengths(draw_film(n_shots=700, asl=7.5, sigma=0.9)))
    remaining = {candidate.name for candidate in answer.candidates if candidate.remains}
    assert answer.verdict == UNDECIDED
    assert {"Federico Fellini", "Martin Scorsese"} <= remaining
    assert all(name in answer.reason for name in remaining)
    assert all(probability(answer, candidate).endswith(" %") for candidate in answer.candidates)


def test_a_film_like_no_others_is_none_of_these(draw_film: DrawFilm, attributor: Attributor) -> None:
    answer = attributor.attribute(draw_film(n_shots=4000, asl=1.1, sigma=0.2))
    assert answer.verdict == NONE_OF_THESE
    assert not any(candidate.remains for candidate in answer.candidates)
    assert any("Outside the range" in limit for limit in answer.limits)
    assert {probability(answer, candidate) for candidate in answer.candidates} == {"–"}
    assert probability_note(answer).startswith("none remains")


def test_a_few_odd_shots_do_not_make_a_stranger(attributor: Attributor) -> None:
    """Fourteen shots too uniform for any candidate, but no farther off than so few shots of a film can be."""
    lengths = np.array([3.1, 3.8, 3.1, 1.6, 4.5, 3.2, 2.2, 3.4, 3.1, 3.1, 2.7, 3.4, 2.0, 2.5])
    ends = np.cumsum(lengths)
    shots = pd.DataFrame({"start": np.concatenate([[0], ends[:-1]]), "end": ends})
    answer = attributor.attribute(Film("trailer", shots), fewest=len(lengths))
    assert answer.verdict == UNDECIDED
    assert "too few resamples" in answer.reason


def test_strangers_are_resamples_typical_of_no_candidate() -> None:
    reference = builtin_reference()
    basis = fit_basis(reference)
    middle = np.median(transform(reference.features[list(basis.features)]), axis=0)
    assert _share_of_strangers(basis, np.vstack([[middle] * 3, middle + 50]), confidence=0.8) == 0.25


def test_a_fragment_names_nobody_and_a_feature_film_of_as_few_shots_may(
    draw_film: DrawFilm, attributor: Attributor
) -> None:
    film = by_lengths(draw_film(n_shots=45, asl=200, sigma=0.75))
    assert attributor.attribute(film).verdict == "Béla Tarr"  # 45 shots, and well over 40 minutes
    part = Film("part", film.shots.iloc[:14])
    answer = attributor.attribute(part)
    assert answer.verdict == UNDECIDED
    assert "Béla Tarr" in answer.reason


def test_a_fragment_is_not_none_of_these_either(draw_film: DrawFilm, attributor: Attributor) -> None:
    odd = draw_film(n_shots=250, asl=1.1, sigma=0.2)
    assert attributor.attribute(odd, fewest=250).verdict == NONE_OF_THESE
    answer = attributor.attribute(odd)
    assert (answer.verdict, "no candidate remains" in answer.reason) == (UNDECIDED, True)


@pytest.mark.parametrize("n_shots", [1, 2, 5, 9])
def test_a_handful_of_shots_names_nobody(n_shots: int, draw_film: DrawFilm, attributor: Attributor) -> None:
    answer = attributor.attribute(draw_film(n_shots=n_shots, asl=145, sigma=0.5))
    assert answer.verdict == UNDECIDED
    assert "too few" in answer.reason
    assert {probability(answer, candidate) for candidate in answer.candidates} == {"–"}
    json.dumps(answer.to_json(), allow_nan=False)


def test_a_clip_is_called_one_and_its_shots_leave_doubt(draw_film: DrawFilm, attributor: Attributor) -> None:
    clip = attributor.attribute(draw_film(n_shots=20, asl=6, sigma=0.9))
    film = attributor.attribute(draw_film(n_shots=900, asl=6, sigma=0.9))
    assert any("short clip" in limit for limit in clip.limits)
    assert any("Few shots (20)" in limit for limit in clip.limits)
    assert any("that of a longer film of which this is a part may lie" in limit for limit in clip.limits)
    assert not any("longer film" in limit for limit in film.limits)
    assert clip.average_interval is not None
    assert film.average_interval is None


def test_the_film_lies_in_the_middle_of_its_own_resamples(draw_film: DrawFilm, attributor: Attributor) -> None:
    """If two candidates are equally likely, each leads in half of the resamples, however few and skewed the shots."""
    film = by_lengths(draw_film(n_shots=30, asl=8, sigma=1.0))
    basis = attributor.basis_of(film)
    values = transform(pd.DataFrame([measure_film(film)])[list(basis.features)])
    many = _resampled_values(values, basis, _resamples(film))
    assert many.mean(axis=0) == pytest.approx(values[0])
    below = (many < values).mean(axis=0)
    assert ((below > 0.35) & (below < 0.65)).all()


@pytest.mark.parametrize("n_shots", [2, 5, 9])
def test_a_handful_of_shots_has_neither_interval_nor_stability(
    n_shots: int, draw_film: DrawFilm, attributor: Attributor
) -> None:
    answer = attributor.attribute(by_lengths(draw_film(n_shots=n_shots, asl=6, sigma=0.5)))
    assert answer.average_interval is None
    assert all(np.isnan(candidate.stability) for candidate in answer.candidates)
    assert answer.to_json()["shots"]["longer_film_interval"] is None


def test_resamples_of_a_whole_film_rule_nobody_in(draw_film: DrawFilm, attributor: Attributor) -> None:
    """The candidate sets are therefore those whose coverage `authorship benchmark` prints."""
    film = by_lengths(draw_film(n_shots=60, asl=145, sigma=0.75))
    answer, basis = attributor.attribute(film), attributor.basis_of(film)
    values = transform(pd.DataFrame([measure_film(film)])[list(basis.features)])
    p = basis.model.probabilities(values)[0]
    ranks = basis.calibration.likelihood_ranks(p), basis.calibration.typicality_ranks(values)[0]
    held = prediction_set(*ranks, p, confidence=0.8)
    assert {c.name for c in answer.candidates if c.remains} == {
        name for name, one in zip(basis.candidates, held, strict=True) if one
    }


def test_more_confidence_never_rules_more_out(draw_film: DrawFilm, attributor: Attributor) -> None:
    for seed in range(4):
        film = draw_film(n_shots=300, asl=12, sigma=1.0, seed=seed)
        sizes = [
            sum(candidate.remains for candidate in attributor.attribute(film, confidence=confidence).candidates)
            for confidence in (0.6, 0.8, 0.9, 0.99)
        ]
        assert sizes == sorted(sizes)


def test_the_answer_as_json(draw_film: DrawFilm, attributor: Attributor) -> None:
    document = attributor.attribute(draw_film(name="fílm [a].mkv")).to_json()
    json.dumps(document, allow_nan=False)
    assert document["path"] == "fílm [a].mkv"
    assert {"verdict", "candidates", "shots", "scales", "limits", "provenance", "evidence", "features"} <= set(document)
    assert all({"director", "probability"} <= set(candidate) for candidate in document["candidates"])
    assert document["shots"]["n_shots"] == 300
    assert sum(document["scales"]["groups"].values()) == pytest.approx(1)
    assert document["provenance"]["checksums"]["film"] == "0" * 64
    by_director = {c["director"]: document["evidence"]["baselines"][c["director"]] for c in document["candidates"]}
    for row in document["evidence"]["contributions"]:
        by_director[row["director"]] += row["contribution"]
    for candidate in document["candidates"]:
        assert by_director[candidate["director"]] == pytest.approx(candidate["score"])


def scale_reference(draw_film: DrawFilm) -> pd.DataFrame:
    """Two directors with the same cutting and other scales."""
    rows = []
    for i in range(16):
        film = draw_film(n_shots=120, asl=8, sigma=0.9, seed=i)
        features = authorship.film_features(film.shots, film.scales)
        near = i % 2 == 0
        features |= {
            "share_close": (0.6 if near else 0.1) + 0.01 * i / 16,
            "share_long": 0.1 if near else 0.6 - 0.01 * i / 16,
        }
        rows.append({"film_id": f"film {i}", "director": "Near" if near else "Far", **features})
    return pd.DataFrame(rows)[
        ["film_id", "director", "average_shot_length", "median_to_mean", "share_close", "share_long"]
    ]


def test_a_reference_with_scales_uses_them(draw_film: DrawFilm) -> None:
    reference = make_reference(scale_reference(draw_film), name="mine")
    drawn = draw_film(n_shots=200, asl=8, sigma=0.9, seed=99)
    close = make_scales(drawn.scales["time"].to_numpy(), np.tile(np.eye(7)[1], (len(drawn.scales), 1)))
    answer = classify(replace(drawn, scales=close), reference=reference)
    assert answer.candidates[0].name == "Near"
    assert not any("no shot scales" in limit for limit in answer.limits)
    without = Attributor(reference).attribute(Film("shots alone", drawn.shots))
    assert without.verdict == UNDECIDED
    assert "cannot be computed for this film" in without.reason


def test_without_features_of_shot_length_nothing_is_resampled(draw_film: DrawFilm) -> None:
    table = scale_reference(draw_film).drop(columns=["average_shot_length", "median_to_mean"])
    table["share_medium"] = np.random.default_rng(0).uniform(0.1, 0.9, len(table))
    answer = classify(draw_film(n_shots=200, asl=8, seed=99), reference=make_reference(table, name="scale alone"))
    assert all(np.isnan(candidate.stability) for candidate in answer.candidates)


def test_a_film_by_one_of_the_six_lies_near_its_own_figures(draw_film: DrawFilm) -> None:
    answer = classify(draw_film(n_shots=400, asl=15.5, sigma=1.15, seed=4))
    assert {neighbor.candidate for neighbor in answer.evidence.neighbors} <= {"Ingmar Bergman", "Jean-Luc Godard"}


def test_another_period_is_said(draw_film: DrawFilm, attributor: Attributor) -> None:
    film = by_lengths(draw_film(n_shots=150, asl=200, sigma=0.75))
    silent = attributor.attribute(film, year=1925)
    assert "Made in 1925, but Béla Tarr's films in the reference are from 1979 to 2011: " in " ".join(silent.limits)
    assert not any("Made in" in limit for limit in attributor.attribute(film, year=1995).limits)
    assert attributor.attribute(film, year=np.float64(1925)).limits == silent.limits, "as a column of a table has it"
    assert attributor.attribute(film, year=pd.NA).limits == attributor.attribute(film).limits
    assert [c.probability for c in silent.candidates] == [c.probability for c in attributor.attribute(film).candidates]


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.1, float("nan")])
def test_a_confidence_that_is_none(confidence: float, draw_film: DrawFilm) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        classify(draw_film(), confidence=confidence)


def test_a_table_is_no_film_and_is_told_how_to_become_one() -> None:
    with pytest.raises(FilmError, match=r"DataFrame: a film is a path or a Film; for tables, authorship\.Film\(name"):
        classify(pd.DataFrame({"start": [0.0], "end": [1.0]}))  # type: ignore[arg-type]


@pytest.mark.shared
def test_goodfellas_leads_with_scorsese(cutting: dict[str, pd.DataFrame], attributor: Attributor) -> None:
    answer = attributor.attribute(Film("Goodfellas", cutting["Goodfellas  (1990)"]))
    assert answer.candidates[0].name == "Martin Scorsese"
    assert answer.evidence.neighbors[0].candidate == "Martin Scorsese"
    assert np.isnan(answer.features["share_close"])
    assert answer.to_json()["scales"] is None


@pytest.mark.parametrize(("confidence", "possible"), [(0.8, True), (0.89, True), (0.9, False), (0.95, False)])
def test_a_confidence_too_high_for_none_of_these_is_said(
    confidence: float, possible: bool, draw_film: DrawFilm, attributor: Attributor
) -> None:
    film = draw_film(n_shots=4000, asl=1.1, sigma=0.2)  # like no others
    answer = attributor.attribute(film, confidence=confidence)
    said = [limit for limit in answer.limits if limit.startswith("With 94 films in the reference no film can be found")]
    assert (answer.verdict == NONE_OF_THESE) is possible
    assert len(said) == (not possible)


def test_a_confidence_is_not_rounded_up_to_certainty(draw_film: DrawFilm, attributor: Attributor) -> None:
    film = by_lengths(draw_film(n_shots=700, asl=7.5, sigma=0.9))
    assert attributor.attribute(film, confidence=0.995).reason.startswith("At 99.5 % confidence")
