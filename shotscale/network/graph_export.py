"""Turn a PyTorch network into an ONNX graph without weights, and verify that it computes the same."""

import copy
import logging
from typing import Any

import numpy as np
import torch
from torch import nn

from shotscale.errors import WeightsError
from shotscale.network.architectures import batch_norm_pairs, fold_batch_norms
from shotscale.network.graph import Fold, Graph, GraphRunner, fold_tensors

__all__ = ["export_graph"]

_TOLERANCE = 1e-3  # of the largest score; single precision summed in another order stays far below
_OPSET = 20  # of 2023: every ONNX Runtime that the project takes runs it
_MOST_LEFT = 1 << 20  # bytes of operations; those of the largest published network take 200 kB


def export_graph(network: nn.Module, *, height: int, width: int) -> Graph:
    """Export a network that takes pictures (n, 3, height, width), n being free.

    Raises
    ------
    WeightsError
        If the network has operations that ONNX lacks, or if its graph computes something else.
    """
    network = copy.deepcopy(network).eval().requires_grad_(False)
    folds = tuple(Fold(convolution, name, norm.eps) for convolution, name, norm in batch_norm_pairs(network))
    tracked = "num_batches_tracked"
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items() if not name.endswith(tracked)}
    folded = _out_of_place(fold_batch_norms(copy.deepcopy(network)))
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randn((2, 3, height, width), generator=generator)
    operations, weights = _operations(folded, pictures, weights=fold_tensors(state, folds))
    graph = Graph(operations, weights, folds)
    _prove(graph, state, network, pictures)
    return graph


def _operations(
    network: nn.Module, pictures: torch.Tensor, *, weights: dict[str, Any]
) -> tuple[bytes, tuple[str, ...]]:
    """Export a network, take its weights out of the result, and name those that were.

    The exporter simplifies what it can: it folds batch normalisations of its own choice and turns matrices round.
    Weights that it changes would stay in the operations; then ONNX Runtime is left to simplify, when it opens them.
    """
    normalises = any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    model = _exported(network, pictures, simplify=not normalises)
    taken = _take_weights(model, weights)
    if model.ByteSize() > _MOST_LEFT and not normalises:
        model = _exported(network, pictures, simplify=False)
        taken = _take_weights(model, weights)
    for node in model.graph.node:
        # They hold the stack of the Python code that was traced, with the paths of whoever traced it.
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for part in ("value_info", "metadata_props"):
        model.graph.ClearField(part)
    model.ClearField("metadata_props")
    return bytes(model.SerializeToString()), taken


def _exported(network: nn.Module, pictures: torch.Tensor, *, simplify: bool) -> Any:
    """Return a network as an ONNX model, its weights within."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    batches = {0: torch.export.Dim.DYNAMIC}
    try:
        program = torch.onnx.export(
            network,
            (pictures,),
            input_names=["pictures"],
            output_names=["scores"],
            opset_version=_OPSET,
            dynamic_shapes=(batches,),
            dynamo=True,
            optimize=simplify,
            verbose=False,
        )
    except Exception as error:  # whatever the exporter meets in a network of other people's making
        raise WeightsError(f"{type(network).__name__}: cannot be written as an ONNX graph; {error}") from error
    assert program is not None
    return program.model_proto


def _take_weights(model: Any, weights: dict[str, Any]) -> tuple[str, ...]:
    """Take out of an ONNX model the tensors that are a network's own, unchanged, and name them.

    A tensor may have the name of a weight and hold it folded with a batch normalisation.
    """
    import onnx

    taken = []
    for tensor in model.graph.initializer:
        own = weights.get(tensor.name)
        if own is not None and _alike(onnx.numpy_helper.to_array(tensor), own):
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            place = tensor.external_data.add()
            place.key, place.value = "location", "tensors"
            taken.append(tensor.name)
    return tuple(taken)


def _alike(one: Any, other: Any) -> bool:
    """Say whether two tensors are the same but for what folding in another order leaves."""
    return bool(one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-6))


def _out_of_place(network: nn.Module) -> nn.Module:
    """Make activations give a new tensor: what is written in place becomes scattering in the graph."""
    for module in network.modules():
        if getattr(module, "inplace", False):
            module.inplace = False  # type: ignore[assignment]
    return network


def _prove(graph: Graph, state: dict[str, Any], network: nn.Module, pictures: torch.Tensor) -> None:
    with torch.inference_mode():
        expected = network(pictures).numpy()
    difference = np.abs(GraphRunner(graph, state)(pictures.numpy()) - expected).max()
    if not difference <= _TOLERANCE * max(1.0, np.abs(expected).max()):
        raise WeightsError(
            f"{type(network).__name__}: its ONNX graph differs by {difference:.2g} in its scores; use another network"
        )
