"""Frames of a film gathered into batches: a thumbnail of each, full pictures and previews of some."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from shotscale.sampling import is_sample, spanned
from shotscale.video.bars import ActiveArea
from shotscale.video.decoding import Damage
from shotscale.video.pictures import PREVIEW_SIZE, THUMBNAIL_SHAPE, Orientation, PictureMaker, ThumbnailMaker

_FRAMES_A_BATCH = 64  # a few seconds of a film; 250 kB of thumbnails
_SAMPLE_BYTES_A_BATCH = 24_000_000  # three or four full-HD pictures: memory stays constant whatever the size


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A picture of a film and its time in seconds: RGB (height, width, 3), square pixels, upright, no bars.

    Successive samples of one still share their image.
    """

    time: float
    image: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """Successive frames of a film: RGB thumbnails (n, 27, 48, 3), and pictures of some of them, full size and small.

    Times are seconds, strictly increasing within and between batches.
    """

    times: npt.NDArray[np.float64]
    thumbnails: npt.NDArray[np.uint8]
    samples: tuple[Sample, ...]
    previews: tuple[Sample, ...] = ()


class Collector:
    """Gathers frames until they make a batch; `damage` counts those that cannot be converted."""

    def __init__(
        self,
        *,
        orientation: Orientation,
        areas: Mapping[tuple[int, int], ActiveArea],
        full_size: tuple[int, int],
        rates: tuple[float, float],
        damage: Damage,
    ) -> None:
        # Each has a scaler of its own: sharing one would set it up anew at every change of size.
        self._thumbnails = ThumbnailMaker()
        self._pictures = PictureMaker(orientation=orientation)
        self._small = PictureMaker(orientation=orientation, limit=_preview_limit(areas, full_size))
        self._areas = areas
        self._full_size = full_size
        self._rates = rates
        self._damage = damage
        self._latest: tuple[float, VideoFrame] | None = None
        self._latest_sample: Sample | None = None
        self._previewed = False
        self.n_total = 0
        self.n_resized = self.n_interlaced = 0
        self._begin()

    def _begin(self) -> None:
        self._times = np.empty(_FRAMES_A_BATCH, np.float64)
        self._images = np.empty((_FRAMES_A_BATCH, *THUMBNAIL_SHAPE), np.uint8)
        self._samples: list[Sample] = []
        self._previews: list[Sample] = []
        self._sample_bytes = 0
        self.n_frames = 0

    @property
    def is_full(self) -> bool:
        """Whether the batch should be taken."""
        return self.n_frames == _FRAMES_A_BATCH or self._sample_bytes >= _SAMPLE_BYTES_A_BATCH

    def add(self, frame: VideoFrame, time: float) -> None:
        """Take the next frame, shown from a time in seconds."""
        previous = None if self._latest is None else self._latest[0]
        sampled, self._previewed = (is_sample(time, previous, rate) for rate in self._rates)
        self._latest, self._latest_sample = (time, frame), None
        try:
            self._thumbnails.write(frame, self._images[self.n_frames])
            if sampled:
                self._sample(frame, time)
            if self._previewed:
                self._preview(frame, time)
        except Exception:  # noqa: BLE001 - the decoder's
            self._damage.packets += 1
            return
        self._times[self.n_frames] = time
        self.n_frames += 1
        self.n_total += 1

    def hold(self, until: float, *, is_last: bool = False) -> None:
        """Sample the latest frame, which is shown until then, at the multiples that it spans.

        One preview of it is enough: no other shot lies in between.
        """
        if self._latest is None:
            return
        time, frame = self._latest
        sampled, previewed = (spanned(time, until, rate, is_last=is_last) for rate in self._rates)
        try:
            for at in sampled:
                self._sample(frame, at)
            if previewed and not self._previewed:
                self._preview(frame, previewed[0])
        except Exception:  # noqa: BLE001 - the decoder's
            self._damage.packets += 1

    def take(self) -> FrameBatch:
        """Return what was gathered as a batch, and begin the next."""
        times, images = self._times[: self.n_frames], self._images[: self.n_frames]
        batch = FrameBatch(times, images, tuple(self._samples), tuple(self._previews))
        self._begin()
        return batch

    def _sample(self, frame: VideoFrame, time: float) -> None:
        if self._latest_sample is None:
            self._latest_sample = Sample(time, self._picture(self._pictures, frame))
            self._sample_bytes += self._latest_sample.image.nbytes
            self.n_resized += self._is_resized(frame)
            self.n_interlaced += frame.interlaced_frame
        self._samples.append(replace(self._latest_sample, time=time))

    def _preview(self, frame: VideoFrame, time: float) -> None:
        self._previews.append(Sample(time, self._picture(self._small, frame)))

    def _picture(self, maker: PictureMaker, frame: VideoFrame) -> npt.NDArray[np.uint8]:
        image = maker.make(frame)
        size = self._pictures.full_size(frame)
        if size in self._areas:
            image = self._areas[size].crop(image, size)
        return np.ascontiguousarray(image)

    def _is_resized(self, frame: VideoFrame) -> bool:
        size = self._pictures.full_size(frame)
        return size != self._full_size and size not in self._areas


def _preview_limit(areas: Mapping[tuple[int, int], ActiveArea], full_size: tuple[int, int]) -> tuple[int, int]:
    """Return the most rows and columns of a whole picture whose active area is to fit `PREVIEW_SIZE`."""
    rows, columns = full_size
    top, bottom, left, right = areas.get(full_size, (0, rows, 0, columns))
    return round(PREVIEW_SIZE[0] * rows / (bottom - top)), round(PREVIEW_SIZE[1] * columns / (right - left))
