"""Measure how often the 95 % intervals of kappa and accuracy cover the truth, on films coded with known errors.

    python benchmarks/agreement.py

Films of 40, 150 or 600 shots, with lognormal lengths averaging 6 seconds and one scale group per shot, are coded by two
coders or by a program whose errors last a shot, a second, or come half from each. The true kappa and accuracy are those
of a film of 400,000 shots. This project's intervals, which treat stretches as independent
(`shotscale.evaluation.agreement`), are compared with intervals that treat every second as independent.
"""

import argparse
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.evaluation.agreement import fleiss_kappa, stretches
from shotscale.evaluation.scores import effective_number, wilson_interval

Codes = npt.NDArray[np.intp]

CLASSES = 3
RIGHT = 0.8
SHOTS = (40, 150, 600)
LAST = {"a shot": (1.0, 0.0), "half and half": (0.5, 0.5), "a second": (0.0, 1.0)}
EVERYTHING = 400_000


def code(n_shots: int, generator: np.random.Generator, by_shot: float, by_second: float) -> tuple[Codes, Codes, Codes]:
    """Return the true group of each second of a film, and the codes of two coders."""
    seconds = np.maximum(1, np.round(generator.lognormal(np.log(6) - 0.32, 0.8, n_shots))).astype(int)
    shot = np.repeat(np.arange(n_shots), seconds)
    truth = generator.integers(0, CLASSES, n_shots)[shot]

    def coder() -> Codes:
        wrong = generator.random(n_shots) < by_shot * (1 - RIGHT)
        slips = generator.random(len(shot)) < by_second * (1 - RIGHT)
        to = np.where(wrong, generator.integers(1, CLASSES, n_shots), 0)[shot]
        return np.asarray((truth + to + slips * generator.integers(1, CLASSES, len(shot))) % CLASSES, np.intp)

    return truth, coder(), coder()


def kappa(first: Codes, second: Codes, clusters: Codes | None) -> tuple[float, list[float]]:
    counts = np.stack([(first == k).astype(float) + (second == k) for k in range(CLASSES)], axis=1)
    value, interval = fleiss_kappa(counts, clusters)
    assert value is not None, "three classes were drawn"
    assert interval is not None, "of many shots"
    return value, interval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=1000, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    print("| an error lasts | shots | kappa by second | kappa by stretch | accuracy by second | accuracy by stretch |")
    print("|---|---|---|---|---|---|")
    for name, (by_shot, by_second) in LAST.items():
        truth, one, other = code(EVERYTHING, generator, by_shot, by_second)
        real, accuracy = kappa(one, other, None)[0], float((truth == one).mean())
        for n_shots in SHOTS:
            held = [_held(*code(n_shots, generator, by_shot, by_second), real, accuracy) for _ in range(options.films)]
            print(f"| {name} | {n_shots} | " + " | ".join(f"{share:.3f}" for share in np.mean(held, axis=0)) + " |")


def _held(truth: Codes, one: Codes, other: Codes, real: float, accuracy: float) -> list[bool]:
    of: Callable[..., Codes] = lambda **columns: stretches(pd.DataFrame(columns))  # noqa: E731
    n, right = len(truth), one == truth
    fewer = effective_number(right, of(truth=truth))
    share = float(right.mean())
    intervals = (
        (kappa(one, other, None)[1], real),
        (kappa(one, other, of(one=one, other=other))[1], real),
        (wilson_interval(share * n, n), accuracy),
        (wilson_interval(share * fewer, fewer), accuracy),
    )
    return [low <= value <= high for (low, high), value in intervals]


if __name__ == "__main__":
    main()
