"""A corpus of films of a few bytes, and a very fast analysis: for tests of the store, not of films."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from shotscale.coders import journal_path
from shotscale.film import Film
from shotscale.review import Code, Merge
from shotscale.review.journal import Journal
from shotscale.review.opening import import_coding
from shotscale.scales import ShotScale
from shotscale.shotlists import ShotList
from shotscale.store.inventory import KnownChecksums
from shotscale.store.reading import open_store
from shotscale.store.results import encode
from shotscale.store.run import CorpusReport, analyze_corpus
from shotscale.store.settings import AnalysisSettings
from shotscale.store.table import read_table
from shotscale.store.task import Budget, Failure, FilmTask, Outcome
from shotscale.store.workers import Workers, here
from shotscale.tables import make_scales, make_shots

BAD = b"no film"

SETTINGS = AnalysisSettings(
    detector="stand-in", detector_checksum="", weights_checksum="0" * 64, samples_per_second=1.0, versions={"test": "1"}
)


class Silent:
    """A watcher that records which films were planned and how each ended."""

    def __init__(self) -> None:
        self.planned_films: list[str] = []
        self.ended: dict[str, Outcome] = {}

    def planned(self, tasks: Sequence[tuple[FilmTask, int]]) -> None:
        self.planned_films = [task.film_id for task, _ in tasks]

    def moved(self, task: FilmTask, done: float, total: float | None) -> None:
        pass

    def finished(self, task: FilmTask, outcome: Outcome) -> None:
        self.ended[task.film_id] = outcome


def make_corpus(folder: Path, n: int, *, bad: Sequence[int] = ()) -> Path:
    """Write `n` files, of which `bad` stand for films that cannot be decoded; return their table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["film_id,path,title,year,director,country"]
    for i in range(n):
        content = BAD + bytes([i]) if i in bad else f"film {i} {'x' * (i % 3)}".encode()
        (folder / f"{i}.mkv").write_bytes(content)
        rows.append(f"film-{i},{i}.mkv,Title {i},{1950 + i},{('Fast', 'Slow')[i % 2]},IT")
    table = folder / "films.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return table


def draw(content: bytes, *, n_shots: int = 20, samples_per_second: float = 1.0) -> Film:
    """Draw an analysis whose tables depend only on the content."""
    digits = hashlib.sha256(content).hexdigest()
    generator = np.random.default_rng(int(digits[:8], 16))
    lengths = generator.lognormal(1.5, 0.8, n_shots).clip(0.2)
    starts, end = np.concatenate([[0.0], np.cumsum(lengths)[:-1]]), float(lengths.sum())
    times = np.arange(0.0, end)
    info = {"duration": end, "n_frames": 24, "fps": 24.0, "width": 64, "height": 36}
    return Film(
        path="elsewhere",
        info={**info, "codec": "h264", "container": "mov", "size_bytes": len(content)},
        shots=make_shots(starts, end),
        scales=make_scales(times, generator.dirichlet(np.ones(7), len(times))),
        provenance={
            "versions": {"film-authorship": "0.1.0", "av": "18.1.0"},
            "checksums": {"film": digits, "weights": "0" * 64},
            "settings": {"samples_per_second": samples_per_second},
        },
        limits=("drawn",),
        intervals={"average_shot_length": (1.0, 2.0), "median_shot_length": None},
    )


def analyze_film(task: FilmTask, *, progress: Callable[[float, float | None], None], stop: threading.Event) -> Outcome:
    """Wait a moment and return the drawn analysis of a file, or the failure that its content stands for."""
    time.sleep(0.002)
    progress(1.0, 2.0)
    try:
        content = Path(task.path).read_bytes()
    except OSError:
        return Outcome.failed(task, Failure("film", "the reader said so"))
    if content.startswith(BAD):
        return Outcome.failed(task, Failure("film", "not a video"))
    analysis = encode(draw(content, samples_per_second=task.settings.samples_per_second), settings_id=task.settings.id)
    return Outcome(analysis=analysis, sha256=analysis.sha256)


def run(
    table: Path,
    store: Path,
    *,
    settings: AnalysisSettings = SETTINGS,
    workers: Workers | None = None,
    watcher: Silent | None = None,
    budget: Budget | None = None,
    retry: bool = False,
    check: bool = False,
    add: bool = False,
    strict: bool = True,
) -> CorpusReport:
    """Bring a store up to date with the stand-in analysis."""
    known = KnownChecksums(store)
    return analyze_corpus(
        read_table(table, checksum=known, stored=known.stored, strict=strict),
        store,
        settings=settings,
        workers=workers or here(analyze=analyze_film),
        watcher=watcher or Silent(),
        known=known,
        budget=budget,
        retry=retry,
        check=check,
        add=add,
    )


def correct(store: Path, name: str, coder: str = "anna") -> Path:
    """Merge a film's first two shots and code them CU, in the coder's file alone; return the film's folder."""
    stored = open_store(store)
    folder, shots = stored.check_out(name), stored.load(name, corrected=False).shots
    import_coding(folder, ShotList(shots, None, "table"), coder=coder)
    with Journal(journal_path(folder, coder)) as journal:
        journal.apply([Merge(float(shots["start"][1]))])
        journal.apply([Code(0.0, ShotScale.CLOSE_UP)])
    return folder


def contents(store: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a store, including hidden ones, except the log, which holds times."""
    files = [path for path in sorted(store.rglob("*")) if path.is_file() and path.name != "log.jsonl"]
    return {str(path.relative_to(store)): path.read_bytes() for path in files}
