"""Drawings for the commands and the desk: maps, trees, films side by side, each with a text alternative."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from authorship.comparison.contrast import FEWEST_FOR_INTERVAL, Contrast, contrast_films, lengths_to_compare
from authorship.comparison.ordination import DISTANCES, FilmMatrix, film_matrix, ordinate
from authorship.comparison.trees import FEW_FEATURES, cluster, consensus_tree
from authorship.features import measure_film
from authorship.figures.canvas import save_figure
from authorship.figures.comparison import draw_comparison
from authorship.figures.maps import draw_map
from authorship.figures.rolling import draw_rolling
from authorship.figures.trees import draw_consensus, draw_dendrogram
from authorship.reference.comparable import lengths_alone, needs_lengths_alone, scales_coded
from authorship.reference.table import Reference
from authorship.rolling import NAMES_NOBODY, Window
from shotscale.film import Film
from shotscale.numerals import counted, some_of

_BY_LENGTHS = (
    "by shot lengths alone: people coded the scales of the reference's films and a network measured those of a film in "
    "question, or the reverse, and the two are not comparable"
)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure with its title, its text alternative and a caveat."""

    figure: Figure
    title: str
    description: str
    note: str = ""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file; see `authorship.figures.canvas.save_figure`."""
        return save_figure(self.figure, path, title=self.title, description=self.description)


def film_map(
    reference: Reference,
    films: Iterable[tuple[str, Film]],
    *,
    method: str = "pca",
    distance: str = "euclidean",
    labels: bool = True,
    seed: int = 0,
) -> Drawing:
    """Draw the films of a reference, and those in question, so that films with similar features lie close together.

    `films` are those in question, by name, as from `authorship.opening.open_films`; `method`, `distance` and `seed` are
    those of `authorship.comparison.ordination.ordinate`.
    """
    matrix, caveat = _known_and_asked(reference, films)
    ordination = ordinate(matrix, method, distance=distance, seed=seed)
    title = f"Map of {counted(len(matrix.titles), 'film')} by {ordination.method}"
    words = _in_words(matrix, title, ordination.note)
    return Drawing(draw_map(matrix, ordination, labels=labels), title, words, caveat)


def film_tree(
    reference: Reference,
    films: Iterable[tuple[str, Film]],
    *,
    consensus: bool = False,
    linkage: str = "ward",
    distance: str = "euclidean",
    n_trees: int = 200,
    strength: float = 0.5,
    seed: int = 0,
) -> Drawing:
    """Draw a tree of the films of a reference and those in question: a dendrogram, or a consensus of many.

    `films` are as for `film_map`; for the options see `authorship.comparison.trees`. `n_trees`, `strength` and `seed`
    apply only to a consensus tree.
    """
    matrix, caveat = _known_and_asked(reference, films)
    tree = cluster(matrix.standardized, method=linkage, distance=distance)  # raises if the options are invalid
    note = f"{linkage} linkage, {DISTANCES[distance]} distances, {counted(len(matrix.features), 'feature')}"
    if consensus:
        kept = consensus_tree(
            matrix.standardized, method=linkage, distance=distance, n_trees=n_trees, strength=strength, seed=seed
        )
        note += f" drawn with replacement, seed {seed}"
        figure = draw_consensus(matrix, kept, note=note)
    else:
        figure = draw_dendrogram(matrix, tree, note=note)
    title = f"{'Consensus tree' if consensus else 'Dendrogram'} of {counted(len(matrix.titles), 'film')}"
    if not caveat and len(matrix.features) < FEW_FEATURES:
        caveat = (
            f"a tree of {counted(len(matrix.features), 'feature')} joins films that are alike in these alone, and "
            "another feature may join others; a reference with shot scales has more"
        )
    return Drawing(figure, title, _in_words(matrix, title, note), caveat)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two films side by side: their lengths, in seconds, are of a `unit`, ``shot`` or ``run``."""

    names: tuple[str, str]
    unit: str
    lengths: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
    contrast: Contrast

    def rows(self) -> list[tuple[str, str, str]]:
        """Return each figure's name, value and interval as text."""
        few = min(self.contrast.n_shots) < FEWEST_FOR_INTERVAL
        missing = f"needs {FEWEST_FOR_INTERVAL} {self.unit}s of each film" if few else "not defined"
        told = (("Cliff's d", self.contrast.delta, ""), ("Hodges-Lehmann difference", self.contrast.difference, " s"))
        return [
            (
                what,
                f"{row.value:.2f}{unit}".replace("-", "−"),
                missing if isnan(row.low) else f"{row.low:.2f} to {row.high:.2f}{unit}".replace("-", "−"),
            )
            for what, row, unit in told
        ]

    def draw(self) -> Drawing:
        """Draw the films' quantile profiles and densities."""
        figure = draw_comparison(self.names, self.lengths, self.contrast, what=self.unit)
        told = ", ".join(f"{what} {value} ({span})" for what, value, span in self.rows())
        return Drawing(
            figure,
            f"{self.unit.capitalize()} lengths of {self.names[0]} and {self.names[1]}",
            f"Quantile profiles and densities of {self.unit} length. {told}, {100 * self.contrast.confidence:g} % "
            "bootstrap intervals.",
        )


def compare_films(
    names: tuple[str, str],
    films: tuple[Film, Film],
    *,
    confidence: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare two films' shot lengths or, if one is a coding, the lengths of their runs of one scale.

    For the options see `authorship.comparison.contrast.contrast_films`.
    """
    unit, lengths = lengths_to_compare(names, films)
    contrast = contrast_films(*lengths, confidence=confidence, n_resamples=n_resamples, seed=seed)
    return Comparison(names, unit, lengths, contrast)


def along_film(windows: Sequence[Window], name: str) -> Drawing:
    """Draw the candidates' probabilities along a film, in windows from `authorship.rolling.roll`."""
    leaders = [f"{w.start / 60:.0f}-{w.end / 60:.0f} min {w.attribution.candidates[0].name}" for w in windows]
    told = f"likeliest candidate of {counted(len(windows), 'window')}: {', '.join(leaders)}"
    return Drawing(draw_rolling(windows, name=name), f"Candidates along {name}", told, NAMES_NOBODY)


def _known_and_asked(reference: Reference, films: Iterable[tuple[str, Film]]) -> tuple[FilmMatrix, str]:
    """Return the standardized films of a reference and those in question, and a caveat if their scales differ."""
    by_lengths, measured, unscaled = False, list[tuple[str, dict[str, float]]](), list[str]()
    for name, film in films:
        by_lengths |= needs_lengths_alone(reference, film)
        unscaled += [name] if film.scales is None and scales_coded(reference) is not None else []
        measured.append((name, measure_film(film)))
    if by_lengths:
        return film_matrix(lengths_alone(reference), measured), _BY_LENGTHS
    caveat = f"without shot scales, so placed by shot lengths and as if average in scale: {some_of(unscaled)}"
    return film_matrix(reference, measured), caveat if unscaled else ""


def _in_words(matrix: FilmMatrix, title: str, note: str) -> str:
    return f"{title}: {note}. Reference: {matrix.reference}. Features: {', '.join(matrix.features)}."
