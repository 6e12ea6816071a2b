"""SQLite database of the fake feed server: one writer at a time, any number of readers.

Readers work on a snapshot (write-ahead log): they never wait for the writer and never see a part of a batch, like readers of
NAV's PostgreSQL.
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

from .time_formats import Clock, to_micros, utc_now

# `line.peak` is the latest time of all visible lines up to this one. It never decreases along the feed, so the first line
# after a given time is found by an index although the times themselves go back and forth. NULL on hidden lines.
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


_APPLICATION_ID = 0x46454544
"""Application id in SQLite's header (at byte 68): identifies the file, so that another program's database is not overwritten."""


def _refuse_other_files(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(72)
    if head and (head[:16] != b"SQLite format 3\0" or int.from_bytes(head[68:], "big") != _APPLICATION_ID):
        raise ValueError(f"{path} is no feed of the fake feed server; give a file that does not exist yet")


class Database:
    """Connections, transactions and the sequence of line numbers.

    Without a path the data are in a temporary file that `close` removes.
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
        _refuse_other_files(self.path)
        self._writer = self._connect()
        try:
            self._writer.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
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
        # The data can be rebuilt, so writes lost in a power cut do no harm; waiting for the disk would cost time.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000")  # KiB each: the demo has a memory budget
        return connection

    def close(self) -> None:
        """Closes all connections and removes a temporary file."""
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
        """Provides a connection that reads one committed state of the feed."""
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
        """Runs a transaction; a nested call joins the outer one. Writes of other threads wait until it ends."""
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
        """Groups operations into one transaction: they become visible together, and all their lines have the same time.

        NAV's server writes a whole Kafka batch (up to 500 ads) in one transaction, and the time of a line is the
        start of its transaction.
        """
        with self.writing():
            outer, self._batch_time = self._batch_time, to_micros(at or self.clock())
            try:
                yield
            finally:
                self._batch_time = outer

    def time_of(self, at: datetime | None) -> int:
        """The time of an operation: the given time, else the batch's time, else the clock's."""
        if at is not None:
            return to_micros(at)
        return self._batch_time if self._batch_time is not None else to_micros(self.clock())

    def take_seq(self) -> int:
        """Takes the next sequence number; a rollback leaves a gap, as in PostgreSQL."""
        with self._lock:
            seq = self._next_seq
            self._next_seq += 1
            return seq

    def line_id(self, seq: int) -> str:
        """The id of the line with this number: looks random, but is always the same in one feed."""
        digest = hashlib.blake2b(f"{self._salt}:{seq}".encode(), digest_size=16).digest()
        return str(UUID(bytes=digest, version=4))

    def insert_line(
        self, ad: str, status: str, title: str, business_name: str, municipal: str, source: str | None,
        time: int, seq: int | None = None,
    ) -> str:  # fmt: skip
        """Appends a line, or inserts one whose number was taken earlier; returns its id."""
        with self.writing() as connection:
            seq = self.take_seq() if seq is None else seq
            peak = None
            if source is not None and source != "FINN":
                # The plus keeps SQLite from using the index on `peak`, with which it would read all earlier lines.
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
        """Reads a stored value of this feed, such as the counter of the live publisher."""
        with self._lock:
            row = self._writer.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: object) -> None:
        """Stores a value, in the surrounding transaction if there is one."""
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))

    def drop_indexes(self) -> None:
        """Drops the indexes before a bulk load; `create_indexes` builds them again afterwards."""
        for name in ("line_id", "line_ad", "line_peak", "ad_status", "ad_expires"):
            self._writer.execute(f"DROP INDEX IF EXISTS {name}")

    def create_indexes(self) -> None:
        """Creates the indexes again, and continues the sequence after the loaded lines."""
        self._writer.executescript(_INDEXES)
        self._next_seq = 1 + (self._writer.execute("SELECT max(seq) FROM line").fetchone()[0] or 0)

    def reload_salt(self) -> None:
        """Reads the salt again after it was set: the lines then have the ids of another feed."""
        self._salt = self.meta("salt") or ""
