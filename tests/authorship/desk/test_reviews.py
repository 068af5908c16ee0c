"""The desk's open reviews: a page's request reaches the corrections that the page shows, or none."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from authorship.desk.folder import Desk
from authorship.desk.reviews import Reviews
from shotscale.coders import journal_path
from shotscale.review.opening import import_coding
from shotscale.review.session import StaleRequestError
from shotscale.shotlists import ShotList
from shotscale.store.reading import open_store

N_FILMS = 6


@pytest.fixture
def desk(stand_in: ModuleType, films: Any, tmp_path: Path) -> Desk:
    """Films that can be opened; their shots are drawn."""
    table = stand_in.make_corpus(tmp_path, N_FILMS)
    for i in range(N_FILMS):
        (tmp_path / f"{i}.mkv").write_bytes(films["plain"].read_bytes() + bytes([i]))
    stand_in.run(table, tmp_path / "store")
    desk = Desk(tmp_path)
    desk.remember(coder="anna")
    return desk


def merge(shown: dict[str, Any], place: int = 1) -> dict[str, Any]:
    return {"revision": shown["revision"], "do": [{"do": "merge", "time": shown["shots"][place]["start"]}]}


def test_a_page_of_another_coder_corrects_nothing(desk: Desk) -> None:
    with Reviews(desk) as reviews:
        shown = reviews.of("film-0").state()
        desk.remember(coder="ben")
        with pytest.raises(StaleRequestError):
            reviews.of("film-0").act(merge(shown))
        assert reviews.of("film-0").state()["coder"] == "ben"
        assert not reviews.of("film-0").state()["undo"]
        desk.remember(coder="anna")
        assert reviews.of("film-0").act(merge(shown))["undo"]


def test_a_page_from_before_an_import_corrects_nothing(desk: Desk) -> None:
    folder = open_store(desk.store).check_out("film-0")
    with Reviews(desk) as reviews:
        shown = reviews.of("film-0").state()
        reviews.close("film-0")
        imported = open_store(desk.store).load("film-0").shots.drop(index=2)
        import_coding(folder, ShotList(imported, None, "table"), coder="anna")
        held = journal_path(folder, "anna").read_bytes()
        with pytest.raises(StaleRequestError):
            reviews.of("film-0").act(merge(shown))
        assert journal_path(folder, "anna").read_bytes() == held


def test_a_page_goes_on_with_a_review_opened_again(desk: Desk) -> None:
    with Reviews(desk) as reviews:
        shown = reviews.of("film-0").state()
        for i in range(1, N_FILMS):  # more than stay open
            reviews.of(f"film-{i}")
        change = reviews.of("film-0").act(merge(shown))
    with Reviews(desk) as reviews:
        assert not reviews.of("film-0").act({"revision": change["revision"], "undo": True})["undo"]
