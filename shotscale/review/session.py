"""State of the review page: a film's shots as JSON, and the changes that each correction makes.

Conventions
-----------
A shot is sent as an object: ``start``, ``end``, ``kind``, ``confidence`` (of its beginning), ``scale`` (the coder's),
``checked``, ``measured`` (the network's scale, or group if it predicts only groups), ``shares`` (its mean probability
of each class), ``sure`` (the probability that beginning and scale are both right) and, for a referee, ``differ`` and
``opinions``.

``film`` is where the film begins and ends, in seconds; anything outside is excluded from all figures and need not be
checked.

Every answer has a ``revision``, a hash of the coder's file; a request based on another one is refused, since its target
may no longer exist. Closing a review and opening it again does not change it.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from shotscale.errors import OptionError
from shotscale.film import Film
from shotscale.review.comparison import Opinion, measure_coders, opinion
from shotscale.review.corrections import Corrections, coded_part
from shotscale.review.frames import FilmFrames
from shotscale.review.history import Document
from shotscale.review.journal import Journal
from shotscale.review.operations import Code, Merge, Move, Operation, operation_from_json, time_from_json
from shotscale.review.shots import ReviewedShot
from shotscale.scales import GROUP_NAMES, SCALE_NAMES, ShotScale
from shotscale.tables import GROUP_COLUMNS, SCALE_COLUMNS

_MOST_OPERATIONS = 8  # a key press makes one; a longer list does not come from the page
_TOLERANCE_FRAMES = 2.0  # each of two coders may be one frame off
_USUAL_FPS = 25.0  # PAL, for a film of unknown rate; 24 and 30 give nearly the same tolerance


class StaleRequestError(Exception):
    """A request based on other corrections than the present ones."""


class Review:
    """One coder's review of one film, given as measured; safe to use from several threads.

    For a referee, `between` are the corrections of the two coders. The coder is shown the `notes`, one sentence each;
    `kept` is called after each correction.
    """

    def __init__(
        self,
        film: Film,
        journal: Journal,
        frames: FilmFrames,
        *,
        between: Sequence[Corrections] = (),
        notes: Sequence[str] = (),
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        self.frames = frames
        self._film, self._journal = film, journal
        self._between, self._notes, self._kept = tuple(between), tuple(notes), kept
        self._measured = _Measured(film.whole.track)
        self._tolerance = tolerance(film)
        self._lock = Lock()

    @property
    def title(self) -> str:
        """File name of the film."""
        return self._film.path.replace("\\", "/").rsplit("/", 1)[-1]

    def state(self) -> dict[str, Any]:
        """Return the page's initial state."""
        with self._lock:
            document = self._journal.document
            return {
                "revision": self._journal.version,
                "title": self.title,
                "coder": self._journal.header.coder,
                "end": document.end,
                "aspect": round(self.frames.info.width / self.frames.info.height, 4),
                "scales": [
                    {
                        "abbreviation": scale.abbreviation,
                        "name": scale.name.lower().replace("_", " "),
                        "key": str(scale.code),
                        "ordered": scale.group is not None,
                    }
                    for scale in ShotScale
                ],
                "classes": list(self._measured.classes),
                "notes": list(self._notes),
                "agreement": self._agreement(),
                "shots": [self._shot(place) for place in range(len(document.shots))],
                **self._whole(),
            }

    def act(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Apply a request and return what has changed.

        A request has a ``revision`` and one of ``do`` (a list of operations; a ``move`` may have ``frames`` in place of
        ``to``), ``choose`` (the index of a coder) with the ``time`` of a shot, ``undo`` or ``redo`` (true). Raises
        `StaleRequestError` if the corrections have changed since, or are now another coder's, `OptionError` if the
        request cannot be applied, and `OutputError` if it cannot be saved.
        """
        with self._lock:
            if request.get("revision") != self._journal.version:
                raise StaleRequestError
            before = list(self._journal.document.shots)
            if request.get("undo") is True:
                self._journal.undo()
            elif request.get("redo") is True:
                self._journal.redo()
            else:
                self._journal.apply(self._entry(request))
            self._kept()
            return {"revision": self._journal.version, **self._difference(before), **self._whole()}

    def _entry(self, request: Mapping[str, Any]) -> list[Operation]:
        if "choose" in request:
            return self._choice(request)
        written = request.get("do")
        if not isinstance(written, list) or not 0 < len(written) <= _MOST_OPERATIONS:
            raise OptionError(f"do: a list of 1 to {_MOST_OPERATIONS} corrections; reload the page")
        return [self._operation(one) for one in written]

    def _operation(self, written: object) -> Operation:
        """Read an operation, converting a move by frames to a move to a time."""
        if isinstance(written, Mapping) and written.get("do") == "move" and "frames" in written:
            by = written["frames"]
            start = time_from_json(written.get("time"))
            if isinstance(by, bool) or not isinstance(by, int) or not 0 < abs(by) <= 250:
                raise OptionError(f"frames = {str(by)[:20]}: a number from 1 to 250, or below zero; reload the page")
            around = self.frames.times_around(start, abs(by))
            here = next((i for i, at in enumerate(around) if abs(at - start) < 1e-4), None)
            if here is None or not 0 <= here + by < len(around):
                raise OptionError(f"{start:g} s: no frame {by:+d} from there; split or merge instead")
            return Move(start, around[here + by])
        return operation_from_json(written)

    def _choice(self, request: Mapping[str, Any]) -> list[Operation]:
        """Return the operations that adopt one coder's opinion of a shot."""
        number = request["choose"]
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(self._between):
            raise OptionError(f"choose = {str(number)[:20]}: there is no such coder; reload the page")
        document = self._journal.document
        time = time_from_json(request.get("time"))
        place = document.place_of(time)
        entry: list[Operation] = []
        chosen = self._between[number].document
        if place and not self._opinion(chosen, time, document.end_of(place)).begins:
            entry.append(Merge(time))
            time = document.shots[place - 1].start
        said = self._opinion(chosen, time, document.end_of(place))
        if said.checked:
            entry.append(Code(time, said.scale))
        if not entry:
            raise OptionError(f"{self._between[number].coder} has not decided on this shot; decide yourself")
        return entry

    def _difference(self, before: list[ReviewedShot]) -> dict[str, Any]:
        """Return the one stretch of shots that has changed, and the shot to focus."""
        after = self._journal.document.shots
        first = 0
        while first < min(len(before), len(after)) and before[first] is after[first]:
            first += 1
        last = 0
        while last < min(len(before), len(after)) - first and before[-1 - last] is after[-1 - last]:
            last += 1
        focus = min(first, len(after) - 1)
        # Include the shot before, whose end changes if this one starts elsewhere.
        at = max(0, first - 1)
        return {
            "at": at,
            "removed": len(before) - last - at,
            "shots": [self._shot(place) for place in range(at, len(after) - last)],
            "focus": after[focus].start,
        }

    def _shot(self, place: int) -> dict[str, Any]:
        document = self._journal.document
        shot, end = document.shots[place], document.end_of(place)
        measured, shares, share = self._measured.of(shot.start, end)
        certain = 1.0 if place == 0 else shot.confidence
        sure = certain * (share if shot.scale is None else 1.0)
        told = {
            "start": shot.start,
            "end": end,
            "kind": shot.kind,
            "confidence": round(certain, 3),
            "scale": None if shot.scale is None else shot.scale.abbreviation,
            "checked": shot.checked,
            "measured": measured,
            "shares": shares,
            "sure": round(sure, 4),
        }
        return {**told, **self._opinions(shot.start, end)} if self._between else told

    def _opinions(self, start: float, end: float) -> dict[str, Any]:
        """Return both coders' opinions of a shot, and whether they differ."""
        said = [self._opinion(one.document, start, end) for one in self._between]
        first, second = said
        both_checked = first.checked and second.checked
        opinions = [
            {
                "coder": one.coder,
                "begins": own.begins,
                "checked": own.checked,
                "scale": own.scale and own.scale.abbreviation,
            }
            for one, own in zip(self._between, said, strict=True)
        ]
        differ = first.begins != second.begins or (both_checked and first.scale != second.scale)
        return {"differ": differ, "opinions": opinions}

    def _opinion(self, coder: Document, start: float, end: float) -> Opinion:
        starts = [shot.start for shot in self._journal.document.shots]
        return opinion(coder, start, end, tolerance=self._tolerance, starts=starts)

    def _whole(self) -> dict[str, Any]:
        """Return the state that does not belong to a single shot."""
        document: Document = self._journal.document
        part = coded_part(self._film, document)
        return {"undo": document.can_undo, "redo": document.can_redo, "film": [part.begin, part.end]}

    def _agreement(self) -> dict[str, Any] | None:
        if not self._between:
            return None
        figures = measure_coders(*self._between, tolerance=self._tolerance)
        seven = (figures["scales"] or {}).get("seven")
        told = {"kappa": seven["pairs"][0]["kappa"], "seconds": seven["n"]} if seven else {"kappa": None, "seconds": 0}
        return {"coders": figures["coders"], **figures["boundaries"], **told}


class _Measured:
    """The network's measurements of a stretch of film."""

    def __init__(self, track: pd.DataFrame) -> None:
        self._times = track["time"].to_numpy(np.float64)
        seven = bool(track["scale"].notna().any())
        self.classes = SCALE_NAMES if seven else GROUP_NAMES
        p = track[list(SCALE_COLUMNS if seven else GROUP_COLUMNS)].to_numpy(np.float64)
        ranks = np.asarray([self.classes.index(name) for name in track["scale" if seven else "group"]], np.intp)
        none = np.zeros((1, len(self.classes)))
        self._sums = np.cumsum(np.concatenate([none, p]), axis=0)
        self._votes = np.cumsum(np.concatenate([none, np.eye(len(self.classes))[ranks]]), axis=0)

    def of(self, start: float, end: float) -> tuple[str | None, list[float] | None, float]:
        """Return the most frequent class, the mean probability of each class and that of the most frequent one.

        Without a sample these are `None`, `None` and 1 / number of classes.
        """
        first, last = np.searchsorted(self._times, [start, end])
        if first == last:
            return None, None, 1 / len(self.classes)
        rank = int((self._votes[last] - self._votes[first]).argmax())
        shares = (self._sums[last] - self._sums[first]) / (last - first)
        return self.classes[rank], [round(float(share), 3) for share in shares], float(shares[rank])


def tolerance(film: Film, *, frames: float = _TOLERANCE_FRAMES) -> float:
    """Return the seconds within which two boundaries of a film count as the same, by default two frames."""
    return frames / float(film.info.get("fps") or _USUAL_FPS)
