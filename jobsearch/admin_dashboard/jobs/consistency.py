"""Consistency check: compares feed with database and database with index, lists the differences, and repairs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ingest import consistency as feed_consistency
from ingest import sync
from ingest.models import DetailTask
from jobsearch.core.jobs import Progress
from jobsearch.search import indexing

from . import full_sync

_INDEX = {
    "index": "The index cannot be compared, because it has to be rebuilt",
    "missing": "The ad is in the database, but not in the index",
    "extra": "The ad is in the index, but not in the database",
    "stale": "The index has an older version of the ad",
    "ahead": "The index has a newer version of the ad than the database, as after a restored backup",
    "set-aside": "The ad is set aside, because it cannot be indexed",
    "visibility": "Database and index differ in whether, or how long, the ad is shown",
}
_FEED = {
    feed_consistency.Kind.MISSING: "The ad is active in the feed, but not in the database",
    feed_consistency.Kind.CLOSED: "The ad is active in the database, but the feed has closed it",
    feed_consistency.Kind.NEVER_CLOSED: "The ad is gone from the feed, which never said that it was closed",
    feed_consistency.Kind.DIFFERS: "The ad's content in the database is not what the feed says now",
    feed_consistency.Kind.UNREADABLE: "The feed's detail of the ad cannot be read",
    feed_consistency.Kind.UNMASKED: "The feed has withdrawn the closed ad's title and employer, but the database keeps them",
    feed_consistency.Kind.UNANSWERED: "The feed did not answer for the ad, so nothing is known",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `between` is "database and index" or "feed and database". `uuid` is empty for the whole index."""

    between: str
    kind: str
    uuid: str
    sentence: str


@dataclass(slots=True)
class Outcome:
    """`found`: every difference. After a repair, each of them is also in `repaired` or in `left`."""

    found: list[Finding] = field(default_factory=list)
    repaired: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {name: [asdict(one) for one in getattr(self, name)] for name in ("found", "repaired", "left")}


def check(*, with_feed: bool = False, repair: bool = False, on_progress: Progress | None = None) -> Outcome:
    """Compares, and repairs if `repair`.

    Raises what a comparison and a sync run raise: EngineDown, FeedError, LeaseHeld and others. The feed comes first, because its
    repairs change the database, which the index then has to follow.
    """
    progress = on_progress or (lambda phase, done, total: None)
    outcome = Outcome()
    if with_feed:
        differences = _compare_with_feed(progress)
        findings = [_build_feed_finding(one) for one in differences]
        outcome.found += findings
        if repair and differences:
            feed_consistency.repair(differences)
            full_sync.follow_to_head(on_progress=progress)
            queued = DetailTask.objects.filter(uuid__in=[one.uuid for one in differences]).values_list("uuid", flat=True)
            _sort(outcome, findings, {str(uuid) for uuid in queued}.__contains__)
    in_index = indexing.compare(lambda done, total: progress("index compared", done, total))
    findings = [_build_index_finding(one) for one in in_index]
    outcome.found += findings
    if repair and in_index:
        indexing.repair(in_index)
        still = {_build_index_finding(one).uuid for one in indexing.compare()}
        _sort(outcome, findings, still.__contains__)
    if not repair:
        outcome.left = list(outcome.found)
    return outcome


def _compare_with_feed(progress: Progress) -> list[feed_consistency.Difference]:
    feed = sync.connect()
    try:
        return list(feed_consistency.compare_with_feed(feed, lambda phase, done, total: progress(f"feed's {phase}", done, total)))
    finally:
        feed.close()


def _sort(outcome: Outcome, findings: Iterable[Finding], is_left: Callable[[str], bool]) -> None:
    for one in findings:
        (outcome.left if is_left(one.uuid) else outcome.repaired).append(one)


def _build_feed_finding(one: feed_consistency.Difference) -> Finding:
    return Finding("feed and database", one.kind.value, str(one.uuid), _build_sentence(_FEED[one.kind], one.detail))


def _build_index_finding(one: Any) -> Finding:
    uuid = str(one.uuid) if one.uuid else ""
    return Finding("database and index", one.kind, uuid, _build_sentence(_INDEX.get(one.kind, one.kind), one.detail))


def _build_sentence(difference: str, detail: str) -> str:
    return f"{difference} ({detail})." if detail else f"{difference}."
