"""OpenTimelineIO timelines, however their clips are nested."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shotscale.errors import TableError
from shotscale.shotlists import ShotList, read_shotlist

otio = pytest.importorskip("opentimelineio")
Read = Callable[..., ShotList]


def span(start: float, length: float, rate: float = 24) -> Any:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start * rate, rate), time(length * rate, rate))


def clip(length: float, *, rate: float = 24, enabled: bool = True, start: float = 100) -> Any:
    made = otio.schema.Clip(name=f"{length} s", source_range=span(start, length, rate))
    made.enabled = enabled
    return made


def gap(length: float) -> Any:
    return otio.schema.Gap(source_range=span(0, length))


def dissolve(before: float, after: float) -> Any:
    time = otio.opentime.RationalTime
    return otio.schema.Transition(
        transition_type="SMPTE_Dissolve", in_offset=time(before * 24, 24), out_offset=time(after * 24, 24)
    )


def track(*items: Any, kind: str = "Video", trim: Any = None) -> Any:
    made = otio.schema.Track(kind=kind, source_range=trim)
    made.extend(items)
    return made


def stack(*items: Any, trim: Any = None) -> Any:
    made = otio.schema.Stack(source_range=trim)
    made.extend(items)
    return made


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def place(*tracks: Any, **options: Any) -> ShotList:
        timeline = otio.schema.Timeline()
        timeline.tracks.extend(tracks)
        (tmp_path / "x.otio").write_text(timeline.to_json_string(), encoding="utf-8")
        return read_shotlist(tmp_path / "x.otio", **options)

    return place


def seams(given: ShotList) -> list[float]:
    return [*given.shots["start"].tolist(), float(given.shots["end"].iloc[-1])]


def test_stacks_and_compound_clips_are_opened(read: Read) -> None:
    inner = stack(track(clip(1), stack(track(clip(2), clip(3)))))
    assert seams(read(track(clip(4), inner, track(clip(5), clip(6))))) == [0, 4, 5, 7, 10, 15, 21]


def test_a_trim_of_a_compound_clip_is_kept(read: Read) -> None:
    inner = stack(track(clip(2), clip(4), clip(4)), trim=span(1, 6))
    assert seams(read(track(clip(1), inner, clip(2)))) == [0, 1, 2, 6, 7, 9]
    assert seams(read(track(clip(2), clip(4), clip(4), trim=span(3, 5)))) == [0, 3, 5]


def test_what_is_disabled_shows_nothing(read: Read) -> None:
    tracks = track(clip(2), clip(3, enabled=False), clip(2))
    with pytest.raises(TableError, match="ends at 2 s but shot 2 starts at 5 s"):
        read(tracks)
    assert seams(read(track(clip(2), clip(3, enabled=False)))) == [0, 2]
    upper = track(clip(9))
    upper.enabled = False
    assert seams(read(track(clip(2), clip(2)), upper)) == [0, 2, 4]
    assert seams(read(tracks.clone(), gaps="black")) == [0, 3.5, 7]
    compound = stack(track(clip(3), clip(1)))
    compound.enabled = False
    assert seams(read(track(clip(2), compound))) == [0, 2]


def test_the_upper_of_two_tracks_is_seen(read: Read) -> None:
    given = read(track(clip(4), clip(4)), track(gap(1), clip(2)), track(clip(8), kind="Audio"))
    assert seams(given) == [0, 1, 3, 4, 8]
    assert "the upper of 2 picture tracks on top" in given.understood
    assert seams(read(track(clip(2), gap(2), clip(2)), track(gap(2), clip(2)))) == [0, 2, 4, 6]


@pytest.mark.parametrize("second", [clip(4), dissolve(0.5, 0.5)])
def test_a_gap_is_a_gap_before_a_cut_and_a_dissolve(second: Any, read: Read) -> None:
    items = [clip(5), gap(10), second, *([clip(5)] if isinstance(second, otio.schema.Transition) else [])]
    with pytest.raises(TableError, match=r"ends at 5 s but shot 2 starts at 1(5|4\.5) s"):
        read(track(*(item.clone() for item in items)))


def test_fades_at_head_and_tail(read: Read) -> None:
    given = read(track(dissolve(0, 1), clip(5), clip(5), dissolve(1, 0)))
    assert seams(given) == [0, 5, 10]
    assert given.shots["kind"].tolist() == ["start", "cut"]
    late = read(track(gap(2), dissolve(1, 1), clip(5)))
    assert seams(late) == [1, 7]


def test_dissolves_between_compound_clips(read: Read) -> None:
    given = read(track(stack(track(clip(2), clip(3))), dissolve(0.5, 0.5), stack(track(clip(3), clip(2)))))
    assert seams(given) == [0, 2, 5, 8, 10]
    assert given.shots["kind"].tolist() == ["start", "cut", "dissolve", "cut"]
    with pytest.raises(TableError, match="shorter than its transition"):
        read(track(clip(2), dissolve(0, 2), clip(0.5), clip(3)))


def test_mixed_rates_stay_exact(read: Read) -> None:
    items = [clip(1, rate=24000 / 1001), clip(1, rate=25), clip(1, rate=30000 / 1001)] * 200
    given = read(track(*(item.clone() for item in items)))
    exact = 200 * (Fraction(1001, 1000) * Fraction(24000, 24024) * 2 + 1)
    assert seams(given)[-1] == pytest.approx(float(exact), abs=1e-9)
    assert given.fps is None
    assert "mixed frame rates" in given.understood


def test_the_timelines_own_rate_holds(read: Read) -> None:
    given = read(track(clip(2), clip(3)), fps=Fraction(25))
    assert (seams(given), given.fps) == ([0, 2, 5], 24)
    assert "own 24 frames per second are used" in given.notes[0]


def test_black_is_no_shot(read: Read) -> None:
    def black() -> Any:
        made = clip(2)
        made.media_reference = otio.schema.GeneratorReference(generator_kind="black")
        return made

    assert seams(read(track(black(), clip(3), clip(4), black()))) == [2, 5, 9]


def test_a_collection_of_one_timeline(tmp_path: Path) -> None:
    timeline = otio.schema.Timeline()
    timeline.tracks.append(track(clip(2), clip(3)))
    collection = otio.schema.SerializableCollection()
    collection.append(timeline)
    (tmp_path / "x.otio").write_text(collection.to_json_string(), encoding="utf-8")
    assert seams(read_shotlist(tmp_path / "x.otio")) == [0, 2, 5]
