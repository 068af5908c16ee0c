"""Measure the attribution of codings, shot lists with scales and measured films; make the built-in bases.

    python benchmarks/cinescale.py DIR                  # every film left out in turn, for each kind of film
    python benchmarks/cinescale.py DIR --sensitivity --replicates 4    # only vary the assumptions about the network
    python benchmarks/cinescale.py DIR --ship           # write data/authorship/bases.json, with the figures
    python benchmarks/cinescale.py --print              # print the record again

DIR holds CineScale's codings as published (see ``data/authorship/DATA_CARD.md``). Measured films are simulated: each
coding is passed through the network's errors several times, and a figure is the mean over these replicates. No film's
features are written anywhere.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from authorship.cinescale import join_lengths, read_folder
from authorship.cinescale.fitting import fit_bases, fit_kind
from authorship.cinescale.folder import CodedFilm
from authorship.cinescale.measured import Assumptions
from authorship.cinescale.rows import ORDERED, Codings, Rows, coded_rows, measured_rows
from authorship.reference.basis import Basis
from authorship.reference.table import Reference, builtin_reference, other_directors
from authorship.validation.candidate_sets import leave_one_out, open_set_figures, set_levels
from authorship.validation.metrics import score
from authorship.validation.periods import NEAR_YEARS, blocked_by_years, near_in_time
from authorship.validation.text import set_lines
from authorship.versions import software
from authorship.workers import Workers, open_workers
from shotscale.cli.terminal import film_progress
from shotscale.cores import available_cores, one_matrix_thread
from shotscale.files import write_json

RECORD = Path(__file__).with_suffix(".json")
BASES = Path(__file__).parents[1] / "data" / "authorship" / "bases.json"
AT_ONCE = 5
ASSUMED = {
    "as assumed": {},
    "errors again every second": {"persistence": 0.0},
    "half of an error lasts": {"persistence": 0.5},
    "errors last as long as a shot": {"persistence": 1.0},
    "no set-up returns": {"set_up_returns": 0.0},
    "every set-up returns": {"set_up_returns": 1.0},
    "foreground shots look like any frame": {"foreground": "any"},
    "inserts look like any frame": {"insert": "any"},
    "no smoothing": {"smoothing": 0.0},
    "cuts at changes of scale and nowhere else": {"cuts": False},
}


Answer = tuple[str, np.ndarray, np.ndarray, np.ndarray]
"""A film, its probabilities and both p-values."""


@one_matrix_thread()
def answers(
    name: str, fitted: Rows, asked: Sequence[Rows], known: tuple[Reference | None, Codings, bool], works: list[str]
) -> list[list[Answer]]:
    """Return the probabilities and both p-values of each row of some works, by a basis fitted without the work.

    There is one list for each way of measuring the works in `asked`. `known` holds the table of lengths, the codings,
    and whether the director's other films of the years before and after are held out, too.
    """
    (lengths, codings, blocked), found = known, [[] for _ in asked]
    films = {film.film_id: film for film in codings.films}
    years = np.asarray([films[other].year for other in fitted.works], float)
    for work in works:
        out = fitted.works == work
        others = None if lengths is None else without(lengths, codings.join.rows.get(work))
        if blocked:
            out |= near_in_time(fitted.labels, fitted.works, years, int(np.flatnonzero(out)[0]))
            others = None if others is None else before_and_after(others, films[work])
        basis = fit_kind(name, fitted.some(~out), lengths=others, join=codings.join)
        for rows, one in zip(asked, found, strict=True):
            for film in rows.some(rows.works == work).of(basis.features).matrix:
                p = basis.model.probabilities(film[None])[0]
                likelihood = basis.calibration.likelihood_ranks(p)
                one.append((work, p, likelihood, basis.calibration.typicality_ranks(film[None])[0]))
    return found


def without(lengths: Reference, name: str | None) -> Reference:
    """Return the table without one film and its near-duplicates."""
    if name is None:
        return lengths
    work = lengths.works[list(lengths.features.index).index(name)]
    return lengths.some(lengths.works != work)


def before_and_after(lengths: Reference, film: CodedFilm) -> Reference:
    """Return the table without a director's films of the years before and after a film."""
    near = (lengths.labels == film.director) & (np.abs(lengths.years - film.year) <= NEAR_YEARS)
    return lengths.some(~near)


def measure(
    workers: Workers,
    name: str,
    fitted: Rows,
    asked: Sequence[Rows],
    codings: Codings,
    *,
    lengths: Reference | None,
    joined: bool,
    blocked: bool = False,
) -> list[dict[str, Any]]:
    """Hold each film out and classify it in several ways; `joined` takes only the films with shot lengths."""
    works = [film.film_id for film in codings.films if not joined or film.film_id in codings.join.rows]
    parts = [works[first : first + AT_ONCE] for first in range(0, len(works), AT_ONCE)]
    found = workers.map(answers, [(name, fitted, asked, (lengths, codings, blocked), part) for part in parts])
    return [_figures(codings, [row for part in found for row in part[k]], len(works)) for k in range(len(asked))]


def _figures(codings: Codings, rows: Sequence[Answer], n: int) -> dict[str, Any]:
    candidates = np.unique(codings.labels).tolist()
    label = dict(zip([film.film_id for film in codings.films], codings.labels, strict=True))
    truth = np.searchsorted(candidates, [label[row[0]] for row in rows])
    p, likelihood, typicality = (np.stack([row[k] for row in rows]) for k in (1, 2, 3))
    works = np.asarray([row[0] for row in rows])
    figures = score(p, truth, candidates, works=works)
    figures["n_films"] = n
    figures["interval"] = interval_over_films(p.argmax(axis=1) == truth, n)
    levels = set_levels(p, likelihood, typicality, truth, candidates, works=works)
    return {**figures, "levels": levels}


def interval_over_films(right: np.ndarray, n_films: int) -> list[float]:
    """Return a 95 % bootstrap interval of an accuracy over films, drawing the replicates of a film together."""
    by_film = right.reshape(n_films, -1).mean(axis=1)
    drawn = np.random.default_rng(0).choice(by_film, (10_000, n_films)).mean(axis=1)
    return [float(end) for end in np.quantile(drawn, [0.025, 0.975])]


def kinds_of_film(workers: Workers, codings: Codings, measured: Rows, lengths: Reference) -> dict[str, Any]:
    coded = coded_rows(codings)
    ordered = coded.of(ORDERED)
    asked: dict[str, tuple[str, Rows, Rows, Reference | None]] = {
        "people, people: scale alone": ("scale", ordered, ordered, None),
        "people, machine: scale alone": ("scale", coded, measured, None),
        "machine, machine: scale alone": ("film", measured, measured, None),
        "coding": ("coding", coded, coded, None),
        "list": ("list", coded, coded, lengths),
        "film": ("film", measured, measured, lengths),
    }
    kinds = {}
    for kind, (name, fitted, films, table) in asked.items():
        measure_here = partial(
            measure, workers, name, fitted, [films], codings, lengths=table, joined=table is not None
        )
        [kinds[kind]] = measure_here()
        if kind == name:
            [apart] = measure_here(blocked=True)
            told = {key: apart[key] for key in ("accuracy", "interval")}
            kinds[kind]["blocked_by_years"] = {"years": NEAR_YEARS, **told}
    return kinds


def performance(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that an answer quotes."""
    return {
        "n_films": figures.get("n_films", figures["n"]),
        "accuracy": figures["accuracy"],
        "accuracy_interval": figures["interval"],
        "macro_f1": figures["macro_f1"],
        "calibration_error": figures["calibration_error"],
        "blocked_by_years": figures["blocked_by_years"],
        "sets": figures["levels"],
    }


def print_record(record: dict[str, Any]) -> None:
    columns = ("reference, film", "films", "accuracy", "95 % interval", f"without {NEAR_YEARS} years")
    print(f"| {' | '.join(columns)} | macro-F1 | log loss | calibration error |\n|{'---|' * 8}")
    for name, figures in record["kinds"].items():
        low, high = figures["interval"]
        rest = " | ".join(f"{figures[key]:.3f}" for key in ("macro_f1", "log_loss", "calibration_error"))
        n = figures.get("n_films", figures["n"])
        blocked = figures.get("blocked_by_years")
        apart = "–" if not blocked else f"{blocked['accuracy']:.3f}"
        print(f"| {name} | {n} | {figures['accuracy']:.3f} | {low:.2f} to {high:.2f} | {apart} | {rest} |")
    for name in ("lengths", "coding", "list", "film"):
        print(f"\n**{name}**", *set_lines(record["kinds"][name]["levels"]), sep="\n")
    if record.get("sensitivity"):
        print("\n| assumed of the network | scale alone | with lengths |", "|---|---|---|", sep="\n")
        for name, (alone, both) in record["sensitivity"].items():
            print(f"| {name} | {alone:.3f} | {both:.3f} |")


def sensitivity(
    workers: Workers, codings: Codings, fitted: Rows, lengths: Reference, replicates: int
) -> dict[str, Any]:
    """Apply the shipped models, fitted under the default assumptions, to films measured under others."""
    asked = [
        measured_rows(codings, assumptions=replace(Assumptions(), **options), replicates=replicates, seed=1)
        for options in ASSUMED.values()
    ]
    alone = measure(workers, "film", fitted, asked, codings, lengths=None, joined=False)
    both = measure(workers, "film", fitted, asked, codings, lengths=lengths, joined=True)
    return {name: (one["accuracy"], two["accuracy"]) for name, one, two in zip(ASSUMED, alone, both, strict=True)}


def ship(codings: Codings, measured: Rows, lengths: Reference, record: dict[str, Any]) -> None:
    bases: dict[str, Basis] = fit_bases(codings, measured, lengths=lengths)
    told = {name: performance(record["kinds"][name]) for name in bases}
    told["lengths"]["others"] = open_set_figures(bases["lengths"], other_directors())
    document = {
        "format": "authorship-bases",
        "format_version": 1,
        "software": software(),
        "lengths_checksum": lengths.checksum,
        "bases": {name: replace(basis, performance=told[name]).to_json() for name, basis in bases.items()},
    }
    write_json(BASES, document)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--sensitivity", action="store_true")
    parser.add_argument("--ship", action="store_true")
    parser.add_argument("--print", action="store_true", dest="only_print")
    parser.add_argument("--replicates", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = parser.parse_args()
    if options.only_print or options.folder is None:
        print_record(json.loads(RECORD.read_text(encoding="utf-8")))
        return
    found = read_folder(options.folder)
    codings = Codings(found.films, join_lengths(found.films))
    lengths = builtin_reference()
    with film_progress("as measured") as progress:
        measured = measured_rows(codings, replicates=options.replicates, progress=progress)
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}
    with open_workers(options.jobs) as workers:
        if options.sensitivity:
            record["sensitivity"] = sensitivity(workers, codings, measured, lengths, options.replicates // 2)
            write_json(RECORD, record)
            print_record(record)
            return
        kinds = {
            "lengths": {
                **leave_one_out(lengths, workers=workers),
                "blocked_by_years": blocked_by_years(lengths, workers=workers),
            },
            **kinds_of_film(workers, codings, measured, lengths),
        }
        record |= {
            "kinds": kinds,
            "n_films": len(codings.films),
            "n_joined": len(codings.join.rows),
            "software": software(),
        }
    write_json(RECORD, record)
    print_record(record)
    if options.ship:
        ship(codings, measured, lengths, record)


if __name__ == "__main__":
    main()
