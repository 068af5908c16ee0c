"""Films that are not video files: numbered pictures, animated WebP, pipes; and files that cannot be read whole."""

import errno
import hashlib
import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from shotscale.analysis import analyze
from shotscale.boundaries.shots import find_shots
from shotscale.errors import FilmError, OptionError, OutputError, TableError
from shotscale.files import sha256
from shotscale.video import FilmReader, checksum, film_source

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(run_program: Callable[..., tuple[int, str, str]]) -> Run:
    """Return a function that runs the command in this process and returns exit status and stderr."""
    return lambda *arguments: run_program("shotscale", *arguments)[::2]


@pytest.fixture
def pictures(tmp_path: Path, colored_frames: Any) -> str:
    """Write 30 pictures numbered from 7, and files that only look like them; return their pattern."""
    folder = tmp_path / "take 50%"
    folder.mkdir()
    for n, image in enumerate(colored_frames(30)):
        Image.fromarray(image).save(folder / f"a{n + 7:04d}.png")
    (folder / "a99.png").touch()
    (folder / "a0099.png.txt").touch()
    return str(folder / "a%04d.png")


@pytest.fixture
def webp(tmp_path: Path, colored_frames: Any) -> Path:
    path = tmp_path / "moving.webp"
    first, *rest = [Image.fromarray(image) for image in colored_frames(12)]
    first.save(path, save_all=True, append_images=rest, duration=[40, 200, 0, 5] * 3, lossless=True)
    return path


def read(path: Any, *, fps: Any = None) -> tuple[list[float], list[int], FilmReader]:
    """Return the times, the numbers encoded in the pictures, and the reader."""
    with film_source(path, fps=fps) as source, FilmReader(source) as reader:
        batches = list(reader)
    reds = np.concatenate([batch.thumbnails[..., 0].mean(axis=(1, 2)) for batch in batches])
    return [float(t) for batch in batches for t in batch.times], np.rint(reds / 8).astype(int).tolist(), reader


def test_a_disk_that_fails_costs_one_film_alone(
    films: Any, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decoder skips what it cannot read, or stops there; the checksum cannot."""

    def failing(*paths: Path) -> str:
        if paths[0].name == "a.mkv":
            raise OSError(errno.EIO, "Input/output error")
        return sha256(*paths)

    for name in ("a.mkv", "b.mkv"):
        shutil.copy(films["mkv"], tmp_path / name)
    monkeypatch.setattr("shotscale.video.source.sha256", failing)
    status, said = run("analyze", tmp_path, "--save", tmp_path / "saved")
    path = tmp_path / "a.mkv"
    assert f"{path}: cannot be read to its end (Input/output error); check its disk, and copy the film" in said
    assert (status, (tmp_path / "saved" / "b" / "film.json").is_file()) == (2, True)


class TestNumberedPictures:
    def test_they_follow_at_the_rate(self, pictures: str) -> None:
        times, numbers, reader = read(pictures, fps=Fraction(24000, 1001))
        assert numbers == list(range(30))
        assert times == pytest.approx(np.arange(30) * 1001 / 24000)
        assert reader.end == pytest.approx(30 * 1001 / 24000)
        assert (reader.info.container, reader.info.codec, str(reader.info.path)) == ("image2", "png", pictures)
        assert reader.notes == []

    @pytest.mark.parametrize(("suffix", "orientation", "quarter_turns"), [("tif", 1, 0), ("jpg", 1, 0), ("jpg", 6, 3)])
    def test_scans_and_photographs_are_read(
        self, tmp_path: Path, suffix: str, orientation: int, quarter_turns: int
    ) -> None:
        image = np.zeros((48, 96, 3), np.uint8)
        image[:24, :48] = (250, 250, 250)
        exif = Image.Exif()
        exif[0x0112] = orientation
        for n in range(2):
            Image.fromarray(image).save(tmp_path / f"{n}.{suffix}", exif=exif)
        with film_source(tmp_path / f"%d.{suffix}", fps=24) as source, FilmReader(source, active_area=None) as reader:
            shown = next(iter(reader)).samples[0].image
        expected = np.rot90(image, quarter_turns)
        assert shown.shape == expected.shape
        assert np.abs(shown.astype(int) - expected).mean() < 12

    def test_their_checksum_is_that_of_all(self, pictures: str) -> None:
        content = b"".join(path.read_bytes() for path in sorted(Path(pictures).parent.glob("a????.png")))
        with film_source(pictures, fps=24) as source:
            assert checksum(source) == hashlib.sha256(content).hexdigest()

    def test_a_missing_number_is_named(self, pictures: str) -> None:
        (Path(pictures).parent / "a0010.png").unlink()
        with pytest.raises(FilmError, match=r"a0010\.png: is missing; number the pictures"):
            read(pictures, fps=24)

    def test_an_empty_picture_is_named(self, pictures: str) -> None:
        """As a full disk leaves it behind; the film would end there."""
        empty = Path(pictures.replace("%04d", "0012"))
        empty.write_bytes(b"")
        with pytest.raises(FilmError, match=re.escape(f"{empty}: is empty or no file; copy it again")):
            read(pictures, fps=24)

    def test_what_is_asked_for_in_vain(self, pictures: str, films: Any) -> None:
        with pytest.raises(OptionError, match="have no times; add --fps"):
            read(pictures)
        with pytest.raises(OptionError, match="fps = 0"):
            read(pictures, fps=0)
        with pytest.raises(FilmError, match="no such picture"):
            read(pictures.replace("%04d", "%05d"), fps=24)
        with pytest.raises(OptionError, match="is for numbered pictures"):
            read(films["plain"], fps=24)

    def test_a_file_may_be_called_like_a_pattern(self, films: Any, tmp_path: Path) -> None:
        path = tmp_path / "%03d.mp4"
        path.write_bytes(films["plain"].read_bytes())
        assert len(read(path)[0]) == 30

    def test_kept_frames_belong_to_them_at_their_rate(self, pictures: str, tmp_path: Path) -> None:
        shots, _ = find_shots(pictures, keep=tmp_path, fps=24)
        for fps in (None, 24, Fraction(24)):
            assert find_shots(pictures, keep=tmp_path, fps=fps, again=True)[0].equals(shots)
        with pytest.raises(TableError, match=r"--fps 25: .* keeps frames at 24 per second"):
            find_shots(pictures, keep=tmp_path, fps=25, again=True)
        find_shots(pictures, keep=tmp_path, fps=25)
        last = Path(pictures).parent / "a0036.png"
        shutil.copyfile(last, last.with_name("a0037.png"))
        with pytest.raises(TableError, match="the frames of another film"):
            find_shots(pictures, keep=tmp_path, again=True)
        with pytest.raises(OutputError, match="another film's shots"):
            find_shots(pictures, keep=tmp_path, fps=25)
        shutil.rmtree(last.parent)
        assert find_shots(pictures, keep=tmp_path, again=True)[0]["end"].iloc[-1] == pytest.approx(30 / 25)

    def test_the_command_takes_them(self, pictures: str, run: Run, tmp_path: Path) -> None:
        assert run("analyze", pictures, "--fps", "24", "--save", tmp_path / "out") == (
            0,
            f"shotscale: written to {tmp_path / 'out'}\n",
        )
        assert (tmp_path / "out" / "film.json").is_file()
        status, err = run("analyze", Path(pictures).parent)
        assert status == 2
        assert "frames/%04d.png --fps 24" in err
        status, err = run("analyze", pictures)
        assert (status, err.count("\n")) == (2, 1)


class TestAnimatedWebP:
    def test_pictures_and_times_come_through(self, webp: Path) -> None:
        times, numbers, reader = read(webp)
        assert numbers == list(range(12))
        lasting = np.cumsum([0, *([0.04, 0.2, 0.1, 0.1] * 3)])
        assert times == pytest.approx(lasting[:-1])
        assert reader.end == pytest.approx(lasting[-1])
        assert (reader.info.container, reader.info.codec, reader.info.path) == ("webp", "webp", webp)
        assert reader.info.size_bytes == webp.stat().st_size

    def test_its_content_is_the_file(self, webp: Path) -> None:
        expected = hashlib.sha256(webp.read_bytes()).hexdigest()
        assert analyze(webp).provenance["checksums"]["film"] == expected

    def test_a_still_one_is_no_film(self, tmp_path: Path) -> None:
        Image.new("RGBA", (8, 8)).save(tmp_path / "still.webp")
        with pytest.raises(FilmError, match="a still picture"):
            read(tmp_path / "still.webp")

    def test_one_cut_short_is_no_film(self, webp: Path) -> None:
        webp.write_bytes(webp.read_bytes()[:60])
        with pytest.raises(FilmError, match="not an animated WebP that can be read"):
            read(webp)


class TestPipe:
    @pytest.fixture
    def pipe(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
        return lambda content: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    def test_a_film_comes_through(self, films: Any, pipe: Callable[[bytes], None]) -> None:
        content = films["plain"].read_bytes()
        pipe(content)
        times, numbers, reader = read("-")
        assert (len(times), numbers) == (30, list(range(30)))
        assert (str(reader.info.path), reader.info.size_bytes) == ("-", len(content))
        assert not Path(reader._source.opened).exists()

    def test_the_commands_take_it(
        self, films: Any, pipe: Callable[[bytes], None], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        pipe(films["plain"].read_bytes())
        assert run("shots", "-")[0] == 0
        assert (tmp_path / "film" / "shots.csv").is_file()
        assert find_shots("-", keep=tmp_path / "film", again=True)[0]["end"].iloc[-1] == pytest.approx(1.25)

    def test_nothing_is_told_in_a_line(self, pipe: Callable[[bytes], None], run: Run) -> None:
        pipe(b"")
        assert run("analyze", "-") == (2, "shotscale: -: the pipe is empty; check the command before it\n")

    def test_a_keyboard_is_no_pipe(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Keyboard(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setattr(sys, "stdin", Keyboard())
        with pytest.raises(OptionError, match="nothing is piped in"):
            read("-")

    def test_a_named_pipe_is_refused_at_once(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.mp4")
        with pytest.raises(
            FilmError, match="is not a regular file; give a local video file, or - for what is piped in"
        ):
            analyze(tmp_path / "pipe.mp4")
