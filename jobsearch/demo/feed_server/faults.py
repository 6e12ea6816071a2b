"""Fault injection: named faults of the feed server that a test switches on.

    feed.faults.status(503, on="page", times=3)
    with feed.faults.hang(on="detail", uuid=ad):
        ...
    feed.faults.latency(page=0.5, detail=0.05)
    feed.faults.clear()

Every fault takes `on` (`page`, `detail`, `token`, `other` or `any`), `uuid` or `page` (only requests for that ad or
page id), `times` (number of requests it affects, default: until cleared) and `every` (5: each fifth matching request).
The fault that was set last is applied first.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, TypedDict, Unpack

from .pages import PREFIX, build_page, encode_json, find_last_line
from .responses import HTML, TEXT, FeedRequest, Response, html_error_response, server_error_response
from .store import Store

Kind = Literal["page", "detail", "token", "other", "any"]
GetResponse = Callable[[], Response]
Handler = Callable[[FeedRequest, GetResponse], Response]
_REASONS = {429: "Too Many Requests", 500: "Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}

FAULTS = (
    "status", "database_down", "hang", "reset", "truncated", "invalid_json", "html_with_200", "wrong_content_type",
    "gzip_bomb", "oversized", "too_deep", "drip", "empty_body", "redirect", "foreign_next_url", "self_referring_next",
    "cyclic_next", "items_not_a_list", "page_gone", "frozen_head", "mass_404", "line_without_uuid", "unknown_status",
    "bad_dates",
)  # fmt: skip
"""Names of all faults, which are methods of `Faults`; a test compares the two."""


class Target(TypedDict, total=False):
    """Which requests a fault affects; see the module's docstring."""

    on: Kind
    uuid: str | None
    page: str | None
    times: int | None
    every: int


@dataclass
class Fault:
    """An active fault; as a context manager it is cleared at the end of the block."""

    name: str
    handle: Handler
    owner: Faults
    on: Kind = "any"
    uuid: str | None = None
    page: str | None = None
    times: int | None = None
    every: int = 1
    hits: int = 0
    """How many requests it affected."""
    _seen: int = 0
    cleared: threading.Event = field(default_factory=threading.Event)

    def matches(self, request: FeedRequest) -> bool:
        """Whether the fault affects this request; counts it. Called under the owner's lock."""
        kind, identity = request.kind, request.split()[1]
        if self.cleared.is_set() or self.on not in ("any", kind):
            return False
        if self.uuid is not None and kind == "detail" and identity != self.uuid:
            return False
        if self.page is not None and identity != self.page:
            return False
        self._seen += 1
        if self._seen % self.every or (self.times is not None and self.hits >= self.times):
            return False
        self.hits += 1
        return True

    def clear(self) -> None:
        """Clears this fault; requests that hang on it continue."""
        self.owner.remove(self)

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.clear()


class Faults:
    """The faults of one fake feed server. Thread-safe: can be set and cleared during requests."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._latency: dict[str, float] = {}
        self._changed = threading.Event()

    # -- setting and clearing -----------------------------------------------------------------------------------------

    @property
    def active(self) -> list[str]:
        """Names of the active faults, oldest first."""
        with self._lock:
            return [fault.name for fault in self._faults]

    def latency(self, **seconds: float) -> None:
        """Delays responses by seconds: `latency(page=0.5, detail=0.05)`. Zero ends it; `any` applies to the other kinds."""
        with self._lock:
            self._latency.update(seconds)

    def clear(self, name: str | None = None) -> None:
        """Clears all faults and latencies, or only the faults with this name."""
        with self._lock:
            gone = [fault for fault in self._faults if name in (None, fault.name)]
            self._faults = [fault for fault in self._faults if fault not in gone]
            if name is None:
                self._latency.clear()
                self._changed.set()  # wakes responses that wait for a latency
                self._changed = threading.Event()
        for fault in gone:
            fault.cleared.set()

    def remove(self, fault: Fault) -> None:
        """Clears one fault."""
        with self._lock:
            self._faults = [other for other in self._faults if other is not fault]
        fault.cleared.set()

    def apply(self, request: FeedRequest, get_response: GetResponse) -> Response:
        """Returns the response to a request after latency and faults."""
        with self._lock:
            wait = self._latency.get(request.kind, self._latency.get("any", 0.0))
            changed = self._changed
            matching = [fault for fault in reversed(self._faults) if fault.matches(request)]
        if wait > 0:
            changed.wait(wait)

        def after(position: int) -> Response:
            if position == len(matching):
                return get_response()
            return matching[position].handle(request, lambda: after(position + 1))

        return after(0)

    def _add(self, name: str, default: Kind, handle: Handler, target: Target) -> Fault:
        uuid = target.get("uuid")
        on = target.get("on", "detail" if uuid is not None and default == "any" else default)
        fault = Fault(name, handle, self, on, uuid, target.get("page"), target.get("times"), target.get("every", 1))
        with self._lock:
            self._faults.append(fault)
        return fault

    def _add_body_fault(self, name: str, default: Kind, transform: Callable[[Response], Response], target: Target) -> Fault:
        """Adds a fault in the body of a response that would be 200."""

        def handle(request: FeedRequest, get_response: GetResponse) -> Response:
            response = get_response()
            return transform(response) if response.status == 200 else response

        return self._add(name, default, handle, target)

    def _add_page_fault(self, name: str, change: Callable[[dict[str, Any]], None], target: Target) -> Fault:
        """Adds a fault in the JSON of a page. Its headers stay unchanged."""

        def transform(response: Response) -> Response:
            page = json.loads(response.body)
            change(page)
            return Response(200, encode_json(page), headers=response.headers)

        return self._add_body_fault(name, "page", transform, target)

    def _add_line_fault(self, name: str, change: Callable[[dict[str, Any]], None], index: int, target: Target) -> Fault:
        uuid = target.get("uuid")

        def change_lines(page: dict[str, Any]) -> None:
            lines = [line for line in page["items"] if line.get("id") == uuid] if uuid else page["items"]
            for line in lines if uuid else lines[index:][:1]:
                change(line)

        return self._add_page_fault(name, change_lines, target)

    # -- the server fails ---------------------------------------------------------------------------------------------

    def status(self, code: int = 500, *, retry_after: int | None = None, **target: Unpack[Target]) -> Fault:
        """500 with the application's JSON (an invalid token still gets 401); other codes with a proxy's HTML."""

        def handle(request: FeedRequest, get_response: GetResponse) -> Response:
            if code == 500:
                refused = request.kind in ("page", "detail") and not request.authorized
                return get_response() if refused else server_error_response(request)
            wrong = html_error_response(code, _REASONS.get(code, "Error"))
            if retry_after is not None:
                wrong.headers["Retry-After"] = str(retry_after)
            return wrong

        return self._add("status", "any", handle, target)

    def database_down(self, wait: float = 30.0, **target: Unpack[Target]) -> Fault:
        """The first response is 500 at once, each later one 500 after `wait` seconds (measured on NAV's server)."""

        def handle(request: FeedRequest, get_response: GetResponse) -> Response:
            if not request.authorized:
                return get_response()
            if fault.hits > 1:
                fault.cleared.wait(wait)
            return server_error_response(request)

        fault = self._add("database_down", "any", handle, target)
        return fault

    def hang(self, seconds: float | None = None, **target: Unpack[Target]) -> Fault:
        """No response until the fault is cleared (or `seconds` have passed); then the connection is reset."""

        def handle(request: FeedRequest, get_response: GetResponse) -> Response:
            fault.cleared.wait(seconds)
            return Response(reset=True)

        fault = self._add("hang", "any", handle, target)
        return fault

    def reset(self, **target: Unpack[Target]) -> Fault:
        """The connection is reset instead of a response."""
        return self._add("reset", "any", lambda request, get_response: Response(reset=True), target)

    # -- the body is wrong --------------------------------------------------------------------------------------------

    def truncated(self, **target: Unpack[Target]) -> Fault:
        """Half the body; then the connection is closed before Content-Length is reached."""

        def cut(response: Response) -> Response:
            response.declared_length, response.body = len(response.body), response.body[: len(response.body) // 2]
            return response

        return self._add_body_fault("truncated", "any", cut, target)

    def invalid_json(self, **target: Unpack[Target]) -> Fault:
        """200 with the content type of JSON, but the JSON is cut off in the middle."""

        def half(response: Response) -> bytes:
            # Without an incomplete character: valid UTF-8, but invalid JSON.
            return response.body[: len(response.body) // 2].decode(errors="ignore").encode()

        return self._replace_body("invalid_json", half, None, target)

    def html_with_200(self, **target: Unpack[Target]) -> Fault:
        """A proxy's HTML page with status 200."""
        page = b"<!doctype html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>"
        return self._replace_body("html_with_200", lambda response: page, HTML, target)

    def wrong_content_type(self, content_type: str = TEXT, **target: Unpack[Target]) -> Fault:
        """The unchanged body with another content type."""
        return self._replace_body("wrong_content_type", lambda response: response.body, content_type, target)

    def empty_body(self, **target: Unpack[Target]) -> Fault:
        """200 with an empty body."""
        return self._replace_body("empty_body", lambda response: b"", None, target)

    def oversized(self, size: int = 64_000_000, **target: Unpack[Target]) -> Fault:
        """The unchanged JSON, padded with spaces to `size` bytes."""
        return self._replace_body("oversized", lambda response: response.body.ljust(size), None, target)

    def too_deep(self, levels: int = 100_000, **target: Unpack[Target]) -> Fault:
        """JSON nested too deeply for a parser."""
        return self._replace_body("too_deep", lambda response: b'{"a":' * levels + b"1" + b"}" * levels, None, target)

    def drip(self, pause: float = 0.1, **target: Unpack[Target]) -> Fault:
        """The unchanged response, headers and body, one byte at a time: no pause is long enough for a read time-out."""

        def slow(request: FeedRequest, get_response: GetResponse) -> Response:
            response = get_response()
            response.pause = pause
            return response

        return self._add("drip", "any", slow, target)

    def gzip_bomb(self, size: int = 256_000_000, **target: Unpack[Target]) -> Fault:
        """A small compressed body that expands to `size` bytes of spaces."""

        def transform(response: Response) -> Response:
            chunk = gzip.compress(b" " * 1_000_000, 9)  # a gzip file may consist of several members
            return Response(200, chunk * max(1, size // 1_000_000), encoding="gzip", headers=response.headers)

        return self._add_body_fault("gzip_bomb", "any", transform, target)

    def redirect(self, to: str = "http://other.example/api/v1/feed", code: int = 302, **target: Unpack[Target]) -> Fault:
        """A redirect, by default to another host, which must not see the token."""
        return self._add("redirect", "any", lambda request, get_response: Response(code, headers={"Location": to}), target)

    def _replace_body(self, name: str, body: Callable[[Response], bytes], content_type: str | None, target: Target) -> Fault:
        def transform(response: Response) -> Response:
            return Response(200, body(response), content_type or response.content_type, response.headers)

        return self._add_body_fault(name, "any", transform, target)

    # -- the feed is wrong --------------------------------------------------------------------------------------------

    def foreign_next_url(self, host: str = "http://other.example", **target: Unpack[Target]) -> Fault:
        """`next_url` absolute and on another host; `next_id` is unchanged."""

        def change(page: dict[str, Any]) -> None:
            page["next_url"] = f"{host}{PREFIX}/feed/{page['next_id']}"

        return self._add_page_fault("foreign_next_url", change, target)

    def self_referring_next(self, **target: Unpack[Target]) -> Fault:
        """Each page is its own next page."""
        return self._add_page_fault("self_referring_next", lambda page: _set_next(page, page["id"]), target)

    def cyclic_next(self, to: str, **target: Unpack[Target]) -> Fault:
        """The next page of each page is `to`, an earlier page."""
        return self._add_page_fault("cyclic_next", lambda page: _set_next(page, to), target)

    def items_not_a_list(self, items: object = None, **target: Unpack[Target]) -> Fault:
        """`items` is null, or the given value."""
        return self._add_page_fault("items_not_a_list", lambda page: page.update(items=items), target)

    def page_gone(self, **target: Unpack[Target]) -> Fault:
        """All page ids (or `page`) are unknown, as after a rebuild of the feed; `/feed` without id still answers."""

        def handle(request: FeedRequest, get_response: GetResponse) -> Response:
            return Response(404) if request.authorized and request.split()[1] is not None else get_response()

        return self._add("page_gone", "page", handle, target)

    def frozen_head(self, **target: Unpack[Target]) -> Fault:
        """The feed is frozen: it shows no new lines from now on, and every response is successful."""
        head = find_last_line(self._store)
        page = build_page(self._store, head, 0) if head else None
        frozen = page.last.seq if page else 0

        def handle(request: FeedRequest, get_response: GetResponse) -> Response:
            request.up_to = min(request.up_to, frozen)
            return get_response()

        return self._add("frozen_head", "page", handle, target)

    def mass_404(self, **target: Unpack[Target]) -> Fault:
        """Every detail is 404: an outage or a wrong host, not thousands of withdrawn ads."""
        return self._add_body_fault("mass_404", "detail", lambda response: Response(404), target)

    def line_without_uuid(self, index: int = 0, **target: Unpack[Target]) -> Fault:
        """A line without `id` and `_feed_entry.uuid`: the one at `index` of each page, or those of the ad `uuid`."""

        def change(line: dict[str, Any]) -> None:
            line.pop("id", None)
            line["_feed_entry"].pop("uuid", None)

        return self._add_line_fault("line_without_uuid", change, index, target)

    def unknown_status(self, status: str = "PAUSED", index: int = 0, **target: Unpack[Target]) -> Fault:
        """A line with an undocumented status."""
        return self._add_line_fault("unknown_status", lambda line: line["_feed_entry"].update(status=status), index, target)

    def bad_dates(self, text: str = "yesterday", index: int = 0, **target: Unpack[Target]) -> Fault:
        """A line with invalid times."""

        def change(line: dict[str, Any]) -> None:
            line["date_modified"] = line["_feed_entry"]["sistEndret"] = text

        return self._add_line_fault("bad_dates", change, index, target)


def _set_next(page: dict[str, Any], identity: str) -> None:
    page["next_id"], page["next_url"] = identity, f"{PREFIX}/feed/{identity}"
