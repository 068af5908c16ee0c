"""The state of a training run: network, averaged weights, optimizer, and their checkpoint."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from shotscale.errors import WeightsError
from shotscale.files import atomic_path
from shotscale.labeled.dataset import ExampleSampler, LabeledFrames
from shotscale.network.architectures import (
    Finetuning,
    as_input,
    build_network,
    check_input,
    choose_trainable,
    head_modules,
    without_auxiliary,
)
from shotscale.network.preprocess import normalise
from shotscale.scales import SCALES
from shotscale.tables import MEMBERS
from shotscale.training.recipe import Recipe, StepReport

_AUXILIARY_WEIGHT = 0.3  # of the loss of each of GoogLeNet's auxiliary classifiers, as published
_MEMBERS = torch.from_numpy(MEMBERS).float()
_NO_DECAY = {"weight_decay": 0.0}


def scale_loss(scores: Tensor, targets: Tensor, *, smoothing: float, group_weight: float) -> Tensor:
    """Return the cross-entropy of scores and targets (n, 7) plus `group_weight` times that over the three groups."""
    smooth = targets * (1 - smoothing) + smoothing / targets.shape[1]
    logs = scores.log_softmax(1)
    groups = (logs.exp() @ _MEMBERS.to(scores)).clamp_min(1e-7).log()
    by_scale = -(smooth * logs).sum(1).mean()
    by_group = -((smooth @ _MEMBERS.to(scores)) * groups).sum(1).mean()
    return by_scale + group_weight * by_group


def one_cycle(done: float, *, rise: float = 0.15) -> float:
    """Return the learning rate, as a fraction of its peak, when a fraction `done` of the run is over.

    Examples
    --------
    >>> round(one_cycle(0.15), 3), round(one_cycle(1.0), 3)
    (1.0, 0.002)
    """
    if done < rise:
        return 0.05 + 0.95 * done / rise
    return 0.002 + 0.998 * (1 + math.cos(math.pi * (done - rise) / (1 - rise))) / 2


class Run:
    """The state of a training run.

    A checkpoint holds the parts in `_MODULES` and `_COUNTS`, the recipe, a hash of what is learned from, and the log.
    """

    _MODULES = ("network", "averaged", "optimizer", "scaler")
    _COUNTS = ("step", "best", "best_loss", "waited")

    def __init__(self, frames: LabeledFrames, recipe: Recipe, initial: dict[str, Tensor] | None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.step = recipe, 0
        self.material = _material(frames, initial or {})
        self.log: list[StepReport] = []
        self.device = training_device()
        # Auxiliary classifiers help to train a whole network; with frozen layers they would have no effect.
        auxiliary = recipe.finetuning in (Finetuning.SCRATCH, Finetuning.ALL)
        network = build_network(recipe.network, num_classes=len(SCALES), auxiliary=auxiliary)
        self.network = _placed(network, self.device)
        self.averaged = _placed(build_network(recipe.network, num_classes=len(SCALES)), self.device)
        check_input(self.averaged, recipe.network, height=recipe.height, width=recipe.width)
        if initial is not None:
            _start_from(self.network, initial)
        self.averaged.load_state_dict(without_auxiliary(self.network.state_dict()))
        self.frozen = choose_trainable(self.network, recipe.finetuning, frozen_layers=recipe.frozen_layers)
        self.optimizer = torch.optim.AdamW(_parameter_groups(self.network, recipe), weight_decay=recipe.decay)
        self.peaks = [group["lr"] for group in self.optimizer.param_groups]
        self.best: dict[str, Tensor] | None = None
        self.best_loss, self.waited = math.inf, 0
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.device.type == "cuda")
        alike = ("shares", "balance", "augmentation", "height", "width", "seed")
        self.sampler = ExampleSampler(frames, **{name: getattr(recipe, name) for name in alike})

    @property
    def exhausted(self) -> bool:
        """Whether the validation loss has stopped falling."""
        return bool(self.recipe.patience) and self.waited >= self.recipe.patience

    def remember(self, loss: float) -> None:
        """Keep the averaged weights if they are the best so far."""
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best = {name: tensor.clone() for name, tensor in self.averaged.state_dict().items()}
        else:
            self.waited += 1

    def advance(self) -> float:
        """Take one step and return its loss."""
        recipe = self.recipe
        images, targets = self.sampler.batch(self.step, recipe.batch)
        torch.manual_seed(int(np.random.SeedSequence((recipe.seed, self.step)).generate_state(1)[0]))
        fraction = one_cycle(self.step / recipe.steps)
        for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
            group["lr"] = peak * fraction
        self.network.train()
        for module in self.frozen:
            module.eval()
        with torch.autocast(self.device.type, enabled=self.device.type == "cuda"):
            scores = self.network(as_input(normalise(images, recipe.normalisation), self.device))
        wanted = torch.from_numpy(targets.astype(np.float32)).to(self.device)
        loss = self._loss(scores, wanted)
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self._average()
        self.step += 1
        return float(loss.detach())

    def _loss(self, scores: Tensor | tuple[Tensor, ...], wanted: Tensor) -> Tensor:
        """Return the loss of the class scores, including those of any auxiliary classifiers."""
        recipe = self.recipe
        main, *sides = (
            scale_loss(some.float(), wanted, smoothing=recipe.smoothing, group_weight=recipe.group_weight)
            for some in ((scores,) if isinstance(scores, Tensor) else scores)
        )
        for side in sides:
            main = main + _AUXILIARY_WEIGHT * side
        return main

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        mine = self.network.state_dict()
        for name, value in self.averaged.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(mine[name], 1 - keep)
            else:
                value.copy_(mine[name])

    def save(self, path: Path) -> None:
        """Write a checkpoint, atomically."""
        state = {
            "recipe": json.dumps(asdict(self.recipe), sort_keys=True),
            "material": self.material,
            "log": json.dumps([asdict(entry) for entry in self.log]),
            **{name: getattr(self, name).state_dict() for name in self._MODULES},
            **{name: getattr(self, name) for name in self._COUNTS},
        }
        with atomic_path(path) as temporary:
            torch.save(state, temporary)

    def load(self, path: Path) -> None:
        """Resume from a checkpoint; raise `WeightsError` if it is another run's or not readable."""
        try:
            state: dict[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
        except Exception as error:
            raise WeightsError(f"{path}: not a checkpoint that can be read; delete it to start again") from error
        if state["recipe"] != json.dumps(asdict(self.recipe), sort_keys=True):
            raise WeightsError(f"{path}: the checkpoint of another recipe; delete it, or train with its own recipe")
        if state.get("material") != self.material:
            raise WeightsError(
                f"{path}: the checkpoint of a run on other frames, folds or initial weights; delete it, or give those"
            )
        for name in self._MODULES:
            getattr(self, name).load_state_dict(state[name])
        for name in self._COUNTS:
            setattr(self, name, state[name])
        self.log = [StepReport(**entry) for entry in json.loads(state.get("log", "[]"))]


def _material(frames: LabeledFrames, initial: Mapping[str, Tensor]) -> str:
    """Return a hash of the frames to learn from, in their order, their targets, and the initial weights."""
    digest = sha256("\0".join(map(str, frames.table["file"])).encode())
    digest.update(np.rint(frames.targets * 1000).astype(np.int16).tobytes())  # other machines may round the last digit
    for name, tensor in sorted(initial.items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def training_device() -> torch.device:
    """Return the device to train on: the first GPU if there is one, otherwise the CPU.

    >>> training_device().type in ("cpu", "cuda")
    True
    """
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _placed(network: nn.Module, device: torch.device) -> nn.Module:
    return network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _start_from(network: nn.Module, initial: dict[str, Tensor]) -> None:
    """Load weights except auxiliary classifiers and a last layer with another number of classes."""
    own = network.state_dict()
    initial = without_auxiliary(initial)
    last = head_modules(network)[1]
    names = {name for name, module in network.named_modules() if module is last}
    head = {f"{name}.{tensor}" for name in names for tensor in ("weight", "bias")}
    usable = {name: value for name, value in initial.items() if name not in head or value.shape == own[name].shape}
    counts = "num_batches_tracked"
    missing = [name for name in without_auxiliary(own) if name not in {*usable, *head} and not name.endswith(counts)]
    wrong = [name for name, value in usable.items() if name not in own or value.shape != own[name].shape]
    if missing or wrong:
        raise WeightsError(f"{(missing + wrong)[0]}: initial weights of another network; give this network's")
    network.load_state_dict({**own, **usable})


def _parameter_groups(network: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Separate the last layer, and the parameters that weight decay would harm (biases and normalisation)."""
    head = set(map(id, head_modules(network)[1].parameters()))
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for parameter in network.parameters():
        if parameter.requires_grad:
            groups.setdefault((id(parameter) in head, parameter.ndim > 1), []).append(parameter)
    return [
        {"params": parameters, "lr": recipe.head_rate if is_head else recipe.rate, **({} if decays else _NO_DECAY)}
        for (is_head, decays), parameters in groups.items()
    ]
