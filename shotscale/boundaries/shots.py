"""Find only the shots of a film, from the film or from frames kept by an earlier run."""

import os
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path

import pandas as pd

from shotscale.boundaries.kept import FrameKeeper, KeptFrames
from shotscale.cores import one_matrix_thread
from shotscale.errors import OutputError, TableError
from shotscale.files import make_folder, sha256
from shotscale.filmpaths import is_analysis
from shotscale.memory import require_address_space
from shotscale.progress import Progress

__all__ = ["find_shots"]


def find_shots(
    film: str | os.PathLike[str],
    *,
    keep: str | os.PathLike[str],
    again: bool = False,
    detector: str = "default",
    threshold: float | None = None,
    fps: Fraction | float | None = None,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a film's shot table and keep its frames in a folder, or use those kept there earlier (`again`).

    Beside the table are caveats about the film and its shots, one sentence each.

    Parameters
    ----------
    film, fps
        See `shotscale.analyze`.
    detector, threshold
        See `shotscale.boundaries.make_detector`.
    progress : callable, optional
        Called with the seconds of film done and the film's length, None if unknown.

    Raises
    ------
    FilmError, OptionError, OutputError
        If film, detector or folder cannot be used; a folder that holds an analysis, or another film's frames, cannot.
    TableError
        If the folder holds no frames, or those of another film or at another rate.

    Examples
    --------
    >>> from shotscale.drawn import Shot, draw_film
    >>> script = [Shot(seconds=1), Shot(seconds=1, setting="beach")]
    >>> film = draw_film("film.mkv", seed=2, script=script, size=(96, 54))
    >>> shots, notes = find_shots(film.path, keep="kept")
    >>> shots["start"].round(2).tolist(), notes
    ([0.0, 1.0], ())
    >>> find_shots(film.path, keep="kept", again=True, threshold=0.3)[0]["start"].round(2).tolist()
    [0.0, 1.0]
    """
    from shotscale.boundaries import make_detector, shots_from_transitions
    from shotscale.video import FilmReader, checksum, film_source

    require_address_space()
    with ExitStack() as stack:
        stack.enter_context(one_matrix_thread())  # sums in another order would change confidences
        finder = make_detector(detector, threshold=threshold)
        _check_folder(Path(keep), film, again=again)
        if again:
            kept = KeptFrames(keep)
            _check_kept(kept, film, fps, where=keep)
            for times, thumbnails in kept:
                finder.push(times, thumbnails)
                if progress is not None and len(times):
                    progress(float(times[-1]), kept.end)
            return shots_from_transitions(finder.finish(), end=kept.end), (*kept.notes, *finder.notes)
        source = stack.enter_context(film_source(film, fps=fps))
        reader = stack.enter_context(FilmReader(source, samples_per_second=0, active_area=None))
        keeper = stack.enter_context(FrameKeeper(make_folder(keep)))
        for batch in reader:
            finder.push(batch.times, batch.thumbnails)
            keeper.push(batch.times, batch.thumbnails)
            if progress is not None and len(batch.times):
                progress(float(batch.times[-1]), reader.info.duration)
        keeper.finish(end=reader.end, film=checksum(source), rate=source.rate, notes=reader.notes)
        return shots_from_transitions(finder.finish(), end=reader.end), (*reader.notes, *finder.notes)


def _check_folder(keep: Path, film: str | os.PathLike[str], *, again: bool) -> None:
    """Reject a folder whose shots are an analysis's or, unless frames are only used again, another film's."""
    if is_analysis(keep):
        raise OutputError(f"{keep}: holds an analysis, whose shots these would replace; choose another folder (--save)")
    with suppress(TableError):  # none kept, or damaged ones, which are replaced
        if not again and not _is_of(KeptFrames(keep), film):
            raise OutputError(f"{keep}: keeps another film's shots and frames; choose another folder (--save)")


def _check_kept(
    kept: KeptFrames, film: str | os.PathLike[str], fps: Fraction | float | None, *, where: str | os.PathLike[str]
) -> None:
    """Reject frames of another film, or of pictures at another rate."""
    from shotscale.video.source import rate_of

    if not _is_of(kept, film):
        raise TableError(f"{where}: keeps the frames of another film than {film}; run once without --again")
    if fps is not None and rate_of(fps) != kept.rate:
        at = f"at {kept.rate} per second" if kept.rate else "at times of their own"
        raise TableError(f"--fps {fps}: {where} keeps frames {at}; leave it out, or run once without --again")


def _is_of(kept: KeptFrames, film: str | os.PathLike[str]) -> bool:
    """Return whether frames are a film's, as far as its files are still there; a pipe has none."""
    from shotscale.video.source import files_of

    files = files_of(film)
    return not files or sha256(*files) == kept.film
