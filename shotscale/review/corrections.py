"""An analyzed film with a coder's corrections applied, as every command reads it.

Conventions
-----------
Corrections are stored beside the tables they correct, in ``corrections-CODER.jsonl``. If there is a referee's file,
which decides between coders, it applies, unless another decides between its referee and someone else; otherwise the
only coder's. Two coders without a referee are an error, since nothing decides between them.

The film begins and ends where a coder says, else as set when it was analyzed (`shotscale.part`); anything outside is
excluded from all figures. A shot coded 'not available' still counts as a shot and keeps its length, but is excluded
from the scale figures.

In corrected tables, a boundary that a coder set or confirmed has confidence 1, and the samples of a shot with a coder's
scale have probability 1 for it. Samples of foreground, insert and 'not available' shots have no probabilities and no
group. If the network predicts only the three groups and not every sample has a coder's scale, a coder's scale counts
only as its group.
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
from shotscale.sensitivity import shot_length_intervals
from shotscale.tables import GROUP_COLUMNS, SCALE_COLUMNS, SHOT_COLUMNS, validate_scales, validate_shots

if TYPE_CHECKING:
    from shotscale.film import Film

__all__ = ["Corrections", "correct", "find_corrections", "read_corrections", "shots_of_table"]


@dataclass(frozen=True, eq=False)
class Corrections:
    """A coder's corrections to a film, and the path of the journal that holds them."""

    path: Path
    header: Header
    document: Document

    @property
    def coder(self) -> str:
        """The coder's name."""
        return self.header.coder

    @property
    def n_checked(self) -> int:
        """Number of shots that the coder has checked."""
        return sum(shot.checked for shot in self.document.shots)

    def scales(self) -> tuple[ShotScale | None, ...]:
        """Return the coder's scale of each shot."""
        return tuple(shot.scale for shot in self.document.shots)

    def shots(self) -> pd.DataFrame:
        """Return the corrected shots as a shot table."""
        columns = [name for name in SHOT_COLUMNS if name != "end"]
        rows = [[getattr(shot, name) for name in columns] for shot in self.document.shots]
        table = pd.DataFrame(rows, columns=columns)
        table.loc[[shot.checked for shot in self.document.shots], "confidence"] = 1.0
        table["end"] = [*table["start"][1:], self.document.end]
        return validate_shots(table[list(SHOT_COLUMNS)], source=str(self.path))


def shots_of_table(shots: pd.DataFrame) -> tuple[ReviewedShot, ...]:
    """Return the shots of a shot table, unchecked and without a coder's scale."""
    return tuple(
        ReviewedShot(as_time(start), str(kind), float(confidence), as_time(first), as_time(last))
        for start, _, kind, confidence, first, last in shots[list(SHOT_COLUMNS)].itertuples(index=False)
    )


def read_corrections(path: str | os.PathLike[str]) -> Corrections:
    """Read a coder's file.

    Raises `TableError` if it is not a file of corrections, or is damaged other than at its end.
    """
    header, document = read_journal(Path(path))
    return Corrections(Path(path), header, document)


def find_corrections(folder: str | os.PathLike[str], *, coder: str | None = None) -> Corrections | None:
    """Return the corrections that apply to a saved analysis, or those of one coder; `None` if there are none.

    By default they are the referee's, or the only coder's. Raises `TableError` if the named coder has no corrections,
    several coders have but no referee, or they were made for another version of the shots.
    """
    place = Path(folder)
    if coder is not None:
        coders = list_coders(place)
        if coder not in coders:
            known = f"there are those of {', '.join(coders)}" if coders else "there are none"
            raise TableError(f"{place}: no corrections by {coder}; {known}")
        return _current(read_corrections(journal_path(place, coder)), place)
    holding = holding_corrections(place)
    if len(holding) > 1:
        raise TableError(
            f"{place}: corrected by {' and by '.join(one.coder for one in holding)}, and nobody has decided between "
            f"them; run `shotscale review {place} --coder REFEREE --between {holding[0].coder},{holding[1].coder}`"
        )
    return _current(holding[0], place) if holding else None


def holding_corrections(folder: Path) -> list[Corrections]:
    """Return the corrections of an analyzed film that hold; if of several coders, nobody has decided between them."""
    every = [read_corrections(journal_path(folder, name)) for name in list_coders(folder)]
    referees = [one for one in every if one.header.of]
    decided = {name for one in referees for name in one.header.of}
    return [one for one in referees if one.coder not in decided] or every


def coded_part(film: "Film", document: Document) -> FilmPart:
    """Return the part of a file that is the film: as the coder says, else as given, else the whole."""
    said_begin, said_end = document.film
    given, whole = film.extent, film.whole.extent
    if said_begin is None and said_end is None:
        return given
    begin = given.begin if said_begin is None else said_begin
    end = given.end if said_end is None else said_end
    if begin >= end:  # the coder contradicts what was given
        begin, end = (whole.begin, end) if said_begin is None else (begin, whole.end)
    return FilmPart(begin, end, "given", given.speed)


def is_current(corrections: Corrections, folder: Path) -> bool:
    """Return whether corrections were made for the current shots of their folder."""
    return corrections.header.shots_sha256 == sha256(folder / "shots.csv")


def correct(film: "Film", corrections: Corrections) -> "Film":
    """Return a film with corrected tables, given as measured; its provenance and limits name the coder."""
    shots, measured = corrections.shots(), film.whole
    before, after = ({as_time(start) for start in table["start"]} for table in (measured.shot_table, shots))
    dominant = dominant_scales(shots, measured.scales) or [None] * len(shots)
    part = coded_part(film, corrections.document)
    inside = part.holds(shots["start"], shots["end"])
    told = {
        "coder": corrections.coder,
        "between": sorted(corrections.header.of),
        # A moved boundary counts as one added and one removed.
        "n_added": len(after - before),
        "n_removed": len(before - after),
        "n_scales": sum(said not in (None, was) for said, was in zip(corrections.scales(), dominant, strict=True)),
        "n_coded": sum(shot.scale is not None for shot in itertools.compress(corrections.document.shots, inside)),
        "n_checked": sum(shot.checked for shot in itertools.compress(corrections.document.shots, inside)),
        "n_shots": int(inside.sum()),
        "checksum": sha256(corrections.path),
    }
    corrected = replace(
        measured,
        shots=shots,
        scales=correct_scales(measured.track, corrections),
        provenance={**measured.provenance, "corrections": told},
        limits=(*measured.limits, _sentence(told)),
        intervals={},
    )
    # Candidates that the detector rejected and nobody confirmed are not stored, so they do not count here.
    return corrected.with_part(part, intervals=shot_length_intervals(part.of_shots(shots)))


def correct_scales(track: pd.DataFrame, corrections: Corrections) -> pd.DataFrame:
    """Return a scale track in which the samples of coded shots have the coder's scale."""
    starts = np.asarray([shot.start for shot in corrections.document.shots])
    time = track["time"].to_numpy(np.float64)
    shot = np.clip(np.searchsorted(starts, time, side="right") - 1, 0, None)
    scales = np.asarray(corrections.scales(), object)[shot]
    rows = np.flatnonzero([scale is not None for scale in scales]) if len(track) else np.zeros(0, np.intp)
    knows_seven = bool(track["scale"].notna().any()) or len(rows) == len(track)
    corrected = track.copy()
    for column in ("scale", "group"):
        corrected[column] = corrected[column].astype(object)
    _put_rows(corrected, rows, [scales[row] for row in rows], seven=knows_seven)
    return validate_scales(corrected, source=str(corrections.path))


def _put_rows(track: pd.DataFrame, rows: npt.NDArray[np.intp], scales: "list[ShotScale]", *, seven: bool) -> None:
    """Write scales into rows of a track, with probability 1, or with none for scales outside the order."""
    if not len(rows):
        return
    groups = [scale.group for scale in scales]
    outside = np.asarray([[group is None] for group in groups])
    by_scale = np.where(outside, np.nan, [[scale is one for one in SCALES] for scale in scales])
    by_group = np.where(outside, np.nan, [[group is one for one in GROUPS] for group in groups])
    names = [scale.abbreviation if seven or scale.group is None else None for scale in scales]
    track.loc[rows, list(SCALE_COLUMNS)] = by_scale if seven else np.nan
    track.loc[rows, list(GROUP_COLUMNS)] = by_group
    track.loc[rows, "scale"] = np.asarray(names, object)
    track.loc[rows, "group"] = np.asarray([group and group.value for group in groups], object)


def _current(corrections: Corrections, folder: Path) -> Corrections:
    if not is_current(corrections, folder):
        if None not in (film := checksum_in(folder), corrections.header.film) and film != corrections.header.film:
            raise TableError(f"{corrections.path}: corrects another film than the one in {folder}; move the file away")
        raise TableError(
            f"{corrections.path}: corrects another version of {folder / 'shots.csv'}; run `shotscale review {folder} "
            f"--coder {corrections.coder}`, which carries the corrections over"
        )
    return corrections


def _sentence(told: Mapping[str, Any]) -> str:
    between = f", between {' and '.join(told['between'])}" if told["between"] else ""
    scales = f"{counted(told['n_scales'], 'scale')} changed"
    return (
        f"Corrected by {told['coder']}{between}: boundaries {told['n_added']} added and {told['n_removed']} removed, "
        f"{scales}; {told['n_checked']} of {counted(told['n_shots'], 'shot')} checked."
    )
