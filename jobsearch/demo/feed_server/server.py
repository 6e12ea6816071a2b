"""The stand-in on the wire: HTTP/1.1 on a loopback address, a thread per connection."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import socket
import sqlite3
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Faults
from .responses import HEADER_LIMIT, Answer, Ask, answer, html_error, server_error
from .store import Store
from .tokens import Tokens

COMPRESS_FROM = 1500
"""Bytes; the server compresses no smaller body, since it fits into one packet anyway."""
CHUNKED_ABOVE = 32_768
"""Bytes; larger bodies outgrow Jetty's buffer and are sent in chunks, without Content-Length."""
IDLE_SECONDS = 60


@dataclass(frozen=True)
class Request:
    """A request the stand-in saw. Header names are lower case, `seconds` is the time until the answer was ready."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    kind: str
    status: int
    seconds: float


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def setup(self) -> None:
        super().setup()
        self.server.connected(self.connection)

    def finish(self) -> None:
        self.server.disconnected(self.connection)
        super().finish()

    def handle(self) -> None:
        with contextlib.suppress(OSError, sqlite3.ProgrammingError):  # the client is gone, or the stand-in closes
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on standard error; `FakeFeed.requests` has it all."""

    def _serve(self) -> None:
        started = time.perf_counter()
        parts = urlsplit(self.path)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, value)
        headers = {name.lower(): value for name, value in self.headers.items()}
        ask = Ask(self.command, unquote(parts.path), query, headers)
        size = sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        if size > HEADER_LIMIT:
            result = html_error(431, "Request Header Fields Too Large")
        elif any("\n" in value for value in headers.values()):
            result = html_error(400, "Bad Request")
        else:
            result = self._result(ask)
        self.server.log.append(
            Request(ask.method, ask.path, query, headers, ask.kind, result.status, time.perf_counter() - started)
        )
        self._send(ask, result)

    def _result(self, ask: Ask) -> Answer:
        store, tokens = self.server.store, self.server.tokens
        try:
            ask.authorized = tokens.accepts(ask.headers.get("authorization"))
            return self.server.faults.apply(ask, lambda: answer(ask, store, tokens))
        except sqlite3.ProgrammingError:
            raise
        except Exception:
            if self.server.closing.is_set():
                raise
            self.server.errors.append(ask)
            return server_error(ask)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve

    def _send(self, ask: Ask, result: Answer) -> None:
        if result.reset or self.server.closing.is_set():
            self._reset()
            return
        body, length = result.body, result.declared_length
        old_client = self.request_version != "HTTP/1.1"
        head = [f"HTTP/1.1 {result.status} {_reason(result.status)}", f"Date: {self.date_time_string()}"]
        head += [f"{name}: {value}" for name, value in result.headers.items()]
        if result.content_type and result.status != 304:
            head.append(f"Content-Type: {result.content_type}")
        encoding = result.encoding
        if encoding is None and length is None and len(body) >= COMPRESS_FROM and _wants_gzip(ask):
            encoding = "gzip"
            body = gzip.compress(body, 1, mtime=0)
        if encoding:
            head.append(f"Content-Encoding: {encoding}")
        if length is not None or old_client:
            self.close_connection = True
        if length is None and len(result.body) > CHUNKED_ABOVE and not old_client:
            head.append("Transfer-Encoding: chunked")
            body = _chunks(body)
        elif result.status != 304:
            head.append(f"Content-Length: {len(body) if length is None else length}")
        if self.close_connection:
            head.append("Connection: close")
        if ask.method == "HEAD" or result.status == 304:
            body = b""
        whole = "\r\n".join([*head, "", ""]).encode("latin-1") + body
        if result.pause:
            self._drip(whole, result.pause)
        else:
            self.wfile.write(whole)

    def _drip(self, whole: bytes, pause: float) -> None:
        for number in range(len(whole)):
            self.wfile.write(whole[number : number + 1])
            if self.server.closing.wait(pause):
                return

    def _reset(self) -> None:
        """Close so that the client sees a reset rather than an orderly end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _wants_gzip(ask: Ask) -> bool:
    for part in ask.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def _chunks(body: bytes) -> bytes:
    parts: list[bytes] = []
    for start in range(0, len(body), CHUNKED_ABOVE):
        piece = body[start : start + CHUNKED_ABOVE]
        parts += (f"{len(piece):x}\r\n".encode(), piece, b"\r\n")
    return b"".join([*parts, b"0\r\n\r\n"])


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], store: Store, tokens: Tokens, faults: Faults, log: deque[Request]) -> None:
        self.store, self.tokens, self.faults, self.log = store, tokens, faults, log
        self.errors: list[Ask] = []
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self.idle = threading.Condition(self._open_lock)
        super().__init__(address, _Handler)

    def connected(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def disconnected(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(connection)
            self.idle.notify_all()

    def hang_up(self, seconds: float) -> None:
        """End every connection, so that no thread goes on reading, and wait a little for them."""
        self.closing.set()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # closed already
                    connection.shutdown(socket.SHUT_RDWR)
            self.idle.wait_for(lambda: not self._open, seconds)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken connection is the client's matter."""


class Server:
    """The HTTP side of a stand-in. `errors` lists requests that failed by a mistake of the stand-in itself."""

    def __init__(
        self, store: Store, tokens: Tokens, faults: Faults, *, host: str = "127.0.0.1", port: int = 0,
        log_size: int = 20_000,
    ) -> None:  # fmt: skip
        if not is_loopback(host):
            raise ValueError(f"{host} is not a loopback address; the stand-in is not made for a network, use 127.0.0.1")
        self.log: deque[Request] = deque(maxlen=log_size)
        self._faults = faults
        self._http = _Http((host, port), store, tokens, faults, self.log)
        self.errors = self._http.errors
        self.url = f"http://{host}:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="fake_feed", daemon=True)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, hang up and let go what hangs on a fault."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.closing.set()
        self._faults.clear()
        self._http.hang_up(2.0)
        self._http.server_close()


def is_loopback(host: str) -> bool:
    """Whether a host names this machine only."""
    try:
        return host == "localhost" or ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False
