"""Read exported tables with the programs that they are meant for: R (haven, foreign, the script alone) and PSPP.

Four films with odd names, missing values and a manifest are measured and exported; each program reads the files and
writes them out again, numbers with 17 digits, and every cell and label is compared with the export. Exit status 1 if
any differs. A program that is not installed is skipped with a message; on Debian:
``apt-get install r-base-core r-cran-haven r-cran-foreign pspp``.

    python benchmarks/export_readers.py
"""

import csv
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from authorship.export import FORMATS, TABLES, Collection, collect_films, export_films
from authorship.export.naming import spss_names, stata_names
from authorship.export.tidy import make_table
from authorship.export.variables import TidyTable, Variable
from shotscale.film import Film
from shotscale.tables import make_scales, make_shots

R_DUMP = r"""
plain <- function(column) {
  if (is.factor(column)) column <- as.character(column)
  if (is.numeric(column)) {
    numbers <- as.numeric(unclass(column))
    ifelse(is.na(numbers), "", sprintf("%.17g", numbers))
  } else ifelse(is.na(column), "", as.character(column))
}
dump <- function(frame, path) write.csv(
  as.data.frame(lapply(frame, plain), check.names = FALSE, stringsAsFactors = FALSE),
  path, row.names = FALSE, fileEncoding = "UTF-8")
told <- function(frame, path, label, levels) write.csv(data.frame(
  variable = names(frame),
  label = vapply(names(frame), function(name) { x <- label(frame, name); if (is.null(x)) "" else x }, ""),
  values = vapply(names(frame), function(name) paste(levels(frame, name), collapse = "|"), "")),
  path, row.names = FALSE, fileEncoding = "UTF-8")
coded <- function(labels) if (is.null(labels)) NULL else {
  labels <- sort(as.numeric(labels[seq_along(labels)]) |> setNames(names(labels)))
  paste0(labels, "=", names(labels))
}
own <- function(frame, name) attr(frame[[name]], "label", exact = TRUE)
"""

R_READERS = {
    "haven, sav": """
x <- haven::read_sav("{name}.sav")
dump(x, "read.csv"); told(x, "told.csv", own, function(f, n) coded(attr(f[[n]], "labels", exact = TRUE)))""",
    "haven, dta": """
x <- haven::read_dta("{name}.dta")
dump(x, "read.csv"); told(x, "told.csv", own, function(f, n) coded(attr(f[[n]], "labels", exact = TRUE)))""",
    "foreign, sav": """
x <- suppressWarnings(foreign::read.spss("{name}.sav", use.value.labels = FALSE, reencode = "UTF-8"))
labels <- attr(x, "variable.labels")
dump(x, "read.csv")
told(x, "told.csv", function(f, n) labels[[n]], function(f, n) coded(attr(f[[n]], "value.labels", exact = TRUE)))""",
    "foreign, arff": """
x <- foreign::read.arff("{name}.arff")
dump(x, "read.csv"); told(x, "told.csv", function(f, n) NULL, function(f, n) levels(f[[n]]))""",
    "the script alone": """
source("{name}.R", chdir = TRUE); x <- get("{name}")
dump(x, "read.csv"); told(x, "told.csv", own, function(f, n) levels(f[[n]]))""",
}


@dataclass(frozen=True)
class Expected:
    """What a reader should return: cells as text or numbers, labels, and values or levels."""

    names: list[str]
    cells: pd.DataFrame
    labels: list[str] | None
    codes: list[str] | None


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        collection = collect_films([analyzed_films(folder / "films")])
        out = folder / "out"
        export_films(collection, out, formats=FORMATS)
        # Unlike Weka, foreign has no escapes: for ARFF, the film whose name needs one is left out.
        plain = collect_films(
            sorted(path.parent for path in (folder / "films").glob("*/film.json") if '"' not in str(path))
        )
        export_films(plain, out, formats=["arff"], overwrite=True)
        print(
            f"{'program':<34} {'table':<9} {'rows':>6} {'columns':>8} {'cells':>8} {'differ':>7} {'labels differ':>14}"
        )
        wrong = [*by_r(collection, plain, out), *by_pspp(collection, out)]
    if not wrong:
        print("nothing was compared")
    else:
        print(f"{sum(wrong)} differ" if any(wrong) else "every cell and label as exported")
    return int(any(wrong))


def analyzed_films(folder: Path) -> Path:
    """Save four films' analyses with random shots and scales (one with groups only), and a manifest."""
    names = ("Зеркало 1975", "=1+1", 'it\'s, "x"\\ 50%', "NA")
    for seed, name in enumerate(names):
        generator = np.random.default_rng(seed)
        ends = np.cumsum(generator.lognormal(1.2, 0.6, 120))
        times = np.arange(0.0, ends[-1], 1.0)
        Film(
            path=name,
            info={"duration": float(ends[-1])},
            shots=make_shots([0.0, *ends[:-1].tolist()], float(ends[-1])),
            scales=make_scales(times, generator.dirichlet(np.ones(3 if name == "NA" else 7), len(times))),
            provenance={},
        ).save(folder / name)
    manifest = pd.DataFrame({"film": names, "director": ["Тарковский", "Godard", "Тарковский", None]})
    manifest["year"] = [1975, None, 1960, 1961]
    manifest["a note on the copy that was analyzed"] = ["a long note; " * 18 + "end", None, "x", "y"]
    manifest.to_csv(folder / "films.csv", index=False)
    return folder


def by_r(collection: Collection, plain: Collection, folder: Path) -> Iterator[int]:
    """Read each file with R in each way; yields the number of differences."""
    if shutil.which("Rscript") is None:
        print("R: skipped, Rscript is not installed (apt-get install r-base-core r-cran-haven r-cran-foreign)")
        return
    release = run("Rscript", "-e", "cat(R.version$major, R.version$minor, sep='.')", folder=folder)
    for reader, code in R_READERS.items():
        package = reader.split(",")[0]
        title = f"R {release}, {reader}"
        if package in ("haven", "foreign"):
            found = run(
                "Rscript",
                "-e",
                f"cat(tryCatch(as.character(packageVersion('{package}')), error=\\(e) ''))",
                folder=folder,
            )
            if not found:
                print(f"{title}: skipped, R has no {package} (apt-get install r-cran-{package})")
                continue
            title = f"R {release}, {package} {found}, {reader.split(', ')[1]}"
        for name in TABLES:
            table = made(name, plain if "arff" in reader else collection)
            (folder / "dump.r").write_text(R_DUMP + code.format(name=name), encoding="utf-8")
            run("Rscript", "--vanilla", "dump.r", folder=folder)
            told = rows_of(folder / "told.csv")
            expected = EXPECTED[reader](table)
            yield compare(
                title,
                name,
                expected,
                rows_of(folder / "read.csv"),
                labels=[row["label"] for row in told],
                values=[row["values"] for row in told],
            )


def by_pspp(collection: Collection, folder: Path) -> Iterator[int]:
    """Read each .sav with PSPP and write it as CSV; labels are read from its dictionary."""
    if shutil.which("pspp") is None:
        print("PSPP: skipped, pspp is not installed (apt-get install pspp)")
        return
    release = run("pspp", "--version", folder=folder).splitlines()[0].split()[-1]
    for name in TABLES:
        syntax = (
            f"GET FILE='{name}.sav'.\n"
            "SAVE TRANSLATE /OUTFILE='read.csv' /TYPE=CSV /REPLACE /FIELDNAMES /CELLS=VALUES /MISSING=RECODE.\n"
            "DISPLAY DICTIONARY.\n"
        )
        (folder / "read.sps").write_text(syntax, encoding="utf-8")
        run("pspp", "read.sps", "-O", "format=csv", "-o", "dictionary.csv", folder=folder)
        labels, values = pspp_dictionary(folder / "dictionary.csv")
        expected = as_spss(made(name, collection))
        read = rows_of(folder / "read.csv")
        yield compare(
            f"PSPP {release}, sav",
            name,
            expected,
            [{key: "" if value in (" ", ".") else value for key, value in row.items()} for row in read],
            labels=[labels.get(column, "") for column in expected.names],
            values=["|".join(values.get(column, [])) for column in expected.names],
        )


def pspp_dictionary(path: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Read the tables "Variables" and "Value Labels" of PSPP's output; the second identifies variables by label."""
    labels: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    title, header, variable = "", False, ""
    for row in csv.reader(path.open(encoding="utf-8")):
        if not row:
            continue
        if row[0].startswith("Table:"):
            title, header, variable = row[0], True, ""
        elif header:
            header = False
        elif title == "Table: Variables":
            labels[row[0]] = row[2]
        elif title == "Table: Value Labels":
            variable = row[0] or variable
            values.setdefault(variable, []).append(f"{row[1]}={row[2]}")
    return labels, {name: values[label] for name, label in labels.items() if label in values}


def compare(
    title: str, name: str, expected: Expected, read: list[dict[str, str]], *, labels: list[str], values: list[str]
) -> int:
    """Print a line and return the number of cells and labels that differ from the export."""
    columns = list(read[0]) if read else []
    differ = 0 if columns == expected.names and len(read) == len(expected.cells) else 1
    for column, (_, cells) in zip(expected.names, expected.cells.items(), strict=True):
        differ += sum(not same(row.get(column, ""), cell) for row, cell in zip(read, cells, strict=False))
    unlike = sum(a != b for a, b in zip(labels, expected.labels, strict=False)) if expected.labels else 0
    unlike += sum(a != b for a, b in zip(values, expected.codes, strict=False)) if expected.codes else 0
    unlike += abs(len(labels) - len(expected.names))
    n_cells = len(read) * len(columns)
    print(f"{title:<34} {name:<9} {len(read):>6} {len(columns):>8} {n_cells:>8} {differ:>7} {unlike:>14}")
    return differ + unlike


def same(read: str, cell: object) -> bool:
    """Return whether a program's output equals an exported cell, comparing numbers as numbers."""
    if cell is None or pd.isna(cell):
        return not read.strip()  # SPSS's missing text is blank
    if isinstance(cell, str):
        return read.rstrip() == cell
    try:
        return math.isclose(float(read), float(cell), rel_tol=1e-15)
    except ValueError:
        return False


def made(name: str, collection: Collection) -> TidyTable:
    table = make_table(name, collection)
    assert table is not None
    return table


def as_spss(table: TidyTable) -> Expected:
    names = spss_names([entry.name for entry in table.variables])
    return Expected(names, table.frame, [entry.full_label for entry in table.variables], coded(table))


def as_stata(table: TidyTable) -> Expected:
    names = stata_names([entry.name for entry in table.variables])
    return Expected(names, table.frame, [entry.full_label[:80] for entry in table.variables], coded(table))


def as_script(table: TidyTable) -> Expected:
    names = [entry.name for entry in table.variables]
    levels = [levels_of(entry, table) for entry in table.variables]
    return Expected(names, table.readable().astype(object), [entry.full_label for entry in table.variables], levels)


def as_arff(table: TidyTable) -> Expected:
    """Expect only the values: R makes the levels from them, in its own order."""
    order = sorted(table.variables, key=lambda entry: entry.name == "director")
    names = [entry.name for entry in order]
    return Expected(names, table.readable()[names].astype(object), None, None)


def coded(table: TidyTable) -> list[str]:
    return ["|".join(f"{value.code}={value.label}" for value in entry.categories) for entry in table.variables]


def levels_of(entry: Variable, table: TidyTable) -> str:
    if entry.kind == "category":
        return "|".join(value.text for value in entry.categories)
    return "|".join(table.frame[entry.name].unique()) if entry.name == "film" else ""


EXPECTED: dict[str, Callable[[TidyTable], Expected]] = {
    "haven, sav": as_spss,
    "haven, dta": as_stata,
    "foreign, sav": as_spss,
    "foreign, arff": as_arff,
    "the script alone": as_script,
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def run(*command: str, folder: Path) -> str:
    """Run a program and return its output; exits with that output if it fails."""
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
