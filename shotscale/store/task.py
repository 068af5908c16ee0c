"""The task of analyzing one film of a corpus, and its outcome."""

from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from shotscale.errors import OptionError
from shotscale.files import sha256
from shotscale.store.results import EncodedAnalysis
from shotscale.store.settings import AnalysisSettings


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits on a film's analysis, which is ended when it exceeds one.

    They are of the resident memory of the film's processes together, of time, and of time without a new frame.
    """

    memory_bytes: float = 8 << 30
    seconds: float = 12 * 3600.0
    stall_seconds: float = 15 * 60.0

    def __post_init__(self) -> None:
        if not 1 << 20 <= self.memory_bytes < inf:
            raise OptionError(
                f"{self.memory_bytes:g} bytes of memory: a limit is finite and at least a megabyte; give gigabytes"
            )
        if not (0 < self.seconds < inf and 0 < self.stall_seconds < inf):
            raise OptionError(f"{self.seconds} s, {self.stall_seconds} s: time limits are finite and above 0")


@dataclass(frozen=True, kw_only=True)
class FilmTask:
    """One film to analyze; its path is absolute, since a worker may run elsewhere.

    Results are stored under the `settings`; a worker that does not match them refuses. `weights` is the path of the
    scale network's weights, by default the package's, and `cores` the number of cores that the film may use, by default
    all.
    """

    film_id: str
    path: str
    settings: AnalysisSettings
    weights: str | None = None
    cores: int | None = None
    budget: Budget = Budget()

    def to_json(self) -> dict[str, Any]:
        """Return the task as a JSON-ready dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "FilmTask":
        """Read a task from the dict that `to_json` returned."""
        settings, budget = AnalysisSettings(**content["settings"]), Budget(**content["budget"])
        return cls(**{**content, "settings": settings, "budget": budget})


FAILURES_THAT_LAST = frozenset({"film", "crash", "memory", "time", "stall", "error"})
"""Kinds of failure caused by the film: the same file and settings would fail again. The others, ``file`` (unreadable),
``worker`` (different version or weights), ``killed`` (ended from outside) and ``waiting`` (kept waiting by the
machine), are not stored, and the next run tries the film again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a film has no analysis.

    The `kind` is ``film`` (cannot be decoded), ``crash``, ``memory``, ``time``, ``stall``, ``error`` (unexpected),
    ``file``, ``worker``, ``killed`` or ``waiting``; the `reason` is one line, without the film's path. `limit` is what
    was exceeded, if anything, in bytes or seconds; with a larger one the film is tried again.
    """

    kind: str
    reason: str
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a film's analysis ended: with an analysis or with a failure.

    `sha256` is that of the film's file, if it could be read, `seconds` the elapsed time, and `machine` where it ran.
    """

    analysis: EncodedAnalysis | None = None
    failure: Failure | None = None
    sha256: str | None = None
    seconds: float | None = None
    machine: str = ""

    @classmethod
    def failed(cls, task: FilmTask, failure: Failure) -> "Outcome":
        """Return a failure with the film file's checksum; if the file is unreadable, that is the failure instead."""
        try:
            return cls(failure=failure, sha256=sha256(task.path))
        except OSError as error:
            return cls(failure=Failure("file", f"cannot be read ({error.strerror or error})"))
