"""The open reviews of a desk."""

from collections import OrderedDict
from contextlib import ExitStack
from threading import RLock

from authorship.desk.folder import Desk
from shotscale.film import read_analysis
from shotscale.review.opening import find_film, opened_review
from shotscale.review.session import Review
from shotscale.store.corrected_summary import Follower
from shotscale.store.reading import open_store

__all__ = ["Reviews"]

_MOST_OPEN = 4
"""Maximum number of open reviews: each holds a decoder and its frames."""


class Reviews:
    """Reviews of films, opened on first use; a context manager that closes them all.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = RLock()
        self._open: OrderedDict[tuple[str, str], tuple[Review, ExitStack]] = OrderedDict()

    def of(self, film_id: str) -> Review:
        """Return a film's review by the desk's coder.

        Raises
        ------
        FilmError, TableError, OutputError
            If the film is not measured or missing, or another process is reviewing it.
        """
        name = film_id, self._desk.coder()
        with self._lock:
            if name not in self._open:
                folder = open_store(self._desk.store).check_out(film_id)
                path = find_film(folder, read_analysis(folder), film=self._desk.film_path(film_id))
                with ExitStack() as stack:
                    review = stack.enter_context(opened_review(folder, film=path, coder=name[1], kept=Follower(folder)))
                    self._open[name] = review, stack.pop_all()
            self._open.move_to_end(name)
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)[1][1].close()
            return self._open[name][0]

    def close(self, film_id: str) -> None:
        """Close a film's reviews, so that other code can write its corrections."""
        with self._lock:
            for name in [name for name in self._open if name[0] == film_id]:
                self._open.pop(name)[1].close()

    def __enter__(self) -> "Reviews":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            while self._open:
                self._open.popitem()[1][1].close()
