"""The tiers of an ELAN file and the times of their annotations, in seconds of film."""

import re
import unicodedata
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from shotscale.errors import TableError
from shotscale.shotlists.shotlist import MOST_MARKUP_BYTES, library, read_bytes

Annotations = list[tuple[float, float, str]]
"""Start, end and value of each annotation of a tier, in time order."""

_UNITS = {
    "milliseconds": Fraction(1, 1000),
    "NTSC-frames": Fraction(1001, 30000),
    "PAL-frames": Fraction(1, 25),
    "PAL-50-frames": Fraction(1, 50),
}
"""The time units of ELAN's format, in seconds."""

_HEADER: dict[str, tuple[str, ...]] = {
    "HEADER": ("MEDIA_FILE", "TIME_UNITS"),
    "MEDIA_DESCRIPTOR": ("MEDIA_URL", "RELATIVE_MEDIA_URL", "MIME_TYPE", "TIME_ORIGIN", "EXTRACTED_FROM"),
    "LINKED_FILE_DESCRIPTOR": (),
    "PROPERTY": (),
}
"""Header elements allowed by the schema, EAFv3.0.xsd, with the attributes of those that define how times count."""

_DEEPEST = 20
"""Maximum nesting depth of tiers; real files have two or three levels."""

Span = tuple[Fraction, Fraction]


class EafDocument:
    """An ELAN file whose tiers are read on demand, so that errors in other tiers do not matter.

    `tiers` holds the tiers with annotations; `said` describes how times were understood.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        root = _parse(path)
        header = next(root.iterfind("HEADER"), root.makeelement("HEADER", {}))
        _refuse_unknown(header, path)
        units = header.get("TIME_UNITS", "milliseconds")
        if units not in _UNITS:
            raise TableError(f"{path}: TIME_UNITS is {units!r}; {', '.join(_UNITS)} are read; export the file again")
        self._unit = _UNITS[units]
        self._origin = self._number(_film(header).get("TIME_ORIGIN", "0"), "TIME_ORIGIN") / 1000
        self._slots = {slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in root.iter("TIME_SLOT")}
        self.tiers: dict[str, Any] = {
            _name(tier, "TIER_ID"): tier for tier in root.iter("TIER") if tier.find("ANNOTATION") is not None
        }
        origin = (f"the media's TIME_ORIGIN of {float(self._origin):g} s added",) if self._origin else ()
        self.said: tuple[str, ...] = (units, *origin)

    def annotations(self, name: str) -> tuple[Annotations, int]:
        """Return a tier's annotations and the number of its times that had to be interpolated."""
        spans, spread = self._spans(name)
        values = {key: element.findtext("ANNOTATION_VALUE") or "" for key, element in self._elements(name)}
        found = [(float(start), float(end), values[key]) for key, (start, end) in spans.items()]
        return sorted(found), spread

    def _elements(self, name: str) -> list[tuple[str, Any]]:
        """Return a tier's annotations in file order, each with its identifier."""
        holders = self.tiers[name].iter("ANNOTATION")
        return [(element.get("ANNOTATION_ID", ""), element) for holder in holders for element in holder]

    def _spans(self, name: str, depth: int = 0) -> tuple[dict[str, Span], int]:
        elements = self._elements(name)
        aligned = [(key, element) for key, element in elements if element.tag == "ALIGNABLE_ANNOTATION"]
        if aligned:
            return self._aligned(name, aligned)
        parent = _name(self.tiers[name], "PARENT_REF")
        if parent not in self.tiers or depth > _DEEPEST:
            raise TableError(
                f"{self._path}: tier {name}: its annotations belong to those of a tier {parent!r} that has none; name "
                "another tier with --tier"
            )
        above, spread = self._spans(parent, depth + 1)
        children: dict[str, list[str]] = {}
        for key, element in elements:
            children.setdefault(element.get("ANNOTATION_REF", ""), []).append(key)
        spans: dict[str, Span] = {}
        for owner, keys in children.items():
            if owner not in above:
                raise TableError(
                    f"{self._path}: tier {name}: annotation {keys[0]} belongs to {owner!r}, which is not there; export "
                    "the file again"
                )
            start, end = above[owner]
            step = (end - start) / len(keys)
            spans |= {key: (start + k * step, start + (k + 1) * step) for k, key in enumerate(keys)}
            spread += len(keys) - 1
        return spans, spread

    def _aligned(self, name: str, aligned: list[tuple[str, Any]]) -> tuple[dict[str, Span], int]:
        """Read times from slots; space boundaries without a time evenly between their neighbors."""
        slots = [
            (self._slot(element.get("TIME_SLOT_REF1"), name), self._slot(element.get("TIME_SLOT_REF2"), name))
            for _, element in aligned
        ]
        # One point per boundary: an end and the next start are the same point if either is unset.
        points: list[Fraction | None] = []
        places: list[tuple[int, int]] = []
        for k, (start, end) in enumerate(slots):
            shared = k > 0 and (start is None or slots[k - 1][1] is None)
            if not shared:
                points.append(start)
            elif points[-1] is None:
                points[-1] = start
            places.append((len(points) - 1, len(points)))
            points.append(end)
        spread = sum(point is None for point in points)
        filled = _filled(points)
        if filled is None:
            raise TableError(f"{self._path}: tier {name}: its first or last time is not set; set it in ELAN")
        return {key: (filled[a], filled[b]) for (key, _), (a, b) in zip(aligned, places, strict=True)}, spread

    def _slot(self, reference: str | None, name: str) -> Fraction | None:
        """Return the time of a slot in seconds of film, or None if it is unset."""
        if reference not in self._slots:
            raise TableError(f"{self._path}: tier {name}: time slot {reference!r} is not there; export the file again")
        value = self._slots[reference]
        if value is None:
            return None
        return self._number(value, f"tier {name}: a time") * self._unit + self._origin

    def _number(self, text: str, what: str) -> Fraction:
        if re.fullmatch(r"\s*-?\d{1,12}\s*", text) is None:
            raise TableError(f"{self._path}: {what} is {text[:40]!r}; a whole number is needed; correct it")
        return Fraction(int(text))


def _name(tier: Any, attribute: str) -> str:
    """Return the name of a tier, with composed letters (NFC)."""
    return unicodedata.normalize("NFC", tier.get(attribute, ""))


def _filled(points: list[Fraction | None]) -> list[Fraction] | None:
    """Interpolate missing points evenly; return None if the first or last is missing."""
    known = [(k, point) for k, point in enumerate(points) if point is not None]
    if not known or known[0][0] != 0 or known[-1][0] != len(points) - 1:
        return None
    filled = [known[0][1]]
    for (before, first), (after, last) in pairwise(known):
        step = (last - first) / (after - before)
        filled += [first + k * step for k in range(1, after - before + 1)]
    return filled


def _refuse_unknown(header: Any, path: Path) -> None:
    """Reject unknown header content: it may define how times count and would otherwise be silently ignored."""
    loose = "".join([header.text or "", *(child.tail or "" for child in header)]).strip()
    if loose:
        raise TableError(f"{path}: HEADER holds {loose[:40]!r}, which is no element; correct or remove it")
    for element in [header, *header]:
        known = _HEADER.get(element.tag)
        if known is None:
            raise TableError(
                f"{path}: HEADER holds {str(element.tag)[:40]!r}, which is none of {', '.join([*_HEADER][1:])}; it may "
                "say how times count; correct or remove it"
            )
        for name in set(element.keys()) - set(known or element.keys()):
            raise TableError(
                f"{path}: {element.tag} has {name[:40]!r}, which is none of {', '.join(known)}; it may say how times "
                "count; correct or remove it"
            )


def _film(header: Any) -> Any:
    """Return the media descriptor of the film: the first video, or else the first of all media."""
    media = header.findall("MEDIA_DESCRIPTOR")
    videos = [one for one in media if one.get("MIME_TYPE", "").startswith("video")]
    return next(iter([*videos, *media]), {})


def _parse(path: Path) -> Any:
    defused, xml = (library(name, str(path), "defusedxml") for name in ("defusedxml", "defusedxml.ElementTree"))
    content = read_bytes(path, most_bytes=MOST_MARKUP_BYTES)
    try:
        return xml.fromstring(content, forbid_dtd=True)
    except defused.DefusedXmlException as error:
        raise TableError(f"{path}: declares a document type or entities; ELAN writes none; export it again") from error
    except (xml.ParseError, ValueError, LookupError) as error:
        raise TableError(f"{path}: not XML that can be read ({error}); export it from ELAN again") from error
