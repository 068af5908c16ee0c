"""The invented shot-scale styles of simulated films, in full.

Conventions
-----------
A style is a Markov chain over the seven ordered scales. The next shot keeps the scale of the last one with probability
`hold`, moves one scale nearer or farther with probability `step`, and is otherwise drawn from the film's shares. A
film's shares are a Dirichlet draw around the style's, so that the films of one director differ; over the film's
course they lean toward the far scales (`drift` above 0) or the near ones. The names are those of directors whose
published *shot lengths* the simulation uses; **the numbers say nothing about these directors' shot scales**.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shotscale.scales import SCALES

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Style:
    """An invented style: shares of the seven scales, and probabilities of keeping one and of moving to a neighbor.

    `drift` is the log-odds that the farthest scale gains on the middle one from the film's beginning to its end;
    `coupling` is how much longer far shots are than near ones, in standard deviations of log length per one of scale.
    """

    name: str
    shares: tuple[float, ...]
    hold: float
    step: float
    drift: float
    coupling: float

    def __post_init__(self) -> None:
        if len(self.shares) != len(SCALES) or abs(sum(self.shares) - 1) > 1e-9 or min(self.shares) <= 0:
            raise ValueError(f"{self.name}: shares {self.shares}: seven positive shares that sum to one; correct them")
        if not (self.hold >= 0 and self.step >= 0 and self.hold + self.step <= 1):
            raise ValueError(f"{self.name}: hold {self.hold}, step {self.step}: probabilities; correct them")

    def transitions(self, shares: Array, positions: Array) -> Array:
        """Return the transition matrices at positions in a film, 0 (beginning) to 1 (end): (n, 7, 7), rows sum to one.

        Examples
        --------
        >>> matrices = STYLES[0].transitions(np.asarray(STYLES[0].shares), np.array([0.0, 0.5, 1.0]))
        >>> matrices.shape, np.allclose(matrices.sum(axis=2), 1)
        ((3, 7, 7), True)
        """
        k = len(SCALES)
        ranks = np.arange(k)
        lean = np.exp(self.drift * (positions[:, np.newaxis] - 0.5) * (ranks - k // 2) / (k // 2))
        fresh = shares * lean / (shares * lean).sum(axis=1, keepdims=True)
        near = np.abs(ranks[:, np.newaxis] - ranks) == 1
        fixed = self.hold * np.eye(k) + self.step * near / near.sum(axis=1, keepdims=True)
        return np.asarray(fixed + (1 - self.hold - self.step) * fresh[:, np.newaxis, :], np.float64)


STYLES: tuple[Style, ...] = (
    Style("Béla Tarr", (0.01, 0.06, 0.14, 0.23, 0.25, 0.20, 0.11), hold=0.30, step=0.25, drift=0.6, coupling=0.15),
    Style("Federico Fellini", (0.03, 0.12, 0.19, 0.22, 0.20, 0.16, 0.08), 0.12, 0.25, drift=0.3, coupling=0.25),
    Style("Ingmar Bergman", (0.07, 0.25, 0.24, 0.19, 0.12, 0.09, 0.04), 0.18, 0.15, drift=-0.5, coupling=0.10),
    Style("Jean-Luc Godard", (0.03, 0.16, 0.25, 0.22, 0.15, 0.13, 0.06), 0.25, 0.10, drift=-0.1, coupling=0.20),
    Style("Martin Scorsese", (0.05, 0.19, 0.27, 0.22, 0.13, 0.10, 0.04), 0.10, 0.30, drift=0.1, coupling=0.30),
    Style("Michelangelo Antonioni", (0.02, 0.09, 0.16, 0.22, 0.22, 0.18, 0.11), 0.20, 0.20, drift=0.7, coupling=0.20),
)
"""One for each director of the built-in reference, in alphabetical order."""

STRANGER = Style(
    "a stranger", (0.15, 0.30, 0.10, 0.05, 0.05, 0.15, 0.20), hold=0.05, step=0.05, drift=0.0, coupling=0.0
)
"""A style unlike any of them: near and far, with hardly anything between."""
