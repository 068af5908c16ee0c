"""Read Keras DenseNets from HDF5, as saved by TensorFlow 1.13 and later, without Keras or TensorFlow.

Conventions
-----------
A layer is recognized by the end of its path in the file (``conv2_block1_1_conv``, ``pool2_bn``), however
the network is nested; optimizer weights are skipped. The depth follows from the number of blocks. Keras
kernels are (height, width, in, out), PyTorch's (out, in, height, width).

Source of the layer names and of the normalisation's epsilon: keras-applications 1.0.6, ``densenet.py``. The
published CineScale network is such a file: three classes, CS, MS and LS.
"""

import os
import re
from collections import defaultdict
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from shotscale.errors import WeightsError, first_line
from shotscale.network.architectures import build_network
from shotscale.network.preprocess import CINESCALE, Normalisation
from shotscale.network.weights import ModelDescription, require_tensors
from shotscale.numerals import counted
from shotscale.scales import GROUP_NAMES

__all__ = ["import_keras"]

Array = npt.NDArray[np.float32]

_DEPTHS = {(6, 12, 24, 16): "densenet121", (6, 12, 32, 32): "densenet169", (6, 12, 48, 32): "densenet201"}
_BLOCK = re.compile(r"conv([2-5])_block(\d+)_(0_bn|1_conv|1_bn|2_conv)")
_POOL = re.compile(r"pool([2-4])_(bn|conv)")
_STEM = re.compile(r"conv1[_/](conv|bn)")
_NORMALISATION = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
_KERAS_EPSILON, _TORCH_EPSILON = 1.001e-5, 1e-5  # in the two libraries' batch normalization of DenseNet


def import_keras(path: str | os.PathLike[str]) -> tuple[dict[str, Tensor], ModelDescription]:
    """Convert a Keras DenseNet of three classes to the state of torchvision's of the same depth, and a description.

    The HDF5 file is of a whole model or of its weights, such as ``model_shotscale_967.h5``. Raises `WeightsError` if it
    is truncated, or of another architecture or number of classes.
    """
    path = Path(path)
    layers = _read(path)
    architecture = _architecture(path, layers)
    state: dict[str, Tensor] = {}
    for layer, arrays in layers.items():
        target = _torch_name(layer)
        for name, array in arrays.items():
            state.update(_tensor(path, layer, target, name, array))
    classes = len(state["classifier.weight"])
    if classes != len(GROUP_NAMES):
        raise WeightsError(
            f"{path}: {counted(classes, 'class', 'classes')}: the published network has three, CS, MS and LS; give "
            "that file"
        )
    with torch.device("meta"):
        expected = build_network(architecture, num_classes=classes).state_dict()
    require_tensors(path, architecture, expected, state)
    description = ModelDescription(
        architecture,
        classes=GROUP_NAMES,
        height=125,
        width=224,
        preparation=CINESCALE,
        normalisation=Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        training={"imported_from": path.name},
    )
    return state, description


def _read(path: Path) -> dict[str, dict[str, Array]]:
    """Return the arrays of every layer, by layer and weight."""
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give a Keras HDF5 file")
    layers: dict[str, dict[str, Array]] = defaultdict(dict)
    try:
        with h5py.File(path, "r") as file:
            root = file.get("model_weights", file)
            names: list[str] = []
            root.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
            for name in names:
                if name.split("/")[0] in ("optimizer_weights", "top_level_model_weights"):
                    continue
                *parents, weight = name.split("/")
                layers[_layer_name(parents)][weight.partition(":")[0]] = np.asarray(root[name], np.float32)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise WeightsError(f"{path}: damaged or truncated HDF5 file ({first_line(error)}); fetch it again") from error
    return dict(layers)


def _layer_name(parents: list[str]) -> str:
    """Return the name of the layer at the end of a path, the same however it is nested."""
    last = parents[-1] if parents else ""
    stem = _STEM.fullmatch("/".join(parents[-2:])) or _STEM.fullmatch(last)
    if stem:
        return f"conv1_{stem[1]}"
    if _BLOCK.fullmatch(last) or _POOL.fullmatch(last) or last == "bn":
        return last
    return "/".join(parents)


def _architecture(path: Path, layers: dict[str, dict[str, Array]]) -> str:
    """Return the architecture; raise `WeightsError` if it is not a DenseNet with one layer on top."""
    blocks = [match for match in map(_BLOCK.fullmatch, layers) if match]
    counts = tuple(len({match[2] for match in blocks if match[1] == stage}) for stage in "2345")
    if counts not in _DEPTHS:
        found = ", ".join(map(str, counts))
        raise WeightsError(f"{path}: blocks {found}: not a DenseNet 121, 169 or 201; give the published network's file")
    tops = [layer for layer, arrays in layers.items() if _torch_name(layer) == "classifier" and arrays]
    if len(tops) != 1 or layers[tops[0]].get("kernel", np.empty(0)).ndim != 2:
        raise WeightsError(
            f"{path}: {counted(len(tops), 'layer')} on top of the DenseNet: one dense layer is expected; give such a "
            "file"
        )
    return _DEPTHS[counts]


def _torch_name(layer: str) -> str:
    """Return torchvision's name of a layer; any layer that is not part of the DenseNet is its classifier."""
    if match := _BLOCK.fullmatch(layer):
        stage, block, place = match.groups()
        part = {"0_bn": "norm1", "1_conv": "conv1", "1_bn": "norm2", "2_conv": "conv2"}[place]
        return f"features.denseblock{int(stage) - 1}.denselayer{block}.{part}"
    if match := _POOL.fullmatch(layer):
        return f"features.transition{int(match[1]) - 1}.{'norm' if match[2] == 'bn' else 'conv'}"
    return {"conv1_conv": "features.conv0", "conv1_bn": "features.norm0", "bn": "features.norm5"}.get(
        layer, "classifier"
    )


def _tensor(path: Path, layer: str, target: str, name: str, array: Array) -> dict[str, Tensor]:
    """Rename one array and convert it to PyTorch's layout."""
    if name in _NORMALISATION:
        # torchvision's epsilon is a little smaller than Keras's; the difference is added to the variance.
        shifted = array + np.float32(_KERAS_EPSILON - _TORCH_EPSILON) if name == "moving_variance" else array
        return {f"{target}.{_NORMALISATION[name]}": torch.from_numpy(shifted.copy())}
    if name == "kernel" and array.ndim in (2, 4):
        axes = (1, 0) if array.ndim == 2 else (3, 2, 0, 1)
        return {f"{target}.weight": torch.from_numpy(np.ascontiguousarray(array.transpose(axes)))}
    if name == "bias" and target == "classifier":
        return {f"{target}.bias": torch.from_numpy(array.copy())}
    raise WeightsError(
        f"{path}: {layer} has a weight {name} of shape {array.shape}: not a DenseNet's; give such a file"
    )
