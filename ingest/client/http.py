"""HTTP client for GET requests to one origin, with limits on the time and the size of a response."""

from __future__ import annotations

import io
import os
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection

from .errors import FeedUnavailable, ResponseTooLarge
from .responses import HttpResponse, ResponseLimits

MAX_HEADER_SECONDS = 90.0  # where the socket has no time-out
_CHUNK = 64 * 1024  # bytes read from the socket, and decompressed, at a time


class HttpClient:
    """Pool of `threads` connections to one origin. No redirects, no cookies, no credentials from files on this machine.

    `on_answer` is called after each request with its seconds and whether the server failed: no whole response, or a 5xx.
    """

    def __init__(
        self, origin: str, *, user_agent: str, threads: int, on_answer: Callable[[float, bool], None] | None = None
    ) -> None:
        self.origin = origin.rstrip("/")
        self._on_answer = on_answer
        self._session = session = requests.Session()
        session.headers.clear()
        session.headers.update(
            {
                "Accept": "application/json, text/plain;q=0.5",
                "Accept-Encoding": "gzip",  # the only encoding that NAV's server supports, and the only one decoded below
                "User-Agent": user_agent,
                "Connection": "keep-alive",
            }
        )
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A ~/.netrc entry for the host would replace our Authorization header; proxies and certificates are kept.
        session.trust_env = False
        session.proxies.update(get_environ_proxies(self.origin))
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(pool_connections=1, pool_maxsize=threads, max_retries=0))

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, limits: ResponseLimits, *, query: str = "", headers: dict[str, str] | None = None) -> HttpResponse:
        """Fetches a whole response, decompressed. Raises `FeedUnavailable` if it did not arrive, `ResponseTooLarge`."""
        began, failed = time.monotonic(), True
        try:
            response = self._get_with_retry(path, limits, query, headers)
            failed = response.status >= 500
            return response
        finally:
            if self._on_answer:
                self._on_answer(time.monotonic() - began, failed)

    def _get_with_retry(self, path: str, limits: ResponseLimits, query: str, headers: dict[str, str] | None) -> HttpResponse:
        url = f"{self.origin}{path}{'?' + query if query else ''}"
        try:
            return self._get(url, limits, headers)
        except (requests.ConnectionError, ConnectionError) as error:
            if not _is_connection_dropped(error):
                raise FeedUnavailable("connection", f"No connection to {self.origin}: {_error_text(error)}.") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._to_feed_error(error) from None
        # The server closed a kept-alive connection while it was idle: not an outage, so retry once on a new connection.
        try:
            return self._get(url, limits, headers)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._to_feed_error(error) from None

    def _to_feed_error(self, error: Exception) -> FeedUnavailable:
        if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
            return FeedUnavailable("timeout", f"{self.origin} did not answer in time: {_error_text(error)}.")
        return FeedUnavailable("connection", f"The answer of {self.origin} broke off: {_error_text(error)}.")

    def _get(self, url: str, limits: ResponseLimits, headers: dict[str, str] | None) -> HttpResponse:
        deadline = time.monotonic() + limits.total
        response = self._session.get(
            url, headers=headers, stream=True, allow_redirects=False, timeout=(limits.connect, limits.read)
        )
        whole = False
        try:
            body = _read(response.raw, limits, deadline)
            whole = True
        finally:
            if whole:
                response.raw.release_conn()
            else:
                response.close()  # unread data must not be taken for the beginning of the next response
        return HttpResponse(response.status_code, response.headers.get("Content-Type", "").lower(), body)


def _read(raw: Any, limits: ResponseLimits, deadline: float) -> bytes:
    """Reads the body in pieces: a few kilobytes of gzip can expand to gigabytes, and a slow response may never end."""
    encoding = (raw.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity", ""):
        raise FeedUnavailable("encoding", f"The answer is compressed in a way that was not asked for ({encoding[:20]}).")
    unzip = _Gzip() if "gzip" in encoding else None
    parts: list[bytes] = []
    size = 0
    while chunk := raw.read1(_CHUNK, decode_content=False):
        for part in unzip.parts(chunk) if unzip else (chunk,):
            parts.append(part)
            size += len(part)
            if size > limits.size:
                raise ResponseTooLarge("too-large", f"The answer is larger than {limits.size // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise FeedUnavailable("timeout", f"The answer was not complete after {limits.total:.0f} seconds.")
    if unzip and size and not unzip.complete:
        raise FeedUnavailable("encoding", "The answer's compression is cut off.")
    return b"".join(parts)


class _Gzip:
    """Gzip decompressor with output in pieces of limited size. A gzip body may hold several streams one after the other."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._stream.eof:
                self._stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                yield self._stream.decompress(chunk, _CHUNK)
            except zlib.error:
                raise FeedUnavailable("encoding", "The answer's compression is broken.") from None
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail


def _is_connection_dropped(error: Exception) -> bool:
    """Whether the server accepted the connection and closed it without a response, as it does after a long idle time."""
    text = str(error)
    return any(sign in text for sign in ("RemoteDisconnected", "Connection aborted", "Connection reset", "Broken pipe"))


def _error_text(error: Exception) -> str:
    """The innermost cause of a network error as text, without memory addresses of Python objects."""
    cause: BaseException = error
    while (below := getattr(cause, "reason", None) or (cause.args[0] if cause.args else None)) and isinstance(
        below, BaseException
    ):
        cause = below
    text = str(cause).split(": ", 1)[-1] or type(cause).__name__
    return text[:200].rstrip(".")


class _DeadlineReader(io.RawIOBase):
    """Reader of a socket whose reads end at one moment, until `lift_deadline`.

    The socket's read time-out restarts with each byte: headers sent one byte at a time would block a thread, and so the
    whole run, without end.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._file, self._timeout = sock, sock.makefile("rb", buffering=0), sock.gettimeout()
        self._deadline: float | None = time.monotonic() + (self._timeout or MAX_HEADER_SECONDS)

    def lift_deadline(self) -> None:
        self._deadline = None
        self._sock.settimeout(self._timeout)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer's headers did not end in time")
            self._sock.settimeout(left)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Response(HTTPResponse):
    """Response whose status line and headers arrive within the read time-out; each read of the body has its own."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        self._reader = _DeadlineReader(sock)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        super().begin()
        self._reader.lift_deadline()


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


_POOLS = {"http": _Pool, "https": _SecurePool}
