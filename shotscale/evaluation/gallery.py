"""A picture of a network's most confident errors, with the true and the predicted scale.

Conventions
-----------
A mistake is a labelled frame whose likeliest group is not its own; confidence is that group's probability.
"""

import functools
import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from shotscale.errors import TableError
from shotscale.evaluation.scores import group_probabilities
from shotscale.files import atomic_path
from shotscale.labelled.dataset import LabelledFrames
from shotscale.network.weights import ScaleModel
from shotscale.scales import GROUPS

__all__ = ["Mistake", "draw_gallery", "find_mistakes"]

_CELL = (400, 225)
_COLUMNS = 4
_CAPTION, _HEAD, _GAP = 62, 56, 16
_LARGE, _MIDDLE, _SMALL = 22, 17, 14
_INK, _PALE, _FIELD, _WRONG = "#222222", "#6E6E6E", "#ECECEC", "#B03A00"


@dataclass(frozen=True)
class Mistake:
    """A frame that the network takes for another group.

    Attributes
    ----------
    row : int
        Of the frame among the labelled ones.
    file : str
        Its name.
    truth, predicted : str
        Groups.
    confidence : float
        Probability of the predicted group.
    """

    row: int
    file: str
    truth: str
    predicted: str
    confidence: float


def find_mistakes(frames: LabelledFrames, model: ScaleModel, *, batch: int = 16) -> list[Mistake]:
    """Find a network's mistakes on labelled frames, the most confident first."""
    parts: list[npt.NDArray[np.float64]] = []
    for start in range(0, len(frames), batch):
        prepared = np.stack([model.prepare(image) for image in frames.images[start : start + batch]])
        p = model.probabilities(prepared)
        parts.append(p if p.shape[1] == len(GROUPS) else group_probabilities(p))
    p = np.concatenate(parts)
    truth, predicted = group_probabilities(frames.targets).argmax(axis=1), p.argmax(axis=1)
    wrong = sorted(np.flatnonzero(truth != predicted), key=lambda i: -p[i].max())
    files = frames.table["file"]
    return [
        Mistake(int(i), str(files[i]), GROUPS[truth[i]].value, GROUPS[predicted[i]].value, float(p[i].max()))
        for i in wrong
    ]


def draw_gallery(
    frames: LabelledFrames, mistakes: list[Mistake], path: str | os.PathLike[str], *, title: str = ""
) -> None:
    """Draw mistakes as a sheet of captioned frames into a PNG file, atomically.

    Parameters
    ----------
    frames : LabelledFrames
        That the mistakes were found in.
    mistakes : list of Mistake
        In the order in which they are drawn.
    path : path
    title : str
        A line above them.
    """
    if not mistakes:
        raise TableError("0 mistakes: nothing to draw; give frames that the network gets wrong")
    columns = min(len(mistakes), _COLUMNS)
    rows = -(-len(mistakes) // _COLUMNS)
    head = _HEAD if title else _GAP
    width = max(columns * (_CELL[0] + _GAP) + _GAP, int(_font(_LARGE).getlength(title)) + 2 * _GAP)
    sheet = Image.new("RGB", (width, head + rows * (_CELL[1] + _CAPTION)), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, _GAP), title, fill=_INK, font=_font(_LARGE))
    for k, mistake in enumerate(mistakes):
        left = _GAP + k % _COLUMNS * (_CELL[0] + _GAP)
        top = head + k // _COLUMNS * (_CELL[1] + _CAPTION)
        _draw_frame(sheet, frames.images[mistake.row], left, top)
        _draw_caption(pen, mistake, left, top + _CELL[1] + 6)
    with atomic_path(path) as temporary:
        sheet.save(temporary, format="PNG")


def _draw_frame(sheet: Image.Image, image: npt.NDArray[np.uint8], left: int, top: int) -> None:
    """Draw a frame in the middle of a grey field, so that pictures of every shape stand on one line."""
    factor = min(_CELL[0] / image.shape[1], _CELL[1] / image.shape[0])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    frame = Image.fromarray(image).resize(size, Image.Resampling.LANCZOS)
    sheet.paste(_FIELD, (left, top, left + _CELL[0], top + _CELL[1]))
    sheet.paste(frame, (left + (_CELL[0] - size[0]) // 2, top + (_CELL[1] - size[1]) // 2))


def _draw_caption(pen: ImageDraw.ImageDraw, mistake: Mistake, left: int, top: int) -> None:
    font = _font(_MIDDLE)
    pen.text((left, top), f"labelled {mistake.truth}", fill=_INK, font=font)
    said = f"predicted {mistake.predicted} {mistake.confidence:.2f}"
    pen.text((left + _CELL[0] - font.getlength(said), top), said, fill=_WRONG, font=font)
    name = mistake.file
    while len(name) > 1 and _font(_SMALL).getlength(name) > _CELL[0]:
        name = "…" + name[2:]  # its end tells files apart
    pen.text((left, top + 22), name, fill=_PALE, font=_font(_SMALL))


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
