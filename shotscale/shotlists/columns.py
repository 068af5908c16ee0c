"""Recognize the columns of a table by their headers.

Conventions
-----------
A header is given a role only if every word in it is understood: words for the role, neutral words (time, shot) and a
unit. Text in brackets must be a known unit, or the column is not read: '(feet)' is not silently ignored.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shotscale.errors import OptionError, TableError
from shotscale.shotlists.times import UNIT_WORDS

TIMES = ("start", "end", "length", "cut")
"""Roles of time columns; ``cut`` is a time not further specified, usually the end of a shot."""

ROLES = ("number", *TIMES, "scale", "film")

_FILM = frozenset("film films filmid filmtitle filmtitel filmname movie movies movietitle title titel titre".split())

_FOREIGN_SCALES = "größe grösse groesse échelle echelle valeur campo escala plán"
"""Words for a scale of which many names cannot be told, and that mean other things as well."""

_WORDS = {
    word: role
    for role, words in {
        "start": "start starts begin begins beginning onset in from inpoint anfang beginn von début debut entrée "
        "inizio entrata inicio entrada desde início kezdet kezdete eleje",
        "end": "end ends ending stop out to until offset outpoint ende bis fin sortie fine uscita final salida hasta "
        "fim einde slut vég vége",
        "length": "length lengths duration durations dur len sl dauer länge laenge durée duree durata longueur "
        "duración duracion duração duur lengte längd længde varighet varighed hossz hossza időtartam",
        "cut": "cut cuts boundary boundaries schnitt schnitte coupe",
        "number": "number numbers no nr num id index nummer numéro numero número sorszám",
        "scale": f"scale scales size sizes shotscale shotsize fieldsize {_FOREIGN_SCALES}",
    }.items()
    for word in words.split()
}
_TIME_WORDS = frozenset("time times timecode timecodes tc timestamp timestamps zeit temps".split())
_SHOTS = frozenset(
    "shot shots scene scenes field einstellungs einstellung einst plan plano inquadratura beállítás snitt".split()
)
_SILENT = (
    frozenset("the of point mark record rec code absolute du de der del della des di plans tempo tiempo".split())
    | _TIME_WORDS
    | _SHOTS
)
_PROSE = frozenset("time times zeit temps".split())
_CLOCK = re.compile(
    r"\b(?:h{1,2}:)?(?:m{1,2}|min):(?:s{1,2}|sec|sek)(?:[.,:;](?:ms|m{1,3}|f{1,2}|z{1,3}|s{1,3}|0{1,3}))?\b"
)
_SECONDS = re.compile(r"\bs{1,2}[.,]ms(?:ec)?\b")
_GLUED = re.compile(
    rf"({'|'.join(sorted(_SHOTS, key=len, reverse=True))})?({'|'.join(sorted(_WORDS, key=len, reverse=True))})(\w*)"
)
_STATISTICS = re.compile(r"content_val|delta_\w+|adaptive_ratio.*|hist_diff.*|hash_dist.*|average_rgb", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, with its 0-based index and, if the header is understood, its role, one of `ROLES`.

    The unit is ``ms``, ``s``, ``min``, ``frames``, or ``clock`` if the header says that times are like h:mm:ss;
    `problem` is text in brackets that is not a known unit, or units that contradict each other.
    """

    index: int
    name: str
    role: str | None = None
    unit: str | None = None
    problem: str = ""

    @property
    def label(self) -> str:
        """The quoted name, or the 1-based number if the column has no name."""
        return repr(self.name) if self.name else self.option

    @property
    def option(self) -> str:
        """The name or number with which ``--columns`` can name it."""
        return self.name or str(self.index + 1)


def understood_columns(names: Sequence[str]) -> list[Column]:
    """Parse the headers of a table.

    Examples
    --------
    >>> [(column.role, column.unit) for column in understood_columns(["Shot", "StartTime", "Length (ms)", "note"])]
    [('number', None), ('start', None), ('length', 'ms'), (None, None)]
    """
    paired = any("out" in _words(name) for name in names)  # 'cut in' and 'cut out' are marks
    return [_understand(index, name, paired=paired) for index, name in enumerate(names)]


def may_be_scale(name: str) -> bool:
    """Return whether a header that is read as that of scales may be that of something else, or of names not known.

    Examples
    --------
    >>> may_be_scale("Einstellungsgröße"), may_be_scale("Shot scale")
    (True, False)
    """
    return any(word.casefold() in name.casefold() for word in _FOREIGN_SCALES.split())


def parse_columns(text: str | None) -> dict[str, str]:
    """Parse a value of ``--columns`` such as ``start=StartTime,end=2``."""
    chosen: dict[str, str] = {}
    for part in unicodedata.normalize("NFC", text).split(",") if text else ():
        role, mark, name = (piece.strip() for piece in part.partition("="))
        role = "cut" if role == "time" else role
        if not mark or not name or role not in ROLES or role in chosen:
            raise OptionError(f"--columns {text}: {part.strip()!r} is not ROLE=COLUMN; roles are {', '.join(ROLES)}")
        chosen[role] = name
    return chosen


def chosen_columns(columns: Sequence[Column], chosen: Mapping[str, str], path: Path) -> list[Column]:
    """Return the columns with the roles assigned by ``--columns``, and no others."""
    taken: dict[int, str] = {}
    for role, name in chosen.items():
        places = [column.index for column in columns if column.name == name]
        places = places or [column.index for column in columns if column.name.casefold() == name.casefold()]
        if not places and name.isdecimal() and 1 <= int(name) <= len(columns):
            places = [int(name) - 1]
        if len(places) != 1:
            have = ", ".join(column.option for column in columns)
            raise TableError(
                f"{path}: --columns {role}={name}: {'several columns have' if places else 'no column has'} this name; "
                f"the columns are {have[:120]}; name one, or give its number"
            )
        taken[places[0]] = role
    return [replace(column, role=taken.get(column.index)) for column in columns]


def names_unit(name: str) -> bool:
    """Return whether a header is nothing but a unit and words for time, as no film is called.

    Examples
    --------
    >>> names_unit("Time in seconds"), names_unit("Seconds (1966)"), names_unit("Gone in 60 Seconds")
    (True, False, False)
    """
    words, known = set(_words(_brackets(name)[1])) - {"in", "en"}, in_brackets(name).values()
    return None not in known and bool(words or any(known)) and words <= UNIT_WORDS.keys() | _TIME_WORDS


def in_brackets(name: str) -> dict[str, str | None]:
    """Return what stands in brackets in a header, each with the unit that it is, or None if it is none.

    Examples
    --------
    >>> in_brackets("Persona (1966) [min]")
    {'1966': None, 'min': 'min'}
    """
    return {inside.strip(): _bracket(inside) for inside in _brackets(name)[0]}


def is_statistics(names: Sequence[str]) -> bool:
    """Return whether these are the columns of a PySceneDetect statistics file."""
    return any(name.lower() == "frame number" for name in names) and any(map(_STATISTICS.fullmatch, names))


def _understand(index: int, name: str, *, paired: bool) -> Column:
    if re.sub(r"[\W_]", "", name.lower()) in _FILM:
        return Column(index, name, "film")
    brackets, outside = _brackets(name)
    units: list[str] = []
    problem = ""
    for form, meant in ((_CLOCK, "clock"), (_SECONDS, "s")):
        outside, times = form.subn(" ", outside)
        units += [meant] if times else []
    for inside in brackets:
        found = _bracket(inside)
        problem = problem or ("" if found is not None else inside.strip())
        units += [found] if found else []
    words = _words(outside)
    words = [word for k, word in enumerate(words) if not _is_preposition(words, k, paired=paired)]
    if "frame" in words:
        words = [{"first": "start", "last": "end"}.get(word, word) for word in words]
    units += [unit for unit in map(UNIT_WORDS.get, words) if unit]
    roles = list(dict.fromkeys(_WORDS[word] for word in words if word in _WORDS))
    rest = [word for word in words if word not in _WORDS and word not in _SILENT and word not in UNIT_WORDS]
    unit = units[0] if len(set(units)) == 1 else None
    if len(set(units)) > 1:
        problem = problem or " and ".join(units)
    role = None if rest else _role(roles, words, unit)
    return Column(index, name, role, unit, problem)


def _is_preposition(words: Sequence[str], k: int, *, paired: bool) -> bool:
    """Return whether word `k` is the 'in' of 'time in seconds' rather than of 'TC in', or the French 'en'."""
    before, after = words[:k], words[k + 1] if k + 1 < len(words) else ""
    if words[k] not in ("in", "en") or after not in UNIT_WORDS or not before:
        return False
    roles = {_WORDS.get(word) for word in before} - {None, "cut" if paired else None}
    return before[-1] in _PROSE or bool(roles)


def _role(roles: list[str], words: Sequence[str], unit: str | None) -> str | None:
    if len(roles) > 1 and "cut" in roles:
        roles = [role for role in roles if role != "cut"]
    if roles == ["number"] and unit == "frames":  # 'number of frames' is a length, 'frame number' a position
        return "length" if "of" in words else "cut"
    if words == ["valeur"]:  # a value of anything; 'valeur de plan' is a scale
        return None
    if len(roles) == 1:
        return roles[0]
    if roles or not words:
        return None
    if set(words) & _TIME_WORDS or words == ["frame"]:
        return "cut"
    return "number" if set(words) & _SHOTS else None


def _words(text: str) -> list[str]:
    """Split a name into words: at punctuation, at inner capitals, and where known words are run together."""
    parted = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", text)
    words: list[str] = []
    for word in re.findall(r"[^\W_]+|#", re.sub(r"\bn[°º]", "#", parted.lower())):
        glued = _GLUED.fullmatch(word)
        known = word in _WORDS or word in _SILENT or word in UNIT_WORDS
        if word == "#":
            words.append("number")
        elif not known and glued and (not glued[3] or glued[3] in UNIT_WORDS or glued[3] in _TIME_WORDS):
            words += [part for part in glued.groups() if part]
        else:
            words.append(word)
    return words


def _brackets(name: str) -> tuple[list[str], str]:
    """Return what stands in brackets in a header, and the rest."""
    return re.findall(r"[(\[]([^)\]]*)", name), re.sub(r"[(\[][^)\]]*[)\]]?", " ", name)


def _bracket(text: str) -> str | None:
    """Return the unit in brackets, '' if they are empty, or None if it is unknown."""
    words = re.findall(r"[^\W_]+", text.lower())
    if not text.strip():
        return ""
    if _CLOCK.fullmatch(text.strip().lower()) or text.strip().lower() in ("timecode", "tc", "smpte"):
        return "clock"
    if _SECONDS.fullmatch(text.strip().lower()):
        return "s"
    units = {UNIT_WORDS.get(word) for word in words if word not in ("in", "en")}
    return units.pop() if len(units) == 1 else None
