"""Trees of films: hierarchical clusters, and which of them persist when features are resampled.

Conventions
-----------
A clade is the set of films below one node, as a frozen set of row numbers. Trees are rooted, as agglomerative
clustering makes them.

Source: Ward 1963, J. American Statistical Association 58, 236-244; Felsenstein 1985, Evolution 39(4) 783-791 (the
bootstrap over characters); Margush and McMorris 1981, Bulletin of Mathematical Biology 43, 239-244 (majority-rule
consensus); Eder 2017, Digital Scholarship in the Humanities 32(1) 50-64 (such trees in stylometry).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import linkage, optimal_leaf_ordering

from authorship.comparison.ordination import DISTANCES, distances
from shotscale.errors import OptionError
from shotscale.numerals import counted

__all__ = ["LINKAGES", "Consensus", "Node", "clades", "cluster", "consensus_tree"]

Array = npt.NDArray[np.float64]
Clade = frozenset[int]
Linkage = Literal["ward", "average", "complete", "single"]

LINKAGES: tuple[Linkage, ...] = ("ward", "average", "complete", "single")
"""The linkage methods, as SciPy names them."""
_FEWEST = 3  # two films have only one tree

FEW_FEATURES = 10
"""Below this many features a tree says little: a bootstrap of three has ten different draws, of ten 92,378."""


@dataclass(frozen=True)
class Node:
    """A node of a consensus tree: the rows below it, the share of trees that have this clade, its children.

    Examples
    --------
    >>> Node(frozenset({0, 1}), 0.8).support
    0.8
    """

    films: Clade
    support: float
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Consensus:
    """A majority-rule consensus tree: the clades of more than a share `strength` of the trees.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(4, 6)) + 4 * np.repeat([0, 1], 2)[:, None]
    >>> kept = consensus_tree(values, n_trees=10, seed=0)
    >>> isinstance(kept, Consensus), sorted(len(node.films) for node in kept.root.children)
    (True, [2, 2])
    """

    root: Node
    n_trees: int
    strength: float


def cluster(values: Array, *, method: str = "ward", distance: str = "euclidean") -> Array:
    """Cluster films with `scipy.cluster.hierarchy.linkage`; neighboring leaves are as alike as the tree allows.

    `values` (n, p) are standardized features; `method` is one of `LINKAGES`, of which Ward's needs Euclidean distances;
    `distance` is one of `authorship.comparison.ordination.DISTANCES`.

    Examples
    --------
    >>> cluster(np.array([[0.0], [0.1], [5.0]])).shape
    (2, 4)
    """
    known = next((name for name in LINKAGES if name == method), None)
    if known is None:
        raise OptionError(f"{method}: not a linkage; it is one of {', '.join(LINKAGES)}")
    if method == "ward" and distance != "euclidean":
        raise OptionError(f"{distance}: Ward's linkage needs Euclidean distances; choose --linkage average")
    if len(values) < _FEWEST:
        raise OptionError(f"{counted(len(values), 'film')}: a tree needs {_FEWEST}; add films")
    between = distances(values, distance)
    return np.asarray(optimal_leaf_ordering(linkage(between, known), between), np.float64)


def clades(tree: Array) -> set[Clade]:
    """Return the clades of a linkage, except those of one film and of all films.

    Examples
    --------
    >>> sorted(sorted(clade) for clade in clades(cluster(np.array([[0.0], [0.1], [5.0], [5.2]]))))
    [[0, 1], [2, 3]]
    """
    n = len(tree) + 1
    below: list[Clade] = [frozenset((i,)) for i in range(n)]
    for first, second in tree[:, :2].astype(int):
        below.append(below[first] | below[second])
    return {clade for clade in below[n:] if len(clade) < n}


def consensus_tree(
    values: Array,
    *,
    method: str = "ward",
    distance: str = "euclidean",
    n_trees: int = 200,
    strength: float = 0.5,
    seed: int = 0,
) -> Consensus:
    """Cluster films on bootstrap samples of the features, and keep the clades that most trees have.

    `strength` is at least 0.5, so that kept clades cannot contradict one another, and below 1. See `cluster` for the
    rest.

    Examples
    --------
    >>> points = np.array([[0.0, 0.1], [0.1, 0.0], [5.0, 5.1], [5.2, 5.0]])
    >>> [(sorted(node.films), node.support) for node in consensus_tree(points, n_trees=20).root.children]
    [([0, 1], 1.0), ([2, 3], 1.0)]
    """
    if not 0.5 <= strength < 1:
        raise OptionError(f"{strength}: consensus strength lies from 0.5 to below 1; 0.5 is usual")
    if n_trees < 1:
        raise OptionError(f"{counted(n_trees, 'tree')}: at least 1; 200 is usual")
    if distance not in DISTANCES:
        raise OptionError(f"{distance}: not a distance; it is one of {', '.join(DISTANCES)}")
    generator = np.random.default_rng(seed)
    counts: Counter[Clade] = Counter()
    for _ in range(n_trees):
        drawn = generator.integers(0, values.shape[1], values.shape[1])
        counts.update(clades(cluster(values[:, drawn], method=method, distance=distance)))
    kept = {clade: n / n_trees for clade, n in counts.items() if n / n_trees > strength}
    return Consensus(_nested(frozenset(range(len(values))), 1.0, kept), n_trees, strength)


def _nested(films: Clade, support: float, kept: dict[Clade, float]) -> Node:
    """Build the node of a set of films from the largest kept clades inside it and the films in none of them."""
    inside = sorted((clade for clade in kept if clade < films), key=lambda clade: (-len(clade), min(clade)))
    largest: list[Clade] = []
    for clade in inside:
        if not any(clade < other for other in largest):
            largest.append(clade)
    children = [_nested(clade, kept[clade], kept) for clade in largest]
    alone = films.difference(*largest)
    children += [Node(frozenset((film,)), 1.0) for film in alone]
    children.sort(key=lambda node: min(node.films))
    return Node(films, support, tuple(children))
