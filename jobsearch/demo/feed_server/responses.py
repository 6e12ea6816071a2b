"""Request handling: the response to each request; no sockets here.

Statuses, bodies, headers and the order of checks are those of NAV's server (Javalin on Jetty): route, then token,
then page size, then uuid.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from . import pages
from .store import Store
from .time_formats import format_http_date, parse_http_date
from .tokens import Tokens

JSON, TEXT, HTML = "application/json", "text/plain;charset=utf-8", "text/html;charset=iso-8859-1"
HEADER_LIMIT = 8192
"""Bytes of request headers that Jetty reads before it answers 431."""
_JAVALIN = "https://javalin.io/documentation#"
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Fake job vacancy feed", "version": "1.0"},
    "paths": {f"{pages.PREFIX}/{path}": {"get": {}} for path in ("feed", "feed/{feedPageId}", "feedentry/{entryId}")},
}


@dataclass
class FeedRequest:
    """An HTTP request. Header names are in lower case; of a repeated query parameter the first value counts."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    authorized: bool = False
    up_to: int = 2**62
    """The highest sequence number that this request can read; the fault `frozen_head` lowers it."""

    @property
    def kind(self) -> str:
        """`page`, `detail`, `token` or `other`."""
        kind = self.split()[0]
        return "other" if kind == "openapi" else kind

    def split(self) -> tuple[str, str | None]:
        """The kind of the request and the id in its path, if any. A trailing slash is ignored."""
        path = self.path[:-1] if self.path.endswith("/") and len(self.path) > 1 else self.path
        if path == f"{pages.PREFIX}/feed":
            return "page", None
        for kind, prefix in (("page", f"{pages.PREFIX}/feed/"), ("detail", f"{pages.PREFIX}/feedentry/")):
            if path.startswith(prefix) and "/" not in (rest := path[len(prefix) :]):
                return kind, rest
        return ("token" if path == "/api/publicToken" else "openapi" if path == "/api/openapi.json" else "other"), None


@dataclass
class Response:
    """An HTTP response before it is sent; the last four fields are used by faults."""

    status: int = 200
    body: bytes = b""
    content_type: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    """Content-Encoding, if `body` is already compressed."""
    declared_length: int | None = None
    """Content-Length to send if it differs from the body's; the connection is then closed after the body."""
    reset: bool = False
    """Send nothing and reset the connection."""
    pause: float = 0.0
    """Seconds to wait after each byte, headers included."""


def error_response(request: FeedRequest, status: int, title: str, anchor: str) -> Response:
    """An error as Javalin sends it: pretty-printed JSON, or only the title for `Accept: text/html`."""
    if "text/html" in request.headers.get("accept", ""):
        return Response(status, title.encode(), TEXT)
    body = {"title": title, "status": status, "type": _JAVALIN + anchor, "details": {}}
    return Response(status, json.dumps(body, indent=4, ensure_ascii=False).encode())


def server_error_response(request: FeedRequest) -> Response:
    """The response to an uncaught exception."""
    return error_response(request, 500, "Server Error", "internalservererrorresponse")


def html_error_response(status: int, reason: str) -> Response:
    """An error of the web server or of a proxy, before the application is called."""
    body = f"<html>\n<head><title>{status} {reason}</title></head>\n<body><h1>{status} {reason}</h1></body>\n</html>\n"
    return Response(status, body.encode(), HTML)


def parse_uuid(text: str) -> str | None:
    """Parses a uuid like `java.util.UUID.fromString`: any letter case, short groups padded with zeros; None if that throws."""
    groups = text.split("-")
    if len(groups) != 5 or len(text) > 36 or not all(re.fullmatch(r"[0-9a-fA-F]+", group) for group in groups):
        return None
    widths = (8, 4, 4, 4, 12)
    return "-".join(group.lower().zfill(width)[-width:] for group, width in zip(groups, widths, strict=True))


def handle_request(request: FeedRequest, store: Store, tokens: Tokens) -> Response:
    """Answers a request like NAV's server."""
    kind, identity = request.split()
    if kind == "other" or request.method not in ("GET", "HEAD"):
        return error_response(request, 404, f"Endpoint {request.method} {request.path} not found", "endpointnotfound")
    if request.method == "HEAD":
        return Response(200)  # HEAD checks neither token nor path, so it is no health check
    if kind == "openapi":
        return Response(200, pages.encode_json(_OPENAPI))
    if kind == "token":
        return _handle_public_token(tokens)
    if not request.authorized:
        return error_response(request, 401, "Unauthorized", "unauthorizedresponse")
    try:
        if kind == "page":
            return _handle_page(request, store, identity)
        return _handle_detail(request, store, identity or "")
    except (ValueError, pages.UnreadableDetail):
        return server_error_response(request)


def _handle_public_token(tokens: Tokens) -> Response:
    token = tokens.public()
    if token is None:
        return Response(404, b"Public token is not currently available", JSON)
    return Response(200, f"Current public token for Nav Job Vacancy Feed:\n{token}".encode(), TEXT)


def _handle_page(request: FeedRequest, store: Store, identity: str | None) -> Response:
    size = pages.DEFAULT_PAGE_SIZE
    text = request.query.get("pageSize", "")
    if _INTEGER.fullmatch(text) and -(2**31) <= int(text) < 2**31:
        size = int(text)
    if size > pages.MAX_PAGE_SIZE:
        return Response(400, b"pageSize must be less than or equal to 10000", TEXT)
    since = parse_http_date(request.headers.get("if-modified-since"))
    if identity is not None:
        line_id = parse_uuid(identity)
        if line_id is None:
            return server_error_response(request)
    elif "last" in request.query:
        line_id = pages.find_last_line(store, request.up_to)
    elif since is not None:
        line_id = pages.find_first_line_after(store, since, request.up_to)
    else:
        line_id = pages.find_first_line(store, request.up_to)
    page = pages.build_page(store, line_id, size, since, request.up_to) if line_id else None
    if page is None:
        return Response(404)
    etag, matches = page.last.id, request.headers.get("if-none-match")
    if since is not None and matches == etag and page.last.time < since:
        return Response(304)  # the service's own rule, which returns before the headers are set
    headers = {"ETag": etag, "Last-Modified": format_http_date(page.last.time)}
    if matches == etag:
        return Response(304, headers=headers)  # the framework's rule
    return Response(200, pages.encode_page(page), headers=headers)


def _handle_detail(request: FeedRequest, store: Store, identity: str) -> Response:
    uuid = parse_uuid(identity)
    if uuid is None:
        return server_error_response(request)
    body = pages.encode_detail(store, store.ad(uuid))
    return Response(404) if body is None else Response(200, body)
