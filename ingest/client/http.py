"""One GET to the configured origin, with a limit on everything that a server could overdo."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection

from .errors import FeedDown, TooLarge

LONGEST_HEAD = 90.0
_CHUNK = 64 * 1024  # bytes taken from the wire, and given by the decompressor, at a time


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer may take, in seconds, and how large it may be once decompressed, in bytes.

    `read` is the longest silence, and the longest time until all headers are there; `total` is that of the whole answer.

    NAV's feed has been seen to take 26 s for a page, 30 s for a detail, 28 s for the token.
    """

    read: float
    total: float
    size: int
    connect: float = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: bytes


class Transport:
    """Keeps connections for `threads` threads. No redirects, no cookies, no credentials from files of this machine."""

    def __init__(self, origin: str, *, user_agent: str, threads: int) -> None:
        self.origin = origin.rstrip("/")
        self._session = session = requests.Session()
        session.headers.clear()
        session.headers.update(
            {
                "Accept": "application/json, text/plain;q=0.5",
                "Accept-Encoding": "gzip",  # the only encoding that NAV's server knows, and the only one undone below
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

    def get(self, path: str, limits: Limits, *, query: str = "", headers: dict[str, str] | None = None) -> Answer:
        """The whole answer, decompressed. Raises `FeedDown` for what never arrived, `TooLarge` for too much of it."""
        url = f"{self.origin}{path}{'?' + query if query else ''}"
        try:
            return self._get(url, limits, headers)
        except (requests.ConnectionError, ConnectionError) as error:
            if not _cut_off(error):
                raise FeedDown("connection", f"No connection to {self.origin}: {_plainly(error)}.") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._failure(error) from None
        # A kept connection that the server closed while we looked away: not an outage, so a fresh one is tried once.
        try:
            return self._get(url, limits, headers)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> FeedDown:
        if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
            return FeedDown("timeout", f"{self.origin} did not answer in time: {_plainly(error)}.")
        return FeedDown("connection", f"The answer of {self.origin} broke off: {_plainly(error)}.")

    def _get(self, url: str, limits: Limits, headers: dict[str, str] | None) -> Answer:
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
                response.close()  # what is left unread must not be the beginning of the next answer
        return Answer(response.status_code, response.headers.get("Content-Type", "").lower(), body)


def _read(raw: Any, limits: Limits, deadline: float) -> bytes:
    """The body, piece by piece: a few kilobytes of gzip can unfold to gigabytes, and a trickle can last for ever."""
    encoding = (raw.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity", ""):
        raise FeedDown("encoding", f"The answer is compressed in a way that was not asked for ({encoding[:20]}).")
    unzip = _Gzip() if "gzip" in encoding else None
    parts: list[bytes] = []
    size = 0
    while chunk := raw.read1(_CHUNK, decode_content=False):
        for part in unzip.parts(chunk) if unzip else (chunk,):
            parts.append(part)
            size += len(part)
            if size > limits.size:
                raise TooLarge("too-large", f"The answer is larger than {limits.size // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise FeedDown("timeout", f"The answer was not complete after {limits.total:.0f} seconds.")
    if unzip and size and not unzip.complete:
        raise FeedDown("encoding", "The answer's compression is cut off.")
    return b"".join(parts)


class _Gzip:
    """Decompresses in pieces of limited size. A gzip body may be several streams one after the other."""

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
                raise FeedDown("encoding", "The answer's compression is broken.") from None
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail


def _cut_off(error: Exception) -> bool:
    """Was the connection taken and then dropped without an answer, as happens to one that was kept too long?"""
    text = str(error)
    return any(sign in text for sign in ("RemoteDisconnected", "Connection aborted", "Connection reset", "Broken pipe"))


def _plainly(error: Exception) -> str:
    """A network error's cause without the addresses of Python objects in it."""
    cause: BaseException = error
    while (below := getattr(cause, "reason", None) or (cause.args[0] if cause.args else None)) and isinstance(
        below, BaseException
    ):
        cause = below
    text = str(cause).split(": ", 1)[-1] or type(cause).__name__
    return text[:200].rstrip(".")


class _WithDeadline:
    """A connection whose answer's head must be complete within the time-out of reading: one byte of it at a time would
    otherwise hold a thread, and with it the run, for ever."""

    sock: socket.socket
    timeout: float | None

    def getresponse(self) -> Any:
        late = threading.Event()

        def hang_up(connection: socket.socket = self.sock) -> None:
            late.set()
            with contextlib.suppress(OSError):  # closed already
                connection.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.timeout or LONGEST_HEAD, hang_up)
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()  # type: ignore[misc]
        except Exception as error:
            if late.is_set():
                raise TimeoutError("the answer's headers did not end in time") from error
            raise
        finally:
            timer.cancel()
        if late.is_set():  # a head that is cut off reads like one that ends there
            response.close()
            raise TimeoutError("the answer's headers did not end in time")
        return response


class _Connection(_WithDeadline, HTTPConnection):
    pass


class _SecureConnection(_WithDeadline, HTTPSConnection):
    pass


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
