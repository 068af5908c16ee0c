"""The review server, which admits only clients that have its address, and the command that starts it."""

import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Event, Thread, Timer
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from typer.testing import CliRunner

from shotscale.cli.app import app
from shotscale.errors import FilmError, OptionError, OutputError, TableError, UserError
from shotscale.film import Film
from shotscale.localserver import LocalServer
from shotscale.opening import load_analysis
from shotscale.review.corrections import read_corrections
from shotscale.review.frames import FilmFrames
from shotscale.review.journal import Journal
from shotscale.review.opening import opened_review
from shotscale.review.server import review_server
from shotscale.review.session import Review
from shotscale.tables import make_scales, make_shots

Answer = tuple[int, dict[str, str], bytes]


def analyzed(folder: Path, film: Path) -> Path:
    p = np.full((2, 7), 0.05)
    p[:, 3] = 0.7
    Film(
        path=str(film),
        info={"duration": 1.25, "fps": 24.0, "size_bytes": film.stat().st_size},
        shots=make_shots([0.0, 0.5], 1.25, confidences=[1.0, 0.9]),
        scales=make_scales(np.arange(2.0), p),
        provenance={"checksums": {"film": "0" * 64}},
    ).save(folder)
    return folder


class Visitor:
    """A client that sends what the page sends, or what an intruder might."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.cookie = f"{server.cookie}={server.token}"

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent = {"Cookie": self.cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def revision(self) -> str:
        return str(json.loads(self.get("/api/state")[2])["revision"])

    def post(self, path: str, content: object, **headers: str) -> Answer:
        return self.send("POST", path, json.dumps(content).encode(), **{"Content_Type": "application/json", **headers})


@pytest.fixture(scope="module")
def visitor(films: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    film = films["plain"]
    folder = analyzed(tmp_path_factory.mktemp("served") / "film", film)
    with opened_review(folder, film=film, coder="anna") as review, review_server(review) as server:
        yield Visitor(server)


def test_the_address_with_its_token_gives_the_page_and_a_cookie(visitor: Visitor) -> None:
    status, headers, page = visitor.get(f"/?token={visitor.server.token}", Cookie="")
    assert status == 200
    assert b"<h1>plain.mp4</h1>" in page
    assert visitor.server.token.encode() not in page
    cookie = headers["set-cookie"]
    assert cookie.startswith(visitor.cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert headers["server"] == "shotscale"
    assert visitor.get("/")[0] == 200


@pytest.mark.parametrize("path", ["/", "/review.js", "/api/state", "/api/frame?at=0", "/api/around?at=0", "/nothing"])
@pytest.mark.parametrize("cookie", ["", "other=1", "{name}=", "{name}=wrong", "{name}=é", "=;\x7f"])
def test_nobody_else_is_let_in(visitor: Visitor, path: str, cookie: str) -> None:
    status, _, body = visitor.get(path, Cookie=cookie.format(name=visitor.server.cookie))
    assert status == 403
    assert b"shots" not in body


def test_a_token_lets_in_to_the_page_alone(visitor: Visitor) -> None:
    assert visitor.get(f"/api/state?token={visitor.server.token}", Cookie="")[0] == 403
    assert visitor.get("/?token=", Cookie="")[0] == 403
    assert visitor.get("/?token=wrong")[0] == 403


def test_another_name_for_this_machine_is_refused(visitor: Visitor) -> None:
    port = visitor.server.port
    assert visitor.server.origin == f"http://127.0.0.1:{port}"
    for host in (f"localhost:{port}", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}"):
        status, _, body = visitor.get("/api/state", Host=host)
        assert status == 421
        assert f"open the address that begins with {visitor.server.origin}".encode() in body
    for origin in ("http://evil.example", "null", f"http://localhost:{port}"):
        assert visitor.post("/api/act", {"revision": 0}, Origin=origin)[0] == 403
    assert visitor.get("/api/state", Sec_Fetch_Site="cross-site")[0] == 403
    assert visitor.get("/api/state", Origin=visitor.server.origin, Sec_Fetch_Site="same-origin")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/review.py", "/%2e%2e/pyproject.toml", "//etc/passwd", "/api", "/api/", "/review.html"],
)
def test_nothing_in_an_address_is_a_files_name(visitor: Visitor, path: str) -> None:
    assert visitor.get(path)[0] == 404


def test_only_these_methods_and_sizes_and_types(visitor: Visitor) -> None:
    assert visitor.send("PUT", "/api/act")[0] == 405
    assert visitor.send("POST", "/api/act", b"x" * 70_000, Content_Type="application/json")[0] == 413
    assert visitor.send("POST", "/api/act", b"{}", Content_Type="text/plain")[0] == 415
    # Without a body: a server that closes a connection with unread bytes resets it.
    assert visitor.send("POST", "/api/act", b"", Content_Type="application/json", Content_Length="-1")[0] == 400
    for body in (b"", b"[]", b"{", b"[" * 30_000, b"\xff"):
        assert visitor.send("POST", "/api/act", body, Content_Type="application/json")[0] == 400
    for path in ("/api/frame", "/api/frame?at=x", "/api/frame?at=nan", "/api/around?at=", "/api/around?at=1e999"):
        assert visitor.get(path)[0] == 400
    assert visitor.post("/api/expect", {"frames": [[0.0, False]] * 65})[0] == 400
    assert visitor.post("/api/expect", {"frames": [["x", False]]})[0] == 400


def test_every_time_and_number_is_answered(visitor: Visitor) -> None:
    for text in ("1e300", "-1e300", "1e18", "1e9", "-0", "9" * 400, "9" * 5000, "١", "0x1", "", "%00", "%ff", "inf"):
        for path in (
            f"/api/around?at={quote(text)}",
            f"/api/frame?at={quote(text)}",
            f"/api/frame?before={quote(text)}",
        ):
            assert visitor.get(path)[0] in (200, 400, 404, 410)
        assert visitor.get(f"/api/around?at=0.5&n={quote(text)}")[0] == 200
    assert len(json.loads(visitor.get("/api/around?at=0.5&n=9999999999999")[2])["times"]) == 30
    for value in (10**400, -(10**400), 1e300, 1e18, "\ud800", None, [], {}, True):
        assert visitor.post("/api/expect", {"frames": [[value, False]]})[0] == 400
        assert visitor.post("/api/expect", {"frames": value})[0] == (204 if value == [] else 400)
        revision = visitor.revision()
        for entry in ({"do": "split", "time": value}, {"do": "move", "time": 0.5, "to": value}, {"do": value}, value):
            assert visitor.post("/api/act", {"revision": revision, "do": [entry]})[0] == 400
        for name in ("revision", "choose", "do"):
            assert visitor.post("/api/act", {"revision": revision, name: value})[0] in (400, 409)


@pytest.mark.parametrize(
    "request_lines",
    [
        b"GET //[ HTTP/1.1\r\n{host}",
        b"GET /[?[=%\xff HTTP/1.1\r\n{host}",
        b"GET http://[::1/ HTTP/1.1\r\n{host}",
        b"POST /api/act HTTP/1.1\r\n{host}Content-Length: " + b"9" * 5000 + b"\r\n",
        b"POST /api/act HTTP/1.1\r\n{host}Content-Length: \xb2\r\n",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/x\r\n{host}",
        b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n{host}",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200,
        b"\xff\xfe\x00\r\n",
        b"BREW / HTTP/1.1\r\n{host}",
    ],
)
def test_every_odd_request_is_answered(visitor: Visitor, request_lines: bytes) -> None:
    host = f"Host: 127.0.0.1:{visitor.server.port}\r\nCookie: {visitor.cookie}\r\n".encode()
    with socket.create_connection(("127.0.0.1", visitor.server.port), timeout=60) as connection:
        connection.sendall(request_lines.replace(b"{host}", host) + b"\r\n")
        answer = connection.recv(1 << 16)
    assert re.search(rb"Error code: [45]|^HTTP/1.1 [45]", answer), answer


def test_a_fault_of_ours_is_an_answer_too(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr("shotscale.review.session.Review.state", lambda _: 1 / 0)
    status, _, body = visitor.get("/api/state")
    assert (status, json.loads(body)["error"]) == (500, "internal error")
    assert "ZeroDivisionError" in caplog.text


def test_a_film_whose_name_is_no_text(films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = analyzed(tmp_path / "film", films["plain"])
    monkeypatch.setattr(Review, "title", "f\udcffilm.mp4")
    with opened_review(folder, film=films["plain"], coder="anna") as review, review_server(review) as server:
        name = json.loads(Visitor(server).get("/api/state")[2])["title"]
        page = Visitor(server).get("/")[2].decode()
    assert name == "f?ilm.mp4"
    assert "<h1>f?ilm.mp4</h1>" in page


def test_what_is_being_answered_when_the_server_ends_is_kept(
    films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is closed only after the last correction is written, whatever connections are open."""
    folder = analyzed(tmp_path / "film", films["plain"])
    inside, go_on, real = Event(), Event(), Review.act
    answers: list[int] = []

    def slow(review: Review, request: Any) -> Any:
        inside.set()
        assert go_on.wait(60)
        return real(review, request)

    monkeypatch.setattr(Review, "act", slow)
    with opened_review(folder, film=films["plain"], coder="anna") as review:
        with review_server(review) as server:
            visitor = Visitor(server)
            idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            idle.request("GET", "/api/state", headers={"Cookie": visitor.cookie})
            assert len(idle.getresponse().read()) > 0
            split = {"revision": visitor.revision(), "do": [{"do": "split", "time": 0.25}]}
            asking = Thread(target=lambda: answers.append(visitor.post("/api/act", split)[0]))
            asking.start()
            assert inside.wait(60)
            Timer(0.05, go_on.set).start()
        asking.join()
        idle.close()
    assert answers == [200]
    assert len(read_corrections(folder / "corrections-anna.jsonl").document.shots) == 3


def test_of_two_that_begin_at_once_one_is_let_in(films: Any, tmp_path: Path) -> None:
    for trial in range(8):
        folder = analyzed(tmp_path / str(trial), films["plain"])
        together, both = Barrier(2, timeout=60), Barrier(2, timeout=60)
        ends: list[str] = []

        def begin(folder: Path, together: Barrier, both: Barrier, ends: list[str]) -> None:
            together.wait()
            try:
                with opened_review(folder, film=films["plain"], coder="anna") as review:
                    review.act({"revision": review.state()["revision"], "do": [{"do": "split", "time": 0.25}]})
                    ends.append("in")
                    both.wait()
            except OutputError as error:
                ends.append("refused" if "another process" in str(error) else str(error))
                both.wait()

        threads = [Thread(target=begin, args=(folder, together, both, ends)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ends) == ["in", "refused"]
        assert len(read_corrections(folder / "corrections-anna.jsonl").document.shots) == 3


@pytest.mark.parametrize("what", ["deleted", "replaced", "appended", "cut"])
def test_a_file_that_changes_under_the_server_is_told_at_the_next_key(films: Any, tmp_path: Path, what: str) -> None:
    folder = analyzed(tmp_path / "film", films["plain"])
    path = folder / "corrections-anna.jsonl"
    with opened_review(folder, film=films["plain"], coder="anna") as review, review_server(review) as server:
        visitor = Visitor(server)
        split = {"revision": visitor.revision(), "do": [{"do": "split", "time": 0.25}]}
        assert visitor.post("/api/act", split)[0] == 200
        revision, kept = visitor.revision(), path.read_bytes()
        if what == "deleted":
            path.rename(tmp_path / "aside")
        elif what == "replaced":
            path.with_suffix(".new").write_bytes(kept)
            path.with_suffix(".new").replace(path)
        else:
            path.write_bytes(kept + b'{"undo":true}\n' if what == "appended" else kept[:-10])
        there = path.read_bytes() if path.exists() else None
        for key in ({"undo": True}, {"do": [{"do": "code", "time": 0.25, "scale": "CU"}]}):
            status, _, body = visitor.post("/api/act", {"revision": revision, **key})
            assert (status, "repeat the correction" in json.loads(body)["error"]) == (507, True)
        assert len(json.loads(visitor.get("/api/state")[2])["shots"]) == 3
        assert (path.read_bytes() if path.exists() else None) == there
        if what == "deleted":
            (tmp_path / "aside").rename(path)
            assert visitor.post("/api/act", {"revision": revision, "undo": True})[0] == 200


def test_frames_and_their_neighbors(visitor: Visitor) -> None:
    status, headers, jpeg = visitor.get("/api/frame?at=0.5")
    assert (status, headers["content-type"], jpeg[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert "immutable" in headers["cache-control"]
    assert visitor.get("/api/frame?before=0.5")[2] != jpeg
    assert visitor.get("/api/frame?before=0")[0] == 404
    times = json.loads(visitor.get("/api/around?at=0.5&n=1")[2])["times"]
    assert times == pytest.approx([11 / 24, 0.5, 13 / 24], abs=1e-6)
    assert visitor.post("/api/expect", {"frames": [[0.5, True], [0.5, False]]})[0] == 204


def test_a_film_that_is_gone_is_said_of_the_frame(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise FilmError("film.mkv: no frame can be read")

    monkeypatch.setattr(FilmFrames, "picture", gone)
    status, _, body = visitor.get("/api/frame?at=0.7")
    assert (status, json.loads(body)["error"]) == (410, "film.mkv: no frame can be read")


@pytest.mark.parametrize("error", [FilmError, TableError])
def test_a_film_that_is_gone_is_said_of_the_correction(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, error: type[UserError]
) -> None:
    def gone(*_: object) -> None:
        raise error("film abc: no longer in the table; reload the page")

    monkeypatch.setattr(Review, "act", gone)
    status, _, body = visitor.post("/api/act", {"revision": visitor.revision(), "undo": True})
    assert (status, json.loads(body)["error"]) == (410, "film abc: no longer in the table; reload the page")


def test_corrections_are_answered_for(visitor: Visitor) -> None:
    revision = visitor.revision()
    status, _, body = visitor.post("/api/act", {"revision": revision, "do": [{"do": "split", "time": 0.25}]})
    assert status == 200
    assert json.loads(body)["focus"] == 0.0
    status, _, body = visitor.post("/api/act", {"revision": revision, "undo": True})
    assert status == 409
    revision = visitor.revision()
    status, _, body = visitor.post("/api/act", {"revision": revision, "do": [{"do": "split", "time": 0.25}]})
    assert (status, "not inside a shot" in json.loads(body)["error"]) == (400, True)
    assert visitor.post("/api/act", {"revision": revision, "undo": True})[0] == 200


def test_a_disk_that_is_full_is_said(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = visitor.revision()
    monkeypatch.setattr("shotscale.review.journal.os.write", lambda *_: 0)
    status, _, body = visitor.post("/api/act", {"revision": revision, "do": [{"do": "split", "time": 0.25}]})
    assert (status, "cannot be kept" in json.loads(body)["error"]) == (507, True)


def test_a_port_that_is_taken(visitor: Visitor) -> None:
    with pytest.raises(OptionError, match="leave out --port"):
        review_server(None, port=visitor.server.port)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments",
    [
        ["review", "gone.mkv", "--no-browser"],
        ["review", "film", "--coder", "a/b"],
        ["review", "film", "--between", "anna"],
        ["review", "film", "--coder", "c", "--between", "a,b"],
        ["review", "film", "--film", "gone.mkv"],
        ["export", "film"],
        ["export", "film", "--cinescale", "x.csv"],
        ["export", "film", "film", "--frames", "f", "--film", "x.mkv"],
    ],
)
def test_what_the_command_cannot_use_is_one_line(
    films: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    analyzed(tmp_path / "film", films["plain"])
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, UserError), result.output
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.glob("*/corrections*"))


def test_a_misspelled_folder_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["review", "flim", "--no-browser"])
    assert str(result.exception) == "flim: no such file; give a film, or a folder that --save wrote"
    assert not result.output
    assert not list(tmp_path.iterdir())


def test_the_command_serves_until_it_is_killed_and_keeps_what_it_answered(films: Any, tmp_path: Path) -> None:
    folder = analyzed(tmp_path / "film", films["plain"])
    command = [sys.executable, "-m", "shotscale", "review", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)\n", lines[1])
        assert match is not None, lines
        connection = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=60)
        headers = {
            "Cookie": f"shotscale-review-{match[1]}={match[2]}",
            "Content-Type": "application/json",
        }
        connection.request("GET", "/api/state", headers=headers)
        revision = json.loads(connection.getresponse().read())["revision"]
        body = json.dumps({"revision": revision, "do": [{"do": "code", "time": 0.5, "scale": "CU"}]})
        connection.request("POST", "/api/act", body, headers)
        assert connection.getresponse().status == 200
        connection.close()
        process.kill()
    path = folder / "corrections-coder.jsonl"
    assert read_corrections(path).n_checked == 1
    with Journal(path) as journal:  # the killed command no longer holds it
        assert journal.recovered == 0
    assert load_analysis(folder).scales["scale"].tolist() == ["MS", "CU"]
