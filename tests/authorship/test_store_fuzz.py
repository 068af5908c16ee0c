"""Real containers, damaged: an analysis or one line of error comes of each, and nothing else."""

from pathlib import Path

import fuzz
import numpy as np

from authorship.store.settings import describe_settings

CONTAINERS = ("plain", "mkv", "late_start", "avi", "flv")


def test_every_kind_of_damage_in_a_process_of_its_own(films: dict[str, Path], tmp_path: Path) -> None:
    n = len(fuzz.MUTATIONS)
    report = fuzz.fuzz(
        [films[name] for name in CONTAINERS], tmp_path, n=n, seed=7, settings=describe_settings(), workers=2
    )
    assert report.escaped == []
    assert report.total() == n
    assert report.total("analysed", "film") == n, report.reasons
    assert set(report.by_kind) == set(fuzz.MUTATIONS)
    assert list(tmp_path.iterdir()) == []


def test_damage_is_damage(films: dict[str, Path]) -> None:
    """Each kind changes some container in nearly every draw, and the same seed makes the same change."""
    for kind in fuzz.MUTATIONS:
        changed = 0
        for name in CONTAINERS:
            content = films[name].read_bytes()
            for seed in range(10):
                damaged = fuzz.mutate(content, kind, np.random.default_rng(seed))
                assert damaged == fuzz.mutate(content, kind, np.random.default_rng(seed))
                changed += damaged is not None and damaged != content
        assert changed >= 5, kind


def test_boxes_change_places_and_none_is_lost(films: dict[str, Path]) -> None:
    content = films["plain"].read_bytes()
    damaged = fuzz.mutate(content, "swapped atoms", np.random.default_rng(0))
    assert damaged != content
    assert sorted(damaged) == sorted(content)


def test_lengths_without_end_are_written_where_the_film_says_its_length(films: dict[str, Path]) -> None:
    content = films["mkv"].read_bytes()
    at = content.index(b"\x44\x89\x88") + 3
    damaged = fuzz.mutate(content, "endless duration", np.random.default_rng(0))
    assert damaged[:at] == content[:at]
    assert damaged[at + 8 :] == content[at + 8 :]
