"""What is done on a desk: each a call of what a command calls, with that command."""

import base64
import binascii
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from authorship.desk.folder import Desk, key_of, number_from_field
from authorship.opening import find_films
from shotscale.errors import OptionError, UserError
from shotscale.files import make_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from authorship.attribution.answer import Attribution
    from authorship.attribution.attributor import Attributor
    from authorship.comparison.contrast import Contrast
    from shotscale.shotlists.shotlist import ShotList

__all__ = ["SHOT_LISTS", "TABLES", "Actions"]

TABLES: Mapping[str, str] = {
    "sav": "SPSS",
    "dta": "Stata",
    "r": "R",
    "xlsx": "Excel",
    "csv": "CSV",
    "parquet": "Parquet",
    "arff": "Weka",
}
"""Formats that hold all films as tables, and the programs that read them."""

SHOT_LISTS: Mapping[str, str] = {"eaf": "ELAN", "edl": "EDL", "otio": "OpenTimelineIO"}
"""Formats that hold a film's shots, a file per film."""

_SHOWN = 8
_MOST_KEPT = 2000
_SVG = re.compile(r"<svg\b.*</svg>", re.DOTALL)


class Actions:
    """What can be done with a desk's films; safe to use from several threads.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = RLock()
        self._attributor: tuple[object, Attributor] | None = None
        self._verdicts: dict[tuple[object, ...], dict[str, Any]] = {}

    def commands(self) -> dict[str, str]:
        """Return the command that does the same, by action; FILM, A and B stand for films of the store."""
        table, store, reference = self._desk.table, self._desk.store, self._desk.reference_path()
        by = [] if reference is None else ["--reference", str(reference)]
        exports = self._desk.folder / "exports"
        line = shlex.join
        return {
            "measure": line(["authorship", "corpus", "analyze", str(table), "-o", str(store)]),
            "retry": line(["authorship", "corpus", "analyze", str(table), "-o", str(store), "--retry"]),
            "report": f"{line(['authorship', 'classify', *by, '--report', 'report.html'])} FILM",
            "review": f"{line(['authorship', 'corpus', 'review', '--coder', self._desk.coder()])} FILM",
            "import": f"{line(['shotscale', 'import-coding', '--coder', self._desk.coder()])} REVIEWED LIST",
            "compare": "authorship compare A B",
            "map": line(["authorship", "map", str(store), *by, "-o", "map.svg"]),
            "tree": line(["authorship", "tree", str(store), *by, "-o", "tree.svg"]),
            "fit": line(["authorship", "fit", str(store), "-o", str(self._desk.folder / "reference")]),
            **{
                name: line(["authorship", "export", str(store), "-o", str(exports / name), "--format", name])
                for name in TABLES
            },
            **{name: f"shotscale convert FILM {line([str(exports / name)])}/" for name in SHOT_LISTS},
        }

    def verdict(self, film_id: str) -> dict[str, Any]:
        """Return the answer on a film: ``verdict``, its ``probability`` if it is a name, and the ``reason``."""
        with self._lock:
            known = (film_id, self._basis(), self._desk.figures_of(film_id))
            if known not in self._verdicts:
                answer = self._attribute(film_id)
                self._verdicts[known] = {
                    "verdict": answer.verdict,
                    "probability": next(
                        (round(c.probability, 3) for c in answer.candidates if c.name == answer.verdict), None
                    ),
                    "reason": answer.reason,
                }
                while len(self._verdicts) > _MOST_KEPT:
                    del self._verdicts[next(iter(self._verdicts))]
            return self._verdicts[known]

    def report(self, film_id: str) -> str:
        """Return the report on a film, a page."""
        from authorship.report import make_report

        with self._lock:
            return make_report(self._attribute(film_id))

    def choose_own(self) -> str:
        """Make a reference of the folder's own films by their directors, and answer by it from now on."""
        from authorship.fitting import fit_reference, read_corpus

        self._desk.measuring.settle()
        target = self._desk.folder / "reference"
        reference = fit_reference(read_corpus(self._desk.store), target)
        self._desk.remember(reference=str(target))
        return f"{len(reference.labels)} films by {', '.join(reference.candidates)}, kept in reference/"

    def choose(self, path: str) -> str:
        """Answer by a reference that lies somewhere; an empty path is the built-in one."""
        from authorship.reference.reading import read_reference

        if not path.strip():
            self._desk.remember(reference=None)
            return "the six built-in directors"
        place = (self._desk.folder / Path(path.strip()).expanduser()).resolve()
        reference = read_reference(place)
        self._desk.remember(reference=str(place))
        return f"{len(reference.labels)} films by {', '.join(reference.candidates)}"

    def export(self, format_name: str, film_ids: Sequence[str] = ()) -> dict[str, Any]:
        """Write films for another program into ``exports/FORMAT``, in the place of what was exported there before.

        Parameters
        ----------
        format_name : str
            Of `TABLES` or `SHOT_LISTS`.
        film_ids : sequence of str
            By default all that are measured.

        Returns
        -------
        dict
            ``written``, a line per file; ``folder``; ``command``.
        """
        self._desk.measuring.settle()
        folder = self._desk.folder / "exports" / format_name
        places = [self._desk.place(name) for name in film_ids] or find_films([self._desk.store])
        if format_name in TABLES:
            written = self._export_tables(places if film_ids else [self._desk.store], folder, format_name)
            command = self.commands()[format_name]
            if film_ids:
                command = command.replace(shlex.quote(str(self._desk.store)), shlex.join(map(str, places)), 1)
        elif format_name in SHOT_LISTS:
            written = [self._write_shots(place, folder / f"{place.name}.{format_name}") for place in places]
            target = folder / f"{places[0].name}.{format_name}"
            command = shlex.join(["shotscale", "convert", str(places[0]), str(target), "--overwrite"])
        else:
            raise OptionError(f"{format_name[:20]}: not a format; reload the page")
        return {"written": written, "folder": str(folder), "command": command}

    def read_list(self, name: str, content: str, options: Mapping[str, str]) -> dict[str, Any]:
        """Say how a shot list made elsewhere is understood, changing nothing.

        Returns
        -------
        dict
            ``understood``, ``notes``, ``n_shots``, ``rows`` (the first, of start, end, length and scale).
        """
        with _as_file(name, content) as path:
            given = _read(path, options)
        scales = given.scales or (None,) * len(given.shots)
        first = zip(given.shots["start"], given.shots["end"], scales, strict=True)
        rows = [
            [f"{start:.3f}", f"{end:.3f}", f"{end - start:.3f}", "" if scale is None else scale.abbreviation]
            for (start, end, scale), _ in zip(first, range(_SHOWN), strict=False)
        ]
        return {"understood": given.understood, "notes": list(given.notes), "n_shots": len(given.shots), "rows": rows}

    def accept_list(self, film_id: str, name: str, content: str, options: Mapping[str, str]) -> dict[str, Any]:
        """Take a shot list made elsewhere as the corrections of a film; a coder who has some keeps them.

        Returns
        -------
        dict
            ``written``, ``notes``, ``command``.
        """
        from shotscale.review.opening import import_coding
        from shotscale.store.holding import Follower
        from shotscale.store.reading import open_store

        folder = open_store(self._desk.store).check_out(film_id)
        coder = self._desk.coder()
        with _as_file(name, content) as path:
            taken, notes = import_coding(folder, _read(path, options), coder=coder)
        Follower(folder)()
        told = [f"--{option} {shlex.quote(value)}" for option, value in options.items() if value]
        command = shlex.join(["shotscale", "import-coding", str(folder), name, "--coder", coder])
        where = taken.path.relative_to(self._desk.folder)
        line = f"{where}: {len(taken.document.shots)} shots, {taken.n_checked} with a scale"
        return {"written": [line], "notes": list(notes), "command": " ".join([command, *told])}

    def compare(self, first: str, second: str) -> tuple[str, "Contrast"]:
        """Return the figure that compares two films' lengths, SVG, and its figures."""
        from authorship.comparison.contrast import contrast_films, lengths_to_compare
        from authorship.figures.comparison import draw_comparison

        names = (first, second)
        unit, pair = lengths_to_compare(names, (self._desk.open(first), self._desk.open(second)))
        contrast = contrast_films(*pair)
        return self._drawing(draw_comparison(names, pair, contrast, what=unit), "Comparison"), contrast

    def chart(self, kind: str) -> str:
        """Return the ``map`` or the ``tree`` of the reference's films and the folder's, SVG with links to reports."""
        from authorship.comparison.ordination import DISTANCES, ordinate
        from authorship.comparison.trees import cluster
        from authorship.figures.maps import draw_map
        from authorship.figures.sources import known_and_asked
        from authorship.figures.trees import draw_dendrogram

        reference = self._own_attributor().reference
        matrix = known_and_asked(reference, [self._desk.store])
        if kind == "map":
            figure = draw_map(matrix, ordinate(matrix))
        else:
            note = f"ward linkage, {DISTANCES['euclidean']} distances, {len(matrix.features)} features"
            figure = draw_dendrogram(matrix, cluster(matrix.standardised), note=note)
        return self._drawing(figure, f"{kind.capitalize()} of {len(matrix.titles)} films")

    def _attribute(self, film_id: str) -> "Attribution":
        return self._own_attributor().attribute(self._desk.open(film_id))

    def _own_attributor(self) -> "Attributor":
        from authorship.attribution.attributor import Attributor
        from authorship.reference.reading import read_reference

        with self._lock:
            basis = self._basis()
            if self._attributor is None or self._attributor[0] != basis:
                path = self._desk.reference_path()
                self._attributor = basis, Attributor(None if path is None else read_reference(path))
            return self._attributor[1]

    def _basis(self) -> object:
        """Return what tells the reference that is chosen from another."""
        path = self._desk.reference_path()
        if path is None:
            return None
        described = path / "reference.json" if path.is_dir() else path
        try:
            return str(path), described.stat().st_mtime_ns
        except OSError:
            return str(path), 0

    def _export_tables(self, places: Sequence[Path], folder: Path, format_name: str) -> list[str]:
        from authorship.export import collect_films, export_films

        written = export_films(collect_films(places), folder, formats=[format_name], overwrite=True)
        told = self._desk.folder
        return [f"{file.path.relative_to(told)}: {file.n_rows} rows, {file.n_columns} columns" for file in written]

    def _write_shots(self, place: Path, target: Path) -> str:
        from shotscale.opening import write_shots
        from shotscale.store.reading import open_store

        make_folder(target.parent)
        notes = write_shots(open_store(place.parent).load(place.name), target)
        return " ".join([str(target.relative_to(self._desk.folder)), *(f"({note})" for note in notes)])

    def _drawing(self, figure: "Figure", title: str) -> str:
        """Return a figure as SVG that stands in a page; a film of the folder is a link to its report."""
        from matplotlib.text import Text

        from authorship.figures.canvas import save_figure
        from authorship.figures.lettering import shortened

        links = {shortened(name): f"/films/{key_of(name)}/report" for name in self._desk.rows()["film_id"]}
        for text in figure.findobj(Text):
            if isinstance(text, Text) and text.get_text() in links:
                text.set_url(links[text.get_text()])
        with tempfile.TemporaryDirectory() as folder:
            path = save_figure(figure, Path(folder) / "figure.svg", title=title, description=title)
            drawn = _SVG.search(path.read_text(encoding="utf-8"))
        assert drawn is not None
        return drawn[0]


@contextmanager
def _as_file(name: str, content: str) -> Iterator[Path]:
    """Keep what came from the page in a file of its kind, for a moment."""
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise OptionError("the file did not arrive whole; choose it again") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{Path(name).suffix.lower()[:8]}"
        path.write_bytes(data)
        yield path


def _read(path: Path, options: Mapping[str, str]) -> "ShotList":
    """Read a list as the fields of the page say."""
    from shotscale.shotlists import parse_fps, read_shotlist
    from shotscale.shotlists.columns import parse_columns

    told = {name: value.strip() for name, value in options.items() if value.strip()}
    fps: Fraction | None = parse_fps(number_from_field(told["fps"])) if "fps" in told else None
    plain: dict[str, Any] = {name: told.get(name) for name in ("tier", "gaps", "unit", "delimiter", "decimal")}
    try:
        return read_shotlist(path, fps=fps, columns=parse_columns(told.get("columns")), **plain)
    except UserError as error:
        raise type(error)(str(error).replace(f"{path}: ", "").replace(str(path), path.name)) from None
