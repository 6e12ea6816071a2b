"""Several processes write the same rows: each takes them in the order of their uuids, so none waits for one that waits for it."""

from __future__ import annotations

from collections.abc import Callable

from tests.servers.live import ROOT, LiveSite

ROLES = ("follow", "clock", "index", "moderate")


def test_following_closing_indexing_and_hiding_at_once_never_deadlock(live_site: Callable[..., LiveSite]) -> None:
    site = live_site("postgresql", feed="http://127.0.0.1:9")
    script = str(ROOT / "tests/postgresql/hammer.py")
    running = [site.start(role, script, role, "10") for role in ROLES]
    assert [process.wait(60) for process in running] == [0] * len(ROLES)
    assert "".join(site.log(role) for role in ROLES) == ""
