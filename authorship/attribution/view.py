"""An answer as text and tables, shared by the terminal and the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from authorship.attribution.too_little import FEWEST_SHOTS
from authorship.features import CODEBOOK
from authorship.reference.basis import groups_of
from shotscale.numerals import counted, percent, signed

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution, Candidate


@dataclass(frozen=True)
class Table:
    """Text in rows and columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def comparable(attribution: "Attribution") -> bool:
    """Return whether the candidates' probabilities are meaningful: some remain, and there are enough shots."""
    few = attribution.features["n_shots"] < FEWEST_SHOTS
    return not few and any(candidate.remains for candidate in attribution.candidates)


def probability(attribution: "Attribution", candidate: "Candidate") -> str:
    """Return a candidate's probability as a percentage; a dash if it would be meaningless."""
    return percent(candidate.probability) if comparable(attribution) else "–"


def leader(attribution: "Attribution") -> tuple[str, str]:
    """Return the likeliest candidate who remains and that probability; a dash and nothing if none does."""
    remaining = next((candidate for candidate in attribution.candidates if candidate.remains), None)
    return ("–", "") if remaining is None else (remaining.name, probability(attribution, remaining))


def probability_note(attribution: "Attribution") -> str:
    """Return what the probabilities assume, or why there are none."""
    if comparable(attribution):
        return "probabilities assume that it is one of them"
    if any(candidate.remains for candidate in attribution.candidates):
        return "too few shots for probabilities"
    return "none remains, so probabilities between them would mean nothing"


def by_lengths_alone(attribution: "Attribution") -> bool:
    """Return whether the nearest films are near by shot lengths alone, though the model uses more."""
    compared, modeled = groups_of(attribution.evidence.compared), groups_of(attribution.basis.features)
    return [*compared] == ["durations"] != [*modeled]


def contributions(attribution: "Attribution", *, most: int, candidates: int | None = None) -> Table:
    """Return the largest feature contributions to the leading candidates' log-odds; the columns sum to the scores."""
    shown = list(attribution.candidates)
    if candidates is not None:
        shown = sorted(shown, key=lambda candidate: not candidate.remains)[:candidates]
    added = {(row.candidate, row.feature): row.contribution for row in attribution.evidence.contributions}
    names = sorted(attribution.basis.features, key=lambda name: -max(abs(added[c.name, name]) for c in shown))
    rows = [
        (_title(name), _shown(name, attribution.features[name]), *(signed(added[c.name, name]) for c in shown))
        for name in names[:most]
    ]
    rest = names[most:]
    if rest:
        rows.append(
            (counted(len(rest), "more feature"), "", *(signed(sum(added[c.name, n] for n in rest)) for c in shown))
        )
    rows.append(("an average film", "", *(signed(attribution.evidence.baselines[c.name]) for c in shown)))
    rows.append(("score", "", *(signed(candidate.score) for candidate in shown)))
    return Table(("log-odds", "this film", *(candidate.name for candidate in shown)), rows)


def standings(attribution: "Attribution", *, most: int) -> Table:
    """Return each candidate's median and the film's percentile among its films, for the most influential features."""
    weight = dict.fromkeys(attribution.basis.features, 0.0)
    for contribution in attribution.evidence.contributions:
        weight[contribution.feature] = max(weight[contribution.feature], abs(contribution.contribution))
    weightiest = set(sorted(weight, key=lambda name: -weight[name])[:most])
    names = [name for name in weight if name in weightiest]
    standing = {(row.candidate, row.feature): row for row in attribution.evidence.standings}
    rows = [("this film", *(_shown(name, attribution.features[name]) for name in names))]
    for candidate in attribution.candidates:
        cells = []
        for name in names:
            row = standing.get((candidate.name, name))
            place = "–" if row is None or isnan(row.percentile) else _place(row.percentile)
            cells.append("–" if row is None else f"{_shown(name, row.median)} ({place})")
        rows.append((candidate.name, *cells))
    return Table(("", *map(_title, names)), rows)


def accuracy(attribution: "Attribution") -> str:
    """Return how often answers of this kind are right, as text; empty if not measured."""
    measured = attribution.basis.performance
    if not measured:
        return ""
    low, high = measured["accuracy_interval"]
    text = (
        f"Leave-one-film-out over {counted(measured['n_films'], 'film')}: the most likely candidate is right for "
        f"{percent(measured['accuracy'])} (95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
    )
    blocked = measured.get("blocked_by_years")
    if blocked:
        text += (
            f", and for {percent(blocked['accuracy'])} without the director's other films of the {blocked['years']} "
            "years before and after"
        )
    level = next((row for row in measured["sets"] if abs(row["confidence"] - attribution.confidence) < 1e-9), None)
    if level is None or level["right_when_named"] is None:
        return text
    return (
        f"{text}; the true director remains for {percent(level['coverage'])}; when a single name remains "
        f"({percent(level['named'])}), it is right for {percent(level['right_when_named'])}"
    )


def _place(percentile: float) -> str:
    """Format a percentile; only a bound is known beyond the outermost quantiles, 10 and 90."""
    return "<10 %" if percentile < 10 else ">90 %" if percentile > 90 else f"{percentile:.0f} %"


def _title(name: str) -> str:
    return CODEBOOK[name].title


def _shown(name: str, value: float) -> str:
    return CODEBOOK[name].shown(value)
