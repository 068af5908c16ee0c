"""Build classification networks by name, set their last layer, and choose which layers learn.

Conventions
-----------
A network maps a float tensor (n, 3, height, width) to class scores (n, classes) before the softmax. Its name
is torchvision's (``"vgg16"``, ``"densenet121"``) or one of the EfficientNet-Lite variants. The finetuning
choices are those of the ICIP 2018 paper (doi 10.1109/ICIP.2018.8451474): A ``scratch``, B ``last`` layer, C
``fully-connected`` layers, D ``all`` layers of a network that starts from given weights.
"""

from collections.abc import Callable
from enum import StrEnum

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from shotscale.efficientnet_lite import VARIANTS, EfficientNetLite
from shotscale.errors import OptionError

__all__ = [
    "Finetuning",
    "build_network",
    "choose_trainable",
    "fold_batch_norms",
    "head_modules",
    "network_names",
    "parse_finetuning",
]


class Finetuning(StrEnum):
    """Which layers learn."""

    SCRATCH = "scratch"
    LAST = "last"
    FULLY_CONNECTED = "fully-connected"
    ALL = "all"


def parse_finetuning(text: str) -> Finetuning:
    """Give the finetuning of a name, or raise `OptionError`."""
    try:
        return Finetuning(text)
    except ValueError as error:
        raise OptionError(f"{text}: a finetuning is one of {', '.join(Finetuning)}") from error


def network_names() -> list[str]:
    """Give the names that `build_network` takes."""
    import torchvision

    return sorted([*torchvision.models.list_models(module=torchvision.models), *VARIANTS])


def build_network(name: str, *, num_classes: int) -> nn.Module:
    """Build a network with random weights.

    Parameters
    ----------
    name : str
        Of `network_names`.
    num_classes : int
        Length of the output.

    Raises
    ------
    OptionError
        For a name that is no classification network.

    Examples
    --------
    >>> build_network("mobilenet_v3_small", num_classes=3).classifier[3].out_features
    3
    """
    if name in VARIANTS:
        return EfficientNetLite(name, num_classes=num_classes)
    import torchvision  # here, since it takes a hundred megabytes that the default network does not need

    if name not in torchvision.models.list_models(module=torchvision.models):
        raise OptionError(f"{name}: not a torchvision classification network; densenet121 and vgg16 are two")
    options: dict[str, object] = {}
    if name in ("googlenet", "inception_v3"):
        options = {"init_weights": True, "aux_logits": False}
    build: Callable[..., nn.Module] = torchvision.models.get_model_builder(name)
    return build(weights=None, num_classes=num_classes, **options)


def head_modules(network: nn.Module) -> tuple[nn.Module, nn.Linear | nn.Conv2d]:
    """Give a network's fully connected part and, within it, the layer that gives the class scores.

    Raises
    ------
    OptionError
        If the network has none that is recognised.
    """
    for attribute in ("classifier", "fc", "heads", "head"):
        part = getattr(network, attribute, None)
        if isinstance(part, nn.Module):
            layers = [layer for layer in part.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
            if layers:
                return part, layers[-1]
    raise OptionError(f"{type(network).__name__}: has no classifier that is recognised; use another network")


def choose_trainable(network: nn.Module, finetuning: Finetuning, *, frozen_layers: int = 0) -> list[nn.Module]:
    """Freeze what does not learn and give the modules that must stay in evaluation mode.

    Parameters
    ----------
    network : torch.nn.Module
        Changed in place (``requires_grad`` only).
    finetuning : Finetuning
        Which layers learn.
    frozen_layers : int
        Leading children of ``network.features`` that stay as they are under ``all``: the edges and textures
        that every image shares.

    Returns
    -------
    list of torch.nn.Module
        Frozen modules, whose batch statistics must not move either.
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


def fold_batch_norms(network: nn.Module) -> nn.Module:
    """Fold batch normalisations into the convolutions before them, wherever the two stand in one sequence.

    The network, in evaluation mode, is changed in place and returned; what it computes stays the same.
    """
    for module in network.modules():
        if isinstance(module, nn.Sequential):
            for i in range(len(module) - 1):
                layer, following = module[i], module[i + 1]
                if isinstance(layer, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
                    module[i], module[i + 1] = fuse_conv_bn_eval(layer, following), nn.Identity()
    return network
