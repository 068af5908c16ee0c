"""An analyzed film with a coder's corrections applied, as every command reads it.

Conventions
-----------
Corrections lie beside the tables that they correct, in ``corrections-CODER.jsonl``. If a referee's file is there, one
that decides between coders, it holds; else the only coder's. Two coders without a referee are an error: nobody
has said whose word counts.

The film begins and ends where a coder says, else where was said when it was analyzed (`shotscale.part`); what lies
outside is in no figure. A shot coded 'not available' is still a shot and keeps its length; it leaves the figures of
scale.

In corrected tables a boundary that a coder set or confirmed has confidence 1, and the samples of a shot that a coder
gave a scale have probability 1 for it. Samples of foreground and insert shots, and of what is not available, have no
probabilities and no group. Where the network knows the three groups alone and not every shot was given a scale, a
coder's scale counts for its group.
"""

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.boundaries.uncertainty import shot_length_intervals
from shotscale.coders import journal_path, list_coders
from shotscale.dominant import dominant_scales
from shotscale.errors import TableError
from shotscale.files import sha256
from shotscale.film import checksum_in
from shotscale.numerals import counted
from shotscale.part import FilmPart
from shotscale.review.history import Document
from shotscale.review.journal import Header, read_journal
from shotscale.review.operations import as_time
from shotscale.review.shots import ReviewedShot
from shotscale.scales import GROUPS, SCALES, ShotScale
from shotscale.tables import GROUP_COLUMNS, SCALE_COLUMNS, SHOT_COLUMNS, validate_scales, validate_shots

if TYPE_CHECKING:
    from shotscale.film import FilmAnalysis

__all__ = ["Corrections", "correct", "find_corrections", "read_corrections", "shots_of_table"]


@dataclass(frozen=True, eq=False)
class Corrections:
    """What a coder made of a film.

    Attributes
    ----------
    path : Path
        Of the journal.
    """

    path: Path
    header: Header
    document: Document

    @property
    def coder(self) -> str:
        """Whose corrections they are."""
        return self.header.coder

    @property
    def n_checked(self) -> int:
        """How many shots the coder has decided on."""
        return sum(shot.checked for shot in self.document.shots)

    def scales(self) -> tuple[ShotScale | None, ...]:
        """Return the coder's scale of each shot."""
        return tuple(shot.scale for shot in self.document.shots)

    def shots(self) -> pd.DataFrame:
        """Return the corrected shots as a shot table."""
        table = pd.DataFrame(
            [
                (shot.start, shot.kind, 1.0 if shot.checked else shot.confidence, *_extent(shot))
                for shot in self.document.shots
            ],
            columns=["start", "kind", "confidence", "transition_start", "transition_end"],
        )
        table["end"] = np.append(table["start"].to_numpy()[1:], self.document.end)
        return validate_shots(table[list(SHOT_COLUMNS)], source=str(self.path))


def shots_of_table(shots: pd.DataFrame) -> tuple[ReviewedShot, ...]:
    """Return the shots of a shot table, unchecked and without a coder's scale."""
    return tuple(
        ReviewedShot(as_time(start), str(kind), float(confidence), as_time(first), as_time(last))
        for start, _, kind, confidence, first, last in shots[list(SHOT_COLUMNS)].itertuples(index=False)
    )


def read_corrections(path: str | os.PathLike[str]) -> Corrections:
    """Read a coder's file.

    Raises
    ------
    TableError
        If it is not one, or is damaged elsewhere than at its end.
    """
    header, document = read_journal(Path(path))
    return Corrections(Path(path), header, document)


def find_corrections(folder: str | os.PathLike[str], *, coder: str | None = None) -> Corrections | None:
    """Return the corrections that hold for an analysed film, or those of one coder.

    Parameters
    ----------
    folder : path
        Of a saved analysis.
    coder : str, optional
        By default the referee, or the only coder.

    Returns
    -------
    Corrections or None
        None where nobody has corrected anything.

    Raises
    ------
    TableError
        If the coder has no corrections, several have and no referee, or they were made for another version of
        the shots.
    """
    place = Path(folder)
    coders = list_coders(place)
    if coder is not None:
        if coder not in coders:
            known = f"there are those of {', '.join(coders)}" if coders else "there are none"
            raise TableError(f"{place}: no corrections by {coder}; {known}")
        return _current(read_corrections(journal_path(place, coder)), place)
    every = [read_corrections(journal_path(place, name)) for name in coders]
    holding = [one for one in every if one.header.of] or every
    if len(holding) > 1:
        raise TableError(
            f"{place}: corrected by {' and by '.join(one.coder for one in holding)}, and nobody has decided between "
            f"them; run `shotscale review {place} --coder REFEREE --between {holding[0].coder},{holding[1].coder}`"
        )
    return _current(holding[0], place) if holding else None


def coded_part(analysis: "FilmAnalysis", document: Document) -> FilmPart | None:
    """Return the part of a file that is the film: where a coder says nothing, as it was given or the whole."""
    said_begin, said_end = document.film
    if said_begin is None and said_end is None:
        return analysis.part
    whole = analysis.whole
    given = analysis.part or whole
    begin = given.begin if said_begin is None else said_begin
    end = given.end if said_end is None else said_end
    if begin >= end:  # a coder's word against what was given
        begin, end = (whole.begin, end) if said_begin is None else (begin, whole.end)
    return FilmPart(begin, end, "given", given.speed)


def is_current(corrections: Corrections, folder: Path) -> bool:
    """Say whether corrections were made for the shots that lie beside them now."""
    return corrections.header.shots_sha256 == sha256(folder / "shots.csv")


def correct(analysis: "FilmAnalysis", corrections: Corrections) -> "FilmAnalysis":
    """Return an analysis with its tables corrected; its provenance and limits say by whom.

    Parameters
    ----------
    analysis : FilmAnalysis
        As the machine left it.
    corrections : Corrections
        Made for it.
    """
    shots = corrections.shots()
    before, after = ({as_time(start) for start in table["start"]} for table in (analysis.shots, shots))
    n_scales = _changed_scales(corrections, dominant_scales(shots, analysis.scales))
    part = coded_part(analysis, corrections.document)
    body = part or analysis.whole
    inside = body.holds(shots["start"], shots["end"])
    told = {
        "coder": corrections.coder,
        "between": sorted(corrections.header.of),
        # A boundary that was moved is one of either.
        "n_added": len(after - before),
        "n_removed": len(before - after),
        "n_scales": n_scales,
        "n_coded": sum(shot.scale is not None for shot in itertools.compress(corrections.document.shots, inside)),
        "n_checked": sum(shot.checked for shot in itertools.compress(corrections.document.shots, inside)),
        "n_shots": int(inside.sum()),
        "checksum": sha256(corrections.path),
    }
    return replace(
        analysis,
        shots=shots,
        scales=correct_scales(analysis.scales, corrections),
        provenance={**analysis.provenance, "corrections": told},
        limits=(*analysis.limits, _sentence(told)),
        # Boundaries that the detector doubted and nobody confirmed are not kept, so that they have no say here.
        intervals=shot_length_intervals(body.of_shots(shots)),
        part=part,
    )


def correct_scales(track: pd.DataFrame, corrections: Corrections) -> pd.DataFrame:
    """Return a scale track in which the samples of coded shots have the coder's scale."""
    document = corrections.document
    coded = [shot.scale for shot in document.shots]
    starts = np.asarray([shot.start for shot in document.shots])
    time = track["time"].to_numpy(np.float64)
    shot = np.clip(np.searchsorted(starts, time, side="right") - 1, 0, None)
    scales = np.asarray(coded, object)[shot]
    rows = np.flatnonzero([scale is not None for scale in scales]) if len(track) else np.zeros(0, np.intp)
    knows_seven = bool(track["scale"].notna().any()) or len(rows) == len(track)
    corrected = track.copy()
    for column in ("scale", "group"):
        corrected[column] = corrected[column].astype(object)
    _put_rows(corrected, rows, [scales[row] for row in rows], seven=knows_seven)
    return validate_scales(corrected, source=str(corrections.path))


def _put_rows(track: pd.DataFrame, rows: npt.NDArray[np.intp], scales: "list[ShotScale]", *, seven: bool) -> None:
    """Write scales into rows of a track: certain, or without probabilities where they stand outside the order."""
    if not len(rows):
        return
    by_scale = np.asarray([[float(scale is one) if scale.group else np.nan for one in SCALES] for scale in scales])
    by_group = np.asarray(
        [[float(scale.group is one) if scale.group else np.nan for one in GROUPS] for scale in scales]
    )
    names = [scale.abbreviation if seven or scale.group is None else None for scale in scales]
    track.loc[rows, list(SCALE_COLUMNS)] = by_scale if seven else np.nan
    track.loc[rows, list(GROUP_COLUMNS)] = by_group
    track.loc[rows, "scale"] = np.asarray(names, object)
    track.loc[rows, "group"] = np.asarray([scale.group.value if scale.group else None for scale in scales], object)


def _current(corrections: Corrections, folder: Path) -> Corrections:
    if not is_current(corrections, folder):
        if None not in (film := checksum_in(folder), corrections.header.film) and film != corrections.header.film:
            raise TableError(f"{corrections.path}: corrects another film than the one in {folder}; move the file away")
        raise TableError(
            f"{corrections.path}: corrects another version of {folder / 'shots.csv'}; run `shotscale review {folder} "
            f"--coder {corrections.coder}`, which carries the corrections over"
        )
    return corrections


def _changed_scales(corrections: Corrections, measured: tuple[ShotScale | None, ...] | None) -> int:
    given = corrections.scales()
    return sum(scale is not None and (measured is None or scale is not measured[i]) for i, scale in enumerate(given))


def _sentence(told: Mapping[str, Any]) -> str:
    between = f", between {' and '.join(told['between'])}" if told["between"] else ""
    scales = f"{counted(told['n_scales'], 'scale')} changed"
    return (
        f"Corrected by {told['coder']}{between}: boundaries {told['n_added']} added and {told['n_removed']} removed, "
        f"{scales}; {told['n_checked']} of {counted(told['n_shots'], 'shot')} checked."
    )


def _extent(shot: ReviewedShot) -> tuple[float, float]:
    return shot.transition_start, shot.transition_end
