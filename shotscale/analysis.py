"""A film in, its two tables out: one decode feeds the shot detector and the scale network."""

import dataclasses
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from shotscale.boundaries.uncertainty import shot_length_intervals
from shotscale.cores import one_matrix_thread
from shotscale.errors import OutputError, TableError
from shotscale.files import make_folder, write_json
from shotscale.summary import summarize_scales, summarize_shots
from shotscale.tables import make_scales, read_scales, read_shots, write_table

if TYPE_CHECKING:
    from shotscale.video import FilmInfo
    from shotscale.video.stills import StillKeeper

__all__ = ["FilmAnalysis", "Progress", "analyze", "film_from_document"]

Progress = Callable[[float, float | None], None]
"""Called with the seconds of film that are done and the film's length, None where no one knows it."""

FORMAT = "film-analysis"
FORMAT_VERSION = 1

_BATCHES_BEHIND = 8


@dataclass(frozen=True, kw_only=True)
class FilmAnalysis:
    """What was measured on one film.

    Attributes
    ----------
    film : dict
        What the film is: ``path``, ``duration`` in seconds as decoded, ``n_frames``, ``fps`` (average),
        ``width`` and ``height`` as shown, ``codec``, ``container``, ``size_bytes`` and more.
    shots : pandas.DataFrame
        The shot table (`shotscale.tables`).
    scales : pandas.DataFrame
        The scale track (`shotscale.tables`), averaged over three seconds within shots.
    provenance : dict
        ``versions`` of the software, ``checksums`` (SHA-256) of film and weights, ``settings``.
    limits : tuple of str
        What was wrong with the file, and where shots could not be told apart, one sentence each.
    intervals : dict
        95 % intervals of average, median and variation of shot length (`shotscale.boundaries.uncertainty`).
    """

    film: dict[str, Any]
    shots: pd.DataFrame
    scales: pd.DataFrame
    provenance: dict[str, Any]
    limits: tuple[str, ...] = ()
    intervals: dict[str, tuple[float, float] | None] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """Give everything but the two tables as a JSON-ready dict, with a summary of each table."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "film": self.film,
            "shots": {**summarize_shots(self.shots), "intervals": self.intervals},
            "scales": summarize_scales(self.scales),
            "limits": list(self.limits),
            "provenance": self.provenance,
        }

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``shots.csv``, ``scales.csv`` and, last, ``film.json``, each atomically.

        A folder with a ``film.json`` is therefore complete.

        Raises
        ------
        OutputError
            If the folder cannot be written to, or holds the corrections that went into these tables: what the
            machine measured is never overwritten by what a coder made of it.
        """
        from shotscale.review.corrections import list_coders

        if "corrections" in self.provenance and list_coders(folder):
            raise OutputError(f"{folder}: holds what was corrected; choose another folder for the corrected tables")
        target = make_folder(folder)
        (target / "film.json").unlink(missing_ok=True)
        write_table(self.shots, target / "shots.csv")
        write_table(self.scales, target / "scales.csv")
        write_json(target / "film.json", self.to_document())
        return target

    @classmethod
    def load(
        cls, folder: str | os.PathLike[str], *, corrected: bool = True, coder: str | None = None
    ) -> "FilmAnalysis":
        """Read what `save` wrote, with the corrections that lie beside it (`shotscale.review.corrections`).

        Parameters
        ----------
        folder : path
        corrected : bool
            False gives what the machine measured.
        coder : str, optional
            Whose corrections; by default the referee's, or the only coder's.

        Raises
        ------
        TableError
            If a file is missing or breaks its contract, or it is not clear which corrections hold.
        """
        from shotscale.review.corrections import correct, find_corrections

        source = Path(folder)
        document = film_from_document(source / "film.json")
        corrections = find_corrections(source, coder=coder) if corrected else None
        analysis = cls(
            film=document["film"],
            shots=read_shots(source / "shots.csv"),
            scales=read_scales(source / "scales.csv"),
            provenance=document["provenance"],
            limits=tuple(document["limits"]),
            intervals={
                name: None if ends is None else (ends[0], ends[1])
                for name, ends in document["shots"].get("intervals", {}).items()
            },
        )
        return analysis if corrections is None else correct(analysis, corrections)


def film_from_document(path: Path) -> dict[str, Any]:
    """Read a ``film.json``; `TableError` says in one line what is wrong with it."""
    from shotscale.documents import FilmDocument, read_json  # the library that checks is not for whoever asks for help

    if not path.exists():
        raise TableError(f"{path}: no such file; give a folder written with --save")
    document = read_json(FilmDocument, path, remedy="analyse the film again")
    if document["format_version"] != FORMAT_VERSION:
        raise TableError(
            f"{path}: format version {document['format_version']}; this software reads version {FORMAT_VERSION}; "
            "analyse the film again"
        )
    return document


def analyze(
    path: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = None,
    detector: str = "default",
    samples_per_second: float = 1.0,
    fps: Fraction | float | None = None,
    progress: Progress | None = None,
    stills: "StillKeeper | None" = None,
) -> FilmAnalysis:
    """Find a film's shots and shot scales in one pass over its frames.

    Parameters
    ----------
    path : path
        Any video file that PyAV opens, an animated WebP, ``-`` for what is piped in, or a pattern of numbered pictures
        (``frames/%04d.png``).
    weights : path, optional
        Weights of a scale network; by default those that come with the package.
    detector : str
        Which shot detector, a name known to `shotscale.boundaries.make_detector`.
    samples_per_second : float
        How many frames a second the network sees.
    fps : number, optional
        Frames a second of numbered pictures.
    progress : callable, optional
        Called after each batch of frames, see `Progress`.
    stills : StillKeeper, optional
        Is shown what is decoded, so that it can give a picture of each shot afterwards.

    Returns
    -------
    FilmAnalysis

    Raises
    ------
    FilmError
        If the file is not a video that can be decoded.
    WeightsError, OptionError
        If weights, detector or `fps` cannot be used.
    OutputError
        If there is no room for a temporary file, where one is needed.
    """
    # Imported here: whoever reads a saved analysis needs no av.
    from shotscale.boundaries import make_detector, shots_from_transitions
    from shotscale.network.predict import ScalePredictor, smooth_scales
    from shotscale.network.weights import load_model
    from shotscale.video import FilmReader, checksum, film_source

    with ExitStack() as stack:
        stack.enter_context(one_matrix_thread())  # the decoder has all cores
        background = stack.enter_context(ThreadPoolExecutor(1))
        loading, making = background.submit(load_model, weights), background.submit(make_detector, detector)
        source = stack.enter_context(film_source(path, fps=fps))
        reader = stack.enter_context(FilmReader(source, samples_per_second=samples_per_second))
        film_checksum = background.submit(checksum, source)  # of what turned out to be a film: a pipe would not end
        shot_detector, predictor = making.result(), ScalePredictor(loading.result())
        beside = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="shot-detector"))
        pushed: deque[Future[None]] = deque()
        n_frames = 0
        for batch in reader:
            # The detector works while the next frames are decoded, at most a few batches behind.
            pushed.append(beside.submit(shot_detector.push, batch.times, batch.thumbnails))
            if len(pushed) > _BATCHES_BEHIND:
                pushed.popleft().result()
            for sample in batch.samples:
                predictor.push(sample.time, sample.image)
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
            "versions": _versions(),
            "checksums": {"film": film_checksum.result(), "weights": loading.result().description.checksum},
            "settings": {"detector": shot_detector.name, "samples_per_second": samples_per_second},
        }
    return FilmAnalysis(
        film=_describe(reader.info, n_frames=n_frames, end=reader.end),
        shots=shots,
        scales=make_scales(times, smooth_scales(times, probabilities, shots)),
        provenance=provenance,
        limits=(*reader.notes, *shot_detector.notes),
        intervals=shot_length_intervals(shots, shot_detector.doubtful),
    )


def _describe(info: "FilmInfo", *, n_frames: int, end: float) -> dict[str, Any]:
    """Turn the container's claims into facts: duration and frame rate as they were decoded."""
    film = dataclasses.asdict(info)
    film["path"] = str(info.path)
    film["duration"] = end
    film["n_frames"] = n_frames
    film["fps"] = n_frames / end if end > 0 else None
    return film


def _versions() -> dict[str, str]:
    packages = ("film-authorship", "av", "onnxruntime", "torch", "torchvision", "numpy", "scipy", "pandas")
    return {package: version(package) for package in packages}
