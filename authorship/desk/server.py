"""The desk's routes (`shotscale.localserver` controls access)."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from authorship.desk.actions import WINDOWS, Actions, Answer
from authorship.desk.exporting import SHOT_LISTS, TABLES
from authorship.desk.fields import path_from_field
from authorship.desk.folder import Desk
from authorship.desk.importing import accept_by_name, accept_for_film, accept_on_its_own, preview
from authorship.desk.reviews import Reviews
from authorship.desk.states import AT_HAND
from authorship.desk.words import FIELDS, in_words
from shotscale.coders import check_coder
from shotscale.errors import OptionError, UserError
from shotscale.files import atomic_path
from shotscale.localserver import LocalServer, assets, json_answer, json_body, page, policy, refuse
from shotscale.numerals import counted
from shotscale.review.server import ASSETS, ReviewPage

if TYPE_CHECKING:
    from authorship.figures.drawings import Drawing

_DATA = "authorship.data"
_LONGEST_LIST = 32 * 1024 * 1024
"""Maximum bytes of a shot list as sent by the page; the longest known film has some 20,000 shots."""

_Do = Callable[["_Asked"], Mapping[str, Any] | None]
_STEPS = ("start", "pause", "resume", "cancel")
# A report is a self-contained page: it may run its own scripts and reach nothing else.
_OF_REPORT = "sandbox allow-scripts; frame-ancestors 'self'"
# Matplotlib's drawings have inline styles.
_OF_DRAWING = policy(style="'self' 'unsafe-inline'")


@contextmanager
def desk_server(folder: Path, *, port: int = 0) -> Iterator[LocalServer]:
    """Serve a desk until the block ends.

    Raises
    ------
    OptionError, OutputError
        If the port or folder cannot be used.
    """
    desk = Desk(folder)
    with Reviews(desk) as reviews:
        pages = _Pages(desk, Actions(desk), reviews)
        with LocalServer("film-desk", pages.routes, port=port, words=in_words) as server:
            yield server


class _Pages:
    """The request handlers of the desk's page."""

    def __init__(self, desk: Desk, actions: Actions, reviews: Reviews) -> None:
        self._desk, self._actions, self._reviews = desk, actions, reviews
        review = ReviewPage(lambda request: reviews.of(self._film(request)), back="/")
        decision = ReviewPage(lambda request: reviews.of(self._film(request), decides=True), back="/")
        done: dict[str, _Do] = {
            "add": lambda asked: {"added": desk.add(path_from_field(at, desk.folder) for at in asked.texts("paths"))},
            "set": self._set,
            "column": lambda asked: desk.add_column(asked["name"]),
            "remove": lambda asked: desk.remove(asked["film"]),
            "measure": self._measure,
            "coder": self._name_coder,
            "reference": lambda asked: {"chosen": self._choose(asked)},
            "export": lambda asked: actions.export(asked["format"], [*map(desk.film_id, asked.texts("films"))]),
            "preview": lambda asked: preview(asked["name"], asked["content"], asked.options()),
            "accept": self._accept,
        }
        self.routes: list[BaseRoute] = [
            Route("/", self._page),
            *assets(_DATA, "desk.css", "desk.js"),
            *assets("shotscale.data", *ASSETS),
            Route("/api/state", lambda _: json_answer({**desk.state(), "commands": actions.commands()})),
            Route("/api/verdict/{film}", lambda request: json_answer(actions.verdict(self._film(request)))),
            Route("/api/upload", self._upload, methods=["POST"]),
            *(Route(f"/api/{name}", _doing(do), methods=["POST"]) for name, do in done.items()),
            Route("/films/{film}/report", self._report),
            Route("/films/{film}/report/page", self._report_page),
            Route("/films/{film}/along", self._along),
            Route("/films/{film}/along/{window:int}", self._along),
            Route("/films/{film}/by", self._by),
            Route("/films/{film}/by/{number:int}", self._by),
            Mount("/films/{film}/review", routes=review.routes),
            Mount("/films/{film}/decide", routes=decision.routes),
            Route("/compare/{first}/{second}", self._compare),
            *(Route(f"/{kind}", self._chart) for kind in ("map", "tree")),
        ]

    def _film(self, request: Request) -> str:
        return self._desk.film_id(request.path_params["film"])

    def _page(self, _: Request) -> Response:
        self._desk.measuring.table_changed()  # or a film's file has: another film is then waiting
        return page(_DATA, "desk.html", folder=self._desk.folder, tables=TABLES, shot_lists=SHOT_LISTS, fields=FIELDS)

    def _report(self, request: Request) -> Response:
        film = self._film(request)
        measured = self._desk.place(film).parent == self._desk.store
        return page(_DATA, "desk-report.html", title=film, key=request.path_params["film"], measured=measured)

    def _report_page(self, request: Request) -> Response:
        text = self._actions.report(self._film(request))
        headers = {"Content-Security-Policy": _OF_REPORT}
        return Response(text.encode("utf-8", "replace"), headers=headers, media_type="text/html; charset=utf-8")

    def _along(self, request: Request) -> Response:
        film, window = self._film(request), request.path_params.get("window", WINDOWS[0])
        choices = [(counted(n, "shot"), str(n), n == window) for n in WINDOWS]
        return self._answer(request, "along", f"Along {film}", choices, partial(self._actions.along, film, window))

    def _by(self, request: Request) -> Response:
        film, number = self._film(request), request.path_params.get("number", -1)
        names = self._actions.candidates()
        choices = [(name, str(i), i == number) for i, name in enumerate(names)]
        ask = partial(self._actions.verify, film, names[number]) if 0 <= number < len(names) else None
        return self._answer(request, "by", f"Is {film} by …?", choices, ask)

    def _answer(
        self,
        request: Request,
        kind: str,
        title: str,
        choices: Sequence[tuple[str, str, bool]],
        ask: Callable[[], Answer] | None,
    ) -> Response:
        """Show an answer on a film, or why there is none, below the choices."""
        answer, problem = None, ""
        try:
            answer = ask() if ask is not None else None
        except UserError as error:
            problem = in_words(str(error))
        told = {"kind": kind, "key": request.path_params["film"], "choices": choices, "problem": problem}
        drawing = None if answer is None else answer.drawing
        return self._drawn("desk-answer.html", drawing, title=title, answer=answer, **told)

    def _compare(self, request: Request) -> Response:
        first, second = (self._desk.film_id(request.path_params[name]) for name in ("first", "second"))
        found = self._actions.compare(first, second)
        return self._picture(f"{first} and {second}", found.draw(), found.rows())

    def _chart(self, request: Request) -> Response:
        kind = request.url.path.strip("/")
        return self._picture(f"{kind.capitalize()} of films", self._actions.chart(kind))

    def _picture(self, title: str, drawing: "Drawing", figures: Sequence[tuple[str, str, str]] = ()) -> Response:
        films = [film for film in self._desk.state()["films"] if film["state"] in AT_HAND]
        told = {"title": title, "note": drawing.note, "figures": figures, "films": films}
        return self._drawn("desk-drawing.html", drawing, **told)

    def _drawn(self, template: str, drawing: "Drawing | None", **told: Any) -> Response:
        """Return a page with a drawing, if there is one."""
        svg = "" if drawing is None else Markup(self._actions.svg(drawing))  # matplotlib escapes film names
        answer = page(_DATA, template, drawing=svg, **told)
        answer.headers["Content-Security-Policy"] = _OF_DRAWING
        return answer

    def _set(self, asked: "_Asked") -> dict[str, str]:
        if asked["column"] == "film_id":
            self._reviews.close(self._desk.film_id(asked["film"]))  # they are open under the old name
        return {"text": self._desk.set_cell(asked["film"], asked["column"], asked["text"])}

    def _measure(self, asked: "_Asked") -> None:
        if asked["do"] == "retry":
            self._desk.measuring.start(retry=True)
        elif asked["do"] in _STEPS:
            getattr(self._desk.measuring, asked["do"])()
        else:
            raise OptionError("measuring: start, pause, resume, cancel or retry; reload the page")

    def _name_coder(self, asked: "_Asked") -> dict[str, str]:
        name = check_coder(asked["name"])
        self._desk.remember(coder=name)
        return {"text": name}

    def _choose(self, asked: "_Asked") -> str:
        kinds = {"own": self._actions.choose_own, "builtin": self._actions.choose_builtin}
        return kinds[asked["kind"]]() if asked["kind"] in kinds else self._actions.choose(asked["path"])

    def _accept(self, asked: "_Asked") -> dict[str, Any]:
        given = asked["name"], asked["content"], asked.options()
        if not asked["film"]:
            return accept_on_its_own(self._desk, *given)
        if asked["film"] == "names":
            return accept_by_name(self._desk, *given, self._reviews.close)
        film = self._desk.film_id(asked["film"])
        self._reviews.close(film)
        return accept_for_film(self._desk, film, *given)

    async def _upload(self, request: Request) -> Response:
        """Stream a film dropped on the page to ``films/``, with its time of change; incomplete, it leaves no file."""
        changed = request.headers.get("X-Film-Changed", "")  # milliseconds since 1970
        with self._desk.room_for(unquote(request.headers.get("X-Film-Name", ""))) as target:
            with atomic_path(target) as temporary, temporary.open("wb") as stream:
                async for part in request.stream():
                    await run_in_threadpool(stream.write, part)
            with suppress(OSError):  # a share may not let it be set
                seconds = int(changed) / 1000 if re.fullmatch(r"\d{1,13}", changed, re.ASCII) else time.time()
                os.utime(target, (time.time(), seconds))
            return json_answer({"added": await run_in_threadpool(self._desk.add, [target])})


class _Asked:
    """A request's JSON object; what is missing, or of another type, is refused."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def __getitem__(self, name: str) -> str:
        return self._texts([self._content.get(name)])[0]

    def texts(self, name: str) -> list[str]:
        texts = self._content.get(name)
        return self._texts(texts if isinstance(texts, list) else [None])

    def options(self) -> dict[str, str]:
        options = self._content.get("options")
        options = options if isinstance(options, dict) else {"": None}
        return dict(zip(options, self._texts([*options.values()]), strict=True))

    @staticmethod
    def _texts(values: list[Any]) -> list[str]:
        if not all(isinstance(value, str) for value in values):
            refuse(HTTPStatus.BAD_REQUEST, "unexpected request; reload the page")
        return values


def _doing(do: _Do) -> Callable[[Request], Any]:
    """Return a request handler that calls `do` with the request's JSON."""

    async def answer(request: Request) -> Response:
        asked = _Asked(await json_body(request, most_bytes=_LONGEST_LIST))
        told = await run_in_threadpool(do, asked)
        return json_answer(told or {})

    return answer
