"""Draw a network's mistakes by border between scales, with the body points by which the frames were labeled.

Conventions
-----------
A mistake is a labeled frame whose most probable scale is not the true one; its confidence is that scale's probability.
It is listed under the border of its true scale that the prediction crosses. A frame that is labeled only with a group,
or that a network of three classes predicts, is judged by group.
"""

import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from shotscale.errors import TableError
from shotscale.evaluation.scores import group_probabilities
from shotscale.files import atomic_path
from shotscale.labeled.bodies import Body
from shotscale.labeled.dataset import LabeledFrames
from shotscale.network.weights import ScaleModel
from shotscale.numerals import counted
from shotscale.scales import GROUP_NAMES, SCALE_NAMES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_CELL = (400, 225)  # pixels, like the sizes below; 16:9: four cells fill a wide screen
_COLUMNS = 4
_CAPTION, _HEAD, _BORDER, _GAP = 62, 56, 40, 16
_LARGE, _MIDDLE, _SMALL = 22, 17, 14
_INK, _PALE, _FIELD, _WRONG, _POINT = "#222222", "#6E6E6E", "#ECECEC", "#B03A00", "#FFD400"
_LEAST_POINT = 0.2  # minimum score of a point to be drawn


@dataclass(frozen=True)
class Mistake:
    """A labeled frame for which the network predicts another scale, or another group if only groups are known.

    `border`, such as ``CU|MCU``, is the border of the true scale on the side of the predicted one.
    """

    row: int
    file: str
    truth: str
    predicted: str
    border: str
    confidence: float


def find_mistakes(frames: LabeledFrames, model: ScaleModel, *, batch: int = 16) -> list[Mistake]:
    """Find a network's mistakes on labeled frames, most confident first."""
    parts: list[Floats] = []
    for start in range(0, len(frames), batch):
        prepared = np.stack([model.prepare(image) for image in frames.images[start : start + batch]])
        parts.append(model.probabilities(prepared))
    p, files = np.concatenate(parts), list(map(str, frames.table["file"]))
    seven = frames.table["scale"].isin(SCALE_NAMES).to_numpy() & (p.shape[1] == len(SCALE_NAMES))
    by_group = p if p.shape[1] == len(GROUP_NAMES) else group_probabilities(p)
    found = [
        *_mistakes(np.flatnonzero(seven), frames.targets, p, SCALE_NAMES, files),
        *_mistakes(np.flatnonzero(~seven), group_probabilities(frames.targets), by_group, GROUP_NAMES, files),
    ]
    return sorted(found, key=lambda mistake: -mistake.confidence)


def _mistakes(rows: Ints, targets: Floats, p: Floats, names: Sequence[str], files: Sequence[str]) -> Iterator[Mistake]:
    """Yield the mistakes in some rows; targets and probabilities have a column per name."""
    truth, predicted = targets.argmax(axis=1), p.argmax(axis=1)
    for i in rows[truth[rows] != predicted[rows]].tolist():
        edge = truth[i] if predicted[i] > truth[i] else truth[i] - 1
        border = f"{names[edge]}|{names[edge + 1]}"
        yield Mistake(i, files[i], names[truth[i]], names[predicted[i]], border, float(p[i].max()))


def by_border(mistakes: Sequence[Mistake]) -> dict[str, list[Mistake]]:
    """Group mistakes by border, from the closest scale to the farthest, keeping their order within each."""
    names = [*SCALE_NAMES, *GROUP_NAMES]
    borders = sorted({mistake.border for mistake in mistakes}, key=lambda border: names.index(border.split("|")[0]))
    return {border: [mistake for mistake in mistakes if mistake.border == border] for border in borders}


def draw_gallery(
    frames: LabeledFrames,
    mistakes: Sequence[Mistake],
    path: str | os.PathLike[str],
    *,
    most: int = 4,
    title: str = "",
) -> None:
    """Draw mistakes as a sheet of captioned frames, at most `most` per border, and write it atomically as PNG.

    Body points are drawn if the frames have them.
    """
    if not mistakes:
        raise TableError("0 mistakes: nothing to draw; give frames that the network gets wrong")
    borders = by_border(mistakes)
    shown = {border: some[:most] for border, some in borders.items()}
    columns = min(max(map(len, shown.values())), _COLUMNS)
    rows = sum(-(-len(some) // _COLUMNS) for some in shown.values())
    top = _HEAD if title else _GAP
    width = max(columns * (_CELL[0] + _GAP) + _GAP, int(_font(_LARGE).getlength(title)) + 2 * _GAP)
    sheet = Image.new("RGB", (width, top + len(shown) * _BORDER + rows * (_CELL[1] + _CAPTION)), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, _GAP), title, fill=_INK, font=_font(_LARGE))
    bodies = frames.table["bodies"].tolist() if "bodies" in frames.table else [[]] * len(frames)
    for border, some in shown.items():
        n = len(borders[border])
        pen.text((_GAP, top + 8), f"{border}: {counted(n, 'frame')}", fill=_INK, font=_font(_LARGE))
        top += _BORDER
        for k, mistake in enumerate(some):
            left, below = _GAP + k % _COLUMNS * (_CELL[0] + _GAP), top + k // _COLUMNS * (_CELL[1] + _CAPTION)
            _draw_frame(sheet, _with_points(frames.images[mistake.row], bodies[mistake.row]), left, below)
            _draw_caption(pen, mistake, left, below + _CELL[1] + 6)
        top += -(-len(some) // _COLUMNS) * (_CELL[1] + _CAPTION)
    with atomic_path(path) as temporary:
        sheet.save(temporary, format="PNG")


def _with_points(image: npt.NDArray[np.uint8], bodies: Sequence[Body]) -> Image.Image:
    """Scale a frame to the size at which it is shown, and draw its body points."""
    factor = min(_CELL[0] / image.shape[1], _CELL[1] / image.shape[0])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    frame = Image.fromarray(image).resize(size, Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(frame)
    for body in bodies:
        for x, y, score in body.points:
            if score >= _LEAST_POINT:
                pen.circle((x * size[0], y * size[1]), 3, fill=_POINT, outline=_INK)
    return frame


def _draw_frame(sheet: Image.Image, frame: Image.Image, left: int, top: int) -> None:
    """Draw a frame centered on a gray field, so that frames of every shape line up."""
    sheet.paste(_FIELD, (left, top, left + _CELL[0], top + _CELL[1]))
    sheet.paste(frame, (left + (_CELL[0] - frame.width) // 2, top + (_CELL[1] - frame.height) // 2))


def _draw_caption(pen: ImageDraw.ImageDraw, mistake: Mistake, left: int, top: int) -> None:
    font = _font(_MIDDLE)
    pen.text((left, top), f"labeled {mistake.truth}", fill=_INK, font=font)
    said = f"predicted {mistake.predicted} {mistake.confidence:.2f}"
    pen.text((left + _CELL[0] - font.getlength(said), top), said, fill=_WRONG, font=font)
    name = mistake.file
    while len(name) > 1 and _font(_SMALL).getlength(name) > _CELL[0]:
        name = "…" + name[2:]  # the end of the name tells files apart
    pen.text((left, top + 22), name, fill=_PALE, font=_font(_SMALL))


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
