"""Convert a PyTorch network to an ONNX graph without weights, and verify that it computes the same scores."""

import copy
import logging
from typing import Any

import numpy as np
import torch
from torch import nn

from shotscale.errors import WeightsError
from shotscale.network.architectures import batch_norm_pairs, fold_batch_norms
from shotscale.network.graph import Fold, Graph, GraphRunner, fold_tensors

_NAMES = ("pictures", "scores")
_TOLERANCE = 1e-3  # of the largest score; rounding from another order of summation in single precision is far below
_OPSET = 20  # from 2023: every ONNX Runtime that the project supports runs it
_MOST_LEFT = 1 << 20  # bytes of operations; those of the largest published network take 200 kB


def export_graph(network: nn.Module, *, height: int, width: int) -> Graph:
    """Export a network that takes pictures (n, 3, height, width), for any n.

    Raises `WeightsError` if the network has operations that ONNX lacks, or if its graph computes other scores.
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
    """Export a network without its weights; return the operations and the names of the weights taken out.

    The exporter simplifies what it can: it folds batch normalizations of its own choice and transposes matrices.
    Weights that it changes would stay in the operations; simplifying is then left to ONNX Runtime, on opening them.
    """
    normalizes = any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    model = exported(network, pictures, names=_NAMES, simplify=not normalizes)
    taken = _take_weights(model, weights)
    if model.ByteSize() > _MOST_LEFT and not normalizes:
        model = exported(network, pictures, names=_NAMES, simplify=False)
        taken = _take_weights(model, weights)
    return bytes(without_traces(model).SerializeToString()), taken


def without_traces(model: Any) -> Any:
    """Remove the stack of the traced Python code, with local paths, from an ONNX model."""
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for part in ("value_info", "metadata_props"):
        model.graph.ClearField(part)
    model.ClearField("metadata_props")
    return model


def exported(network: nn.Module, given: torch.Tensor, *, names: tuple[str, str], simplify: bool = True) -> Any:
    """Return a network as an ONNX model with its weights; `names` are those of its input and output."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        program = torch.onnx.export(
            network,
            (given,),
            input_names=[names[0]],
            output_names=[names[1]],
            opset_version=_OPSET,
            dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
            dynamo=True,
            optimize=simplify,
            verbose=False,
        )
    except Exception as error:  # the exporter may raise anything on third-party networks
        raise WeightsError(f"{type(network).__name__}: cannot be written as an ONNX graph; {error}") from error
    assert program is not None
    return program.model_proto


def _take_weights(model: Any, weights: dict[str, Any]) -> tuple[str, ...]:
    """Take those tensors out of an ONNX model that are a network's unchanged weights, and return their names.

    Values are compared, since a tensor may have a weight's name but hold it folded with a batch normalization.
    """
    import onnx

    taken = []
    for tensor in model.graph.initializer:
        own = weights.get(tensor.name)
        given = onnx.numpy_helper.to_array(tensor)
        # The same except for rounding from another order of folding.
        if own is not None and given.shape == own.shape and np.allclose(given, own, rtol=1e-4, atol=1e-6):
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            place = tensor.external_data.add()
            place.key, place.value = "location", "tensors"
            taken.append(tensor.name)
    return tuple(taken)


def _out_of_place(network: nn.Module) -> nn.Module:
    """Make activations return new tensors: in-place writes become scatter operations in the graph."""
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
