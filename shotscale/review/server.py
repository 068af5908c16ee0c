"""The review page's routes: one coder corrects one film (access control: `shotscale.localserver`)."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shotscale.errors import FilmError, TableError
from shotscale.localserver import LocalServer, assets, json_answer, json_body, page, refuse
from shotscale.review.frames import Want
from shotscale.review.operations import time_from_json
from shotscale.review.session import Review, StaleRequestError

__all__ = ["ASSETS", "ReviewPage", "review_server"]

_DATA = "shotscale.data"
_MOST_EXPECTED = 64  # the page requests a few shots ahead; a longer list does not come from it
_MOST_AROUND = 48  # two seconds at 24 frames per second on each side

ASSETS = ("review.css", "review.js")
"""Static files of the page."""


def review_server(review: Review, *, port: int = 0) -> LocalServer:
    """Return a server for a single review."""
    return LocalServer("shotscale-review", [*ReviewPage(lambda _: review).routes, *assets(_DATA, *ASSETS)], port=port)


class ReviewPage:
    """The page of a review, found from each request by a function.

    Parameters
    ----------
    back : str, optional
        Address of the page to return to.

    Attributes
    ----------
    routes : list of starlette.routing.Route
        Of the page and its requests.
    """

    def __init__(self, review_of: Callable[[Request], Review], *, back: str | None = None) -> None:
        self._review_of, self._back = review_of, back
        self.routes = [
            Route("/", self.show),
            Route("/api/state", self.state),
            Route("/api/frame", self.frame),
            Route("/api/around", self.around),
            Route("/api/act", self.act, methods=["POST"]),
            Route("/api/expect", self.expect, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Send the page."""
        return page(_DATA, "review.html", title=self._review_of(request).title, back=self._back)

    def state(self, request: Request) -> Response:
        """Send the page's initial state."""
        return json_answer(self._review_of(request).state())

    def frame(self, request: Request) -> Response:
        """Send the frame at or before a time."""
        before = "before" in request.query_params
        want = Want(_seconds(request.query_params.get("before" if before else "at", "")), before)
        try:
            picture = self._review_of(request).frames.picture(want)
        except FilmError as error:
            refuse(HTTPStatus.GONE, str(error))
        if picture is None:
            refuse(HTTPStatus.NOT_FOUND, "the film has no frame there")
        # Frames never change while the server runs; the page adds a token that differs next time.
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        return Response(picture.jpeg, headers=headers, media_type="image/jpeg")

    def around(self, request: Request) -> Response:
        """Send the times of the frames near a time."""
        asked = request.query_params.get("n", "")
        # Ignore longer digit strings, which are never useful: Python refuses to convert thousands of digits.
        n = max(1, min(_MOST_AROUND, int(asked))) if asked.isdecimal() and len(asked) < 10 else _MOST_AROUND
        try:
            times = self._review_of(request).frames.times_around(_seconds(request.query_params.get("at", "")), n)
        except FilmError as error:
            refuse(HTTPStatus.GONE, str(error))
        return json_answer({"times": [round(time, 6) for time in times]})

    async def act(self, request: Request) -> Response:
        """Apply a correction, which is on disk when the answer is sent."""
        content = await json_body(request)
        try:
            return json_answer(await run_in_threadpool(lambda: self._review_of(request).act(content)))
        except StaleRequestError:
            refuse(HTTPStatus.CONFLICT, "the corrections have changed since; reload the page")
        except (FilmError, TableError) as error:  # no fault of the request: the page says that it was not saved
            refuse(HTTPStatus.GONE, str(error))

    async def expect(self, request: Request) -> Response:
        """Register the frames that will be requested next."""
        frames = (await json_body(request)).get("frames")
        if not isinstance(frames, list) or len(frames) > _MOST_EXPECTED:
            refuse(HTTPStatus.BAD_REQUEST, f"frames: a list of at most {_MOST_EXPECTED}")
        pairs = [one for one in frames if isinstance(one, list) and len(one) == 2]
        wants = [Want(time_from_json(time), bool(before)) for time, before in pairs]
        (await run_in_threadpool(self._review_of, request)).frames.expect(wants)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _seconds(text: str) -> float:
    """Read a time from a query parameter."""
    try:
        return time_from_json(float(text))
    except ValueError:
        refuse(HTTPStatus.BAD_REQUEST, f"{text[:40]}: seconds are needed")
