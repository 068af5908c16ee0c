"""A picture of a network's most confident mistakes, truth beside prediction.

Conventions
-----------
A mistake is a labelled frame whose likeliest group is not its own; confidence is that group's probability.
"""

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from shotscale.dataset import LabelledFrames
from shotscale.errors import TableError
from shotscale.evaluation import group_probabilities
from shotscale.files import atomic_path
from shotscale.scales import GROUPS
from shotscale.weights import ScaleModel

__all__ = ["Mistake", "draw_gallery", "find_mistakes"]

_CELL = (240, 150)
_COLUMNS = 4
_CAPTION = 34


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


def draw_gallery(frames: LabelledFrames, mistakes: list[Mistake], path: str | os.PathLike[str]) -> None:
    """Draw mistakes as a sheet of captioned frames into a PNG file, atomically."""
    if not mistakes:
        raise TableError("0 mistakes: nothing to draw; give frames that the network gets wrong")
    wide, tall = _CELL[0], _CELL[1] + _CAPTION
    rows = -(-len(mistakes) // _COLUMNS)
    sheet = Image.new("RGB", (min(len(mistakes), _COLUMNS) * wide, rows * tall), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default()
    for k, mistake in enumerate(mistakes):
        left, top = k % _COLUMNS * wide, k // _COLUMNS * tall
        frame = Image.fromarray(frames.images[mistake.row])
        frame.thumbnail((_CELL[0] - 8, _CELL[1] - 4))
        sheet.paste(frame, (left + (wide - frame.width) // 2, top + (_CELL[1] - frame.height) // 2))
        caption = f"{mistake.truth}, taken for {mistake.predicted} ({mistake.confidence:.2f})"
        pen.text((left + 6, top + _CELL[1]), caption, fill="black", font=font)
        pen.text((left + 6, top + _CELL[1] + 13), mistake.file[-36:], fill="grey", font=font)
    with atomic_path(path) as temporary:
        sheet.save(temporary, format="PNG")
