"""An OpenSearch that takes questions and does not answer: one visitor finds that out, the others do not wait for it too."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from jobsearch.search.api import EngineDown
from jobsearch.search.conditions import EVERYTHING
from jobsearch.search.engines.base import Request
from jobsearch.search.engines.opensearch import OpenSearchEngine, client, engine
from jobsearch.search.engines.opensearch.client import Silence, Silent, connect, failures

ANYTHING = Request(EVERYTHING, EVERYTHING, {}, {}, "published", 0, 25, 20_000)


class Deaf:
    """Accepts connections and says nothing."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.taken: list[socket.socket] = []
        Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self.taken.append(self.socket.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self.socket.close()
        for one in self.taken:
            one.close()


@pytest.fixture
def deaf(monkeypatch) -> Iterator[Deaf]:
    for module in (client, engine):
        monkeypatch.setattr(module, "SEARCH_SECONDS", 0.3)
    server = Deaf()
    yield server
    server.close()


@pytest.fixture
def clock(monkeypatch):
    """The time that a silence is measured by, moved by the test."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(client, "monotonic", lambda: Clock.now)
    return Clock


def test_after_a_time_out_the_next_are_told_without_asking(deaf, clock):
    one = OpenSearchEngine(deaf.url)
    with pytest.raises(Silent, match="not answered in time"):
        one.search(ANYTHING)
    asked = len(deaf.taken)
    for _ in range(5):
        with pytest.raises(EngineDown, match="asked again soon"):
            one.search(ANYTHING)
    assert len(deaf.taken) == asked == 1
    clock.now += client.SILENT_SECONDS
    with pytest.raises(Silent, match="not answered in time"):
        one.search(ANYTHING)
    assert len(deaf.taken) == 2
    one.close()


def test_while_one_asks_again_the_others_do_not_wait_with_it(clock):
    silence = Silence()
    with pytest.raises(Silent), silence.respected():
        raise Silent
    clock.now += client.SILENT_SECONDS
    with silence.respected(), pytest.raises(Silent), silence.respected():
        raise AssertionError("asked too")
    with silence.respected():
        pass  # it has answered


@pytest.mark.parametrize("error", [EngineDown("refused"), ValueError("ours")])
def test_another_error_is_no_silence(clock, error):
    silence = Silence()
    with pytest.raises(Silent), silence.respected():
        raise Silent
    clock.now += client.SILENT_SECONDS
    with pytest.raises(type(error)), silence.respected():
        raise error
    with silence.respected():
        pass


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"cluster_name": "one"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_silent_node_among_others_is_left_alone_and_the_next_one_asked(deaf):
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        several = connect(f"{deaf.url},127.0.0.1:{server.server_port}")
        for _ in range(6):
            with failures():
                assert several.info() == {"cluster_name": "one"}
        assert len(deaf.taken) == 1, "asked once, then left alone"
        several.close()
        server.shutdown()
    assert connect(deaf.url).transport.retry_on_timeout is False, "alone it would only be waited for twice"


def test_a_refused_connection_is_no_silence(clock):
    with socket.create_server(("127.0.0.1", 0)) as once:
        url = f"http://127.0.0.1:{once.getsockname()[1]}"
    refused = connect(url)
    with pytest.raises(EngineDown) as raised, failures():
        refused.info()
    assert not isinstance(raised.value, Silent)
    refused.close()
