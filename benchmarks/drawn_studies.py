"""Random studies of clips and viewers with known truth, to test the statistics against."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.viewers.simulation import clips_of_groups, seen_pairs

__all__ = ["StudyDesign", "draw_study"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StudyDesign:
    """The true parameters of a drawn study.

    Attributes
    ----------
    correlation : float
        Of the first feature and the first rating's true mean by clip; all other pairs are unrelated.
    clip_sd, viewer_sd, residual_sd : float
        Of the ratings, in points.
    seen : float
        The share of the clips that each viewer rates, at random; 1 for all.
    likeness : float
        Correlation of any two features, and of any two ratings' true means, except for the planted pair.
    n_groups : int
        The number of groups, such as films, that the clips are from; 0 if they are not grouped.
    group_share : float
        The share of the variance of every feature and every true mean that is between groups.
    """

    n_clips: int = 50
    n_viewers: int = 20
    n_features: int = 10
    n_ratings: int = 3
    correlation: float = 0.0
    clip_sd: float = 0.7
    viewer_sd: float = 0.6
    residual_sd: float = 1.0
    seen: float = 1.0
    likeness: float = 0.3
    n_groups: int = 0
    group_share: float = 0.5

    def groups(self) -> Integers | None:
        """Return each clip's group, None if clips are not grouped."""
        return clips_of_groups(self.n_clips, self.n_groups) if self.n_groups else None


def draw_study(design: StudyDesign, *, generator: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a study: standard normal features by clip, and the ratings, one row per viewer and clip seen."""
    features, truth = _draw_means(design.n_clips, design, generator)
    groups = design.groups()
    if groups is not None:
        within, between = np.sqrt(1 - design.group_share), np.sqrt(design.group_share)
        of_groups = _draw_means(design.n_groups, design, generator)
        features, truth = (
            within * own + between * shared[groups] for own, shared in zip((features, truth), of_groups, strict=True)
        )
    clips = pd.Index([f"clip {number}" for number in range(design.n_clips)], name="clip", dtype=object)
    names = [f"rating_{number}" for number in range(design.n_ratings)]
    clip, viewer = seen_pairs(design.n_clips, design.n_viewers, design.seen, generator)
    values = (
        design.clip_sd * truth[clip]
        + design.viewer_sd * generator.normal(size=(design.n_viewers, design.n_ratings))[viewer]
        + design.residual_sd * generator.normal(size=(len(clip), design.n_ratings))
    )
    ratings = pd.DataFrame(values, columns=names)
    ratings.insert(0, "clip", clips.to_numpy()[clip])
    ratings.insert(1, "viewer", np.asarray([f"viewer {number}" for number in range(design.n_viewers)], object)[viewer])
    frame = pd.DataFrame(features, index=clips, columns=[f"feature_{number}" for number in range(design.n_features)])
    return frame, ratings


def _draw_means(n: int, design: StudyDesign, generator: np.random.Generator) -> tuple[Array, Array]:
    """Draw features and true means of some clips, or groups of clips, all with variance 1."""
    common, alone = np.sqrt(design.likeness), np.sqrt(1 - design.likeness)
    features = common * generator.normal(size=(n, 1)) + alone * generator.normal(size=(n, design.n_features))
    truth = common * generator.normal(size=(n, 1)) + alone * generator.normal(size=(n, design.n_ratings))
    if design.correlation:
        # drawn separately, so that the planted pair is the only related one
        features[:, 0] = generator.normal(size=n)
        truth[:, 0] = design.correlation * features[:, 0] + np.sqrt(1 - design.correlation**2) * generator.normal(
            size=n
        )
    return features, truth
