import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from shotscale.errors import WeightsError
from shotscale.network.architectures import TorchRunner, fold_batch_norms
from shotscale.network.graph import Fold, Graph, GraphRunner, fold_tensors
from shotscale.network.graph_export import export_graph
from shotscale.network.weights import ModelDescription, ScaleModel, load_model, save_model


class Small(torch.nn.Module):
    """A strided convolution with batch normalization, a plain convolution, and a classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 3, stride=2, bias=False),
            torch.nn.BatchNorm2d(8),
            torch.nn.ReLU6(inplace=True),
            torch.nn.Conv2d(8, 8, 3, padding=1),
        )
        self.classifier = torch.nn.Linear(8, 7)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(pictures).mean((2, 3)))


@pytest.fixture(scope="module")
def network() -> Small:
    torch.manual_seed(0)
    small = Small()
    small.train()(torch.randn(16, 3, 40, 48) * 3 + 1)
    return small.eval()


@pytest.fixture(scope="module")
def graph(network: Small) -> Graph:
    return export_graph(network, height=40, width=48)


def state_of(network: torch.nn.Module) -> dict[str, np.ndarray]:
    return {name: tensor.detach().numpy() for name, tensor in network.state_dict().items() if tensor.ndim}


def test_folded_tensors_are_those_that_pytorch_folds(network: Small) -> None:
    folds = (Fold("features.0", "features.1", 1e-5),)
    ours = fold_tensors(state_of(network), folds)
    theirs = fold_batch_norms(copy.deepcopy(network)).state_dict()
    assert ours.keys() == theirs.keys()
    for name, tensor in theirs.items():
        assert ours[name] == pytest.approx(tensor.numpy(), abs=1e-6)


class Dense(torch.nn.Module):
    """A DenseNet layer whose batch normalization is not in a `Sequential` with the convolution before it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 8, 1, bias=False)
        self.norm2 = torch.nn.BatchNorm2d(8)
        self.conv2 = torch.nn.Conv2d(8, 8, 3, bias=False)
        self.classifier = torch.nn.Linear(8, 3)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.conv2(self.norm2(self.conv1(pictures)).relu()).mean((2, 3)))


def test_weights_that_the_exporter_folds_stay_outside_and_right() -> None:
    torch.manual_seed(2)
    network = Dense()
    network.train()(torch.randn(8, 3, 12, 16) * 3 + 1)
    graph = export_graph(network.eval(), height=12, width=16)
    pictures = torch.randn(3, 3, 12, 16)
    with torch.inference_mode():
        expected = network(pictures).numpy()
    assert GraphRunner(graph, state_of(network))(pictures.numpy()) == pytest.approx(expected, rel=1e-4, abs=1e-4)
    assert set(graph.weights) == set(state_of(network))


class Turned(torch.nn.Module):
    """A linear layer whose matrix the exporter transposes."""

    def __init__(self) -> None:
        super().__init__()
        self.classifier = torch.nn.Linear(24, 7)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.classifier(pictures.permute(0, 2, 3, 1).flatten(2).repeat(1, 1, 2)).mean(1)


def test_weights_that_the_exporter_turns_round_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shotscale.network.graph_export._MOST_LEFT", 1000)
    graph = export_graph(Turned(), height=12, width=4)
    assert set(graph.weights) == {"classifier.weight", "classifier.bias"}


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_graph_computes_what_the_network_computes(network: Small, graph: Graph, n: int) -> None:
    pictures = np.random.default_rng(n).normal(size=(n, 3, 40, 48)).astype(np.float32)
    runner = GraphRunner(Graph.from_text(graph.to_text()), state_of(network))
    assert runner(pictures) == pytest.approx(TorchRunner(network)(pictures), abs=1e-5)


def test_a_graph_holds_no_weights_and_no_paths(graph: Graph) -> None:
    assert len(graph.operations) < 8000
    assert str(Path(__file__).parent).encode() not in graph.operations
    assert b"site-packages" not in graph.operations


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"operations": "!", "weights": [], "folds": []}',
        '{"operations": "", "weights": [], "folds": []}',
    ],
)
def test_text_that_is_no_graph(text: str) -> None:
    with pytest.raises(ValueError, match="graph"):
        Graph.from_text(text)


def test_a_graph_that_unpacks_without_end() -> None:
    bomb = json.loads(Graph(bytes(1 << 27), (), ()).to_text())
    with pytest.raises(ValueError, match="more than"):
        Graph.from_text(json.dumps(bomb))


def test_tensors_that_do_not_fit(network: Small, graph: Graph) -> None:
    state = state_of(network)
    with pytest.raises(WeightsError, match="does not fit"):
        GraphRunner(graph, {name: tensor for name, tensor in state.items() if "classifier" not in name})
    with pytest.raises(WeightsError, match="does not fit"):
        GraphRunner(graph, {**state, "features.3.weight": np.zeros((9, 8, 3, 3), np.float32)})
    with pytest.raises(WeightsError, match="does not fit"):
        GraphRunner(Graph(b"nonsense", graph.weights, graph.folds), state)


def test_saved_weights_run_alike_with_both(tmp_path: Path) -> None:
    from shotscale.network.architectures import build_network

    torch.manual_seed(1)
    network = build_network("efficientnet_lite0", num_classes=7).eval()
    about = ModelDescription("efficientnet_lite0", height=64, width=96)
    written = save_model(tmp_path / "own.safetensors", network.state_dict(), about)
    images = np.random.default_rng(0).integers(0, 256, (3, 64, 96, 3), np.uint8)
    expected = ScaleModel(TorchRunner(network), written).probabilities(images)
    assert load_model(tmp_path / "own.safetensors").probabilities(images) == pytest.approx(expected, abs=1e-5)


def test_a_changed_graph_is_found(tmp_path: Path) -> None:
    from importlib import resources

    from safetensors import safe_open
    from safetensors.numpy import save_file

    with resources.as_file(resources.files("shotscale.data") / "default.safetensors") as default:
        with safe_open(default, framework="numpy") as file:
            metadata = file.metadata()
        tensors = load_file(default)
    save_file(tensors, tmp_path / "changed.safetensors", {**metadata, "graph": metadata["graph"].replace("e", "f", 1)})
    with pytest.raises(WeightsError, match="checksum"):
        load_model(tmp_path / "changed.safetensors")
