"""Describe a study's findings in plain sentences.

Conventions
-----------
A sentence never says that there is no relation, only that none was found, and then what could have been found. Figures
are rounded for reading; the tables have them in full.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, sqrt

from authorship.viewers.analysis import LEVEL, POWER, Findings
from authorship.viewers.association import FEWEST_CLIPS, Association
from authorship.viewers.clips import CATALOGUE
from authorship.viewers.prediction import Prediction
from authorship.viewers.problems import some_of
from authorship.viewers.reliability import Reliability
from shotscale.numerals import counted, p_value, plain, signed

__all__ = ["SIMULATED", "Passage", "as_markdown", "conclusion", "feature_title", "summarise"]

SIMULATED = "SIMULATED: the clips were drawn at random, no film is behind them; this says nothing of films or viewers."

_GOOD, _EXCELLENT = 0.75, 0.9  # Koo and Li 2016, as for `authorship.viewers.reliability.POOR`
_ALIKE = 0.5  # features with a quarter of their ranks' variance in common


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading and the sentences under it."""

    heading: str
    lines: tuple[str, ...]


def conclusion(findings: Findings) -> str:
    """Return the answer in one sentence."""
    found, family = findings.found, findings.associations
    if isnan(findings.n_effective):
        return f"No relation can be told from chance: {_why_no_p(findings)}."
    if not found:
        return (
            f"No relation found: none of {counted(len(family), 'pair')} of feature and rating can be told from chance."
        )
    strongest = found[0]
    return (
        f"{len(found)} of {counted(len(family), 'pair')} of feature and rating {'is' if len(found) == 1 else 'are'} "
        f"related, the strongest {feature_title(strongest.feature)} and {strongest.rating} (rho "
        f"{signed(strongest.rho)})."
    )


def summarise(findings: Findings) -> list[Passage]:
    """Return the plain-language summary, in the order in which it should be read."""
    return [
        Passage("Answer", _answer(findings)),
        Passage("Data", _data(findings)),
        Passage("Do viewers agree?", _agreement(findings)),
        Passage("Relations", _relations(findings)),
        Passage("What this study could find", _power(findings)),
        Passage("Unseen clips", tuple(_prediction(entry) for entry in findings.predictions)),
        Passage("What limits this", _limits(findings)),
    ]


def as_markdown(passages: Sequence[Passage]) -> str:
    """Write a summary as Markdown: a heading per passage, a line per point."""
    parts = [f"## {passage.heading}\n\n" + "\n".join(f"- {line}" for line in passage.lines) for passage in passages]
    return "# Shot scale and the viewers' ratings\n\n" + "\n\n".join(parts) + "\n"


def _answer(findings: Findings) -> tuple[str, ...]:
    lines = [SIMULATED] if findings.study.clips.simulated else []
    lines.append(conclusion(findings))
    for rating in findings.study.names:
        mine = [pair for pair in findings.found if pair.rating == rating]
        entry = findings.of_rating(rating)
        unsure = " Viewers do not agree on it: see below." if entry is not None and entry.poor else ""
        if mine:
            listed = some_of((f"{feature_title(pair.feature)} ({signed(pair.rho)})" for pair in mine), most=4)
            lines.append(f"{rating}: related to {listed}.{unsure}")
        elif findings.found or unsure:
            lines.append(f"{rating}: {_nothing(findings)}.{unsure}")
    return tuple(lines)


def feature_title(name: str) -> str:
    """Return a feature's name as prose has it."""
    return CATALOGUE[name].title if name in CATALOGUE else name


def _nothing(findings: Findings) -> str:
    return "no p-value" if isnan(findings.n_effective) else "no relation found"


def _why_no_p(findings: Findings) -> str:
    groups = findings.study.group_codes
    if groups is not None and groups.max() + 1 < FEWEST_CLIPS:
        return f"the clips belong to {counted(int(groups.max()) + 1, 'group')}, and a p-value needs {FEWEST_CLIPS}"
    return f"no pair has {FEWEST_CLIPS} clips, or groups of clips, that differ"


def _span(low: float, high: float) -> str:
    return "interval not defined" if isnan(low) else f"interval {plain(low)} to {plain(high)}"


def _data(findings: Findings) -> tuple[str, ...]:
    study = findings.study
    n_clips = len(study.features)
    scales = f"{counted(len(study.names), 'scale')} ({', '.join(study.names)})"
    if not study.by_viewer:
        lines = [f"{counted(n_clips, 'clip')} with mean ratings on {scales}."]
    else:
        rated = study.ratings.groupby("viewer").size()
        lines = [
            f"{counted(n_clips, 'clip')}, {counted(len(rated), 'viewer')}, {counted(len(study.ratings), 'row')} of "
            f"ratings on {scales}. A viewer rated {rated.median():.0f} of the clips (median)."
        ]
    if study.group_codes is not None and study.groups is not None:
        sizes = study.groups.value_counts()
        lines.append(
            f"The clips belong to {counted(len(sizes), 'group')} of {sizes.min()} to {counted(sizes.max(), 'clip')}."
        )
    lines.append("All intervals below are 95 % intervals.")
    lines += _problem_lines(findings)
    return tuple(lines)


def _problem_lines(findings: Findings) -> list[str]:
    problems = findings.study.problems
    if not problems:
        return ["No problems with the tables or their join."]
    lines = []
    for outcome, said in (("left out", "Left out"), ("changed", "Changed"), ("noted", "Noted")):
        kinds = Counter(problem.kind for problem in problems if problem.outcome == outcome)
        if kinds:
            listed = [kind if n == 1 else f"{kind} ({counted(n, 'time')})" for kind, n in kinds.items()]
            lines.append(f"{said}: {some_of(listed, most=8)}; problems.csv names each.")
    return lines


def _agreement(findings: Findings) -> tuple[str, ...]:
    if not findings.study.by_viewer:
        return ("Unknown: only means are given. Agreement between viewers needs ratings per viewer.",)
    return tuple(_reliability(entry) for entry in findings.reliability)


def _reliability(entry: Reliability) -> str:
    decisive = entry.decisive
    if decisive is None or isnan(decisive.value):
        return f"{entry.rating}: unknown, because no clip was rated by two viewers."
    figure = f"{decisive.name} {plain(decisive.value)}, {_span(decisive.low, decisive.high)}"
    items = entry["alpha of items"]
    also = "" if items is None else f" Its items: Cronbach's alpha {plain(items.value)}."
    if not entry.poor:
        degree = "almost fully" if decisive.value >= _EXCELLENT else "well" if decisive.value >= _GOOD else "moderately"
        return f"{entry.rating}: the means of the viewers agree {degree} ({figure}).{also}"
    ceiling = sqrt(max(decisive.value, 0.0))
    bound = "at all" if ceiling < 0.1 else f"beyond about {plain(ceiling)}"
    return (
        f"{entry.rating}: UNRELIABLE ({figure}). Other viewers would have given other means, so no feature can be "
        f"expected to correlate with it {bound}, and finding nothing means little.{also}"
    )


def _relations(findings: Findings) -> tuple[str, ...]:
    lines = [
        f"rho is a rank correlation over clips; q allows for all {counted(len(findings.associations), 'pair')}; "
        f"found means q at most {LEVEL:g}."
    ]
    if findings.study.group_codes is not None and not isnan(findings.n_effective):
        lines.append(
            "Clips of a group may be alike: p comes from exchanging the levels of groups and shuffling the clips of "
            "each, and the interval is that of as many independent clips as would vary so by chance."
        )
    if findings.mixed:
        also = "" if findings.study.group_codes is None else ", and of each group"
        lines.append(f"The mixed model uses individual ratings, with an effect of each viewer and of each clip{also}.")
    for rating in findings.study.names:
        mine = [pair for pair in findings.found if pair.rating == rating]
        if not mine:
            lines.append(f"{rating}: {_nothing(findings)}.{_nearest(findings, rating)}")
        lines += [_relation(findings, pair) for pair in mine]
        lines += _together(findings, mine)
    return tuple(lines)


def _together(findings: Findings, found: Sequence[Association]) -> list[str]:
    """Say which of the features found for one rating are hardly different features."""
    names = [pair.feature for pair in found]
    if len(names) < 2:
        return []
    likeness = findings.study.features[names].corr(method="spearman").to_numpy()
    alike = [
        f"{feature_title(names[i])} and {feature_title(names[j])} ({signed(float(likeness[i, j]))})"
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if abs(likeness[i, j]) >= _ALIKE
    ]
    if not alike:
        return []
    return [
        f"These features are correlated over the clips, so they are not separate findings: {some_of(alike, most=4)}."
    ]


def _nearest(findings: Findings, rating: str) -> str:
    best = findings.strongest(rating)
    if best is None:
        return " Too few clips have both."
    figures = f"rho {signed(best.rho)}, {_span(best.low, best.high)}, {p_value(best.q, 'q')}"
    return f" The closest is {feature_title(best.feature)} ({figures})."


def _relation(findings: Findings, pair: Association) -> str:
    verb = "rises" if pair.rho > 0 else "falls"
    text = (
        f"{pair.rating} {verb} with {feature_title(pair.feature)}: rho {signed(pair.rho)}, "
        f"{_span(pair.low, pair.high)}, {p_value(pair.p)}, {p_value(pair.q, 'q')}."
    )
    model = findings.model(pair)
    if model is None:
        return text
    if not model.converged:
        return f"{text} The mixed model gives no figure ({model.note})."
    slope = (
        f"{signed(model.slope)} points per standard deviation, {_span(model.low, model.high)}, {p_value(model.q, 'q')}"
    )
    if model.q > LEVEL or (model.slope > 0) != (pair.rho > 0):
        return f"{text} The mixed model does not confirm it ({slope}): treat it with caution."
    return f"{text} The mixed model agrees ({slope})."


def _power(findings: Findings) -> tuple[str, ...]:
    if isnan(findings.n_effective):
        return (f"Nothing: {_why_no_p(findings)}.",)
    n = len(findings.study.features)
    chance = f"{POWER * 5:.0f} of 5"
    much = f"With {counted(n, 'clip')}"
    if findings.n_effective < n - 0.5:
        much += f", which tell as much as {findings.n_effective:.0f} independent ones"
    text = (
        f"{much}, {chance} such studies find a correlation of {plain(findings.detectable_alone)} if that pair "
        f"alone is tested, and of {plain(findings.detectable_in_family)} if it is the only true one among these "
        f"{counted(len(findings.associations), 'pair')}."
    )
    return (text, "Weaker relations are likely to be missed: finding none does not mean that there are none.")


def _prediction(entry: Prediction) -> str:
    if isnan(entry.skill):
        return f"{entry.rating}: too few clips, or groups of clips, to predict any."
    figure = f"skill {signed(entry.skill)}, {_span(entry.low, entry.high)}"
    errors = f"error {entry.error:.2f} points, predicting the mean {entry.baseline_error:.2f}"
    if entry.low > 0:
        return f"{entry.rating}: predicted better than by its mean from all features together ({figure}; {errors})."
    return f"{entry.rating}: not predicted better than by its mean ({figure}; {errors})."


def _limits(findings: Findings) -> tuple[str, ...]:
    lines = [
        "A relation over clips is not a cause: other differences between the clips (story, sound, cutting) are not "
        "controlled for.",
        "Rotation is defined in authorship.viewers.rotation; it is not the formula of Benini et al., so figures "
        "cannot be compared with theirs.",
    ]
    if findings.study.group_codes is not None:
        lines.append(
            "Any two clips of a group are taken to be equally alike: if neighbouring ones are more so, or groups are "
            "alike among themselves (films of one director), p-values are too small."
        )
    else:
        lines.append("Clips are assumed to be independent. If several are from one film, use --group.")
    stuck = [model for model in findings.mixed if not model.converged]
    if stuck:
        named: Sequence[str] = [f"{model.feature} on {model.rating}" for model in stuck]
        lines.append(
            f"{len(stuck)} of {counted(len(findings.mixed), 'mixed model')} gave no figure: {some_of(named, most=3)}."
        )
    return tuple(lines)
