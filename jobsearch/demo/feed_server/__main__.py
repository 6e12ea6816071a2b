"""`python -m jobsearch.demo.feed_server`: the stand-in as a process of its own, which goes on living and survives a restart."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .backfill import build, is_complete
from .feed_server import FakeFeed
from .live_changes import Publisher, catch_up
from .server import is_loopback
from .store import Store

KEPT_REQUESTS = 100  # nobody reads the log of this process; a few help when it is debugged


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobsearch.demo.feed_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; any other is refused")
    parser.add_argument("--port", type=int, default=8099, help="0 takes any free port")
    parser.add_argument("--data", type=Path, required=True, help="the file of the feed; made when it is missing")
    parser.add_argument("--active", type=int, default=10_000, help="ads that are active (default %(default)s)")
    parser.add_argument("--lines", type=int, default=40_000, help="lines of the past (default %(default)s)")
    parser.add_argument("--days", type=int, default=180, help="days the past spans (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other ads")
    parser.add_argument("--live-seconds", type=float, default=4, help="seconds between happenings; 0: none happen")
    parser.add_argument("--latency-page", type=float, default=0, help="seconds each page takes")
    parser.add_argument("--latency-detail", type=float, default=0, help="seconds each detail takes")
    arguments = parser.parse_args(argv)
    if not is_loopback(arguments.host):
        parser.error(f"{arguments.host} is not a loopback address; the stand-in is not made for a network")
    if arguments.lines < arguments.active or arguments.active < 1 or arguments.days < 3:
        parser.error("there must be an active ad, as many lines as active ads, and three days at least")
    return arguments


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def open_store(path: Path, *, active: int, lines: int, days: int, seed: int) -> Store:
    """The feed in a file: as it was left, or built when it is missing, half built, torn or of other parameters.

    A file that is no feed is refused, not replaced (ValueError).
    """
    wanted = f"{active} {lines} {days} {seed}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        with contextlib.suppress(sqlite3.DatabaseError):  # torn by a power cut
            store = Store(path)
            if is_complete(store) == wanted:
                return store
            store.close()
        _remove(path)
    store = Store(path)
    try:
        build(store, active=active, lines=lines, days=days, seed=seed)
    except BaseException:
        store.close()
        raise
    return store


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; answers the exit code."""
    options = _arguments(argv)
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
        publisher = Publisher(store, options.live_seconds, target=options.active) if options.live_seconds > 0 else None
        with publisher or contextlib.nullcontext():
            sys.stdout.write(f"listening on {feed.url}\n")
            sys.stdout.flush()
            ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
