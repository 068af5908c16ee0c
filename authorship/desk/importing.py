"""Shot lists and codings made elsewhere: previewing and importing them."""

import base64
import binascii
import shlex
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from authorship.cinescale.folder import read_coding
from authorship.desk.fields import file_name, free_name, number_from_field
from authorship.desk.folder import Desk
from authorship.desk.states import CORRECTABLE
from authorship.desk.words import in_words
from shotscale.annotations import is_coding
from shotscale.errors import OptionError, UserError
from shotscale.files import temporary_space, write_bytes
from shotscale.numerals import counted, some_of
from shotscale.review.opening import import_coding, read_given
from shotscale.shotlists import HowToRead, ShotList, film_table, how_to_read, read_films, table_head, write_shotlist
from shotscale.shotlists.columns import ROLES
from shotscale.store.corrected_summary import Follower
from shotscale.store.reading import open_store
from shotscale.store.table import RESERVED, is_year

_SHOWN = 5  # rows of a preview: enough to see how each column was read


def preview(name: str, content: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Describe how a list or a coding is read, without importing it.

    The file's content is in base64; `options` are the values of the page's fields, by the parameter names of
    `shotscale.shotlists.how_to_read`.

    Returns ``columns`` (name and role of each) and ``fields`` (the first rows as in the file) of a table; ``roles``;
    ``films`` (names), ``understood``, ``notes``, ``heads`` and ``rows`` (the first, as read), or ``problem``, why it
    cannot be read.
    """
    with _as_file(name, content) as path:
        told: dict[str, Any] = {"columns": [], "fields": [], "roles": ROLES}
        try:
            how = _how(options)
            if not is_coding(path):
                columns, fields = table_head(path, how)
                told["columns"] = [[column.name or str(column.index + 1), column.role or ""] for column in columns]
                told["fields"] = fields[:_SHOWN]
            return told | (_coding_read(path) if is_coding(path) else _list_read(path, how))
        except UserError as error:
            return told | {"problem": _plain(error, path)}


def accept_for_film(desk: Desk, film_id: str, name: str, content: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Import a list or a coding as corrections of a measured film; refused if the coder has corrected it already.

    Returns ``written``, ``notes``, ``command``, as all imports do.
    """
    with _as_file(name, content) as path:
        return _correct(desk, film_id, path, options)


def _correct(
    desk: Desk, film_id: str, path: Path, options: Mapping[str, str], *, listed: ShotList | None = None, name: str = ""
) -> dict[str, Any]:
    """Import the list or coding in a file, or one film `listed` there under a name, as corrections of a film."""
    folder, coder = open_store(desk.store).check_out(film_id), desk.coder()
    given = listed or read_given(path, folder, _how(options))
    taken, notes = import_coding(folder, given, coder=coder)
    Follower(folder)()
    command = shlex.join(
        ["shotscale", "import-coding", str(folder), name or path.name, "--coder", coder, *_told(options)]
    )
    line = (
        f"{taken.path.relative_to(desk.folder)}: {counted(len(taken.document.shots), 'shot')}, {taken.n_checked} "
        "with a scale"
    )
    return {"written": [line], "notes": [in_words(note) for note in (*given.notes, *notes)], "command": command}


def accept_by_name(
    desk: Desk, name: str, content: str, options: Mapping[str, str], close: Callable[[str], object]
) -> dict[str, Any]:
    """Import each film of a list or a coding as corrections of the measured film of its name, others on their own.

    `close` is called with each film that is to be corrected: it closes its reviews. Notes name the films refused.
    """
    with _as_file(name, content) as path:
        films: Mapping[str, ShotList | None] = {path.stem: None} if is_coding(path) else read_films(path, _how(options))
        measured = {
            film["film_id"].casefold(): film["film_id"]
            for film in desk.state()["films"]
            if film["state"] in CORRECTABLE
        }
        same = {title: film for title in films if (film := measured.get(free_name(title, set()).casefold()))}
        told, refused = list[dict[str, Any]](), list[UserError]()
        for title, film in same.items():
            close(film)
            place = name if len(films) == 1 else f"{name}/{title}"
            try:
                told.append(_correct(desk, film, path, options, listed=films[title], name=place))
            except UserError as error:
                refused.append(type(error)(f"{film}: {error}"))
        if len(same) < len(films):
            told.append(_take_in(desk, path, options, besides=same))
        if not told:
            raise refused[0]
        facts = [] if not same or is_coding(path) else _facts_to_keep(path, _how(options))
    notes = [f"of {some_of(same)} not filled in: {', '.join(facts)}"] if facts else []
    notes += [note for one in told for note in one["notes"]] + [f"not imported: {_plain(one, path)}" for one in refused]
    return {"written": [line for one in told for line in one["written"]], "notes": notes, "command": told[0]["command"]}


def accept_on_its_own(desk: Desk, name: str, content: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Add the films of a list or a coding to the folder, each as a film without a film file."""
    with _as_file(name, content) as path:
        return _take_in(desk, path, options)


def _take_in(desk: Desk, path: Path, options: Mapping[str, str], *, besides: Collection[str] = ()) -> dict[str, Any]:
    """Add the films of a file, but not those `besides`, to the folder."""
    made = {title: film for title, film in _films(path, _how(options)).items() if title not in besides}
    names, name, coded = desk.take_in(made), path.name, is_coding(path)
    places = [desk.place(film) for film in names]
    years = {name: text for name, (_, facts) in made.items() for fact, text in facts.items() if fact.lower() == "year"}
    undated = [name for name, year in years.items() if year and not is_year(year)]
    source = name if len(made) == 1 else f"{name}/{next(iter(made))}"
    command = ["shotscale", "convert", source, str(places[0]), *_told(options)]
    return {
        "written": [str(place.relative_to(desk.folder)) for place in places],
        "notes": [f"left out, because it is not a year: that of {some_of(undated)}"] if undated else [],
        "command": shlex.join(["authorship", "classify", "--coding", name] if coded else command),
    }


Made = dict[str, tuple[Callable[[Path], object], Mapping[str, str]]]
"""By film name: a function that writes its list, and the facts in the file."""


def _films(path: Path, how: HowToRead) -> Made:
    if is_coding(path):
        coded = read_coding(path)
        facts = {"title": coded.title, "director": coded.director, "year": str(coded.year or "")}
        return {path.stem: (partial(_copy, path.read_bytes()), facts)}
    films, facts_of = read_films(path, how), _facts_of(path, how)
    return {
        name: (partial(_write, given, name), {fact: values[number] for fact, values in facts_of.items()})
        for number, (name, given) in enumerate(films.items())
    }


def _facts_of(path: Path, how: HowToRead) -> Mapping[str, tuple[str, ...]]:
    table = film_table(path, columns=how["columns"], delimiter=how["delimiter"], decimal=how["decimal"])
    return {} if table is None else table.facts


def _facts_to_keep(path: Path, how: HowToRead) -> list[str]:
    return [fact for fact in _facts_of(path, how) if fact.lower() not in RESERVED]


def _copy(content: bytes, target: Path) -> None:
    write_bytes(target, content)


def _write(given: ShotList, title: str, target: Path) -> None:
    write_shotlist(given.shots, target, scales=given.scales, title=title)


def _list_read(path: Path, how: HowToRead) -> dict[str, Any]:
    films = read_films(path, how)
    first, given = next(iter(films.items()))
    shown, scales = given.shots.head(_SHOWN), given.scales or (None,) * _SHOWN
    rows = [
        [f"{start:.3f}", f"{end:.3f}", f"{end - start:.3f}", "" if scale is None else scale.abbreviation]
        for start, end, scale in zip(shown["start"], shown["end"], scales, strict=False)
    ]
    understood, notes = given.understood, list(given.notes)
    if len(films) > 1:
        n_shots = sum(len(one.shots) for one in films.values())
        names = f"{counted(len(films), 'film')}, {some_of(films)}"
        understood = f"{counted(n_shots, 'shot')}: {names}; {first}: {understood}"
        notes = [f"{name}: {note}" for name, one in films.items() for note in one.notes]
    if facts := _facts_to_keep(path, how):
        notes.insert(0, f"columns about the whole film, which are kept: {', '.join(facts)}")
    return {
        "films": list(films),
        "understood": in_words(understood[:1].upper() + understood[1:]),
        "notes": [in_words(note) for note in notes],
        "heads": ["Start, s", "End, s", "Length, s", "Scale"],
        "rows": rows,
    }


def _coding_read(path: Path) -> dict[str, Any]:
    coded = read_coding(path)
    known = ", ".join(text for text in (coded.title, coded.director, str(coded.year or "")) if text)
    return {
        "films": [path.stem],
        "understood": f"{counted(len(coded.track), 'second')}, each with its scale, as CineScale codes a film: {known}",
        "notes": list(coded.notes),
        "heads": ["Time, s", "Scale"],
        "rows": [[f"{time:g}", scale] for time, scale in coded.track.head(_SHOWN).itertuples(index=False)],
    }


@contextmanager
def _as_file(name: str, content: str) -> Iterator[Path]:
    """Write content from the page to a temporary file of the given name."""
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise OptionError("the file was not received completely; choose it again") from error
    with ExitStack() as stack:
        with temporary_space():
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            path = Path(folder) / (file_name(name) or "list")
            path.write_bytes(data)
        try:
            yield path
        except UserError as error:
            raise type(error)(_plain(error, path)) from None


def _how(options: Mapping[str, str]) -> HowToRead:
    told: dict[str, str | None] = dict.fromkeys(HowToRead.__annotations__)
    told |= {name: text for name, text in _filled(options).items() if name in told}
    return how_to_read(**told)


def _told(options: Mapping[str, str]) -> list[str]:
    return [part for name, text in _filled(options).items() for part in (f"--{name}", text)]


def _filled(options: Mapping[str, str]) -> dict[str, str]:
    return {name: number_from_field(text.strip()) for name, text in options.items() if text.strip()}


def _plain(error: UserError, path: Path) -> str:
    """Return an error's message without the temporary path, with the page's fields in place of options."""
    return in_words(str(error).replace(f"{path}: ", "").replace(str(path), path.name))
