"""Fit the network of `shotscale.boundaries.model` with PyTorch and write it as ONNX models."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from shotscale.boundaries.examples import IGNORED, Example
from shotscale.boundaries.model import EPOCHS, N_CODES, PARAMETERS, SequenceModel
from shotscale.network.graph_export import exported, without_traces

_EXTREME = 0.002  # share of gaps at either end whose values are clipped: ratios of distances have long tails
_SAMPLE = 20_000  # gaps: enough to estimate a quantile of .002 to within a sixth of itself
_CLASSES = 3

Floats = npt.NDArray[np.float32]


class Encoder(nn.Module):
    """Maps the features of single gaps, brought to a common scale, to codes."""

    least: torch.Tensor
    most: torch.Tensor
    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, sample: Floats) -> None:
        super().__init__()
        least, most = np.quantile(sample, [_EXTREME, 1 - _EXTREME], axis=0)
        bounded = np.clip(sample, least, most)
        for name, values in (("least", least), ("most", most), ("mean", bounded.mean(0)), ("scale", bounded.std(0))):
            self.register_buffer(name, torch.from_numpy(values.astype(np.float32)))
        hidden = PARAMETERS["hidden"]
        self.layers = nn.Sequential(
            nn.Linear(sample.shape[1], hidden), nn.ReLU(), nn.Dropout(0.3), nn.Linear(hidden, N_CODES)
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return codes (..., N_CODES) of features (..., d)."""
        bounded = torch.minimum(torch.maximum(features, self.least), self.most)
        codes: torch.Tensor = self.layers((bounded - self.mean) / (self.scale + 1e-6))
        return codes


class Reader(nn.Module):
    """Maps the codes of successive gaps to class scores."""

    def __init__(self) -> None:
        super().__init__()
        n = PARAMETERS["channels"]
        self.around = nn.Sequential(
            nn.Conv1d(N_CODES, n, 5, padding=2),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Conv1d(n, n, 5, padding=4, dilation=2),
            nn.ReLU(),
            nn.Conv1d(n, n, 5, padding=8, dilation=4),
            nn.ReLU(),
            nn.Conv1d(n, _CLASSES, 1),
        )
        self.alone = nn.Linear(N_CODES, _CLASSES)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Return scores (runs, gaps, classes) of codes (runs, gaps, N_CODES)."""
        around = self.around(codes.transpose(1, 2)).transpose(1, 2)
        scores: torch.Tensor = around + self.alone(codes)
        return scores


class Probabilities(nn.Module):
    """Applies a reader to one film: codes (gaps, N_CODES) to the probabilities of cut and gradual."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Return probabilities (gaps, 2)."""
        probabilities = torch.softmax(self.reader(codes[None])[0], dim=1)
        return probabilities[:, 1:]


class SequenceNetwork(nn.Module):
    """Encoder and reader, fitted together."""

    def __init__(self, sample: Floats) -> None:
        super().__init__()
        self.encoder = Encoder(sample)
        self.reader = Reader()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return scores (runs, gaps, classes) of features (runs, gaps, d)."""
        scores: torch.Tensor = self.reader(self.encoder(features))
        return scores


def fit_sequence(examples: Sequence[Example], *, seed: int, epochs: int = EPOCHS) -> SequenceNetwork:
    """Fit a network to examples, each gap weighted as its example; the same examples and seed give the same network."""
    generator = np.random.default_rng(seed)
    features = torch.from_numpy(np.concatenate([example.features for example in examples]))
    labels = torch.from_numpy(np.concatenate([example.labels for example in examples]).astype(np.int64))
    weights = torch.from_numpy(
        np.concatenate([np.full(len(example.labels), example.weight, np.float32) for example in examples])
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums in another order would give another network
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = SequenceNetwork(features[generator.integers(0, len(features), _SAMPLE)].numpy())
            _train(network, (features, labels, weights), generator, epochs=epochs)
    finally:
        torch.set_num_threads(threads)
    return network.eval()


def _train(
    network: SequenceNetwork, data: tuple[torch.Tensor, ...], generator: np.random.Generator, *, epochs: int
) -> None:
    run, batch, rate = (PARAMETERS[name] for name in ("run", "batch", "rate"))
    n_runs = len(data[0]) // run - 1
    n_steps = epochs * -(-n_runs // batch)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=PARAMETERS["decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=n_steps)
    for _ in range(epochs):
        first = int(generator.integers(0, run))  # runs begin at different gaps in every epoch
        runs = [part[first : first + n_runs * run].reshape(n_runs, run, *part.shape[1:]) for part in data]
        order = torch.from_numpy(generator.permutation(n_runs))
        for chosen in (order[start : start + batch] for start in range(0, n_runs, batch)):
            loss = _loss(network, *(part[chosen] for part in runs))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()


def _loss(
    network: SequenceNetwork, features: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    scores = network(features).flatten(0, 1)
    losses = nn.functional.cross_entropy(scores, labels.flatten(), ignore_index=IGNORED, reduction="none")
    return (losses * weights.flatten()).sum() / weights.sum()


def as_functions(network: SequenceNetwork) -> SequenceModel:
    """Return the functions that a fitted network computes."""
    reader = Probabilities(network.reader).eval()

    def run(part: nn.Module, values: Floats) -> Floats:
        with torch.inference_mode():
            result: Floats = part(torch.from_numpy(values)).numpy()
        return result

    return SequenceModel(lambda features: run(network.encoder, features), lambda codes: run(reader, codes))


def serialized(network: SequenceNetwork) -> list[bytes]:
    """Return a fitted network's encoder and reader as ONNX models, as `GapModel.load` reads them."""
    models = []
    for part, n_inputs in ((network.encoder, len(network.encoder.mean)), (Probabilities(network.reader), N_CODES)):
        model = exported(part.eval(), torch.zeros((40, n_inputs)), names=("gaps", "result"))
        models.append(without_traces(model).SerializeToString(deterministic=True))
    return models
