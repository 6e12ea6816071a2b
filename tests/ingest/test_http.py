"""HTTP responses of the feed: the headers have one time limit together, each read of the body has its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from ingest.client.http import HttpClient, _Response
from ingest.client.responses import ResponseLimits
from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    client, server = socket.socketpair()
    with client, server:
        yield client, server


def test_the_socket_has_its_time_out_again_after_the_headers(ends):
    client, server = ends
    client.settimeout(30)
    server.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    response = _Response(client, method="GET")
    response.begin()
    assert client.gettimeout() == 30
    server.sendall(b"ok")
    assert response.read() == b"ok"


def test_headers_that_never_end_are_given_up_although_bytes_arrive(ends):
    client, server = ends
    client.settimeout(0.5)
    response = _Response(client, method="GET")
    stopped = threading.Event()

    def send_bytes() -> None:
        while not stopped.wait(0.05):
            server.sendall(b"x")

    sender = threading.Thread(target=send_bytes)
    sender.start()
    try:
        with pytest.raises(TimeoutError):
            response.begin()
    finally:
        stopped.set()
        sender.join()


def test_a_request_starts_no_thread(monkeypatch):
    with FakeFeed(ads=plain_ads) as feed:
        client = HttpClient(feed.url, user_agent="test", threads=1)
        limits = ResponseLimits(read=60.0, total=120.0, size=1_000_000)
        client.get("/", limits)  # for the connection the server has a thread
        monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail(f"{thread} was started"))
        assert client.get("/", limits).status
        monkeypatch.undo()
        client.close()
