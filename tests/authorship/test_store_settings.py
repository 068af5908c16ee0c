"""What a store's key records about the shot detector: its rules and its trained model."""

from dataclasses import replace
from pathlib import Path

import pytest

from shotscale.boundaries.registry import _MAKERS
from shotscale.detectornames import VERSIONS
from shotscale.store.settings import describe_settings, trained_detector_checksum
from shotscale.store.supervision import analyze_in_child
from shotscale.store.task import FilmTask


def test_every_detector_has_a_version() -> None:
    assert VERSIONS.keys() == _MAKERS.keys()


@pytest.mark.parametrize("detector", ["default", "adaptive"])
def test_new_rules_of_a_detector_are_new_settings(detector: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = describe_settings(detector=detector)
    assert describe_settings(detector=detector).id == before.id
    monkeypatch.setitem(VERSIONS, detector, VERSIONS[detector] + 1)
    assert describe_settings(detector=detector).id != before.id


def test_a_film_is_not_analyzed_by_other_rules_than_the_run_asked_for(films: dict[str, Path]) -> None:
    settings = describe_settings(detector="adaptive")
    older = replace(settings, detector_checksum=f"version {VERSIONS['adaptive'] - 1}")
    outcome = analyze_in_child(FilmTask(film_id="plain", path=str(films["plain"]), settings=older))
    assert outcome.failure is not None
    assert outcome.failure.kind == "worker"
    assert "this worker's shot detector differs" in outcome.failure.reason


def test_a_detector_that_is_not_known_here_matches_no_settings() -> None:
    known = {trained_detector_checksum(name) for name in ("default", "adaptive")}
    assert trained_detector_checksum("nonesuch") not in known
