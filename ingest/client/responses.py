"""Response of an HTTP request, and the limits of one. Apart from `http.py`, which imports requests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """Time limits of a response in seconds, and its maximum size after decompression in bytes.

    `read` limits the time between two pieces of data and the time until all headers have arrived; `total` limits the whole
    response. NAV's feed has been seen to take 26 s for a page, 30 s for a detail and 28 s for the token.
    """

    read: float
    total: float
    size: int
    connect: float = 10.0


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A complete response. `content_type` is in lower case, `body` is decompressed."""

    status: int
    content_type: str
    body: bytes
