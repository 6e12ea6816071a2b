"""The ads behind the feed and what can happen to them; every happening appends the lines the real feed would append.

An ad is either a number that the `ads` package composes on demand, or content that a caller gave in full. The feed is
a mirror of ads that are registered elsewhere, so an ad's own `updated` lies a few seconds before its line's time.
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
from .time_formats import SECOND, Clock, iso, micros, midnight, moment, parse_iso, to_millisecond, utc_now

Content = dict[str, Any]
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
LIFETIME_DAYS = 30
UPDATED_BEFORE_LINE = 6 * SECOND + 30_000
"""How long before its line an ad was edited, in microseconds; the two times differ by seconds in the real feed."""


class Headline(Protocol):
    """What a line tells of an ad."""

    @property
    def title(self) -> str: ...
    @property
    def business_name(self) -> str: ...
    @property
    def municipal(self) -> str | None: ...
    @property
    def source(self) -> str | None: ...


class Told(NamedTuple):
    """A headline with nulls put into words, as a line has it."""

    title: str
    business_name: str
    municipal: str
    source: str | None


class Ads(Protocol):
    """The part of `jobsearch.demo.feed_server.ads` used here."""

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


def told_by(content: Mapping[str, Any]) -> Told:
    """The line NAV's server derives from an ad: first location only, `?` for null, empty strings as they are."""
    locations = content.get("workLocations") or [{}]
    values = content.get("title"), (content.get("employer") or {}).get("name"), locations[0].get("municipal")
    title, business_name, municipal = ("?" if value is None else str(value) for value in values)
    return Told(title, business_name, municipal, content.get("source"))


def as_told(headline: Headline) -> Told:
    """The line of a composed ad: without a municipality at its first location it tells `?`."""
    municipal = "?" if headline.municipal is None else headline.municipal
    return Told(headline.title, headline.business_name, municipal, headline.source)


class LateCommit:
    """A line whose sequence number is taken and whose transaction is still open; see `Store.late_commit`."""

    def __init__(self, commit: Callable[[], str]) -> None:
        self._commit = commit
        self.uuid: str | None = None

    def commit(self) -> str:
        """Make the line visible, below lines that readers may have passed already. Answers the ad's uuid."""
        if self.uuid is None:
            self.uuid = self._commit()
        return self.uuid

    def __enter__(self) -> LateCommit:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self.commit()


class Store(Database):
    """The feed as NAV's server keeps it. Every operation takes `at`, the time of its line (default: the clock)."""

    def __init__(self, path: Path | str | None = None, *, clock: Clock = utc_now, ads: Ads | None = None) -> None:
        super().__init__(path, clock=clock)
        if ads is None:
            from . import ads as package  # late: a test of pages alone needs no ads

            ads = cast(Ads, package)
        self.ads = ads
        self._late_seq: int | None = None

    # -- what happens to ads ------------------------------------------------------------------------------------------

    def publish(
        self, ad: int | Content | None = None, *, seed: int | None = None, revision: int = 0,
        published: datetime | None = None, expires: datetime | None = None, at: datetime | None = None, **fields: Any,
    ) -> str:  # fmt: skip
        """A new ad and its ACTIVE line; answers the ad's uuid.

        `ad` is a number to compose (none: the next free one) or complete content, taken as it is. `fields` replace
        fields of composed content. Default dates: published the same day, expiring after 30 days, both at midnight.
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
                number = self._number(connection) if ad is None else ad
                begins = micros(published) if published else midnight(time)
                ends = micros(expires) if expires else midnight(time, LIFETIME_DAYS)
                row = Ad(
                    self.ads.uuid_for(number, seed), number, seed, revision, None,
                    self.ads.headline(number, seed, revision).source, ACTIVE, "", begins, ends, _edited(time),
                )  # fmt: skip
                row = self._with_fields(row, fields)
            row = row._replace(status=INACTIVE) if row.source == "DIR" else row
            self._save(row)
            self._tell(row, time)
        return row.uuid

    def change(self, uuid: str, *, revision: int | None = None, at: datetime | None = None, **fields: Any) -> str:
        """An edit with a new line. Without `fields` the ad takes its next revision. Answers the uuid."""
        time = self.time_of(at)
        with self.writing():
            row = self._need(uuid)
            if row.status != ACTIVE:
                raise ValueError(f"{uuid} is {row.status}; use reactivate() for an ad that was closed")
            row = self._edit(row, revision, fields, time)
            self._save(row)
            self._tell(row, time)
        return uuid

    def reactivate(self, uuid: str, *, expires: datetime | None = None, at: datetime | None = None, **fields: Any) -> str:
        """A closed ad comes back with an ACTIVE line, with a new `expires` if the old one has passed."""
        time = self.time_of(at)
        with self.writing():
            row = self._need(uuid)
            ends = micros(expires) if expires else row.expires
            if ends is not None and ends <= time:
                ends = midnight(time, LIFETIME_DAYS)
            row = row._replace(status=ACTIVE, mode="", expires=ends, updated=_edited(time))
            row = self._with_fields(row, {**fields, "expires": iso(ends)} if row.content and ends else fields)
            self._save(row)
            self._tell(row, time)
        return uuid

    def expire(self, uuid: str, *, at: datetime | None = None, **fields: Any) -> str:
        """The ad ran out: INACTIVE, with its real title and employer, or those the closing message brings."""
        return self._close(uuid, at, fields, None)

    def stop(self, uuid: str, *, at: datetime | None = None, **fields: Any) -> str:
        """Somebody stopped, deleted or rejected the ad: title `...`, empty employer, the municipality stays real."""
        return self._close(uuid, at, fields, lambda told: ("...", "", told.municipal))

    def dir_cleanup(self, uuid: str, *, at: datetime | None = None) -> str:
        """The server's clean-up of ads of source DIR at its start: INACTIVE, and `?` in all three fields."""
        return self._close(uuid, at, {}, lambda told: ("?", "?", "?"))

    def become_finn(self, uuid: str, *, at: datetime | None = None) -> str:
        """The ad's source turns FINN: the new line is hidden, the last visible one stays ACTIVE, the detail is 404."""
        time = self.time_of(at)
        with self.writing():
            row = self._need(uuid)._replace(source="FINN", updated=_edited(time))
            self._save(row)
            self._tell(row, time)
        return uuid

    def stop_unnoticed(self, uuid: str) -> str:
        """A stop without a publishing administrator: NAV's server ignores it; line and detail stay ACTIVE for ever."""
        return self._set(uuid, mode="stopped")

    def edit_silently(self, uuid: str, *, revision: int | None = None, at: datetime | None = None, **fields: Any) -> str:
        """The detail changes without a line, as after a re-run by an administrator."""
        with self.writing():
            self._save(self._edit(self._need(uuid), revision, fields, self.time_of(at)))
        return uuid

    def close_silently(self, uuid: str) -> str:
        """The detail is INACTIVE while the last line still says ACTIVE (seen on 11.6 % of ACTIVE lines)."""
        return self._set(uuid, status=INACTIVE)

    def active_without_content(self, uuid: str) -> str:
        """The detail says ACTIVE but has no `ad_content`; a re-run can leave that."""
        return self._set(uuid, mode="stub")

    def detail_fails_for_good(self, uuid: str) -> str:
        """The detail answers 500 until the ad's next edit: stored JSON that no longer fits."""
        return self._set(uuid, mode="broken")

    def append_line(
        self, uuid: str, *, status: str = ACTIVE, title: str = "", business_name: str = "", municipal: str = "",
        source: str | None = "IMPORTAPI", at: datetime | None = None,
    ) -> str:  # fmt: skip
        """A line exactly as given, whatever the ad's state; answers its id. FINN or no source makes a hidden gap."""
        return self.insert_line(uuid, status, title, business_name, municipal, source, self.time_of(at))

    def late_commit(self, operation: str = "publish", *arguments: Any, at: datetime | None = None, **named: Any) -> LateCommit:
        """Take a sequence number now and commit later: the line appears below lines that were read already.

        `late = store.late_commit("publish", 7)`, other operations, `late.commit()`; or as a `with` statement whose
        end commits. The line has the time of now, since PostgreSQL dates a row by the start of its transaction.
        """
        seq, time = self.take_seq(), moment(self.time_of(at))

        def commit() -> str:
            with self.writing():
                self._late_seq = seq
                try:
                    return str(getattr(self, operation)(*arguments, at=time, **named))
                finally:
                    self._late_seq = None

        return LateCommit(commit)

    def rebuild(self, *, at: datetime | None = None) -> None:
        """The feed is built anew: each line gets a new id, so page ids that readers hold are gone. `at`: also a new time,
        the same for all, as after all messages were read again; without it the times stay."""
        with self.writing() as connection:
            self.set_meta("salt", f"{self.meta('salt')}+")
            self.reload_salt()
            for (seq,) in connection.execute("SELECT seq FROM line").fetchall():
                connection.execute("UPDATE line SET id = ? WHERE seq = ?", (self.line_id(seq), seq))
            if at is not None:
                connection.execute("UPDATE line SET time = ?", (micros(at),))
                connection.execute("UPDATE line SET peak = time WHERE peak IS NOT NULL")

    # -- what is true -------------------------------------------------------------------------------------------------

    def ad(self, uuid: str) -> Ad | None:
        """The ad with this uuid, as readers see it."""
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
            ad.number, published=moment(ad.published), expires=moment(ad.expires), updated=moment(ad.updated),
            seed=ad.seed, revision=ad.revision,
        )  # fmt: skip

    def truth(self) -> dict[str, Content]:
        """What the feed offers now: uuid -> content of each ad whose detail is ACTIVE with content.

        Ads whose `expires` has passed unnoticed are included, for the feed goes on showing them.
        """
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM ad WHERE status = 'ACTIVE' AND source <> 'FINN' AND mode IN ('', 'stopped')"
            ).fetchall()
        return {row[0]: self.content(Ad(*row)) for row in rows}

    def last_line_status(self, uuid: str) -> str | None:
        """What the last visible line says of an ad; None if there is no line."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT status FROM line WHERE ad = ? AND source <> 'FINN' ORDER BY seq DESC LIMIT 1", (uuid,)
            ).fetchone()
        return row[0] if row else None

    def active_count(self) -> int:
        """How many ads `truth` would list."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM ad WHERE status = 'ACTIVE' AND source <> 'FINN' AND mode IN ('', 'stopped')"
            ).fetchone()
        return int(row[0])

    def line_count(self) -> int:
        """How many visible lines the feed has."""
        with self.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM line WHERE source <> 'FINN'").fetchone()[0])

    @property
    def seed(self) -> int:
        """The seed that this feed's ads are composed with."""
        return int(self.meta("seed") or 1)

    # -- within -------------------------------------------------------------------------------------------------------

    def _number(self, connection: sqlite3.Connection) -> int:
        number = int(self.meta("next_number") or 1)
        while connection.execute("SELECT 1 FROM ad WHERE uuid = ?", (self.ads.uuid_for(number, self.seed),)).fetchone():
            number += 1  # an ad that a caller published by its number
        self.set_meta("next_number", number + 1)
        return number

    def _need(self, uuid: str) -> Ad:
        row = self._writer.execute("SELECT * FROM ad WHERE uuid = ?", (uuid,)).fetchone()
        if row is None:
            raise KeyError(f"no ad {uuid} in this feed; publish() it first")
        return Ad(*row)

    def _set(self, uuid: str, **columns: Any) -> str:
        with self.writing():
            self._save(self._need(uuid)._replace(**columns))
        return uuid

    def _save(self, row: Ad) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO ad VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _told(self, row: Ad) -> Told:
        if row.content is not None:
            return told_by(json.loads(row.content))
        return as_told(self.ads.headline(cast(int, row.number), row.seed, row.revision))

    def _tell(self, row: Ad, time: int, mask: Callable[[Told], tuple[str, str, str]] | None = None) -> None:
        told = self._told(row)
        title, business_name, municipal = mask(told) if mask else (told.title, told.business_name, told.municipal)
        self.insert_line(row.uuid, row.status, title, business_name, municipal, row.source, time, self._late_seq)

    def _close(
        self, uuid: str, at: datetime | None, fields: dict[str, Any],
        mask: Callable[[Told], tuple[str, str, str]] | None,
    ) -> str:  # fmt: skip
        time = self.time_of(at)
        with self.writing():
            row = self._need(uuid)._replace(status=INACTIVE, mode="", updated=_edited(time))
            row = self._with_fields(row, fields) if fields else row
            self._save(row)
            self._tell(row, time, mask)
        return uuid

    def _edit(self, row: Ad, revision: int | None, fields: dict[str, Any], time: int) -> Ad:
        if revision is None:
            revision = row.revision if fields else row.revision + 1
        return self._with_fields(row._replace(revision=revision, mode="", updated=_edited(time)), fields)

    def _with_fields(self, row: Ad, fields: dict[str, Any]) -> Ad:
        """Lay fields over the content; from then on the content is kept instead of composed."""
        if not fields and row.content is None:
            return row
        content = {**self.content(row), "updated": iso(row.updated), **_wire(fields)}
        expires = parse_iso(content.get("expires")) if "expires" in fields else row.expires
        return row._replace(content=json.dumps(content), source=content.get("source"), expires=expires)


def _edited(time: int) -> int:
    return to_millisecond(time - UPDATED_BEFORE_LINE)


def _wire(fields: dict[str, Any]) -> dict[str, Any]:
    """Dates among the fields as the feed writes them."""
    return {key: iso(micros(value)) if isinstance(value, datetime) else value for key, value in fields.items()}
