"""What comes out of fixed inputs, recorded: answers, tables, figures, pages, texts. Any change of them is seen."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from authorship.attribution.attributor import Attributor
from authorship.attribution.document import answers_document
from authorship.cli.benchmark_text import benchmark_text
from authorship.comparison.contrast import contrast_films
from authorship.comparison.ordination import film_matrix, ordinate
from authorship.comparison.trees import cluster, consensus_tree
from authorship.desk.importing import preview
from authorship.export import export_films
from authorship.export.collection import collect_films
from authorship.features import CODEBOOK, film_features
from authorship.figures.benchmark import draw_accuracy, draw_confusion
from authorship.figures.comparison import draw_comparison
from authorship.figures.maps import draw_map
from authorship.figures.rolling import draw_rolling
from authorship.figures.trees import draw_consensus, draw_dendrogram
from authorship.reference.table import Reference, builtin_reference, make_reference
from authorship.report import make_report
from authorship.report.thumbnails import data_uris
from authorship.rolling import roll, rolling_table
from authorship.simulation.folder import simulate_cinescale
from authorship.validation.benchmark import run_benchmark
from authorship.validation.classifiers import get_classifiers
from authorship.validation.text import markdown_table
from authorship.verification import make_verifier
from authorship.viewers import RatingOptions, StudyOptions, analyze_study, join_study, read_clips, read_ratings
from authorship.viewers.document import study_document, write_study
from authorship.viewers.figures import draw_associations, draw_prediction, draw_reliability, draw_strongest
from authorship.viewers.simulation import simulate_study
from shotscale.film import Film
from shotscale.video.stills import Still

Recorded = Callable[[str, str], None]
Grid = Callable[[np.ndarray], str]
DrawFilm = Callable[..., Film]
_NEITHER = re.compile(r'"(?:software|machine|versions|provenance)"')


def as_json(content: Any) -> str:
    """Lay out a document without what depends on the machine, with numbers of six significant digits."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items() if not _NEITHER.fullmatch(f'"{key}"')}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return float(f"{value:.5g}") if isinstance(value, float) else value

    text = json.dumps(plain(json.loads(json.dumps(content, default=_bare))), indent=1, ensure_ascii=False)
    return re.sub(r"\[[^][{}]*\]", lambda row: " ".join(row[0].split()), text) + "\n"


def _bare(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else float(value)


def pixels(figure: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def reference_with_scales(draw_film: DrawFilm) -> Reference:
    """Return three directors whose films have scales."""
    films = {
        (f"{name} {i}", name): draw_film(n_shots=80, asl=asl, sigma=0.8, seed=10 * k + i)
        for k, (name, asl) in enumerate((("Fast", 4), ("Middle", 12), ("Slow", 40)))
        for i in range(5)
    }
    table = pd.DataFrame([film_features(film.shots, film.scales) for film in films.values()])
    table.insert(0, "film_id", [key for key, _ in films])
    table.insert(1, "director", [name for _, name in films])
    table.insert(2, "year", [1960 + 3 * n for n in range(len(films))])
    return make_reference(table, name="three directors")


@pytest.fixture(scope="module")
def film(draw_film: DrawFilm) -> Film:
    return draw_film(n_shots=420, asl=14.0, sigma=0.9, seed=3, name="in question.mkv")


@pytest.mark.parametrize("kind", ["film", "lengths", "coding", "own"])
def test_answers(kind: str, film: Film, draw_film: DrawFilm, recorded: Recorded) -> None:
    asked = {
        "film": film,
        "lengths": replace(film, scales=None),
        "coding": replace(film, shots=None, scales=film.scales[["time", "scale", "group"]]),
        "own": film,
    }[kind]
    attributor = Attributor(reference_with_scales(draw_film) if kind == "own" else None)
    answer = attributor.attribute(asked, year=1975)
    recorded(f"answer-{kind}", as_json(answers_document([answer], [], attributor)["films"]))


def test_features(film: Film, recorded: Recorded) -> None:
    measured = film_features(film.shots, film.scales)
    recorded("features", "".join(f"{name} {value:.4f}\n" for name, value in measured.items()))


def test_windows(film: Film, attributor: Attributor, recorded: Recorded, gray_grid: Grid) -> None:
    windows = roll(film, attributor, window=120, step=60)
    recorded("windows", rolling_table(windows).to_csv(index=False, float_format="%.4f"))
    recorded("windows-figure", gray_grid(pixels(draw_rolling(windows, name="a film"))))


def test_benchmark(draw_film: DrawFilm, recorded: Recorded, gray_grid: Grid) -> None:
    kinds = get_classifiers(["Burrows' Delta", "cosine Delta", "shrunken centroids"])
    reference = reference_with_scales(draw_film)
    few = reference.only([name for name in reference.modeled if CODEBOOK[name].group in ("durations", "runs")])
    result = run_benchmark(few, kinds=kinds, n_permutations=4)
    recorded("benchmark", as_json({key: value for key, value in result.items() if key != "results"}))
    recorded("benchmark-table", markdown_table(result))
    recorded("benchmark-text", benchmark_text(result))
    for draw in (draw_accuracy, draw_confusion):
        recorded(f"benchmark-{draw.__name__}", gray_grid(pixels(draw(result))))


@pytest.mark.parametrize("method", ["mds", "pca"])  # t-SNE magnifies the rounding of one processor or another
def test_maps(method: str, recorded: Recorded, gray_grid: Grid) -> None:
    known = builtin_reference()
    matrix = film_matrix(known.some(np.arange(0, len(known.labels), 3)))
    ordination = ordinate(matrix, method)
    recorded(f"map-{method}", "".join(f"{x:.3f} {y:.3f}\n" for x, y in ordination.points))
    recorded(f"map-{method}-figure", gray_grid(pixels(draw_map(matrix, ordination))))


def test_trees(recorded: Recorded, gray_grid: Grid) -> None:
    known = builtin_reference()
    matrix = film_matrix(known.some(np.arange(0, len(known.labels), 4)))
    tree, consensus = cluster(matrix.standardized), consensus_tree(matrix.standardized, n_trees=20)
    recorded("tree", "".join(" ".join(f"{value:.3f}" for value in row) + "\n" for row in tree))
    recorded("tree-figure", gray_grid(pixels(draw_dendrogram(matrix, tree, note="Ward"))))
    recorded("consensus-figure", gray_grid(pixels(draw_consensus(matrix, consensus, note="Ward"))))


def test_comparison(film: Film, draw_film: DrawFilm, recorded: Recorded, gray_grid: Grid) -> None:
    other = draw_film(n_shots=90, asl=6.0, sigma=0.7, seed=4)
    lengths = tuple(one.shots.eval("end - start").to_numpy() for one in (film, other))
    contrast = contrast_films(*lengths, n_resamples=100)
    recorded("comparison", as_json(asdict(contrast)))
    recorded("comparison-figure", gray_grid(pixels(draw_comparison(("one", "other"), lengths, contrast))))


@pytest.mark.parametrize("kind", ["built-in", "own"])
def test_report(kind: str, film: Film, draw_film: DrawFilm, recorded: Recorded) -> None:
    attributor = Attributor(reference_with_scales(draw_film) if kind == "own" else None)
    short = draw_film(n_shots=60, asl=9.0, sigma=0.8, seed=6, name="short.mkv")
    page = make_report(attributor.attribute(short))
    charts = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, flags=re.DOTALL)
    assert charts is not None
    recorded(f"report-charts-{kind}", as_json(json.loads(charts[1])))
    words = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    recorded(f"report-words-{kind}", re.sub(r"\s*\n\s*", "\n", re.sub(r"<[^>]+>", "\n", words)))


def test_study_of_viewers(tmp_path: Path, recorded: Recorded, gray_grid: Grid) -> None:
    folder = simulate_study(tmp_path / "study", n_clips=30, n_viewers=10, seed=1)
    study = join_study(
        read_ratings(folder / "simulated_ratings.csv"),
        read_clips(folder / "simulated_clips", features=("share_close", "scale_entropy", "rotation_total")),
    )
    findings = analyze_study(study, StudyOptions(n_resamples=200, n_permutations=999, mixed=True))
    recorded("study", as_json(study_document(findings)))
    write_study(findings, tmp_path / "out", figures=False)
    for path in [*sorted((tmp_path / "out").glob("*.csv")), tmp_path / "out" / "summary.md"]:
        recorded(f"study-{path.stem}", path.read_text(encoding="utf-8"))
    for draw in (draw_associations, draw_reliability, draw_strongest, draw_prediction):
        recorded(f"study-{draw.__name__}", gray_grid(pixels(draw(findings))))


def test_simulated_films(tmp_path: Path, recorded: Recorded) -> None:
    folder = simulate_cinescale(tmp_path / "films", seed=2, n_films=30)
    told = []
    for path in sorted(folder.rglob("*.csv")):
        table = pd.read_csv(path)
        numbers = table.select_dtypes("number").mean()
        told.append(f"{path.relative_to(folder)} {len(table)} " + " ".join(f"{value:.3f}" for value in numbers))
    recorded("simulated-films", "\n".join([*told, ""]))


@pytest.mark.parametrize("director", ["Béla Tarr", "Ingmar Bergman"])
def test_verification(director: str, film: Film, recorded: Recorded) -> None:
    verifier = make_verifier(director)
    recorded(f"verification-{director.rsplit(maxsplit=1)[-1]}", as_json(verifier.to_json(verifier.verify(film))))


def test_exported_tables(film: Film, draw_film: DrawFilm, recorded: Recorded, tmp_path: Path) -> None:
    film.save(tmp_path / "films" / "one")
    draw_film(n_shots=30, asl=5.0, seed=8).save(tmp_path / "films" / "two")
    manifest = "film,director,year\none,Ada Example,1970\ntwo,Bob Example,1980\n"
    (tmp_path / "films" / "films.csv").write_text(manifest, encoding="utf-8")
    export_films(collect_films([tmp_path / "films"]), tmp_path / "tables", formats=("csv", "r"))
    for path in sorted((tmp_path / "tables").iterdir()):
        text = path.read_text(encoding="utf-8").splitlines(keepends=True)
        step = 1 if path.suffix == ".R" else max(1, len(text) // 60)
        recorded(f"exported-{path.name.replace('.', '-')}", "".join(text[::step]))


def test_sizes_of_a_report_s_pictures(recorded: Recorded) -> None:
    rng = np.random.default_rng(5)
    stills = []
    for n in range(12):
        buffer = BytesIO()
        Image.fromarray(rng.integers(0, 255, (180, 320, 3)).astype(np.uint8)).save(buffer, "JPEG")
        stills.append(Still(float(n), buffer.getvalue()))
    told = []
    for budget in (1_000_000, 100_000, 60_000, 40_000, 30_000, 20_000, 5_000):
        uris = data_uris([None, *stills], budget=budget)
        sizes = {Image.open(BytesIO(base64.b64decode(uri.split(",")[1]))).size for uri in uris if uri is not None}
        told.append(f"{budget} {sorted(sizes)} {sum(len(uri or '') for uri in uris) // 1000}\n")
    recorded("report-pictures", "".join(told))


@pytest.mark.parametrize("n_shots", [5, 12, 60, 500])
def test_what_is_said_of_little(n_shots: int, draw_film: DrawFilm, attributor: Attributor, recorded: Recorded) -> None:
    told = []
    for asl, year in ((2.0, 1890), (9.0, 1966), (40.0, None)):
        film = draw_film(n_shots=n_shots, asl=asl, seed=n_shots, name="a film.mkv")
        for asked in (film, replace(film, scales=None)):
            answer = attributor.attribute(asked, year=year, confidence=0.9)
            told += [f"{asl} s, {year}: {answer.verdict}, {answer.reason}", *(f"  {limit}" for limit in answer.limits)]
    recorded(f"said-of-{n_shots}-shots", "\n".join([*told, ""]))


def test_problems_of_ratings(recorded: Recorded, tmp_path: Path) -> None:
    rows = [f"v{n % 5},c{n // 5},{1 + (n * 7) % 6},{1 + (n * 5) % 7}" for n in range(40)]
    rows += ["v1,c2,9,3", "v1,c2,2,3", ",c3,4,4", "v2,,4,4", "v3,c4,often,4", "v9,c1,4,4", "V2,c1,900,1", "v4,c 1,3,3"]
    (tmp_path / "ratings.csv").write_text("viewer,clip,mood,tension\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = []
    for options in (RatingOptions(), RatingOptions(limits=(1, 7)), RatingOptions(ratings=("mood",))):
        ratings = read_ratings(tmp_path / "ratings.csv", options)
        told += [f"{options.limits} {ratings.names} {ratings.table.shape}"]
        told += [f"  {problem.outcome} {problem.n_rows} {problem.message}" for problem in ratings.problems]
    recorded("ratings-problems", "\n".join([*told, ""]))


def test_previews_of_imports(recorded: Recorded) -> None:
    lists = ("0:04\n0:10\n1:02\n", "shot,start,end,scale\n1,0,4,CU\n2,4,9,LS\n", ",time\n1,4\n2,9\n", "no list")
    shown = [preview("list.csv", base64.b64encode(text.encode()).decode(), {}) for text in lists]
    recorded("import-previews", as_json(shown))
