"""The text and tables of the report."""

from math import isnan
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from authorship.attribution.view import Table, accuracy, comparable, probability
from authorship.features import CODEBOOK
from authorship.figures.palette import director_colors
from authorship.versions import software
from shotscale.cli.rendering import film_facts, shot_lines
from shotscale.numerals import counted, level, percent, timecode
from shotscale.sampling import SAMPLES_PER_SECOND

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution


def heading(attribution: "Attribution") -> tuple[str, str]:
    """Return the film's name and file information."""
    film = attribution.film
    return PurePath(film.path).name or film.path, film_facts(film.info, film.seconds)


def candidates(attribution: "Attribution") -> list[dict[str, Any]]:
    """List the candidates as displayed, most likely first; ``width`` is that of a bar, 0 to 100."""
    colors, shown = director_colors(attribution.basis.candidates), comparable(attribution)
    return [
        {
            "name": candidate.name,
            "probability": probability(attribution, candidate),
            "width": round(100 * candidate.probability, 1) if shown else 0.0,
            "color": colors[candidate.name],
            "remains": candidate.remains,
            "n_films": attribution.basis.counts[candidate.name],
            "stability": percent(candidate.stability) if shown and not isnan(candidate.stability) else "–",
        }
        for candidate in attribution.candidates
    ]


def figures(attribution: "Attribution") -> Table:
    """Return number, average, median and spread of the film's shots; empty if it has none."""
    film = attribution.film
    given, moved = film.shots_given, film.boundary_sensitivity
    lines = [] if film.shots is None else shot_lines(film.shots, sensitivity=moved, given=given)
    return Table(("", "", ""), lines)


def neighbors(attribution: "Attribution") -> Table:
    """Return the nearest films of the reference."""
    return Table(
        ("film", attribution.reference.label_name, "distance"),
        [(row.film_id, row.candidate, f"{row.distance:.2f}") for row in attribution.evidence.neighbors],
    )


def meanings(attribution: "Attribution") -> Table:
    """Return the unit and codebook definition of each feature in the answer."""
    known = [CODEBOOK[name] for name in attribution.basis.features]
    return Table(("feature", "unit", "what it is"), [(one.title, one.unit, one.definition) for one in known])


def method(attribution: "Attribution") -> list[str]:
    """Describe how the answer was reached, one paragraph per step."""
    basis, settings = attribution.basis, attribution.film.provenance.get("settings", {})
    groups = sorted({CODEBOOK[name].group for name in basis.features})
    paragraphs = []
    if attribution.film.is_analysis and "detector" in settings:
        rate = settings.get("samples_per_second", SAMPLES_PER_SECOND)
        paragraphs.append(
            f"Shots were found by the shot detector '{settings['detector']}' in one pass over every "
            f"frame; shot scales are from a network on {rate:g} frame{'' if rate == 1 else 's'} per second, "
            "with probabilities averaged over three seconds within a shot (Savardi, Signoroni, Migliorati, Benini "
            "2018, doi 10.1109/ICIP.2018.8451474). A shot has the scale that most of its sampled frames have. Both are "
            "estimates."
        )
    else:
        given = "scales were coded by a person" if attribution.film.shots is None else "shots were given as a table"
        paragraphs.append(f"The {given} and used unchanged; no video was measured.")
    paragraphs.append(
        f"Based on {' and '.join(basis.parts)}: {counted(basis.n_films, 'film')} by "
        f"{counted(len(basis.candidates), 'candidate')}. {counted(len(basis.features), 'feature')} "
        f"({', '.join(groups)}), combined by {basis.model.method}; the log-odds above are exact sums of the "
        "features' contributions."
    )
    paragraphs.append(
        f"A candidate remains at {level(attribution.confidence)} confidence unless a conformal test on the "
        "reference's films rules it out: over many films of each director, the remaining candidates include the true "
        "one about that often (measured, not guaranteed). A name is the verdict when it alone remains. Stability is "
        "the share of resamples of the film's shots, centered on the film and as far from it as parts of real films "
        "are, in which the candidate leads. Probabilities assume that the director is one of the candidates."
    )
    measured = accuracy(attribution)
    unknown = "The accuracy of this reference has not been measured; `authorship benchmark` measures it."
    return [*paragraphs, f"{measured}." if measured else unknown]


def provenance(attribution: "Attribution") -> Table:
    """Return versions, checksums and settings."""
    known = attribution.film.provenance
    versions = {**{name: str(v) for name, v in known.get("versions", {}).items()}, **software()}
    rows = [("film", attribution.film.path), ("length", timecode(attribution.film.seconds))]
    rows += [(f"SHA-256 of the {name}", str(value)) for name, value in known.get("checksums", {}).items()]
    rows.append(("SHA-256 of the reference", attribution.reference.checksum or "–"))
    rows += [(f"setting: {name}", str(value)) for name, value in known.get("settings", {}).items()]
    rows += [(name, value) for name, value in sorted(versions.items())]
    return Table(("", ""), rows)
