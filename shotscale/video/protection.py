"""Signs that a film is protected, read from the file before anything is decoded.

The decoder takes scrambled pictures for damaged ones, and the library has none for some protected formats.
"""

import mmap
import os
import re
from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

_ENTRY = re.compile(rb"stsd.{12}(?:encv|drmi)", re.DOTALL)  # the description of protected pictures in an MP4
_PIECES, _PIECE_BYTES = 16, 1 << 16  # places examined in a recording, and bytes read there: a few hundred packets
_FEW = 0.1  # of a piece's packets: none is marked in a clear one, but for damage, and discs scramble only a part
_SYNC, _STEPS = 0x47, (188, 192, 204)  # how a packet begins, and its bytes: plain, with a time, with error correction


def is_tagged(path: str | os.PathLike[str], container: InputContainer, stream: VideoStream | None) -> bool:
    """Return whether a film's stream is described as protected; None stands for one that nothing decodes."""
    if stream is not None:
        return stream.codec_context.codec_tag.lower() == "encv" or "enc_key_id" in stream.metadata
    if not container.format.name.startswith("mov"):
        return False
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _ENTRY.search(content) is not None


def scrambled_share(path: str | os.PathLike[str], container: InputContainer, stream: VideoStream) -> float:
    """Return the share of a recording, 0 to 1, in which packets of pictures are marked as scrambled."""
    marks_of = {"mpegts": _transport_marks, "mpeg": _program_marks}.get(container.format.name)
    if marks_of is None:
        return 0.0
    pieces = [marks for piece in _pieces(Path(path)) if (marks := marks_of(piece, stream.id))]
    return sum(sum(marks) > _FEW * len(marks) for marks in pieces) / max(1, len(pieces))


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield pieces of a file from evenly spaced places."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for place in range(_PIECES):
            file.seek(place * size // _PIECES)
            yield file.read(min(_PIECE_BYTES, size // _PIECES))


def _transport_marks(piece: bytes, pid: int) -> list[bool]:
    """Return whether each packet of a stream is marked as scrambled."""
    starts = ((step, first) for step in _STEPS for first in range(step))
    step, first = next((at for at in starts if set(piece[at[1] :: at[0]]) == {_SYNC}), (len(piece) + 1, 0))
    heads = [piece[at : at + 4] for at in range(first, len(piece) - 3, step)]
    return [head[3] >> 7 == 1 for head in heads if (head[1] & 0x1F) << 8 | head[2] == pid]


def _program_marks(piece: bytes, code: int) -> list[bool]:
    """Return the same for the packets of an MPEG-2 program stream."""
    heads = re.findall(rb"\x00\x00\x01" + re.escape(bytes([code & 0xFF])) + rb"..([\x80-\xbf])", piece, re.DOTALL)
    return [head[0] & 0x30 != 0 for head in heads]
