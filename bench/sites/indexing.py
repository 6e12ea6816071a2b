"""What the processes of `measurements/indexing.py` do in a checkout: rebuild, index changed ads, search.

One command a line on standard input, one JSON object a line on standard output. The baseline is the library alone: documents
ready in memory, no database, no versions. Uses only what every checkout has, so that an earlier version can be measured by it.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

CHANGED, CHUNK = 1000, 500
THREADS, DETAIL_SECONDS = 6, 0.05  # of the feed that changed ads are fetched from
SEARCHED = 100_000  # generated documents
_documents: list[tuple[str, dict[str, Any]]] = []


def set_up() -> None:
    # The checkout's own packages, and this benchmark's `harness`.
    sys.path[:0] = [str(Path.cwd()), str(Path(__file__).resolve().parents[1])]
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    from jobsearch.vacancies import prepared_ads

    while prepared_ads.prepare_stored_ads():
        pass


def measure(work: Callable[[], object]) -> dict[str, float]:
    """Seconds, and seconds of the processor with those of ended children."""
    began, used = time.perf_counter(), _get_processor_time()
    work()
    return {"seconds": time.perf_counter() - began, "cpu": _get_processor_time() - used}


def _get_processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


# --- The site's own indexing -------------------------------------------------------------------------------------------------


def rebuild() -> dict[str, float]:
    from jobsearch.search import indexing

    return measure(indexing.rebuild)


def rebuild_after_analysis_change() -> dict[str, float]:
    """A rebuild that finds no document of the present analysis."""
    try:
        from jobsearch.vacancies.models import PreparedDocument
    except ImportError:  # an earlier version, which keeps none
        pass
    else:
        PreparedDocument.objects.all().delete()
    return rebuild()


def index_changed() -> dict[str, Any]:
    """Indexes a thousand ads whose text has changed, after the feed's worker has stored them from their fetched details.

    What is timed begins when the last of them is committed. What the worker has used before, its child process included, is a
    figure of its own, as is the number of ads that were left to be analysed after the commit.
    """
    from jobsearch.search import indexing

    details = {entry.uuid: entry for entry in _change_ads()}
    stored = measure(lambda: _store_from_feed(details))
    left = len(details) - _count_documents(details)
    measured = measure(indexing.index_changes)
    behind = indexing.count_behind()
    if behind:
        raise SystemExit(f"{behind} ads are not indexed")
    extra = {"before the commit: processor, s": stored["cpu"], "analysed after it, ads": left}
    return measured | {"extra": extra}


class _Feed:
    """A feed whose details are in memory, and take as long as those of a server."""

    def __init__(self, details: Mapping[UUID, Any]) -> None:
        self._details = details

    def fetch_detail(self, uuid: UUID) -> Any:
        time.sleep(DETAIL_SECONDS)
        return self._details[uuid]


def _store_from_feed(details: Mapping[UUID, Any]) -> None:
    """Queues the ads as changed, and fetches and stores them as a sync run does."""
    from django.db import transaction

    from ingest import detail_queue
    from ingest.detail_worker import DetailWorker
    from ingest.lease import FeedLease
    from ingest.models import DetailTask
    from ingest.report import Hooks, Report

    with transaction.atomic():
        detail_queue.enqueue(dict.fromkeys(details), DetailTask.Origin.LINE)
    report = Report()
    with FeedLease() as lease:
        hooks = Hooks(lambda: None, lambda phase, done, total: None)
        DetailWorker(_Feed(details), lease, report, threads=THREADS, hooks=hooks).run()
    if report.updated != len(details):
        raise SystemExit(f"{report.updated} of {len(details)} ads were stored")


def _count_documents(uuids: Iterable[UUID]) -> int:
    """The ads whose document is ready: none in a checkout that makes it only when an ad is indexed."""
    from django.db.models import F

    from jobsearch.vacancies.models import Vacancy

    rows = Vacancy.objects.filter(uuid__in=list(uuids), prepared_document__version=F("version"))
    return rows.count()


_round = 0


def _change_ads() -> Iterator[Any]:
    from ingest.client.parsing import parse_detail
    from jobsearch.vacancies.models import Vacancy

    global _round
    _round += 1
    uuids = list(Vacancy.objects.active().order_by("uuid").values_list("uuid", flat=True))
    chosen = random.Random(_round).sample(uuids, min(CHANGED, len(uuids)))
    for row in Vacancy.objects.filter(uuid__in=chosen).prefetch_related("contacts"):
        contacts = [
            {name: getattr(person, name) for name in ("name", "email", "phone", "role", "title")} for person in row.contacts.all()
        ]
        text = f"{(row.raw or {}).get('description', '')}<p>Endret for {_round}. gang.</p>"
        content = {**(row.raw or {}), "description": text, "contactList": contacts}
        yield parse_detail(row.uuid, {"uuid": str(row.uuid), "status": "ACTIVE", "ad_content": content})


# --- The library alone -------------------------------------------------------------------------------------------------------


def _prepare_documents() -> list[tuple[str, dict[str, Any]]]:
    from jobsearch.search.indexing import documents
    from jobsearch.vacancies import pending

    if not _documents:
        for batch in pending.iterate_all(CHUNK):
            _documents.extend((str(change.uuid), dict(documents.make_document(change.vacancy))) for change in batch)
    return _documents


def baseline_rebuild() -> dict[str, float]:
    ready = _prepare_documents()
    if not os.environ["SEARCH_URL"].startswith("embedded:"):
        return measure(lambda: _send_bulks(ready, "baseline", create=True))
    with tempfile.TemporaryDirectory() as folder:
        return measure(lambda: _write_tantivy(Path(folder), ready))


def baseline_changed() -> dict[str, float]:
    """Replaces a thousand documents in an index that has all of them."""
    ready = _prepare_documents()
    changed = random.Random(1).sample(ready, min(CHANGED, len(ready)))
    if not os.environ["SEARCH_URL"].startswith("embedded:"):
        _send_bulks(ready, "baseline", create=True)
        return measure(lambda: _send_bulks(changed, "baseline"))
    with tempfile.TemporaryDirectory() as folder:
        _write_tantivy(Path(folder), ready)
        return measure(lambda: _write_tantivy(Path(folder), changed))


def _write_tantivy(folder: Path, ready: list[tuple[str, dict[str, Any]]]) -> None:
    import tantivy

    from jobsearch.search.engines.tantivy import schema

    fields = schema.build_schema()
    index = tantivy.Index(fields, path=str(folder), reuse=True)
    schema.register_tokenizer(index)
    replaces = index.searcher().num_docs > 0
    writer = index.writer(15_000_000, 1)
    for uuid, document in ready:
        if replaces:
            writer.delete_documents_by_term("uuid", uuid)
        writer.add_document(tantivy.Document.from_dict({"uuid": uuid, "version": 1, **document}, fields))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()


def _send_bulks(ready: list[tuple[str, dict[str, Any]]], name: str, *, create: bool = False) -> None:
    from opensearchpy import helpers

    from jobsearch.search.engines.opensearch import query_builder
    from jobsearch.search.engines.opensearch.client import connect

    client = connect(os.environ["SEARCH_URL"])
    if create:
        client.indices.delete(index=name, ignore=404)
        body = {"settings": {"index": query_builder.settings()}, "mappings": query_builder.mapping()}
        client.indices.create(index=name, body=body, params={"request_timeout": 60})
    actions = ({"_index": name, "_id": uuid, "_source": {"uuid": uuid, **document}} for uuid, document in ready)
    sent = helpers.parallel_bulk(client, actions, thread_count=4, chunk_size=250, queue_size=4, request_timeout=60)
    for _ok in sent:
        pass
    client.indices.refresh(index=name, params={"request_timeout": 60})
    client.close()


# --- Searches ----------------------------------------------------------------------------------------------------------------

_ready: dict[str, tuple[Callable[[Any], object], list[Any]]] = {}


def search_words(kind: str) -> dict[str, float]:
    """Medians of one page of 25 hits and the total, for a word that thousands of ads have in title or text.

    The embedded engine searches in this process, whose processor time is then that of a search.
    """
    from harness import generated, search_requests

    from jobsearch.search.api import SearchQuery
    from jobsearch.search.engines.registry import engine

    if not _ready:
        generated.fill_engine(engine(), SEARCHED)
        requests = search_requests.make_requests([SearchQuery(q=job) for job in generated.JOBS], facets=False)
        _ready["site"] = (engine().search, requests)
        _ready["baseline"] = (
            search_requests.make_baseline_search(engine()),
            [search_requests.prepare_baseline(engine(), request) for request in requests],
        )
    run, inputs = _ready[kind]
    taken: list[dict[str, float]] = [measure(partial(run, one)) for one in inputs]
    used = statistics.median(one["cpu"] for one in taken) if engine().name != "opensearch" else 0.0
    return {"seconds": statistics.median(one["seconds"] for one in taken), "cpu": used}


COMMANDS: dict[str, Callable[[], dict[str, Any]]] = {
    "rebuild": rebuild,
    "analysis": rebuild_after_analysis_change,
    "changed": index_changed,
    "words": lambda: search_words("site"),
    "baseline rebuild": baseline_rebuild,
    "baseline analysis": baseline_rebuild,
    "baseline changed": baseline_changed,
    "baseline words": lambda: search_words("baseline"),
}


def main() -> None:
    set_up()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(COMMANDS[line.strip()]()), flush=True)


if __name__ == "__main__":
    main()
