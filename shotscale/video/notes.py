"""Plain sentences about problems with a film."""

from collections.abc import Mapping

from av.video.frame import VideoFrame

from shotscale.numerals import counted
from shotscale.video.bars import ActiveArea
from shotscale.video.clock import Clock
from shotscale.video.container import Probe
from shotscale.video.decoding import Damage
from shotscale.video.info import FilmInfo

Areas = Mapping[tuple[int, int], ActiveArea]
"""By the rows and columns of the whole picture."""

_INTERLEAVED = ("mpegts", "mpeg", "flv")
_OUTSIDE, _OUTSIDE_SECONDS = 0.1, 2.0
"""How much of a file whose streams are interleaved may lie before or after its pictures without a note.

A share of the file and a number of seconds, whichever is more: in short files the ends alone exceed the share.
"""
_MISSING = 1.0
"""Seconds by which pictures may end before their own claim without a note, however long the film; by judgment."""
_UNDECODED = 0.5
"""Seconds before the first picture from which they are reported: in AVI, a decoder's delay looks the same."""


def film_notes(
    film: Probe, *, damage: Damage, clock: Clock[VideoFrame], end: float, areas: Areas, resized: int, interlaced: int
) -> list[str]:
    """Return what was wrong with a film read to its `end`.

    Of the sampled pictures, `resized` differ from the first frame in size, and `interlaced` are interlaced.
    """
    notes = [
        *_picture_notes(film.info, areas, resized, interlaced),
        *_damage_notes(film, damage, end),
        *_clock_notes(film, clock),
        *_length_notes(film, clock, end),
        *_stream_notes(film, damage, end),
    ]
    return [f"{note[0].upper()}{note[1:]}." for note in notes]


def _picture_notes(info: FilmInfo, areas: Areas, resized: int, interlaced: int) -> list[str]:
    notes = [
        f"black bars were cut off: {area.right - area.left} x {area.bottom - area.top} of {columns} x {rows}"
        for (rows, columns), area in areas.items()
    ]
    if info.interlaced:
        notes.append("the film is interlaced; the two fields of each sampled picture were blended")
    elif interlaced:
        pictures = counted(interlaced, "sampled picture")
        notes.append(f"a part of the film is interlaced; the two fields of {pictures} were blended")
    if info.high_dynamic_range:
        notes.append("the film has high dynamic range; its brightness was mapped to the usual range")
    if resized:
        notes.append(f"the picture changes its size; {counted(resized, 'sampled picture')} {_was(resized)} taken whole")
    return notes


def _damage_notes(film: Probe, damage: Damage, end: float) -> list[str]:
    notes = []
    where = f" at {end:.1f} s"
    if film.undecoded > _UNDECODED:
        notes.append(
            f"the file begins in the middle: {film.undecoded:.1f} s before its first whole picture could not be decoded"
        )
    if damage.reading_failed is not None:
        notes.append(f"reading stopped{where} ({damage.reading_failed}): the file is damaged or cut short")
    if damage.gave_up:
        notes.append(f"decoding stopped{where}: what follows gives no picture")
    if damage.packets:
        notes.append(
            f"{counted(damage.packets, 'piece')} of the film could not be decoded and {_was(damage.packets)} left out"
        )
    if damage.corrupt_frames:
        notes.append(
            f"{counted(damage.corrupt_frames, 'frame')} {_was(damage.corrupt_frames)} damaged and only partly restored"
        )
    return notes


def _clock_notes(film: Probe, clock: Clock[VideoFrame]) -> list[str]:
    notes = []
    if not film.has_times:
        notes.append(
            f"the file is a raw stream without times: {clock.rate:.6g} frames per second were assumed; if it has "
            "another rate, put it into a container at that rate first"
        )
    elif clock.missing:
        notes.append(f"{counted(clock.missing, 'frame')} had no timestamp; the usual interval was assumed")
    if clock.guessed:
        notes.append(
            f"{counted(clock.guessed, 'frame')} had a repeated or backward timestamp; a time between the neighbors' "
            "was assumed"
        )
    if clock.jumps:
        notes.append(f"timestamps jumped {counted(clock.jumps, 'time')}; the frames after each jump were joined on")
    if clock.gap is not None:
        notes.append(
            f"the picture at {clock.gap.start:.1f} s stays for {clock.gap.seconds:.0f} s: a still, or a gap in the file"
        )
    return notes


def _length_notes(film: Probe, clock: Clock[VideoFrame], end: float) -> list[str]:
    if film.info.duration is None:
        return []
    claim = film.info.duration - film.lead - clock.closed
    if claim - end <= (_MISSING if film.claims_own else max(2.0, 0.01 * claim)):
        return []
    return [f"the pictures end at {end:.1f} s, but the file claims {claim:.1f} s: it may be cut short"]


def _stream_notes(film: Probe, damage: Damage, end: float) -> list[str]:
    """Return notes on what was not measured: scrambled or other pictures, or data before and after the pictures."""
    notes = []
    if film.scrambled:
        notes.append(
            f"about {film.scrambled:.0%} of the file is protected (scrambled): its pictures are damaged or missing"
        )
    if film.other_streams:
        size = f"{film.info.coded_width} x {film.info.coded_height}"
        notes.append(
            f"the file holds {counted(film.other_streams, 'other stream')} of pictures; the one that players show "
            f"({size}) was measured"
        )
    if film.later_films:
        notes.append(
            f"the file holds {counted(film.later_films + 1, 'film')}, joined as by cat; only the first, which players "
            "show, was measured"
        )
    if film.info.container in _INTERLEAVED and damage.first_byte is not None and damage.last_byte is not None:
        whole, measured = film.info.size_bytes, damage.last_byte - damage.first_byte
        outside = max(damage.first_byte, whole - damage.last_byte)
        if outside > max(_OUTSIDE * whole, _OUTSIDE_SECONDS * measured / end):
            notes.append(
                f"the {end:.1f} s of pictures that were measured lie between {damage.first_byte / whole:.0%} and "
                f"{damage.last_byte / whole:.0%} of the file; the rest holds something else, perhaps another stream "
                "of pictures"
            )
    return notes


def _was(n: int) -> str:
    return "was" if n == 1 else "were"
