"""Order of locks: several processes write the same rows without a deadlock (docs/decisions/0015-order-of-locks.md)."""

from __future__ import annotations

from collections.abc import Callable

from tests.postgresql.competing import read_results
from tests.servers.live import ROOT, LiveSite

ROLES = ("sync", "expire", "index", "moderate", "repair", "forget")
SECONDS = 3


def test_six_concurrent_writers_of_the_same_rows_never_deadlock(live_site: Callable[..., LiveSite]) -> None:
    site = live_site("postgresql", feed="http://127.0.0.1:9")
    hammer = site.start("hammer", str(ROOT / "tests/postgresql/hammer.py"), str(SECONDS), *ROLES)
    assert hammer.wait(120) == 0, site.log("hammer")
    results = read_results(site, "hammer")
    assert {role: errors for role, (_rounds, errors) in results.items()} == {role: [] for role in ROLES}
    assert all(rounds for rounds, _errors in results.values()), results
