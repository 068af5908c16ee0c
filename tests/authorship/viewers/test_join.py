"""Clips and ratings joined by name, and those without a match."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from authorship.viewers.clips import FAMILY, read_clips
from authorship.viewers.join import Study, join_study
from authorship.viewers.ratings import RatingOptions, read_ratings
from shotscale.errors import OptionError, TableError


def feature_file(folder: Path, names: list[str], **columns: object) -> Path:
    generator = np.random.default_rng(0)
    table = pd.DataFrame({"film_id": names, "share_close": generator.random(len(names)), **columns})
    path = folder / "features.csv"
    table.to_csv(path, index=False)
    return path


def rating_file(folder: Path, names: list[str], **columns: object) -> Path:
    generator = np.random.default_rng(1)
    table = pd.DataFrame([(v, name) for v in ("a", "b", "c") for name in names], columns=["viewer", "clip"])
    table["mood"] = generator.integers(1, 8, len(table))
    path = folder / "ratings.csv"
    table.assign(**columns).to_csv(path, index=False)
    return path


def joined(
    folder: Path, rated: list[str], measured: list[str], *, group: str | None = None, **columns: object
) -> Study:
    options = RatingOptions(keep=() if group is None else (group,))
    ratings = read_ratings(rating_file(folder, rated), options)
    return join_study(ratings, read_clips(feature_file(folder, measured, **columns)), group=group)


NAMES = [f"clip {k}" for k in range(10)]


def test_names_as_they_stand(tmp_path: Path) -> None:
    study = joined(tmp_path, NAMES, NAMES)
    assert list(study.features.index) == NAMES
    assert study.counts["mood"].tolist() == [3] * 10
    assert [problem.kind for problem in study.problems] == ["features not at hand"]
    assert study.group_codes is None


def test_names_written_otherwise_are_joined_and_said(tmp_path: Path) -> None:
    measured = [*NAMES[:8], "CLIP_8", "clip-9"]
    study = joined(tmp_path, [*NAMES[:8], "videos/Clip 8.MP4", "clip 9"], measured)
    assert len(study.features) == 10
    (renamed,) = [problem for problem in study.problems if problem.kind == "name written otherwise"]
    assert "videos/Clip 8.MP4 = CLIP_8" in renamed.message
    assert renamed.outcome == "changed"


def test_a_doubtful_name_is_not_joined(tmp_path: Path) -> None:
    study = joined(tmp_path, [*NAMES, "Extra.mp4", "extra"], [*NAMES, "EXTRA"])
    assert len(study.features) == 10
    lost = {problem.subject: problem for problem in study.problems if problem.outcome == "left out"}
    assert set(lost) == {"Extra.mp4", "extra", "EXTRA"}
    assert lost["extra"].n_rows == 3
    assert lost["EXTRA"].kind == "clip without ratings"


def test_too_few_partners_show_both_sides_names(tmp_path: Path) -> None:
    with pytest.raises(
        TableError, match=r"0 clips both rated and measured \(rated: x 0, x 1 and 8 more; measured: clip 0"
    ):
        joined(tmp_path, [f"x {k}" for k in range(10)], NAMES)


def test_features_that_tell_nothing_are_left_out(tmp_path: Path) -> None:
    gaps = [np.nan, *range(9)]
    study = joined(tmp_path, NAMES, NAMES, share_long=0.5, share_medium=gaps)
    assert list(study.features.columns) == ["share_close", "share_medium"]
    said = {problem.subject: problem.message for problem in study.problems}
    assert said["share_long"] == "share_long is the same for every clip"
    assert said["share_medium"].startswith("share_medium is not defined for 1 clips (clip 0)")


def test_groups_come_from_either_side(tmp_path: Path) -> None:
    films = [f"film {k // 2}" for k in range(10)]
    study = joined(tmp_path, NAMES, NAMES, group="movie", movie=films)
    assert study.group_codes is not None
    assert study.group_codes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    path = rating_file(tmp_path, NAMES, movie=films * 3)
    ratings = read_ratings(path, RatingOptions(keep=("movie",)))
    study = join_study(ratings, read_clips(feature_file(tmp_path, NAMES)), group="movie")
    assert study.groups is not None
    assert study.groups.tolist() == films
    unlike = pd.read_csv(path)
    unlike.loc[0, "movie"] = "another"
    unlike.to_csv(path, index=False)
    with pytest.raises(TableError, match="movie: clip clip 0 has several"):
        join_study(
            read_ratings(path, RatingOptions(keep=("movie",))), read_clips(feature_file(tmp_path, NAMES)), group="movie"
        )
    with pytest.raises(OptionError, match="group place: no column"):
        joined(tmp_path, NAMES, NAMES, group="place")


def test_tables_of_features_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "features.csv"
    for text, problem in (
        ("name,share_close\na,1\n", "no column that names the clips"),
        ("clip,asl\na,1\n", "has none of share_close"),
        ("clip,share_close\na,1\na,2\n", "clip a is in two rows"),
        ("clip,share_close\n,1\n", "row 2 has no clip"),
    ):
        path.write_text(text)
        with pytest.raises(TableError, match=problem):
            read_clips(path)
    path.write_text("clip,share_close,asl\na,1,3\n")
    assert list(read_clips(path, features=["asl"]).features.columns) == ["asl"]
    with pytest.raises(
        OptionError, match=r"feature rotation_net: no column of .*rotation is measured from scale tracks"
    ):
        read_clips(path, features=["rotation_net"])
    with pytest.raises(OptionError, match="feature share_far: not one of the codebook's"):
        read_clips(tmp_path, features=["share_far"])
    with pytest.raises(OptionError, match="window 0"):
        read_clips(path, window=0)
    with pytest.raises(TableError, match="no such store"):
        read_clips(tmp_path / "none")
    assert len(FAMILY) == 10
