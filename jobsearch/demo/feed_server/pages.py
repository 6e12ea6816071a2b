"""Pages and details, built from database rows like on NAV's server; no HTTP here.

A page is not stored. Its id is the id of a line, and its content is computed from that line and the lines that follow it, of
which NAV's server withholds the last one.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from .store import ACTIVE, Ad, Store
from .time_formats import format_iso, to_millisecond

PREFIX = "/api/v1"
DEFAULT_PAGE_SIZE = 1000
MAX_PAGE_SIZE = 10_000
_COLUMNS = "seq, id, ad, status, title, business_name, municipal, time"
_ALL = 2**62  # a sequence number above all others


class Line(NamedTuple):
    """A visible row of the feed; `time` in microseconds."""

    seq: int
    id: str
    ad: str
    status: str
    title: str
    business_name: str
    municipal: str
    time: int


@dataclass(frozen=True)
class Page:
    """A page as it is now. Its last line determines ETag and Last-Modified."""

    lines: list[Line]
    next_id: str | None

    @property
    def last(self) -> Line:
        return self.lines[-1]


class UnreadableDetail(Exception):
    """The stored detail is unreadable; the server answers 500."""


def find_first_line(store: Store, up_to: int = _ALL) -> str | None:
    """Finds the id of the oldest line; None if that line is hidden: there is then no first page."""
    sql = "SELECT id, source FROM line WHERE seq <= ? ORDER BY seq LIMIT 1"
    with store.reading() as connection:
        row = connection.execute(sql, (up_to,)).fetchone()
    return row[0] if row and row[1] not in (None, "FINN") else None


def find_last_line(store: Store, up_to: int = _ALL) -> str | None:
    """Finds the id of the newest visible line."""
    sql = "SELECT id FROM line WHERE seq <= ? AND source <> 'FINN' ORDER BY seq DESC LIMIT 1"
    with store.reading() as connection:
        row = connection.execute(sql, (up_to,)).fetchone()
    return row[0] if row else None


def find_first_line_after(store: Store, time: int, up_to: int = _ALL) -> str | None:
    """Finds the id of the first line in feed order whose time is later than `time`."""
    sql = "SELECT id, seq FROM line WHERE peak > ? ORDER BY peak, seq LIMIT 1"
    with store.reading() as connection:
        row = connection.execute(sql, (time,)).fetchone()
    return row[0] if row and row[1] <= up_to else None


def _lowest_seq_since(connection: sqlite3.Connection, since: int) -> int:
    """The lowest sequence number that a line of `since` or later can have; avoids a scan of older lines."""
    row = connection.execute("SELECT seq FROM line WHERE peak >= ? ORDER BY peak, seq LIMIT 1", (since,)).fetchone()
    return int(row[0]) if row else _ALL


def build_page(
    store: Store, line_id: str, size: int = DEFAULT_PAGE_SIZE, since: int | None = None, up_to: int = _ALL
) -> Page | None:
    """Builds the page that begins with a line; None if there is no such visible line.

    `size` limits the followers, of which all but the last are shown; a lone follower is shown. `since` (from
    If-Modified-Since) drops older followers, never the first line. `up_to` hides later lines (a frozen feed).
    """
    with store.reading() as connection:
        row = connection.execute(
            f"SELECT {_COLUMNS} FROM line WHERE id = ? AND seq <= ? AND source <> 'FINN'",  # noqa: S608 - own constant
            (line_id, up_to),
        ).fetchone()
        if row is None:
            return None
        if size < 0:
            raise ValueError("PostgreSQL refuses a negative LIMIT")
        base = Line(*row)
        after, newer = base.seq, 0
        if since is not None:
            after, newer = max(after, _lowest_seq_since(connection, since) - 1), since
        followers = connection.execute(
            f"SELECT {_COLUMNS} FROM line WHERE seq > ? AND seq <= ? AND time >= ? AND source <> 'FINN' "  # noqa: S608
            "ORDER BY seq LIMIT ?",
            (after, up_to, newer, size),
        ).fetchall()
    shown = followers[:-1] if len(followers) > 1 else followers
    lines = [base, *(Line(*follower) for follower in shown)]
    return Page(lines, lines[-1].id if len(followers) > 1 else None)


def encode_page(page: Page) -> bytes:
    """Encodes a page as JSON, keys in the server's order; next_url and next_id are always present, null on the last page."""
    identity = page.lines[0].id
    return encode_json(
        {
            "version": "1.0",
            "title": "Stillingsfeeden fra arbeidsplassen.no",
            "home_page_url": "https://arbeidsplassen.nav.no",
            "feed_url": f"{PREFIX}/feed/{identity}",
            "description": "Oppdiktede stillinger, i samme form som feeden fra arbeidsplassen.no",
            "next_url": f"{PREFIX}/feed/{page.next_id}" if page.next_id else None,
            "id": identity,
            "next_id": page.next_id,
            "items": [_encode_line(line) for line in page.lines],
        }
    )


def _encode_line(line: Line) -> dict[str, Any]:
    time = format_iso(line.time)
    return {
        "id": line.ad,
        "url": f"{PREFIX}/feedentry/{line.ad}",
        "title": line.title,
        "content_text": "Stillingsannonse",
        "date_modified": time,
        "_feed_entry": {
            "uuid": line.ad,
            "status": line.status,
            "title": line.title,
            "businessName": line.business_name,
            "municipal": line.municipal,
            "sistEndret": time,
        },
    }


def encode_detail(store: Store, ad: Ad | None) -> bytes | None:
    """Encodes a detail as JSON; None (a 404) for an unknown ad and for an ad from FINN.

    The key `ad_content` is missing for an ad without content; inside the content nulls are written.
    """
    if ad is None or ad.source is None or ad.source == "FINN":
        return None
    if ad.mode == "broken":
        raise UnreadableDetail(ad.uuid)
    detail: dict[str, Any] = {"uuid": ad.uuid}
    if ad.status == ACTIVE and ad.mode != "stub":
        detail["ad_content"] = store.content(ad)
    detail["sistEndret"] = format_iso(to_millisecond(ad.updated))
    detail["status"] = ad.status
    return encode_json(detail)


def encode_json(value: object) -> bytes:
    """Encodes JSON like the server: compact, UTF-8 without escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
