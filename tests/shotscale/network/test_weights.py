from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from shotscale.errors import OptionError, WeightsError
from shotscale.network.architectures import TorchRunner, build_network
from shotscale.network.weights import ModelDescription, ScaleModel, load_model, save_model

ABOUT = ModelDescription("shufflenet_v2_x0_5", height=64, width=96, temperature=1.5, training={"seed": 3})


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    network = build_network("shufflenet_v2_x0_5", num_classes=7)
    network.train()(torch.randn(8, 3, 64, 96))
    return network.eval()


@pytest.fixture
def weights(tmp_path: Path, network: torch.nn.Module) -> Path:
    path = tmp_path / "own.safetensors"
    save_model(path, network.state_dict(), ABOUT, graph=False)
    return path


def images(n: int = 5, size: tuple[int, int] = (64, 96)) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (n, *size, 3), np.uint8)


def test_what_is_saved_is_loaded(weights: Path, network: torch.nn.Module) -> None:
    model = load_model(weights)
    assert replace(model.description, checksum="") == ABOUT
    inputs = torch.from_numpy(images()).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.inference_mode():
        expected = (network(inputs) / 1.5).softmax(1).numpy()
    assert model.probabilities(images()) == pytest.approx(expected, abs=1e-5)


def test_half_precision_changes_little(tmp_path: Path, weights: Path, network: torch.nn.Module) -> None:
    half = tmp_path / "half.safetensors"
    save_model(half, network.state_dict(), ABOUT, half=True, graph=False)
    assert half.stat().st_size < 0.6 * weights.stat().st_size
    assert load_model(half).probabilities(images()) == pytest.approx(
        load_model(weights).probabilities(images()), abs=5e-3
    )


def test_results_do_not_depend_on_the_batch(weights: Path) -> None:
    model = load_model(weights)
    together = model.probabilities(images(7))
    alone = np.concatenate([model.probabilities(image[None]) for image in images(7)])
    assert together == pytest.approx(alone, abs=1e-5)
    assert model.probabilities(images(0)).shape == (0, 7)


def test_the_default_weights_load_and_are_small() -> None:
    from importlib import resources

    model = load_model()
    assert model.description.classes == ("ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS")
    p = model.probabilities(images(3, (model.description.height, model.description.width)))
    assert p.sum(axis=1) == pytest.approx(1.0)
    with resources.as_file(resources.files("shotscale.data") / "default.safetensors") as file:
        assert file.stat().st_size < 12e6


def test_cinescale_adds_the_gray_pass(network: torch.nn.Module) -> None:
    model = ScaleModel(TorchRunner(network), replace(ABOUT, preparation="cinescale", temperature=1.0))
    from shotscale.network.preprocess import to_gray

    plain = ScaleModel(TorchRunner(network), replace(ABOUT, temperature=1.0))
    both = (plain.probabilities(images()) + plain.probabilities(to_gray(images()))) / 2
    assert model.probabilities(images()) == pytest.approx(both, abs=1e-6)


def test_a_truncated_file(weights: Path) -> None:
    for size in (0, 4, 1000, weights.stat().st_size - 1):
        cut = weights.with_name(f"cut{size}.safetensors")
        cut.write_bytes(weights.read_bytes()[:size])
        with pytest.raises(WeightsError, match="damaged or truncated safetensors file"):
            load_model(cut)


def test_a_changed_bit(weights: Path) -> None:
    content = bytearray(weights.read_bytes())
    content[-100] ^= 1
    weights.write_bytes(bytes(content))
    with pytest.raises(WeightsError, match="checksum"):
        load_model(weights)


def test_missing_file_and_missing_description(tmp_path: Path, weights: Path) -> None:
    with pytest.raises(WeightsError, match="no such file"):
        load_model(tmp_path / "none.safetensors")
    bare = tmp_path / "bare.safetensors"
    save_file(load_file(weights), bare)
    with pytest.raises(WeightsError, match="no shotscale description"):
        load_model(bare)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"architecture": "mobilenet_v3_small"}, "not a mobilenet_v3_small"),
        ({"architecture": "shufflenet_v2_x1_0"}, "give weights of that network"),
        ({"architecture": "no_such_net"}, "not a torchvision"),
        ({"classes": ("close", "medium", "long")}, "give weights of that network"),
        ({"format_version": 99}, "format version 99"),
    ],
)
def test_weights_of_another_network(tmp_path: Path, network: torch.nn.Module, change: dict, message: str) -> None:
    path = tmp_path / "other.safetensors"
    save_model(path, network.state_dict(), replace(ABOUT, **change), graph=False)
    with pytest.raises(WeightsError, match=message) as error:
        load_model(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "change", [{"classes": ("a", "b")}, {"preparation": "crop"}, {"height": 8}, {"temperature": 0.0}]
)
def test_a_description_is_checked(change: dict) -> None:
    with pytest.raises(OptionError):
        replace(ABOUT, **change)
