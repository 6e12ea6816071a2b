"""What the server answers, request by request; nothing here knows of sockets.

Statuses, bodies, headers and the order of checks are those of NAV's server (Javalin on Jetty): route, then token,
then page size, then uuid.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from . import pages
from .store import Store
from .time_formats import http_date, parse_http_date
from .tokens import Tokens

JSON, TEXT, HTML = "application/json", "text/plain;charset=utf-8", "text/html;charset=iso-8859-1"
HEADER_LIMIT = 8192
"""Bytes of request headers that Jetty reads before it answers 431."""
_JAVALIN = "https://javalin.io/documentation#"
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_OPENAPI = {
    "openapi": "3.0.3",
    "info": {"title": "Stand-in for the job vacancy feed", "version": "1.0"},
    "paths": {f"{pages.PREFIX}/{path}": {"get": {}} for path in ("feed", "feed/{feedPageId}", "feedentry/{entryId}")},
}


@dataclass
class Ask:
    """A request. Header names are lower case; a repeated query parameter keeps its first value."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    authorized: bool = False
    up_to: int = 2**62
    """The highest sequence number that this request may see; a frozen feed lowers it."""

    @property
    def kind(self) -> str:
        """`page`, `detail`, `token` or `other`."""
        kind = self.split()[0]
        return "other" if kind == "openapi" else kind

    def split(self) -> tuple[str, str | None]:
        """The kind of the request and the identity in its path, if any. A trailing slash is ignored."""
        path = self.path[:-1] if self.path.endswith("/") and len(self.path) > 1 else self.path
        if path == f"{pages.PREFIX}/feed":
            return "page", None
        for kind, prefix in (("page", f"{pages.PREFIX}/feed/"), ("detail", f"{pages.PREFIX}/feedentry/")):
            if path.startswith(prefix) and "/" not in (rest := path[len(prefix) :]):
                return kind, rest
        return ("token" if path == "/api/publicToken" else "openapi" if path == "/api/openapi.json" else "other"), None


@dataclass
class Answer:
    """A response before it goes on the wire; the last five fields serve faults."""

    status: int = 200
    body: bytes = b""
    content_type: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    """Set when `body` is already compressed."""
    declared_length: int | None = None
    """Content-Length to claim when it is not the body's; the connection is closed after the body."""
    reset: bool = False
    """Answer nothing and reset the connection."""
    pause: float = 0.0
    """Seconds after each byte, those of the head included."""


def error(ask: Ask, status: int, title: str, anchor: str) -> Answer:
    """An error as Javalin words it: pretty-printed JSON, or the bare title for `Accept: text/html`."""
    if "text/html" in ask.headers.get("accept", ""):
        return Answer(status, title.encode(), TEXT)
    body = {"title": title, "status": status, "type": _JAVALIN + anchor, "details": {}}
    return Answer(status, json.dumps(body, indent=4, ensure_ascii=False).encode())


def server_error(ask: Ask) -> Answer:
    """An exception that nobody caught."""
    return error(ask, 500, "Server Error", "internalservererrorresponse")


def html_error(status: int, reason: str) -> Answer:
    """An error that the web server or a proxy gives before the application is asked."""
    body = f"<html>\n<head><title>{status} {reason}</title></head>\n<body><h1>{status} {reason}</h1></body>\n</html>\n"
    return Answer(status, body.encode(), HTML)


def uuid_of(text: str) -> str | None:
    """A uuid as `java.util.UUID.fromString` reads it: any letter case, short groups filled up; None if it throws."""
    groups = text.split("-")
    if len(groups) != 5 or len(text) > 36 or not all(re.fullmatch(r"[0-9a-fA-F]+", group) for group in groups):
        return None
    widths = (8, 4, 4, 4, 12)
    return "-".join(group.lower().zfill(width)[-width:] for group, width in zip(groups, widths, strict=True))


def answer(ask: Ask, store: Store, tokens: Tokens) -> Answer:
    """Answer a request as NAV's server would."""
    kind, identity = ask.split()
    if kind == "other" or ask.method not in ("GET", "HEAD"):
        return error(ask, 404, f"Endpoint {ask.method} {ask.path} not found", "endpointnotfound")
    if ask.method == "HEAD":
        return Answer(200)  # no token is asked for and nothing is looked up: HEAD says nothing about health
    if kind == "openapi":
        return Answer(200, pages.dump(_OPENAPI))
    if kind == "token":
        return _public_token(tokens)
    if not ask.authorized:
        return error(ask, 401, "Unauthorized", "unauthorizedresponse")
    try:
        if kind == "page":
            return _page(ask, store, identity)
        return _detail(ask, store, identity or "")
    except (ValueError, pages.BrokenDetail):
        return server_error(ask)


def _public_token(tokens: Tokens) -> Answer:
    token = tokens.public()
    if token is None:
        return Answer(404, b"Public token is not currently available", JSON)
    return Answer(200, f"Current public token for Nav Job Vacancy Feed:\n{token}".encode(), TEXT)


def _page(ask: Ask, store: Store, identity: str | None) -> Answer:
    size = pages.DEFAULT_PAGE_SIZE
    text = ask.query.get("pageSize", "")
    if _INTEGER.fullmatch(text) and -(2**31) <= int(text) < 2**31:
        size = int(text)
    if size > pages.MAX_PAGE_SIZE:
        return Answer(400, b"pageSize must be less than or equal to 10000", TEXT)
    since = parse_http_date(ask.headers.get("if-modified-since"))
    if identity is not None:
        line_id = uuid_of(identity)
        if line_id is None:
            return server_error(ask)
    elif "last" in ask.query:
        line_id = pages.last_line(store, ask.up_to)
    elif since is not None:
        line_id = pages.first_line_after(store, since, ask.up_to)
    else:
        line_id = pages.first_line(store, ask.up_to)
    page = pages.read_page(store, line_id, size, since, ask.up_to) if line_id else None
    if page is None:
        return Answer(404)
    etag, matches = page.last.id, ask.headers.get("if-none-match")
    if since is not None and matches == etag and page.last.time < since:
        return Answer(304)  # the service's own rule; it never gets as far as the headers
    headers = {"ETag": etag, "Last-Modified": http_date(page.last.time)}
    if matches == etag:
        return Answer(304, headers=headers)  # the framework's rule
    return Answer(200, pages.page_json(page), headers=headers)


def _detail(ask: Ask, store: Store, identity: str) -> Answer:
    uuid = uuid_of(identity)
    if uuid is None:
        return server_error(ask)
    body = pages.detail_json(store, store.ad(uuid))
    return Answer(404) if body is None else Answer(200, body)
