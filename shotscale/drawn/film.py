"""A drawn film with its ground truth, on disk."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.drawn.demo import demo_script
from shotscale.drawn.effects import Effect
from shotscale.drawn.encoding import write_film
from shotscale.drawn.filming import DrawnEvent, DrawnShot, draw_frames, events_of, plan_shots
from shotscale.drawn.script import Script
from shotscale.files import write_json
from shotscale.progress import Progress
from shotscale.tables import make_shots, write_table

__all__ = ["DrawnFilm", "draw_film"]

_TRUTH = ("start_frame", "end_frame", "start", "end", "kind", "scale", "camera", "transition_start", "transition_end")


@dataclass(frozen=True, slots=True)
class DrawnFilm:
    """A drawn film and what is true of it.

    Attributes
    ----------
    path : pathlib.Path
    fps : Fraction
    n_frames : int
    size : (int, int)
        Width and height.
    seed : int
    shots : tuple of DrawnShot
    events : tuple of DrawnEvent
        Flashes, explosions and camera moves: none of them is a boundary.
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
        """Seconds."""
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
    path : path of the film
        Ending in ``.mp4`` or ``.mkv``, or in another that goes with `codec`.
    script : Script, optional
        By default `demo_script` of the seed, three minutes.
    size : (int, int)
        Width and height in pixels, even.
    codec : str
        One of `CODECS`: H.264 by default.
    effects : sequence of Effect
        Of the whole film, such as `Grain`.
    truth : bool
        Whether the truth is written beside the film (`DrawnFilm.write_truth`).
    progress : callable, optional
        Called with the seconds drawn and those of the whole film.

    Raises
    ------
    OptionError
        If the script, the size or the codec does not do.
    OutputError
        If the folder cannot be written to.

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


def _reported(
    frames: Iterator[npt.NDArray[np.uint8]], progress: Progress, *, fps: Fraction, seconds: float
) -> Iterator[npt.NDArray[np.uint8]]:
    for n, frame in enumerate(frames, start=1):
        yield frame
        if n % 24 == 0:
            progress(float(n / fps), seconds)
