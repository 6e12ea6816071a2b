"""OpenSearch engine: versioned indices behind one alias.

    jobsearch                         the alias that searches read
    jobsearch-<schema>-<time>-<x>     an index; `_meta.complete` is written last, just before the alias moves

The previous index is kept for a day after it was replaced (`_meta.left`, in epoch seconds), for a rollback. Then it is deleted,
since it still contains the text of ads that have been closed since.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import time
from collections.abc import Generator, Mapping, Sequence
from typing import Any
from uuid import UUID

from opensearchpy import __versionstr__ as client_version

from jobsearch.core.timings import timed
from jobsearch.search.conditions import EVERYTHING
from jobsearch.search.engines.base import Answer, Health, Hit, Index, Request
from jobsearch.search.errors import EngineDown, IndexMissing, NoPrevious
from jobsearch.search.schema import fingerprint

from . import query_builder
from .client import SEARCH_SECONDS, WRITE_SECONDS, CircuitBreaker, connect, translate_errors
from .facet_counts import read_counts
from .index_writer import OpenSearchIndex, write_alias

PREVIOUS_SECONDS = 86_400
ERASE_SECONDS = 600  # interval at which deleted text is removed from the files
POINT_IN_TIME_SECONDS = 300  # keep-alive between the chunks of a scan: a slow reader takes seconds for a thousand hits
CHECK_SECONDS = 60  # interval at which this process checks that the alias points to an index of its schema
_HINT = "Run manage.py rebuild_index, or start the worker, whose next indexing builds it."


class OpenSearchEngine:
    """Implements `engines.base.Engine`."""

    name = "opensearch"

    def __init__(self, url: str, alias: str = "jobsearch") -> None:
        self.alias = alias
        self._client = connect(url)
        self._checked_at = 0.0
        self._circuit_breaker = CircuitBreaker()
        self._erased_at = time.monotonic()

    def search(self, request: Request) -> Answer:
        answer = self._search(query_builder.build_search_body(request), keep=request.match == EVERYTHING)
        hits = tuple(Hit(query_builder.read_uuid(hit), hit.get("_score") or 0.0) for hit in answer["hits"]["hits"])
        if request.sort != "relevance":
            hits = tuple(Hit(hit.uuid) for hit in hits)
        counts = read_counts(answer.get("aggregations", {}), request.counts)
        return Answer(hits, answer["hits"]["total"]["value"], counts)

    def count_hits(self, requests: Sequence[Request]) -> list[int]:
        if not requests:
            return []
        answer = self._search(query_builder.build_totals_body(requests))
        return [bucket["doc_count"] for bucket in answer["aggregations"]["totals"]["buckets"]]

    def count_many(self, requests: Sequence[Request]) -> list[Mapping[str, Mapping[str, int]]]:
        if not requests:
            return []
        bodies = [query_builder.build_count_body(request) for request in requests]
        with self._circuit_breaker.protect():
            responses = self._search_many(bodies, SEARCH_SECONDS)
        read = [one.get("aggregations", {}) for one in responses]
        return [read_counts(aggregations, request.counts) for aggregations, request in zip(read, requests, strict=True)]

    def find_many(self, requests: Sequence[Request]) -> list[tuple[UUID, ...]]:
        if not requests:
            return []
        responses = self._search_many([query_builder.build_find_body(request) for request in requests], WRITE_SECONDS)
        return [tuple(query_builder.read_uuid(hit) for hit in one["hits"]["hits"]) for one in responses]

    @timed("engine")
    def _search_many(self, bodies: Sequence[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
        """The responses to several searches, by one request."""
        self._find_live_index()
        lines = [line for body in bodies for line in ({}, body)]
        with translate_errors():
            answer = self._client.msearch(index=self.alias, body=lines, params={"request_timeout": seconds})
        responses: list[dict[str, Any]] = answer["responses"]
        for one in responses:
            if "error" in one:
                raise EngineDown(f"OpenSearch refuses one of several searches ({one['error'].get('type', 'unknown')}).")
            _check_complete(one)
        return responses

    def scan(self, request: Request) -> Generator[UUID]:
        name, keep_alive = self._find_live_index(), f"{POINT_IN_TIME_SECONDS}s"
        with translate_errors():
            params = {"keep_alive": keep_alive, "request_timeout": SEARCH_SECONDS}
            point_in_time = self._client.create_pit(index=name, params=params)["pit_id"]
        after: list[Any] | None = None
        try:
            while True:
                body = query_builder.build_scan_body(request, point_in_time, keep_alive, after)
                with translate_errors():
                    answer = self._client.search(body=body, params={"request_timeout": WRITE_SECONDS})
                _check_complete(answer)
                point_in_time, hits = answer.get("pit_id", point_in_time), answer["hits"]["hits"]
                yield from (query_builder.read_uuid(hit) for hit in hits)
                if len(hits) < request.size:
                    return
                after = hits[-1]["sort"]
        finally:
            # After a failure there may be nothing to close: a restarted server has no open points in time.
            with contextlib.suppress(EngineDown), translate_errors():
                self._client.delete_pit(body={"pit_id": [point_in_time]}, params={"request_timeout": SEARCH_SECONDS})

    @timed("engine")
    def _search(self, body: dict[str, Any], *, keep: bool = False) -> dict[str, Any]:
        """The response. `keep`: the server keeps it until the index changes; its filter has the hour, so at most as long."""
        with self._circuit_breaker.protect():
            if time.monotonic() - self._checked_at > CHECK_SECONDS or not self._checked_at:
                self._find_live_index()
                self._checked_at = time.monotonic()
            with translate_errors():
                params = {"request_timeout": SEARCH_SECONDS} | ({"request_cache": "true"} if keep else {})
                answer: dict[str, Any] = self._client.search(index=self.alias, body=body, params=params)
        _check_complete(answer)
        return answer

    def get_live_index(self) -> Index:
        return OpenSearchIndex(self._client, self._find_live_index())

    def create_index(self) -> Index:
        name = f"{self.alias}-{fingerprint()}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"
        body = {
            "settings": {"index": query_builder.settings()},
            "mappings": {"_meta": {"complete": False}, **query_builder.mapping()},
            "aliases": {write_alias(name): {}},
        }
        with translate_errors():
            self._client.indices.create(index=name, body=body, params={"request_timeout": WRITE_SECONDS})
        return OpenSearchIndex(self._client, name)

    def switch(self, index: Index) -> None:
        indices = self._client.indices
        with translate_errors():
            indices.put_settings(index=index.name, body={"index": query_builder.LIVE_SETTINGS})
            indices.put_mapping(index=index.name, body={"_meta": {"complete": True}})
            indices.refresh(index=index.name, params={"request_timeout": WRITE_SECONDS})
            before = self._get_live_indices()
            actions = [{"remove": {"index": name, "alias": self.alias}} for name in before]
            actions.append({"add": {"index": index.name, "alias": self.alias}})
            indices.update_aliases(body={"actions": actions}, params={"request_timeout": WRITE_SECONDS})
            for name in before:
                if name != index.name:
                    self._note_replaced(name)
        self._checked_at = 0.0  # the next search checks the alias again
        self.prune()

    def open_previous_index(self) -> Index:
        with translate_errors():
            kept = self._find_previous(self._get_own_indices(), set(self._get_live_indices()))
        if not kept:
            raise NoPrevious(
                "OpenSearch holds no previous index: one is kept for a day after a rebuild. Run manage.py rebuild_index."
            )
        name = kept[-1]
        if not name.startswith(f"{self.alias}-{fingerprint()}-"):
            hint = "Start that version and run manage.py rollback_index there, or run manage.py rebuild_index here."
            raise NoPrevious(f"The previous index, {name}, was made by another version of the site. {hint}")
        with translate_errors():
            self._note_replaced(name)  # kept for one more day, so that it is not pruned during the rollback
        return OpenSearchIndex(self._client, name)

    def discard(self, index: Index) -> None:
        """Deletes the index unless it is live: a switch can have succeeded although its response was lost."""
        with translate_errors():
            if index.name in self._get_live_indices():
                return
            self._client.indices.delete(index=index.name, ignore=404)

    def prune(self, *, unfinished: bool = True, previous: bool = True) -> int:
        """Deletes unfinished builds and old indices, each by its full name.

        The last one replaced within a day is kept, if `previous`.
        """
        with translate_errors():
            live = set(self._get_live_indices())
            own = self._get_own_indices()
            replaced = self._find_previous(own, live)
            limit = time.time() - PREVIOUS_SECONDS
            last = replaced[-1:] if previous and live else []
            kept = {name for name in last if _get_meta(own[name]).get("left", limit) >= limit}
            for name in kept:
                if "left" not in _get_meta(own[name]):  # the process that switched was killed before it could note that
                    self._note_replaced(name)
            candidates = [*own] if unfinished else replaced
            gone = [name for name in candidates if name not in live and name not in kept]
            for name in gone:
                self._client.indices.delete(index=name, ignore=404)
        return len(gone)

    def erase(self, *, at_once: bool = False) -> bool:
        """Every ten minutes, rewrites the segments with deleted ads and deletes an old previous index.

        The server keeps deletions of the last half minute for replicas that may lag behind; the next run removes those.
        """
        if not at_once and time.monotonic() - self._erased_at < ERASE_SECONDS:
            return False
        self._erased_at = time.monotonic()
        with translate_errors():
            name = self._find_live_index()
            deleted = self._client.indices.stats(index=name, metric="docs")["_all"]["primaries"]["docs"]["deleted"]
            if deleted:
                self._client.indices.forcemerge(
                    index=name, params={"only_expunge_deletes": "true", "flush": "true", "request_timeout": 300}
                )
        self.prune(unfinished=False, previous=not at_once)  # another process may be building an index
        return False

    def check_health(self) -> Health:
        with translate_errors():
            version = self._client.info()["version"]["number"]
            state = self._client.cluster.health(params={"request_timeout": SEARCH_SECONDS})["status"]
        try:
            docs = self.get_live_index().count()
        except IndexMissing as error:
            return Health(self.name, version, False, 0, str(error))
        return Health(self.name, version, state != "red", docs, f"cluster {state}, client {client_version}")

    def close(self) -> None:
        self._client.close()

    def _get_own_indices(self) -> dict[str, Any]:
        indices: dict[str, Any] = self._client.indices.get(index=f"{self.alias}-*", params={"expand_wildcards": "open"})
        return indices

    @staticmethod
    def _find_previous(own: dict[str, Any], live: set[str]) -> list[str]:
        """Complete indices that were replaced, the last one at the end. Without a note the index was replaced just now."""
        complete = [name for name, index in own.items() if name not in live and _get_meta(index).get("complete")]
        return sorted(complete, key=lambda name: (_get_meta(own[name]).get("left", math.inf), name))

    def _note_replaced(self, name: str) -> None:
        self._client.indices.put_mapping(index=name, body={"_meta": {"complete": True, "left": time.time()}})

    def _get_live_indices(self) -> list[str]:
        response = self._client.indices.get_alias(name=self.alias, ignore=404)
        return [name for name, value in response.items() if isinstance(value, dict) and "aliases" in value]

    def _find_live_index(self) -> str:
        with translate_errors():
            names = self._get_live_indices()
        if not names:
            raise IndexMissing(f"OpenSearch has no index behind the alias {self.alias} yet. {_HINT}")
        if not names[0].startswith(f"{self.alias}-{fingerprint()}-"):
            raise IndexMissing(f"The index {names[0]} was made by another version of the site. {_HINT}")
        return names[0]


def _check_complete(answer: dict[str, Any]) -> None:
    """Raises EngineDown where some shards have not answered."""
    if answer["_shards"]["failed"] or answer["timed_out"]:
        raise EngineDown("OpenSearch answered with a part of its data only. Is a node down?")


def _get_meta(index: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = index["mappings"].get("_meta", {})
    return meta
