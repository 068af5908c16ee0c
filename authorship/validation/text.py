"""The figures of a benchmark as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from authorship.validation.candidate_sets import OWN
from authorship.validation.leave_one_out import SELECTED
from authorship.validation.periods import blocked_line
from shotscale.numerals import counted, p_figure, p_value


def markdown_table(result: dict[str, Any]) -> str:
    """Format the figures of a benchmark as Markdown."""
    reference = result["reference"]
    lines = [
        f"{reference['name']}: {counted(reference['n_films'], 'film')}, one left out at a time (copies of a film "
        "leave together).",
        "",
        *(line for note in reference["notes"] for line in (note, "")),
        "| features | classifier | accuracy | 95 % interval | macro-F1 | log loss | Brier | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["results"]:
        low, high = row["interval"]
        figures = " | ".join(f"{row[key]:.3f}" for key in ("macro_f1", "log_loss", "brier", "calibration_error"))
        name = f"**{row['classifier']}**" if row["classifier"] in (SELECTED, OWN) else row["classifier"]
        group = f"{row['features']} ({row['n_features']})"
        lines.append(f"| {group} | {name} | {row['accuracy']:.3f} | {low:.2f} to {high:.2f} | {figures} |")
    lines += [
        "",
        *skipped_line(result["skipped"]),
        *(f"Baseline {name}: {row['accuracy']:.3f}" for name, row in result["baselines"].items() if row),
        "",
        *permutation_line(result["own"]["permutation"]),
        *blocked_line(result["own"]),
        *_comparison_lines(result["comparisons"]),
        *_confusion_lines(result["own"]),
        *set_lines(result["own"]["levels"]),
    ]
    return "\n".join(lines) + "\n"


def skipped_line(skipped: Sequence[str]) -> list[str]:
    """Return a paragraph on the classifiers that need more films of each candidate; empty if there are none."""
    told = f"Left out, because a candidate has too few films for them: {', '.join(skipped)}."
    return [told, ""] if skipped else []


def set_lines(levels: Sequence[dict[str, Any]]) -> list[str]:
    """Format the figures of the ``authorship classify`` sets as Markdown lines, overall and per director."""
    names = list(levels[0]["by_candidate"])
    lines = [
        "The sets of `authorship classify`, the same way:",
        "",
        "| confidence | coverage | mean size | one named | right when named | undecided | none of these |",
        "|---|---|---|---|---|---|---|",
    ]
    for level in levels:
        named = "–" if level["right_when_named"] is None else f"{level['right_when_named']:.3f}"
        shares = " | ".join(f"{level[key]:.3f}" for key in ("undecided", "none"))
        sizes = f"{level['coverage']:.3f} | {level['size']:.2f} | {level['named']:.3f}"
        lines.append(f"| {level['confidence']:.2f} | {sizes} | {named} | {shares} |")
    lines += ["", f"| coverage at | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for level in levels:
        held = " | ".join(f"{level['by_candidate'][name]:.2f}" for name in names)
        lines.append(f"| {level['confidence']:.2f} | {held} |")
    return lines


def _confusion_lines(figures: dict[str, Any]) -> list[str]:
    names = figures["classes"]
    lines = [f"| {OWN}: true, named | {' | '.join(names)} | recall |", "|---" * (len(names) + 2) + "|"]
    for name, row in zip(names, figures["confusion"], strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {figures['per_class'][name]['recall']:.2f} |")
    return [*lines, ""]


def _comparison_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = [
        f"Groups of features compared ({OWN}, the same films, McNemar's exact test, p after Holm for all of these):",
        "",
        "| features | against | difference | 95 % interval | only the first right | only the second right | p | Holm |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        low, high = row["interval"]
        lines.append(
            f"| {row['features']} | {row['against']} | {row['difference']:+.3f} | {low:+.2f} to {high:+.2f} | "
            f"{row['gained']} | {row['lost']} | {p_figure(row['p'])} | {p_figure(row['p_holm'])} |"
        )
    return [*lines, ""]


def permutation_line(permutation: Mapping[str, Any]) -> list[str]:
    """Return a paragraph on the permutation test; empty if none was made."""
    if not permutation["n"]:
        return []
    return [
        f"Permutation test ({OWN}, {counted(permutation['n'], 'labeling')}, five folds): observed "
        f"{permutation['observed']:.3f}, shuffled mean {permutation['mean']:.3f}, largest "
        f"{permutation['largest']:.3f}, {p_value(permutation['p'])}",
        "",
    ]
