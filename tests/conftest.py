"""Tiny films for every test: intact, odd and broken ones, made with PyAV on first use."""

import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from functools import partial
from importlib import import_module
from itertools import zip_longest
from math import isclose
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import av
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from av.video.frame import VideoFrame
from chromium import started_chromium
from hypothesis import settings
from PIL import Image

from authorship.cli.app import main as authorship_main
from shotscale import drawn as drawing
from shotscale.cli.app import main as shotscale_main
from shotscale.drawn import Dissolve, DrawnFilm, Fade, Script, Shot
from shotscale.film import Film
from shotscale.scales import ShotScale
from shotscale.tables import make_scales, make_shots

# Its test runs it as a script; doctests are collected from every other file.
collect_ignore = ["shotscale/store/killed_runs.py"]

Images = npt.NDArray[np.uint8]
DrawFilm = Callable[..., Film]
Run = Callable[..., tuple[int, str, str]]
Recorded = Callable[[str, str], None]
SHARED = Path(__file__).parents[2] / "shared"
RECORDED = Path(__file__).parent / "recorded"
SIZE = (96, 54)
# The same examples in every run, however busy the machine; `pytest --hypothesis-profile=others` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("others", deadline=None)
settings.load_profile("same")

_DECIMALS = re.compile(r"-?\d+\.\d+")
_FINE = {"flags": "+qscale", "global_quality": "236"}


def colored(n: int, *, size: tuple[int, int] = SIZE, first: int = 0) -> Images:
    """Return frames that encode their number: red rises by 8 per frame, over a gray left and a bright right half."""
    width, height = size
    images = np.full((n, height, width, 3), 60, np.uint8)
    images[:, :, width // 2 :] = 200
    images[..., 0] = ((np.arange(first, first + n) * 8) % 248)[:, None, None]
    return images


def encode(
    path: Path,
    images: Iterable[Images],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    pts: list[int] | None = None,
    time_base: Fraction = Fraction(1, 24),
    options: dict[str, str] | None = None,
    before: Callable[[Any], None] | None = None,
    frame_tags: Callable[[VideoFrame], None] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Encode RGB images; `before` sets up the stream, `frame_tags` each frame, `pts` counts in `time_base`."""
    images = list(images)
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=24, options=options or {})
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = time_base
        stream.codec_context.thread_count = 1
        if before is not None:
            before(stream)
        for n, image in enumerate(images):
            frame = VideoFrame.from_ndarray(image, "rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = (pts[n] if pts is not None else n), time_base
            if frame_tags is not None:
                frame_tags(frame)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def tone(path: Path, *, codec: str = "aac", seconds: float = 1.0, cover: bool = False, fmt: str | None = None) -> Path:
    """Write audio only, or audio with a cover picture."""
    with av.open(str(path), "w", format=fmt) as container:
        stream = container.add_stream(codec, rate=44100)
        picture = None
        if cover:
            picture = container.add_stream("mjpeg", rate=1)
            picture.width = picture.height = 64
            picture.pix_fmt = "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
        if picture is not None:
            frame = VideoFrame.from_ndarray(colored(1, size=(64, 64))[0], "rgb24").reformat(format="yuvj420p")
            frame.pts = 0
            container.mux([*picture.encode(frame), *picture.encode(None)])
        fifo = av.AudioFifo()
        layout, sample_format = "stereo", stream.codec_context.format.name
        dtype = {"flt": np.float32, "s16": np.int16, "s32": np.int32}[sample_format.removesuffix("p")]
        n = int(44100 * seconds)
        planes = np.zeros((2, n) if sample_format.endswith("p") else (1, 2 * n), dtype)
        sound = av.AudioFrame.from_ndarray(planes, format=sample_format, layout=layout)
        sound.sample_rate, sound.pts = 44100, 0
        fifo.write(sound)
        while (piece := fifo.read(stream.codec_context.frame_size or 1024)) is not None:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def patch_mp4(path: Path, box: bytes, offset: int, value: bytes) -> Path:
    """Overwrite bytes in the first box of a type, at `offset` from the end of the box's name."""
    data = bytearray(path.read_bytes())
    at = data.index(box) + len(box) + offset
    data[at : at + len(value)] = value
    path.write_bytes(bytes(data))
    return path


class FilmShelf:
    """Films by name, each made once per test session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, Path] = {}

    def __getitem__(self, name: str) -> Path:
        if name not in self._made:
            self._made[name] = getattr(self, f"_{name}")()
        return self._made[name]

    def _plain(self) -> Path:
        return encode(self.folder / "plain.mp4", colored(30))

    def _mkv(self) -> Path:
        return encode(self.folder / "plain.mkv", colored(30))

    def _long_gop(self) -> Path:
        """Two hundred noisy frames with B frames and a key frame every 25."""
        rng = np.random.default_rng(1)
        images = rng.integers(0, 255, (8, 54, 96, 3), np.uint8)[np.arange(200) % 8] // 4 + colored(200) // 2
        return encode(self.folder / "gop.mkv", images, options={"g": "25", "bf": "2", "preset": "veryfast"})

    def _open_gop(self) -> Path:
        rng = np.random.default_rng(2)
        images = rng.integers(0, 255, (8, 54, 96, 3), np.uint8)[np.arange(200) % 8] // 4 + colored(200) // 2
        options = {"g": "25", "bf": "3", "preset": "veryfast", "x264-params": "open-gop=1:b-adapt=0"}
        return encode(self.folder / "open_gop.mp4", images, options=options)

    def _intra_refresh(self) -> Path:
        """No key frame except the first: the picture is refreshed column by column."""
        noise = np.random.default_rng(3).integers(0, 255, (54, 96, 3), np.uint8)
        images = np.stack([np.roll(noise, shift, axis=1) for shift in range(200)])
        options = {"g": "25", "preset": "veryfast", "x264-params": "intra-refresh=1:bframes=0:scenecut=0"}
        return encode(self.folder / "intra_refresh.mkv", images, options=options)

    def _hard_cut(self) -> Path:
        return self.drawn("hard_cut", [_SHOT, Shot(seconds=1, setting="beach", scale=ShotScale.LONG_SHOT)]).path

    def _dissolve(self) -> Path:
        return self.drawn("dissolve", [_SHOT, Dissolve(0.5), Shot(seconds=1, setting="beach")]).path

    def _fade(self) -> Path:
        return self.drawn("fade", [_SHOT, Fade(0.6), Shot(seconds=1, setting="beach")]).path

    def _variable_rate(self) -> Path:
        pts = np.cumsum([0, *([1001, 2002, 500, 4004] * 8)])[:30].tolist()
        return encode(self.folder / "vfr.mp4", colored(30), pts=pts, time_base=Fraction(1, 24000))

    def _late_start(self) -> Path:
        """A transport stream whose timestamps begin at about 2.1 s and count in 1/90000 s."""
        return encode(self.folder / "late.ts", colored(30), pts=list(range(50, 80)))

    def _edit_list(self) -> Path:
        """The file holds 30 frames; its edit list skips the first 10."""
        path = encode(self.folder / "edit.mp4", colored(30), options={"bf": "0"})
        data = path.read_bytes()
        scale = struct.unpack(">I", data[data.index(b"mdhd") + 16 :][:4])[0]
        return patch_mp4(path, b"elst", 12, struct.pack(">I", scale * 10 // 24))

    def _one_frame(self) -> Path:
        return encode(self.folder / "one.mp4", colored(1))

    def _odd_size(self) -> Path:
        return encode(self.folder / "odd.mkv", colored(5, size=(97, 55)), pix_fmt="yuv444p")

    def _tiny(self) -> Path:
        return encode(self.folder / "tiny.mkv", colored(5, size=(2, 2)), codec="ffv1")

    def _anamorphic(self) -> Path:
        def wide(stream: Any) -> None:
            stream.codec_context.sample_aspect_ratio = Fraction(16, 11)

        return encode(self.folder / "anamorphic.mkv", colored(5), before=wide)

    def _rotated(self) -> Path:
        def turned(stream: Any) -> None:
            stream.set_display_rotation(-90)

        return encode(self.folder / "rotated.mp4", colored(5), before=turned)

    def _hdr(self) -> Path:
        """Ten bits, BT.2020, PQ: the left half is at 0.5 cd/m2, the right half at 203 cd/m2 (diffuse white)."""
        code = np.where(np.arange(96) < 48, 0.0 + _pq(0.5), _pq(203.0))
        image = np.repeat(np.repeat((code * 65535).astype(np.uint16)[None, :, None], 54, 0), 3, 2)
        path = self.folder / "hdr.mkv"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx265", rate=24, options={"x265-params": "log-level=none:pools=1"})
            stream.width, stream.height, stream.pix_fmt = 96, 54, "yuv420p10le"
            context = stream.codec_context
            context.color_primaries, context.color_trc, context.colorspace, context.color_range = 9, 16, 9, 1
            for n in range(5):
                frame = VideoFrame.from_ndarray(image, "rgb48le")
                frame = frame.reformat(format="yuv420p10le", dst_colorspace="bt2020", dst_color_range="MPEG")
                frame.pts, frame.color_trc, frame.color_primaries = n, 16, 9
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path

    def _interlaced(self) -> Path:
        """Even rows are black, odd rows white: two fields of a film at different moments."""
        image = np.zeros((54, 96, 3), np.uint8)
        image[1::2] = 255
        options = {"flags": "+ildct+ilme+qscale", "global_quality": "236"}
        return encode(self.folder / "interlaced.mkv", [image] * 5, codec="mpeg2video", options=options)

    def _letterboxed(self) -> Path:
        images = colored(60, size=(96, 72))
        images[:, :9] = images[:, 63:] = 0
        return encode(self.folder / "letterboxed.mp4", images)

    def _gif(self) -> Path:
        return encode(self.folder / "moving.gif", colored(5), codec="gif", pix_fmt="rgb8")

    def _avi(self) -> Path:
        return encode(self.folder / "old.avi", colored(30), codec="mpeg4", options={"bf": "2", **_FINE})

    def _avi_h264(self) -> Path:
        """AVI stores when a packet is decoded, not when it is shown; H.264 reorders frames."""
        return encode(self.folder / "h264.avi", colored(30), options={"bf": "3", "g": "12"})

    def _asf_h264(self) -> Path:
        return encode(self.folder / "h264.asf", colored(30), options={"bf": "3", "g": "12"})

    def _mxf_h264(self) -> Path:
        """The presentation timestamps, as read, follow decoding order."""
        return encode(self.folder / "h264.mxf", colored(30), options={"bf": "2", "g": "12", "profile": "high"})

    def _avi_gap(self) -> Path:
        """An empty packet for each of five missing frames."""
        pts = [*range(10), *range(15, 30)]
        return encode(self.folder / "gap.avi", colored(30)[pts], codec="mjpeg", pix_fmt="yuvj420p", pts=pts)

    def _second_recording(self) -> Path:
        return self._recording("second.ts", first=50 + 700 * 24)

    def _joined_recordings(self) -> Path:
        """Two transport streams in succession; the second one's clock is 700 s ahead."""
        return joined(self.folder / "joined.ts", self["late_start"], self["second_recording"])

    def _joined_vobs(self) -> Path:
        parts = [self._recording(f"{first}.vob", first=first, codec="mpeg2video") for first in (50, 50 + 700 * 24)]
        return joined(self.folder / "joined.vob", *parts)

    def _other_pid(self) -> Path:
        """A transport stream that continues under another PID."""
        parts = [self._recording(f"pid_{pid}.ts", n=96, pid=pid) for pid in (256, 300)]
        return joined(self.folder / "other_pid.ts", *parts)

    def _recording(self, name: str, *, n: int = 30, first: int = 50, codec: str = "libx264", pid: int = 256) -> Path:
        options = {} if name.endswith(".vob") else {"mpegts_start_pid": str(pid)}
        pts = list(range(first, first + n))
        return encode(self.folder / name, colored(n), codec=codec, pts=pts, container_options=options)

    def _encrypted(self) -> Path:
        options = {
            "encryption_scheme": "cenc-aes-ctr",
            "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
            "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
        }
        return encode(self.folder / "encrypted.mp4", colored(30), container_options=options)

    def _protected_tag(self) -> Path:
        """The library has no decoder for such pictures."""
        path = self.folder / "bought.mov"
        path.write_bytes(self["plain"].read_bytes())
        return patch_mp4(path, b"stsd", 12, b"drmi")

    def _scrambled_ts(self) -> Path:
        return self.scrambled("scrambled.ts", 0.2, 1.0)

    def _scrambled_vob(self) -> Path:
        return self.scrambled("scrambled.vob", 0.2, 1.0)

    def scrambled(self, name: str, first: float, last: float) -> Path:
        """Return a recording whose pictures are marked as scrambled between two shares of the file; they are clear."""
        path = self._recording(name, n=240, codec="mpeg2video")
        data = bytearray(path.read_bytes())
        if path.suffix == ".ts":
            heads = [at for at in range(0, len(data), 188) if (data[at + 1] & 0x1F, data[at + 2]) == (1, 0)]
            marks = [(at + 3, 0x80) for at in heads]
        else:
            marks = [(found.start() + 6, 0x30) for found in re.finditer(rb"\x00\x00\x01\xe0", data)]
        for at, bits in marks:
            data[at] |= bits if first <= at / len(data) < last else 0
        path.write_bytes(bytes(data))
        return path

    def _two_streams(self) -> Path:
        """A small preview at one frame per second comes before the film, which is the default stream."""
        path = self.folder / "two.mp4"
        with av.open(str(path), "w") as container:
            streams = [container.add_stream("mpeg4", rate=24) for _ in "12"]
            for stream, width, default in zip(streams, (48, 96), (0, av.stream.Disposition.default.value), strict=True):
                stream.width, stream.height, stream.pix_fmt, stream.disposition = width, 54, "yuv420p", default
            for stream, step in zip(streams, (24, 1), strict=True):
                for pts in range(0, 48, step):
                    image = colored(1, size=(stream.width, 54), first=pts)[0]
                    frame = VideoFrame.from_ndarray(image, "rgb24").reformat(format="yuv420p")
                    frame.pts, frame.time_base = pts, Fraction(1, 24)
                    container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
        return path

    def _flv(self) -> Path:
        return encode(self.folder / "web.flv", colored(30), codec="flv1")

    def _raw(self) -> Path:
        return encode(self.folder / "bare.h264", colored(30))

    def _named(self) -> Path:
        return encode(self.folder / "Le Mépris – 軽蔑 (1963) 50%.mkv", colored(5))

    def _colon(self) -> Path:
        return encode_then_rename(self.folder / "http:film.mkv", colored(5))

    def _truncated_mp4(self) -> Path:
        """The index comes first, and the second half of the file is missing."""
        rng = np.random.default_rng(4)
        images = rng.integers(0, 255, (120, 54, 96, 3), np.uint8)
        whole = encode(self.folder / "whole.mp4", images, container_options={"movflags": "faststart"})
        return cut_short(whole, self.folder / "truncated.mp4", 0.5)

    def _truncated_no_index(self) -> Path:
        return cut_short(self["plain"], self.folder / "no_index.mp4", 0.5)

    def _truncated_avi(self) -> Path:
        whole = encode(self.folder / "whole.avi", colored(120), codec="mjpeg", pix_fmt="yuvj420p")
        return cut_short(whole, self.folder / "truncated.avi", 0.5)

    def _truncated_mkv(self) -> Path:
        rng = np.random.default_rng(4)
        whole = encode(self.folder / "whole.mkv", rng.integers(0, 255, (120, 54, 96, 3), np.uint8))
        return cut_short(whole, self.folder / "truncated.mkv", 0.5)

    def _damaged_mkv(self) -> Path:
        """Bytes in the middle are overwritten."""
        whole = bytearray(self["long_gop"].read_bytes())
        rng = np.random.default_rng(5)
        for at in rng.integers(len(whole) // 3, 2 * len(whole) // 3, 40):
            whole[at] ^= 0xFF
        path = self.folder / "damaged.mkv"
        path.write_bytes(bytes(whole))
        return path

    def _absurd(self) -> Path:
        """A film whose header claims 16000 x 12000 pixels."""
        path = encode(self.folder / "absurd.avi", colored(5), codec="ffv1")
        data = path.read_bytes()
        path.write_bytes(data.replace(struct.pack("<II", *SIZE), struct.pack("<II", 16000, 12000)))
        return path

    def _sound_only(self) -> Path:
        return tone(self.folder / "sound.m4a", fmt="mp4")

    def _cover_only(self) -> Path:
        return tone(self.folder / "cover.mp3", codec="libmp3lame", cover=True)

    def _empty(self) -> Path:
        path = self.folder / "empty.mkv"
        path.touch()
        return path

    def _text(self) -> Path:
        path = self.folder / "notes.mkv"
        path.write_text("Shot 1: a street at night.\n" * 50)
        return path

    def _no_length(self) -> Path:
        """A complete container whose video stream has no frames."""
        path = self.folder / "nothing.mkv"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=24)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
            container.start_encoding()
        return path

    def _playlist(self) -> Path:
        path = self.folder / "list.m3u8"
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.25,\n{self['plain'].name}\n#EXT-X-ENDLIST\n")
        return path

    def _concat(self) -> Path:
        path = self.folder / "list.ffconcat"
        path.write_text(f"ffconcat version 1.0\nfile {self['plain'].name}\n")
        return path

    def drawn(self, name: str, script: Script, *, seed: int = 7, **options: Any) -> DrawnFilm:
        """Draw a film from a script."""
        return drawing.draw_film(self.folder / f"{name}.mp4", seed=seed, script=script, size=(160, 90), **options)


_SHOT = Shot(seconds=1, setting="room", scale=ShotScale.CLOSE_UP)


def _pq(nits: float) -> float:
    """Return the PQ code (0 to 1) of a luminance, SMPTE ST 2084."""
    y = (nits / 10000) ** (2610 / 16384)
    return float(((3424 / 4096 + 2413 / 128 * y) / (1 + 2392 / 128 * y)) ** (2523 / 32))


def cut_short(source: Path, target: Path, share: float) -> Path:
    """Copy the first part of a file."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


def joined(path: Path, *parts: Path) -> Path:
    """Concatenate files."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def encode_then_rename(path: Path, images: Images) -> Path:
    """Encode under a plain name first: PyAV would take the colon for a protocol."""
    plain = encode(path.with_name("renamed.mkv"), images)
    return plain.rename(path)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> FilmShelf:
    """Tiny films by name: ``films["plain"]`` is a path."""
    return FilmShelf(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of labeled material beside the checkout; skip if it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no labeled material beside the checkout")
    return SHARED


@pytest.fixture
def colored_frames() -> Callable[..., Images]:
    """Return `colored`, for tests that make their own films."""
    return colored


@pytest.fixture
def encode_film() -> Callable[..., Path]:
    """Return `encode`, for tests that make their own films."""
    return encode


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option that records anew what the tests compare with."""
    parser.addoption("--record", action="store_true", help="write tests/recorded anew; look at what changed")


@pytest.fixture
def recorded(request: pytest.FixtureRequest) -> Recorded:
    """Compare a text with the one recorded under its name: equal, but for what processors make of numbers.

    A number may differ by one in its last decimal, or by a ten-thousandth of itself.

    A deliberate change of an output is recorded by ``pytest --record``, and the difference is read before it is
    committed.
    """

    def compare(name: str, text: str) -> None:
        path = RECORDED / f"{name}.txt"
        if request.config.getoption("record"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        was = path.read_text(encoding="utf-8")
        pairs = zip_longest(was.splitlines(), text.splitlines(), fillvalue="")
        assert [pair for pair in pairs if not _alike(*pair)] == [], name

    return compare


def _alike(one: str, other: str) -> bool:
    if _DECIMALS.sub("#", one) != _DECIMALS.sub("#", other):
        return False
    pairs = zip(_DECIMALS.findall(one), _DECIMALS.findall(other), strict=True)
    return all(
        isclose(float(a), float(b), rel_tol=1e-4, abs_tol=1.01 * 10.0 ** -len(a.split(".")[1])) for a, b in pairs
    )


@pytest.fixture
def gray_grid() -> Callable[[npt.NDArray[Any]], str]:
    """Describe a picture by the mean gray of 32 by 18 cells, so that moving or recoloring anything in it shows."""

    def describe(picture: npt.NDArray[Any]) -> str:
        image = Image.fromarray(np.asarray(picture, np.uint8)).convert("F").resize((32, 18), Image.Resampling.BOX)
        return "".join(" ".join(f"{level:.1f}" for level in row) + "\n" for row in np.asarray(image))

    return describe


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start a browser, so that they can be selected."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def _browser_scope(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:
    """Start one browser for all tests if they all need it; Playwright's event loop is in the way of other tests."""
    return "session" if config.option.markexpr == "browser" else "module"


@pytest.fixture(scope=_browser_scope)
def browser() -> Iterator[Any]:
    """Start headless Chromium."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(started_chromium())
        except (ImportError, FileNotFoundError) as error:
            pytest.skip(str(error))
        yield started


@pytest.fixture
def run_program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process and return its exit status, stdout and stderr."""

    def call(program: str, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [program, *map(str, arguments)])
        try:
            (authorship_main if program == "authorship" else shotscale_main)()
            status = 0
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def run(run_program: Run) -> Run:
    """Run ``authorship`` in this process."""
    return partial(run_program, "authorship")


@pytest.fixture(scope="session")
def draw_film() -> DrawFilm:
    """Draw a film with lognormal shot lengths and a scale for each shot."""

    def draw(
        *, n_shots: int = 300, asl: float = 15.0, sigma: float = 1.1, seed: int = 0, name: str = "film.mkv"
    ) -> Film:
        generator = np.random.default_rng(seed)
        lengths = np.exp(generator.normal(np.log(asl) - sigma**2 / 2, sigma, n_shots)).clip(0.2)
        starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
        end = float(lengths.sum())
        times = np.arange(0.0, end, 1.0)
        shot = np.searchsorted(starts, times, side="right") - 1
        by_shot = generator.dirichlet(np.ones(7), n_shots)
        return Film(
            path=name,
            info={"duration": end, "width": 640, "height": 360, "fps": 25.0, "codec": "h264"},
            shots=make_shots(starts, end),
            scales=make_scales(times, by_shot[shot]),
            provenance={"versions": {"numpy": np.__version__}, "checksums": {"film": "0" * 64}, "settings": {}},
        )

    return draw


@pytest.fixture(scope="session")
def cutting(shared: Path) -> dict[str, pd.DataFrame]:
    """Return the shot tables of the 134 Hollywood films."""
    shots = pd.read_csv(shared / "reference" / "cutting_134_films_shot_lengths_long.csv")
    films = {}
    for name, film in shots.groupby("film", sort=False):
        ends = film["length_s"].cumsum().to_numpy()
        films[str(name)] = pd.DataFrame({"start": np.concatenate([[0.0], ends[:-1]]), "end": ends})
    return films


@pytest.fixture(scope="session")
def stand_in() -> Iterator[ModuleType]:
    """Yield a module with a corpus of a few bytes per film and an analysis that takes a moment."""
    folder = str(Path(__file__).parent / "shotscale" / "store")
    sys.path.insert(0, folder)
    yield import_module("stand_in")
    sys.path.remove(folder)
