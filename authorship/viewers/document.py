"""A study as one JSON object, and all its files."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from math import isnan
from pathlib import Path
from typing import Any

from authorship.export import choose_formats, export_tables
from authorship.versions import software
from authorship.viewers.analysis import LEVEL, POWER, Findings
from authorship.viewers.figures import FIGURES, save_study_figures
from authorship.viewers.rendering import as_markdown
from authorship.viewers.tables import study_tables
from authorship.viewers.wording import conclusion, summarise
from shotscale.errors import OutputError
from shotscale.files import atomic_write, make_folder, write_json

__all__ = ["study_document", "write_study"]

_LIBRARIES = ("pingouin", "statsmodels")


def study_document(findings: Findings) -> dict[str, Any]:
    """Return everything that a study found as JSON-ready values; what is not defined is None."""
    study = findings.study
    document = {
        "format": "authorship-viewers",
        "format_version": 1,
        "conclusion": conclusion(findings),
        "simulated": study.clips.simulated,
        "found": [asdict(pair) for pair in findings.found],
        "n_clips": len(study.features),
        "n_viewers": int(study.ratings["viewer"].nunique()) if study.by_viewer else None,
        "n_ratings": len(study.ratings),
        "n_groups": None if study.group_codes is None else int(study.group_codes.max()) + 1,
        "ratings": list(study.names),
        "features": [str(name) for name in study.features.columns],
        "reliability": [
            {**asdict(entry), "decisive": entry.decisive.name if entry.decisive else None, "poor": entry.poor}
            for entry in findings.reliability
        ],
        "associations": [asdict(pair) for pair in findings.associations],
        "mixed_models": [asdict(model) for model in findings.mixed],
        "prediction": [
            {key: value for key, value in vars(entry).items() if key != "predicted"} for entry in findings.predictions
        ],
        "detectable": {
            "power": POWER,
            "level": LEVEL,
            "n_effective": findings.n_effective,
            "alone": findings.detectable_alone,
            "in_family": findings.detectable_in_family,
        },
        "problems": [asdict(problem) for problem in study.problems],
        "provenance": {
            "ratings": {"name": study.source, "sha256": study.checksum},
            "options": asdict(findings.options),
            "versions": {**software(), **_installed(_LIBRARIES)},
        },
    }
    return {key: _finite(value) for key, value in document.items()}


def write_study(
    findings: Findings,
    folder: str | os.PathLike[str],
    *,
    formats: Iterable[str] = ("csv",),
    figures: bool = True,
    overwrite: bool = False,
) -> list[Path]:
    """Write summary, tables, figures and the JSON object.

    Parameters
    ----------
    findings : Findings
    folder : path
        Made if need be.
    formats : iterable of str
        Of the tables, see `authorship.export.FORMATS`.
    figures : bool
        Whether they are drawn.
    overwrite : bool
        Whether files of an earlier study may be replaced.

    Returns
    -------
    list of Path

    Raises
    ------
    OptionError, TableError, OutputError, DependencyError
        Nothing is written where a file stands in the way.
    """
    target = Path(folder)
    summary, whole = target / "summary.md", target / "study.json"
    pictures = [target / f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")] if figures else []
    for path in (summary, whole, *pictures):
        if path.exists() and not overwrite:
            raise OutputError(f"{path}: exists already; choose another folder or allow it with --overwrite")
    formats = list(formats)
    choose_formats(formats)
    make_folder(target)
    tables = [file.path for file in export_tables(study_tables(findings), target, formats=formats, overwrite=overwrite)]
    drawn = save_study_figures(findings, target, overwrite=overwrite) if figures else []
    with atomic_write(summary) as stream:
        stream.write(as_markdown(summarise(findings)))
    write_json(whole, study_document(findings))
    return [summary, whole, *tables, *drawn]


def _installed(packages: Sequence[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _finite(value: Any) -> Any:
    """Replace NaN, which JSON does not have, by None at any depth."""
    if isinstance(value, float):
        return None if isnan(value) else value
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(entry) for entry in value]
    return value
