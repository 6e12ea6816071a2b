"""`python -m jobsearch.demo.feed_server`: the fake feed server as a process, with live changes and persistent data."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .backfill import build_history, read_build_parameters
from .feed_server import FakeFeed
from .live_changes import LivePublisher, catch_up
from .server import is_loopback
from .store import Store

KEPT_REQUESTS = 100  # requests kept in memory; only for debugging


def _parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobsearch.demo.feed_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; any other is refused")
    parser.add_argument("--port", type=int, default=8099, help="0 takes any free port")
    parser.add_argument("--data", type=Path, required=True, help="the feed's SQLite file; created if missing")
    parser.add_argument("--active", type=int, default=10_000, help="active ads (default %(default)s)")
    parser.add_argument("--lines", type=int, default=40_000, help="lines of history (default %(default)s)")
    parser.add_argument("--days", type=int, default=180, help="days of history (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="a different seed generates different ads")
    parser.add_argument("--live-seconds", type=float, default=4, help="seconds between live changes; 0: no changes")
    parser.add_argument("--latency-page", type=float, default=0, help="response time of a page in seconds")
    parser.add_argument("--latency-detail", type=float, default=0, help="response time of a detail in seconds")
    arguments = parser.parse_args(argv)
    if not is_loopback(arguments.host):
        parser.error(f"{arguments.host} is not a loopback address; the fake feed server is not made for a network")
    if arguments.lines < arguments.active or arguments.active < 1 or arguments.days < 3:
        parser.error("there must be an active ad, as many lines as active ads, and three days at least")
    return arguments


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def open_store(path: Path, *, active: int, lines: int, days: int, seed: int) -> Store:
    """Opens the feed's file; builds it if it is missing, incomplete, corrupt or built with other parameters.

    Raises `ValueError` for a file that is not a feed, and leaves that file unchanged.
    """
    wanted = f"{active} {lines} {days} {seed}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        with contextlib.suppress(sqlite3.DatabaseError):  # corrupt after a power cut
            store = Store(path)
            if read_build_parameters(store) == wanted:
                return store
            store.close()
        _remove(path)
    store = Store(path)
    try:
        build_history(store, active=active, lines=lines, days=days, seed=seed)
    except BaseException:
        store.close()
        raise
    return store


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM or Ctrl-C; returns the exit code."""
    options = _parse_arguments(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        store = open_store(options.data, active=options.active, lines=options.lines, days=options.days, seed=options.seed)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    catch_up(store, target=options.active)
    try:
        feed = FakeFeed(store=store, host=options.host, port=options.port, log_size=KEPT_REQUESTS)
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}:{options.port} ({error}); choose another --port\n")
        return 1
    feed.faults.latency(page=options.latency_page, detail=options.latency_detail)
    with feed:
        publisher = LivePublisher(store, options.live_seconds, target=options.active) if options.live_seconds > 0 else None
        with publisher or contextlib.nullcontext():
            sys.stdout.write(f"listening on {feed.url}\n")
            sys.stdout.flush()
            ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
