"""What `authorship viewers` finds in studies whose truth is known, and how often it finds what is not there.

python benchmarks/viewers.py                   # 1,000 studies without any effect, and planted ones
python benchmarks/viewers.py --studies 50      # a look in half a minute

Every study is drawn by `authorship.viewers.simulation.draw_study` and analysed by the functions of the command. Rates
are followed by two standard errors of the simulation, so a nominal 0.050 should lie within.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from authorship.viewers.analysis import LEVEL
from authorship.viewers.association import Association, associate
from authorship.viewers.mixed import fit_mixed_model
from authorship.viewers.power import power_of
from authorship.viewers.prediction import predict_ratings
from authorship.viewers.reliability import variance_ratio
from authorship.viewers.simulation import StudyDesign, draw_study

DESIGN = StudyDesign()
PLANTED = (0.3, 0.5, 0.7)
PERMUTATIONS = 999
RESAMPLES = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000, help="studies without effect; the others are fewer")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.process_time()
    fewer = max(20, options.studies * 3 // 10)
    print(
        f"{DESIGN.n_clips} clips, {DESIGN.n_viewers} viewers, {DESIGN.n_features} features and {DESIGN.n_ratings} "
        f"ratings, so {DESIGN.n_features * DESIGN.n_ratings} pairs a study; {PERMUTATIONS} permutations, "
        f"{RESAMPLES} resamples, seed {options.seed}\n"
    )
    no_effect(options.studies, options.seed)
    planted(fewer, options.seed)
    mixed_models(fewer, options.seed)
    predictions(max(20, options.studies // 10), options.seed)
    reliability(options.studies, options.seed)
    print(f"{time.process_time() - started:.0f} s of one core")


def studies(
    design: StudyDesign, n_studies: int, seed: int
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, np.random.Generator]]:
    """Draw studies, each from a seed of its own."""
    for part in np.random.SeedSequence([seed, n_studies, round(1000 * design.correlation)]).spawn(n_studies):
        generator = np.random.default_rng(part)
        yield *draw_study(design, generator=generator), generator


def pairs_of(features: pd.DataFrame, ratings: pd.DataFrame, generator: np.random.Generator) -> list[Association]:
    names = [name for name in ratings.columns if name not in ("clip", "viewer")]
    means = ratings.groupby("clip", sort=False)[names].mean().reindex(features.index)
    return associate(features, means, generator=generator, n_resamples=RESAMPLES, n_permutations=PERMUTATIONS)


def rate(hits: np.ndarray) -> str:
    share = float(np.mean(hits))
    return f"{share:.3f} ± {2 * np.sqrt(max(share * (1 - share), 1e-9) / len(hits)):.3f}"


def no_effect(n_studies: int, seed: int) -> None:
    """Print how often something is found where there is nothing."""
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
        print(f"| {what} | {nominal} | {np.mean(values):.3f} ± {2 * np.std(values) / np.sqrt(len(values)):.3f} |")
    print()


def planted(n_studies: int, seed: int) -> None:
    """Print how often one planted relation is found, and how much else is."""
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
    """Print how often a mixed model finds an effect that is not there, and one that is."""
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
    """Print how often features are said to tell unseen clips' ratings."""
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
    """Print how often the exact interval of a table with missing cells holds the true intraclass correlation."""
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


if __name__ == "__main__":
    main()
