"""The desk's server, spoken to without a browser."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import psutil
import pytest

from authorship.desk.folder import Desk
from authorship.desk.measuring import NOTHING, OWN, PROGRESS
from authorship.desk.server import desk_server
from authorship.desk.steering import Measuring
from shotscale.files import make_folder, write_json
from shotscale.localserver import LocalServer

SECONDS = 60
"""Timeout in seconds; far longer than any answer takes."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    with desk_server(tmp_path) as server:
        yield server


def begin(server: LocalServer, path: str, length: int, **headers: str) -> http.client.HTTPConnection:
    """Begin to send a request whose body of `length` bytes follows."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.putrequest("POST", path)
    sent = {"Cookie": f"{server.cookie}={server.token}", "Content-Length": str(length), **headers}
    for name, text in sent.items():
        connection.putheader(name.replace("_", "-"), text)
    connection.endheaders()
    return connection


def ended(connection: http.client.HTTPConnection) -> tuple[int, Any]:
    """Return the status and content of an answer."""
    with closing(connection):
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def shown(server: LocalServer, path: str) -> str:
    """Return a page."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)) as connection:
        connection.request("GET", path, headers={"Cookie": f"{server.cookie}={server.token}"})
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK
        return answer.read().decode()


def test_films_of_one_name_uploaded_at_once_are_two_films(server: LocalServer, tmp_path: Path) -> None:
    contents = (b"first" * 1000, b"second" * 1000)
    told = {"X_Film_Name": "film.mkv", "X_Film_Changed": "987654321000"}
    uploads = [begin(server, "/api/upload", len(content), **told) for content in contents]
    ends = time.monotonic() + SECONDS
    while len(list(tmp_path.glob("films/.film*"))) < len(uploads):  # both under way
        assert time.monotonic() < ends
        time.sleep(0.01)
    for upload, content in zip(uploads, contents, strict=True):
        upload.send(content)
    answers = [ended(upload) for upload in uploads]
    assert sorted(added for _, answer in answers for added in answer["added"]) == ["film", "film 2"]
    assert sorted(path.read_bytes() for path in tmp_path.glob("films/*")) == sorted(contents)
    assert {path.stat().st_mtime for path in tmp_path.glob("films/*")} == {987654321}
    assert sorted(pd.read_csv(tmp_path / "films.csv")["path"]) == ["films/film 2.mkv", "films/film.mkv"]


def ask(server: LocalServer, path: str, /, **content: object) -> tuple[int, Any]:
    body = json.dumps(content).encode()
    connection = begin(server, path, len(body), Content_Type="application/json")
    connection.send(body)
    return ended(connection)


@pytest.mark.parametrize("path", ["~nobody-of-that-name/film.mkv", "film\0.mkv", "x" * 5000, "\ud800.mkv"])
def test_what_is_no_path_is_one_line(server: LocalServer, path: str) -> None:
    for answer in (ask(server, "/api/add", paths=[path]), ask(server, "/api/reference", kind="path", path=path)):
        assert answer[0] == 400
        assert answer[1]["error"].endswith("; correct the path")
        assert "\n" not in answer[1]["error"]


def test_drawings_say_what_is_compared(server: LocalServer) -> None:
    assert "<svg" in shown(server, "/map")  # of the reference's films alone
    assert "A tree of 3 features joins films that are alike in these alone" in shown(server, "/tree")


def test_a_film_in_the_place_of_another_is_not_taken_for_it(stand_in: ModuleType, tmp_path: Path) -> None:
    stand_in.run(stand_in.make_corpus(tmp_path, 2), tmp_path / "store")
    with desk_server(tmp_path) as server:
        (tmp_path / "0.mkv").write_bytes(b"another film")
        write_json(make_folder(tmp_path / OWN) / PROGRESS, {**NOTHING, "error": "no room"})
        shown(server, "/")
        ends = time.monotonic() + SECONDS
        while [film["state"] for film in Desk(tmp_path).state()["films"]] != ["waiting", "measured"]:
            assert time.monotonic() < ends
            time.sleep(0.05)
        assert Desk(tmp_path).state()["measuring"]["error"] == "no room"


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_relative_path_starts_at_the_folder(quote: str, server: LocalServer, tmp_path: Path) -> None:
    (tmp_path / "in'side").mkdir()
    (tmp_path / "in'side" / "film.mkv").write_bytes(b"no film")
    assert ask(server, "/api/add", paths=[f"{quote}in'side{quote}"]) == (200, {"added": ["film"]})


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("set", {}),
        ("set", {"film": "a", "column": "title", "text": 1}),
        ("add", {"paths": "film.mkv"}),
        ("add", {"paths": [None]}),
        ("preview", {"name": "a", "content": "", "options": ["fps"]}),
        ("preview", {"name": "a", "content": "", "options": {"fps": 24}}),
        ("measure", {"do": ["start"]}),
    ],
)
def test_an_unexpected_request_is_refused(server: LocalServer, path: str, content: dict[str, object]) -> None:
    assert ask(server, f"/api/{path}", **content) == (400, {"error": "unexpected request; reload the page"})


def test_a_fault_of_the_desk_is_logged_as_one(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("column")

    monkeypatch.setattr(Desk, "add_column", fail)
    assert ask(server, "/api/column", name="genre") == (500, {"error": "internal error"})
    assert "a request could not be answered" in caplog.text


def test_measuring_that_ends_while_it_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended:
        def status(self) -> str:
            raise psutil.NoSuchProcess(1)

    monkeypatch.setattr(Measuring, "_process", lambda _: Ended())
    assert not Measuring(tmp_path).state()["paused"]
