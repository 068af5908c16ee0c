"""The review page's server: one film, one coder, local connections only.

Conventions
-----------
Bound to 127.0.0.1 on a free port. Whoever knows the address with its token is let in, and from then on by a cookie of
which scripts know nothing; every other request is refused, as is one under another host name (a page elsewhere
that has its name resolved to this machine) or from another page. Nothing in an address is ever taken for a file's
name: there are six addresses, and three of them are files of the package.

The standard library serves it: six routes for one person need no framework, and analysing a film no further package.
"""

import json
import logging
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from socket import SHUT_RD, socket
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit
from weakref import WeakSet

from shotscale.errors import FilmError, OptionError, OutputError, UserError
from shotscale.review.frames import Want
from shotscale.review.operations import time_from_json
from shotscale.review.session import Review, StaleRequestError

__all__ = ["ReviewServer"]

_LOG = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_MOST_BYTES = 64 * 1024
_MOST_EXPECTED = 64
_MOST_AROUND = 48
_IDLE_SECONDS = 60
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_ASSETS = {"/review.css": "text/css; charset=utf-8", "/review.js": "text/javascript; charset=utf-8"}

Query = Mapping[str, str]


class ReviewServer(ThreadingHTTPServer):
    """Serves the page of one review until it is shut down; a context manager.

    Parameters
    ----------
    review : Review
    port : int
        0 takes a free one.

    Attributes
    ----------
    token : str
        Without which nobody gets in.
    """

    daemon_threads = False
    allow_reuse_address = False

    def __init__(self, review: Review, *, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(32)
        self._connections: WeakSet[socket] = WeakSet()
        try:
            super().__init__((_HOST, port), partial(_Handler, review))
        except OSError as error:
            raise OptionError(
                f"port {port}: cannot be used ({error.strerror}); leave out --port for a free one"
            ) from error

    @property
    def origin(self) -> str:
        """Scheme, address and port."""
        return f"http://{_HOST}:{self.server_port}"

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.origin}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """The name of the cookie; browsers do not tell one port's cookies from another's."""
        return f"shotscale-review-{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def server_close(self) -> None:
        """Let requests that are being answered come to their end, and nothing more in: then nobody is at the review."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(SHUT_RD)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        """Log what went wrong; a browser that went away in the middle is no error."""
        gone = isinstance(sys.exception(), ConnectionError | TimeoutError)
        _LOG.log(logging.DEBUG if gone else logging.ERROR, "a request of %s failed", client_address, exc_info=True)


class _Refused(Exception):  # noqa: N818 - not an error of ours
    """A request that gets a status and a word in place of an answer."""

    def __init__(self, status: HTTPStatus, message: str = "") -> None:
        super().__init__(message or status.phrase)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    # Small answers are sent at once, not held back for more.
    disable_nagle_algorithm = True
    server: ReviewServer

    def __init__(self, review: Review, *arguments: Any) -> None:
        self._review = review
        super().__init__(*arguments)

    def version_string(self) -> str:
        """Tell nobody which Python this is."""
        return "shotscale"

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        """Log instead of writing to stderr; the token is in no line."""
        _LOG.debug("%s", (format % arguments).replace(self.server.token, "..."))

    def do_GET(self) -> None:
        """Answer what only reads."""
        self._answer(_GET)

    def do_POST(self) -> None:
        """Answer what corrects."""
        self._answer(_POST)

    def _answer(self, routes: "Mapping[str, Callable[[_Handler, Query], None]]") -> None:
        try:
            # Read first, whatever comes of it: what is left of a request would be taken for the next one.
            self._body = self._read_body()
            self._check_host()
            address = _parts(self.path)
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            self._check_token(address.path, query)
            route = routes.get(address.path)
            if route is None:
                raise _Refused(HTTPStatus.NOT_FOUND)
            route(self, query)
        except _Refused as refused:
            self._send_json({"error": str(refused)}, status=refused.status)
        except StaleRequestError:
            self._send_json({"error": "corrected elsewhere since"}, status=HTTPStatus.CONFLICT)
        except OutputError as error:
            self._send_json({"error": str(error)}, status=HTTPStatus.INSUFFICIENT_STORAGE)
        except UserError as error:
            self._send_json({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - the boundary of a request: whatever happens is answered
            _LOG.exception("a request could not be answered")
            self.close_connection = True
            self._send_json({"error": "internal error"}, status=HTTPStatus.INTERNAL_SERVER_ERROR)

    def _check_host(self) -> None:
        if self.headers.get("Host") != f"{_HOST}:{self.server.server_port}":
            raise _Refused(HTTPStatus.MISDIRECTED_REQUEST)
        origin = self.headers.get("Origin")
        if origin is not None and origin != self.server.origin:
            raise _Refused(HTTPStatus.FORBIDDEN)
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin") and self.path.startswith("/api/"):
            raise _Refused(HTTPStatus.FORBIDDEN)

    def _check_token(self, path: str, query: Query) -> None:
        """Let in whoever has the cookie, or asks for the page with the token."""
        try:
            jar = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            jar = SimpleCookie()
        kept = jar.get(self.server.cookie)
        given = query["token"] if path == "/" and "token" in query else kept.value if kept is not None else ""
        if not secrets.compare_digest(given.encode(), self.server.token.encode()):
            raise _Refused(HTTPStatus.FORBIDDEN, "open the address that the command printed")

    def _read_body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isascii() or not length.isdigit():
            self.close_connection = True
            raise _Refused(HTTPStatus.LENGTH_REQUIRED)
        if _count(length) > _MOST_BYTES:
            self.close_connection = True
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.rfile.read(int(length))

    def _json(self) -> dict[str, Any]:
        """Read the request's body; a form of another page cannot send this type."""
        if self.headers.get_content_type() != "application/json":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            content = json.loads(self._body)
        except (ValueError, RecursionError) as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, "not JSON") from error
        if not isinstance(content, dict):
            raise _Refused(HTTPStatus.BAD_REQUEST, "not a JSON object")
        return content

    def page(self, _: Query) -> None:
        """Send the page, and the cookie for everything after it."""
        cookie = f"{self.server.cookie}={self.server.token}; HttpOnly; SameSite=Strict; Path=/"
        content = _page(self._review.title)
        self._send(content, "text/html; charset=utf-8", {"Set-Cookie": cookie, "Cache-Control": "no-store"})

    def asset(self, _: Query) -> None:
        """Send a file of the page."""
        name = urlsplit(self.path).path
        self._send(_resource(name[1:]), _ASSETS[name], {"Cache-Control": "no-cache"})

    def state(self, _: Query) -> None:
        """Send everything that the page starts from."""
        self._send_json(self._review.state())

    def frame(self, query: Query) -> None:
        """Send the frame at, or before, a time."""
        before = "before" in query
        try:
            picture = self._review.frames.picture(Want(_seconds(query["before" if before else "at"]), before))
        except KeyError as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, "at or before: a time is needed") from error
        except FilmError as error:
            raise _Refused(HTTPStatus.GONE, str(error)) from error
        if picture is None:
            raise _Refused(HTTPStatus.NOT_FOUND, "the film has no frame there")
        # Frames never change while the server runs; the page adds a mark that is another the next time.
        self._send(picture.jpeg, "image/jpeg", {"Cache-Control": "private, max-age=86400, immutable"})

    def around(self, query: Query) -> None:
        """Send the times of the frames near a time."""
        n = min(_MOST_AROUND, max(1, _count(query["n"]))) if query.get("n", "").isdecimal() else _MOST_AROUND
        try:
            times = self._review.frames.times_around(_seconds(query.get("at", "")), n)
        except FilmError as error:
            raise _Refused(HTTPStatus.GONE, str(error)) from error
        self._send_json({"times": [round(time, 6) for time in times]})

    def act(self, _: Query) -> None:
        """Carry out a correction; when this is answered it is on the disk."""
        self._send_json(self._review.act(self._json()))

    def expect(self, _: Query) -> None:
        """Take note of what will be asked for next."""
        frames = self._json().get("frames")
        if not isinstance(frames, list) or len(frames) > _MOST_EXPECTED:
            raise _Refused(HTTPStatus.BAD_REQUEST, f"frames: a list of at most {_MOST_EXPECTED}")
        wants = [
            Want(time_from_json(one[0]), bool(one[1])) for one in frames if isinstance(one, list) and len(one) == 2
        ]
        self._review.frames.expect(wants)
        self._send(b"", "text/plain", {}, status=HTTPStatus.NO_CONTENT)

    def _send_json(self, content: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK) -> None:
        data = _encoded(json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
        self._send(data, "application/json", {"Cache-Control": "no-store"}, status=status)

    def _send(self, data: bytes, kind: str, headers: Mapping[str, str], *, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


_GET: Mapping[str, Callable[[_Handler, Query], None]] = {
    "/": _Handler.page,
    **dict.fromkeys(_ASSETS, _Handler.asset),
    "/api/state": _Handler.state,
    "/api/frame": _Handler.frame,
    "/api/around": _Handler.around,
}
_POST: Mapping[str, Callable[[_Handler, Query], None]] = {"/api/act": _Handler.act, "/api/expect": _Handler.expect}


def _parts(path: str) -> SplitResult:
    try:
        return urlsplit(path)
    except ValueError as error:  # a bracket that is not closed
        raise _Refused(HTTPStatus.NOT_FOUND) from error


def _count(digits: str) -> int:
    """Read a number, in as many digits as someone likes; what is beyond nine of them is a billion."""
    return int(digits) if len(digits.lstrip("0")) < 10 and len(digits) < 100 else 10**9


def _encoded(text: str) -> bytes:
    """Return UTF-8; a file's name that is no text has what stands for no text in it."""
    return text.encode("utf-8", "replace")


def _seconds(text: str) -> float:
    """Read a time of an address."""
    try:
        return time_from_json(float(text))
    except ValueError as error:
        raise _Refused(HTTPStatus.BAD_REQUEST, f"{text[:40]}: seconds are needed") from error


@cache
def _resource(name: str) -> bytes:
    return (files("shotscale.data") / name).read_bytes()


def _page(title: str) -> bytes:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return _encoded(environment.from_string(_resource("review.html").decode()).render(title=title))
