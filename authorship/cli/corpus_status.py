"""What ``authorship corpus status`` shows."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from shotscale.cli.terminal import stdout
from shotscale.filmpaths import is_there
from shotscale.numerals import counted, duration

if TYPE_CHECKING:
    import pandas as pd

_SHOWN_FAILURES = 10  # fits a terminal's height


def describe(summary: "pd.DataFrame", store: Path) -> dict[str, Any]:
    """Return a store's state as a JSON-ready dict."""
    from shotscale.store.reviewed import ReviewedFilms
    from shotscale.store.store import Store

    counts = summary["status"].value_counts()
    failed = summary[summary["status"] == "failed"]
    undecided = summary[(summary["status"] == "analyzed") & summary["error"].notna()]
    return {
        "n_films": len(summary),
        **{status: int(counts.get(status, 0)) for status in ("analyzed", "failed", "missing")},
        "hours": round(float(summary["duration"].sum()) / 3600, 6),
        "settings": Store(store).settings.to_json(),
        "failures": [
            {"film_id": row.film_id, "path": row.path, "kind": row.error_kind, "error": row.error}
            for row in failed.itertuples()
        ],
        "offline": offline(summary),
        "corrected": list(summary["film_id"][summary["settings"] != summary["measured_settings"]]),
        "undecided": dict(undecided[["film_id", "error"]].itertuples(index=False)),
        "unused": list(ReviewedFilms(store).names(besides=set(summary["sha256"]))),
    }


def offline(summary: "pd.DataFrame") -> list[str]:
    """Return the IDs of the analyzed films whose files are not available."""
    rows = summary[summary["status"] == "analyzed"]
    both = zip(rows["film_id"], rows["absolute_path"], strict=True)
    return [name for name, path in both if path and not is_there(path)]


def write_films(summary: "pd.DataFrame", store: Path, file: Path) -> None:
    """Write the summary as CSV, with when, where, how fast and with which versions each film was measured.

    Columns of the table keep their names: ours of the same name end in ``_in_store``.
    """
    from shotscale.store.reading import read_log
    from shotscale.tables import write_table

    told = read_log(store).dropna(subset="sha256").drop(columns=["film_id", "failure"])
    told = told.rename(columns={"settings": "measured_settings"})
    away = summary[["film_id"]].assign(offline=summary["film_id"].isin(offline(summary)))
    names = ("", "_in_store")
    rows = summary.merge(told, on=["sha256", "measured_settings"], how="left", suffixes=names)
    rows = rows.merge(away, on="film_id", suffixes=names)
    write_table(rows, file, float_format=None)


def show(store: Path, document: dict[str, Any]) -> None:
    """Print a store's state."""
    from shotscale.store.settings import AnalysisSettings

    counts = ", ".join(f"{document[status]} {status}" for status in ("analyzed", "failed", "missing"))
    stdout.print(
        f"{store}: {counted(document['n_films'], 'film')}: {counts}; {duration(3600 * document['hours'])} analyzed"
    )
    stdout.print(str(AnalysisSettings(**document["settings"])), style="dim")
    if document["offline"]:
        stdout.print(f"{counted(len(document['offline']), 'film')} offline: the files are away, the results are here")
    if document["corrected"]:
        stdout.print(f"corrected by coders: {', '.join(document['corrected'])}")
    if document["unused"]:
        what = "corrections of files that are replaced or no longer listed, kept but not used"
        stdout.print(f"{what}: {', '.join(document['unused'])}", soft_wrap=True)
    for failure in document["failures"][:_SHOWN_FAILURES]:
        stdout.print(f"  {failure['film_id']}: {failure['path']}: {failure['error']} [{failure['kind']}]")
    more = len(document["failures"]) - _SHOWN_FAILURES
    if more > 0:
        stdout.print(f"  and {more} more: --json lists all")
    for name, problem in document["undecided"].items():
        stdout.print(f"  {name}: {problem}", soft_wrap=True)
