"""Things that go wrong on purpose, each with a name.

    feed.faults.status(503, on="page", times=3)
    with feed.faults.hang(on="detail", uuid=ad):
        ...
    feed.faults.latency(page=0.5, detail=0.05)
    feed.faults.clear()

Every fault takes `on` (`page`, `detail`, `token`, `other` or `any`), `uuid` or `page` (only requests for that ad or
page id), `times` (how many requests it spoils, default: until cleared) and `every` (5: each fifth request that it
could spoil). The fault set last sees the request first.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, TypedDict, Unpack

from .pages import PREFIX, dump, last_line, read_page
from .responses import HTML, TEXT, Answer, Ask, html_error, server_error
from .store import Store

Kind = Literal["page", "detail", "token", "other", "any"]
Produce = Callable[[], Answer]
Spoil = Callable[[Ask, Produce], Answer]
_REASONS = {429: "Too Many Requests", 500: "Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}

FAULTS = (
    "status", "database_down", "hang", "reset", "truncated", "invalid_json", "html_with_200", "wrong_content_type",
    "gzip_bomb", "oversized", "too_deep", "drip", "empty_body", "redirect", "foreign_next_url", "self_referring_next",
    "cyclic_next", "items_not_a_list", "page_gone", "frozen_tip", "mass_404", "line_without_uuid", "unknown_status",
    "bad_dates",
)  # fmt: skip
"""The names, which are the methods of `Faults`; a test holds the two together."""


class Where(TypedDict, total=False):
    """Which requests a fault spoils; see the module's text."""

    on: Kind
    uuid: str | None
    page: str | None
    times: int | None
    every: int


@dataclass
class Fault:
    """A fault that is set; as a context manager it is cleared at the end of the block."""

    name: str
    spoil: Spoil
    owner: Faults
    on: Kind = "any"
    uuid: str | None = None
    page: str | None = None
    times: int | None = None
    every: int = 1
    hits: int = 0
    """How many requests it spoiled."""
    _seen: int = 0
    cleared: threading.Event = field(default_factory=threading.Event)

    def takes(self, ask: Ask) -> bool:
        """Whether this request is to be spoiled; counts it. Called under the owner's lock."""
        kind, identity = ask.kind, ask.split()[1]
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
        """End this fault; requests that hang on it are let go."""
        self.owner.remove(self)

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.clear()


class Faults:
    """The faults of one stand-in. Safe to set and clear while requests are under way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._set: list[Fault] = []
        self._latency: dict[str, float] = {}
        self._changed = threading.Event()

    # -- setting and clearing -----------------------------------------------------------------------------------------

    @property
    def active(self) -> list[str]:
        """Names of the faults that are set, oldest first."""
        with self._lock:
            return [fault.name for fault in self._set]

    def latency(self, **seconds: float) -> None:
        """Let answers wait: `latency(page=0.5, detail=0.05)`. Zero ends it; `any` holds for kinds not named."""
        with self._lock:
            self._latency.update(seconds)

    def clear(self, name: str | None = None) -> None:
        """End all faults and latencies, or only the faults of one name."""
        with self._lock:
            gone = [fault for fault in self._set if name in (None, fault.name)]
            self._set = [fault for fault in self._set if fault not in gone]
            if name is None:
                self._latency.clear()
                self._changed.set()  # wakes answers that wait out a latency
                self._changed = threading.Event()
        for fault in gone:
            fault.cleared.set()

    def remove(self, fault: Fault) -> None:
        """End one fault."""
        with self._lock:
            self._set = [other for other in self._set if other is not fault]
        fault.cleared.set()

    def apply(self, ask: Ask, produce: Produce) -> Answer:
        """The answer to a request after latency and faults."""
        with self._lock:
            wait = self._latency.get(ask.kind, self._latency.get("any", 0.0))
            changed = self._changed
            taking = [fault for fault in reversed(self._set) if fault.takes(ask)]
        if wait > 0:
            changed.wait(wait)

        def after(position: int) -> Answer:
            if position == len(taking):
                return produce()
            return taking[position].spoil(ask, lambda: after(position + 1))

        return after(0)

    def _add(self, name: str, default: Kind, spoil: Spoil, where: Where) -> Fault:
        uuid = where.get("uuid")
        on = where.get("on", "detail" if uuid is not None and default == "any" else default)
        fault = Fault(name, spoil, self, on, uuid, where.get("page"), where.get("times"), where.get("every", 1))
        with self._lock:
            self._set.append(fault)
        return fault

    def _body(self, name: str, default: Kind, remake: Callable[[Answer], Answer], where: Where) -> Fault:
        """A fault in the body of an answer that would have been 200."""

        def spoil(ask: Ask, produce: Produce) -> Answer:
            right = produce()
            return remake(right) if right.status == 200 else right

        return self._add(name, default, spoil, where)

    def _page(self, name: str, change: Callable[[dict[str, Any]], None], where: Where) -> Fault:
        """A fault in the JSON of a page. Its headers stay as they were."""

        def remake(right: Answer) -> Answer:
            page = json.loads(right.body)
            change(page)
            return Answer(200, dump(page), headers=right.headers)

        return self._body(name, "page", remake, where)

    def _line(self, name: str, change: Callable[[dict[str, Any]], None], index: int, where: Where) -> Fault:
        uuid = where.get("uuid")

        def spoil_lines(page: dict[str, Any]) -> None:
            lines = [line for line in page["items"] if line.get("id") == uuid] if uuid else page["items"]
            for line in lines if uuid else lines[index:][:1]:
                change(line)

        return self._page(name, spoil_lines, where)

    # -- the server fails ---------------------------------------------------------------------------------------------

    def status(self, code: int = 500, *, retry_after: int | None = None, **where: Unpack[Where]) -> Fault:
        """500 as the application words it (a bad token still gets its 401); others as HTML of a proxy."""

        def spoil(ask: Ask, produce: Produce) -> Answer:
            if code == 500:
                refused = ask.kind in ("page", "detail") and not ask.authorized
                return produce() if refused else server_error(ask)
            wrong = html_error(code, _REASONS.get(code, "Error"))
            if retry_after is not None:
                wrong.headers["Retry-After"] = str(retry_after)
            return wrong

        return self._add("status", "any", spoil, where)

    def database_down(self, wait: float = 30.0, **where: Unpack[Where]) -> Fault:
        """The first answer is 500 at once, each later one 500 after `wait` seconds (measured on NAV's server)."""

        def spoil(ask: Ask, produce: Produce) -> Answer:
            if not ask.authorized:
                return produce()
            if fault.hits > 1:
                fault.cleared.wait(wait)
            return server_error(ask)

        fault = self._add("database_down", "any", spoil, where)
        return fault

    def hang(self, seconds: float | None = None, **where: Unpack[Where]) -> Fault:
        """No answer until the fault is cleared (or `seconds` have passed); then the connection is closed."""

        def spoil(ask: Ask, produce: Produce) -> Answer:
            fault.cleared.wait(seconds)
            return Answer(reset=True)

        fault = self._add("hang", "any", spoil, where)
        return fault

    def reset(self, **where: Unpack[Where]) -> Fault:
        """The connection is reset instead of an answer."""
        return self._add("reset", "any", lambda ask, produce: Answer(reset=True), where)

    # -- the body is wrong --------------------------------------------------------------------------------------------

    def truncated(self, **where: Unpack[Where]) -> Fault:
        """Half the body, then the connection closes before the promised length."""

        def cut(right: Answer) -> Answer:
            right.declared_length, right.body = len(right.body), right.body[: len(right.body) // 2]
            return right

        return self._body("truncated", "any", cut, where)

    def invalid_json(self, **where: Unpack[Where]) -> Fault:
        """200 and JSON by its content type, but cut off in the middle."""

        def half(right: Answer) -> bytes:
            return right.body[: len(right.body) // 2].decode(errors="ignore").encode()  # no half letter: text, not JSON

        return self._remade("invalid_json", half, None, where)

    def html_with_200(self, **where: Unpack[Where]) -> Fault:
        """A proxy's page for people, with status 200."""
        page = b"<!doctype html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>"
        return self._remade("html_with_200", lambda right: page, HTML, where)

    def wrong_content_type(self, content_type: str = TEXT, **where: Unpack[Where]) -> Fault:
        """The right body under another content type."""
        return self._remade("wrong_content_type", lambda right: right.body, content_type, where)

    def empty_body(self, **where: Unpack[Where]) -> Fault:
        """200 with nothing in it."""
        return self._remade("empty_body", lambda right: b"", None, where)

    def oversized(self, size: int = 64_000_000, **where: Unpack[Where]) -> Fault:
        """The right JSON, padded with blanks to `size` bytes."""
        return self._remade("oversized", lambda right: right.body.ljust(size), None, where)

    def too_deep(self, levels: int = 100_000, **where: Unpack[Where]) -> Fault:
        """JSON that is nested so deeply that a parser gives up."""
        return self._remade("too_deep", lambda right: b'{"a":' * levels + b"1" + b"}" * levels, None, where)

    def drip(self, pause: float = 0.1, **where: Unpack[Where]) -> Fault:
        """The right answer, head and body, one byte at a time: never silent for long enough to be a time-out of reading."""

        def slow(ask: Ask, produce: Produce) -> Answer:
            right = produce()
            right.pause = pause
            return right

        return self._add("drip", "any", slow, where)

    def gzip_bomb(self, size: int = 256_000_000, **where: Unpack[Where]) -> Fault:
        """A small compressed body that unpacks to `size` bytes of blanks."""

        def remake(right: Answer) -> Answer:
            chunk = gzip.compress(b" " * 1_000_000, 9)  # members of a gzip file may simply follow each other
            return Answer(200, chunk * max(1, size // 1_000_000), encoding="gzip", headers=right.headers)

        return self._body("gzip_bomb", "any", remake, where)

    def redirect(self, to: str = "http://other.example/api/v1/feed", code: int = 302, **where: Unpack[Where]) -> Fault:
        """A redirect, by default to another host, which must not see the token."""
        return self._add("redirect", "any", lambda ask, produce: Answer(code, headers={"Location": to}), where)

    def _remade(self, name: str, body: Callable[[Answer], bytes], content_type: str | None, where: Where) -> Fault:
        def remake(right: Answer) -> Answer:
            return Answer(200, body(right), content_type or right.content_type, right.headers)

        return self._body(name, "any", remake, where)

    # -- the feed is wrong --------------------------------------------------------------------------------------------

    def foreign_next_url(self, host: str = "http://other.example", **where: Unpack[Where]) -> Fault:
        """`next_url` absolute and on another host; `next_id` stays right."""

        def change(page: dict[str, Any]) -> None:
            page["next_url"] = f"{host}{PREFIX}/feed/{page['next_id']}"

        return self._page("foreign_next_url", change, where)

    def self_referring_next(self, **where: Unpack[Where]) -> Fault:
        """Each page names itself as the next."""
        return self._page("self_referring_next", lambda page: _next(page, page["id"]), where)

    def cyclic_next(self, to: str, **where: Unpack[Where]) -> Fault:
        """Each page names the page `to` as the next, one that lies behind."""
        return self._page("cyclic_next", lambda page: _next(page, to), where)

    def items_not_a_list(self, items: object = None, **where: Unpack[Where]) -> Fault:
        """`items` is null, or whatever is given."""
        return self._page("items_not_a_list", lambda page: page.update(items=items), where)

    def page_gone(self, **where: Unpack[Where]) -> Fault:
        """Page ids (or the one `page`) are unknown, as after the feed was built anew; the bare feed still answers."""

        def spoil(ask: Ask, produce: Produce) -> Answer:
            return Answer(404) if ask.authorized and ask.split()[1] is not None else produce()

        return self._add("page_gone", "page", spoil, where)

    def frozen_tip(self, **where: Unpack[Where]) -> Fault:
        """The feed stands still: no line from now on is shown, and every answer looks healthy."""
        tip = last_line(self._store)
        page = read_page(self._store, tip, 0) if tip else None
        frozen = page.last.seq if page else 0

        def spoil(ask: Ask, produce: Produce) -> Answer:
            ask.up_to = min(ask.up_to, frozen)
            return produce()

        return self._add("frozen_tip", "page", spoil, where)

    def mass_404(self, **where: Unpack[Where]) -> Fault:
        """Every detail is 404 at once: an outage or a wrong host, not thousands of withdrawn ads."""
        return self._body("mass_404", "detail", lambda right: Answer(404), where)

    def line_without_uuid(self, index: int = 0, **where: Unpack[Where]) -> Fault:
        """A line without `id` and `_feed_entry.uuid`: the one at `index` of each page, or those of the ad `uuid`."""

        def change(line: dict[str, Any]) -> None:
            line.pop("id", None)
            line["_feed_entry"].pop("uuid", None)

        return self._line("line_without_uuid", change, index, where)

    def unknown_status(self, status: str = "PAUSED", index: int = 0, **where: Unpack[Where]) -> Fault:
        """A line with a status that no documentation names."""
        return self._line("unknown_status", lambda line: line["_feed_entry"].update(status=status), index, where)

    def bad_dates(self, text: str = "yesterday", index: int = 0, **where: Unpack[Where]) -> Fault:
        """A line whose times are no times."""

        def change(line: dict[str, Any]) -> None:
            line["date_modified"] = line["_feed_entry"]["sistEndret"] = text

        return self._line("bad_dates", change, index, where)


def _next(page: dict[str, Any], identity: str) -> None:
    page["next_id"], page["next_url"] = identity, f"{PREFIX}/feed/{identity}"
