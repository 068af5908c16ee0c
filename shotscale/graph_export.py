"""Turn a PyTorch network into an ONNX graph without weights, and prove that it computes the same."""

import copy
import logging
from typing import Any

import numpy as np
import torch
from torch import nn

from shotscale.errors import WeightsError
from shotscale.graph import Fold, Graph, GraphRunner, fold_tensors
from shotscale.network import batch_norm_pairs, fold_batch_norms

__all__ = ["export_graph"]

_TOLERANCE = 1e-3  # of the largest score; single precision summed in another order stays far below
_OPSET = 20


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
    """Export a network, take its weights out of the result, and name those that were."""
    import onnx

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
            verbose=False,
        )
    except Exception as error:  # whatever the exporter meets in a network of other people's making
        raise WeightsError(f"{type(network).__name__}: cannot be written as an ONNX graph; {error}") from error
    assert program is not None
    model = program.model_proto
    taken = []
    for tensor in model.graph.initializer:
        if tensor.name in weights and tuple(tensor.dims) == weights[tensor.name].shape:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            place = tensor.external_data.add()
            place.key, place.value = "location", "tensors"
            taken.append(tensor.name)
    for node in model.graph.node:
        # They hold the stack of the Python code that was traced, with the paths of whoever traced it.
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for part in ("value_info", "metadata_props"):
        model.graph.ClearField(part)
    model.ClearField("metadata_props")
    return bytes(model.SerializeToString()), tuple(taken)


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
