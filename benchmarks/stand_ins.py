"""Stand-ins for files that the pages cannot include: same format as published ones that are not ours to share."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["benchmark_record", "published_network", "write_as_keras"]

_TO_KERAS = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def published_network(path: str) -> None:
    """Write an untrained DenseNet of three classes in the format of the published one."""
    import torch

    from shotscale.network.architectures import build_network

    torch.manual_seed(0)
    write_as_keras(path, build_network("densenet121", num_classes=3))


def write_as_keras(
    path: "str | os.PathLike[str]", network: "torch.nn.Module", *, prefix: str = "", optimizer: bool = False
) -> None:
    """Write a torchvision network in the format of TensorFlow 1.13's Keras.

    Parameters
    ----------
    path : path
    network : torch.nn.Module
        A DenseNet.
    prefix : str
        Of every layer, if the network was itself a layer.
    optimizer : bool
        Whether to include the optimizer's weights.
    """
    import h5py
    import numpy as np
    import torch

    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights")
        root.attrs["backend"] = np.bytes_("tensorflow")
        for name, module in network.named_modules():
            if not isinstance(module, torch.nn.Conv2d | torch.nn.Linear | torch.nn.BatchNorm2d):
                continue
            layer = _keras_name(name)
            names = _TO_KERAS if isinstance(module, torch.nn.BatchNorm2d) else {"weight": "kernel", "bias": "bias"}
            for key, tensor in module.state_dict().items():
                if key == "num_batches_tracked":
                    continue
                values = tensor.numpy()
                values = values.transpose({4: (2, 3, 1, 0), 2: (1, 0)}.get(values.ndim, (0,)))
                root[f"{prefix}{layer}/{layer}/{names[key]}:0"] = values
                if optimizer:
                    file[f"optimizer_weights/training/Adam/{layer}/{names[key]}/m:0"] = values


def _keras_name(torch_name: str) -> str:
    """Return the Keras path of a layer of torchvision's DenseNet."""
    name = torch_name.removeprefix("features.")
    fixed = {"conv0": "conv1/conv", "norm0": "conv1/bn", "norm5": "bn", "classifier": "dense_1"}
    if name in fixed:
        return fixed[name]
    if name.startswith("transition"):
        stage, kind = name.removeprefix("transition").split(".")
        return f"pool{int(stage) + 1}_{'bn' if kind == 'norm' else 'conv'}"
    block, layer, part = name.split(".")
    place = {"norm1": "0_bn", "conv1": "1_conv", "norm2": "1_bn", "conv2": "2_conv"}[part]
    return f"conv{int(block.removeprefix('denseblock')) + 1}_block{layer.removeprefix('denselayer')}_{place}"


def benchmark_record(path: str) -> None:
    """Write the output of ``authorship benchmark`` for the built-in reference, one classifier and no permutations."""
    from authorship.reference.table import builtin_reference
    from authorship.validation.benchmark import run_benchmark
    from authorship.validation.classifiers import get_classifiers
    from shotscale.files import write_json

    write_json(path, run_benchmark(builtin_reference(), kinds=get_classifiers(["Burrows' Delta"]), n_permutations=0))
