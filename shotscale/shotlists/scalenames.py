"""Shot scales as people write them, and the scale track that a list of scales implies."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.sampling import SAMPLES_PER_SECOND
from shotscale.scales import SCALES, ShotScale

__all__ = ["is_scale", "other_scale", "parse_scale", "parse_shot_scale", "scale_notes", "scale_track", "unread_scale"]

_CODES = {str(scale.code): scale for scale in ShotScale}
_NAMES = {re.sub("[^a-z]", "", scale.name.lower()): scale for scale in ShotScale} | {
    scale.abbreviation.lower(): scale for scale in ShotScale
}

_OTHER_NAMES = {
    word: scale
    for scale, words in {
        ShotScale.EXTREME_CLOSE_UP: "bcu bigcloseup xcu xlcu vcu verycloseup detail detailshot choker detailaufnahme",
        ShotScale.CLOSE_UP: "shouldercloseup gross grossaufnahme",
        ShotScale.MEDIUM_SHOT: "mid midshot halbnah halbnahe",
        ShotScale.MEDIUM_CLOSE_UP: "mediumclose mediumcloseshot mcs nah nahe",
        ShotScale.MEDIUM_LONG_SHOT: "mfs mediumfull mediumfullshot americanshot planamericain cowboyshot "
        "threequartershot amerikanisch amerikanische",
        ShotScale.LONG_SHOT: "ws wide wideshot totale",
        ShotScale.EXTREME_LONG_SHOT: "vls verylong verylongshot xls ews xws vws extremewide extremewideshot "
        "verywideshot weit weite panorama",
        ShotScale.INSERT_SHOT: "ins",
    }.items()
    for word in words.split()
}
"""Names from other schemes, mapped by their place in the order. Salt's seven are BCU, CU, MCU, MS, MLS, LS, VLS. AdA
has a shoulder close-up (head and shoulders) between close-up and medium close-up, and calls about one in a hundred
shots of a film a close-up; CineScale's close-up covers both. Full shot and Halbtotale are omitted: they are
a medium long shot to some and a long shot to others."""

_NONE = frozenset({"neither", "undefined", "none", "unknown", "na", "notavailable"})
_PARTS = re.compile(r"\[to\]|->|→|[,;/]", re.IGNORECASE)
_CODE = re.compile(r"\s*([0-9])(?:[.,]0+)?\s*")
"""CineScale's code, perhaps as a program writes a number in a column with missing ones."""


def is_scale(text: str) -> bool:
    """Return whether a text names one or more scales, or says that there is none; a bare code does not count."""
    return unread_scale([text]) is None and not re.search(r"\d", text)


def other_scale(text: str) -> ShotScale | None:
    """Return the scale that another scheme's name stands for, or None if it is not such a name."""
    return _OTHER_NAMES.get("".join(filter(str.isalpha, text.casefold())))


def scale_notes(texts: Iterable[str], *, n_changing: int = 0) -> list[str]:
    """Return sentences that say how the names of other schemes and the codes among a list's scales were read.

    They begin with the number of shots within which the scale changes.
    """
    notes = [f"The scale changes within {counted(n_changing, 'shot')}: left without one."] if n_changing else []
    words = sorted(set(texts))
    for text in words:
        if (scale := other_scale(text)) is not None:
            notes.append(f"'{text}' was taken for {scale.abbreviation}.")
    codes = sorted({code[1] for code in map(_CODE.fullmatch, words) if code} - {str(ShotScale.NOT_AVAILABLE.code)})
    if codes:
        names = ", ".join(_CODES[code].abbreviation for code in codes)
        verb = "was read as CineScale's code" if len(codes) == 1 else "were read as CineScale's codes"
        notes.append(f"{', '.join(codes)} {verb}: {names}.")
    return notes


def unread_scale(texts: Iterable[str]) -> str | None:
    """Return the first text that is not read as a scale, or None if all are."""
    for text in texts:
        try:
            parse_shot_scale(text, where="")
        except TableError:
            return text
    return None


def parse_shot_scale(text: str, *, where: str) -> tuple[ShotScale | None, bool]:
    """Return the scale of a shot, and whether it changes within the shot; if so, the scale is None."""
    bare = re.sub(r"\([^)]*\)", " ", text)
    whole = _CODE.fullmatch(bare) or _plain(bare) in _NONE  # 2,0 and n/a
    parts = [bare] if whole else [part for part in _PARTS.split(bare) if part.strip()]
    scales = {parse_scale(part, where=where) for part in parts}
    return (None, True) if len(scales) > 1 else (next(iter(scales), None), False)


def parse_scale(text: str, *, where: str) -> ShotScale | None:
    """Parse a scale: an abbreviation, a name or CineScale's code; return None if there is none.

    "FS" is rejected: it means foreground shot here and full shot elsewhere.
    """
    code = _CODE.fullmatch(text)
    word = code[1] if code else _plain(text)
    if not word or word in _NONE:
        return None
    if word == "fs":
        raise TableError(f"{where}: 'FS' may be full shot or foreground shot; write MLS, LS or foreground shot")
    scale = _CODES.get(word) or _NAMES.get(word) or _NAMES.get(f"{word}shot") or _OTHER_NAMES.get(word)
    if scale is None:
        known = ", ".join(scale.abbreviation for scale in SCALES)
        raise TableError(
            f"{where}: {text[:40]!r} is not a shot scale; write {known}, a name in full or CineScale's code"
        )
    return None if scale is ShotScale.NOT_AVAILABLE else scale


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.casefold())


def scale_track(shots: pd.DataFrame, scales: Sequence[ShotScale | None]) -> pd.DataFrame:
    """Sample the scales of shots as the network samples a film, so that features are comparable.

    The track's ``scale`` and ``group`` are missing if the scale is unknown or has no group. A shot that falls between
    two samples has none, as in a measured film.

    Examples
    --------
    >>> from shotscale.tables import make_shots
    >>> track = scale_track(make_shots([0.0, 2.0], 3.0), [ShotScale.CLOSE_UP, ShotScale.LONG_SHOT])
    >>> track[["time", "scale"]].values.tolist()
    [[0.0, 'CU'], [1.0, 'CU'], [2.0, 'LS']]
    """
    first, end = float(shots["start"].iloc[0]), float(shots["end"].iloc[-1])
    times = first + np.arange(int(np.ceil((end - first) * SAMPLES_PER_SECOND))) / SAMPLES_PER_SECOND
    times = times[times < end]
    shot = np.searchsorted(shots["start"].to_numpy(np.float64), times, side="right") - 1
    given = [scales[k] for k in shot]
    names = [None if scale is None else scale.abbreviation for scale in given]
    groups = [None if scale is None or scale.group is None else scale.group.value for scale in given]
    return pd.DataFrame({"time": times, "scale": np.asarray(names, object), "group": np.asarray(groups, object)})
