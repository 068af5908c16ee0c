"""A simulated study with known ground truth, for trying the command without viewers.

**Nothing here is a measurement of a film or of a viewer.** `simulate_study` writes clips and ratings to disk: four
ratings, of which two follow a feature of the clips, one varies between clips but follows none, and one hardly varies
between clips at all.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from authorship.features import film_features
from authorship.features.labels import scale_labels
from authorship.own_reference import SIMULATED
from authorship.simulation.films import Figures, SimulatedFilm, simulate_film
from authorship.simulation.styles import Style
from authorship.versions import software
from authorship.viewers.rotation import measure_rotation, trace_turning
from shotscale.errors import OptionError
from shotscale.files import atomic_write, make_empty_folder, make_folder, write_json
from shotscale.numerals import counted
from shotscale.tables import write_table

__all__ = ["PLANTED", "Plan", "clips_of_groups", "seen_pairs", "simulate_study"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_FEWEST_CLIPS, _FEWEST_VIEWERS = 12, 4  # below these, no planted relation is found
_SEEN = 0.6  # share of the clips seen by each viewer, so that cells are missing as in real tables
_UNIFORM = (0.08, 0.18, 0.20, 0.18, 0.14, 0.13, 0.09)  # made up: ECU to ELS, the middle scales most frequent
_NOTE = """# Simulated

**No file here is a measurement of a film or of a viewer.** `authorship simulate-viewers` drew clips and ratings from
random numbers (seed {seed}), to try `authorship viewers` with. What relates to what was planted, and `simulation.json`
says how strongly. Do not mix these files with real ones.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The feature that a simulated rating's true mean follows (none if empty), and the SD between clips, in points."""

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


def clips_of_groups(n_clips: int, n_groups: int) -> Integers:
    """Return each clip's group; group sizes fall roughly as 1, 1/2, 1/3 and so on.

    Examples
    --------
    >>> np.bincount(clips_of_groups(50, 15)).tolist()
    [12, 6, 4, 4, 3, 3, 2, 3, 2, 2, 2, 2, 2, 1, 2]
    """
    weights = np.cumsum(1 / np.arange(1, n_groups + 1))
    ends = np.round(weights / weights[-1] * (n_clips - n_groups)).astype(np.int64)
    return np.repeat(np.arange(n_groups), 1 + np.diff(ends, prepend=0))


def seen_pairs(n_clips: int, n_viewers: int, share: float, generator: np.random.Generator) -> tuple[Integers, Integers]:
    """Draw which viewer saw which clip, as clip and viewer numbers; every viewer sees the same share.

    >>> seen_pairs(4, 2, 0.5, np.random.default_rng(0))[1].tolist()
    [0, 0, 1, 1]
    """
    n_seen = max(1, round(share * n_clips))
    orders = generator.permuted(np.tile(np.arange(n_clips), (n_viewers, 1)), axis=1)
    return np.asarray(orders[:, :n_seen].ravel(), np.int64), np.repeat(np.arange(n_viewers), n_seen)


def simulate_study(
    folder: str | os.PathLike[str], *, n_clips: int = 50, n_viewers: int = 30, n_films: int = 0, seed: int = 0
) -> Path:
    """Write a simulated study: ``simulated_clips/``, ``simulated_ratings.csv`` and ``simulation.json``.

    Each viewer rates six in ten of the clips from 1 to 7. As in a real table, one clip is rated but not measured, one
    measured but not rated, one answer is mistyped, and one column is the viewers' age. With `n_films` the ratings name
    each clip's film; clips of a film share its style, and half of a rating's variance that follows no feature is common
    to the film. With 0, clips are independent.
    """
    if n_clips < _FEWEST_CLIPS or n_viewers < _FEWEST_VIEWERS:
        raise OptionError(
            f"{counted(n_clips, 'clip')}, {counted(n_viewers, 'viewer')}: at least {_FEWEST_CLIPS} and "
            f"{_FEWEST_VIEWERS} are needed; give larger numbers"
        )
    if not 0 <= n_films <= n_clips:
        raise OptionError(
            f"{counted(n_films, 'film')}: at most one per clip ({n_clips:,}); use 0 for clips that share no film"
        )
    root = make_empty_folder(folder)
    generator = np.random.default_rng(seed)
    clips = make_folder(root / "simulated_clips")
    films = clips_of_groups(n_clips, n_films) if n_films else None
    looks = [_look(generator) for _ in range(n_films)]
    rows = {}
    for number in range(1, n_clips + 1):
        film = _clip(_look(generator) if films is None else looks[films[number - 1]], generator)
        film.save(clips / f"clip_{number:02d}", seed=seed, limit="Simulated: no such clip was ever made.")
        rows[f"clip_{number:02d}"] = _measured(film)
    ratings = _ratings(pd.DataFrame.from_dict(rows, orient="index"), films, n_viewers, generator)
    write_table(ratings, root / "simulated_ratings.csv")
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
    """Draw a clip of 100 to 180 seconds."""
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
    """Draw the table of ratings, with the errors of real tables."""
    n_clips = len(features)
    names = [*features.index[:-1], f"clip_{n_clips + 1:02d}"]  # the last clip is not rated; an unmeasured one is
    truth = np.column_stack([_truth(plan, features, films, generator) for plan in PLANTED])
    clip, viewer = seen_pairs(n_clips, n_viewers, _SEEN, generator)
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
