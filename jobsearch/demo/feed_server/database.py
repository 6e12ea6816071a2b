"""The file behind the stand-in: one SQLite database, one writer at a time, any number of readers.

Readers work on a snapshot (write-ahead log), so they never wait for a writer and never see half a batch - which is
what a reader of NAV's PostgreSQL sees.
"""

from __future__ import annotations

import hashlib
import queue
import secrets
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from .time_formats import Clock, micros, utc_now

# `line.peak` is the latest time of any visible line up to this one. It never falls along the feed, so the first line
# later than some moment is found by index although the times themselves go back and forth. NULL on hidden lines.
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, ad TEXT NOT NULL, status TEXT NOT NULL, title TEXT NOT NULL,
    business_name TEXT NOT NULL, municipal TEXT NOT NULL, source TEXT, time INTEGER NOT NULL, peak INTEGER);
CREATE TABLE IF NOT EXISTS ad (
    uuid TEXT PRIMARY KEY, number INTEGER, seed INTEGER NOT NULL, revision INTEGER NOT NULL, content TEXT,
    source TEXT, status TEXT NOT NULL, mode TEXT NOT NULL DEFAULT '',
    published INTEGER, expires INTEGER, updated INTEGER NOT NULL) WITHOUT ROWID;
"""
_INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS line_id ON line (id);
CREATE INDEX IF NOT EXISTS line_ad ON line (ad, seq);
CREATE INDEX IF NOT EXISTS line_peak ON line (peak, seq) WHERE peak IS NOT NULL;
CREATE INDEX IF NOT EXISTS ad_status ON ad (status, uuid);
CREATE INDEX IF NOT EXISTS ad_expires ON ad (expires) WHERE status = 'ACTIVE';
"""


_APPLICATION = 0x46454544
"""Marks the file in SQLite's header (at byte 68), so that no other program's database is taken for a feed."""


def _refuse_foreign(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(72)
    if head and (head[:16] != b"SQLite format 3\0" or int.from_bytes(head[68:], "big") != _APPLICATION):
        raise ValueError(f"{path} is no feed of the stand-in; name a file that does not exist yet")


class Database:
    """Connections, transactions and the sequence of line numbers.

    Without a path the data live in a temporary file that is removed by `close`.
    """

    def __init__(self, path: Path | str | None = None, *, clock: Clock = utc_now) -> None:
        self.clock = clock
        self._scratch = tempfile.mkdtemp(prefix="fake_feed-") if path is None else None
        self.path = Path(self._scratch or "", "feed.sqlite3") if path is None else Path(path)
        self._lock = threading.RLock()
        self._depth = 0
        self._batch_time: int | None = None
        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = False
        _refuse_foreign(self.path)
        self._writer = self._connect()
        try:
            self._writer.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.executescript(_TABLES + _INDEXES)
            self._next_seq = 1 + (self._writer.execute("SELECT max(seq) FROM line").fetchone()[0] or 0)
            if self.meta("salt") is None:
                self.set_meta("salt", secrets.token_hex(8))
            self._salt = self.meta("salt") or ""
        except BaseException:
            self._writer.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        # The data can be built again, so a lost write after a power cut is no harm; waiting for the disk is.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000")  # KiB each: the demo has a memory budget
        return connection

    def close(self) -> None:
        """Close every connection; a temporary file is removed."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            while True:
                try:
                    self._readers.get_nowait().close()
                except queue.Empty:
                    break
            self._writer.close()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one committed state of the feed."""
        try:
            connection = self._readers.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.rollback()
            if self._closed:
                connection.close()
            else:
                self._readers.put(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; a nested call joins the outer one. Another thread's write waits until it ends."""
        with self._lock:
            if self._depth == 0:
                self._writer.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._writer
            except BaseException:
                if self._depth == 1:
                    self._writer.rollback()
                raise
            else:
                if self._depth == 1:
                    self._writer.commit()
            finally:
                self._depth -= 1

    @contextmanager
    def batch(self, at: datetime | None = None) -> Iterator[None]:
        """Whatever happens inside becomes visible at once, and all its lines have one identical time.

        NAV's server writes a whole Kafka batch (up to 500 ads) in one transaction, and the time of a line is the
        start of its transaction.
        """
        with self.writing():
            outer, self._batch_time = self._batch_time, micros(at or self.clock())
            try:
                yield
            finally:
                self._batch_time = outer

    def time_of(self, at: datetime | None) -> int:
        """The time of what happens now: what the caller says, else the batch's time, else the clock's."""
        if at is not None:
            return micros(at)
        return self._batch_time if self._batch_time is not None else micros(self.clock())

    def take_seq(self) -> int:
        """The next number of the feed's sequence, taken for good: a rollback leaves a hole, as in PostgreSQL."""
        with self._lock:
            seq = self._next_seq
            self._next_seq += 1
            return seq

    def line_id(self, seq: int) -> str:
        """The id of the line with this number: random to look at, always the same in one feed."""
        digest = hashlib.blake2b(f"{self._salt}:{seq}".encode(), digest_size=16).digest()
        return str(UUID(bytes=digest, version=4))

    def insert_line(
        self, ad: str, status: str, title: str, business_name: str, municipal: str, source: str | None,
        time: int, seq: int | None = None,
    ) -> str:  # fmt: skip
        """Append a line, or commit one whose number was taken earlier, and answer its id."""
        with self.writing() as connection:
            seq = self.take_seq() if seq is None else seq
            peak = None
            if source is not None and source != "FINN":
                # The plus keeps SQLite from the index on `peak`, which would read all earlier lines.
                before = connection.execute(
                    "SELECT peak FROM line WHERE seq < ? AND +peak IS NOT NULL ORDER BY seq DESC LIMIT 1", (seq,)
                ).fetchone()
                peak = max(time, before[0]) if before else time
                connection.execute("UPDATE line SET peak = ? WHERE seq > ? AND +peak < ?", (peak, seq, peak))
            line_id = self.line_id(seq)
            connection.execute(
                "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (seq, line_id, ad, status, title, business_name, municipal, source, time, peak),
            )
            return line_id

    def meta(self, key: str) -> str | None:
        """A remembered value of this feed, such as the counter of the live publisher."""
        with self._lock:
            row = self._writer.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: object) -> None:
        """Remember a value; part of the surrounding transaction if there is one."""
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))

    def drop_indexes(self) -> None:
        """Make ready for a bulk load, which builds the indexes afterwards in one go with `create_indexes`."""
        for name in ("line_id", "line_ad", "line_peak", "ad_status", "ad_expires"):
            self._writer.execute(f"DROP INDEX IF EXISTS {name}")

    def create_indexes(self) -> None:
        """Build what `drop_indexes` removed, and take up the numbering after the loaded lines."""
        self._writer.executescript(_INDEXES)
        self._next_seq = 1 + (self._writer.execute("SELECT max(seq) FROM line").fetchone()[0] or 0)

    def reload_salt(self) -> None:
        """Take up a salt that was set, so that the ids of lines become those of another feed."""
        self._salt = self.meta("salt") or ""
