"""Bulk writes: a request refused as a whole is halved until the document at fault is alone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from uuid import UUID

import pytest

from jobsearch.search.engines.base import Write
from jobsearch.search.engines.opensearch.client import connect
from jobsearch.search.engines.opensearch.index_writer import OpenSearchIndex
from jobsearch.search.errors import EngineDown


class Server(BaseHTTPRequestHandler):
    """Answers bulk requests as OpenSearch does. Refuses a body that is too large or contains a certain word as a whole."""

    most: ClassVar[int] = 10**9
    poison: ClassVar[bytes] = b"never in a document"
    blocked: ClassVar[bool] = False
    bulks: ClassVar[int] = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        type(self).bulks += 1
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
