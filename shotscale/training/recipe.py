"""The settings of a training run, and its progress reports."""

import math
from dataclasses import dataclass, field

from shotscale.errors import OptionError
from shotscale.labeled.augmentation import Augmentation
from shotscale.network.architectures import Finetuning
from shotscale.network.preprocess import Normalisation

__all__ = ["Recipe", "StepReport"]


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a training run, apart from the frames.

    Attributes
    ----------
    network : str
        See `shotscale.network.architectures.build_network`.
    frozen_layers : int
        Number of leading feature layers that stay frozen.
    height, width, normalisation
        Of the network's input.
    steps, batch : int
        Number of steps and examples in each.
    rate, head_rate : float
        Highest learning rate of the network and of its last layer.
    decay : float
        Weight decay.
    average : float
        Share of the averaged weights that is kept at each step.
    smoothing : float
        Share of each target that is spread over all scales.
    group_weight : float
        Weight of the three-class loss relative to the seven-class one.
    shares : dict of str to float
        Share of the examples drawn from each source; sources without one divide what is left by their frames.
    trust : dict of str to float
        How much each source's labels count against measured sizes.
    balance : float
        0 draws a source's frames with equal probability, 1 its labels.
    patience : int
        Validations without a lower loss after which the run stops early; the weights of the best one are kept.
        0 runs to the end and keeps the last weights.
    """

    network: str = "efficientnet_lite0"
    finetuning: Finetuning = Finetuning.ALL
    frozen_layers: int = 0
    height: int = 128
    width: int = 224
    normalisation: Normalisation = field(default_factory=Normalisation)
    steps: int = 1000
    batch: int = 32
    rate: float = 6e-4
    head_rate: float = 3e-3
    decay: float = 0.02
    average: float = 0.996
    smoothing: float = 0.03
    group_weight: float = 0.5
    shares: dict[str, float] = field(default_factory=dict)
    trust: dict[str, float] = field(default_factory=dict)
    balance: float = 0.5
    augmentation: Augmentation = field(default_factory=Augmentation)
    patience: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        for rate in (self.rate, self.head_rate):
            if not (math.isfinite(rate) and rate > 0):
                raise OptionError(f"{rate}: a learning rate is positive; 0.0006 is usual")
        for name, value in (*self.shares.items(), *self.trust.items()):
            if not 0 <= value <= 1:
                raise OptionError(f"{name}={value:g}: shares and trust are between 0 and 1")
        if sum(self.shares.values()) > 1 + 1e-9:
            raise OptionError(f"{self.shares}: shares are parts of one whole; make them add up to 1 or less")


@dataclass(frozen=True)
class StepReport:
    """A progress report of a training run: steps done, and in all.

    `taken` and `seconds` are steps and time since the run started or resumed, `loss` the mean training loss since the
    last report, `validation` the figures on the validation frames, empty if none were measured.
    """

    step: int
    steps: int
    taken: int
    loss: float
    seconds: float
    validation: dict[str, float]
