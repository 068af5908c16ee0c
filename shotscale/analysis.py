"""Analyze a film in one pass: a single decode feeds the shot detector and the scale network."""

import dataclasses
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from fractions import Fraction
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from shotscale.cores import one_matrix_thread
from shotscale.film import Film
from shotscale.memory import require_address_space
from shotscale.part import FilmPart, PartOptions
from shotscale.progress import Progress
from shotscale.sampling import SAMPLES_PER_SECOND
from shotscale.sensitivity import shot_length_intervals
from shotscale.tables import make_scales
from shotscale.titles_hint import titles_hint

if TYPE_CHECKING:
    from shotscale.video import FilmInfo
    from shotscale.video.stills import StillKeeper

__all__ = ["analyze"]

_PACKAGES = ("film-authorship", "av", "onnxruntime", "torch", "torchvision", "numpy", "scipy", "pandas")
_BATCHES_BEHIND = 8  # how far the detector may lag behind the decoder: 2 MB, and neither waits long


def analyze(
    path: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    samples_per_second: float = SAMPLES_PER_SECOND,
    fps: Fraction | float | None = None,
    part: PartOptions | None = None,
    progress: Progress | None = None,
    stills: "StillKeeper | None" = None,
) -> Film:
    """Find a film's shots and shot scales in one pass over its frames.

    Parameters
    ----------
    path : path
        Any video file that PyAV opens, an animated WebP, ``-`` for standard input, or a pattern of numbered pictures
        (``frames/%04d.png``).
    weights : path, optional
        Weights of a scale network; by default those that come with the package.
    detector : str
        Name of a shot detector; see `shotscale.boundaries.make_detector`.
    samples_per_second : float
        Frames per second given to the network.
    fps : number, optional
        Frames per second of numbered pictures.
    part : PartOptions, optional
        The part of the file that is the film; by default the whole file without sure titles, with a hint at other
        likely titles (`shotscale.credits`).
    progress : callable, optional
        Called after each batch of frames; see `Progress`.
    stills : StillKeeper, optional
        Receives the decoded frames; it can then provide a picture of each shot.

    Raises
    ------
    FilmError
        If the file is not a video that can be decoded.
    WeightsError, OptionError
        If weights, detector or `fps` cannot be used, or the part lies outside the film.
    OutputError
        If a temporary file is needed and there is no room for it.
    """
    # Imported here: reading a saved analysis does not need av.
    from shotscale.boundaries import make_detector, shots_from_transitions
    from shotscale.credits import TitleScout, find_titles, sure_titles
    from shotscale.network.predict import ScalePredictor
    from shotscale.network.smoothing import smooth_scales
    from shotscale.network.weights import load_model
    from shotscale.video import FilmReader, checksum, film_source
    from shotscale.video.stills import PREVIEWS_PER_SECOND

    require_address_space()
    with ExitStack() as stack:
        stack.enter_context(one_matrix_thread())  # the decoder uses all cores
        background = stack.enter_context(ThreadPoolExecutor(1))
        loading, making = background.submit(load_model, weights), background.submit(make_detector, detector)
        source = stack.enter_context(film_source(path, fps=fps))
        previews = 0 if stills is None else PREVIEWS_PER_SECOND
        reader = stack.enter_context(
            FilmReader(source, samples_per_second=samples_per_second, previews_per_second=previews)
        )
        film_checksum = background.submit(checksum, source)  # not before it proves to be a film: a pipe might not end
        shot_detector, predictor = making.result(), ScalePredictor(loading.result())
        beside = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="shot-detector"))
        pushed: deque[Future[None]] = deque()
        scout, n_frames = TitleScout(), 0
        picture: object = None
        for batch in reader:
            # The detector works while the next frames are decoded, at most a few batches behind.
            pushed.append(beside.submit(shot_detector.push, batch.times, batch.thumbnails))
            if len(pushed) > _BATCHES_BEHIND:
                pushed.popleft().result()
            for sample in batch.samples:
                if sample.image is picture:
                    predictor.repeat(sample.time)
                else:
                    predictor.push(sample.time, sample.image)
                picture = sample.image
                scout.push(sample.time, sample.image)
            if stills is not None:
                stills.push(batch)
            n_frames += len(batch.times)
            if progress is not None and len(batch.times):
                progress(float(batch.times[-1]), reader.info.duration)
        for push in pushed:
            push.result()
        shots = shots_from_transitions(shot_detector.finish(), end=reader.end)
        times, probabilities = predictor.finish()
        provenance = {
            "versions": {package: version(package) for package in _PACKAGES},
            "checksums": {"film": film_checksum.result(), "weights": loading.result().description.checksum},
            "settings": {"detector": shot_detector.name, "samples_per_second": samples_per_second},
        }
    whole = FilmPart.of(shots)
    signs = scout.finish()
    body = FilmPart.without_titles(*sure_titles(signs, shots), whole).with_options(part, whole)
    hint: tuple[str, ...] = ()
    if body.chosen != "given":
        inside = shots[body.holds(shots["start"], shots["end"])]
        hint = titles_hint(*find_titles(signs.between(body.begin, body.end), inside), body)
    film = Film(
        path=str(reader.info.path),
        shots=shots,
        scales=make_scales(times, smooth_scales(times, probabilities, shots)),
        info=_describe(reader.info, n_frames=n_frames, end=reader.end),
        provenance=provenance,
        limits=(*reader.notes, *shot_detector.notes, *hint),
    )
    intervals = shot_length_intervals(body.of_shots(shots), body.of_transitions(shot_detector.doubtful))
    return film.with_part(body, intervals=intervals)


def _describe(info: "FilmInfo", *, n_frames: int, end: float) -> dict[str, Any]:
    """Return the film information with duration and frame rate as decoded, not as claimed."""
    measured = {"duration": end, "n_frames": n_frames, "fps": n_frames / end if end > 0 else None}
    return {name: value for name, value in (dataclasses.asdict(info) | measured).items() if name != "path"}
