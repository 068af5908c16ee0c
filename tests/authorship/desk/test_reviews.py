"""The desk's open reviews: a page's request reaches the corrections that the page shows, or none."""

from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest

from authorship.desk.actions import Actions
from authorship.desk.fields import key_of
from authorship.desk.folder import Desk
from authorship.desk.reviews import Reviews
from shotscale.coders import journal_path
from shotscale.errors import OptionError
from shotscale.review.opening import import_coding
from shotscale.review.session import StaleRequestError
from shotscale.shotlists import ShotList
from shotscale.store.reading import open_store

N_FILMS = 7


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


def state(reviews: Reviews, film: str = "film-0") -> dict[str, Any]:
    with reviews.of(film) as review:
        return review.state()


def act(reviews: Reviews, request: dict[str, Any]) -> dict[str, Any]:
    with reviews.of("film-0") as review:
        return review.act(request)


def test_a_page_of_another_coder_corrects_nothing(desk: Desk) -> None:
    with Reviews(desk) as reviews:
        shown = state(reviews)
        desk.remember(coder="ben")
        with pytest.raises(StaleRequestError):
            act(reviews, merge(shown))
        assert state(reviews)["coder"] == "ben"
        assert not state(reviews)["undo"]
        desk.remember(coder="anna")
        assert act(reviews, merge(shown))["undo"]


def test_a_page_from_before_an_import_corrects_nothing(desk: Desk) -> None:
    folder = open_store(desk.store).check_out("film-0")
    with Reviews(desk) as reviews:
        shown = state(reviews)
        reviews.close("film-0")
        imported = open_store(desk.store).load("film-0").shots.drop(index=2)
        import_coding(folder, ShotList(imported, None, "table"), coder="anna")
        held = journal_path(folder, "anna").read_bytes()
        with pytest.raises(StaleRequestError):
            act(reviews, merge(shown))
        assert journal_path(folder, "anna").read_bytes() == held


def test_a_page_goes_on_with_a_review_opened_again(desk: Desk) -> None:
    with Reviews(desk) as reviews:
        shown = state(reviews)
        for i in range(1, N_FILMS):  # more than stay open
            state(reviews, f"film-{i}")
        change = act(reviews, merge(shown))
    with Reviews(desk) as reviews:
        assert not act(reviews, {"revision": change["revision"], "undo": True})["undo"]


def test_a_third_coder_decides_between_two(desk: Desk) -> None:
    def shown() -> tuple[str, bool]:
        film = desk.state()["films"][0]
        return film["state"], film.get("decide", False)

    with Reviews(desk) as reviews:
        assert state(reviews)["notes"] == []
        act(reviews, merge(state(reviews)))
        assert shown() == ("corrected", False)
        desk.remember(coder="ben")
        assert state(reviews)["notes"][0].startswith("Corrected by anna so far: yours are kept apart")
        act(reviews, merge(state(reviews), 2))
        assert shown() == ("failed", True)
        assert desk.state()["films"][0]["detail"] == (
            "corrected by anna and by ben, and nobody has decided between them; enter a third name under Coder and "
            "press Decide"
        )
        for kind in ("map", "tree"):
            assert "left out, without figures: film-0" in Actions(desk).chart(kind).note
        for i in range(N_FILMS):
            desk.set_cell(key_of(f"film-{i}"), "director", "AB"[i % 2])
        actions = Actions(desk)
        assert actions.choose_own() == "6 films by A, B, kept in reference/; left out, without figures: film-0"
        assert not desk.state()["outdated"]
        assert actions.verdict("film-1")["itself"]
        assert "The reference holds film-1. If that is this film" in actions.report("film-1")
        with (
            pytest.raises(OptionError, match="ben has corrected this film: a third decides"),
            reviews.of("film-0", decides=True),
        ):
            pass
        desk.remember(coder="carl")
        assert state(reviews)["agreement"] is None
        with reviews.of("film-0", decides=True) as review:
            assert review.state()["agreement"]["coders"] == ["anna", "ben"]
            review.act(
                {"revision": review.state()["revision"], "choose": 0, "time": review.state()["shots"][1]["start"]}
            )
        assert shown() == ("corrected", False)
        assert state(reviews)["agreement"] is not None
        assert desk.state()["outdated"], "film-0 has figures again"
        actions.choose_own()
        assert not desk.state()["outdated"]
        desk.set_cell(key_of("film-1"), "director", "A")
        assert desk.state()["outdated"]
        actions.choose_builtin()
        assert not desk.state()["outdated"]


def test_a_review_in_use_is_closed_by_nothing(desk: Desk) -> None:
    with Reviews(desk) as reviews:
        with reviews.of("film-0") as review:
            for i in range(1, N_FILMS):
                state(reviews, f"film-{i}")
            closing = Thread(target=reviews.close, args=("film-0",))
            closing.start()
            closing.join(0.2)
            assert closing.is_alive()
            assert review.act(merge(review.state()))["undo"]
        closing.join()
        assert state(reviews)["undo"]
