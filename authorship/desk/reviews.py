"""The open reviews of a desk."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Condition

from authorship.desk.folder import Desk
from shotscale.errors import OptionError
from shotscale.film import read_analysis
from shotscale.review.corrections import holding_corrections
from shotscale.review.opening import find_film, opened_review
from shotscale.review.session import Review
from shotscale.store.corrected_summary import Follower
from shotscale.store.reading import open_store

_MOST_OPEN = 4
"""Maximum number of open reviews: each holds a decoder and its frames."""


@dataclass
class _Open:
    """An open review, what closes it, and how many requests use it now."""

    review: Review
    stack: ExitStack
    n_users: int = 0


class Reviews:
    """Reviews of films, opened on first use; a context manager that closes them all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._changed = Condition()
        self._open: OrderedDict[tuple[str, str, bool], _Open] = OrderedDict()

    @contextmanager
    def of(self, film_id: str, *, decides: bool = False) -> Iterator[Review]:
        """Yield a film's review by the desk's coder, which stays open within the block.

        `decides` is whether the coder is to decide between the two who have corrected the film.

        Raises
        ------
        FilmError, TableError, OptionError, OutputError
            If the film is not measured or missing, another process is reviewing it, or a coder would decide between
            another and himself.
        """
        name = film_id, self._desk.coder(), decides
        with self._changed:
            self._close((*name[:2], not decides))  # only one review at a time may write a coder's file
            found = self._open.get(name) or self._opened(*name)
            found.n_users += 1
            self._open[name] = found
            self._open.move_to_end(name)
            self._close_unused()
        try:
            yield found.review
        finally:
            with self._changed:
                found.n_users -= 1
                self._close_unused()
                self._changed.notify_all()

    def close(self, film_id: str) -> None:
        """Close a film's reviews once no request uses them, so that other code can write its corrections."""
        with self._changed:
            for name in [name for name in self._open if name[0] == film_id]:
                self._close(name)

    def _close(self, name: tuple[str, str, bool]) -> None:
        while name in self._open and self._open[name].n_users:
            self._changed.wait()
        if name in self._open:
            self._open.pop(name).stack.close()

    def _opened(self, film_id: str, coder: str, decides: bool) -> _Open:
        folder = open_store(self._desk.store).check_out(film_id)
        path = find_film(folder, read_analysis(folder), film=self._desk.film_path(film_id))
        holding = [one.coder for one in holding_corrections(folder)] if decides else []
        between = holding[:2] if len(holding) > 1 else []
        if coder in between:
            raise OptionError(f"{coder} has corrected this film: a third decides; enter another name under Coder")
        with ExitStack() as stack:
            review = stack.enter_context(
                opened_review(folder, film=path, coder=coder, between=between, kept=Follower(folder))
            )
            return _Open(review, stack.pop_all())

    def _close_unused(self) -> None:
        """Close reviews beyond the maximum, the one used longest ago first, but none in use."""
        unused = [name for name, one in self._open.items() if not one.n_users]
        for name in unused[: max(0, len(self._open) - _MOST_OPEN)]:
            self._open.pop(name).stack.close()

    def __enter__(self) -> "Reviews":
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            while self._open:
                self._open.popitem()[1].stack.close()
