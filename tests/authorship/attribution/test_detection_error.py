"""Detected shots compared with hand counts: the difference is stated and enters the probabilities."""

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from authorship.attribution.attributor import Attributor
from authorship.attribution.detection_error import CHANGES, RATES, allow_for_detection, detection_limit
from shotscale.film import Film

DrawFilm = Callable[..., Film]


def test_what_a_hand_count_may_have_given_lies_around_the_corrected_figures() -> None:
    names = [*CHANGES, "returns"]
    many = allow_for_detection(np.array([[2.0, 1.0, 0.6, 0.3]]), names)
    mean, spread = np.transpose(list(CHANGES.values()))
    assert many.mean(axis=0) == pytest.approx([*(np.array([2.0, 1.0, 0.6]) - mean), 0.3])
    assert many.std(axis=0) == pytest.approx([*spread, 0.0], rel=0.15)


def test_the_changes_are_those_of_the_detector_that_is_shipped() -> None:
    card = json.loads((files("shotscale.data") / "boundaries.json").read_text(encoding="utf-8"))
    assert {name: card["cross_validation"]["all"][name] for name in RATES} == RATES
    assert "right on average, give or take 12 %, and its variation 0.04 too low" in detection_limit()


def test_detected_shots_are_less_certain_than_given_ones(draw_film: DrawFilm) -> None:
    attributor, shots = Attributor(), draw_film(n_shots=150, asl=145, sigma=0.75).shots
    given = Film("given", shots)
    detected = replace(given, provenance={"settings": {"detector": "default"}})
    by_hand, by_machine = attributor.attribute(given), attributor.attribute(detected)
    assert by_machine.candidates[0].probability < by_hand.candidates[0].probability
    assert [c.score for c in by_machine.candidates] == [c.score for c in by_hand.candidates]
    assert any("shots were detected" in limit for limit in by_machine.limits)
    assert not any("shots were detected" in limit for limit in by_hand.limits)


@pytest.mark.parametrize(
    ("provenance", "detected"),
    [
        ({}, False),
        ({"settings": {"detector": "default"}}, True),
        ({"settings": {"detector": "default"}, "shots": {"file": "cuts.csv"}}, False),
        ({"settings": {"detector": "default"}, "corrections": {"n_checked": 3, "n_shots": 9}}, True),
        ({"settings": {"detector": "default"}, "corrections": {"n_checked": 9, "n_shots": 9}}, False),
    ],
)
def test_shots_that_people_gave_or_checked_are_not_detected(provenance: dict[str, object], detected: bool) -> None:
    film = Film("film", pd.DataFrame({"start": [0.0, 4.0], "end": [4.0, 6.5]}), provenance=provenance)
    assert film.shots_detected == detected
