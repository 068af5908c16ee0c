"""Parts of pages, generated from the code's own descriptions and from recorded figures."""

import inspect
import json
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import griffe
import matplotlib as mpl
import numpy as np
from document_schemas import schemas
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from table_files import TableFile, table_files

from authorship.export.variables import Variable
from authorship.features import CODEBOOK, FEATURE_GROUPS, FEATURE_NAMES
from shotscale.files import atomic_path

__all__ = [
    "boundary_figures",
    "director_figures",
    "features",
    "names",
    "network_figures",
    "schemas",
    "table_index",
    "tables",
]

ROOT = Path(__file__).parents[1]
CARDS = ROOT / "docs" / "cards"
INK, TRUE, SAID = "#37474f", "#0072b2", "#d55e00"


def names(module: str) -> str:
    """Return the contents of a module, one line per public name, for readers of the Markdown source."""
    loaded = import_module(module)
    return "\n".join([f"**`{module}`**: {_first_line(loaded)}", "", *(_name(loaded, name) for name in loaded.__all__)])


def _name(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        return f"- `{name}`: {_first_line(value)}"
    said = _sources()[f"{module.__name__}.{name}"].docstring  # the docstring below a constant, which Python discards
    return f"- `{name}`: {' '.join(said.value.split())}" if said else f"- `{name}`"


@cache
def _sources() -> griffe.ModulesCollection:
    loader = griffe.GriffeLoader(search_paths=[ROOT], allow_inspection=False)
    for package in ("shotscale", "authorship"):
        loader.load(package)
    loader.resolve_aliases(external=False)
    return loader.modules_collection


def _first_line(value: object) -> str:
    paragraph = (inspect.getdoc(value) or "").split("\n\n")[0]
    return " ".join(paragraph.split())


def table_index() -> str:
    """Return a list of the table files."""
    rows = [
        f"| [`{file.name}`](#{anchor(file)}) | {file.title} | {file.row} | {file.command} |" for file in table_files()
    ]
    return "\n".join(["| file | contents | one row per | written by |", "|---|---|---|---|", *rows])


def tables() -> str:
    """Return every table file with its columns; features are one line, since they have a separate table."""
    return "\n\n".join(table(file) for file in table_files())


def table(file: TableFile) -> str:
    lines = [
        f"### `{file.name}` {{ #{anchor(file)} }}",
        f"{file.title}; one row per {file.row}. Written by {file.command}.",
    ]
    if file.note:
        lines.append(file.note)
    rows, features_seen = [], False
    for variable in file.variables:
        if variable.name in CODEBOOK and set(FEATURE_NAMES) <= set(file.columns):
            if not features_seen:
                rows.append(
                    f"| {len(FEATURE_NAMES)} features | number | | [below](#features) | not defined for this film |"
                )
            features_seen = True
            continue
        rows.append(row(variable))
    head = ["| column | type | unit | meaning | missing value |", "|---|---|---|---|---|"]
    return "\n\n".join([*lines, "\n".join([*head, *rows])])


def row(variable: Variable) -> str:
    values = ", ".join(f"{entry.code} `{entry.text}`" for entry in variable.categories)
    meaning = "; ".join(part for part in (variable.label, variable.definition, values) if part)
    kind = f"ordered {variable.kind}" if variable.ordered else variable.kind
    cells = (f"`{variable.name}`", kind, variable.unit, meaning, variable.missing or "none")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def features() -> str:
    """Return every feature, one table per group."""
    parts = []
    for group in FEATURE_GROUPS:
        rows = [
            f"| `{feature.name}` | {feature.unit} | {escaped(feature.definition)} | {escaped(feature.reference)} |"
            for feature in CODEBOOK.values()
            if feature.group == group
        ]
        head = ["| feature | unit | definition | source |", "|---|---|---|---|"]
        parts.append("\n".join([f"### {group.capitalize()} ({len(rows)})", "", *head, *rows]))
    return "\n\n".join(parts)


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def anchor(file: TableFile) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in file.name.lower()).strip("-")


def network_figures() -> str:
    """Draw the scale network's confusion matrices and accuracies from its record of four folds."""
    from scale_folds import measured, together  # imports the training code

    folds = measured()
    shown = [("all", "three groups"), ("seven scales", "seven scales")]
    figure = new_figure(9, 4)
    for axes, (key, title) in zip(figure.subplots(1, 2), shown, strict=True):
        part = together(folds, key)
        names = [entry["class"] for entry in part["classes"]]
        draw_confusion(
            axes, np.asarray(part["confusion"]), names, f"{title}, {part['n']} frames, {part['accuracy']:.3f} right"
        )
    save(figure, "network_confusion")
    names = ["film stills (every source but web)", "source web", "color", "grayscale", "as_labeled", "baseline_boxes"]
    figure = new_figure(7, 2.6)
    labels = ["film stills", "web", "color", "grayscale", "by the labels as published", "baseline: boxes"]
    draw_accuracies(figure.subplots(), labels, [together(folds, name) for name in names])
    save(figure, "network_accuracy")
    return shown_pictures(
        ("network_confusion", "Confusion matrix: the truth in rows, shares of a row, held-out frames"),
        ("network_accuracy", "Accuracy in three groups with 95 % intervals; the tick is the majority class"),
    )


def boundary_figures() -> str:
    """Draw the shot detector's reliability and scores from its card."""
    card = read("data/shotscale/boundaries.json")
    figure = new_figure(9, 3.6)
    left, right = figure.subplots(1, 2)
    rows = card["reliability"]
    draw_reliability(
        left, [row["mean_confidence"] for row in rows], [row["real"] for row in rows], [row["n"] for row in rows]
    )
    left.set(xlabel="confidence said", ylabel="share of real boundaries", title="Are confidences honest?")
    kinds = ("all", "cut", "gradual")
    scores = [card["cross_validation"][kind] for kind in kinds]
    for shift, (measure, color) in enumerate((("precision", SAID), ("recall", TRUE), ("f1", INK))):
        place = np.arange(len(kinds)) + 0.25 * (shift - 1)
        middle = np.asarray([score[measure] for score in scores])
        low, high = np.asarray([score[f"{measure}_95"] for score in scores]).T
        right.errorbar(
            place,
            middle,
            yerr=[middle - low, high - middle],
            fmt="o",
            color=color,
            capsize=3,
            label="F1" if measure == "f1" else measure,
        )
    right.set_xticks(
        range(len(kinds)), [f"{kind}\n{score['n_true']}" for kind, score in zip(kinds, scores, strict=True)]
    )
    right.set(ylim=(0.4, 1), title="87 clips, cross-validated, 95 % intervals")
    right.legend(loc="lower left", frameon=False)
    save(figure, "detector_figures")
    return shown_pictures(("detector_figures", "Reliability of the confidences, and precision, recall and F1 by kind"))


def director_figures() -> str:
    """Draw the built-in reference's record: confusion, reliability, sets, verification."""
    record = read("data/authorship/performance.json")
    figure = new_figure(9, 4.2)
    left, right = figure.subplots(1, 2)
    names = [name.rpartition(" ")[2] for name in record["classes"]]
    title = f"{record['n']} films left out in turn, {record['accuracy']:.3f} right"
    draw_confusion(left, np.asarray(record["confusion"]), names, title)
    rows = [row for row in record["reliability"] if row["n"]]
    draw_reliability(
        right, [row["confidence"] for row in rows], [row["accuracy"] for row in rows], [row["n"] for row in rows]
    )
    right.set(xlabel="predicted probability", ylabel="share that were right", title="Calibration")
    save(figure, "reference_confusion")
    table = [
        "| director | films | precision | recall | F1 | verified: AUROC | c@1 | decided |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, entry in record["per_class"].items():
        asked = record["verification"][name]
        figures = [entry["precision"], entry["recall"], entry["f1"], asked["auroc"], asked["c_at_1"], asked["decided"]]
        table.append(f"| {name} | {entry['n']} | " + " | ".join(f"{value:.2f}" for value in figures) + " |")
    levels = [
        "| confidence | director remains | mean size | one named | right when named | undecided | none of these |",
        "|---|---|---|---|---|---|---|",
    ]
    for level in record["sets"]:
        keys = ("confidence", "coverage", "size", "named", "right_when_named", "undecided", "none")
        shown = ("–" if level[key] is None else f"{level[key]:.2f}" for key in keys)
        levels.append("| " + " | ".join(shown) + " |")
    pictures = shown_pictures(
        ("reference_confusion", "Confusion matrix (shares of each row), and predicted against observed probability")
    )
    return "\n\n".join(
        [pictures, "**By director**", "\n".join(table), "**Sets of remaining candidates**", "\n".join(levels)]
    )


def read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / path).read_text(encoding="utf-8"))
    return content


def new_figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), layout="constrained")


def draw_confusion(axes: Axes, counts: np.ndarray, names: Sequence[str], title: str) -> None:
    shares = counts / counts.sum(axis=1, keepdims=True).clip(1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for place, n in np.ndenumerate(counts):
        axes.text(
            place[1],
            place[0],
            str(n),
            ha="center",
            va="center",
            fontsize=8,
            color="white" if shares[place] > 0.55 else INK,
        )
    axes.set_xticks(range(len(names)), names, rotation=45 if max(map(len, names)) > 6 else 0, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_title(title, fontsize=9)
    axes.set(xlabel="predicted", ylabel="true")


def draw_reliability(axes: Axes, said: Sequence[float], real: Sequence[float], counts: Sequence[int]) -> None:
    axes.plot([0, 1], [0, 1], color="0.8", linewidth=1)
    axes.plot(said, real, "o-", color=TRUE)
    for x, y, n, before in zip(said, real, counts, (0.0, *real[:-1]), strict=True):
        # Label above left where the line rises, below left where it falls: the line leaves room there.
        place = (-5, 5 if y >= before else -13)
        axes.annotate(str(n), (x, y), textcoords="offset points", xytext=place, ha="right", fontsize=8, color=INK)
    axes.set(xlim=(0, 1.03), ylim=(-0.03, 1.08))


def draw_accuracies(axes: Axes, labels: Sequence[str], parts: Sequence[dict[str, Any]]) -> None:
    place = np.arange(len(parts))[::-1]
    middle = np.asarray([part["accuracy"] for part in parts])
    low, high = np.asarray([part["accuracy_interval"] for part in parts]).T
    axes.errorbar(middle, place, xerr=[middle - low, high - middle], fmt="o", color=TRUE, capsize=3)
    axes.plot([part["majority_accuracy"] for part in parts], place, "|", color=SAID, markersize=12)
    axes.set_yticks(place, [f"{label} ({part['n']})" for label, part in zip(labels, parts, strict=True)])
    axes.set(xlim=(0.3, 1), xlabel="accuracy")


def save(figure: Figure, name: str) -> None:
    """Write a picture without date or version, so that the same figures give the same file."""
    CARDS.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}), atomic_path(CARDS / f"{name}.png") as path:
        figure.savefig(path, dpi=110, format="png", metadata={"Software": None})


def shown_pictures(*pictures: tuple[str, str]) -> str:
    return "\n\n".join(f"![{caption}]({name}.png)\n*{caption}.*" for name, caption in pictures)
