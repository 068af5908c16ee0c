"""The desk's server, spoken to without a browser."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from authorship.desk.server import desk_server
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


def test_films_of_one_name_uploaded_at_once_are_two_films(server: LocalServer, tmp_path: Path) -> None:
    contents = (b"first" * 1000, b"second" * 1000)
    uploads = [begin(server, "/api/upload", len(content), X_Film_Name="film.mkv") for content in contents]
    ends = time.monotonic() + SECONDS
    while len(list(tmp_path.glob("films/.film*"))) < len(uploads):  # both under way
        assert time.monotonic() < ends
        time.sleep(0.01)
    for upload, content in zip(uploads, contents, strict=True):
        upload.send(content)
    told = [ended(upload) for upload in uploads]
    assert sorted(added for _, answer in told for added in answer["added"]) == ["film", "film 2"]
    assert sorted(path.read_bytes() for path in tmp_path.glob("films/*")) == sorted(contents)
    assert pd.read_csv(tmp_path / "films.csv")["path"].tolist() == ["films/film.mkv", "films/film 2.mkv"]
