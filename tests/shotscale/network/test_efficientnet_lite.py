import math

import pytest
import torch
from torch.nn import functional

from shotscale.errors import WeightsError
from shotscale.network.architectures import fold_batch_norms
from shotscale.network.efficientnet_lite import EfficientNetLite, _Convolution, published_state


def tensorflow_same(images: torch.Tensor, layer: torch.nn.Conv2d) -> torch.Tensor:
    """Return TensorFlow's "same" convolution, as its documentation defines it."""
    sides: list[int] = []
    for size in (images.shape[3], images.shape[2]):
        total = max((math.ceil(size / layer.stride[0]) - 1) * layer.stride[0] + layer.kernel_size[0] - size, 0)
        sides += [total // 2, total - total // 2]
    return functional.conv2d(functional.pad(images, sides), layer.weight, None, layer.stride, groups=layer.groups)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(12, 20), (11, 20), (12, 7), (9, 9)])
def test_padding_is_that_of_tensorflow(kernel: int, stride: int, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = _Convolution(6, 6, kernel, stride=stride, groups=6)
    images = torch.randn(2, 6, *size)
    torch.testing.assert_close(layer(images), tensorflow_same(images, layer))


@pytest.mark.parametrize(
    ("variant", "parameters"), [("efficientnet_lite0", 4_652_008), ("efficientnet_lite2", 6_092_072)]
)
def test_sizes_are_the_published_ones(variant: str, parameters: int) -> None:
    with torch.device("meta"):
        network = EfficientNetLite(variant)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


def test_folding_changes_nothing() -> None:
    torch.manual_seed(0)
    network = EfficientNetLite("efficientnet_lite0", num_classes=7)
    images = torch.randn(4, 3, 64, 96)
    network.train()(images)
    network.eval()
    with torch.inference_mode():
        before = network(images)
        after = fold_batch_norms(network)(images)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-4)


def test_published_tensors_are_renamed_in_order() -> None:
    torch.manual_seed(0)
    network = EfficientNetLite("efficientnet_lite0", num_classes=7)
    own = network.state_dict()
    published = {f"_x{i}": tensor for i, (name, tensor) in enumerate(own.items()) if "classifier" not in name}
    renamed = published_state(network, {**published, "_fc.weight": torch.zeros(1000, 1280)})
    assert all(torch.equal(renamed[name], own[name]) for name in renamed)
    published.pop("_x0")
    with pytest.raises(WeightsError, match="same variant"):
        published_state(network, published)
