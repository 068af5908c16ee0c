import numpy as np
import pytest
from PIL import Image

from shotscale.errors import OptionError
from shotscale.network.preprocess import PREPARATIONS, Normalisation, normalise, prepare, to_gray

SIZES = [
    (1, 1),
    (90, 160),
    (125, 224),
    (126, 225),
    (200, 90),
    (404, 720),
    (576, 720),
    (720, 1280),
    (816, 1920),
    (61, 333),
]


def published(frame: np.ndarray) -> np.ndarray:
    """Return a frame prepared by the formula of the published notebook."""
    image = Image.fromarray(frame)
    image.thumbnail((224, 125), Image.NEAREST)
    canvas = Image.new("RGB", (224, 125), (0, 0, 0))
    canvas.paste(image, ((224 - image.size[0]) // 2, (125 - image.size[1]) // 2))
    return np.array(canvas, dtype="float32") / 255


@pytest.mark.parametrize("size", SIZES)
def test_cinescale_is_the_published_formula_bit_for_bit(size: tuple[int, int]) -> None:
    frame = np.random.default_rng(size).integers(0, 256, (*size, 3), np.uint8)
    ours = prepare(frame, preparation="cinescale", height=125, width=224)
    plain = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    values = normalise(ours[None], plain)[0].transpose(1, 2, 0)
    assert (values == published(frame)).all()


@pytest.mark.parametrize("preparation", PREPARATIONS)
@pytest.mark.parametrize("size", SIZES)
def test_every_preparation_gives_the_input_size(preparation: str, size: tuple[int, int]) -> None:
    frame = np.full((*size, 3), 200, np.uint8)
    ours = prepare(frame, preparation=preparation, height=96, width=160)
    assert ours.shape == (96, 160, 3)
    assert ours.max() == 200


def test_letterbox_keeps_the_shape_and_stretch_fills() -> None:
    frame = np.full((100, 300, 3), 255, np.uint8)
    boxed = prepare(frame, preparation="letterbox", height=128, width=224)
    assert (boxed.max(axis=(1, 2)) > 0).sum() == pytest.approx(224 / 3, abs=1)
    assert prepare(frame, preparation="stretch", height=128, width=224).min() == 255


def test_normalized_values() -> None:
    images = np.stack([np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)])
    values = normalise(images, Normalisation())
    assert values.shape == (2, 3, 4, 4)
    assert (np.unique(values[0]).item(), np.unique(values[1]).item()) == (-1.0, 1.0)


def test_gray_is_pil_luma_in_three_channels() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 9, 3), np.uint8)
    gray = to_gray(images)
    assert gray.shape == images.shape
    assert (gray[1, :, :, 2] == np.asarray(Image.fromarray(images[1]).convert("L"))).all()


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_what_is_no_frame_is_refused(image: np.ndarray) -> None:
    with pytest.raises(OptionError, match="uint8"):
        prepare(image, preparation="stretch", height=64, width=64)
    with pytest.raises(OptionError, match="not a preparation"):
        prepare(np.zeros((4, 4, 3), np.uint8), preparation="crop", height=64, width=64)
