"""Predict the shot scales of sampled film frames, in batches, and of still images.

Conventions
-----------
Times are in seconds. Probabilities have the model's classes as columns: the seven scales, or the three groups.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.errors import FilmError, OptionError
from shotscale.images import find_images, read_image
from shotscale.network.weights import ScaleModel
from shotscale.tables import TRACK_COLUMNS, make_scales

__all__ = ["ScalePredictor", "predict_images", "remove_bars"]

Floats = npt.NDArray[np.float64]

BATCH = 4
"""Frames per batch: more need more memory and are no faster on a CPU."""


class ScalePredictor:
    """Predicts the scales of a film's sampled frames while the film is being decoded.

    Frames are prepared immediately, so that only the network's small input is kept, and are run in batches by a few
    workers. A worker computes on one core: small batches in parallel are faster than one batch split across the cores,
    and do not suffer when the decoder needs a core.

    `batch` is the number of frames per batch, which does not affect the result, and `workers` the number of batches in
    parallel, by default one per core or one on a GPU.

    Examples
    --------
    >>> from shotscale.network.weights import load_model
    >>> predictor = ScalePredictor(load_model())
    >>> predictor.push(0.0, np.zeros((90, 160, 3), np.uint8))
    >>> times, probabilities = predictor.finish()
    >>> times.tolist(), probabilities.shape
    ([0.0], (1, 7))
    """

    def __init__(self, model: ScaleModel, *, batch: int = BATCH, workers: int | None = None) -> None:
        if batch < 1:
            raise OptionError(f"{batch}: a batch holds at least one frame")
        workers = model.runner.at_once if workers is None else workers
        if workers < 1:
            raise OptionError(f"{workers}: at least one worker runs the batches")
        self.model = model
        self._batch = batch
        self._times: list[float] = []
        self._places: list[int] = []  # of each time's frame among those pushed
        self._frames: list[npt.NDArray[np.uint8]] = []
        self._running: list[Future[Floats]] = []
        self._waiting = 2 * workers
        self._pool = ThreadPoolExecutor(
            workers, thread_name_prefix="scale-network", initializer=model.runner.begin_thread
        )

    def push(self, time: float, image: npt.NDArray[np.uint8]) -> None:
        """Add a uint8 RGB frame (rows, columns, 3); times must increase from frame to frame."""
        frame = self.model.prepare(image)
        self._add(time, self._places[-1] + 1 if self._places else 0)
        self._frames.append(frame)
        if len(self._frames) == self._batch:
            self._submit()

    def repeat(self, time: float) -> None:
        """Add a later time of the latest frame, which is not run again."""
        self._add(time, self._places[-1])

    def finish(self) -> tuple[Floats, Floats]:
        """Return the times (n,) and the probabilities (n, classes), and stop the workers."""
        if self._frames:
            self._submit()
        try:
            parts = [future.result() for future in self._running]
        finally:
            self._pool.shutdown()
        empty = np.empty((0, len(self.model.description.classes)))
        return np.asarray(self._times, np.float64), np.concatenate([empty, *parts])[self._places]

    def _add(self, time: float, place: int) -> None:
        if self._times and time <= self._times[-1]:
            raise OptionError(f"{time}: pushed after {self._times[-1]}; push frames in the order of time")
        self._times.append(float(time))
        self._places.append(place)

    def _submit(self) -> None:
        if len(self._running) >= self._waiting:
            # Waiting here keeps memory flat when decoding is faster than the network.
            self._running[-self._waiting].result()
        self._running.append(self._pool.submit(self.model.probabilities, np.stack(self._frames)))
        self._frames = []


def predict_images(
    paths: Sequence[str | os.PathLike[str]],
    model: ScaleModel,
    *,
    batch: int = BATCH,
    on_error: Callable[[FilmError], None] | None = None,
    progress: Callable[[float, float | None], None] | None = None,
) -> pd.DataFrame:
    """Predict the shot scales of still images, black bars removed: ``file``, then a scale track without ``time``.

    Folders are searched recursively. `on_error` is called with the error of each image that cannot be read, which is
    then skipped; without it the first error is raised. `progress` is called with the number of images done and the
    total.
    """
    files = find_images(paths)
    predictor, read = ScalePredictor(model, batch=batch), []
    try:
        for i, file in enumerate(files):
            try:
                predictor.push(float(i), remove_bars(read_image(file)))
                read.append(str(file))
            except FilmError as error:
                if on_error is None:
                    raise
                on_error(error)
            if progress is not None:
                progress(i + 1, len(files))
    finally:
        times, probabilities = predictor.finish()
    track = make_scales(times, probabilities)[[column for column in TRACK_COLUMNS if column != "time"]]
    track.insert(0, "file", pd.Series(read, dtype=str))
    return track


def remove_bars(image: npt.NDArray[np.uint8], *, threshold: int = 24, most: float = 0.25) -> npt.NDArray[np.uint8]:
    """Cut off black bars at the edges of an image (rows, columns, 3).

    A row or column belongs to a bar if at most a hundredth of it is brighter than `threshold`. If the dark edge is
    wider than the fraction `most`, it is a dark picture rather than a bar, and is kept.

    Examples
    --------
    >>> framed = np.zeros((100, 160, 3), np.uint8)
    >>> framed[12:88] = 128
    >>> remove_bars(framed).shape
    (76, 160, 3)
    """
    bright = image.max(axis=2) > threshold
    top, bottom = _inside(bright.mean(axis=1) > 0.01, most)
    left, right = _inside(bright.mean(axis=0) > 0.01, most)
    return np.ascontiguousarray(image[top:bottom, left:right])


def _inside(lit: npt.NDArray[np.bool_], most: float) -> tuple[int, int]:
    """Return the first and one past the last lit position, or the edge itself if the dark part is too wide."""
    n = len(lit)
    where = np.flatnonzero(lit)
    if len(where) == 0:
        return 0, n
    first, last = int(where[0]), int(where[-1]) + 1
    return (first if first <= most * n else 0), (last if n - last <= most * n else n)
