"""Circuit breaker: after one time-out of OpenSearch other requests fail at once."""

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
from jobsearch.search.engines.opensearch.client import CircuitBreaker, ResponseTimeout, connect, translate_errors

ANYTHING = Request(EVERYTHING, EVERYTHING, {}, {}, "published", 0, 25, 20_000)


class SilentServer:
    """Accepts connections and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.accepted: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self.accepted.append(self.socket.accept()[0])
            except OSError:
                return

    def close(self) -> None:
        self.socket.close()
        for connection in self.accepted:
            connection.close()


@pytest.fixture
def silent_server(monkeypatch) -> Iterator[SilentServer]:
    for module in (client, engine):
        monkeypatch.setattr(module, "SEARCH_SECONDS", 0.3)
    server = SilentServer()
    yield server
    server.close()


@pytest.fixture
def clock(monkeypatch):
    """The clock of the circuit breaker, moved by the test."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(client, "monotonic", lambda: Clock.now)
    return Clock


def test_requests_after_a_time_out_fail_without_contacting_the_server(silent_server, clock):
    opensearch = OpenSearchEngine(silent_server.url)
    with pytest.raises(ResponseTimeout, match="not answered in time"):
        opensearch.search(ANYTHING)
    asked = len(silent_server.accepted)
    for _ in range(5):
        with pytest.raises(EngineDown, match="asked again soon"):
            opensearch.search(ANYTHING)
    assert len(silent_server.accepted) == asked == 1
    clock.now += client.OPEN_SECONDS
    with pytest.raises(ResponseTimeout, match="not answered in time"):
        opensearch.search(ANYTHING)
    assert len(silent_server.accepted) == 2
    opensearch.close()


def test_other_requests_fail_at_once_while_one_tests_the_server(clock):
    breaker = CircuitBreaker()
    with pytest.raises(ResponseTimeout), breaker.protect():
        raise ResponseTimeout
    clock.now += client.OPEN_SECONDS
    with breaker.protect(), pytest.raises(ResponseTimeout), breaker.protect():
        raise AssertionError("asked too")
    with breaker.protect():
        pass  # it has answered


@pytest.mark.parametrize("error", [EngineDown("refused"), ValueError("ours")])
def test_other_errors_do_not_open_the_circuit(clock, error):
    breaker = CircuitBreaker()
    with pytest.raises(ResponseTimeout), breaker.protect():
        raise ResponseTimeout
    clock.now += client.OPEN_SECONDS
    with pytest.raises(type(error)), breaker.protect():
        raise error
    with breaker.protect():
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


def test_a_node_that_does_not_answer_is_skipped_for_another_node(silent_server):
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        several = connect(f"{silent_server.url},127.0.0.1:{server.server_port}")
        for _ in range(6):
            with translate_errors():
                assert several.info() == {"cluster_name": "one"}
        assert len(silent_server.accepted) == 1, "contacted once, then skipped"
        several.close()
        server.shutdown()
    assert connect(silent_server.url).transport.retry_on_timeout is False, "with a single node a retry would only double the wait"


def test_a_refused_connection_is_no_response_timeout(clock):
    with socket.create_server(("127.0.0.1", 0)) as once:
        url = f"http://127.0.0.1:{once.getsockname()[1]}"
    refused = connect(url)
    with pytest.raises(EngineDown) as raised, translate_errors():
        refused.info()
    assert not isinstance(raised.value, ResponseTimeout)
    refused.close()
