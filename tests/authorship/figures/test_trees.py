"""Trees: branches where SciPy's dendrogram has them, in the colors of directors, with each group's support."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scipy.cluster.hierarchy import dendrogram

from authorship.comparison.ordination import FilmMatrix
from authorship.comparison.trees import cluster, consensus_tree
from authorship.features import FEATURE_NAMES
from authorship.figures.palette import NEUTRAL, director_colors
from authorship.figures.trees import draw_consensus, draw_dendrogram

DIRECTORS = ("Béla Tarr",) * 4 + ("Jean-Luc Godard",) * 4


def two_directors() -> FilmMatrix:
    """Return eight films: four by one director, and far from these four by another."""
    values = np.random.default_rng(0).normal(size=(8, 3)) + np.repeat([[0.0], [9.0]], 4, axis=0)
    return FilmMatrix(
        standardized=values,
        features=FEATURE_NAMES[:3],
        directors=DIRECTORS,
        titles=tuple("abcdefgh"),
        label_name="director",
        reference="eight",
    )


def test_branches_are_those_of_scipy() -> None:
    matrix = two_directors()
    tree = cluster(matrix.standardized)
    axes = draw_dendrogram(matrix, tree, note="Ward").axes[0]
    branches = [line for line in axes.lines if len(line.get_xdata()) == 2]
    told = dendrogram(tree, no_plot=True)
    expected = [
        ((heights[i], (rows[i] - 5) / 10), (heights[i + 1], (rows[i + 1] - 5) / 10))  # SciPy's rows are 5, 15, 25 ...
        for rows, heights in zip(told["icoord"], told["dcoord"], strict=True)
        for i in range(3)
    ]
    drawn = [line.get_xydata().tolist() for line in branches]
    assert (
        np.round(sorted(map(sorted, drawn)), 6).tolist()
        == np.round(sorted(sorted(map(list, ends)) for ends in expected), 6).tolist()
    )
    colors = director_colors(matrix.names)
    assert [to_hex(line.get_color()) for line in branches].count(to_hex(NEUTRAL)) == 1  # where the two meet
    assert {to_hex(line.get_color()) for line in branches} == {to_hex(c) for c in (*colors.values(), NEUTRAL)}


def test_a_group_that_every_tree_has_says_so() -> None:
    matrix = two_directors()
    axes = draw_consensus(matrix, consensus_tree(matrix.standardized, n_trees=20, seed=0), note="twenty trees").axes[0]
    texts = {text.get_text(): text.xy for text in axes.texts if hasattr(text, "xy")}
    assert set(matrix.titles) <= set(texts)
    assert {texts[title][1] for title in matrix.titles} == set(range(8))
    directors = ["".join(sorted(matrix.titles[:4])), "".join(sorted(matrix.titles[4:]))]
    order = "".join(sorted(matrix.titles, key=lambda title: texts[title][1]))
    assert {"".join(sorted(order[:4])), "".join(sorted(order[4:]))} == set(directors)
    assert texts["100"][0] == 1  # one level below the root


@pytest.mark.parametrize(
    ("support", "shown"), [(101 / 200, "50.5"), (501 / 1000, "50.1"), (199 / 200, "99.5"), (0.83, "83")]
)
def test_a_group_of_most_trees_is_not_shown_as_one_of_half_or_all(support: float, shown: str) -> None:
    matrix = two_directors()
    consensus = consensus_tree(matrix.standardized, n_trees=20, seed=0)
    root = replace(consensus.root, children=tuple(replace(child, support=support) for child in consensus.root.children))
    axes = draw_consensus(matrix, replace(consensus, root=root), note="twenty trees").axes[0]
    assert shown in [text.get_text() for text in axes.texts]
