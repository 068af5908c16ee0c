"""Find the analysis, film and coder's file for a review; each missing one raises a one-line error."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from filelock import BaseFileLock

from shotscale.annotations import is_coding, read_annotation
from shotscale.coders import is_untouched, journal_path, list_coders
from shotscale.dominant import dominant_scales
from shotscale.errors import FilmError, OptionError, OutputError, TableError
from shotscale.files import make_folder, sha256
from shotscale.film import Film, read_analysis
from shotscale.filmpaths import is_analysis
from shotscale.review.carrying import carry_over, misfits, take_over
from shotscale.review.comparison import agreed_film, referee_shots
from shotscale.review.corrections import Corrections, find_corrections, is_current, read_corrections, shots_of_table
from shotscale.review.frames import FilmFrames
from shotscale.review.journal import Header, Journal, lock_journal, start_journal
from shotscale.review.session import Review, tolerance
from shotscale.shotlists import ShotList, read_shotlist

__all__ = ["find_analysis", "find_film", "import_coding", "opened_review", "read_given"]


def find_analysis(film: Path) -> Path | None:
    """Return a film's analysis folder: itself, or one named after the film here or beside it; `None` if absent.

    Raises `FilmError` if `film` is a folder without an analysis.
    """
    if is_analysis(film):
        return film
    if film.is_dir():
        raise FilmError(f"{film}: a folder without a saved analysis; name a film, or a folder that --save wrote")
    return next((place for place in (Path(film.stem), film.with_suffix("")) if is_analysis(place)), None)


def find_film(folder: Path, measured: Film, *, film: Path | None = None) -> Path:
    """Return the path of the film that was analyzed.

    It is looked for at `film`; by default, at its original path, beside the analysis and in its folder. Raises
    `FilmError` if it is missing, or is a different film.
    """
    was = Path(measured.path)
    places = [film] if film is not None else [was, folder.absolute().parent / was.name, folder / was.name]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FilmError(f"{places[0]}: the film of {folder} is not there; say where it is with --film PATH")
    size = measured.info.get("size_bytes")
    if size is not None and found.stat().st_size != size:
        raise FilmError(
            f"{found}: not the film that {folder} was made of ({found.stat().st_size:,} bytes in place of {size:,}); "
            "give that film with --film PATH, or analyze this one"
        )
    return found


@contextmanager
def reserved(folder: Path, coder: str) -> Iterator[BaseFileLock]:
    """Lock a coder's file in a folder in which the film may not be analyzed yet; yields the lock.

    A folder created here is removed again if it gets no analysis. Raises `OutputError` if another process holds the
    lock, or the folder is not writable.
    """
    is_new = not folder.exists()
    path = journal_path(make_folder(folder), coder)
    with lock_journal(path) as lock:
        try:
            yield lock
        finally:
            if is_new and not is_analysis(folder):
                Path(lock.lock_file).unlink(missing_ok=True)
                with suppress(OSError):
                    folder.rmdir()


@contextmanager
def opened_review(
    folder: Path,
    *,
    film: Path,
    coder: str,
    between: Sequence[str] = (),
    lock: BaseFileLock | None = None,
    kept: Callable[[], None] = lambda: None,
) -> Iterator[Review]:
    """Open the film and a coder's file beside its analysis, creating it or carrying it over if necessary.

    A referee decides `between` two other coders. A file without any correction or coding is removed at the end: viewing
    a film does not make anyone its coder. The `lock` is from `reserved`; by default it is acquired here, before
    anything else. `kept` is called whenever the coder's file has been created, changed or removed. Raises `FilmError`,
    `TableError`, `OptionError` or `OutputError` if one of them cannot be used.
    """
    path, notes = journal_path(folder, coder), list[str]()
    with ExitStack() as stack:
        lock = lock or stack.enter_context(lock_journal(path))
        measured = read_analysis(folder)
        others = _coders(folder, coder, between)
        if not path.exists() or (others and not _has_decisions(path, between)):
            notes += [] if others else _told_of_others(list_coders(folder))
            start_journal(path, _header(folder, measured, coder, others))
        else:
            notes += _bring_up_to_date(folder, path, measured)
        stack.callback(kept)
        stack.callback(_forget_if_untouched, path)
        kept()
        journal = stack.enter_context(Journal(path, lock=lock))
        if journal.recovered:
            notes.append("The last correction had not been saved whole and is gone; look at the last shot again.")
        others = others or _coders(folder, coder, sorted(journal.header.of))
        notes += [
            f"{one.coder} has corrected more since you began to decide; the opinions shown are the latest."
            for one in others
            if sha256(one.path) != journal.header.of.get(one.coder)
        ]
        if others and agreed_film(*(one.document for one in others), tolerance=tolerance(measured)) is None:
            names = " and ".join(one.coder for one in others)
            notes.append(f"{names} do not agree on where the film begins and ends: say it with F and E.")
        frames = stack.enter_context(FilmFrames(film))
        yield Review(measured, journal, frames, between=others, notes=notes, kept=kept)


def _told_of_others(coders: Sequence[str]) -> list[str]:
    apart = "yours are kept apart, and once there are any, the film has no figures until somebody decides between you"
    return [f"Corrected by {' and '.join(coders)} so far: {apart}."] if coders else []


def _forget_if_untouched(path: Path) -> None:
    """Remove a coder's file that contains only a header."""
    with suppress(OSError):
        if is_untouched(path):
            path.unlink()


def read_given(path: Path, folder: Path, how: Mapping[str, Any]) -> ShotList:
    r"""Read a shot list, or a coding with the scale of each second, made elsewhere for a film.

    A coding has no shots and is applied to those of the film's analysis, in `folder`. `how` are options of
    `shotscale.shotlists.read_shotlist`. Raises `TableError`, `OptionError` or `DependencyError` if it cannot be read or
    used.

    Examples
    --------
    >>> _ = Path("cuts.csv").write_text("start,end\n0,4\n4,6.5\n")
    >>> read_given(Path("cuts.csv"), Path("film"), {}).shots["end"].tolist()
    [4.0, 6.5]
    """
    if not is_coding(path):
        return read_shotlist(path, **how)
    shots, track = read_analysis(folder).whole.shot_table, read_annotation(path).track
    scales = dominant_scales(shots, track.drop_duplicates("time"))
    if scales is None:
        raise TableError(f"{path}: no second of this coding has a scale; choose another")
    end, last = float(shots["end"].iloc[-1]), float(track["time"].max())
    apart = () if abs(end - last) < 60 else (f"The coding ends at {last:.0f} s and the film at {end:.0f} s.",)
    notes = ("The coding has no shots; each of the film's shots has the scale of most of its seconds.", *apart)
    return ShotList(shots, scales, "CineScale coding", notes=notes)


def import_coding(folder: Path, given: ShotList, *, coder: str) -> tuple[Corrections, tuple[str, ...]]:
    """Create a coder's file from a shot list made elsewhere; return it, and a sentence for each mismatch with the film.

    Raises `OutputError` if the coder already has a file, or is reviewing, and `TableError` if most of the list's shots
    start beyond the film's end.
    """
    path = journal_path(folder, coder)
    with lock_journal(path):
        if path.exists() and not is_untouched(path):
            raise OutputError(f"{path}: exists already; take another --coder, or move the file away")
        measured = read_analysis(folder)
        header = _header(folder, measured, coder, ())
        notes = misfits(given, folder, start=header.shots[0].start, end=header.end)
        # Half a frame: a rounded time in the list still refers to the same frame.
        operations = take_over(header.shots, given, end=header.end, tolerance=tolerance(measured, frames=0.5))
        header.document().apply(operations)
        # Even without operations: a list that equals the detected shots is a coding, too.
        start_journal(path, header, [operations])
    return read_corrections(path), notes


def _coders(folder: Path, coder: str, between: Sequence[str]) -> tuple[Corrections, ...]:
    """Read the corrections of the two coders between whom a referee decides."""
    if not between:
        return ()
    if len(set(between)) != 2 or coder in between:
        raise OptionError(
            f"--between {','.join(between)} with --coder {coder}: name two coders, and with --coder a third who decides"
        )
    found = (find_corrections(folder, coder=name) for name in between)
    return tuple(one for one in found if one is not None)


def _has_decisions(path: Path, between: Sequence[str]) -> bool:
    """Return whether a coder's file has corrections; `OptionError` if they do not decide between these two."""
    if is_untouched(path):
        return False
    of = read_corrections(path).header.of
    if set(of) != set(between):
        what = f"decides between {' and '.join(sorted(of)) or 'nobody'}"
        raise OptionError(f"--between {','.join(between)}: {path} {what}; take another --coder, or move it away")
    return True


def _header(folder: Path, measured: Film, coder: str, others: Sequence[Corrections]) -> Header:
    shots = shots_of_table(measured.whole.shot_table)
    if others:
        first, second = (one.document for one in others)
        shots = referee_shots(first, second, tolerance=tolerance(measured))
    return Header(
        coder=coder,
        film=measured.checksum,
        shots_sha256=sha256(folder / "shots.csv"),
        end=measured.whole.extent.end,
        shots=shots,
        of={one.coder: sha256(one.path) for one in others},
    )


def _bring_up_to_date(folder: Path, path: Path, measured: Film) -> list[str]:
    """Carry corrections over if the detected shots have changed; the old file is kept. The caller holds the lock."""
    old = read_corrections(path)
    if None not in (old.header.film, measured.checksum) and old.header.film != measured.checksum:
        raise TableError(f"{path}: corrects another film than the one in {folder}; move the file away")
    if is_current(old, folder):
        return []
    if old.header.of:
        raise TableError(f"{path}: decides on another version of the shots; move it away and decide again")
    header = _header(folder, measured, old.coder, ())
    operations = carry_over(old.header.shots, old.document, header.shots, tolerance=tolerance(measured))
    header.document().apply(operations)
    aside = _free_name(path)
    shutil.copy2(path, aside)
    start_journal(path, header, [operations] if operations else [])
    return [
        f"The detected shots have changed since you began. Your corrections were carried over by time; the old file "
        f"is {aside.name}."
    ]


def _free_name(path: Path) -> Path:
    asides = (path.with_suffix(f".before-{number}") for number in count(1))
    return next(aside for aside in asides if not aside.exists())
