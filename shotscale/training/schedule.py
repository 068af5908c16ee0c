"""The learning rate over a training run."""

import math


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
