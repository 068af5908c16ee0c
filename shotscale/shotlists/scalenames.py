"""Shot scales as people write them, and the scale track that a list of scales implies.

Conventions
-----------
Names in full are known in English, German, French, Spanish, Italian and Portuguese. Abbreviations are read in the one
language that has all of a list's: PG is the longest of scales in French and a long shot in Spanish, so a list is read
as a whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.sampling import SAMPLES_PER_SECOND
from shotscale.scales import GROUP_OF, SCALES, ShotScale

_CODES = {str(scale.code): scale for scale in ShotScale}
_NAMES = {re.sub("[^a-z]", "", scale.name.lower()): scale for scale in ShotScale} | {
    scale.abbreviation.lower(): scale for scale in ShotScale
}

_OTHER_NAMES = {
    word: scale
    for scale, words in {
        ShotScale.EXTREME_CLOSE_UP: "bcu bigcloseup xcu xlcu vcu verycloseup detail detailshot choker detailaufnahme "
        "extremecu extcu extcloseup ganzgross tresgrosplan plandedetail primerisimoprimerplano planodetalle "
        "planodedetalle detalle primissimopiano dettaglio particolare planodetalhe planodedetalhe planopormenor",
        ShotScale.CLOSE_UP: "close shouldercloseup gross grossaufnahme grosplan planrapprocheepaules primerplano "
        "primopiano",
        ShotScale.MEDIUM_SHOT: "mid midshot med medshot halbnah halbnahe planrapprochetaille plantaille planomedio "
        "mezzafigura",
        ShotScale.MEDIUM_CLOSE_UP: "mediumclose mediumcloseshot mediumcu medcu medcloseup mcs nah nahe planrapproche "
        "planrapprochepoitrine planpoitrine planomediocorto mezzoprimopiano",
        ShotScale.MEDIUM_LONG_SHOT: "mfs mediumfull mediumfullshot mediumls medls medlongshot americanshot "
        "planamericain cowboyshot threequartershot amerikanisch amerikanische planitalien planoamericano "
        "planomediolargo pianoamericano",
        ShotScale.LONG_SHOT: "ws wide wideshot totale halbtotale planlarge plandensemble planensemble "
        "plandedemiensemble planogeneral planmoyen planoentero figuraintera campomedio campolungo campototale "
        "planogeral planointeiro planoconjunto planodeconjunto",
        ShotScale.EXTREME_LONG_SHOT: "vls verylong verylongshot extremels extls extlongshot xls ews xws vws "
        "extremewide extremewideshot verywideshot weit weite panorama plangeneral granplanogeneral campolunghissimo "
        "grandeplanogeral",
        ShotScale.INSERT_SHOT: "ins",
    }.items()
    for word in words.split()
}
"""Names from other schemes, mapped by their place in the order. Salt's seven are BCU, CU, MCU, MS, MLS, LS, VLS. AdA
has a shoulder close-up (head and shoulders) between close-up and medium close-up, and calls about one in a hundred
shots of a film a close-up; CineScale's close-up covers both. Its medium long shot cuts a figure at the knees, so that
one that is whole by definition (plan moyen, Halbtotale, plano entero, figura intera) is a long shot. Full shot is
omitted: it is a medium long shot to some and a long shot to others."""

_ABBREVIATIONS = {
    "German": "ECU=d ECU=gg CU=g MCU=n MS=hn MLS=a MLS=am LS=ht LS=t ELS=w ELS=p",
    "French": "ECU=tgp CU=gp MCU=pr MCU=prp MS=prt MLS=pa MLS=pi LS=pm LS=pde LS=pe ELS=pg",
    "Spanish": "ECU=pd ECU=ppp CU=pp MCU=pmc MS=pm MLS=pa MLS=pml LS=pe LS=pg ELS=gpg",
    "Italian": "ECU=dett ECU=part ECU=ppp CU=pp MCU=mpp MS=mf MS=pm MLS=pa LS=fi LS=cm LS=cl LS=ct ELS=cll",
}
"""By language, which of ours each abbreviation is. PP for plan poitrine is left out: PP tells Spanish from French."""
_LANGUAGES = {
    language: {word: _NAMES[ours.lower()] for ours, word in (text.split("=") for text in texts.split())}
    for language, texts in _ABBREVIATIONS.items()
}
_UNCLEAR = {
    **dict.fromkeys(["pm", "planmoyen"], "MS to some and LS"),
    **dict.fromkeys(["fullshot", "ht", "halbtotale"], "MLS to some and LS"),
    "primeiroplano": "MCU to some and CU",
    "primeirissimoplano": "CU to some and ECU",
}
"""Names of two scales; those of long shots are clear in a list that names a nearer one."""
_NEARER = frozenset(
    "pa pi prt planamericain planitalien planrapprochetaille plantaille a am amerikanisch amerikanische".split()
)
"""Shots cut at the knees or the waist: a list that names one does not call them plan moyen, as some in Québec do, nor
Halbtotale."""
_GERMAN = frozenset(["hn", "ht"])
"""Abbreviations beside which single letters are German ones, if all of a list's are: a lone N or T may be anything."""

_NONE = frozenset(
    "neither undefined none unknown na notavailable title titles intertitle intertitles credits black "
    "titel zwischentitel titre intertitre carton titulo intertitulo didascalia".split()
)
"""What has no scale: nothing that is known, and titles, which are shots in lists of silent films."""
_PARTS = re.compile(r"\s*(?:\[?\bto\b\]?|-?>|→|[,;/])\s*", re.IGNORECASE)
_CODE = re.compile(r"\s*([0-9])(?:[.,]0+)?\s*")
"""CineScale's code, perhaps as a program writes a number in a column with missing ones."""


def are_scales(*texts: str) -> bool:
    """Return whether texts name one or more scales each, or say that there is none; a bare code does not count."""
    return unread_scale(texts) is None and not any(re.search(r"\d", text) for text in texts)


def scale_notes(texts: Iterable[str], *, n_changing: int = 0) -> list[str]:
    """Return sentences that say how the names of other schemes and the codes among a list's scales were read.

    They begin with the number of shots within which the scale changes.
    """
    notes = [f"The scale changes within {counted(n_changing, 'shot')}: left without one."] if n_changing else []
    parts = sorted({part.strip() for text in texts for part in _parts(text)})
    others = _others(parts)
    for text in parts:
        if (scale := others.get(_plain(text))) is not None:
            notes.append(f"'{text}' was taken for {scale.abbreviation}.")
    codes = sorted({code[1] for code in map(_CODE.fullmatch, parts) if code} - {str(ShotScale.NOT_AVAILABLE.code)})
    if codes:
        names = ", ".join(_CODES[code].abbreviation for code in codes)
        verb = "was read as CineScale's code" if len(codes) == 1 else "were read as CineScale's codes"
        notes.append(f"{', '.join(codes)} {verb}: {names}.")
    return notes


def read_scales(texts: Iterable[str]) -> set[str]:
    """Return those of a list's texts that name scales, or say that there is none; a bare code does not count."""
    words = {text: _parts(text) for text in texts if not re.search(r"\d", text)}
    read = set()
    with suppress(TableError):
        others = _others(part for parts in words.values() for part in parts)
        for text, parts in words.items():
            with suppress(TableError):
                if [parse_scale(part, where="", others=others) for part in parts]:
                    read.add(text)
    return read


def unread_scale(texts: Iterable[str]) -> str | None:
    """Return why texts are not read as scales, with the first that is not, or None if all are."""
    given = list(dict.fromkeys(texts))
    try:
        parse_shot_scales(given, places=[""] * len(given))
    except TableError as error:
        return str(error).removeprefix(": ")
    return None


def parse_shot_scales(texts: Sequence[str], *, places: Sequence[str]) -> list[tuple[ShotScale | None, bool]]:
    """Return the scale of each shot, and whether it changes within the shot; if so, the scale is None."""
    parts = [_parts(text) for text in texts]
    try:
        others = _others(part for of_shot in parts for part in of_shot)
    except TableError as error:
        raise TableError(f"{places[0].partition(': line')[0]}: {error}") from error
    read = [
        {parse_scale(part, where=where, others=others) for part in of_shot}
        for of_shot, where in zip(parts, places, strict=True)
    ]
    return [(None, True) if len(scales) > 1 else (next(iter(scales), None), False) for scales in read]


def parse_scale(text: str, *, where: str, others: Mapping[str, ShotScale | None] = _OTHER_NAMES) -> ShotScale | None:
    """Parse a scale: an abbreviation, a name or CineScale's code; return None if there is none.

    "FS" is rejected, since it means foreground shot here and full shot elsewhere, and so are the full shot's names.
    """
    code = _CODE.fullmatch(text)
    word = code[1] if code else _plain(text)
    if not word or word in _NONE:
        return None
    if word == "fs":
        raise TableError(f"{where}: 'FS' may be full shot or foreground shot; write MLS, LS or foreground shot")
    scale = _CODES.get(word) or _NAMES.get(word) or _NAMES.get(f"{word}shot") or others.get(word)
    if scale is None and word in _UNCLEAR:
        raise TableError(f"{where}: {text[:40]!r} is {_UNCLEAR[word]} to others; write one of them")
    if scale is None:
        known = ", ".join(scale.abbreviation for scale in SCALES)
        raise TableError(
            f"{where}: {text[:40]!r} is not a shot scale; write {known}, a name in full or CineScale's code"
        )
    return None if scale is ShotScale.NOT_AVAILABLE else scale


def _others(parts: Iterable[str]) -> Mapping[str, ShotScale | None]:
    """Return the names of other schemes, with the abbreviations of the language that has most of those in a list."""
    words = set(map(_plain, parts))
    known = {language: words & table.keys() for language, table in _LANGUAGES.items()}
    if not (words & _GERMAN and words <= _OTHER_NAMES.keys() | known["German"] | _NONE | {""}):
        known["German"] = set()
    most = max(map(len, known.values()))
    spoken = {language: _LANGUAGES[language] for language, its in known.items() if len(its) == most > 0}
    for word in sorted(set().union(*(known[language] for language in spoken))):
        meant = {language: table.get(word, "no scale") for language, table in spoken.items()}
        if len(set(meant.values())) > 1:
            told = " and ".join(f"{getattr(scale, 'abbreviation', scale)} in {name}" for name, scale in meant.items())
            raise TableError(f"{word.upper()!r} is {told}, and no other abbreviation decides; write ours")
    others: dict[str, ShotScale | None] = {**_OTHER_NAMES, **next(iter(spoken.values()), {})}
    unclear = () if words & _NEARER else _UNCLEAR
    return others | {word: None for word in unclear if others.get(word) is ShotScale.LONG_SHOT}


def _parts(text: str) -> list[str]:
    """Return the scales that a text names one after the other, without what stands in brackets unless it belongs."""
    bare = text if _plain(text) in _OTHER_NAMES else re.sub(r"\([^)]*\)", " ", text)
    whole = _CODE.fullmatch(bare) or _plain(bare) in _NONE  # 2,0 and n/a
    return [bare] if whole else [part for part in _PARTS.split(bare) if part.strip()]


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFD", text.casefold()))


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
    names = abbreviations([scales[k] for k in shot])
    groups = [None if name is None else GROUP_OF.get(name) for name in names]
    return pd.DataFrame({"time": times, "scale": np.asarray(names, object), "group": np.asarray(groups, object)})


def abbreviations(scales: Sequence[ShotScale | None]) -> list[str | None]:
    """Return the abbreviation of each scale, None where there is none."""
    return [None if scale is None else scale.abbreviation for scale in scales]
