"""The review page's routes: one coder corrects one film (access control: `shotscale.localserver`)."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shotscale.errors import FilmError, TableError
from shotscale.localserver import LocalServer, assets, json_answer, json_body, page, refuse
from shotscale.review.frames import Want
from shotscale.review.operations import time_from_json
from shotscale.review.session import Review, StaleRequestError

_DATA = "shotscale.data"
_MOST_EXPECTED = 64  # the page requests a few shots ahead; a longer list does not come from it
_MOST_AROUND = 48  # two seconds at 24 frames per second on each side

ASSETS = ("review.css", "review.js")
"""Static files of the page."""


def review_server(review: Review, *, port: int = 0) -> LocalServer:
    """Return a server for a single review."""
    review_page = ReviewPage(lambda _: nullcontext(review))
    return LocalServer("shotscale-review", [*review_page.routes, *assets(_DATA, *ASSETS)], port=port)


class ReviewPage:
    """The page of a review, and its requests, as `routes`.

    `review_of` returns a context manager that yields the review of a request; `back` is the address of the page to
    return to.
    """

    def __init__(
        self, review_of: Callable[[Request], AbstractContextManager[Review]], *, back: str | None = None
    ) -> None:
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
        with self._review_of(request) as review:
            return page(_DATA, "review.html", title=review.title, back=self._back)

    def state(self, request: Request) -> Response:
        """Send the page's initial state."""
        with self._review_of(request) as review:
            return json_answer(review.state())

    def frame(self, request: Request) -> Response:
        """Send the frame at or before a time."""
        before = "before" in request.query_params
        want = Want(_seconds(request.query_params.get("before" if before else "at", "")), before)
        try:
            with self._review_of(request) as review:
                picture = review.frames.picture(want)
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
        at = _seconds(request.query_params.get("at", ""))
        try:
            with self._review_of(request) as review:
                times = review.frames.times_around(at, n)
        except FilmError as error:
            refuse(HTTPStatus.GONE, str(error))
        return json_answer({"times": [round(time, 6) for time in times]})

    async def act(self, request: Request) -> Response:
        """Apply a correction, which is on disk when the answer is sent."""
        content = await json_body(request)
        try:
            return json_answer(await run_in_threadpool(self._act, request, content))
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
        await run_in_threadpool(self._expect, request, wants)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _act(self, request: Request, content: Mapping[str, Any]) -> dict[str, Any]:
        with self._review_of(request) as review:
            return review.act(content)

    def _expect(self, request: Request, wants: list[Want]) -> None:
        with self._review_of(request) as review:
            review.frames.expect(wants)


def _seconds(text: str) -> float:
    """Read a time from a query parameter."""
    try:
        return time_from_json(float(text))
    except ValueError:
        refuse(HTTPStatus.BAD_REQUEST, f"{text[:40]}: seconds are needed")
