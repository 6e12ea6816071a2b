"""Pages and details as NAV's server builds them from rows; nothing here knows of HTTP.

A page is not a stored thing. Its id is the id of one line, and the answer is computed from that line and the lines
that follow it, of which the last one is withheld ("NAV's server behaves so").
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from .store import ACTIVE, Ad, Store
from .time_formats import iso, to_millisecond

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
    """A page as it stands now. The last line gives the ETag and Last-Modified."""

    lines: list[Line]
    next_id: str | None

    @property
    def last(self) -> Line:
        return self.lines[-1]


class BrokenDetail(Exception):
    """The stored detail cannot be read; the server answers 500."""


def first_line(store: Store, up_to: int = _ALL) -> str | None:
    """The id of the oldest line. If that one is hidden there is no first page at all."""
    sql = "SELECT id, source FROM line WHERE seq <= ? ORDER BY seq LIMIT 1"
    with store.reading() as connection:
        row = connection.execute(sql, (up_to,)).fetchone()
    return row[0] if row and row[1] not in (None, "FINN") else None


def last_line(store: Store, up_to: int = _ALL) -> str | None:
    """The id of the newest visible line."""
    sql = "SELECT id FROM line WHERE seq <= ? AND source <> 'FINN' ORDER BY seq DESC LIMIT 1"
    with store.reading() as connection:
        row = connection.execute(sql, (up_to,)).fetchone()
    return row[0] if row else None


def first_line_after(store: Store, time: int, up_to: int = _ALL) -> str | None:
    """The id of the first line in feed order whose time is later than `time`."""
    sql = "SELECT id, seq FROM line WHERE peak > ? ORDER BY peak, seq LIMIT 1"
    with store.reading() as connection:
        row = connection.execute(sql, (time,)).fetchone()
    return row[0] if row and row[1] <= up_to else None


def _from_here(connection: sqlite3.Connection, since: int) -> int:
    """The lowest sequence number at which a line of `since` or later can stand; spares a scan through older ones."""
    row = connection.execute("SELECT seq FROM line WHERE peak >= ? ORDER BY peak, seq LIMIT 1", (since,)).fetchone()
    return int(row[0]) if row else _ALL


def read_page(
    store: Store, line_id: str, size: int = DEFAULT_PAGE_SIZE, since: int | None = None, up_to: int = _ALL
) -> Page | None:
    """The page that begins at a line; None if there is no such visible line.

    `size` limits the followers, of which all but the last are shown; a lone follower is shown. `since` (from
    If-Modified-Since) drops older followers, never the first line. `up_to` hides what came later (a frozen feed).
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
            after, newer = max(after, _from_here(connection, since) - 1), since
        followers = connection.execute(
            f"SELECT {_COLUMNS} FROM line WHERE seq > ? AND seq <= ? AND time >= ? AND source <> 'FINN' "  # noqa: S608
            "ORDER BY seq LIMIT ?",
            (after, up_to, newer, size),
        ).fetchall()
    shown = followers[:-1] if len(followers) > 1 else followers
    lines = [base, *(Line(*follower) for follower in shown)]
    return Page(lines, lines[-1].id if len(followers) > 1 else None)


def page_json(page: Page) -> bytes:
    """The body of a page, keys in the server's order; next_url and next_id are always there, null at the tail."""
    identity = page.lines[0].id
    return dump(
        {
            "version": "1.0",
            "title": "Stillingsfeeden fra arbeidsplassen.no",
            "home_page_url": "https://arbeidsplassen.nav.no",
            "feed_url": f"{PREFIX}/feed/{identity}",
            "description": "Oppdiktede stillinger, i samme form som feeden fra arbeidsplassen.no",
            "next_url": f"{PREFIX}/feed/{page.next_id}" if page.next_id else None,
            "id": identity,
            "next_id": page.next_id,
            "items": [_item(line) for line in page.lines],
        }
    )


def _item(line: Line) -> dict[str, Any]:
    time = iso(line.time)
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


def detail_json(store: Store, ad: Ad | None) -> bytes | None:
    """The body of a detail; None (a 404) for an unknown ad and for one of FINN.

    An ad without content lacks the key `ad_content`; inside the content nulls are written.
    """
    if ad is None or ad.source is None or ad.source == "FINN":
        return None
    if ad.mode == "broken":
        raise BrokenDetail(ad.uuid)
    detail: dict[str, Any] = {"uuid": ad.uuid}
    if ad.status == ACTIVE and ad.mode != "stub":
        detail["ad_content"] = store.content(ad)
    detail["sistEndret"] = iso(to_millisecond(ad.updated))
    detail["status"] = ad.status
    return dump(detail)


def dump(value: object) -> bytes:
    """JSON as the server writes it: compact, letters as they are, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
