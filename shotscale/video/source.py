"""What to open for a film: a file, a pipe, numbered pictures, an animated WebP.

Conventions
-----------
A path is ``-`` for standard input, a file, or a pattern of numbered pictures (``frames/%04d.png``). A pipe cannot be
rewound, and is written to a temporary file first. The decoding library cannot read an animated WebP: Pillow can, and
its pictures are written to a temporary file without loss. Code that receives a `FilmSource` opens what it names, and
shows the user the path that the user gave.
"""

import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from PIL import Image, ImageSequence

from shotscale.errors import FilmError, OptionError
from shotscale.files import sha256, temporary_space
from shotscale.filmpaths import NUMBER, PIPE, is_numbered
from shotscale.images import UNREADABLE, as_rgb
from shotscale.video.decoding import MAX_PIXELS

_PIECE_BYTES = 1 << 20  # 1 MiB: large compared to a pipe's 64 KiB, small compared to any memory
_MILLISECONDS = Fraction(1, 1000)
_LOSSLESS = "bgr0"
_DISC_MARK_AT, _DISC_MARKS = 32769, (b"CD001", b"BEA01")  # ISO 9660 and UDF
_SHORTEST, _ASSUMED = 10, 100  # milliseconds; browsers show WebP pictures with a duration of 10 or less for 100


@dataclass(frozen=True, slots=True)
class FilmSource(os.PathLike[str]):
    """What to open for a name that the user gave: the film consists of `files`, the decoding library opens `opened`.

    `format` and `options` are passed to the library, which detects a `format` of None; `kind` is the container and
    codec to report, if not those of the opened file; `notes` say what was wrong.
    """

    name: str
    files: tuple[Path, ...]
    opened: str
    format: str | None = None
    kind: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __fspath__(self) -> str:
        return self.opened

    def __str__(self) -> str:
        return self.name

    @property
    def rate(self) -> str:
        """Frames per second of numbered pictures, as a fraction; empty for a film with times of its own."""
        return self.options.get("framerate", "")


@contextmanager
def film_source(path: str | os.PathLike[str], *, fps: Fraction | float | None = None) -> Iterator[FilmSource]:
    """Yield what to open for a file, for ``-``, or for a pattern of numbered pictures shown at `fps`.

    Raises
    ------
    FilmError
        If there is no such readable file, no picture has such a name, one is missing or empty, or the pipe or WebP has
        nothing that can be shown.
    OptionError
        If `fps` is missing for numbered pictures, is given for anything else, or is not a valid rate.
    OutputError
        If there is no room for a temporary file.
    """
    name = os.fspath(path)
    if isinstance(path, FilmSource):
        yield path
    elif is_numbered(name):
        yield _numbered_pictures(name, fps)
    elif fps is not None:
        raise OptionError(f"fps = {fps}: it is for numbered pictures, not for {name}; leave it out")
    elif name == PIPE or _is_animated_webp(name):
        with tempfile.TemporaryDirectory(prefix="shotscale-") as folder:
            if name == PIPE:
                file = _from_pipe(Path(folder) / "film")
                yield FilmSource(name, (file,), str(file))
            else:
                yield _from_webp(name, Path(folder) / "film.mkv")
    else:
        yield source_of(path)


def checksum(source: FilmSource) -> str:
    """Return the SHA-256 of a film's content: of all its files, one after the other.

    Raises
    ------
    FilmError
        If a file cannot be read to its end, as on a disk that fails or is unplugged.
    """
    try:
        return sha256(*source.files)
    except OSError as error:
        why = error.strerror or error
        raise FilmError(f"{source}: cannot be read to its end ({why}); check its disk, and copy the film") from error


def is_of_disk(error: FilmError) -> bool:
    """Return whether a film's error comes from reading its files, not from the decoder, whose errors are the film's."""
    return isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, av.FFmpegError)


def files_of(path: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Return the files of a film that are still there, in order; a pipe has none."""
    name = os.fspath(path)
    if isinstance(path, FilmSource):
        return path.files
    if is_numbered(name):
        return tuple(_pictures(name).values())
    return (Path(name),) if name != PIPE and Path(name).is_file() else ()


def rate_of(fps: Fraction | float) -> str:
    """Return a rate as `FilmSource.rate` has it."""
    return str(Fraction(fps).limit_denominator(1001))


def source_of(path: str | os.PathLike[str]) -> FilmSource:
    """Return what to open for a path, or raise `FilmError` if it is not a readable file."""
    if isinstance(path, FilmSource):
        return path
    file = _regular_file(path)
    return FilmSource(str(path), (file,), str(file))


def _regular_file(path: str | os.PathLike[str]) -> Path:
    source = Path(path)
    try:
        if source.is_dir():
            raise FilmError(f"{path}: is a folder; give the path of a video file")
        if not source.exists():
            raise FilmError(f"{path}: no such file; give the path of a local video file")
        if not source.is_file():
            raise FilmError(f"{path}: is not a regular file; give a local video file, or - for what is piped in")
        if source.stat().st_size == 0:
            raise FilmError(f"{path}: is empty; give a video file")
        with source.open("rb") as file:
            file.seek(_DISC_MARK_AT)
            if file.read(5) in _DISC_MARKS:  # the decoding library would read menus and all titles as one film
                raise FilmError(
                    f"{path}: is the image of a disc; mount it and give the film on it, of a DVD what this makes: "
                    "cat VIDEO_TS/VTS_01_[1-9].VOB > film.vob"
                )
    except FilmError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FilmError(f"{path}: cannot be read ({reason}); give the path of a local video file") from error
    return source.absolute()


def _numbered_pictures(name: str, fps: Fraction | float | None) -> FilmSource:
    if fps is None:
        raise OptionError(f"{name}: numbered pictures have no times; add --fps 24, say")
    if not 0 < fps <= 1000:
        raise OptionError(f"fps = {fps}: frames per second lie between 0 and 1000; 24 and 25 are usual")
    path, pictures = Path(name).absolute(), _pictures(name)
    before, digits, after = NUMBER.split(path.name, maxsplit=1)
    if not pictures:
        raise FilmError(f"{name}: no such picture; check the folder and how many digits the numbers have")
    gap = next((one + 1 for one, other in pairwise(pictures) if other != one + 1), None)
    if gap is not None:
        missing = path.with_name(f"{before}{_padded(gap, digits)}{after}")
        raise FilmError(f"{missing}: is missing; number the pictures without a gap")
    # The decoding library takes an empty picture for the film's end.
    empty = next((file for file in pictures.values() if not (file.is_file() and file.stat().st_size)), None)
    if empty is not None:
        raise FilmError(f"{empty}: is empty or no file; copy it again, or number the pictures without it")
    options = {
        "framerate": rate_of(fps),
        "start_number": str(min(pictures)),
        "start_number_range": "1",
        "pattern_type": "sequence",
        "format_whitelist": "image2",
    }
    number = path.name.removeprefix(before).removesuffix(after)
    # The decoding library reads %% as a percent sign.
    beside = [text.replace("%", "%%") for text in (f"{path.parent}{os.sep}{before}", after)]
    return FilmSource(name, tuple(pictures.values()), number.join(beside), format="image2", options=options)


def _pictures(name: str) -> dict[int, Path]:
    """Return the pictures with names as in a pattern, by number."""
    path = Path(name).absolute()
    before, digits, after = NUMBER.split(path.name, maxsplit=1)
    pattern = re.compile(rf"{re.escape(before)}(\d+){re.escape(after)}")
    entries = path.parent.iterdir() if path.parent.is_dir() else ()
    found = ((match[1], entry) for entry in entries if (match := pattern.fullmatch(entry.name)))
    return dict(sorted((int(number), entry) for number, entry in found if number == _padded(int(number), digits)))


def _padded(number: int, digits: str) -> str:
    """Pad a number as ``%04d`` does, given its digits."""
    return f"{number:0{int(digits or 0)}d}"


def _from_pipe(file: Path) -> Path:
    """Write standard input to a file."""
    if sys.stdin.isatty():
        raise OptionError("-: nothing is piped in; pipe a film, as in: cat film.mkv | shotscale analyze -")
    with temporary_space(), file.open("wb") as written:
        shutil.copyfileobj(sys.stdin.buffer, written, _PIECE_BYTES)
    if not file.stat().st_size:
        raise FilmError("-: the pipe is empty; check the command before it")
    return file


def _is_animated_webp(name: str) -> bool:
    try:
        if not Path(name).is_file():
            return False
        with Path(name).open("rb") as file:
            head = file.read(21)
    except (OSError, ValueError):
        return False
    return head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and len(head) == 21 and bool(head[20] & 2)


def _from_webp(name: str, film: Path) -> FilmSource:
    """Write the pictures of an animated WebP to a film without loss."""
    time = 0
    notes: list[str] = []
    with temporary_space(), av.open(str(film), "w") as container:
        stream = container.add_stream("ffv1", rate=Fraction(1000, _ASSUMED))
        stream.codec_context.time_base = _MILLISECONDS
        for picture, lasts in _webp_pictures(Path(name), notes):
            if not time:
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = _LOSSLESS
            frame = VideoFrame.from_ndarray(picture, "rgb24").reformat(format=_LOSSLESS)
            frame.pts, frame.time_base, frame.duration = time, _MILLISECONDS, lasts
            time += lasts
            container.mux(stream.encode(frame))
        if not time:
            raise FilmError(f"{Path(name)}: not an animated WebP that can be read; check the file")
        container.mux(stream.encode(None))
    told = tuple(f"{note} at {time / 1000:.1f} s: the file is damaged or cut short" for note in notes)
    return FilmSource(name, (Path(name),), str(film), kind="webp", notes=told)


def _webp_pictures(path: Path, notes: list[str]) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield each picture and its duration in milliseconds; note damage and end there."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as animation:
            if animation.width * animation.height > MAX_PIXELS:
                raise FilmError(f"{path}: a picture of {animation.width} x {animation.height}; make it smaller")
            for picture in ImageSequence.Iterator(animation):
                image = as_rgb(picture)  # only now does Pillow know the duration
                lasts = int(animation.info.get("duration", 0))
                yield image, lasts if lasts > _SHORTEST else _ASSUMED
    except FilmError:
        raise
    except UNREADABLE:
        notes.append("reading stopped")
