"""Compare detectors on clips with known shots, for ``shotscale benchmark-shots``."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.boundaries.clips import Clip, read_clips
from shotscale.boundaries.registry import DETECTORS, make_detector
from shotscale.boundaries.scoring import Counts, bootstrap_scores, count_matches, interval
from shotscale.detectornames import PEERS
from shotscale.errors import DependencyError, FilmError, OptionError

Pairs = npt.NDArray[np.int64]
Finder = Callable[[Clip], Pairs]


def benchmark_detectors(
    clips: str | os.PathLike[str],
    truth: str | os.PathLike[str],
    detectors: Sequence[str] = ("default", "scenedetect-adaptive", "scenedetect-content"),
    *,
    progress: Callable[[str, str], None] | None = None,
) -> pd.DataFrame:
    """Score detectors (names of `make_detector` and `PEERS`) on clips with known shots (`shotscale.boundaries.clips`).

    Returns one row per detector and sort of transition (``all``, ``cut``, ``gradual``): ``detector``, ``sort``,
    ``n_true``, ``n_found``, ``precision``, ``recall``, ``f1``, ``f1_low`` and ``f1_high`` (95 % bootstrap over clips),
    ``ms_per_frame`` (including decoding for PySceneDetect only). `progress` is called with the clip's and the
    detector's name before each run.
    """
    finders = {name: _finder(name, Path(clips)) for name in detectors}
    counts: dict[str, list[Counts]] = {name: [] for name in finders}
    seconds = dict.fromkeys(finders, 0.0)
    n_frames = 0
    for clip in read_clips(clips, truth):
        n_frames += len(clip.times)
        for name, find in finders.items():
            if progress is not None:
                progress(clip.name, name)
            started = time.perf_counter()
            found = find(clip)
            seconds[name] += time.perf_counter() - started
            counts[name].append(count_matches(found, clip.transitions))
    rows = [_row(name, sort, counts[name]) for name in finders for sort in ("all", "cut", "gradual")]
    table = pd.DataFrame(rows)
    table["ms_per_frame"] = [1000 * seconds[str(name)] / max(1, n_frames) for name in table["detector"]]
    return table


def _finder(name: str, folder: Path) -> Finder:
    if name in DETECTORS:
        make_detector(name)
        return lambda clip: _found(clip, name)
    if name in PEERS:
        _scenedetect(name)
        return lambda clip: _found_by_scenedetect(clip, name, folder)
    raise OptionError(f"detector = {name}: no such detector; choose among {', '.join((*DETECTORS, *PEERS))}")


def _found(clip: Clip, name: str) -> Pairs:
    detector = make_detector(name)
    detector.push(clip.times, clip.thumbnails)
    extents = [(transition.start, transition.end) for transition in detector.finish()]
    times = np.asarray(extents, np.float64).reshape(-1, 2)
    return (np.searchsorted(clip.times, times, side="right") - 1).astype(np.int64)  # the frames shown then


def _found_by_scenedetect(clip: Clip, name: str, folder: Path) -> Pairs:
    import scenedetect

    path = next(path for path in sorted(folder.iterdir()) if path.stem == clip.name)
    try:
        scenes = scenedetect.detect(str(path), _scenedetect(name)(), backend="pyav")
    except scenedetect.VideoOpenFailure as error:
        raise FilmError(f"{path}: PySceneDetect cannot open it; leave {name} out") from error
    firsts = np.asarray([start.frame_num for start, _ in scenes[1:]], np.int64)
    return np.stack([firsts - 1, firsts], axis=1).reshape(-1, 2)


def _scenedetect(name: str) -> Callable[[], object]:
    try:
        from scenedetect import AdaptiveDetector, ContentDetector
    except ImportError as error:
        raise DependencyError(f"detector = {name}: needs the package scenedetect; pip install scenedetect") from error
    return AdaptiveDetector if name == "scenedetect-adaptive" else ContentDetector  # type: ignore[no-any-return]


def _row(name: str, sort: str, counts: Sequence[Counts]) -> dict[str, object]:
    score = sum(counts[1:], counts[0]).score(sort)
    low, high = interval(bootstrap_scores(counts, sort, generator=np.random.default_rng(0)), "f1")
    return {"detector": name, "sort": sort, **asdict(score), "f1": score.f1, "f1_low": low, "f1_high": high}
