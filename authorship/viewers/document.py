"""A study as one JSON object, and as files in a folder."""

import os
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from authorship.export import choose_formats, export_tables
from authorship.versions import software
from authorship.viewers.analysis import LEVEL, POWER, Findings
from authorship.viewers.figures import figure_paths, save_study_figures
from authorship.viewers.tables import study_tables
from authorship.viewers.wording import as_markdown, conclusion, summarize
from shotscale.files import atomic_write, finite, make_folder, refuse_existing, write_json

__all__ = ["study_document", "write_study"]

_LIBRARIES = ("pingouin", "statsmodels")


def study_document(findings: Findings) -> dict[str, Any]:
    """Return all results of a study as JSON-ready values; undefined values are None."""
    study = findings.study
    document: dict[str, Any] = {
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
            "versions": {**software(), **{name: version(name) for name in _LIBRARIES if find_spec(name) is not None}},
        },
    }
    return dict(finite(document))


def write_study(
    findings: Findings,
    folder: str | os.PathLike[str],
    *,
    formats: Iterable[str] = ("csv",),
    figures: bool = True,
    overwrite: bool = False,
) -> list[Path]:
    """Write summary, tables (in `authorship.export.FORMATS`), figures and JSON object; return the paths of the files.

    Raises
    ------
    OptionError, TableError, OutputError, DependencyError
        Nothing is written if a file already exists and `overwrite` is not set.
    """
    target, formats = Path(folder), list(formats)
    summary, whole = target / "summary.md", target / "study.json"
    if not overwrite:
        refuse_existing([summary, whole, *(figure_paths(target) if figures else [])])
    choose_formats(formats)
    make_folder(target)
    tables = [file.path for file in export_tables(study_tables(findings), target, formats=formats, overwrite=overwrite)]
    drawn = save_study_figures(findings, target, overwrite=overwrite) if figures else []
    with atomic_write(summary) as stream:
        stream.write(as_markdown(summarize(findings)))
    write_json(whole, study_document(findings))
    return [summary, whole, *tables, *drawn]
