"""Plain sentences on what was wrong with a film."""

from shotscale.video.bars import ActiveArea
from shotscale.video.clock import Clock
from shotscale.video.container import FilmInfo
from shotscale.video.decoding import Damage

__all__ = ["film_notes"]


def film_notes(
    info: FilmInfo, *, damage: Damage, clock: Clock, end: float | None, active_area: ActiveArea | None, resized: int
) -> list[str]:
    """Say what was wrong with a film that was read.

    Parameters
    ----------
    info : FilmInfo
    damage : Damage
        What could not be decoded.
    clock : Clock
        What was done to timestamps.
    end : float or None
        Seconds where the film was found to end; None if it was read in part.
    active_area : ActiveArea or None
        What is left when black bars are cut off.
    resized : int
        How many sampled pictures differ in size from the first.

    Returns
    -------
    list of str
    """
    return [
        *_picture_notes(info, active_area, resized),
        *_damage_notes(damage, end),
        *_clock_notes(clock),
        *_length_notes(info, end),
    ]


def _picture_notes(info: FilmInfo, area: ActiveArea | None, resized: int) -> list[str]:
    notes = []
    if area is not None:
        width, height = area.right - area.left, area.bottom - area.top
        notes.append(f"black bars were cut off: {width} x {height} of {info.width} x {info.height}")
    if info.interlaced:
        notes.append("the film is interlaced; the two fields of each sampled picture were blended")
    if info.high_dynamic_range:
        notes.append("the film has high dynamic range; its brightness was mapped to the usual range")
    if resized:
        notes.append(f"the picture changes its size; {resized} sampled pictures were taken whole")
    return notes


def _damage_notes(damage: Damage, end: float | None) -> list[str]:
    notes = []
    where = "" if end is None else f" at {end:.1f} s"
    if damage.reading_failed is not None:
        notes.append(f"reading stopped{where} ({damage.reading_failed}): the file is damaged or cut short")
    if damage.gave_up:
        notes.append(f"decoding stopped{where}: what follows gives no picture")
    if damage.packets:
        notes.append(
            f"{_count(damage.packets, 'piece')} of the film could not be decoded and {_was(damage.packets)} left out"
        )
    if damage.corrupt_frames:
        notes.append(
            f"{_count(damage.corrupt_frames, 'frame')} {_was(damage.corrupt_frames)} damaged and only partly restored"
        )
    return notes


def _clock_notes(clock: Clock) -> list[str]:
    notes = []
    if clock.missing:
        notes.append(f"{_count(clock.missing, 'frame')} had no timestamp; the usual interval was assumed")
    if clock.dropped:
        notes.append(
            f"{_count(clock.dropped, 'frame')} had a repeated or backward timestamp and {_was(clock.dropped)} dropped"
        )
    if clock.jumps:
        notes.append(f"timestamps jumped {_count(clock.jumps, 'time')}; what follows each jump was joined on")
    return notes


def _length_notes(info: FilmInfo, end: float | None) -> list[str]:
    if end is None or info.duration is None or info.duration - end <= max(2.0, 0.01 * info.duration):
        return []
    return [f"the pictures end at {end:.1f} s, but the file claims {info.duration:.1f} s: it may be cut short"]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n:,} {noun}s"


def _was(n: int) -> str:
    return "was" if n == 1 else "were"
