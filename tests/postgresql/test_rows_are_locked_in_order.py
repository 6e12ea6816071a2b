"""Order of locks: several processes write the same rows without a deadlock (docs/decisions/0015-order-of-locks.md)."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.live import ROOT, LiveSite

ROLES = ("sync", "expire", "index", "moderate", "repair", "forget")


def test_six_concurrent_writers_of_the_same_rows_never_deadlock(
    live_site: Callable[..., LiveSite],
) -> None:
    site = live_site("postgresql", feed="http://127.0.0.1:9")
    script = str(ROOT / "tests/postgresql/hammer.py")
    running = [site.start(role, script, role, "10") for role in ROLES]
    assert [process.wait(60) for process in running] == [0] * len(ROLES)
    assert "".join(site.log(role) for role in ROLES) == ""
