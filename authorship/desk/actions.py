"""Actions on a desk: each calls what a command calls, and returns that command."""

import logging
import re
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from authorship.desk.exporting import (
    SHOT_LISTS,
    TABLES,
    arguments_of,
    films_at_hand,
    write_shot_lists,
    write_tables,
)
from authorship.desk.fields import free_name, key_of, path_from_field
from authorship.desk.folder import Desk
from authorship.desk.states import AT_HAND
from authorship.desk.words import in_words
from shotscale.errors import OptionError
from shotscale.files import sha256, temporary_space
from shotscale.film import Film
from shotscale.numerals import counted, some_of
from shotscale.store.table import is_year

if TYPE_CHECKING:
    from authorship.attribution.answer import Attribution
    from authorship.attribution.attributor import Attributor
    from authorship.figures.drawings import Comparison, Drawing

_LOG = logging.getLogger(__name__)

WINDOWS = (400, 200, 100)
"""Shots in a window along a film: as many as an answer requires, and fewer, less informative, for shorter films."""

_MOST_KEPT = 2000  # verdicts in memory; twice the films of a large folder, by judgment
_SVG = re.compile(r"<svg\b.*</svg>", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """An answer on one film: verdict, sentences and equivalent command; a drawing and a table's rows, if any."""

    verdict: str
    told: Sequence[str]
    command: str
    drawing: "Drawing | None" = None
    rows: Sequence[Sequence[str]] = ()


class Actions:
    """Actions on a desk's films; thread-safe."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = RLock()
        self._attributor: tuple[object, Attributor] | None = None
        self._verdicts: dict[tuple[object, ...], dict[str, Any]] = {}

    def commands(self) -> dict[str, str]:
        """Return the equivalent command of each action; names, each after a NUL, stand for films and their parts."""
        table, store, folder = self._desk.table, self._desk.store, str(self._desk.folder)
        by = self._by()
        exports = self._desk.folder / "exports"
        line = shlex.join
        return {
            "measure": line(["authorship", "corpus", "analyze", str(table), "-o", str(store)]),
            "retry": line(["authorship", "corpus", "analyze", str(table), "-o", str(store), "--retry"]),
            "report": f"{line(['authorship', 'classify', *by, '--report', 'report.html'])} \0FILM\0PART\0YEAR",
            "review": f"{line(['authorship', 'corpus', 'review', '--coder', self._desk.coder()])} \0FILM",
            "decide": f"{line(['authorship', 'corpus', 'review', '--coder', self._desk.coder()])} --between A,B \0FILM",
            "import": f"{line(['shotscale', 'import-coding', '--coder', self._desk.coder()])} REVIEWED LIST",
            "compare": "authorship compare \0A \0B\0PART",
            "map": line(["authorship", "map", folder, *by, "-o", "map.svg"]),
            "tree": line(["authorship", "tree", folder, *by, "-o", "tree.svg"]),
            "fit": line(["authorship", "fit", folder, "-o", str(self._desk.folder / "reference")]),
            **{
                name: line(["authorship", "export", folder, "-o", str(exports / name), "--overwrite", "--format", name])
                for name in TABLES
            },
            **{name: f"shotscale convert \0FILM\0CUT film.{name}" for name in SHOT_LISTS},
        }

    def verdict(self, film_id: str) -> dict[str, Any]:
        """Return the answer on a film.

        It is the ``verdict``; its ``probability`` if it names a candidate; whether it is in the reference and so is
        compared with ``itself``; the ``reason``.
        """
        with self._lock:
            known = (film_id, self._basis(), self._desk.figures_of(film_id))
            if known not in self._verdicts:
                answer, itself = self._attribute(film_id)
                self._verdicts[known] = {
                    "verdict": answer.verdict,
                    "probability": next(
                        (round(c.probability, 3) for c in answer.candidates if c.name == answer.verdict), None
                    ),
                    "itself": itself,
                    "reason": answer.reason,
                }
                while len(self._verdicts) > _MOST_KEPT:
                    del self._verdicts[next(iter(self._verdicts))]
            return self._verdicts[known]

    def report(self, film_id: str) -> str:
        """Return the report on a film as an HTML page."""
        from authorship.report import make_report

        with self._lock:
            return make_report(self._attribute(film_id)[0], name=film_id)

    def choose_own(self) -> str:
        """Make a reference from the folder's own films, labeled by director, and use it from now on."""
        from authorship.own_reference import fit_reference, read_corpus

        target, out, made_of = self._desk.folder / "reference", self._left_out(), self._desk.state()["labeled"]
        table = read_corpus(self._desk.folder, on_error=_LOG.info)
        reference = fit_reference(table, target, source=self._desk.table)
        self._use(str(target), made_of=made_of, made=sha256(target / "reference.json"))
        chosen = f"{counted(len(reference.labels), 'film')} by {', '.join(reference.candidates)}, kept in reference/"
        return "; ".join([chosen, *out])

    def choose_builtin(self) -> str:
        """Use the built-in reference from now on."""
        self._use(None)
        return "the six built-in directors"

    def choose(self, path: str) -> str:
        """Use the reference at a path from now on."""
        from authorship.reference.reading import read_reference

        if not path.strip():
            raise OptionError("no path; enter the path of a reference")
        place = path_from_field(path, self._desk.folder).resolve()
        reference = read_reference(place)
        self._use(str(place))
        return f"{counted(len(reference.labels), 'film')} by {', '.join(reference.candidates)}"

    def export(self, format_name: str, film_ids: Sequence[str] = ()) -> dict[str, Any]:
        """Write films, by default all that have figures, to ``exports/FORMAT``, replacing any earlier export.

        The format is one of `TABLES` or `SHOT_LISTS`. Returns ``written``, one line per file; ``folder``; ``command``.
        """
        folder = self._desk.folder / "exports" / format_name
        if format_name not in {**TABLES, **SHOT_LISTS}:
            raise OptionError(f"{format_name[:20]}: not a format; reload the page")
        films, others = films_at_hand(self._desk, film_ids)
        if format_name in TABLES:
            written = write_tables(self._desk, films, folder, format_name)
            command = self.commands()[format_name]
            if film_ids and (places := arguments_of(films)) is not None:
                command = command.replace(shlex.quote(str(self._desk.folder)), shlex.join(places), 1)
            elif film_ids:
                written.append("the command exports all films: none takes different parts of several lists")
        else:
            taken = set[str]()
            targets = [folder / f"{free_name(film.name, taken)}.{format_name}" for film in films]
            written = write_shot_lists(self._desk, films, targets)
            film = films[0].arguments(("from", "to"))  # times stay those of the file
            command = shlex.join(["shotscale", "convert", *film, str(targets[0]), "--overwrite"])
        written += [f"left out, without figures: {some_of(others)}"] if others else []
        return {"written": written, "folder": str(folder), "command": command}

    def compare(self, first: str, second: str) -> "Comparison":
        """Compare two films."""
        from authorship.figures.drawings import compare_films

        return compare_films((first, second), (self._desk.open(first), self._desk.open(second)))

    def candidates(self) -> list[str]:
        """Return the directors among whom films are attributed."""
        return list(self._own_attributor().reference.candidates)

    def verify(self, film_id: str, director: str) -> Answer:
        """Answer whether a film is by a candidate."""
        from authorship.verification import make_verifier

        found = make_verifier(director, self._desk.reference_path()).verify(self._desk.open(film_id))
        verdict = f"By {director}? {found.verdict.capitalize()}."
        told = [f"{words[:1].upper()}{words[1:]}." for words in found.in_words()]
        told += map(in_words, found.limits)
        return Answer(verdict, told, self._command("verify", film_id, "--director", director))

    def along(self, film_id: str, window: int) -> Answer:
        """Attribute a film in windows of `window` shots."""
        from authorship.figures.drawings import along_film
        from authorship.rolling import ROW, roll, rolling_limits

        film, attributor = self._desk.open(film_id), self._own_attributor()
        windows = roll(film, attributor, window=window, step=window // 4)
        drawing = along_film(windows, film_id)
        command = self._command("roll", film_id, "--window", str(window), "--step", str(window // 4))
        told = [drawing.note, *map(in_words, rolling_limits(film, attributor))]
        return Answer("", told, command, drawing, (ROW, *(one.row() for one in windows)))

    def _command(self, name: str, film_id: str, *options: str) -> str:
        return shlex.join(["authorship", name, *self._desk.found(film_id).arguments(), *options, *self._by()])

    def _by(self) -> list[str]:
        reference = self._desk.reference_path()
        return [] if reference is None else ["--reference", str(reference)]

    def chart(self, kind: str) -> "Drawing":
        """Draw the ``map`` or the ``tree`` of the reference's films and the folder's."""
        from authorship.figures.drawings import film_map, film_tree
        from authorship.opening import open_films

        draw = film_map if kind == "map" else film_tree
        films, out = [] if self._desk.rows().empty else [self._desk.folder], self._left_out()
        drawing = draw(self._own_attributor().reference, open_films(films, on_error=_LOG.info))
        return replace(drawing, note="; ".join([*filter(None, [drawing.note]), *out]))

    def _left_out(self) -> list[str]:
        """Return which films have no figures, in at most one line."""
        others = [film["film_id"] for film in self._desk.state()["films"] if film["state"] not in AT_HAND]
        return [f"left out, without figures: {some_of(others)}"] if others else []

    def svg(self, drawing: "Drawing") -> str:
        """Return a drawing as an SVG element; names of the folder's films link to their reports."""
        from matplotlib.text import Text

        from authorship.figures.lettering import shortened

        links = {shortened(name): f"/films/{key_of(name)}/report" for name in self._desk.rows()["film_id"]}
        for text in drawing.figure.findobj(Text):
            if isinstance(text, Text) and text.get_text() in links:
                text.set_url(links[text.get_text()])
        with temporary_space(), tempfile.TemporaryDirectory() as folder:
            path = drawing.save(Path(folder) / "figure.svg")
            drawn = _SVG.search(path.read_text(encoding="utf-8"))
        assert drawn is not None
        return drawn[0]

    def _use(self, reference: str | None, **made: str) -> None:
        with self._lock:  # an answer that is being found is kept as that of the candidates chosen when it began
            self._desk.remember(reference=reference, **made)

    def _attribute(self, film_id: str) -> "tuple[Attribution, bool]":
        """Return the answer on a film, in the page's terms, and whether the reference seems to hold the film."""
        year = self._desk.found(film_id).facts["year"]
        known = int(year) if isinstance(year, str) and is_year(year) else None
        answer = self._own_attributor().attribute(self._desk.open(film_id), year=known)
        itself = self._itself(film_id, answer.film)
        limits = dict.fromkeys((*itself, *answer.limits))
        return replace(answer, limits=tuple(map(in_words, limits))), bool(itself)

    def _itself(self, film_id: str, film: Film) -> list[str]:
        """Return a limit for each film of the reference that a film may be, by its name on the desk or by its title."""
        from authorship.attribution.limits import itself_limit, itself_limits

        reference = self._own_attributor().reference
        named = [itself_limit(film_id)] if film_id in reference.features.index else []
        return list(dict.fromkeys([*named, *itself_limits(film, reference)]))

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
        """Return a value that identifies the chosen reference and changes when its file does."""
        path = self._desk.reference_path()
        if path is None:
            return None
        described = path / "reference.json" if path.is_dir() else path
        try:
            return str(path), described.stat().st_mtime_ns
        except OSError:
            return str(path), 0
