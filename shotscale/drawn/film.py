"""A drawn film with its ground truth, encoded on disk."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import pandas as pd
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from shotscale.drawn.demo import demo_script
from shotscale.drawn.effects import Effect, Picture
from shotscale.drawn.filming import DrawnEvent, DrawnShot, draw_frames, events_of, plan_shots
from shotscale.drawn.script import Script
from shotscale.errors import OptionError
from shotscale.files import atomic_path, write_json
from shotscale.progress import Progress
from shotscale.tables import make_shots, write_table

CODECS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "veryfast", "crf": "22"},
    "mpeg4": {"flags": "+qscale", "global_quality": str(4 * 118)},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "32", "b": "0"},
    "ffv1": {},
}
"""Encoders with their options; each runs in one thread, since more would make the bytes depend on timing."""

_TRUTH = ("start_frame", "end_frame", "start", "end", "kind", "scale", "camera", "transition_start", "transition_end")


@dataclass(frozen=True, slots=True)
class DrawnFilm:
    """A drawn film and its ground truth.

    `events` are flashes and camera moves, which are not shot boundaries; `size` is width and height in pixels.
    """

    path: Path
    fps: Fraction
    n_frames: int
    size: tuple[int, int]
    seed: int
    shots: tuple[DrawnShot, ...]
    events: tuple[DrawnEvent, ...]

    @property
    def duration(self) -> float:
        """Duration in seconds."""
        return float(self.n_frames / self.fps)

    def shot_table(self) -> pd.DataFrame:
        """Return the shots as a valid shot table (see `shotscale.tables`)."""
        return make_shots(
            [shot.start for shot in self.shots],
            self.duration,
            kinds=[shot.kind for shot in self.shots],
            transitions=[(shot.transition_start, shot.transition_end) for shot in self.shots],
        )

    def write_truth(self) -> None:
        """Write ``NAME.shots.csv`` (the shot table with scale and camera) and ``NAME.truth.json`` beside the film."""
        table = self.shot_table()
        table["scale"] = [shot.scale for shot in self.shots]
        table["camera"] = [shot.camera for shot in self.shots]
        write_table(table, self.path.with_suffix(".shots.csv"))
        truth = {
            "fps": str(self.fps),
            "n_frames": self.n_frames,
            "duration": self.duration,
            "size": list(self.size),
            "seed": self.seed,
            "shots": [{key: getattr(shot, key) for key in _TRUTH} for shot in self.shots],
            "events": [asdict(event) for event in self.events],
        }
        write_json(self.path.with_suffix(".truth.json"), truth)


def draw_film(
    path: str | os.PathLike[str],
    *,
    seed: int,
    script: Script | None = None,
    size: tuple[int, int] = (640, 360),
    fps: Fraction | int = 24,
    codec: str = "libx264",
    effects: Sequence[Effect] = (),
    truth: bool = True,
    progress: Progress | None = None,
) -> DrawnFilm:
    """Draw a film and encode it; the same arguments give the same bytes.

    Parameters
    ----------
    script : Script, optional
        By default `demo_script(seed)`, about three minutes.
    size : (int, int)
        Width and height in pixels, even.
    effects : sequence of Effect
        Effects on the whole film, such as `Grain`.
    truth : bool
        Whether to write the ground truth beside the film (`DrawnFilm.write_truth`).
    progress : callable, optional
        Called with the seconds drawn so far and the total.

    Raises
    ------
    OptionError, OutputError
        If the script, size or codec cannot be used, or the folder cannot be written to.

    Examples
    --------
    >>> from shotscale.drawn.script import Shot
    >>> film = draw_film("film.mkv", seed=0, script=[Shot(seconds=1), Shot(seconds=1)], size=(64, 36))
    >>> film.n_frames, sorted(path.name for path in Path().iterdir())
    (48, ['film.mkv', 'film.shots.csv', 'film.truth.json'])
    """
    script = demo_script(seed) if script is None else script
    shots = plan_shots(script, fps=Fraction(fps))
    frames = draw_frames(script, seed=seed, size=size, fps=fps, effects=effects)
    if progress is not None:
        frames = _reported(frames, progress, fps=Fraction(fps), seconds=shots[-1].end)
    n = write_film(path, frames, fps=fps, codec=codec)
    film = DrawnFilm(Path(path), Fraction(fps), n, size, seed, tuple(shots), tuple(events_of(shots)))
    if truth:
        film.write_truth()
    return film


def _reported(frames: Iterator[Picture], progress: Progress, *, fps: Fraction, seconds: float) -> Iterator[Picture]:
    for n, frame in enumerate(frames, start=1):
        yield frame
        if n % 24 == 0:
            progress(float(n / fps), seconds)


def write_film(
    path: str | os.PathLike[str],
    frames: Iterable[Picture],
    *,
    fps: Fraction | int = 24,
    codec: str = "libx264",
) -> int:
    """Encode frames into a film file, atomically and byte-for-byte reproducibly; return their number.

    Parameters
    ----------
    path : path of the film
        Its suffix selects the container: ``.mp4``, ``.mkv``, ``.webm``, ``.avi``.
    frames : iterable of uint8 arrays of shape (height, width, 3)
        RGB; height and width even.

    Raises
    ------
    OptionError, OutputError
        If the codec is not in `CODECS` or does not suit the container, or the folder cannot be written to.

    Examples
    --------
    >>> import numpy as np
    >>> write_film("film.mkv", (np.full((36, 64, 3), gray, np.uint8) for gray in range(24)))
    24
    """
    if codec not in CODECS:
        raise OptionError(f"{codec!r}: not a codec of drawn films; choose one of {', '.join(CODECS)}")
    n = 0
    with atomic_path(path) as temporary:
        try:
            with av.open(str(temporary), "w", container_options={"fflags": "+bitexact"}) as container:
                stream = cast(
                    "VideoStream", container.add_stream(codec, rate=Fraction(fps), options=dict(CODECS[codec]))
                )
                reformatter = VideoReformatter()
                for image in frames:
                    if n == 0:
                        _configure(stream, image.shape[1], image.shape[0], fps=Fraction(fps))
                    frame = reformatter.reformat(VideoFrame.from_ndarray(image, "rgb24"), format="yuv420p", threads=1)
                    frame.pts, frame.time_base = n, 1 / Fraction(fps)
                    container.mux(stream.encode(frame))
                    n += 1
                container.mux(stream.encode(None))
        except (av.FFmpegError, ValueError) as error:
            raise OptionError(f"{path}: cannot be written with {codec} ({error}); use .mkv") from error
    return n


def _configure(stream: VideoStream, width: int, height: int, *, fps: Fraction) -> None:
    stream.width, stream.height = width, height
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = 1 / fps
    stream.codec_context.thread_count = 1
    stream.codec_context.gop_size = round(4 * fps)
