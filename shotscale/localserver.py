"""A web server that only the person at this machine can reach.

Conventions
-----------
The server is bound to 127.0.0.1. The address with its token grants access, and from then on a cookie that scripts
cannot read; every other request is refused, including those for another host name (DNS rebinding) or from another page.
No part of an address is used as a file name: routes are listed, and so are the package's files that pages use.

Starlette does the routing and uvicorn the serving, both in pure Python; this module decides who gets in.
"""

import json
import logging
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from importlib.resources import files
from threading import Thread
from typing import Any, NoReturn, Self

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shotscale.errors import OptionError, OutputError, UserError
from shotscale.pages import render

_LOG = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_MOST_BYTES = 64 * 1024  # our pages send a few hundred bytes
_KINDS = {"css": "text/css", "js": "text/javascript"}


def policy(*, style: str = "'self'") -> str:
    """Return the content security policy of a page; the default is that of all pages."""
    return (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


_HEADERS = {
    "Server": "shotscale",
    "Cache-Control": "no-store",
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class LocalServer:
    """Serves routes to the person at this machine; a context manager.

    On exit, requests in progress are completed and no new ones are accepted. Of the routes, ``/`` is the page that the
    `token` opens, and paths below ``/api/`` answer only that page. `name` begins the cookie's name, a `port` of 0 picks
    a free one, and an error's message is passed through `words` before it is answered. Raises `OptionError` if the port
    cannot be used.
    """

    def __init__(
        self, name: str, routes: Sequence[BaseRoute], *, port: int = 0, words: Callable[[str], str] = str
    ) -> None:
        self.token = secrets.token_urlsafe(32)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.bind((_HOST, port))
            self._socket.listen()
        except OSError as error:
            self._socket.close()
            raise OptionError(
                f"port {port}: cannot be used ({error.strerror}); leave out --port for a free one"
            ) from error
        self.port: int = self._socket.getsockname()[1]
        self._name = name
        app = _Gate(self, _application(routes, words))
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", server_header=False, access_log=False, log_config=None
        )
        self._server = uvicorn.Server(config)
        # Not the main thread: the command handles signals.
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    @property
    def origin(self) -> str:
        """Scheme, address and port."""
        return f"http://{_HOST}:{self.port}"

    @property
    def address(self) -> str:
        """URL to open in a browser."""
        return f"{self.origin}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """Name of the cookie, with the port because browsers share cookies between ports."""
        return f"{self._name}-{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def wait(self) -> None:
        """Wait until a signal or a server error ends it."""
        self._thread.join()


class _Gate:
    """Admits requests with the token or cookie, and adds headers to every response."""

    def __init__(self, server: LocalServer, app: ASGIApp) -> None:
        self._server, self._app = server, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        refused = self._refusal(request)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if request.url.path == "/" and not refused:
                    cookie = f"{self._server.cookie}={self._server.token}; HttpOnly; SameSite=Strict; Path=/"
                    headers.append("Set-Cookie", cookie)
            await send(message)

        with suppress(Exception):  # already answered and logged, and raised again for a server to log
            await (refused or self._app)(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("Host") != f"{_HOST}:{self._server.port}":
            return _error(HTTPStatus.MISDIRECTED_REQUEST, f"open the address that begins with {self._server.origin}")
        path = request.scope["path"]
        if request.headers.get("Origin", self._server.origin) != self._server.origin:
            return _error(HTTPStatus.FORBIDDEN)
        elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if elsewhere and (path.startswith("/api/") or request.method != "GET"):
            return _error(HTTPStatus.FORBIDDEN)
        kept = cookie_parser(request.headers.get("Cookie", "")).get(self._server.cookie, "")
        given = request.query_params.get("token", kept) if path == "/" else kept
        if not secrets.compare_digest(given.encode(), self._server.token.encode()):
            return _error(HTTPStatus.FORBIDDEN, "open the address that the command printed")
        return None


def _application(routes: Sequence[BaseRoute], words: Callable[[str], str]) -> ASGIApp:
    def answer(request: Request, error: Exception) -> Response:
        match error:
            case HTTPException():
                status, message = HTTPStatus(error.status_code), error.detail
            case OutputError():
                status, message = HTTPStatus.INSUFFICIENT_STORAGE, words(str(error))
            case UserError():
                status, message = HTTPStatus.BAD_REQUEST, words(str(error))
            case _:
                _LOG.error("a request could not be answered", exc_info=error)
                status, message = HTTPStatus.INTERNAL_SERVER_ERROR, "internal error"
        if request.headers.get("Sec-Fetch-Mode") == "navigate":  # for a person, not a script
            return page("shotscale.data", "error.html", status=status, message=message)
        return _error(status, message)

    return Starlette(routes=routes, exception_handlers=dict.fromkeys((HTTPException, UserError, Exception), answer))


def refuse(status: HTTPStatus, message: str = "") -> NoReturn:
    """Answer the request with a status and a message."""
    raise HTTPException(status, message or status.phrase)


async def json_body(request: Request, *, most_bytes: int = _MOST_BYTES) -> dict[str, Any]:
    """Read a request's JSON object; a form on another page cannot send this content type."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
        refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        refuse(HTTPStatus.BAD_REQUEST, "not JSON")
    if not isinstance(content, dict):
        refuse(HTTPStatus.BAD_REQUEST, "not a JSON object")
    return content


def json_answer(content: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return JSON in UTF-8; characters of a file name that are not valid text are replaced."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")


def page(package: str, name: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
    """Return one of a package's HTML templates, filled in."""
    text = render(package, name, **values)
    return Response(text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")


def assets(package: str, *names: str) -> list[Route]:
    """Return the routes of some of a package's style sheets and scripts."""

    def route(name: str) -> Route:
        kind = f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8"
        content = (files(package) / name).read_bytes()
        return Route(f"/{name}", lambda _: Response(content, headers={"Cache-Control": "no-cache"}, media_type=kind))

    return [route(name) for name in names]


def _error(status: HTTPStatus, message: str = "") -> Response:
    return json_answer({"error": message or status.phrase}, status=status)
