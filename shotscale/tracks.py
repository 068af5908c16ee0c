"""Align the scale tracks of several coders, or of a network and the truth, for a film, films or images.

Conventions
-----------
A path is one film (`shotscale.opening.read_track`) or a folder of films: saved analyses, and CSVs at any depth. Films
in two folders match if their files or folders have the same name, or if one is named by the title that the other has in
CineScale's form, ``{year}_{director}_-_{title}``. Films that only some of the folders have are left out, with a note.

Scales of images, as ``shotscale predict`` writes them, are matched with frames tables or class folders image by image,
and with CineScale's codings by the frame's folder, named like the film, and the second at the end of its name.

The tracks of several films follow one another in time, with a gap in between, so that no run of seconds with one scale
extends from one film into another. Each image stands alone, unless a frames table names its film, its ``group``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from shotscale.annotations import MANIFEST, parse_film_name
from shotscale.columns import refuse_rows
from shotscale.errors import TableError
from shotscale.film import film_from_document
from shotscale.filmpaths import is_analysis
from shotscale.labeled.sources import class_folder_table
from shotscale.manifests import separator_of
from shotscale.numerals import counted
from shotscale.opening import read_track
from shotscale.scales import GROUP_NAMES, GROUP_OF, OUTSIDE_NAMES, SCALE_NAMES
from shotscale.tables import read_csv

__all__ = ["SideBySide", "lay_side_by_side"]

_GAP = 10.0  # seconds between tracks placed end to end, so that none touches the next
_GROUP_OF = GROUP_OF | {name: name for name in GROUP_NAMES}
_LABELS = (*SCALE_NAMES, *OUTSIDE_NAMES, *GROUP_NAMES)


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Tracks of the same films, by path: ``time``, ``scale`` and ``group`` of one film after another.

    Images have no tracks of their own film by film. `starts` are the times at which each film, or image of none, begins
    in the tracks, and the end of the last; `notes` say what was left out.

    Examples
    --------
    >>> track = pd.DataFrame({"time": [0.0, 1.0, 12.0], "scale": ["CU", "MS", "LS"]})
    >>> both = SideBySide({"anna": track}, ("first", "second"), np.array([0.0, 12.0, 24.0]))
    >>> both.of("second")["anna"]["time"].tolist()
    [0.0]
    """

    tracks: Mapping[str, pd.DataFrame]
    films: tuple[str, ...]
    starts: npt.NDArray[np.float64]
    notes: tuple[str, ...] = ()

    def of(self, film: str) -> dict[str, pd.DataFrame]:
        """Return the tracks of one film."""
        begin, end = self.starts[self.films.index(film) :][:2]
        return {
            name: track[(track["time"] >= begin) & (track["time"] < end)].assign(time=lambda part: part["time"] - begin)
            for name, track in self.tracks.items()
        }


def lay_side_by_side(paths: Sequence[Path]) -> SideBySide:
    r"""Read the tracks of several paths and match their films.

    Raises
    ------
    TableError
        If a path holds no track, the paths are of different films, or folders have no film in common.

    Examples
    --------
    >>> for coder, code in (("anna", 2), ("ben", 3)):
    ...     Path(coder).mkdir()
    ...     for film in ("first", "second"):
    ...         _ = Path(coder, f"{film}.csv").write_text(f"time,shotscale\n0,{code}\n1,2\n")
    >>> both = lay_side_by_side([Path("anna"), Path("ben")])
    >>> both.films, both.tracks["ben"]["scale"].tolist()
    (('first', 'second'), ['MCU', 'CU', 'MCU', 'CU'])
    """
    if len({str(path) for path in paths}) < len(paths):
        raise TableError(f"{paths[0]}: one path is named twice; name each coder's own")
    of_images = [path for path in paths if _is_of_images(path)]
    if of_images and all(path in of_images or _has_labels(path) for path in paths):
        return _images(paths)
    folders = [path for path in paths if path.is_dir() and not is_analysis(path)]
    if not folders and not of_images:
        return _one_film(paths)
    found = {path: _by_film(path) if path in of_images else _films_in(path) for path in paths}
    partners = _partners(found)
    notes = []
    for number, (path, films) in enumerate(found.items()):
        lacking = sorted(set(films) - {same[number] for same in partners.values()})
        if lacking:
            notes.append(f"{path}: left out, not in all: {', '.join(lacking[:5])}{' ...' if lacking[5:] else ''}")
    starts, parts = [0.0], {path: list[pd.DataFrame]() for path in paths}
    for whole in partners.values():
        opened = [found[path][name] for path, name in zip(paths, whole, strict=True)]
        tracks = [read_track(track) if isinstance(track, Path) else track for track in opened]
        for path, track in zip(paths, tracks, strict=True):
            parts[path].append(track.assign(time=track["time"] + starts[-1]))
        starts.append(starts[-1] + np.ceil(max(float(track["time"].max()) for track in tracks)) + _GAP)
    joined = {str(path): pd.concat(parts[path], ignore_index=True) for path in paths}
    return SideBySide(joined, tuple(partners), np.asarray(starts), tuple(notes))


def _partners(found: Mapping[Path, Mapping[str, Path | pd.DataFrame]]) -> dict[str, list[str]]:
    """Return the name in each path of every film that all paths have, by its name in the first."""
    first, *others = found.values()
    partners: dict[str, list[str]] = {}
    for name in first:
        same = [next((other for other in films if _same(name, other)), None) for films in others]
        if None not in same:
            partners[name] = [name, *(other for other in same if other is not None)]
    if not partners:
        one, another, *_ = found
        names = " and ".join(next(iter(films)) for films in found.values())
        raise TableError(f"{one}: no film in common with {another}: {names}; name each film alike in both")
    return partners


def _one_film(paths: Sequence[Path]) -> SideBySide:
    """Read one film's tracks; refuse paths of different films."""
    named = {path: name for path in paths if (name := _film_of(path))}
    for path, name in named.items():
        first, other = next(iter(named.items()))
        if name != other:
            raise TableError(
                f"{path}: of {name}, but {first} of {other}; compare tracks of one film, or for several "
                "films give a folder of them for each coder"
            )
    tracks = {str(path): read_track(path) for path in paths}
    end = max(float(track["time"].max()) for track in tracks.values()) + 1
    return SideBySide(tracks, (next(iter(named.values()), str(paths[0])),), np.asarray([0.0, end]))


def _film_of(path: Path) -> str:
    """Return the name of a path's film, or an empty string if unknown."""
    parsed = parse_film_name(path.stem)
    if parsed is not None:
        return f"{parsed[2]} ({parsed[0]})"
    folder = path if path.is_dir() else path.parent
    if not is_analysis(folder):
        return ""
    return Path(film_from_document(folder / "film.json")["film"].get("path", "")).name


def _films_in(folder: Path) -> dict[str, Path | pd.DataFrame]:
    """Return a folder's films by name, saved analyses and other CSVs; for a single film, that one."""
    if is_analysis(folder) or not folder.is_dir():
        return {_name(folder): folder}
    films: dict[str, Path | pd.DataFrame] = {}
    analyses = sorted(file.parent for file in folder.rglob("film.json"))
    csvs = [file for file in sorted(folder.rglob("*.csv")) if file.parent not in analyses and file.name != MANIFEST]
    for path in (*analyses, *csvs):
        if (name := _name(path)) in films:
            raise TableError(f"{folder}: two films are called {name}, {films[name]} and {path}; rename one")
        films[name] = path
    if not films:
        raise TableError(f"{folder}: no saved analysis and no CSV; give a folder of films, or a film")
    return films


def _name(path: Path) -> str:
    return path.name if path.is_dir() else path.parent.name if path.name == "scales.csv" else path.stem


def _same(one: str, other: str) -> bool:
    names = [_folded(one), _folded(other)]
    titles = [_folded(parsed[2]) if (parsed := parse_film_name(name)) else None for name in (one, other)]
    return names[0] == names[1] or names[0] == titles[1] or titles[0] == names[1]


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _is_of_images(path: Path) -> bool:
    """Return whether a path is a table with one row per image."""
    if not path.is_file() or path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return "file" in [name.strip(' "\n').lower() for name in re.split("[,;\t]", stream.readline())]


def _images(paths: Sequence[Path]) -> SideBySide:
    """Join tables of images on their files; images of one film follow one another."""
    tables = {path: _image_table(path) for path in paths}
    if not set.intersection(*(set(table.index) for table in tables.values())):
        tables = _by_ending(tables)  # the folders lie elsewhere
    films = pd.concat([table["film"] for table in tables.values()], axis=1, join="inner").bfill(axis=1).iloc[:, 0]
    if films.empty:
        raise TableError(f"{paths[0]}: no image in common with {paths[1]}; give tables of the same images")
    films = films.where(films.notna(), films.index).sort_values(kind="stable")
    n, film = len(films), films.to_numpy(object)
    notes = [
        f"{path}: {counted(len(table) - n, 'image')} left out, not in each table"
        for path, table in tables.items()
        if len(table) > n
    ]
    times = 2 * np.arange(n, dtype=np.float64)
    tracks = {str(path): _track(times, table["scale"].loc[films.index].tolist()) for path, table in tables.items()}
    begins = np.flatnonzero(np.append(True, film[1:] != film[:-1]))
    return SideBySide(tracks, (), 2.0 * np.append(begins, n), tuple(notes))


def _by_ending(tables: Mapping[Path, pd.DataFrame]) -> dict[Path, pd.DataFrame]:
    """Name images by the last parts of their paths, as many as tell the images of each table apart."""
    parts = {path: [re.split(r"[\\/]", file) for file in table.index] for path, table in tables.items()}
    deepest = max((len(file) for files in parts.values() for file in files), default=0)
    for n in range(1, deepest + 1):
        shorter = {
            path: table.set_axis(["/".join(file[-n:]) for file in parts[path]]) for path, table in tables.items()
        }
        if all(table.index.is_unique for table in shorter.values()):
            return shorter
    return dict(tables)


def _has_labels(path: Path) -> bool:
    """Return whether a path is a folder of labeled images."""
    if not path.is_dir():
        return False
    if (path / "frames.csv").is_file():
        return True
    try:
        return len(class_folder_table(path)) > 0
    except TableError:
        return False


def _image_table(path: Path) -> pd.DataFrame:
    """Return the ``scale`` or group of each labeled image, and its ``film`` if a table says so, by its full path."""
    if path.is_dir() and not (path / "frames.csv").is_file():
        table, folder = class_folder_table(path).drop(columns="group"), path
    else:
        file = path / "frames.csv" if path.is_dir() else path
        table = read_csv(file, remedy="a table of images has file and scale; check it", dtype=str, sep=separator_of)
        folder = Path() if {"p_close", "group"} <= set(table) and "source" not in table else file.parent
    if not {"scale", "group"} & set(table):
        raise TableError(f"{path}: lacks the column scale; a table of images has file and scale; add it")
    named = table["scale"] if "scale" in table else table["group"]
    if "p_close" in table:  # from predict: a network of three classes gives no scale
        named = named.where(named != "", table["group"])
    group = table.get("group", pd.Series("", table.index))  # a film in a frames table, else close, medium or long
    film = group.where((group != "") & ~group.isin(_GROUP_OF))
    said = named.fillna("").astype(str).str.strip()
    refuse_rows(~said.isin(["", *_LABELS]).to_numpy(), said, str(path), f"a label is one of {', '.join(_LABELS)}")
    files = [str((folder / name).resolve()) for name in table["file"]]
    images = pd.DataFrame({"scale": said.to_numpy(object), "film": film.to_numpy(object)}, index=files)
    return images[~images.index.duplicated(keep="last") & (images["scale"] != "")]


def _track(times: npt.NDArray[np.float64], named: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": times,
            "scale": np.asarray([None if name in GROUP_NAMES else name for name in named], object),
            "group": np.asarray([_GROUP_OF.get(name) for name in named], object),
        }
    )


def _by_film(path: Path) -> dict[str, Path | pd.DataFrame]:
    """Return tracks of frames' scales, by film: a frame's folder is its film, the number in its name the second."""
    films: dict[str, list[tuple[float, str]]] = {}
    for file, scale in _image_table(path)["scale"].items():
        number = re.search(r"(\d+)\D*$", Path(str(file)).stem)
        if number:
            films.setdefault(Path(str(file)).parent.name, []).append((float(number[1]), scale))
    if not films:
        raise TableError(
            f"{path}: no image is numbered; name each film's folder like its coding, frames by their second"
        )
    parted = {film: zip(*sorted(rows), strict=True) for film, rows in films.items()}
    return {film: _track(np.asarray(times), scales) for film, (times, scales) in parted.items()}
