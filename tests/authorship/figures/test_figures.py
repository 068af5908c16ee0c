"""Figures for papers: every film named, nothing cut off, no overlaps, identical in every run."""

import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

from authorship.attribution.attributor import Attributor
from authorship.comparison.contrast import contrast_films
from authorship.comparison.ordination import METHODS, FilmMatrix, film_matrix, ordinate
from authorship.comparison.trees import cluster, consensus_tree
from authorship.features import FEATURE_NAMES, measure_film
from authorship.figures.canvas import drawn, new_figure, save_figure, style
from authorship.figures.comparison import draw_comparison
from authorship.figures.lettering import shortened
from authorship.figures.maps import draw_map
from authorship.figures.palette import BUILTIN_COLORS
from authorship.figures.placement import place_labels
from authorship.figures.rolling import draw_rolling
from authorship.figures.trees import draw_consensus, draw_dendrogram
from authorship.reference.table import builtin_reference
from authorship.rolling import roll
from shotscale.errors import OptionError
from shotscale.film import Film

DrawFilm = Callable[..., Film]
Texts = Callable[[Figure], list[tuple[str, Bbox]]]
Clean = Callable[..., None]

N_FILMS = 124


def many_films(n: int = N_FILMS) -> FilmMatrix:
    """Return crowded films with long and odd titles, one of them the film in question."""
    generator = np.random.default_rng(0)
    names = sorted(BUILTIN_COLORS)
    directors = [names[i % 6] for i in range(n - 1)]
    centers = generator.normal(size=(6, 8))
    values = np.stack([centers[i % 6] + generator.normal(scale=0.7, size=8) for i in range(n)])
    odd = ["$9.99", "_under_score^", "8½ <b>", "A title that runs on and on until no page would hold it, part one"]
    titles = [odd[i] if i < len(odd) else f"A film title of some length ({1900 + i})" for i in range(n - 1)]
    return FilmMatrix(
        standardized=values,
        features=FEATURE_NAMES[:8],
        directors=(*directors, None),
        titles=(*titles, "the film in question"),
        label_name="director",
        reference="many",
    )


def hidden_by_labels(
    figure: Figure, boxes: Sequence[tuple[str, Bbox]], titles: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the titles whose label covers the core of a marker, and those crossed by another label's line."""
    labels = [(text, box) for text, box in boxes if text in {shortened(title) for title in titles}]
    drawn = [(line.get_marker(), line.get_transform().transform(line.get_xydata())) for line in figure.axes[0].lines]
    markers = np.vstack([points for marker, points in drawn if marker != "None"])
    radii = [
        float(line.get_markersize()) * figure.dpi / 144
        for line in figure.axes[0].lines
        for _ in line.get_xydata()
        if line.get_marker() != "None"
    ]
    ways = [np.linspace(*points, 200) for marker, points in drawn if marker == "None"]
    assert len(markers) == len(titles)
    # A star's arms taper: it is solid only within half its radius.
    on_markers = [
        text
        for text, box in labels
        if any(box.padded(radius / 2).contains(*at) for at, radius in zip(markers, radii, strict=True))
    ]
    return on_markers, [text for text, box in labels if any(box.padded(-0.5).count_contains(way) for way in ways)]


@pytest.fixture(scope="module")
def matrix() -> FilmMatrix:
    return many_films()


@pytest.mark.parametrize("in_question", [0, 10])
def test_the_built_in_map_names_every_film(in_question: int, text_boxes: Texts, assert_clean: Clean) -> None:
    known = film_matrix(builtin_reference())
    known = replace(known, directors=(*[None] * in_question, *known.directors[in_question:]))
    figure = draw_map(known, ordinate(known, "pca"))
    assert_clean(figure, at_least=94)
    boxes = text_boxes(figure)
    assert "Satantango (1994)" in {text for text, _ in boxes}
    on_markers, on_lines = hidden_by_labels(figure, boxes, known.titles)
    assert on_markers == []
    assert len(on_lines) <= 0.05 * len(known.titles), on_lines


def test_maps_and_trees_name_every_film(matrix: FilmMatrix, assert_clean: Clean) -> None:
    assert_clean(draw_map(matrix, ordinate(matrix, "pca")), at_least=N_FILMS + 7)
    assert_clean(draw_dendrogram(matrix, cluster(matrix.standardized), note="Ward"), at_least=N_FILMS)
    consensus = consensus_tree(matrix.standardized, n_trees=20)
    assert_clean(draw_consensus(matrix, consensus, note="Ward"), at_least=N_FILMS)


def test_long_names_have_their_place_in_the_key(assert_clean: Clean) -> None:
    matrix = many_films(30)
    pairs = {name: f"{name}, Somebody with a Long Name {place}" for place, name in enumerate(matrix.names)}
    matrix = replace(matrix, directors=tuple(None if name is None else pairs[name] for name in matrix.directors))
    for figure in (
        draw_map(matrix, ordinate(matrix, "pca")),
        draw_dendrogram(matrix, cluster(matrix.standardized), note="Ward"),
    ):
        assert_clean(figure, at_least=37)


def test_letters_of_other_scripts_are_taken_from_installed_fonts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("matplotlib.font_manager.get_font_names", lambda: ["Noto Sans CJK SC", "Comic Sans MS"])
    with style():
        assert mpl.rcParams["font.family"] == ["DejaVu Sans", "Noto Sans CJK SC"]
    monkeypatch.setattr("matplotlib.font_manager.get_font_names", lambda: [])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with style():
            figure = new_figure(2, 1)
            figure.text(0.1, 0.5, "羅生門")
            drawn(figure)
        for kind in ("png", "svg"):
            save_figure(figure, tmp_path / f"title.{kind}", title="a title", description="in Japanese")
    assert [record.getMessage() for record in caplog.records] == [
        "authorship: boxes stand for 生羅門 in figures: no font has them; install Noto Sans CJK"
    ]


def test_a_number_stays_behind_a_name_written_from_right_to_left(text_boxes: Texts) -> None:
    lengths = (np.arange(1.0, 21), np.arange(2.0, 12))
    figure = draw_comparison(("أين بيت الصديق", "B"), lengths, contrast_films(*lengths, n_resamples=100))
    (text,) = [text for text, _ in text_boxes(figure) if "20 shots" in text]
    name, number = text.split("  ")
    assert (name[0], name[-1], number) == ("\u200e", "\u200e", "(20 shots)")


def test_a_comparison_is_whole(assert_clean: Clean) -> None:
    generator = np.random.default_rng(0)
    lengths = (np.exp(generator.normal(1, 1, 60)), np.exp(generator.normal(3, 0.5, 40)))
    contrast = contrast_films(*lengths, n_resamples=100)
    names = ("A title that is long", "another title that is so long that no page would hold it at any size whatsoever")
    assert_clean(draw_comparison(names, lengths, contrast), at_least=20)


def test_a_film_window_by_window_is_whole(draw_film: DrawFilm, assert_clean: Clean) -> None:
    shots = draw_film(n_shots=300, asl=12, sigma=1.0).shots
    windows = roll(Film("a film", shots), Attributor(), window=60, step=60)
    name = "A title that runs on and on until no page would hold it, whatever the size of it is"
    figure = draw_rolling(windows, name=name)
    assert_clean(figure, at_least=8)
    assert len(figure.axes[0].lines) == 6


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_files_hold_the_figure_and_its_words(suffix: str, tmp_path: Path) -> None:
    small = many_films(12)
    figure = draw_dendrogram(small, cluster(small.standardized), note="<Ward>")
    paths = [tmp_path / f"{name}.{suffix}" for name in ("one", "two")]
    for path in paths:
        save_figure(figure, path, title="A tree", description="of <twelve> films")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    if suffix == "png":
        with Image.open(paths[0]) as image:
            assert image.info["Description"] == "of <twelve> films"
            assert image.width == pytest.approx(300 * figure.get_size_inches()[0], abs=1)
    elif suffix == "svg":
        words = " ".join(ElementTree.parse(paths[0]).getroot().itertext())
        assert "of <twelve> films" in words
    else:
        assert paths[0].read_bytes().startswith(b"%PDF")


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="figures are"):
        save_figure(Figure(), tmp_path / "a.tiff", title="", description="")


def test_threads_use_the_style_one_after_another() -> None:
    """Or the one that leaves last would restore the settings that it found while the other drew."""
    before, sizes = mpl.rcParams["font.size"], []

    def draw() -> None:
        with style(), style():
            sizes.append(mpl.rcParams["font.size"])

    with style():
        other = threading.Thread(target=draw)
        other.start()
        other.join(0.2)
        assert not sizes
    other.join()
    assert sizes == [9]
    assert mpl.rcParams["font.size"] == before


@pytest.mark.parametrize("method", sorted(METHODS))
def test_the_same_seed_gives_the_same_map(method: str) -> None:
    small = many_films(30)
    first, second = (ordinate(small, method, distance="cityblock", seed=3).points for _ in range(2))
    assert np.array_equal(first, second)
    assert first.shape == (30, 2)


def test_films_in_question_have_no_say_in_the_axes(draw_film: DrawFilm) -> None:
    reference = builtin_reference()
    odd = draw_film(n_shots=30, asl=400)
    alone, beside = film_matrix(reference), film_matrix(reference, [("odd", measure_film(odd))])
    assert np.allclose(beside.standardized[:-1], alone.standardized)
    assert np.allclose(ordinate(beside).points[:-1], ordinate(alone).points)


@settings(max_examples=6)
@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_placed_labels_never_meet(n: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    points = generator.normal(250, generator.uniform(1, 80), (n, 2)).clip(5, 495)
    sizes = np.column_stack([generator.uniform(10, 70, n), np.full(n, 8.0)])
    corners, _ = place_labels(points, sizes, (0, 0, 500, 500), radius=3)
    assert not np.isnan(corners).any()
    ends = corners + sizes
    assert (corners >= 0).all()
    assert (ends <= 500).all()
    for i, j in combinations(range(n), 2):
        apart = (corners[i] >= ends[j]) | (corners[j] >= ends[i])
        assert apart.any(), (i, j)


def test_a_page_too_small_leaves_labels_out() -> None:
    corners, _ = place_labels(np.full((3, 2), 10.0), np.full((3, 2), 12.0), (0, 0, 20, 20), radius=1)
    assert np.isnan(corners).any()
