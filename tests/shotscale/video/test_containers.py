"""Frames and times compared with ffprobe's, for the difficult cases; `benchmarks/containers.py` tries them all."""

import shutil
from pathlib import Path

import pytest
from containers import SHORT, Case, compare, make

pytestmark = pytest.mark.skipif(
    not (shutil.which("ffmpeg") and shutil.which("ffprobe")), reason="ffmpeg and ffprobe are not on the path"
)


@pytest.mark.parametrize("case", SHORT, ids=lambda case: "-".join(map(str, case)))
def test_every_frame_that_ffprobe_sees_is_seen_at_its_time(case: Case, tmp_path: Path) -> None:
    path = make(case, tmp_path)
    if path is None:
        pytest.skip("this ffmpeg does not write such a film")
    row = compare(case, path)
    assert row.is_right, row
