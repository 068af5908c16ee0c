"""Parse the events of a CMX 3600 edit decision list and determine how their timecodes count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shotscale.errors import TableError
from shotscale.numerals import counted
from shotscale.shotlists.timecodes import CODE

_SEARCHED = 40
"""Number of lines searched for an event if the file is not named .edl."""

_BLACK_REELS = frozenset({"BL", "BLK", "BLACK"})
_BLACK_CLIP = re.compile(r"(?:full )?(?:black|bl|slug)(?: (?:video|slug))?", re.IGNORECASE)
_CLIP_NAME = re.compile(r"(?P<end>FROM|TO) CLIP NAME:(?P<clip>.*)", re.IGNORECASE)
_COMMENTS = ("*", "#", ">")
_COUNTS = re.compile(r"FCM:|^(?!TITLE).*DROP", re.IGNORECASE)
_MODE = re.compile(r"FCM:\s*(?P<non>NON[-\s]?)?DROP[-\s]?(?:FRAME)?", re.IGNORECASE)

SCALE, KIND, FIRST = "SHOT SCALE: ", "SHOT KIND: ", "FIRST FRAME: "
"""Prefixes of the comments in which this package stores its own data on a shot or on the list."""

_HEAD = re.compile(
    r"(?P<number>\d+[A-Za-z]?)\s+(?:(?P<reel>.*?)\s+)?(?P<channel>\S+)\s+(?P<kind>C|D|W\d*|K\s*[BO]?)"
    r"(?:\s+(?P<length>\d+)(?:\.\d)?)?(?:\s+\(F\))?",
    re.IGNORECASE,
)
_CODES = re.compile(rf"\s+({CODE.pattern})\s+({CODE.pattern})\s+({CODE.pattern})\s+({CODE.pattern})(?=\s|$)")
_PICTURE = re.compile(r".*V(?P<track>\d*).*|B|BOTH", re.IGNORECASE)


@dataclass(slots=True)
class Event:
    """An event: its line, what it shows, and its timecodes as written."""

    line: int
    number: str
    reel: str
    track: str
    kind: str
    length: int
    source: Sequence[str]
    record: Sequence[str]
    clip: str = ""
    own: dict[str, str] = field(default_factory=dict)
    start: int = 0
    end: int = 0

    @property
    def black(self) -> bool:
        """Whether the event shows black."""
        return self.reel.upper() in _BLACK_REELS or _BLACK_CLIP.fullmatch(self.clip) is not None


@dataclass(slots=True)
class EventList:
    """The picture events of a file, and what it says about how their timecodes count."""

    events: list[Event] = field(default_factory=list)
    modes: set[bool] = field(default_factory=set)
    first: str | None = None


def looks_like_edl(text: str) -> bool:
    """Return whether one of the first lines is an event."""
    lines = (line.strip() for line in text.splitlines()[:_SEARCHED])
    return any(line[:1].isdigit() and _CODES.search(line) is not None for line in lines)


def read_events(text: str, path: Path) -> EventList:
    """Read the picture events of an EDL; `TableError` names a line that is malformed."""
    given = EventList()
    last: Event | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line, where = raw.strip(), f"{path}: line {number}"
        if "|C:ResolveColor" in line:
            raise TableError(
                f"{where}: a marker of DaVinci Resolve, not a shot; export the timeline itself as EDL, or list the "
                "times of the markers, one per line, with the film's end"
            )
        if line.startswith(_COMMENTS):
            _comment(line.lstrip("* "), given, last)
        elif line[:1].isdigit() or _CODES.search(line):
            last = _event(line, where, number)
            given.events += [last] if last is not None else []
        elif _COUNTS.search(line):
            given.modes.add(_mode(line, where))
    if not given.events:
        raise TableError(f"{path}: has no picture events; a shot list has one per shot; export the picture track")
    tracks = dict.fromkeys(event.track for event in given.events)
    if len(tracks) > 1:
        raise TableError(f"{path}: has {counted(len(tracks), 'picture track')} with events; export one picture track")
    return given


def _mode(line: str, where: str) -> bool:
    """Return whether a line that sets the frame code mode (FCM) says drop-frame."""
    mode = _MODE.fullmatch(line)
    if mode is None:
        raise TableError(
            f"{where}: {line[:40]!r} may say how codes count and is neither FCM: DROP FRAME nor FCM: NON-DROP FRAME; "
            "correct the line"
        )
    return mode["non"] is None


def _comment(text: str, given: EventList, last: Event | None) -> None:
    """Read a clip name, or this package's own data, from a comment."""
    if text.startswith(FIRST):
        given.first = text.removeprefix(FIRST).strip()
    if last is None:
        return
    clip = _CLIP_NAME.fullmatch(text)
    if clip and clip["end"].upper() == ("FROM" if last.kind == "C" else "TO"):
        last.clip = clip["clip"].strip()
    for word, name in ((SCALE, "scale"), (KIND, "kind")):
        if text.startswith(word):
            last.own[name] = text.removeprefix(word).strip()


def _event(line: str, where: str, number: int) -> Event | None:
    """Parse an event's line; return None for sound."""
    codes = _CODES.search(line)
    head = _HEAD.fullmatch(line[: codes.start()].strip()) if codes else None
    if codes is None or head is None:
        raise TableError(
            f"{where}: {line[:60]!r} is not an event of a CMX 3600 EDL; one has a number, reel, channel, transition "
            "and four timecodes; export the list again"
        )
    picture = _PICTURE.fullmatch(head["channel"])
    if picture is None or head["channel"].upper() == "NONE":
        return None
    source, record = codes.groups()[:2], codes.groups()[2:]
    return Event(
        line=number,
        number=head["number"],
        reel=(head["reel"] or "").strip(),
        track=f"V{(picture['track'] or '1').lstrip('0') or '1'}",
        kind="".join(head["kind"].upper().split()),
        length=int(head["length"] or 0),
        source=source,
        record=record,
    )


def counting(given: EventList, path: Path) -> tuple[bool, str]:
    """Return whether record timecodes are drop-frame, and a phrase on how that is known."""
    marked = {";" in code for event in given.events for code in event.record}
    if marked == {True}:
        return True, "drop-frame (written with ;)"
    if True in marked:
        raise TableError(
            f"{path}: some record codes are written with ; and some with :; one list counts in one way; export it again"
        )
    if len(given.modes) > 1:
        raise TableError(
            f"{path}: FCM says drop-frame and non-drop, and record codes are written with :, so that both can be "
            "meant; keep the FCM line that is right for the record"
        )
    if True in given.modes:
        return True, "drop-frame (FCM)"
    return False, "non-drop" if given.modes else "non-drop (nothing says otherwise)"
