from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shotscale.errors import FilmError
from shotscale.images import IMAGE_SUFFIXES, find_images, is_image, read_image

RAMP = np.linspace(0, 255, 48 * 80).reshape(48, 80).round().astype(np.uint8)
PICTURE = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=2)


def distance(path: Path, expected: np.ndarray) -> int:
    read = read_image(path)
    assert (read.dtype, read.shape) == (np.uint8, expected.shape)
    return int(np.abs(read.astype(int) - expected).max())


def test_a_cameras_rotation_mark_is_obeyed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # camera held upright: rotate clockwise
    Image.fromarray(PICTURE).save(tmp_path / "a.png", exif=exif)
    assert distance(tmp_path / "a.png", np.rot90(PICTURE, -1)) == 0


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_scaled_and_not_cut_off(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(RAMP.astype(np.uint16) * 257).save(tmp_path / f"a.{suffix}")
    assert distance(tmp_path / f"a.{suffix}", np.repeat(RAMP[..., None], 3, axis=2)) <= 1


@pytest.mark.parametrize("highest", [1.0, 255.0])
def test_floating_point_values_are_scaled(tmp_path: Path, highest: float) -> None:
    Image.fromarray((RAMP / 255 * highest).astype(np.float32)).save(tmp_path / "a.tif")
    assert distance(tmp_path / "a.tif", np.repeat(RAMP[..., None], 3, axis=2)) <= 1


def test_what_is_transparent_lies_on_black(tmp_path: Path) -> None:
    alpha = np.zeros((48, 80, 1), np.uint8)
    alpha[:, 40:] = 255
    Image.fromarray(np.concatenate([PICTURE, alpha], axis=2)).save(tmp_path / "a.png")
    assert distance(tmp_path / "a.png", np.where(alpha > 0, PICTURE, 0)) == 0
    Image.fromarray(RAMP).convert("P").save(tmp_path / "b.png", transparency=0)
    assert read_image(tmp_path / "b.png").shape == (48, 80, 3)


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "YCbCr"])
def test_other_color_models(tmp_path: Path, mode: str) -> None:
    Image.fromarray(PICTURE).convert(mode).save(tmp_path / "a.tif")
    rgb = np.asarray(Image.fromarray(PICTURE).convert(mode).convert("RGB"), int)
    assert distance(tmp_path / "a.tif", rgb) <= 2


def test_of_several_pictures_the_first(tmp_path: Path) -> None:
    first, second = (Image.new("RGB", (80, 48), color) for color in ("red", "blue"))
    for suffix in ("gif", "webp", "png", "tif"):
        first.save(tmp_path / f"a.{suffix}", save_all=True, append_images=[second])
        assert read_image(tmp_path / f"a.{suffix}")[20, 20].argmax() == 0


def test_a_large_picture_is_read_and_an_enormous_one_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(PICTURE).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", PICTURE.size // 3 - 1)  # Pillow warns, and warnings are errors
    assert distance(tmp_path / "a.png", PICTURE) == 0
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", PICTURE.size // 12)
    with pytest.raises(FilmError, match=r"too many pixels.*make it smaller"):
        read_image(tmp_path / "a.png")
    assert not is_image(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tif", "gif"])
def test_damaged_files_are_one_line_at_any_place(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 80, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / f"whole.{suffix}")
    whole = (tmp_path / f"whole.{suffix}").read_bytes()
    path, random, messages = tmp_path / f"damaged.{suffix}", np.random.default_rng(1), []
    for part in (0, 3, 20, len(whole) // 3, len(whole) // 2):
        for damaged in (whole[:part], whole[:part] + random.bytes(len(whole) // 2)):
            path.write_bytes(damaged)
            try:
                assert read_image(path).ndim == 3
            except FilmError as error:
                messages.append(str(error))
    assert len(messages) >= 5
    assert not any("\n" in message for message in messages)


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.png", "b/a.JPG", "b/.hidden", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in find_images([tmp_path])] == ["a.JPG", "z.png"]
    assert ".gif" in IMAGE_SUFFIXES
    with pytest.raises(FilmError, match="no such file"):
        find_images([tmp_path / "none"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(FilmError, match="holds no image"):
        find_images([tmp_path / "empty"])
