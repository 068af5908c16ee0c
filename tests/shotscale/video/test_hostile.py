"""What a film may do to the decoder: unannounced streams, and any error that the decoder raises, at any call."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from av.packet import Packet
from av.video.reformatter import VideoReformatter

from shotscale.errors import FilmError
from shotscale.review.frames import FilmFrames, Want
from shotscale.video import FilmReader, probe_film
from shotscale.video.decoding import Damage, demux

PACKET = 188
LATE = {
    # A packet of an elementary stream that no table lists.
    ".ts": bytes.fromhex("47412310000001e000008080052100010001").ljust(PACKET, b"\xff"),
    # A packet of DVD subtitles.
    ".vob": bytes.fromhex("000001bd001081800521000100012000040000aabbcc"),
}
FINE = {"flags": "+qscale", "global_quality": "118", "g": "1"}


class TestStreamThatTheHeadDidNotAnnounce:
    @pytest.mark.parametrize("where", [0.95, 1.0])
    @pytest.mark.parametrize("suffix", [".ts", ".vob"])
    def test_it_is_left_out(self, tmp_path: Path, encode_film: Callable[..., Path], suffix: str, where: float) -> None:
        whole = encode_film(tmp_path / f"whole{suffix}", noise(suffix), codec="mpeg2video", options=FINE)
        data = whole.read_bytes()
        at = seam(data, int(len(data) * where), suffix)
        path = tmp_path / f"late{suffix}"
        path.write_bytes(data[:at] + LATE[suffix] + data[at:])
        if suffix == ".ts" or where < 1:  # opening a program stream also reads its end
            with av.open(str(path)) as container:
                assert len(container.streams) == 1
        assert told(path) == told(whole)

    def test_the_end_of_the_list_of_streams_is_no_error(self, monkeypatch: Any, films: Any) -> None:
        """Depending on what is in memory, PyAV raises this when it flushes a stream that is not in its list."""
        whole = told(films["mkv"])
        Failing("flush", IndexError("list index out of range")).patch(monkeypatch)
        assert told(films["mkv"]) == whole


def noise(suffix: str) -> Any:
    """Return more frames than are probed on opening: five seconds of a TS, five million bytes of a VOB."""
    shape = (240, 54, 96, 3) if suffix == ".ts" else (36, 270, 480, 3)
    return np.random.default_rng(1).integers(0, 255, shape, np.uint8)


def seam(data: bytes, at: int, suffix: str) -> int:
    """Return where the TS packet at `at` begins, or the first VOB pack at or after it."""
    if suffix == ".ts":
        return at // PACKET * PACKET
    found = data.find(b"\x00\x00\x01\xba", at)
    return found if found >= 0 else len(data)


def told(path: Path) -> tuple[int, float, list[str]]:
    with FilmReader(path, samples_per_second=0) as reader:
        n = sum(len(batch.times) for batch in reader)
    return n, reader.end, reader.notes


CALLS = ("open", "streams", "demux", "seek", "decode", "reformat", "frame")


def read_whole(path: Path) -> None:
    with FilmReader(path) as reader:
        list(reader)


def look(path: Path) -> None:
    with FilmFrames(path) as frames:
        frames.picture(Want(0.5))
        frames.times_around(0.5, 5)


def every_error() -> list[Exception]:
    """Return one error of every class that PyAV raises: FFmpeg's and Python's own."""
    of_ffmpeg = {
        kind for kind in vars(av.error).values() if isinstance(kind, type) and issubclass(kind, av.FFmpegError)
    }
    of_python = (AttributeError, AssertionError, IndexError, KeyError, NotImplementedError, OSError, OverflowError)
    of_python += (RuntimeError, TypeError, ValueError, ZeroDivisionError, EOFError, Exception)
    reason = "a reason\nof two lines"
    return [*(kind(1, reason) for kind in of_ffmpeg), *(kind(reason) for kind in of_python)]


SOME_ERRORS = (av.error.InvalidDataError(1, ""), av.error.MemoryError(12, "no\nmemory"), LookupError(), TypeError("\n"))


class TestEveryErrorAtEveryCall:
    @pytest.mark.parametrize("call", CALLS)
    def test_every_class_is_an_answer_or_a_line(self, monkeypatch: Any, films: Any, call: str) -> None:
        errors = every_error()
        assert len(errors) > 40
        for error in errors:
            self.try_it(monkeypatch, films["mkv"], read_whole, Failing(call, error))

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("use", [probe_film, read_whole, look])
    def test_so_it_is_wherever_a_film_is_read(
        self, monkeypatch: Any, films: Any, use: Callable[[Path], Any], call: str
    ) -> None:
        for after in (0, 7):
            for error in SOME_ERRORS:
                self.try_it(monkeypatch, films["mkv"], use, Failing(call, error, after=after))

    @staticmethod
    def try_it(monkeypatch: Any, path: Path, use: Callable[[Path], Any], failing: "Failing") -> None:
        with monkeypatch.context() as patched:
            failing.patch(patched)
            try:
                use(path)
            except FilmError as error:
                said = str(error)
            except MemoryError:
                said = ""  # the machine's fault, reported by the caller
            else:
                return
        assert said.startswith(f"{path}: ") or isinstance(failing.error, MemoryError)
        assert "; " in said or not said
        assert "\n" not in said


class Failing:
    """Open films as PyAV does, but raise an error at one kind of call, after `after` successful ones."""

    def __init__(self, call: str, error: Exception, *, after: int = 0) -> None:
        self.error = error
        self._open, self._call, self._after = av.open, call, after

    def patch(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(av, "open", self)
        monkeypatch.setattr("shotscale.video.pictures.VideoReformatter", lambda: _Reformatter(VideoReformatter(), self))

    def reach(self, call: str) -> None:
        if call == self._call and self._after == 0:
            raise self.error
        self._after -= call == self._call

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.reach("open")
        return _Container(self._open(*arguments, **options), self)


class _Wrapped:
    def __init__(self, real: Any, failing: Failing) -> None:
        self._real, self._failing = real, failing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Container(_Wrapped):
    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()

    @property
    def streams(self) -> Any:
        self._failing.reach("streams")
        return _Streams(self._real.streams, self._failing)

    def demux(self, stream: Any) -> Any:
        for packet in self._real.demux(stream._real):
            self._failing.reach("demux")
            yield packet
        self._failing.reach("flush")

    def seek(self, pts: int, *, stream: Any, backward: bool) -> None:
        self._failing.reach("seek")
        self._real.seek(pts, stream=stream._real, backward=backward)


class _Streams(_Wrapped):
    def __iter__(self) -> Any:
        return (_Stream(stream, self._failing) for stream in self._real)

    @property
    def video(self) -> Any:
        return tuple(_Stream(stream, self._failing) for stream in self._real.video)


class _Stream(_Wrapped):
    @property
    def codec_context(self) -> Any:
        return _Codec(self._real.codec_context, self._failing)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_real", "_failing"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._real, name, value)


class _Codec(_Stream):
    codec_context = None

    def decode(self, packet: Any) -> Any:
        self._failing.reach("decode")
        return [_Frame(frame, self._failing) for frame in self._real.decode(packet)]


class _Frame(_Wrapped):
    @property
    def pts(self) -> Any:
        self._failing.reach("frame")
        return self._real.pts


class _Reformatter(_Wrapped):
    def reformat(self, frame: Any, **options: Any) -> Any:
        self._failing.reach("reformat")
        return self._real.reformat(frame._real, **options)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (av.error.InvalidDataError(1, ""), "not a video that can be read (no video inside, or cut short); give"),
        (
            av.error.ArgumentError(22, ""),
            "not a video that can be read (a playlist, a still picture or text); give a whole video file such as .mp4 "
            "or .mkv, or frames/%04d.png --fps 24 for numbered pictures",
        ),
        (OSError(5, "Input/output error"), "cannot be opened (input/output error); check the file and its disk"),
        (TypeError("no such option"), "cannot be opened (no such option); check the file and its disk"),
    ],
)
def test_only_a_file_without_pictures_is_called_no_video(
    monkeypatch: Any, films: Any, error: Exception, said: str
) -> None:
    path = films["mkv"]
    Failing("open", error).patch(monkeypatch)
    with pytest.raises(FilmError, match=re.escape(f"{path}: {said}")):
        probe_film(path)


@pytest.mark.parametrize(("number", "failed"), [(1, None), (5, "input/output error")])
def test_the_error_with_which_a_gxf_ends_is_no_damage(number: int, failed: str | None) -> None:
    def read(_: object) -> Iterator[Packet]:
        yield Packet(8)
        raise OSError(number, "Input/output error")

    damage = Damage()
    container: Any = SimpleNamespace(demux=read, format=SimpleNamespace(name="gxf"))
    stream: Any = None
    assert [packet.size for packet in demux(container, stream, damage=damage)] == [8, 0]
    assert damage.reading_failed == failed


@pytest.mark.parametrize(("gigabytes", "error"), [(8, FilmError), (0.5, MemoryError)])
def test_a_film_that_claims_more_memory_than_there_is(
    gigabytes: float, error: type[Exception], monkeypatch: Any, tmp_path: Path
) -> None:
    """FFmpeg reports a damaged film and a lack of memory alike; free memory tells them apart."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"x")

    def no_memory(*_: object, **__: object) -> None:
        raise av.error.MemoryError(12, "Cannot allocate memory")

    monkeypatch.setattr(av, "open", no_memory)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=gigabytes * 2**30))
    with pytest.raises(error, match="claims more than this machine's memory" if error is FilmError else "allocate"):
        probe_film(path)
