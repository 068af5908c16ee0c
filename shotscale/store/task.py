"""The task of analyzing one film of a corpus, and its outcome."""

from dataclasses import asdict, dataclass
from typing import Any

from shotscale.errors import OptionError
from shotscale.files import sha256
from shotscale.store.results import EncodedAnalysis
from shotscale.store.settings import AnalysisSettings

__all__ = ["FAILURES_THAT_LAST", "Budget", "Failure", "FilmTask", "Outcome"]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a film's analysis may take before it is ended.

    Attributes
    ----------
    memory_bytes : int
        Of the film's processes together, as resident in memory.
    seconds : float
        From the start to the end.
    stall_seconds : float
        Without a further frame.
    """

    memory_bytes: int = 8 << 30
    seconds: float = 12 * 3600.0
    stall_seconds: float = 15 * 60.0

    def __post_init__(self) -> None:
        if self.memory_bytes < 1 << 20:
            raise OptionError(f"{self.memory_bytes} bytes of memory: no film can be analysed in less than a megabyte")
        if not (self.seconds > 0 and self.stall_seconds > 0):
            raise OptionError(f"{self.seconds} s, {self.stall_seconds} s: a budget of time is more than nothing")


@dataclass(frozen=True, kw_only=True)
class FilmTask:
    """One film to analyse.

    Attributes
    ----------
    film_id : str
    path : str
        Absolute: a worker runs elsewhere.
    settings : AnalysisSettings
        What the result is to be kept under; a worker that cannot keep to it refuses.
    weights : str, optional
        Path of the scale network's weights; by default those of the package.
    cores : int, optional
        How many cores the film may use; all by default.
    budget : Budget
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
        """Read what `to_json` gave."""
        settings, budget = AnalysisSettings(**content["settings"]), Budget(**content["budget"])
        return cls(**{**content, "settings": settings, "budget": budget})


FAILURES_THAT_LAST = frozenset({"film", "crash", "memory", "time", "stall", "error"})
"""Kinds of failure that lie in the film: the same file and settings would fail again. Of the others, ``file`` (it
could not be read), ``worker`` (another version or other weights there), ``killed`` (ended from outside) and ``waiting``
(the machine did not let it work), nothing is kept, and the film is tried again by the next run."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a film has no analysis.

    Attributes
    ----------
    kind : str
        ``film`` (cannot be decoded), ``crash``, ``memory``, ``time``, ``stall``, ``error`` (unexpected), ``file``,
        ``worker``, ``killed`` or ``waiting``.
    reason : str
        One line, without the film's path.
    limit : float, optional
        The budget that was used up, in bytes or seconds; a larger one is worth another try.
    """

    kind: str
    reason: str
    limit: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the failure as a JSON-ready dict."""
        return {"kind": self.kind, "reason": self.reason, "limit": self.limit}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a film's analysis ended: with an analysis or with a failure.

    Attributes
    ----------
    analysis : EncodedAnalysis, optional
    failure : Failure, optional
    sha256 : str, optional
        Of the film's file, where it could be read.
    seconds : float, optional
        How long the analysis took, by the clock.
    machine : str
        Where it ran.
    """

    analysis: EncodedAnalysis | None = None
    failure: Failure | None = None
    sha256: str | None = None
    seconds: float | None = None
    machine: str = ""

    @classmethod
    def failed(cls, task: FilmTask, failure: Failure) -> "Outcome":
        """Return a failure with the checksum of its content; a file that cannot be read has that as its failure."""
        try:
            return cls(failure=failure, sha256=sha256(task.path))
        except OSError as error:
            return cls(failure=Failure("file", f"cannot be read ({error.strerror or error})"))
