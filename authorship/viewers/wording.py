"""Describe a study's findings in plain sentences.

Conventions
-----------
No sentence says that there is no relation, only that none was found, and then what could have been found. Figures are
rounded for reading; the tables have them in full.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan, sqrt

import numpy as np

from authorship.viewers.analysis import LEVEL, POWER, Findings
from authorship.viewers.association import FEWEST_CLIPS, Association
from authorship.viewers.clips import CATALOGUE
from authorship.viewers.reliability import Reliability
from shotscale.numerals import counted, p_value, plain, signed, some_of

SIMULATED = "SIMULATED: the clips were drawn at random, no film is behind them; this says nothing of films or viewers."

_GOOD, _EXCELLENT = 0.75, 0.9  # Koo and Li 2016, as for `authorship.viewers.reliability.POOR`
_ALIKE = 0.5  # rank correlation at which features share a quarter of their ranks' variance


_ONE_CLIP = (
    "Each viewer rated one clip, so differences between viewers cannot be told from chance and have no effect of their "
    "own; let viewers rate two clips or more to separate them."
)
_OUTCOMES = {"left out": "Left out", "changed": "Changed", "noted": "Noted"}
_NO_MEANS = "Unknown: only means are given. Agreement between viewers needs ratings per viewer."
_GROUPED = (
    "Clips of a group may be alike: p comes from exchanging the levels of groups and shuffling the clips of each, and "
    "the interval is that of as many independent clips as would vary so by chance."
)
_WEAKER = "Weaker relations are likely to be missed: finding none does not mean that there are none."
_CAUSE = (
    "A relation over clips is not a cause: other differences between the clips (story, sound, cutting) are not "
    "controlled for."
)
_ROTATION = (
    "Rotation is defined in authorship.viewers.rotation; it is not the formula of Benini et al., so figures cannot be "
    "compared with theirs."
)
_ALIKE_GROUPS = (
    "Any two clips of a group are taken to be equally alike: if neighboring ones are more so, or groups are alike "
    "among themselves (films of one director), p-values are too small."
)
_ALONE = "Clips are assumed to be independent. If several are from one film, use --group."


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading and the sentences under it."""

    heading: str
    lines: tuple[str, ...]


def conclusion(findings: Findings) -> str:
    """Return the answer in one sentence."""
    found, pairs = findings.found, counted(len(findings.associations), "pair")
    if isnan(findings.n_effective):
        return f"No relation can be distinguished from chance: {_why_no_p(findings)}."
    if not found and findings.permutations_needed:
        return f"No relation could be found: {_too_few_permutations(findings)}."
    if not found:
        return f"No relation found: none of {pairs} of feature and rating can be told from chance."
    first, are = found[0], "is" if len(found) == 1 else "are"
    return (
        f"{len(found)} of {pairs} of feature and rating {are} related, the strongest {feature_title(first.feature)} "
        f"and {first.rating} (rho {signed(first.rho)})."
    )


def summarize(findings: Findings) -> list[Passage]:
    """Return the plain-language summary, in reading order."""
    told = {
        "Answer": _answer,
        "Data": _data,
        "Do viewers agree?": _agreement,
        "Relations": _relations,
        "What this study could find": _power,
        "Unseen clips": _predictions,
        "What limits this": _limits,
    }
    return [Passage(heading, tuple(tell(findings))) for heading, tell in told.items()]


def as_markdown(passages: Sequence[Passage]) -> str:
    """Write a summary as Markdown: a heading per passage, a line per point."""
    parts = [f"## {passage.heading}\n\n" + "\n".join(f"- {line}" for line in passage.lines) for passage in passages]
    return "# Shot scale and the viewers' ratings\n\n" + "\n\n".join(parts) + "\n"


def feature_title(name: str) -> str:
    """Return a feature's name for use in prose."""
    return CATALOGUE[name].title if name in CATALOGUE else name


def _answer(findings: Findings) -> Iterator[str]:
    if findings.study.clips.simulated:
        yield SIMULATED
    yield conclusion(findings)
    for rating in findings.study.names:
        mine, entry = findings.found_of(rating), findings.of_rating(rating)
        unsure = " Viewers do not agree on it: see below." if entry is not None and entry.poor else ""
        if mine:
            listed = some_of((f"{feature_title(pair.feature)} ({signed(pair.rho)})" for pair in mine), most=4)
            yield f"{rating}: related to {listed}.{unsure}"
        elif findings.found or unsure:
            yield f"{rating}: {_nothing(findings)}.{unsure}"


def _nothing(findings: Findings) -> str:
    return "no p-value" if isnan(findings.n_effective) else "no relation found"


def _why_no_p(findings: Findings) -> str:
    groups = findings.study.group_codes
    if groups is not None and groups.max() + 1 < FEWEST_CLIPS:
        return f"the clips belong to {counted(int(groups.max()) + 1, 'group')}, and a p-value needs {FEWEST_CLIPS}"
    return f"no pair has {FEWEST_CLIPS} clips, or groups of clips, that differ"


def _too_few_permutations(findings: Findings) -> str:
    return (
        f"{findings.options.n_permutations:,} permutations are too few for a single pair among "
        f"{len(findings.associations)} to stand out; give --permutations {findings.permutations_needed}"
    )


def _span(low: float, high: float) -> str:
    return "interval not defined" if isnan(low) else f"interval {plain(low)} to {plain(high)}"


def _data(findings: Findings) -> Iterator[str]:
    study = findings.study
    clips, scales = counted(len(study.features), "clip"), counted(len(study.names), "scale")
    if study.by_viewer:
        rated = study.ratings.groupby("viewer").size()
        yield (
            f"{clips}, {counted(len(rated), 'viewer')}, {counted(len(study.ratings), 'row')} of ratings on {scales} "
            f"({', '.join(study.names)}). A viewer rated {rated.median():.0f} of the clips (median)."
        )
    else:
        yield f"{clips} with mean ratings on {scales} ({', '.join(study.names)})."
    if study.group_codes is not None and study.groups is not None:
        n = study.groups.value_counts()
        yield f"The clips belong to {counted(len(n), 'group')} of {n.min()} to {counted(n.max(), 'clip')}."
    yield "All intervals below are 95 % intervals."
    for outcome, said in _OUTCOMES.items():
        kinds = Counter(problem.kind for problem in study.problems if problem.outcome == outcome)
        if kinds:
            listed = [kind if n == 1 else f"{kind} ({counted(n, 'time')})" for kind, n in kinds.items()]
            yield f"{said}: {some_of(listed, most=8)}; problems.csv names each."
    if not study.problems:
        yield "No problems with the tables or their join."


def _agreement(findings: Findings) -> Iterator[str]:
    if not findings.study.by_viewer:
        yield _NO_MEANS
    for entry in findings.reliability:
        yield f"{entry.rating}: {_reliability(entry)}"


def _reliability(entry: Reliability) -> str:
    decisive, items = entry.decisive, entry["alpha of items"]
    if decisive is None and entry.n_clips < 2:
        return "unknown, because fewer than two clips were rated."
    if decisive is None:
        return "unknown, because no clip was rated by two viewers."
    if isnan(decisive.value):
        return "unknown, because the clips' means do not differ."
    figure = f"{decisive.name} {plain(decisive.value)}, {_span(decisive.low, decisive.high)}"
    also = "" if items is None else f" Its items: Cronbach's alpha {plain(items.value)}."
    if not entry.poor:
        degree = "almost fully" if decisive.value >= _EXCELLENT else "well" if decisive.value >= _GOOD else "moderately"
        return f"the means of the viewers agree {degree} ({figure}).{also}"
    ceiling = sqrt(max(decisive.value, 0.0))
    bound = "at all" if ceiling < 0.1 else f"beyond about {plain(ceiling)}"
    return (
        f"UNRELIABLE ({figure}). Other viewers would have given other means, so no feature can be expected to "
        f"correlate with it {bound}, and finding nothing means little.{also}"
    )


def _relations(findings: Findings) -> Iterator[str]:
    grouped, pairs = findings.study.group_codes is not None, counted(len(findings.associations), "pair")
    yield f"rho is a rank correlation over clips; q allows for all {pairs}; found means q at most {LEVEL:g}."
    if grouped and not isnan(findings.n_effective):
        yield _GROUPED
    if findings.mixed:
        also = ", and of each group" if grouped else ""
        if all(model.without_viewers for model in findings.mixed):
            yield f"The mixed model uses individual ratings, with an effect of each clip{also}. {_ONE_CLIP}"
        else:
            yield f"The mixed model uses individual ratings, with an effect of each viewer and of each clip{also}."
    for rating in findings.study.names:
        mine = findings.found_of(rating)
        if not mine:
            yield f"{rating}: {_nothing(findings)}. {_nearest(findings, rating)}"
        yield from (_relation(findings, pair) for pair in mine)
        alike = _alike(findings, [pair.feature for pair in mine])
        if alike:
            yield f"These features are correlated over the clips, so they are not separate findings: {alike}."


def _alike(findings: Findings, names: Sequence[str]) -> str:
    """List the pairs of features found for one rating that are strongly correlated."""
    likeness = findings.study.features[list(names)].corr(method="spearman").to_numpy(np.float64)
    return some_of(
        (
            f"{feature_title(names[i])} and {feature_title(names[j])} ({signed(float(likeness[i, j]))})"
            for i, j in combinations(range(len(names)), 2)
            if abs(likeness[i, j]) >= _ALIKE
        ),
        most=4,
    )


def _nearest(findings: Findings, rating: str) -> str:
    best = findings.strongest(rating)
    if best is None:
        return "Too few clips have both."
    figures = f"rho {signed(best.rho)}, {_span(best.low, best.high)}, {p_value(best.q, 'q')}"
    return f"The closest is {feature_title(best.feature)} ({figures})."


def _relation(findings: Findings, pair: Association) -> str:
    verb, model = "rises" if pair.rho > 0 else "falls", findings.model(pair)
    text = (
        f"{pair.rating} {verb} with {feature_title(pair.feature)}: rho {signed(pair.rho)}, "
        f"{_span(pair.low, pair.high)}, {p_value(pair.p)}, {p_value(pair.q, 'q')}."
    )
    if model is None:
        return text
    if not model.converged:
        return f"{text} The mixed model gives no figure ({model.note})."
    slope = f"{signed(model.slope)} points per standard deviation, {_span(model.low, model.high)}"
    if model.q > LEVEL or (model.slope > 0) != (pair.rho > 0):
        does, advice = "does not confirm it", ": treat it with caution"
    else:
        does, advice = "agrees", ""
    return f"{text} The mixed model {does} ({slope}, {p_value(model.q, 'q')}){advice}."


def _power(findings: Findings) -> Iterator[str]:
    if isnan(findings.n_effective):
        yield f"Nothing: {_why_no_p(findings)}."
        return
    n, pairs = len(findings.study.features), counted(len(findings.associations), "pair")
    few = findings.n_effective < n - 0.5
    much = f", which tell as much as {findings.n_effective:.0f} independent ones" if few else ""
    in_family = f", and of {plain(findings.detectable_in_family)} if it is the only true one among these {pairs}"
    yield (
        f"With {counted(n, 'clip')}{much}, {POWER * 5:.0f} of 5 such studies find a correlation of "
        f"{plain(findings.detectable_alone)} if that pair alone is tested"
        f"{'' if findings.permutations_needed else in_family}."
    )
    if findings.permutations_needed:
        yield f"{_too_few_permutations(findings)}."
    yield _WEAKER


def _predictions(findings: Findings) -> Iterator[str]:
    for entry in findings.predictions:
        figure = f"skill {signed(entry.skill)}, {_span(entry.low, entry.high)}"
        errors = f"error {entry.error:.2f} points, predicting the mean {entry.baseline_error:.2f}"
        if entry.baseline_error == 0:
            yield f"{entry.rating}: all clips have the same mean, so there is nothing to predict."
        elif isnan(entry.skill):
            yield f"{entry.rating}: too few clips, or groups of clips, to predict any."
        elif entry.low > 0:
            yield f"{entry.rating}: predicted better than by its mean from all features together ({figure}; {errors})."
        else:
            yield f"{entry.rating}: not predicted better than by its mean ({figure}; {errors})."


def _limits(findings: Findings) -> Iterator[str]:
    yield from (_CAUSE, _ROTATION, _ALONE if findings.study.group_codes is None else _ALIKE_GROUPS)
    stuck = [f"{model.feature} on {model.rating}" for model in findings.mixed if not model.converged]
    if stuck:
        models = counted(len(findings.mixed), "mixed model")
        yield f"{len(stuck)} of {models} gave no figure: {some_of(stuck, most=3)}."
