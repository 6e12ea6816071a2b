"""HTTP/1.1 server on a loopback address, with one thread per connection."""

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
from .responses import HEADER_LIMIT, FeedRequest, Response, handle_request, html_error_response, server_error_response
from .store import Store
from .tokens import Tokens

COMPRESS_FROM = 1500
"""Bytes; NAV's server does not compress smaller bodies, which fit into one packet."""
CHUNKED_ABOVE = 32_768
"""Bytes; larger bodies exceed Jetty's buffer and are sent in chunks, without Content-Length."""
IDLE_SECONDS = 60


@dataclass(frozen=True)
class LoggedRequest:
    """A received request. Header names are in lower case; `seconds` is the time until the response was ready."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    kind: str
    status: int
    seconds: float


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def setup(self) -> None:
        super().setup()
        self.server.add_connection(self.connection)

    def finish(self) -> None:
        self.server.remove_connection(self.connection)
        super().finish()

    def handle(self) -> None:
        with contextlib.suppress(OSError, sqlite3.ProgrammingError):  # the client has disconnected, or the server is closing
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing on standard error: `FakeFeed.requests` has all requests."""

    def _serve(self) -> None:
        started = time.perf_counter()
        parts = urlsplit(self.path)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, value)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = FeedRequest(self.command, unquote(parts.path), query, headers)
        size = sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        if size > HEADER_LIMIT:
            result = html_error_response(431, "Request Header Fields Too Large")
        elif any("\n" in value for value in headers.values()):
            result = html_error_response(400, "Bad Request")
        else:
            result = self._make_response(request)
        self.server.log.append(
            LoggedRequest(
                request.method, request.path, query, headers, request.kind, result.status, time.perf_counter() - started
            )
        )
        self._send(request, result)

    def _make_response(self, request: FeedRequest) -> Response:
        store, tokens = self.server.store, self.server.tokens
        try:
            request.authorized = tokens.accepts(request.headers.get("authorization"))
            return self.server.faults.apply(request, lambda: handle_request(request, store, tokens))
        except sqlite3.ProgrammingError:
            raise
        except Exception:
            if self.server.closing.is_set():
                raise
            self.server.errors.append(request)
            return server_error_response(request)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve

    def _send(self, request: FeedRequest, result: Response) -> None:
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
        if encoding is None and length is None and len(body) >= COMPRESS_FROM and _accepts_gzip(request):
            encoding = "gzip"
            body = gzip.compress(body, 1, mtime=0)
        if encoding:
            head.append(f"Content-Encoding: {encoding}")
        if length is not None or old_client:
            self.close_connection = True
        if length is None and len(result.body) > CHUNKED_ABOVE and not old_client:
            head.append("Transfer-Encoding: chunked")
            body = _encode_chunks(body)
        elif result.status != 304:
            head.append(f"Content-Length: {len(body) if length is None else length}")
        if self.close_connection:
            head.append("Connection: close")
        if request.method == "HEAD" or result.status == 304:
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
        """Closes the connection with a TCP reset instead of a normal end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _accepts_gzip(request: FeedRequest) -> bool:
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def _encode_chunks(body: bytes) -> bytes:
    parts: list[bytes] = []
    for start in range(0, len(body), CHUNKED_ABOVE):
        piece = body[start : start + CHUNKED_ABOVE]
        parts += (f"{len(piece):x}\r\n".encode(), piece, b"\r\n")
    return b"".join([*parts, b"0\r\n\r\n"])


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], store: Store, tokens: Tokens, faults: Faults, log: deque[LoggedRequest]) -> None:
        self.store, self.tokens, self.faults, self.log = store, tokens, faults, log
        self.errors: list[FeedRequest] = []
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self.idle = threading.Condition(self._open_lock)
        super().__init__(address, _Handler)

    def add_connection(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def remove_connection(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(connection)
            self.idle.notify_all()

    def close_connections(self, seconds: float) -> None:
        """Shuts down all connections, so that their threads stop reading, and waits up to `seconds` for them."""
        self.closing.set()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # already closed
                    connection.shutdown(socket.SHUT_RDWR)
            self.idle.wait_for(lambda: not self._open, seconds)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores errors of a connection that the client has broken."""


class Server:
    """HTTP server of the fake feed. `errors` lists requests that failed because of an error in the fake feed server itself."""

    def __init__(
        self, store: Store, tokens: Tokens, faults: Faults, *, host: str = "127.0.0.1", port: int = 0,
        log_size: int = 20_000,
    ) -> None:  # fmt: skip
        if not is_loopback(host):
            raise ValueError(f"{host} is not a loopback address; the fake feed server is not made for a network, use 127.0.0.1")
        self.log: deque[LoggedRequest] = deque(maxlen=log_size)
        self._faults = faults
        self._http = _HttpServer((host, port), store, tokens, faults, self.log)
        self.errors = self._http.errors
        self.url = f"http://{host}:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="fake_feed", daemon=True)

    def start(self) -> None:
        """Serves in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops listening, clears all faults and closes all connections."""
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.closing.set()
        self._faults.clear()
        self._http.close_connections(2.0)
        self._http.server_close()


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback address of this machine."""
    try:
        return host == "localhost" or ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False
