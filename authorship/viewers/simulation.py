"""Simulated studies with known truth, to validate the analysis and to try the command without viewers.

**Nothing here is a measurement of a film or of a viewer.** `draw_study` draws the numbers of a study; `simulate_study`
writes a whole one to disk, clips and ratings, with four ratings of which two follow a feature of the clips, one varies
from clip to clip and follows none, and one hardly varies between clips at all.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.features import film_features
from authorship.features.labels import scale_labels
from authorship.fitting import SIMULATED
from authorship.simulation.films import Figures, SimulatedFilm, simulate_film
from authorship.simulation.styles import Style
from authorship.versions import software
from authorship.viewers.rotation import measure_rotation, trace_turning
from shotscale.errors import OptionError
from shotscale.files import atomic_write, make_empty_folder, make_folder, write_json

__all__ = ["PLANTED", "Plan", "StudyDesign", "draw_study", "simulate_study"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_FEWEST_CLIPS, _FEWEST_VIEWERS = 12, 4  # below them nothing that is planted is found
_SEEN = 0.6  # of the clips by each viewer: tables with missing cells, as real ones are
_UNIFORM = (0.08, 0.18, 0.20, 0.18, 0.14, 0.13, 0.09)  # made up: ECU to ELS, the middle scales most frequent
_NOTE = """# Simulated

**No file here is a measurement of a film or of a viewer.** `authorship simulate-viewers` drew clips and ratings from
random numbers (seed {seed}), to try `authorship viewers` with. What relates to what was planted, and `simulation.json`
says how strongly. Do not mix these files with real ones.
"""


@dataclass(frozen=True, slots=True)
class StudyDesign:
    """The truth of a study that is drawn.

    Attributes
    ----------
    correlation : float
        Of the first feature and the first rating's true mean by clip; every other pair is unrelated.
    clip_sd, viewer_sd, residual_sd : float
        Of the ratings, in points.
    seen : float
        The share of the clips that each viewer rates, at random; 1 for all.
    likeness : float
        Correlation of any two features, and of any two ratings' true means, but for the planted pair.
    n_groups : int
        How many films, say, the clips are from; 0 where each is on its own.
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
        """Return each clip's group, None where each is on its own; sizes fall about as 1, 1/2, 1/3 and so on do.

        Examples
        --------
        >>> np.bincount(StudyDesign(n_clips=50, n_groups=15).groups()).tolist()
        [12, 6, 4, 4, 3, 3, 2, 3, 2, 2, 2, 2, 2, 1, 2]
        """
        if not self.n_groups:
            return None
        weights = np.cumsum(1 / np.arange(1, self.n_groups + 1))
        ends = np.round(weights / weights[-1] * (self.n_clips - self.n_groups)).astype(np.int64)
        sizes = 1 + np.diff(ends, prepend=0)
        return np.repeat(np.arange(self.n_groups), sizes)


def draw_study(design: StudyDesign, *, generator: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a study: standard normal features by clip, and the ratings, a row per viewer and clip that was seen."""
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
    clip, viewer = _seen_pairs(design, generator)
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
        # a feature and a rating of their own, so that the planted pair is the only one that is related
        features[:, 0] = generator.normal(size=n)
        truth[:, 0] = design.correlation * features[:, 0] + np.sqrt(1 - design.correlation**2) * generator.normal(
            size=n
        )
    return features, truth


def _seen_pairs(
    design: StudyDesign, generator: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which viewer saw which clip; every viewer sees as many."""
    n_seen = max(1, round(design.seen * design.n_clips))
    orders = generator.permuted(np.tile(np.arange(design.n_clips), (design.n_viewers, 1)), axis=1)
    clip = orders[:, :n_seen].ravel()
    return np.asarray(clip, np.int64), np.repeat(np.arange(design.n_viewers, dtype=np.int64), n_seen)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a simulated rating's true mean follows (no feature if empty), and how far clips differ, in points."""

    rating: str
    feature: str
    correlation: float
    clip_sd: float


PLANTED: tuple[Plan, ...] = (
    Plan("hedonic_tone", "", 0.0, 1.0),
    Plan("energetic_arousal", "rotation_total", 0.7, 1.0),
    Plan("tense_arousal", "share_close", 0.7, 1.0),
    Plan("narrative_engagement", "", 0.0, 0.12),
)
"""The ratings of `simulate_study`."""


def simulate_study(
    folder: str | os.PathLike[str], *, n_clips: int = 50, n_viewers: int = 30, n_films: int = 0, seed: int = 0
) -> Path:
    """Write a simulated study: ``simulated_clips/``, ``simulated_ratings.csv`` and ``simulation.json``.

    Each viewer rates six in ten of the clips from 1 to 7. As in a real table, one clip was rated and not measured, one
    measured and not rated, one answer is mistyped, and a column gives the viewers' age. With `n_films` the ratings name
    each clip's film; clips of a film have its style, and half of what a rating does not follow a feature in is the
    film's. With 0, clips have nothing to do with one another.
    """
    if n_clips < _FEWEST_CLIPS or n_viewers < _FEWEST_VIEWERS:
        raise OptionError(
            f"{n_clips} clips, {n_viewers} viewers: at least {_FEWEST_CLIPS} and {_FEWEST_VIEWERS} are needed; "
            "give larger numbers"
        )
    if not 0 <= n_films <= n_clips:
        raise OptionError(f"{n_films} films: no more than the {n_clips} clips; 0 stands for clips that share none")
    root = make_empty_folder(folder)
    generator = np.random.default_rng(seed)
    clips = make_folder(root / "simulated_clips")
    films = StudyDesign(n_clips=n_clips, n_groups=n_films).groups()
    looks = [_look(generator) for _ in range(n_films)]
    rows = {}
    for number in range(1, n_clips + 1):
        film = _clip(_look(generator) if films is None else looks[films[number - 1]], generator)
        film.save(clips / f"clip_{number:02d}", seed=seed, limit="Simulated: no such clip was ever made.")
        rows[f"clip_{number:02d}"] = _measured(film)
    ratings = _ratings(pd.DataFrame.from_dict(rows, orient="index"), films, n_viewers, generator)
    with atomic_write(root / "simulated_ratings.csv", newline="") as stream:
        ratings.to_csv(stream, index=False, lineterminator="\n")
    with atomic_write(root / SIMULATED) as stream:
        stream.write(_NOTE.format(seed=seed))
    document = {"simulated": True, "seed": seed, "software": software(), "planted": [asdict(plan) for plan in PLANTED]}
    write_json(root / "simulation.json", {**document, "n_films": n_films or None})
    return root


def _look(generator: np.random.Generator) -> tuple[Style, float]:
    """Draw a style and an average shot length."""
    shares = np.maximum(generator.dirichlet(6 * np.asarray(_UNIFORM)), 1e-4)
    shares = shares / shares.sum()
    hold, step = float(generator.uniform(0, 0.7)), float(generator.uniform(0, 0.25))
    style = Style("a clip", tuple(shares.tolist()), hold, step, drift=float(generator.normal(0, 0.5)), coupling=0.2)
    return style, float(np.exp(generator.normal(np.log(5.0), 0.25)))


def _clip(look: tuple[Style, float], generator: np.random.Generator) -> SimulatedFilm:
    """Draw a clip of one to three minutes."""
    style, average = look
    figures = Figures(average, 0.8 * average, 0.75 * average)
    return simulate_film(
        style, figures, running_time=float(generator.uniform(100, 180)), generator=generator, outside=False
    )


def _measured(film: SimulatedFilm) -> dict[str, float]:
    track = film.track()
    turning = trace_turning(scale_labels(track), 0.0, float(film.shots["end"].iloc[-1]))
    values = {**film_features(film.shots, track), **measure_rotation(turning)}
    return {plan.feature: values[plan.feature] for plan in PLANTED if plan.feature}


def _ratings(
    features: pd.DataFrame, films: Integers | None, n_viewers: int, generator: np.random.Generator
) -> pd.DataFrame:
    """Draw the table of ratings, with what real tables have wrong."""
    n_clips = len(features)
    names = [*features.index[:-1], f"clip_{n_clips + 1:02d}"]  # the last clip is not rated, another one is
    truth = np.column_stack([_truth(plan, features, films, generator) for plan in PLANTED])
    clip, viewer = _seen_pairs(StudyDesign(n_clips=n_clips, n_viewers=n_viewers, seen=_SEEN), generator)
    order = np.lexsort((clip, viewer))
    clip, viewer = clip[order], viewer[order]
    values = (
        4
        + truth[clip]
        + 0.6 * generator.normal(size=(n_viewers, len(PLANTED)))[viewer]
        + generator.normal(size=(len(clip), len(PLANTED)))
    )
    table = pd.DataFrame(np.clip(np.round(values), 1, 7).astype(np.int64), columns=[plan.rating for plan in PLANTED])
    table.insert(0, "viewer", [f"v{number + 1:02d}" for number in viewer])
    table.insert(1, "clip", [names[number] for number in clip])
    if films is not None:
        table.insert(2, "film", [f"film_{films[number] + 1:02d}" for number in clip])
    table["age"] = generator.integers(18, 66, n_viewers)[viewer]
    table.loc[7, PLANTED[0].rating] = 44
    return table


def _truth(plan: Plan, features: pd.DataFrame, films: Integers | None, generator: np.random.Generator) -> Array:
    """Return the clips' true means, in points around the scale's middle."""
    noise = generator.normal(size=len(features))
    if films is not None:
        noise = np.sqrt(0.5) * (noise + generator.normal(size=films.max() + 1)[films])
    if not plan.feature:
        return plan.clip_sd * noise
    measured = features[plan.feature]
    known = ((measured - measured.mean()) / measured.std()).fillna(0.0).to_numpy(np.float64)
    mixed = plan.correlation * known + np.sqrt(1 - plan.correlation**2) * noise
    return np.asarray(plan.clip_sd * mixed, np.float64)
