"""The results of a benchmark as text of at most 80 columns; ``benchmark.md`` has the same tables as Markdown."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from authorship.validation.candidate_sets import OWN
from authorship.validation.periods import blocked_line
from authorship.validation.text import permutation_line, skipped_line
from shotscale.numerals import counted, p_figure

_WIDTH = 80  # columns of a terminal
_NAME = 32  # columns of a row's name, leaving room for four figures


def benchmark_text(result: Mapping[str, Any]) -> str:
    """Lay out the result of `authorship.validation.benchmark.run_benchmark`."""
    reference, own = result["reference"], result["own"]
    told = f"{counted(reference['n_films'], 'film')}, one left out at a time (copies of a film leave together)."
    lines = [f"{reference['name']}:", *_wrapped([told, *reference["notes"]]), ""]
    lines += [*_accuracies(result["results"]), "", *_wrapped(skipped_line(result["skipped"]))]
    lines += _wrapped(f"Baseline {name}: {row['accuracy']:.3f}" for name, row in result["baselines"].items() if row)
    lines += ["", *_wrapped([*permutation_line(own["permutation"]), *blocked_line(own)])]
    lines += _comparisons(result["comparisons"])
    lines += [*_confusion(own), "", *_sets(own["levels"])]
    return "\n".join(lines) + "\n"


def _accuracies(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield _row("features and classifier", ["accuracy", "95 % interval", "macro-F1", "log loss"])
    group = None
    for row in rows:
        if row["features"] != group:
            group = row["features"]
            yield f"{group}, {counted(row['n_features'], 'feature')}"
        low, high = row["interval"]
        yield _row(
            f"  {row['classifier']}",
            [
                f"{row['accuracy']:.3f}",
                f"{low:.2f} to {high:.2f}",
                *(f"{row[key]:.3f}" for key in ("macro_f1", "log_loss")),
            ],
        )


_COMPARED = (6, 15, 8, 6, 6)  # columns of a comparison's figures
_COMPARED_NAME = _WIDTH - sum(_COMPARED) - len(_COMPARED)


def _comparisons(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    yield from _wrapped(
        [
            f"Groups of features compared ({OWN}, the same films): how accuracies differ, how many films only the 1st "
            "or only the 2nd gets right, p of McNemar's exact test, and after Holm's correction for all comparisons."
        ]
    )
    yield ""
    yield _row("", ["differ", "95 % interval", "1st/2nd", "p", "Holm"], widths=_COMPARED, name=_COMPARED_NAME)
    for row in rows:
        low, high = row["interval"]
        figures = [
            f"{row['difference']:+.3f}",
            f"{low:+.2f} to {high:+.2f}",
            f"{row['gained']}/{row['lost']}",
            *(p_figure(row[key]) for key in ("p", "p_holm")),
        ]
        title = f"{row['features']} against {row['against']}"
        if cell_len(title) > _COMPARED_NAME:
            yield from textwrap.wrap(title, _WIDTH, subsequent_indent="  ")
            title = ""
        yield _row(title, figures, widths=_COMPARED, name=_COMPARED_NAME)
    yield ""


def _confusion(figures: Mapping[str, Any]) -> Iterator[str]:
    names = figures["classes"]
    width = max(3, *(len(str(n)) for row in figures["confusion"] for n in row)) + 1
    numbers = "".join(f"{n:>{width}}" for n in range(1, len(names) + 1))
    if _NAME + len(numbers) + 8 > _WIDTH:
        yield f"Which of the {len(names)} was taken for which is in benchmark.md, with --output."
        return
    yield f"{OWN}: true, in rows, and named"
    yield f"{'':{_NAME}}{numbers}  recall"
    for number, (name, row) in enumerate(zip(names, figures["confusion"], strict=True), start=1):
        counts = "".join(f"{n:>{width}}" for n in row)
        yield f"{_cell(f'{number:>2} {name}', _NAME)}{counts}  {figures['per_class'][name]['recall']:>6.2f}"


def _sets(levels: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"The sets of {OWN}, the same way:"
    widths: tuple[int, ...] = (8, 9, 9, 11, 12, 12)
    yield _row(
        "confidence", ["coverage", "mean size", "one named", "right then", "undecided", "none"], widths=widths, name=11
    )
    for level in levels:
        right = "–" if level["right_when_named"] is None else f"{level['right_when_named']:.3f}"
        figures = [f"{level['coverage']:.3f}", f"{level['size']:.2f}", f"{level['named']:.3f}", right]
        figures += [f"{level[key]:.3f}" for key in ("undecided", "none")]
        yield _row(f"{level['confidence']:.2f}", figures, widths=widths, name=11)
    yield ""
    widths = (6,) * len(levels)
    yield _row("coverage at", [f"{level['confidence']:.2f}" for level in levels], widths=widths)
    for name in levels[0]["by_candidate"]:
        yield _row(name, [f"{level['by_candidate'][name]:.2f}" for level in levels], widths=widths)


def _row(title: str, cells: Sequence[str], *, widths: Sequence[int] = (9, 15, 9, 9), name: int = _NAME) -> str:
    return _cell(title, name) + "".join(f" {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _cell(text: str, width: int) -> str:
    return set_cell_size(text if cell_len(text) <= width else f"{text[: width - 1]}…", width)


def _wrapped(paragraphs: Iterable[str]) -> list[str]:
    """Wrap paragraphs; an empty one is an empty line."""
    return [line for text in paragraphs for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False) or [""]]
