"""Store of the fake feed: the ads, and the operations on them; each operation appends the lines that NAV's feed would append.

An ad is either a number, from which the `ads` package generates the content, or complete content from the caller. The feed
mirrors ads that are registered elsewhere, so an ad's own `updated` is a few seconds before its line's time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, cast

from .database import Database
from .time_formats import SECOND, Clock, format_iso, midnight, parse_iso, to_datetime, to_micros, to_millisecond, utc_now

Content = dict[str, Any]
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
LIFETIME_DAYS = 30
UPDATED_BEFORE_LINE = 6 * SECOND + 30_000
"""Time between an ad's edit and its line, in microseconds; in NAV's feed the two differ by seconds."""


class Headline(Protocol):
    """The fields of an ad that its lines show."""

    @property
    def title(self) -> str: ...
    @property
    def business_name(self) -> str: ...
    @property
    def municipal(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...


class LineFields(NamedTuple):
    """The fields of a line: a headline with `?` for null."""

    title: str
    business_name: str
    municipal: str
    source: str | None


class Ads(Protocol):
    """The functions of `jobsearch.demo.feed_server.ads` that are used here."""

    def uuid_for(self, number: int, seed: int = 1) -> str: ...
    def headline(self, number: int, seed: int = 1, revision: int = 0) -> Headline: ...
    def compose(
        self, number: int, *, published: datetime, expires: datetime, updated: datetime,
        seed: int = 1, revision: int = 0,
    ) -> Content: ...  # fmt: skip


class Ad(NamedTuple):
    """A row of the `ad` table; times in microseconds. `mode` is '', 'stub', 'broken' or 'stopped' (see the methods)."""

    uuid: str
    number: int | None
    seed: int
    revision: int
    content: str | None
    source: str | None
    status: str
    mode: str
    published: int | None
    expires: int | None
    updated: int


def derive_line_fields(content: Mapping[str, Any]) -> LineFields:
    """Derives a line's fields from content like NAV's server: first location only, `?` for null, empty strings unchanged."""
    locations = content.get("workLocations") or [{}]
    values = content.get("title"), (content.get("employer") or {}).get("name"), locations[0].get("municipal")
    title, business_name, municipal = ("?" if value is None else str(value) for value in values)
    return LineFields(title, business_name, municipal, content.get("source"))


def fill_line_fields(headline: Headline) -> LineFields:
    """Derives a line's fields from the headline of a generated ad: `?` if its first location has no municipality."""
    municipal = "?" if headline.municipal is None else headline.municipal
    return LineFields(headline.title, headline.business_name, municipal, headline.source)


class LateCommit:
    """A line whose sequence number is taken, but whose transaction is not committed yet; see `Store.late_commit`."""

    def __init__(self, commit: Callable[[], str]) -> None:
        self._commit = commit
        self.uuid: str | None = None

    def commit(self) -> str:
        """Makes the line visible, before lines that clients may already have read. Returns the ad's uuid."""
        if self.uuid is None:
            self.uuid = self._commit()
        return self.uuid

    def __enter__(self) -> LateCommit:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self.commit()


class Store(Database):
    """The feed's lines and ads. Every operation takes `at`, the time of its line (default: the clock)."""

    def __init__(self, path: Path | str | None = None, *, clock: Clock = utc_now, ads: Ads | None = None) -> None:
        super().__init__(path, clock=clock)
        if ads is None:
            from . import ads as package  # imported late: tests of pages only need no ads

            ads = cast(Ads, package)
        self.ads = ads
        self._late_seq: int | None = None

    # -- operations on ads ---------------------------------------------------------------------------------------------

    def publish(
        self, ad: int | Content | None = None, *, seed: int | None = None, revision: int = 0,
        published: datetime | None = None, expires: datetime | None = None, at: datetime | None = None, **fields: Any,
    ) -> str:  # fmt: skip
        """Publishes a new ad with an ACTIVE line; returns the ad's uuid.

        `ad` is the number of a generated ad (none: the next free number) or complete content, stored unchanged. `fields`
        replace fields of generated content. Default dates: published the same day, expiring after 30 days, both at midnight.
        An ad of source DIR is INACTIVE from the start, with real values; one of FINN is hidden.
        """
        time = self.time_of(at)
        seed = self.seed if seed is None else seed
        with self.writing() as connection:
            if isinstance(ad, dict):
                content = {**ad, **fields}
                updated = parse_iso(content.get("updated")) or to_millisecond(time)
                dates = parse_iso(content.get("published")), parse_iso(content.get("expires"))
                row = Ad(content["uuid"], None, seed, 0, json.dumps(content), content.get("source"), ACTIVE, "", *dates,
                         updated)  # fmt: skip
            else:
                number = self._next_free_number(connection) if ad is None else ad
                begins = to_micros(published) if published else midnight(time)
                ends = to_micros(expires) if expires else midnight(time, LIFETIME_DAYS)
                row = Ad(
                    self.ads.uuid_for(number, seed), number, seed, revision, None,
                    self.ads.headline(number, seed, revision).source, ACTIVE, "", begins, ends, _updated_time(time),
                )  # fmt: skip
                row = self._with_fields(row, fields)
            row = row._replace(status=INACTIVE) if row.source == "DIR" else row
            self._save(row)
            self._append_line_for(row, time)
        return row.uuid

    def change(self, uuid: str, *, revision: int | None = None, at: datetime | None = None, **fields: Any) -> str:
        """Edits an ad, with a new line. Without `fields` the ad gets its next revision. Returns the uuid."""
        time = self.time_of(at)
        with self.writing():
            row = self._get_ad(uuid)
            if row.status != ACTIVE:
                raise ValueError(f"{uuid} is {row.status}; use reactivate() for an ad that was closed")
            row = self._edit(row, revision, fields, time)
            self._save(row)
            self._append_line_for(row, time)
        return uuid

    def reactivate(self, uuid: str, *, expires: datetime | None = None, at: datetime | None = None, **fields: Any) -> str:
        """Reactivates a closed ad with an ACTIVE line, and with a new `expires` if the old one has passed."""
        time = self.time_of(at)
        with self.writing():
            row = self._get_ad(uuid)
            ends = to_micros(expires) if expires else row.expires
            if ends is not None and ends <= time:
                ends = midnight(time, LIFETIME_DAYS)
            row = row._replace(status=ACTIVE, mode="", expires=ends, updated=_updated_time(time))
            row = self._with_fields(row, {**fields, "expires": format_iso(ends)} if row.content and ends else fields)
            self._save(row)
            self._append_line_for(row, time)
        return uuid

    def expire(self, uuid: str, *, at: datetime | None = None, **fields: Any) -> str:
        """Expires the ad: INACTIVE, with its real title and employer, or those of the closing message (`fields`)."""
        return self._close(uuid, at, fields, None)

    def stop(self, uuid: str, *, at: datetime | None = None, **fields: Any) -> str:
        """Stops, deletes or rejects the ad: title `...`, empty employer, real municipality."""
        return self._close(uuid, at, fields, lambda line: ("...", "", line.municipal))

    def dir_cleanup(self, uuid: str, *, at: datetime | None = None) -> str:
        """Cleans up an ad of source DIR, as NAV's server does at its start: INACTIVE, and `?` in all three fields."""
        return self._close(uuid, at, {}, lambda line: ("?", "?", "?"))

    def become_finn(self, uuid: str, *, at: datetime | None = None) -> str:
        """Changes the ad's source to FINN: the new line is hidden, the last visible one stays ACTIVE, the detail is 404."""
        time = self.time_of(at)
        with self.writing():
            row = self._get_ad(uuid)._replace(source="FINN", updated=_updated_time(time))
            self._save(row)
            self._append_line_for(row, time)
        return uuid

    def stop_unnoticed(self, uuid: str) -> str:
        """Stops the ad without a publishing administrator: NAV's server ignores that; line and detail stay ACTIVE."""
        return self._update_ad(uuid, mode="stopped")

    def edit_silently(self, uuid: str, *, revision: int | None = None, at: datetime | None = None, **fields: Any) -> str:
        """Edits the detail without a line, as after a re-run by an administrator of NAV's server."""
        with self.writing():
            self._save(self._edit(self._get_ad(uuid), revision, fields, self.time_of(at)))
        return uuid

    def close_silently(self, uuid: str) -> str:
        """Closes the detail without a line: the last line still says ACTIVE (seen on 11.6 % of ACTIVE lines)."""
        return self._update_ad(uuid, status=INACTIVE)

    def active_without_content(self, uuid: str) -> str:
        """Removes the detail's `ad_content` but keeps the status ACTIVE; a re-run can have that effect."""
        return self._update_ad(uuid, mode="stub")

    def detail_fails_for_good(self, uuid: str) -> str:
        """Makes the detail answer 500 until the ad's next edit, like stored JSON that no longer fits the server's model."""
        return self._update_ad(uuid, mode="broken")

    def append_line(
        self, uuid: str, *, status: str = ACTIVE, title: str = "", business_name: str = "", municipal: str = "",
        source: str | None = "IMPORTAPI", at: datetime | None = None,
    ) -> str:  # fmt: skip
        """Appends a line exactly as given, regardless of the ad's state; returns its id. Source FINN or None makes it hidden."""
        return self.insert_line(uuid, status, title, business_name, municipal, source, self.time_of(at))

    def late_commit(self, operation: str = "publish", *arguments: Any, at: datetime | None = None, **named: Any) -> LateCommit:
        """Takes a sequence number now and commits later: the line then appears before lines that were already read.

        `late = store.late_commit("publish", 7)`, other operations, `late.commit()`; or as a `with` statement whose
        end commits. The line has the current time, since PostgreSQL dates a row by the start of its transaction.
        """
        seq, time = self.take_seq(), to_datetime(self.time_of(at))

        def commit() -> str:
            with self.writing():
                self._late_seq = seq
                try:
                    return str(getattr(self, operation)(*arguments, at=time, **named))
                finally:
                    self._late_seq = None

        return LateCommit(commit)

    def rebuild(self, *, at: datetime | None = None) -> None:
        """Rebuilds the feed: each line gets a new id, so all page ids that clients know are gone.

        With `at`, all lines also get this time, as after NAV's server has read all messages again; without it the times stay.
        """
        with self.writing() as connection:
            self.set_meta("salt", f"{self.meta('salt')}+")
            self.reload_salt()
            for (seq,) in connection.execute("SELECT seq FROM line").fetchall():
                connection.execute("UPDATE line SET id = ? WHERE seq = ?", (self.line_id(seq), seq))
            if at is not None:
                connection.execute("UPDATE line SET time = ?", (to_micros(at),))
                connection.execute("UPDATE line SET peak = time WHERE peak IS NOT NULL")

    # -- current state -------------------------------------------------------------------------------------------------

    def ad(self, uuid: str) -> Ad | None:
        """The ad with this uuid, as clients see it."""
        with self.reading() as connection:
            row = connection.execute("SELECT * FROM ad WHERE uuid = ?", (uuid,)).fetchone()
        return Ad(*row) if row else None

    def content(self, ad: Ad) -> Content:
        """The complete `ad_content` of an ad, whatever its status."""
        if ad.content is not None:
            return cast(Content, json.loads(ad.content))
        if ad.number is None or ad.published is None or ad.expires is None:
            raise ValueError(f"{ad.uuid} has neither content nor a number with dates")
        return self.ads.compose(
            ad.number, published=to_datetime(ad.published), expires=to_datetime(ad.expires), updated=to_datetime(ad.updated),
            seed=ad.seed, revision=ad.revision,
        )  # fmt: skip

    def read_active_ads(self) -> dict[str, Content]:
        """Active ads, the ground truth of tests: uuid -> content of each ad whose detail is ACTIVE with content.

        Includes ads whose `expires` has passed without a closing line, since the feed still shows them.
        """
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM ad WHERE status = 'ACTIVE' AND source <> 'FINN' AND mode IN ('', 'stopped')"
            ).fetchall()
        return {row[0]: self.content(Ad(*row)) for row in rows}

    def last_line_status(self, uuid: str) -> str | None:
        """The status of the ad's last visible line; None if there is no line."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT status FROM line WHERE ad = ? AND source <> 'FINN' ORDER BY seq DESC LIMIT 1", (uuid,)
            ).fetchone()
        return row[0] if row else None

    def active_count(self) -> int:
        """The number of ads in `read_active_ads`."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM ad WHERE status = 'ACTIVE' AND source <> 'FINN' AND mode IN ('', 'stopped')"
            ).fetchone()
        return int(row[0])

    def line_count(self) -> int:
        """The number of visible lines."""
        with self.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM line WHERE source <> 'FINN'").fetchone()[0])

    @property
    def seed(self) -> int:
        """The seed of this feed's generated ads."""
        return int(self.meta("seed") or 1)

    # -- internal ------------------------------------------------------------------------------------------------------

    def _next_free_number(self, connection: sqlite3.Connection) -> int:
        number = int(self.meta("next_number") or 1)
        while connection.execute("SELECT 1 FROM ad WHERE uuid = ?", (self.ads.uuid_for(number, self.seed),)).fetchone():
            number += 1  # used by an ad that a caller published by its number
        self.set_meta("next_number", number + 1)
        return number

    def _get_ad(self, uuid: str) -> Ad:
        row = self._writer.execute("SELECT * FROM ad WHERE uuid = ?", (uuid,)).fetchone()
        if row is None:
            raise KeyError(f"no ad {uuid} in this feed; publish() it first")
        return Ad(*row)

    def _update_ad(self, uuid: str, **columns: Any) -> str:
        with self.writing():
            self._save(self._get_ad(uuid)._replace(**columns))
        return uuid

    def _save(self, row: Ad) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO ad VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _line_fields(self, row: Ad) -> LineFields:
        if row.content is not None:
            return derive_line_fields(json.loads(row.content))
        return fill_line_fields(self.ads.headline(cast(int, row.number), row.seed, row.revision))

    def _append_line_for(self, row: Ad, time: int, mask: Callable[[LineFields], tuple[str, str, str]] | None = None) -> None:
        line = self._line_fields(row)
        title, business_name, municipal = mask(line) if mask else (line.title, line.business_name, line.municipal)
        self.insert_line(row.uuid, row.status, title, business_name, municipal, row.source, time, self._late_seq)

    def _close(
        self, uuid: str, at: datetime | None, fields: dict[str, Any],
        mask: Callable[[LineFields], tuple[str, str, str]] | None,
    ) -> str:  # fmt: skip
        time = self.time_of(at)
        with self.writing():
            row = self._get_ad(uuid)._replace(status=INACTIVE, mode="", updated=_updated_time(time))
            row = self._with_fields(row, fields) if fields else row
            self._save(row)
            self._append_line_for(row, time, mask)
        return uuid

    def _edit(self, row: Ad, revision: int | None, fields: dict[str, Any], time: int) -> Ad:
        if revision is None:
            revision = row.revision if fields else row.revision + 1
        return self._with_fields(row._replace(revision=revision, mode="", updated=_updated_time(time)), fields)

    def _with_fields(self, row: Ad, fields: dict[str, Any]) -> Ad:
        """Replaces fields of the content; from then on the content is stored instead of generated."""
        if not fields and row.content is None:
            return row
        content = {**self.content(row), "updated": format_iso(row.updated), **_format_dates(fields)}
        expires = parse_iso(content.get("expires")) if "expires" in fields else row.expires
        return row._replace(content=json.dumps(content), source=content.get("source"), expires=expires)


def _updated_time(time: int) -> int:
    return to_millisecond(time - UPDATED_BEFORE_LINE)


def _format_dates(fields: dict[str, Any]) -> dict[str, Any]:
    """Converts datetimes among the fields to the feed's format."""
    return {key: format_iso(to_micros(value)) if isinstance(value, datetime) else value for key, value in fields.items()}
