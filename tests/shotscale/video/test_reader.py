"""Films in, frames out: times, pictures, notes, and one-line errors for files that are not films."""

import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.packet import Packet
from PIL import Image

from shotscale.errors import FilmError, OptionError
from shotscale.video import THUMBNAIL_SHAPE, ActiveArea, FilmReader, Sample, probe_film
from shotscale.video.container import opened
from shotscale.video.decoding import Damage, decode, demux
from shotscale.video.pictures import ThumbnailMaker

Times = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]


def read(path: Path, **options: Any) -> tuple[Times, Images, list[Sample], FilmReader]:
    """Read a whole film and return its times, thumbnails, samples and reader."""
    with FilmReader(path, **options) as reader:
        batches = list(reader)
    times = np.concatenate([batch.times for batch in batches])
    images = np.concatenate([batch.thumbnails for batch in batches])
    return times, images, [sample for batch in batches for sample in batch.samples], reader


def numbers(thumbnails: Images) -> list[int]:
    """Return the frame numbers, modulo 31, that the fixtures encode in red."""
    return np.rint(thumbnails[..., 0].mean(axis=(1, 2)) / 8).astype(int).tolist()


class TestTimes:
    @pytest.mark.parametrize(
        "name",
        ["plain", "mkv", "late_start", "avi", "flv", "raw", "colon", "named", "avi_h264", "asf_h264", "mxf_h264"],
    )
    def test_constant_rate_starts_at_zero(self, films: Any, name: str) -> None:
        times, thumbnails, _, reader = read(films[name])
        assert times[0] == 0.0
        # The last frames from a decoder follow at the usual interval, in ASF 41 whole milliseconds.
        assert np.allclose(times, np.arange(len(times)) / 24, atol=0.0025 if name == "asf_h264" else 0.0011)
        assert len(times) == (5 if name in ("named", "colon") else 30)
        assert numbers(thumbnails) == list(range(len(times)))
        assert reader.end == pytest.approx(len(times) / 24, abs=0.003)

    def test_times_are_the_nearest_floats_to_the_exact_ones(self, films: Any) -> None:
        times, _, _, _ = read(films["variable_rate"])
        pts = np.cumsum([0, *([1001, 2002, 500, 4004] * 8)])[:30]
        assert times.tolist() == [float(Fraction(int(value), 24000)) for value in pts]

    def test_variable_rate_samples_by_time(self, films: Any) -> None:
        times, _, samples, _ = read(films["variable_rate"])
        first = [float(times[np.searchsorted(times, second)]) for second in (0, 1, 2)]
        assert [sample.time for sample in samples] == first

    def test_edit_list_hides_frames(self, films: Any) -> None:
        times, thumbnails, _, _ = read(films["edit_list"])
        assert numbers(thumbnails) == list(range(10, 30))
        assert times[0] == 0.0

    @pytest.mark.parametrize("name", ["avi", "avi_h264", "asf_h264", "mxf_h264", "avi_gap"])
    def test_nothing_is_told_of_times_that_are_known(self, films: Any, name: str) -> None:
        assert read(films[name])[3].notes == []

    def test_an_empty_piece_lets_the_picture_stay(self, films: Any) -> None:
        times, thumbnails, _, _ = read(films["avi_gap"])
        assert numbers(thumbnails) == [*range(10), *range(15, 30)]
        assert times == pytest.approx(np.asarray(numbers(thumbnails)) / 24)

    def test_an_empty_piece_in_the_middle_is_no_damage(self, films: Any) -> None:
        """As in Theora, where it means that the picture stays."""
        damage = Damage()
        with opened(films["plain"], threads=1) as (container, stream):
            packets = list(demux(container, stream, damage=damage))
            empty = Packet()
            empty.dts = packets[7].dts
            frames = list(decode(container, stream, damage=damage, packets=[*packets[:7], empty, *packets[7:]]))
        assert (len(frames), damage.packets) == (30, 0)
        assert damage.repeat is None

    @pytest.mark.parametrize(("name", "slack"), [("joined_recordings", 0.001), ("joined_vobs", 0.001)])
    def test_joined_recordings_follow_each_other(self, films: Any, name: str, slack: float) -> None:
        times, thumbnails, _, reader = read(films[name])
        assert numbers(thumbnails) == [*range(30), *range(30)]
        assert np.allclose(times, np.arange(60) / 24, atol=slack)
        assert reader.notes == ["Timestamps jumped 1 time; the frames after each jump were joined on."]

    def test_a_stream_that_goes_on_under_another_number_is_told(self, films: Any) -> None:
        times, _, _, reader = read(films["other_pid"])
        assert len(times) == 96
        assert any(re.search(r"The 4.0 s of pictures .* lie between 1% and 50% of the file", n) for n in reader.notes)

    @pytest.mark.parametrize(
        ("suffix", "note"),
        [
            (".mp4", "The file holds 2 films, joined as by cat; only the first, which players show, was measured."),
            (".flv", "The 4.0 s of pictures that were measured lie between 2% and 50% of the file"),
            (".wmv", "The file holds 2 films, joined as by cat; only the first, which players show, was measured."),
        ],
    )
    def test_a_joined_film_that_is_not_read_is_told(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any, suffix: str, note: str
    ) -> None:
        path = encode_film(tmp_path / f"film{suffix}", colored_frames(96))
        assert read(path)[3].notes == []
        path.write_bytes(path.read_bytes() * 2)
        times, _, _, reader = read(path)
        assert len(times) == 96
        (told,) = reader.notes
        assert told.startswith(note)

    def test_the_default_stream_is_the_film(self, films: Any) -> None:
        times, _, samples, reader = read(films["two_streams"])
        assert len(times) == 48
        assert samples[0].image.shape == (54, 96, 3)
        assert reader.notes == [
            "The file holds 1 other stream of pictures; the one that players show (96 x 54) was measured."
        ]

    @pytest.mark.parametrize(("suffix", "fps"), [("h264", 24), ("m2v", 24), ("mjpeg", 25)])
    def test_the_rate_assumed_for_a_raw_stream_is_told(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any, suffix: str, fps: int
    ) -> None:
        codec = {"h264": "libx264", "m2v": "mpeg2video"}.get(suffix, "mjpeg")
        pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        times, _, _, reader = read(
            encode_film(tmp_path / f"bare.{suffix}", colored_frames(30), codec=codec, pix_fmt=pix_fmt)
        )
        assert times == pytest.approx(np.arange(30) / fps)
        assert reader.notes == [
            f"The file is a raw stream without times: {fps} frames per second were assumed; if it has another rate, "
            "put it into a container at that rate first."
        ]

    def test_one_frame(self, films: Any) -> None:
        times, _, samples, reader = read(films["one_frame"])
        assert times.tolist() == [0.0]
        assert [sample.time for sample in samples] == [0.0]
        assert reader.end == pytest.approx(1 / 24)

    @pytest.mark.parametrize(("rate", "expected"), [(2.0, [0, 12, 24]), (0.5, [0]), (0.0, []), (24.0, list(range(30)))])
    def test_sampling_rate(self, films: Any, rate: float, expected: list[int]) -> None:
        _, _, samples, _ = read(films["plain"], samples_per_second=rate)
        assert [round(sample.time * 24) for sample in samples] == expected


class TestStills:
    """A frame that stays for seconds is sampled in each of them."""

    def test_the_last_frame_before_a_gap_is_the_picture_inside(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any
    ) -> None:
        path = encode_film(tmp_path / "still.mkv", colored_frames(4), pts=[0, 12, 132, 133])
        with FilmReader(path, previews_per_second=5) as reader:
            batches = list(reader)
        samples = [sample for batch in batches for sample in batch.samples]
        assert [sample.time for sample in samples] == pytest.approx([0, 1, 2, 3, 4, 5.5], abs=0.001)
        assert len({id(sample.image) for sample in samples[1:5]}) == 1
        assert numbers(np.stack([sample.image for sample in samples])) == [0, 1, 1, 1, 1, 2]
        previews = [preview.time for batch in batches for preview in batch.previews]
        assert previews == pytest.approx([0, 0.5, 5.5], abs=0.001)

    def test_a_last_frame_is_sampled_to_the_end(self, tmp_path: Path, colored_frames: Any) -> None:
        first, *rest = [Image.fromarray(image) for image in colored_frames(3)]
        first.save(tmp_path / "slides.gif", save_all=True, append_images=rest, duration=[2500, 3500, 2200])
        times, _, samples, reader = read(tmp_path / "slides.gif")
        assert (times.tolist(), reader.end) == ([0, 2.5, 6], pytest.approx(8.2))
        assert [sample.time for sample in samples] == [0, 1, 2.5, 3, 4, 5, 6, 7, 8]

    def test_a_repeat_at_the_end_makes_the_last_frame_last(self, films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def decode_with_a_repeat(*arguments: Any, damage: Damage) -> Any:
            yield from decode(*arguments, damage=damage)
            damage.repeat = Packet()
            damage.repeat.pts = damage.repeat.dts = 5 * 12288
            damage.repeat.duration = 512

        monkeypatch.setattr("shotscale.video.reader.decode", decode_with_a_repeat)
        with FilmReader(films["plain"]) as reader:
            reader.info = replace(reader.info, duration=None)
            samples = [sample for batch in reader for sample in batch.samples]
        assert reader.end == pytest.approx(5 + 1 / 24)
        assert [sample.time for sample in samples] == pytest.approx([0, 1, 2, 3, 4, 5])


class TestPictures:
    def test_shapes(self, films: Any) -> None:
        _, thumbnails, samples, reader = read(films["plain"])
        assert thumbnails.shape == (30, *THUMBNAIL_SHAPE)
        assert thumbnails.dtype == np.uint8
        assert {sample.image.shape for sample in samples} == {(54, 96, 3)}
        assert (reader.info.width, reader.info.height) == (96, 54)

    def test_colors_come_through(self, films: Any) -> None:
        _, _, samples, _ = read(films["plain"])
        left, right = samples[1].image[:, :40].mean((0, 1)), samples[1].image[:, 56:].mean((0, 1))
        assert np.allclose(left, [24 * 8, 60, 60], atol=6)
        assert np.allclose(right, [24 * 8, 200, 200], atol=6)

    def test_rotation_is_applied(self, films: Any) -> None:
        _, _, samples, reader = read(films["rotated"])
        assert (reader.info.width, reader.info.height, reader.info.rotation) == (54, 96, 90)
        assert (reader.info.coded_width, reader.info.coded_height) == (96, 54)
        # Turned clockwise, the dark left half is on top.
        assert samples[0].image[:40, :, 1].mean() < 70
        assert samples[0].image[56:, :, 1].mean() > 190

    @pytest.mark.parametrize(
        ("degrees", "hflip", "vflip"),
        [(d, h, v) for d in (0, 90, 180, -90) for h in (False, True) for v in (False, True)],
    )
    def test_every_orientation(self, tmp_path: Path, degrees: int, hflip: bool, vflip: bool, encode_film: Any) -> None:
        image = np.zeros((48, 96, 3), np.uint8)
        image[:24, :48] = (250, 0, 0)
        image[:24, 48:] = (0, 250, 0)
        image[24:, :48] = (0, 0, 250)
        path = encode_film(
            tmp_path / "turned.mp4",
            [image] * 2,
            before=lambda stream: stream.set_display_rotation(degrees, hflip=hflip, vflip=vflip),
        )
        # Display matrices rotate first, then mirror.
        expected = np.rot90(image, degrees // 90)
        expected = expected[:, ::-1] if hflip else expected
        expected = expected[::-1] if vflip else expected
        shown = read(path, active_area=None)[2][0].image
        assert shown.shape == expected.shape
        assert np.abs(shown.astype(int) - expected).mean() < 12

    def test_anamorphic_pixels_become_square(self, films: Any) -> None:
        _, _, samples, reader = read(films["anamorphic"])
        assert reader.info.sample_aspect_ratio == pytest.approx(16 / 11)
        assert reader.info.width == round(96 * 16 / 11)
        assert samples[0].image.shape == (54, reader.info.width, 3)

    @pytest.mark.parametrize(("suffix", "codec"), [("ts", "libx264"), ("vob", "mpeg2video")])
    def test_each_program_of_a_recording_has_its_own_shape(
        self, tmp_path: Path, suffix: str, codec: str, encode_film: Any
    ) -> None:
        def program(number: int, aspect: Fraction) -> bytes:
            def shaped(stream: Any) -> None:
                stream.codec_context.sample_aspect_ratio = aspect

            path = tmp_path / f"{number}.{suffix}"
            pts = list(range(72 * number, 72 * number + 72))
            encode_film(path, [np.full((96, 128, 3), 128, np.uint8)] * 72, codec=codec, pts=pts, before=shaped)
            return path.read_bytes()

        film = tmp_path / f"evening.{suffix}"
        film.write_bytes(program(0, Fraction(1)) + program(1, Fraction(4, 3)))
        _, _, samples, reader = read(film)
        assert [sample.image.shape[1] for sample in samples] == [128] * 3 + [171] * 3
        assert "The picture changes its size; 3 sampled pictures were taken whole." in reader.notes

    def test_high_dynamic_range_is_mapped(self, films: Any) -> None:
        _, thumbnails, samples, reader = read(films["hdr"])
        assert reader.info.high_dynamic_range
        assert reader.info.pixel_format == "yuv420p10le"
        dark, white = samples[0].image[:, :40].mean(), samples[0].image[:, 56:].mean()
        assert dark < 40
        assert 170 < white < 210
        assert thumbnails[0, :, 30:].mean() == pytest.approx(white, abs=4)
        assert any("high dynamic range" in note for note in reader.notes)

    def test_interlaced_fields_are_blended(self, films: Any) -> None:
        _, thumbnails, samples, reader = read(films["interlaced"])
        assert thumbnails.max() < 40  # a single field, since the other may belong to the next shot
        assert reader.info.interlaced
        inner = samples[0].image[4:-4].astype(int)
        assert np.abs(np.diff(inner, axis=0)).max() < 40
        assert any("interlaced" in note for note in reader.notes)

    def test_a_film_that_is_interlaced_after_its_beginning_says_so(
        self, films: Any, tmp_path: Path, encode_film: Any, colored_frames: Any
    ) -> None:
        path = encode_film(tmp_path / "film.mkv", colored_frames(30, size=(96, 54)), codec="mpeg2video")
        path.write_bytes(path.read_bytes() + films["interlaced"].read_bytes())
        reader = read(path, samples_per_second=24)[3]
        assert not reader.info.interlaced
        assert "A part of the film is interlaced; the two fields of 5 sampled pictures were blended." in reader.notes

    @pytest.mark.parametrize(("name", "size"), [("odd_size", (97, 55)), ("tiny", (2, 2)), ("gif", (96, 54))])
    def test_odd_and_tiny_sizes(self, films: Any, name: str, size: tuple[int, int]) -> None:
        times, _, samples, _ = read(films[name])
        assert len(times) == 5
        assert samples[0].image.shape == (size[1], size[0], 3)

    def test_black_bars_are_cut_off(self, films: Any) -> None:
        _, thumbnails, samples, reader = read(films["letterboxed"])
        assert reader.active_area == ActiveArea(9, 63, 0, 96)
        assert {sample.image.shape for sample in samples} == {(54, 96, 3)}
        assert reader.notes == ["Black bars were cut off: 96 x 54 of 96 x 72."]
        # Thumbnails keep the whole picture.
        assert thumbnails[-1, 0].max() < 20

    def test_bars_are_cut_off_after_a_program_of_another_size(self, tmp_path: Path, encode_film: Any) -> None:
        letterboxed = np.full((240, 72, 128, 3), 200, np.uint8)
        letterboxed[:, :9] = letterboxed[:, 63:] = 0
        second = encode_film(
            tmp_path / "second.vob",
            letterboxed,
            codec="mpeg2video",
            pts=list(range(80, 320)),
            before=lambda stream: setattr(stream, "gop_size", 12),
        )
        first = encode_film(tmp_path / "first.vob", letterboxed[:24, :, :96] // 2 + 60, codec="mpeg2video")
        film = tmp_path / "evening.vob"
        film.write_bytes(first.read_bytes() + second.read_bytes())
        _, _, samples, reader = read(film)
        assert samples[0].image.shape[:2] == (72, 96)
        assert {sample.image.shape[:2] for sample in samples[2:]} == {(54, 128)}
        assert "Black bars were cut off: 128 x 54 of 128 x 72." in reader.notes

    def test_bars_are_kept_on_demand(self, films: Any) -> None:
        _, _, samples, reader = read(films["letterboxed"], active_area=None)
        assert samples[0].image.shape == (72, 96, 3)
        assert reader.notes == []

    @pytest.mark.parametrize("name", ["plain", "rotated", "anamorphic", "hdr", "interlaced", "letterboxed", "odd_size"])
    def test_a_preview_is_the_sample(self, films: Any, name: str) -> None:
        """Small pictures need no scaling down, so each preview must look as the sample of its frame."""
        with FilmReader(films[name], samples_per_second=2, previews_per_second=4) as reader:
            batches = list(reader)
        previews = {preview.time: preview.image for batch in batches for preview in batch.previews}
        samples = [sample for batch in batches for sample in batch.samples]
        assert len(previews) >= 2 * len(samples) - 1
        for sample in samples:
            assert previews[sample.time].shape == sample.image.shape
            assert np.abs(previews[sample.time].astype(int) - sample.image).mean() < 1

    @pytest.mark.parametrize(("degrees", "shape"), [(0, (120, 287)), (90, (120, 50))])
    def test_previews_are_small_and_whole(
        self, tmp_path: Path, degrees: int, shape: tuple[int, int], encode_film: Any
    ) -> None:
        """The picture without its bars has 120 rows, upright."""
        image = np.zeros((540, 960, 3), np.uint8)
        image[70:470] = np.linspace(60, 250, 960).astype(np.uint8)[None, :, None]
        path = encode_film(
            tmp_path / "wide.mp4", [image] * 3, before=lambda stream: stream.set_display_rotation(degrees)
        )
        with FilmReader(path, previews_per_second=5) as reader:
            (preview,) = [preview for batch in reader for preview in batch.previews]
        assert preview.image.shape[:2] == pytest.approx(shape, abs=1)
        assert preview.image.min() > 40


class TestDamage:
    @pytest.mark.parametrize("name", ["truncated_mp4", "truncated_mkv", "truncated_avi"])
    def test_truncated_gives_what_is_there(self, films: Any, name: str) -> None:
        times, _, samples, reader = read(films[name])
        assert 40 <= len(times) <= 70
        assert (np.diff(times) > 0).all()
        assert len(samples) == int(times[-1]) + 1
        assert any("may be cut short" in note for note in reader.notes)

    def test_a_second_of_pictures_that_is_missing_is_told(self, films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shotscale.video.info.claimed_duration", lambda *_: 2.5)
        assert read(films["plain"])[3].notes == [
            "The pictures end at 1.2 s, but the file claims 2.5 s: it may be cut short."
        ]

    def test_a_recording_that_begins_in_the_middle_is_not_said_to_be_cut_short(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any
    ) -> None:
        options = {"g": "48", "keyint_min": "48", "sc_threshold": "0"}
        path = encode_film(tmp_path / "whole.ts", colored_frames(96), options=options)
        content = path.read_bytes()
        path.write_bytes(content[len(content) // 4 // 188 * 188 :])
        _, thumbnails, _, reader = read(path)
        assert numbers(thumbnails) == [n % 31 for n in range(48, 96)]
        (note,) = reader.notes
        assert re.fullmatch(
            r"The file begins in the middle: 1\.\d s before its first whole picture could not be decoded\.", note
        )

    @pytest.mark.parametrize("suffix", [".ts", ".vob"])
    def test_a_recording_that_is_scrambled_at_the_end_says_so(self, films: Any, suffix: str) -> None:
        reader = read(films.scrambled(f"partly{suffix}", 0.75, 1.0))[3]
        assert any(note.startswith("About 25% of the file is protected (scrambled)") for note in reader.notes)

    def test_pictures_that_begin_late_are_whole(self, tmp_path: Path, encode_film: Any, colored_frames: Any) -> None:
        """Matroska's duration counts from the beginning of the sound."""
        path = encode_film(tmp_path / "late.mkv", colored_frames(30), pts=list(range(240, 270)))
        _, _, _, reader = read(path)
        assert reader.info.duration == pytest.approx(11.25, abs=0.01)
        assert (reader.end, reader.notes) == (pytest.approx(1.25, abs=0.01), [])

    def test_pictures_that_begin_long_after_the_sound_are_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "late.mkv"
        with av.open(str(path), "w") as container:
            sound, pictures = container.add_stream("pcm_s16le", rate=8000), container.add_stream("mpeg4", rate=24)
            assert isinstance(pictures, av.VideoStream)
            pictures.pix_fmt = "yuv420p"
            for second in range(10):
                silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), layout="mono")
                silence.pts, silence.sample_rate = 8000 * second, 8000
                container.mux(sound.encode(silence))
            for number in range(30):
                frame = av.VideoFrame(640, 480, "yuv420p")
                frame.pts, frame.time_base = 8 * 24 + number, Fraction(1, 24)
                container.mux(pictures.encode(frame))
            container.mux(pictures.encode(None))
        assert read(path)[3].notes == []

    def test_a_segment_of_a_stream_is_whole(self, tmp_path: Path, encode_film: Any, colored_frames: Any) -> None:
        """Its duration counts from the beginning of the stream."""
        options = {"g": "48", "keyint_min": "48", "sc_threshold": "0"}
        flags = {"movflags": "dash+frag_keyframe"}
        path = encode_film(tmp_path / "s.mp4", colored_frames(96), options=options, container_options=flags)
        head, _, second = path.read_bytes().split(b"sidx")
        path.write_bytes(head + b"sidx" + second)
        times, thumbnails, _, reader = read(path)
        assert numbers(thumbnails) == [n % 31 for n in range(48, 96)]
        assert (times[0], reader.end, reader.notes) == (0.0, pytest.approx(2.0, abs=0.01), [])

    def test_each_frame_that_cannot_be_converted_is_counted(self, films: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        write = ThumbnailMaker.write

        def fails_twice(maker: ThumbnailMaker, frame: Any, out: Any) -> None:
            if frame.pts in broken:
                raise ValueError("no such picture format")
            write(maker, frame, out)

        with opened(films["plain"], threads=1) as (container, stream):
            broken = [frame.pts for frame in container.decode(stream)][3:5]
        monkeypatch.setattr(ThumbnailMaker, "write", fails_twice)
        times, _, _, reader = read(films["plain"])
        assert len(times) == 28
        assert any("2 pieces of the film could not be decoded" in note for note in reader.notes)

    def test_damaged_middle_goes_on_to_the_end(self, films: Any) -> None:
        times, _, _, reader = read(films["damaged_mkv"])
        assert times[-1] > 7
        assert (np.diff(times) > 0).all()
        assert any("damaged" in note or "could not be decoded" in note for note in reader.notes)

    def test_times_after_a_hole_in_an_avi_are_those_of_its_index(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any
    ) -> None:
        path = encode_film(tmp_path / "film.avi", colored_frames(30), codec="mjpeg", pix_fmt="yuvj420p")
        content = path.read_bytes()
        first, index = content.index(b"movi"), content.index(b"idx1")
        begin, end = first + (index - first) // 3, index - (index - first) // 3
        path.write_bytes(content[:begin] + bytes(end - begin) + content[end:])
        times, thumbnails, _, reader = read(path)
        assert (len(times), numbers(thumbnails)[-1]) == (pytest.approx(20, abs=2), 29)
        assert times == pytest.approx(np.asarray(numbers(thumbnails)) / 24)
        assert reader.end == pytest.approx(30 / 24)

    def test_an_index_of_a_tape_that_counts_in_another_unit_is_not_used(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any
    ) -> None:
        """DV in an AVI of type 1, as capture programs wrote it: sound and pictures are one stream."""

        def at_25(stream: Any) -> None:
            stream.codec_context.framerate, stream.codec_context.time_base = 25, Fraction(1, 25)

        images = colored_frames(10, size=(720, 576))
        path = encode_film(tmp_path / "tape.avi", images, codec="dvvideo", time_base=Fraction(1, 25), before=at_25)
        content = path.read_bytes().replace(b"vidsdvsd", b"iavsdvsd", 1).replace(b"00dc", b"00__")
        path.write_bytes(content)
        assert read(path)[0] == pytest.approx(np.arange(10) / 25)

    def test_nothing_reaches_stderr(self, films: Any) -> None:
        """The decoding library is silent even about damage; run in a separate process, where nothing is captured."""
        code = (
            "import sys; from shotscale.video import FilmReader; "
            "print(sum(len(batch.times) for batch in FilmReader(sys.argv[1])))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(films["damaged_mkv"])], capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        assert int(done.stdout) > 150

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("empty", "is empty"),
            ("text", "not a video"),
            ("truncated_no_index", "cut short"),
            ("sound_only", "holds sound but no picture"),
            ("cover_only", "only picture is a cover"),
            ("no_length", "not a video"),
            ("absurd", "a picture of 16000 x 12000"),
            ("encrypted", "is protected"),
            ("protected_tag", "is protected"),
            ("scrambled_ts", "is protected"),
            ("scrambled_vob", "is protected"),
            ("playlist", "a playlist"),
            ("concat", "a playlist"),
        ],
    )
    @pytest.mark.parametrize("use", [probe_film, FilmReader])
    def test_what_is_no_film(self, films: Any, name: str, rule: str, use: Any) -> None:
        with pytest.raises(FilmError, match=rule) as caught:
            use(films[name])
        message = str(caught.value)
        assert message.startswith(f"{films[name]}: ")
        assert "; " in message
        assert "\n" not in message

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("missing.mkv", "no such file"),
            (".", "is a folder"),
            ("http://localhost:9/film.mp4", "no such file"),
            ("concat:a.mp4|b.mp4", "no such file"),
            ("/dev/zero", "not a regular file"),
            ("a\0b", "no such file"),
        ],
    )
    def test_what_is_no_local_file(self, name: str, rule: str) -> None:
        with pytest.raises(FilmError, match=rule):
            probe_film(name)

    def test_the_image_of_a_disc_is_no_film(self, films: Any, tmp_path: Path) -> None:
        """Behind its head come menus and titles, which the library reads as one film."""
        path = tmp_path / "film.iso"
        path.write_bytes((bytes(32768) + b"\x01CD001\x01").ljust(60_000, b"\0") + films["joined_vobs"].read_bytes())
        with pytest.raises(FilmError, match=r"film\.iso: is the image of a disc; mount it and give the film on it"):
            probe_film(path)


class TestOptions:
    @pytest.mark.parametrize(
        ("option", "value", "message"),
        [
            ("samples_per_second", -1, "^-1: samples per second"),
            ("samples_per_second", float("nan"), "^nan: samples per second"),
            ("samples_per_second", 101, "^101: samples per second"),
            ("previews_per_second", -1, "^-1: samples per second"),
            ("threads", 0, "^threads = 0"),
        ],
    )
    def test_out_of_range(self, films: Any, option: str, value: float, message: str) -> None:
        with pytest.raises(OptionError, match=message):
            FilmReader(films["plain"], **{option: value})

    def test_closing_ends_the_iteration(self, films: Any) -> None:
        reader = FilmReader(films["long_gop"])
        assert len(next(reader).times) == 64
        reader.close()
        assert list(reader) == []

    @pytest.mark.parametrize("name", ["long_gop", "truncated_mp4", "blank_end"])
    def test_threads_do_not_change_the_result(self, films: Any, tmp_path: Path, name: str) -> None:
        if name == "blank_end":  # as of a download that is not complete
            path = tmp_path / "film.mp4"
            content = films["truncated_mp4"].read_bytes()
            path.write_bytes(content + bytes(len(content)))
        else:
            path = films[name]
        one, many = (read(path, threads=n) for n in (1, 9))
        assert np.array_equal(one[0], many[0])
        assert np.array_equal(one[1], many[1])
        assert one[3].notes == many[3].notes

    def test_frames_are_not_decoded_again_where_a_seek_gives_other_timestamps(
        self, tmp_path: Path, encode_film: Any, colored_frames: Any
    ) -> None:
        large = np.random.default_rng(1).integers(0, 255, (60, 54, 96, 3), np.uint8)
        images = np.concatenate([large, colored_frames(60)])
        path = encode_film(tmp_path / "film.mxf", images, codec="jpeg2000")
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 6 // 10])
        one, many = (read(path, threads=n) for n in (1, 9))
        assert numbers(many[1]) == numbers(one[1])


def test_probe_tells_the_film(films: Any) -> None:
    info = probe_film(films["plain"])
    assert (info.container, info.codec, info.pixel_format) == ("mov", "h264", "yuv420p")
    assert info.fps == pytest.approx(24)
    assert info.duration == pytest.approx(1.25)
    assert info.size_bytes == films["plain"].stat().st_size
    assert (info.rotation, info.mirrored, info.interlaced, info.high_dynamic_range) == (0, False, False, False)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "n_frames", "size"),
    [
        ("chaplin.mp4", 241, (640, 360)),
        ("delayed_start.mp4", 24, (480, 320)),
        ("goldeneye-vfr-drop3.mp4", 160, (1280, 544)),
        ("issue-134-rotate.mp4", 240, (544, 1280)),
        ("issue-195-aspect-ratio.mp4", 628, (1024, 576)),
        ("clip1024.flv", 174, (112, 80)),
    ],
)
def test_real_clips(shared: Path, name: str, n_frames: int, size: tuple[int, int]) -> None:
    path = shared / "media" / name
    if not path.is_file():
        pytest.skip(f"{name} is not there")
    times, _, _, reader = read(path)
    assert (len(times), reader.info.width, reader.info.height) == (n_frames, *size)
    assert times[0] == 0.0
    assert (np.diff(times) > 0).all()
