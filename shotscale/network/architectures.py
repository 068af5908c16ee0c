"""Build classification networks by name, set their last layer, and choose which layers are trained.

Conventions
-----------
A network maps a float tensor (n, 3, height, width) to class scores (n, classes) before the softmax. Its name
is torchvision's (``"vgg16"``, ``"densenet121"``) or one of the EfficientNet-Lite variants. The finetuning
choices are those of the ICIP 2018 paper (doi 10.1109/ICIP.2018.8451474): A ``scratch``, B ``last`` layer, C
``fully-connected`` layers, D ``all`` layers of a network that starts from given weights.
"""

import copy
import itertools
from collections.abc import Callable, Iterator
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from shotscale.errors import OptionError
from shotscale.network.efficientnet_lite import VARIANTS, EfficientNetLite


class Finetuning(StrEnum):
    """Which layers are trained."""

    SCRATCH = "scratch"
    LAST = "last"
    FULLY_CONNECTED = "fully-connected"
    ALL = "all"


def parse_finetuning(text: str) -> Finetuning:
    """Return the finetuning with a name; raise `OptionError` if there is none."""
    try:
        return Finetuning(text)
    except ValueError as error:
        raise OptionError(f"{text}: choose one of {', '.join(Finetuning)}") from error


def build_network(name: str, *, num_classes: int, auxiliary: bool = False) -> nn.Module:
    """Build a network by name with random weights; raise `OptionError` if there is none.

    `auxiliary` adds the auxiliary classifiers that GoogLeNet has during training (Szegedy et al. 2015,
    arXiv 1409.4842); other networks get none.
    """
    if name in VARIANTS:
        return EfficientNetLite(name, num_classes=num_classes)
    import torchvision  # here, since it takes a hundred megabytes and the default network does not need it

    if name not in torchvision.models.list_models(module=torchvision.models):
        raise OptionError(f"{name}: not a torchvision classification network; densenet121 and vgg16 are two")
    options: dict[str, object] = {}
    if name in ("googlenet", "inception_v3"):
        options = {"init_weights": True, "aux_logits": auxiliary and name == "googlenet"}
    build: Callable[..., nn.Module] = torchvision.models.get_model_builder(name)
    return build(weights=None, num_classes=num_classes, **options)


def head_modules(network: nn.Module) -> tuple[nn.Module, nn.Linear | nn.Conv2d]:
    """Return a network's fully connected part and, within it, the layer that outputs the class scores."""
    for attribute in ("classifier", "fc", "heads", "head"):
        part = getattr(network, attribute, None)
        if isinstance(part, nn.Module):
            layers = [layer for layer in part.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
            if layers:
                return part, layers[-1]
    raise OptionError(f"{type(network).__name__}: has no recognized classifier layer; use another network")


def without_auxiliary(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Drop auxiliary classifiers, used only in training, from a state dictionary."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(("aux", "AuxLogits"))}


def check_input(network: nn.Module, name: str, *, height: int, width: int) -> None:
    """Raise `OptionError` if a network does not accept pictures of a size: some accept only one."""
    parameter = next(network.parameters())
    training = network.training
    try:
        with torch.inference_mode():
            network.eval()(torch.zeros((1, 3, height, width), device=parameter.device))
    except (RuntimeError, AssertionError, ValueError) as error:
        raise OptionError(
            f"{height}x{width}: {name} does not accept this input size; try another, usually 224x224"
        ) from error
    finally:
        network.train(training)


def choose_trainable(network: nn.Module, finetuning: Finetuning, *, frozen_layers: int = 0) -> list[nn.Module]:
    """Freeze in place what is not trained; return the modules whose batch statistics must stay fixed too.

    `frozen_layers` is the number of leading children of ``network.features`` that stay frozen under ``all``: they
    detect edges and textures common to all images.
    """
    part, last = head_modules(network)
    network.requires_grad_(finetuning in (Finetuning.SCRATCH, Finetuning.ALL))
    if finetuning is Finetuning.LAST:
        last.requires_grad_(True)
    elif finetuning is Finetuning.FULLY_CONNECTED:
        part.requires_grad_(True)
    elif frozen_layers and finetuning is Finetuning.ALL:
        features = getattr(network, "features", None)
        if not isinstance(features, nn.Sequential) or frozen_layers > len(features):
            raise OptionError(f"{frozen_layers}: more leading layers than the network has; freeze fewer")
        for layer in list(features)[:frozen_layers]:
            layer.requires_grad_(False)
    return [
        module
        for module in network.modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm)
        and not any(parameter.requires_grad for parameter in module.parameters())
    ]


def batch_norm_pairs(network: nn.Module) -> Iterator[tuple[str, str, nn.BatchNorm2d]]:
    """Yield the names of each convolution and the batch normalization after it in a sequence, and the latter."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Sequential):
            prefix = f"{name}." if name else ""
            layers = list(module.named_children())
            for (first, layer), (second, following) in itertools.pairwise(layers):
                if isinstance(layer, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
                    yield f"{prefix}{first}", f"{prefix}{second}", following


def fold_batch_norms(network: nn.Module) -> nn.Module:
    """Fold batch normalizations into the convolutions before them, if both are in one sequence.

    The network, in evaluation mode, is changed in place and returned; its outputs stay the same.
    """
    for convolution, name, norm in list(batch_norm_pairs(network)):
        layer = network.get_submodule(convolution)
        assert isinstance(layer, nn.Conv2d)
        network.set_submodule(convolution, fuse_conv_bn_eval(layer, norm))
        network.set_submodule(name, nn.Identity())
    return network


def as_input(pictures: npt.NDArray[np.float32], device: torch.device) -> torch.Tensor:
    """Put normalized pictures (n, 3, height, width) on a device."""
    return torch.from_numpy(pictures).to(device).contiguous(memory_format=torch.channels_last)


class TorchRunner:
    """A network ready to run with PyTorch, on the GPU if there is one.

    Runs a copy, in evaluation mode, with batch normalizations folded where possible. `at_once` calls are worth making
    in parallel: one per core, or one on a GPU.
    """

    def __init__(self, network: nn.Module) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        folded = fold_batch_norms(copy.deepcopy(network).eval())
        self._network = folded.to(device=self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.at_once = 1 if self._device.type == "cuda" else torch.get_num_threads()

    def __call__(self, pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the class scores (n, classes) of normalized pictures (n, 3, height, width)."""
        with torch.inference_mode():
            scores: npt.NDArray[np.float32] = self._network(as_input(pictures, self._device)).float().cpu().numpy()
        return scores

    def begin_thread(self) -> None:
        """Limit this thread to one core; others run in parallel."""
        torch.set_num_threads(1)
