"""The shipped network on some of its own training frames: a check of the file, not a measure of accuracy."""

from pathlib import Path

import numpy as np
import pytest

from shotscale.evaluation.scores import group_probabilities
from shotscale.labeled.dataset import load_frames, read_frames
from shotscale.network.weights import load_model

FRAMES = Path(__file__).parents[4] / "shared" / "frames"


@pytest.mark.shared
@pytest.mark.skipif(not (FRAMES / "frames.csv").is_file(), reason="the labeled frames are not here")
@pytest.mark.parametrize("gray", [False, True])
def test_the_default_network_knows_film_stills(gray: bool) -> None:
    table = read_frames(FRAMES / "frames.csv")
    some = table[table["source"] == "stills"].iloc[::10]
    frames = load_frames(some, FRAMES, trust={"stills": 0.75})
    model = load_model()
    prepared = np.stack([model.prepare(image) for image in frames.images])
    if gray:
        prepared = np.repeat(prepared.mean(axis=3, keepdims=True).astype(np.uint8), 3, axis=3)
    predicted = np.concatenate([model.probabilities(prepared[i : i + 16]) for i in range(0, len(prepared), 16)])
    truth = group_probabilities(frames.targets).argmax(axis=1)
    right = group_probabilities(predicted).argmax(axis=1) == truth
    assert len(right) == 63
    assert right.mean() > 0.9
