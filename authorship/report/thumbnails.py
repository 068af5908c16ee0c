"""Pictures of shots, small enough for those of a whole film to fit into one page."""

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:  # it needs av, which is not required for shots without pictures
    from shotscale.video.stills import Still

BUDGET = 4_500_000
"""Bytes of all pictures together, before base64 adds a third: the whole page stays well under 10 MB."""

# Rows of pixels and WebP quality, by eye; the first step whose pictures fit is used.
_STEPS = ((112, 70), (96, 60), (96, 45), (80, 40), (64, 35), (48, 30), (36, 25))
_PROBES = 48  # pictures sampled to estimate the total size


def data_uris(stills: "Sequence[Still | None]", *, budget: int = BUDGET) -> list[str | None]:
    """Encode the pictures as WebP data URIs, as large and as good as the total byte budget allows."""
    present = [still for still in stills if still is not None]
    if not present:
        return [None] * len(stills)
    probes = present[:: max(1, len(present) // _PROBES)]
    sizes = {step: sum(len(_webp(still, *step)) for still in probes) / len(probes) for step in _STEPS}
    fitting = [step for step in _STEPS if 1.05 * sizes[step] * len(present) <= budget]
    for step in fitting or _STEPS[-1:]:
        encoded = [None if still is None else _webp(still, *step) for still in stills]
        if step == _STEPS[-1] or sum(len(data) for data in encoded if data is not None) <= budget:
            break
    return [None if data is None else f"data:image/webp;base64,{base64.b64encode(data).decode()}" for data in encoded]


def _webp(still: "Still", height: int, quality: int) -> bytes:
    with Image.open(io.BytesIO(still.jpeg)) as image:
        picture = image.convert("RGB")
        if image.height > height:
            width = max(1, round(image.width * height / image.height))
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=2)
    return buffer.getvalue()
