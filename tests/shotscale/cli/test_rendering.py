import io

import numpy as np
import pytest
from rich.console import Console

from shotscale.cli.rendering import scale_bars, shot_lines
from shotscale.shares import corrected_shares, share_in_words
from shotscale.tables import make_scales, make_shots


def shown(body: object) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=160).print(body)
    return stream.getvalue().splitlines()


def test_corrected_shares_stand_beside_the_raw_ones() -> None:
    track = make_scales(np.arange(80.0), np.tile([0.0, 0.1, 0.6, 0.2, 0.1, 0.0, 0.0], (80, 1)))
    corrected = corrected_shares(make_shots(np.arange(0.0, 80.0, 4.0), 80.0), track)
    assert corrected is not None
    plain, both = shown(scale_bars(track)), shown(scale_bars(track, corrected))
    assert not any("to" in line for line in plain)
    assert both[0].split() == ["share", "corrected", "(95", "%)"]
    for line, share in zip(both[1:], corrected["scales"].values(), strict=False):
        assert share_in_words(share) in line
    assert len(both) == len(plain) + 2
    assert "medium " + share_in_words(corrected["groups"]["medium"]) in both[-1]


@pytest.mark.parametrize(("group", "said"), [("long", False), ("medium", True)])
def test_groups_that_differ_from_the_scales_are_explained(group: str, said: bool) -> None:
    track = make_scales(np.arange(4.0), np.tile([0, 0, 0, 0.25, 0.25, 0.4, 0.1], (4, 1)))
    told = shown(scale_bars(track.assign(group=group)))
    assert ("a frame's likeliest group need not be that of its likeliest scale" in told) is said


def test_figures_of_a_feature_film() -> None:
    starts = np.append(0.0, np.cumsum([4.0, 8.0, 12.0] * 300))
    rows = {name: (figure, remark) for name, figure, remark in shot_lines(make_shots(starts[:-1], starts[-1]))}
    assert rows["number"] == ("900", "7.5 per minute; 899 by cut")
    assert rows["average (ASL)"] == ("8.00 s", ""), "no longer film is guessed at"
    assert rows["median (MSL)"] == ("8.00 s", "1.00 of the average")
    assert rows["variation (CV)"] == ("0.41", "standard deviation 3.27 s")
    assert rows["range"] == ("4.00 s", "to 12.00 s")
    clip = shot_lines(make_shots([0.0, 2.0, 4.0, 6.0], 16.0))
    assert ("median (MSL)", "2.00 s", "0.50 of the average") in clip
