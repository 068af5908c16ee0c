"""Measure what `authorship viewers` finds in studies of known truth, and how often it finds false effects.

python benchmarks/viewers.py                   # 1,000 studies without any effect, and planted ones
python benchmarks/viewers.py --studies 50      # a quick look, half a minute
python benchmarks/viewers.py --only groups     # clips that are from fewer films

Every study is drawn by `drawn_studies.draw_study` and analyzed by the functions of the command. Rates are followed by
two standard errors of the simulation; the nominal rate should be within them.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
from drawn_studies import StudyDesign, draw_study
from scipy.stats import norm
from scipy.stats import t as student

from authorship.viewers.analysis import LEVEL
from authorship.viewers.association import Association, associate, rank_correlations
from authorship.viewers.mixed import fit_mixed_model
from authorship.viewers.power import power_of
from authorship.viewers.prediction import predict_ratings
from authorship.viewers.reliability import variance_ratio

DESIGN = StudyDesign()
PLANTED = (0.3, 0.5, 0.7)
GROUPS = (8, 10, 15, 25)
STRONG = 0.7
"""The share of the variance between films: the correlation of two clips of a film, in features and in true means."""
PERMUTATIONS = 999
RESAMPLES = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000, help="studies without effect; the others are fewer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(PARTS), help="one part of them")
    options = parser.parse_args()
    started = time.process_time()
    print(
        f"{DESIGN.n_clips} clips, {DESIGN.n_viewers} viewers, {DESIGN.n_features} features and {DESIGN.n_ratings} "
        f"ratings, so {DESIGN.n_features * DESIGN.n_ratings} pairs a study; {PERMUTATIONS} permutations, "
        f"{RESAMPLES} resamples, seed {options.seed}\n"
    )
    for name, (part, share) in PARTS.items():
        if options.only in (None, name):
            part(max(20, round(options.studies * share)), options.seed)
    print(f"{time.process_time() - started:.0f} s of one core")


def studies(
    design: StudyDesign, n_studies: int, seed: int
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, np.random.Generator]]:
    """Draw studies, each from a separate seed."""
    kind = [round(1000 * design.correlation), *([design.n_groups] if design.n_groups else [])]
    for part in np.random.SeedSequence([seed, n_studies, *kind]).spawn(n_studies):
        generator = np.random.default_rng(part)
        yield *draw_study(design, generator=generator), generator


def pairs_of(
    features: pd.DataFrame,
    ratings: pd.DataFrame,
    generator: np.random.Generator,
    groups: npt.NDArray[np.int64] | None = None,
) -> list[Association]:
    names = [name for name in ratings.columns if name not in ("clip", "viewer")]
    means = ratings.groupby("clip", sort=False)[names].mean().reindex(features.index)
    return associate(
        features, means, generator=generator, groups=groups, n_resamples=RESAMPLES, n_permutations=PERMUTATIONS
    )


def mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f} ± {2 * np.std(values) / np.sqrt(len(values)):.3f}"


def rate(hits: np.ndarray) -> str:
    share = float(np.mean(hits))
    return f"{share:.3f} ± {2 * np.sqrt(max(share * (1 - share), 1e-9) / len(hits)):.3f}"


def no_effect(n_studies: int, seed: int) -> None:
    """Print how often something is found when there is no effect."""
    small, found, covered, ones = [], [], [], []
    for features, ratings, generator in studies(DESIGN, n_studies, seed):
        pairs = pairs_of(features, ratings, generator)
        small.append(np.mean([pair.p <= LEVEL for pair in pairs]))
        ones.append(np.mean([pair.p <= 0.01 for pair in pairs]))
        found.append(any(pair.q <= LEVEL for pair in pairs))
        covered.append(np.mean([pair.low <= 0 <= pair.high for pair in pairs]))
    print(f"No effect, {n_studies} studies\n\n| what | nominal | rate |\n|---|---|---|")
    for what, nominal, values in (
        ("pairs with p at most 0.05", "0.050", small),
        ("pairs with p at most 0.01", "0.010", ones),
        ("studies that find any relation (q at most 0.05)", "at most 0.050", found),
        ("intervals that hold 0", "0.950", covered),
    ):
        print(f"| {what} | {nominal} | {mean(values)} |")
    print()


def planted(n_studies: int, seed: int) -> None:
    """Print how often one planted relation is found, and how often false ones are."""
    print(f"One planted pair of {DESIGN.n_features * DESIGN.n_ratings}, {n_studies} studies a row; complete ratings\n")
    columns = ("correlation with the true means", "Spearman with the observed means", "found by p", "by formula")
    print(f"| {' | '.join(columns)} | found by q | false among found by q | intervals that hold it |")
    print("|---|---|---|---|---|---|---|")
    noise = DESIGN.residual_sd**2 / DESIGN.n_viewers
    reliable = DESIGN.clip_sd**2 / (DESIGN.clip_sd**2 + noise)
    for correlation in PLANTED:
        truth = 6 / np.pi * np.arcsin(correlation * np.sqrt(reliable) / 2)
        alone, family, false, held = [], [], [], []
        for features, ratings, generator in studies(replace(DESIGN, correlation=correlation), n_studies, seed):
            pairs = pairs_of(features, ratings, generator)
            found = [pair.q <= LEVEL for pair in pairs]
            alone.append(pairs[0].p <= LEVEL)
            family.append(found[0])
            false.append(sum(found[1:]) / max(1, sum(found)))
            held.append(pairs[0].low <= truth <= pairs[0].high)
        said = f"| {correlation} | {truth:.2f} | {rate(np.asarray(alone))} | {power_of(truth, DESIGN.n_clips):.3f} "
        print(f"{said}| {rate(np.asarray(family))} | {np.mean(false):.3f} | {rate(np.asarray(held))} |")
    print(f"\nreliability of the means, ICC(3,k): {reliable:.2f}\n")


def mixed_models(n_studies: int, seed: int) -> None:
    """Print how often a mixed model finds an absent effect, and a planted one."""
    print(f"Mixed models of viewers and clips, {n_studies} studies a row, each viewer sees 6 in 10 clips\n")
    print(
        "| clips | viewers | correlation | p at most 0.05 | the same, normal p | intervals that hold it | no figure |"
    )
    print("|---|---|---|---|---|---|---|")
    for n_clips, correlation in ((50, 0.0), (16, 0.0), (50, 0.5)):
        design = StudyDesign(n_clips=n_clips, n_features=1, n_ratings=1, correlation=correlation, seen=0.6)
        small, hopeful, held, failed = [], [], [], 0
        for features, ratings, _ in studies(design, n_studies, seed):
            model = fit_mixed_model(features["feature_0"], ratings, "rating_0")
            if not model.converged:
                failed += 1
                continue
            small.append(model.p <= LEVEL)
            hopeful.append(student.isf(model.p / 2, n_clips - 2) >= norm.isf(LEVEL / 2))
            truth = correlation * design.clip_sd * features["feature_0"].std()
            held.append(model.low <= truth <= model.high)
        figures = " | ".join(rate(np.asarray(values)) for values in (small, hopeful, held))
        print(f"| {n_clips} | {design.n_viewers} | {correlation:g} | {figures} | {failed} |")
    print()


def predictions(n_studies: int, seed: int) -> None:
    """Print how often features are said to predict the ratings of unseen clips."""
    print(f"Prediction of unseen clips from 10 features, {n_studies} studies a row\n")
    print("| correlation of one feature | mean skill | 'told better than by the mean' |\n|---|---|---|")
    for correlation in (0.0, *PLANTED):
        design = replace(DESIGN, correlation=correlation, n_ratings=1)
        skills, said = [], []
        for features, ratings, generator in studies(design, n_studies, seed):
            means = ratings.groupby("clip", sort=False)[["rating_0"]].mean().reindex(features.index)
            (entry,) = predict_ratings(features, means, generator=generator, n_resamples=RESAMPLES, n_repeats=2)
            skills.append(entry.skill)
            said.append(entry.low > 0)
        print(f"| {correlation:g} | {np.mean(skills):.2f} | {rate(np.asarray(said))} |")
    print()


def reliability(n_studies: int, seed: int) -> None:
    """Print how often the exact interval of a table with missing cells covers the true intraclass correlation."""
    print(
        f"Reliability where cells are missing, {n_studies} studies: intervals that hold the true ratio of variances\n"
    )
    print("| coefficient | clips seen by a viewer | rate (nominal 0.950) |\n|---|---|---|")
    for seen in (0.6, 0.2):
        design = StudyDesign(n_features=1, n_ratings=1, seen=seen)
        alone, apart = [], []
        for _, ratings, _ in studies(design, n_studies, seed):
            values = ratings["rating_0"].to_numpy(np.float64)
            clips, viewers = (np.asarray(pd.factorize(ratings[key])[0], np.int64) for key in ("clip", "viewer"))
            _, low, high = variance_ratio(values, clips, viewers)
            apart.append(low <= design.clip_sd**2 / design.residual_sd**2 <= high)
            _, low, high = variance_ratio(values, clips, np.zeros_like(viewers))
            alone.append(low <= design.clip_sd**2 / (design.residual_sd**2 + design.viewer_sd**2) <= high)
        print(f"| ICC(3) | {seen:g} | {rate(np.asarray(apart))} |")
        print(f"| ICC(1) | {seen:g} | {rate(np.asarray(alone))} |")
    print()


def grouped(n_studies: int, seed: int) -> None:
    """Print the same for clips that share films and are therefore alike."""
    print(f"Clips of few films, film effects of {STRONG:g} of the variance, no relation, {n_studies} studies a row\n")
    what = ("p at most 0.05, films left out of account", "p at most 0.05", "p at most 0.01", "intervals that hold 0")
    print(f"| films | clips of a film | {' | '.join(what)} | studies that find any relation | effective clips |")
    print("|---|---|---|---|---|---|---|---|")
    for n_groups in GROUPS:
        design = replace(DESIGN, n_groups=n_groups, group_share=STRONG)
        groups = design.groups()
        plain, small, ones, covered, found, effective = [], [], [], [], [], []
        for features, ratings, generator in studies(design, n_studies, seed):
            plain.append(np.mean([pair.p <= LEVEL for pair in pairs_of(features, ratings, generator)]))
            pairs = pairs_of(features, ratings, generator, groups)
            small.append(np.mean([pair.p <= LEVEL for pair in pairs]))
            ones.append(np.mean([pair.p <= 0.01 for pair in pairs]))
            covered.append(np.mean([pair.low <= 0 <= pair.high for pair in pairs]))
            found.append(any(pair.q <= LEVEL for pair in pairs))
            effective.append(np.median([pair.n_effective for pair in pairs]))
        sizes = np.sort(np.bincount(groups))[[-1, 0]]
        figures = " | ".join(mean(values) for values in (plain, small, ones, covered, found))
        print(f"| {n_groups} | {sizes[0]} to {sizes[1]} | {figures} | {np.mean(effective):.0f} |")
    print()


def film_bootstrap(n_studies: int, seed: int) -> None:
    """Print how often an interval from resampling whole films, which the command does not do, covers 0."""
    print(f"Percentile bootstrap over films in such studies, {n_studies} a row\n")
    print("| films | intervals that hold 0 (nominal 0.950) |\n|---|---|")
    for n_groups in GROUPS:
        design = replace(DESIGN, n_groups=n_groups, group_share=STRONG)
        of_film = [np.flatnonzero(design.groups() == film) for film in range(n_groups)]
        covered = []
        for features, ratings, generator in studies(design, n_studies, seed):
            names = [name for name in ratings.columns if name not in ("clip", "viewer")]
            means = ratings.groupby("clip", sort=False)[names].mean().reindex(features.index)
            drawn = []
            for picks in generator.integers(n_groups, size=(RESAMPLES // 2, n_groups)):
                rows = np.concatenate([of_film[film] for film in picks])
                drawn.append(rank_correlations(features.to_numpy()[rows], means.to_numpy()[rows]))
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
            covered.append(np.mean((low <= 0) & (high >= 0)))
        print(f"| {n_groups} | {mean(covered)} |")
    print()


def grouped_planted(n_studies: int, seed: int) -> None:
    """Print how often a planted relation is found when clips share films."""
    print(f"The same with one planted pair, {n_studies} studies a row; the relation holds between films and within\n")
    columns = ("films", "correlation with the true means", "found by p", "by formula", "the same, 50 films")
    print(f"| {' | '.join(columns)} | found by q | intervals that hold it |\n|---|---|---|---|---|---|---|")
    noise = DESIGN.residual_sd**2 / DESIGN.n_viewers
    reliable = DESIGN.clip_sd**2 / (DESIGN.clip_sd**2 + noise)
    for n_groups, correlation in product(GROUPS, PLANTED[1:]):
        design = replace(DESIGN, n_groups=n_groups, group_share=STRONG, correlation=correlation)
        truth = 6 / np.pi * np.arcsin(correlation * np.sqrt(reliable) / 2)
        alone, family, held, formula = [], [], [], []
        for features, ratings, generator in studies(design, n_studies, seed):
            pairs = pairs_of(features, ratings, generator, design.groups())
            alone.append(pairs[0].p <= LEVEL)
            family.append(pairs[0].q <= LEVEL)
            held.append(pairs[0].low <= truth <= pairs[0].high)
            formula.append(power_of(truth, float(np.median([pair.n_effective for pair in pairs]))))
        said = f"| {n_groups} | {correlation} | {rate(np.asarray(alone))} | {np.mean(formula):.3f} "
        whole = power_of(truth, DESIGN.n_clips)
        print(f"{said}| {whole:.3f} | {rate(np.asarray(family))} | {rate(np.asarray(held))} |")
    print()


def grouped_models(n_studies: int, seed: int) -> None:
    """Print how often a mixed model finds an absent effect, with and without a film effect."""
    print(f"Mixed models of the same, no effect, {n_studies} studies a row, each viewer sees 6 in 10 clips\n")
    print("| films | p at most 0.05, films left out of account | p at most 0.05 | intervals that hold it | no figure |")
    print("|---|---|---|---|---|")
    for n_groups in GROUPS:
        design = StudyDesign(n_features=1, n_ratings=1, seen=0.6, n_groups=n_groups, group_share=STRONG)
        plain, small, held, failed = [], [], [], 0
        for features, ratings, _ in studies(design, n_studies, seed):
            films = pd.Series(design.groups(), index=features.index).astype(str)
            without = fit_mixed_model(features["feature_0"], ratings, "rating_0")
            model = fit_mixed_model(features["feature_0"], ratings, "rating_0", groups=films)
            if not (without.converged and model.converged):
                failed += 1
                continue
            plain.append(without.p <= LEVEL)
            small.append(model.p <= LEVEL)
            held.append(model.low <= 0 <= model.high)
        figures = " | ".join(rate(np.asarray(values)) for values in (plain, small, held))
        print(f"| {n_groups} | {figures} | {failed} |")
    print()


def grouped_predictions(n_studies: int, seed: int) -> None:
    """Print how often features are said to predict the ratings of unseen clips when clips share films."""
    print(f"Prediction of the same from 10 features, no relation, {n_studies} studies a row\n")
    said = "'told better than by the mean'"
    print(f"| films | mean skill, films left out of account | {said}, the same | mean skill | {said} |")
    print("|---|---|---|---|---|")
    for n_groups in GROUPS:
        design = replace(DESIGN, n_groups=n_groups, group_share=STRONG, n_ratings=1)
        found: dict[bool, list[tuple[float, bool]]] = {False: [], True: []}
        for features, ratings, generator in studies(design, n_studies, seed):
            means = ratings.groupby("clip", sort=False)[["rating_0"]].mean().reindex(features.index)
            for held, entries in found.items():
                (entry,) = predict_ratings(
                    features,
                    means,
                    generator=generator,
                    groups=design.groups() if held else None,
                    n_resamples=RESAMPLES,
                    n_repeats=2,
                )
                entries.append((entry.skill, entry.low > 0))
        figures = " | ".join(
            f"{skills.mean():.2f} | {rate(told)}" for skills, told in map(np.transpose, found.values())
        )
        print(f"| {n_groups} | {figures} |")
    print()


PARTS = {
    "none": (no_effect, 1.0),
    "planted": (planted, 0.3),
    "mixed": (mixed_models, 0.3),
    "prediction": (predictions, 0.1),
    "reliability": (reliability, 1.0),
    "groups": (grouped, 1.0),
    "groups-bootstrap": (film_bootstrap, 0.1),
    "groups-planted": (grouped_planted, 0.3),
    "groups-mixed": (grouped_models, 0.3),
    "groups-prediction": (grouped_predictions, 0.1),
}
"""Each part with its share of the studies."""


if __name__ == "__main__":
    main()
