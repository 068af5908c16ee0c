"""Options that the commands of both packages share."""

from collections.abc import Callable

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    "command",
    [
        *(f"shotscale {name}" for name in ("draw", "draw-frames", "train")),
        *(f"authorship {name}" for name in ("benchmark", "compare", "map", "simulate", "simulate-viewers")),
        *(f"authorship {name}" for name in ("tree", "verify", "viewers")),
    ],
)
@pytest.mark.parametrize("seed", ["-1", "4294967296"])
def test_a_seed_is_one_that_every_generator_takes(command: str, seed: str, run_program: Run) -> None:
    status, out, err = run_program(*command.split(), "--seed", seed)
    assert (status, out) == (2, "")
    assert "--seed" in err
