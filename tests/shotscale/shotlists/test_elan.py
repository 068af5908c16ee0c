"""ELAN files: the requested tier, in seconds of the film."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from shotscale.errors import TableError
from shotscale.scales import ShotScale
from shotscale.shotlists import ShotList, read_shotlist

Read = Callable[..., ShotList]

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="{units}"><MEDIA_DESCRIPTOR MEDIA_URL="film.mp4" {origin}/></HEADER>
<TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>
"""


def slots(*times: int | None) -> str:
    values = ["" if time is None else f' TIME_VALUE="{time}"' for time in times]
    return "".join(f'<TIME_SLOT TIME_SLOT_ID="ts{k}"{value}/>' for k, value in enumerate(values, start=1))


def aligned(tier: str, *pairs: tuple[int, int], values: tuple[str, ...] = (), parent: str = "") -> str:
    rows = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{tier}{k}" TIME_SLOT_REF1="ts{a}" TIME_SLOT_REF2="ts{b}">'
        f"<ANNOTATION_VALUE>{values[k] if values else ''}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
        for k, (a, b) in enumerate(pairs)
    )
    return f'<TIER TIER_ID="{tier}"{f" PARENT_REF={parent!r}" if parent else ""}>{rows}</TIER>'


def dependent(tier: str, parent: str, *of: tuple[str, str]) -> str:
    rows = "".join(
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{tier}{k}" ANNOTATION_REF="{owner}">'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
        for k, (owner, value) in enumerate(of)
    )
    return f'<TIER TIER_ID="{tier}" PARENT_REF="{parent}">{rows}</TIER>'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def place(
        order: str,
        *tiers: str,
        tier: str | None = None,
        units: str = "milliseconds",
        origin: str = "",
        gaps: str = "refuse",
    ) -> ShotList:
        text = FILE.format(units=units, origin=origin, slots=order, tiers="".join(tiers))
        (tmp_path / "x.eaf").write_text(text, encoding="utf-8")
        return read_shotlist(tmp_path / "x.eaf", tier=tier, gaps=gaps)

    return place


def seams(given: ShotList) -> list[float]:
    return [round(time, 6) for time in (*given.shots["start"].tolist(), float(given.shots["end"].iloc[-1]))]


THREE = slots(0, 4000, 9000, 12000)
SHOTS = aligned("Shots", (1, 2), (2, 3), (3, 4))


def test_only_the_wanted_tier_matters(read: Read) -> None:
    order = THREE + slots(*[1000] * 4, 7777).replace("ts", "x") + '<TIME_SLOT TIME_SLOT_ID="late"/>'
    wrong = aligned("talk", (1, 2)).replace("ts1", "late").replace("ts2", "nowhere")
    assert seams(read(order, SHOTS, wrong, tier="Shots")) == [0, 4, 9, 12]
    with pytest.raises(TableError, match="tier talk: time slot 'nowhere' is not there"):
        read(order, SHOTS, wrong, tier="talk")


def test_times_that_are_not_set_are_spread_evenly(read: Read) -> None:
    given = read(slots(1000, None, None, 4000), aligned("Shots", (1, 2), (2, 3), (3, 4)))
    assert seams(given) == [1, 2, 3, 4]
    assert "Times of the tier Shots that are not set in ELAN, 2 in number" in given.notes[0]
    apart = read(slots(0, None, None, 4000, 6000), aligned("Shots", (1, 2), (3, 4), (4, 5)))
    assert seams(apart) == [0, 2, 4, 6], "the end of one and the start of the next are one time"
    with pytest.raises(TableError, match="first or last time is not set"):
        read(slots(None, 4000), aligned("Shots", (1, 2)))


def test_subdivisions_share_the_time_of_what_they_belong_to(read: Read) -> None:
    given = read(
        THREE,
        SHOTS.replace("Shots", "part"),
        dependent("Shots", "part", ("part0", "a"), ("part0", "b"), ("part1", "c"), ("part2", "d")),
        tier="Shots",
    )
    assert seams(given) == [0, 2, 4, 9, 12]
    assert "1 in number" in given.notes[0]


def test_scales_that_belong_to_shots(read: Read) -> None:
    given = read(THREE, SHOTS, dependent("Shot scale", "Shots", ("Shots0", "CU"), ("Shots2", "LS")))
    assert given.scales == (ShotScale.CLOSE_UP, None, ShotScale.LONG_SHOT)
    assert "scales of the tier Shot scale" in given.understood


def test_a_shot_in_which_the_scale_changes_has_none(read: Read) -> None:
    order = slots(0, 4000, 9000, 12000, 6000, 4300)
    scales = aligned("Field Size", (1, 2), (2, 5), (5, 3), (3, 4), values=("CU", "MS", "LS", "CU,[TO],LS"))
    given = read(order, SHOTS, scales, aligned("music", (1, 2)))
    assert given.scales == (ShotScale.CLOSE_UP, None, None)
    assert given.notes == ("The scale changes within 2 shots: left without one.",)
    assert "scales of the tier Field Size, not used: tier music" in given.understood
    late = read(order, SHOTS, aligned("scale", (1, 6), (6, 3), values=("CU", "MS")))
    assert late.scales == (ShotScale.CLOSE_UP, ShotScale.MEDIUM_SHOT, None), "a boundary 0.3 s late is no change"
    assert late.notes == ()


def test_what_codes_and_other_names_were_read_as_is_said(read: Read) -> None:
    given = read(THREE, SHOTS, aligned("Einstellungsgröße", (1, 2), (2, 3), (3, 4), values=("1", "Totale", "7")))
    assert given.notes == ("'Totale' was taken for LS.", "1, 7 were read as CineScale's codes: ECU, ELS.")
    own = read(THREE, aligned("Shots", (1, 2), (2, 3), (3, 4), values=("CU", "WS", "LS")))
    assert own.notes == ("'WS' was taken for LS.",)


def test_tiers_of_scales_that_are_not_clear(read: Read) -> None:
    two = [aligned(tier, (1, 2), values=("CU",)) for tier in ("scale", "shot scale")]
    with pytest.raises(TableError, match="tiers 'scale', 'shot scale' may each hold the scales; rename all but one"):
        read(THREE, SHOTS, *two)
    coders = read(THREE, SHOTS, *(aligned(f"scale coder {name}", (1, 2), values=("CU",)) for name in "AB"))
    assert coders.scales is None
    assert "not used: tier scale coder A, scale coder B" in coders.understood
    crowd = aligned("size", (1, 2), values=("big crowd",))
    assert read(THREE, SHOTS, crowd).scales is None
    assert "scales of the tier scale, not used: tier size" in read(THREE, SHOTS, two[0], crowd).understood


def test_the_medias_origin_is_added(read: Read) -> None:
    given = read(THREE, SHOTS, origin='TIME_ORIGIN="5000"')
    assert seams(given) == [5, 9, 14, 17]
    assert "the media's TIME_ORIGIN of 5 s added" in given.understood


def test_the_origin_is_that_of_the_film_and_not_of_its_sound(read: Read, tmp_path: Path) -> None:
    sound = '<MEDIA_DESCRIPTOR MEDIA_URL="a.wav" MIME_TYPE="audio/x-wav" TIME_ORIGIN="700"/>'
    film = '<MEDIA_DESCRIPTOR MEDIA_URL="a.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="5000"/>'
    for media, start in ((sound + film, 5), (film + sound, 5), (sound, 0.7), ("", 0)):
        text = FILE.format(units="milliseconds", origin="", slots=THREE, tiers=SHOTS)
        (tmp_path / "x.eaf").write_text(text.replace('<MEDIA_DESCRIPTOR MEDIA_URL="film.mp4" />', media), "utf-8")
        assert seams(read_shotlist(tmp_path / "x.eaf"))[0] == start


@pytest.mark.parametrize(
    ("units", "end"), [("PAL-frames", 480.0), ("PAL-50-frames", 240.0), ("NTSC-frames", 400.4), ("milliseconds", 12.0)]
)
def test_units(units: str, end: float, read: Read) -> None:
    given = read(THREE, SHOTS, units=units)
    assert seams(given)[-1] == pytest.approx(end)
    assert units in given.understood
    with pytest.raises(TableError, match="TIME_UNITS is 'furlongs'"):
        read(THREE, SHOTS, units="furlongs")


def test_gaps_between_annotations(read: Read) -> None:
    order, tier = slots(0, 4000, 6000, 9000), aligned("Shots", (1, 2), (3, 4))
    with pytest.raises(TableError, match=r"ends at 4 s but shot 2 starts at 6 s"):
        read(order, tier)
    assert seams(read(order, tier, gaps="black")) == [0, 5, 9]
    assert seams(read(order, tier, gaps="out")) == [0, 4, 7]


def test_tiers_with_decomposed_letters(read: Read) -> None:
    def apart(name: str) -> str:
        return unicodedata.normalize("NFD", name)

    shots, of = aligned("Einstellungen", (1, 2), (2, 3)), "Einstellungen"
    scales = dependent(apart("Einstellungsgröße"), of, ("Einstellungen0", "CU"), ("Einstellungen1", "LS"))
    given = read(slots(0, 4000, 7000), shots, scales)
    assert given.scales == (ShotScale.CLOSE_UP, ShotScale.LONG_SHOT)
    child = dependent(apart("Blöcke"), apart("Größe"), (apart("Größe0"), "a"), (apart("Größe1"), "b"))
    below = read(slots(0, 4000, 7000), aligned(apart("Größe"), (1, 2), (2, 3)), child, tier="Blöcke")
    assert seams(below) == [0, 4, 7]
