"""Bulk writes: a request refused as a whole is halved until the document at fault is alone."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import ClassVar
from uuid import UUID

import pytest

from jobsearch.search.engines.base import Write
from jobsearch.search.engines.opensearch import index_writer
from jobsearch.search.engines.opensearch.client import connect
from jobsearch.search.engines.opensearch.index_writer import OpenSearchIndex
from jobsearch.search.errors import EngineDown


class Server(BaseHTTPRequestHandler):
    """Answers bulk requests as OpenSearch does. Refuses a body that is too large or contains a certain word as a whole."""

    most: ClassVar[int] = 10**9
    poison: ClassVar[bytes] = b"never in a document"
    blocked: ClassVar[bool] = False
    bulks: ClassVar[int] = 0
    sizes: ClassVar[list[int]] = []
    in_flight: ClassVar[list[int]] = []
    pause: ClassVar[float] = 0
    _now: ClassVar[int] = 0
    _lock: ClassVar[Lock] = Lock()

    def do_POST(self) -> None:
        with self._lock:
            type(self)._now += 1
            self.in_flight.append(self._now)
        time.sleep(self.pause)
        with self._lock:
            type(self)._now -= 1  # before the answer, after which the client sends the next one
        self.answer_bulk()

    def answer_bulk(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with self._lock:
            type(self).bulks += 1
            self.sizes.append(len(body))
        if len(body) > self.most:
            self.answer(413, {"error": "too large"})
        elif self.poison in body:
            self.answer(400, {"error": {"type": "json_parse_exception"}, "status": 400})
        else:
            blocked = {"status": 403, "error": {"type": "cluster_block_exception"}}
            lines = [json.loads(line) for line in body.splitlines() if line.startswith(b'{"index":{"_id"')]
            self.answer(200, {"items": [{"index": blocked if self.blocked else {"status": 201}} for _ in lines]})

    def answer(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch) -> Iterator[OpenSearchIndex]:
    monkeypatch.setattr(Server, "bulks", 0)
    monkeypatch.setattr(Server, "sizes", [])
    monkeypatch.setattr(Server, "in_flight", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, daemon=True).start()
    client = connect(f"http://127.0.0.1:{server.server_port}")
    yield OpenSearchIndex(client, "test")
    client.close()
    server.shutdown()
    server.server_close()


def writes(count: int, **odd: str) -> list[Write]:
    bodies = {int(number.removeprefix("n")): text for number, text in odd.items()}
    return [Write(UUID(int=number), 1, {"body": bodies.get(number, "kokk")}) for number in range(count)]


def test_a_document_that_is_too_large_fails_alone(index, monkeypatch):
    monkeypatch.setattr(Server, "most", 60_000)
    written = index.write(writes(500, n7="x" * 70_000, n400="y" * 70_000))
    assert written.done == 498
    assert dict(written.failed) == {UUID(int=7): "400 request_refused", UUID(int=400): "400 request_refused"}


def test_a_bulk_that_is_too_large_is_written_in_parts(index, monkeypatch):
    monkeypatch.setattr(Server, "most", 4_000)
    written = index.write(writes(250))
    assert (written.done, written.failed) == (250, {})


def test_a_document_that_the_server_cannot_parse_fails_alone(index, monkeypatch):
    monkeypatch.setattr(Server, "poison", b"gift")
    written = index.write(writes(250, n99="gift"))
    assert written.done == 249
    assert [*written.failed] == [UUID(int=99)]
    assert Server.bulks < 25, "halved, not tried one by one"


def test_a_full_disk_is_not_blamed_on_a_document(index, monkeypatch):
    monkeypatch.setattr(Server, "blocked", True)
    with pytest.raises(EngineDown, match="disk"):
        index.write(writes(5))


def test_a_bulk_has_a_limited_size_and_their_number_grows_as_the_data(index, monkeypatch):
    monkeypatch.setattr(index_writer, "_BULK_BYTES", 20_000)
    found = []
    for count in (100, 200):
        Server.sizes.clear()
        assert index.write([Write(UUID(int=number), 1, {"body": "x" * 900}) for number in range(count)]).done == count
        assert max(Server.sizes) <= 20_000
        found.append(len(Server.sizes))
    assert found[1] == 2 * found[0]


def test_a_document_larger_than_a_bulk_is_sent_alone(index, monkeypatch):
    monkeypatch.setattr(index_writer, "_BULK_BYTES", 5_000)
    assert index.write(writes(3, n1="x" * 9_000)).done == 3
    assert Server.bulks == 3


def test_two_bulks_are_in_flight_and_no_more(index, monkeypatch):
    monkeypatch.setattr(index_writer, "_BULK_SIZE", 10)
    monkeypatch.setattr(Server, "pause", 0.02)
    assert index.write(writes(100)).done == 100
    assert (Server.bulks, max(Server.in_flight)) == (10, 2)


def test_no_further_bulk_is_sent_after_one_that_fails(index, monkeypatch):
    monkeypatch.setattr(index_writer, "_BULK_SIZE", 10)
    monkeypatch.setattr(Server, "blocked", True)
    with pytest.raises(EngineDown):
        index.write(writes(500))
    assert Server.bulks <= 4


def test_a_document_with_a_value_that_json_does_not_have_fails_alone(index):
    found = index.write([*writes(2), Write(UUID(int=7), 1, {"body": {1, 2}})])
    assert (found.done, dict(found.failed)) == (2, {UUID(int=7): "400 request_refused"})
