"""Scales as people code them and as a network measures them are never compared, by no command."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from authorship.attribution.classify import Attributor
from authorship.features import CODEBOOK, measure_film
from authorship.figures.drawings import Drawing, film_map, film_tree
from authorship.reference.comparable import lengths_alone
from authorship.reference.table import Reference, make_reference
from authorship.report.scales import scale_distribution
from authorship.report.shots import scale_levels
from authorship.verification import Verifier
from shotscale.errors import TableError
from shotscale.film import Film

DrawFilm = Callable[..., Film]


@pytest.fixture(scope="module")
def films(draw_film: DrawFilm) -> pd.DataFrame:
    """Return the features of five films by each of three directors, as measured."""
    rows = [
        measure_film(draw_film(n_shots=100, asl=asl, sigma=0.8, seed=10 * asl + i))
        | {"film_id": f"{name} {i}", "director": name}
        for name, asl in (("Fast", 4), ("Middle", 12), ("Slow", 40))
        for i in range(5)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def coded(films: pd.DataFrame) -> Reference:
    """Return the films as if people had coded their scales: only then are foreground shots known."""
    return make_reference(films.assign(share_log_fs=np.random.default_rng(0).normal(size=len(films))), name="coded")


@pytest.fixture(scope="module")
def measured(draw_film: DrawFilm) -> Film:
    return draw_film(n_shots=500, asl=4, sigma=0.8, seed=99)


def as_coded(film: Film) -> Film:
    return replace(film, scales=film.track[["time", "scale", "group"]])


def test_a_film_is_verified_by_shot_lengths_alone(coded: Reference, measured: Film) -> None:
    verifier = Verifier(coded, "Fast")
    answer, alone = verifier.verify(measured), Verifier(lengths_alone(coded), "Fast").verify(measured)
    assert (answer.score, answer.typicality, answer.quality) == (alone.score, alone.typicality, alone.quality)
    assert any("not used: the reference has no comparable scales" in limit for limit in answer.limits)
    same_kind = verifier.verify(as_coded(measured))
    assert same_kind.quality == verifier.quality
    assert not any("comparable" in limit for limit in same_kind.limits)


def test_a_list_without_scales_is_said_to_lack_them_not_shots(coded: Reference, measured: Film) -> None:
    verifier = Verifier(coded, "Fast")
    answer = verifier.verify(Film("list", measured.shots))
    assert answer.verdict == "undecided"
    assert any("cannot be computed for this film" in limit for limit in answer.limits)
    assert not any("Too little is known" in limit for limit in answer.limits)
    few = verifier.verify(Film("part", measured.shot_table.iloc[:60]))
    assert any("Too little is known about this film (60 shots)" in limit for limit in few.limits)


def test_strangers_of_another_kind_are_refused(coded: Reference, films: pd.DataFrame) -> None:
    strangers = make_reference(films.assign(director="Not " + films["director"]), name="strangers")
    with pytest.raises(TableError, match=r"strangers: its scales were measured by a network, .* coded coded by people"):
        Verifier(coded, "Fast", distractors=strangers)


@pytest.mark.parametrize("draw", [film_map, film_tree])
def test_a_figure_shows_shot_lengths_alone_and_says_so(
    draw: Callable[..., Drawing], coded: Reference, measured: Film
) -> None:
    drawing = draw(coded, [("film", measured)])
    assert drawing.note.startswith("by shot lengths alone")
    told = drawing.description.partition("Features: ")[2].rstrip(".").split(", ")
    assert {CODEBOOK[name].group for name in told} == {"durations"}
    assert not draw(coded, []).note
    assert draw(coded, [("cuts", Film("cuts", measured.shot_table))]).note.startswith("without shot scales")


def test_a_report_draws_no_directors_beside_scales_of_another_kind(coded: Reference, measured: Film) -> None:
    for film, traces in ((measured, 1), (as_coded(measured), 4)):
        chart = scale_distribution(Attributor(coded).attribute(film), scale_levels(film))
        assert chart is not None
        assert len(chart.traces) == traces


def test_without_shot_lengths_in_common_the_question_is_refused(coded: Reference, measured: Film) -> None:
    scales = coded.only([name for name in coded.modeled if CODEBOOK[name].group != "durations"])
    known = coded.features.copy()
    known.loc[coded.labels == "Slow", ["average_shot_length", "median_to_mean", "shot_length_cv"]] = np.nan
    few = replace(coded, features=known)
    for reference, message in (
        (scales, "film.mkv: its scales were measured by a network, those of the reference coded coded by people"),
        (few, "only shot lengths can be compared, and Slow has them for 0 films; a candidate needs 3"),
    ):
        for ask in (Attributor(reference).attribute, Verifier(reference, "Fast").verify):
            with pytest.raises(TableError, match=message):
                ask(measured)
