"""The three formats of labeled frames.

Conventions
-----------
*Frames table*: a CSV file as described in `shotscale.labeled.dataset`, or a folder with a ``frames.csv``.

*Class folders*: a folder with one subfolder per class, named by abbreviation or group (``CU``, ``close``); every image
below it has that label. Images in the same folder within a class are one group; directly in the class folder, so are
images whose names differ only in their digits (``heat_0012.jpg``, ``heat_0013.jpg``), since they may come from one
film.

*CineScale*: one folder per film, named like the film's annotation file, at any depth as these are; image names end in
the second at which the frame was taken (``frame_0042.jpg``: 42). Each film is a group. Foreground and insert shots and
frames that are not available have no place in the order of scales; they are left out, and counted in the log.
"""

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from shotscale.annotations import Annotation, read_annotations
from shotscale.errors import OptionError, TableError
from shotscale.images import IMAGE_SUFFIXES
from shotscale.labeled.dataset import LABELS, LabeledFrames, load_frames, read_frames

__all__ = ["cinescale_table", "class_folder_table", "load_source"]

logger = logging.getLogger(__name__)

_FRAMES = "frames.csv"


def load_source(
    data: str | os.PathLike[str],
    *,
    annotations: str | os.PathLike[str] | None = None,
    trust: Mapping[str, float] | None = None,
    keypoints: str | os.PathLike[str] | None = None,
) -> LabeledFrames:
    """Detect the format of labeled frames and load them.

    `annotations` is the folder of CineScale's annotation files; if given, `data` is in that format. The other options
    are those of `shotscale.labeled.dataset.load_frames`. Raises `TableError` if `data` is in none of the formats.

    Examples
    --------
    >>> from shotscale.drawn.labeled import draw_labeled_films
    >>> root = draw_labeled_films("drawn", n_films=3, seconds=6, size=(64, 36))
    >>> frames = load_source(root / "frames", annotations=root / "annotations")
    >>> len(frames), frames.table["group"].nunique(), frames.targets.shape
    (18, 3, (18, 7))
    """
    data = Path(data)
    file = data if data.is_file() else data / _FRAMES
    if keypoints is not None and not file.is_file():
        raise OptionError(f"{data}: body points belong to a frames table; give its folder, or no body points")
    if annotations is not None:
        return load_frames(cinescale_table(data, read_annotations(annotations)), data, trust=trust)
    if file.is_file():
        return load_frames(read_frames(file), file.parent, trust=trust, keypoints=keypoints)
    if not data.is_dir():
        raise TableError(f"{data}: no such file or folder; give labeled frames")
    table = class_folder_table(data)
    others = [path.name for path in sorted(data.iterdir()) if path.name not in LABELS and _images(path)]
    if others:
        logger.warning("%s: left out, named for no scale or group: %s", data, ", ".join(others))
    return load_frames(table, data, trust=trust)


def class_folder_table(folder: Path) -> pd.DataFrame:
    """Make a frames table from a folder with one subfolder per class.

    Examples
    --------
    >>> from PIL import Image
    >>> Path("frames/CU").mkdir(parents=True)
    >>> Image.new("RGB", (32, 18)).save("frames/CU/heat_0012.png")
    >>> class_folder_table(Path("frames"))[["file", "scale", "group"]].values.tolist()
    [['CU/heat_0012.png', 'CU', 'heat_#']]
    """
    rows = []
    for label in LABELS:
        for file in _images(folder / label):
            name = file.relative_to(folder / label)
            group = str(name.parent) if name.parent != Path() else re.sub(r"\d+", "#", name.stem)
            path = str(file.relative_to(folder))
            # Files named only by number are not a group: assigning them to folds as one would leave a fold empty.
            rows.append((path, label, path if group.strip("#_- ") in ("", label) else group))
    if not rows:
        raise TableError(f"{folder}: no {_FRAMES} and no images in folders named {', '.join(LABELS)}; add one of them")
    return _with_defaults(pd.DataFrame(rows, columns=["file", "scale", "group"]))


def cinescale_table(folder: Path, annotations: list[Annotation]) -> pd.DataFrame:
    """Make a frames table from CineScale's frames, in one folder per film, and the films' annotations.

    Examples
    --------
    >>> from shotscale.drawn.labeled import draw_labeled_films
    >>> root = draw_labeled_films("drawn", n_films=3, seconds=6, size=(64, 36))
    >>> cinescale_table(root / "frames", read_annotations(root / "annotations"))["file"].iloc[0]
    '2001_Drawn_-_Film_1/frame_00000.png'
    """
    rows, left_out = [], 0
    # A folder further up counts before one of the same name below it.
    folders = {name: Path(root, name) for root, names, _ in os.walk(folder, topdown=False) for name in names}
    for annotation in annotations:
        images = _images(folders.get(annotation.path.stem, folder / annotation.path.stem))
        scales = dict(zip(annotation.track["time"].round().astype(int), annotation.track["scale"], strict=True))
        for flaw in annotation.flaws:
            logger.warning("%s: %s", annotation.path, flaw)
        for file in images:
            number = re.search(r"(\d+)\D*$", file.stem)
            label = scales.get(int(number[1])) if number else None
            if label in LABELS:
                rows.append((str(file.relative_to(folder)), label, annotation.path.stem))
            else:
                left_out += 1
    if not rows:
        raise TableError(
            f"{folder}: no frame belongs to an annotation; name each film's folder like its annotation file and each "
            "frame by its second"
        )
    logger.info("%s: %d frames, %d left out (no scale in the order, or no annotation)", folder, len(rows), left_out)
    return _with_defaults(pd.DataFrame(rows, columns=["file", "scale", "group"]))


def _images(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)


def _with_defaults(table: pd.DataFrame) -> pd.DataFrame:
    boxes: pd.Series = pd.Series([[] for _ in range(len(table))], dtype=object)
    return table.assign(source="", grayscale=0, persons=boxes, faces=boxes)
