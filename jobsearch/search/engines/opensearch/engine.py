"""OpenSearch as the engine: versioned indices behind one alias.

    jobsearch                         the alias that searches read
    jobsearch-<schema>-<time>-<x>     an index; `_meta.complete` is written last, just before the alias moves

The previous index is kept for a day after it left service (`_meta.left`, in seconds since 1970), for a way back; then it goes,
since it still holds the text of ads closed meanwhile.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import time
from collections.abc import Generator, Sequence
from typing import Any
from uuid import UUID

from opensearchpy import __versionstr__ as client_version

from jobsearch.search.engines.base import Answer, Health, Hit, Index, Request
from jobsearch.search.errors import EngineDown, IndexMissing, NoPrevious
from jobsearch.search.schema import fingerprint

from . import query_builder
from .client import SEARCH_SECONDS, WRITE_SECONDS, Silence, connect, failures
from .index_writer import OpenSearchIndex, write_alias

PREVIOUS_SECONDS = 86_400
ERASE_SECONDS = 600  # how often deleted text is taken out of the files
POINT_SECONDS = 300  # how long a point in time is kept for whoever reads its hits: a slow reader takes seconds for a thousand
CHECK_SECONDS = 60  # how long this process believes that the alias points at an index of its schema
_CURE = "Run manage.py rebuild_index, or start the worker, whose next indexing builds it."


class OpenSearchEngine:
    name = "opensearch"

    def __init__(self, url: str, alias: str = "jobsearch") -> None:
        self.alias = alias
        self._client = connect(url)
        self._checked = 0.0
        self._silence = Silence()
        self._erased = time.monotonic()

    def search(self, request: Request) -> Answer:
        answer = self._ask(query_builder.body(request))
        hits = tuple(Hit(UUID(hit["_id"]), hit.get("_score") or 0.0) for hit in answer["hits"]["hits"])
        if request.sort != "relevance":
            hits = tuple(Hit(hit.uuid) for hit in hits)
        return Answer(hits, answer["hits"]["total"]["value"], query_builder.counts(answer.get("aggregations", {})))

    def totals(self, requests: Sequence[Request]) -> list[int]:
        if not requests:
            return []
        found = self._ask(query_builder.totals_body(requests))["aggregations"]["totals"]["buckets"]
        return [bucket["doc_count"] for bucket in found]

    def scan(self, request: Request) -> Generator[UUID]:
        name, keep = self._in_service(), f"{POINT_SECONDS}s"
        with failures():
            point = self._client.create_pit(index=name, params={"keep_alive": keep, "request_timeout": SEARCH_SECONDS})["pit_id"]
        after: list[Any] | None = None
        try:
            while True:
                body = query_builder.scan_body(request, point, keep, after)
                with failures():
                    answer = self._client.search(body=body, params={"request_timeout": WRITE_SECONDS})
                _whole(answer)
                point, hits = answer.get("pit_id", point), answer["hits"]["hits"]
                yield from (UUID(hit["_id"]) for hit in hits)
                if len(hits) < request.size:
                    return
                after = hits[-1]["sort"]
        finally:
            # A server that is gone has none to close, and one that is back has let it run out.
            with contextlib.suppress(EngineDown), failures():
                self._client.delete_pit(body={"pit_id": [point]}, params={"request_timeout": SEARCH_SECONDS})

    def _ask(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._silence.respected():
            if time.monotonic() - self._checked > CHECK_SECONDS or not self._checked:
                self._in_service()
                self._checked = time.monotonic()
            with failures():
                answer = self._client.search(index=self.alias, body=body, params={"request_timeout": SEARCH_SECONDS})
        _whole(answer)
        return answer

    def current(self) -> Index:
        return OpenSearchIndex(self._client, self._in_service())

    def fresh(self) -> Index:
        name = f"{self.alias}-{fingerprint()}-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"
        body = {
            "settings": {"index": query_builder.settings()},
            "mappings": {"_meta": {"complete": False}, **query_builder.mapping()},
            "aliases": {write_alias(name): {}},
        }
        with failures():
            self._client.indices.create(index=name, body=body, params={"request_timeout": WRITE_SECONDS})
        return OpenSearchIndex(self._client, name)

    def switch(self, index: Index) -> None:
        indices = self._client.indices
        with failures():
            indices.put_settings(index=index.name, body={"index": query_builder.SERVICE_SETTINGS})
            indices.put_mapping(index=index.name, body={"_meta": {"complete": True}})
            indices.refresh(index=index.name, params={"request_timeout": WRITE_SECONDS})
            before = self._behind_alias()
            actions = [{"remove": {"index": name, "alias": self.alias}} for name in before]
            actions.append({"add": {"index": index.name, "alias": self.alias}})
            indices.update_aliases(body={"actions": actions}, params={"request_timeout": WRITE_SECONDS})
            for name in before:
                if name != index.name:
                    self._left(name)
        self._checked = 0.0
        self.prune()

    def previous(self) -> Index:
        with failures():
            kept = self._previous(self._ours(), set(self._behind_alias()))
        if not kept:
            raise NoPrevious(
                "OpenSearch holds no previous index: one is kept for a day after a rebuild. Run manage.py rebuild_index."
            )
        name = kept[-1]
        if not name.startswith(f"{self.alias}-{fingerprint()}-"):
            cure = "Start that version and run manage.py rollback_index there, or run manage.py rebuild_index here."
            raise NoPrevious(f"The previous index, {name}, was made by another version of the site. {cure}")
        with failures():
            self._left(name)  # its day begins anew, so that nobody prunes it under our hands
        return OpenSearchIndex(self._client, name)

    def discard(self, index: Index) -> None:
        """Not where it serves already: a switch can have succeeded although its answer was lost."""
        with failures():
            if index.name in self._behind_alias():
                return
            self._client.indices.delete(index=index.name, ignore=404)

    def prune(self, *, unfinished: bool = True) -> int:
        """Deletes, by their whole names, unfinished builds and all but the latest previous index of less than a day."""
        with failures():
            in_use = set(self._behind_alias())
            ours = self._ours()
            previous = self._previous(ours, in_use)
            limit = time.time() - PREVIOUS_SECONDS
            kept = {name for name in previous[-1:] if in_use and _meta(ours[name]).get("left", limit) >= limit}
            for name in kept:
                if "left" not in _meta(ours[name]):  # whoever switched was killed before it could note that
                    self._left(name)
            candidates = [*ours] if unfinished else previous
            gone = [name for name in candidates if name not in in_use and name not in kept]
            for name in gone:
                self._client.indices.delete(index=name, ignore=404)
        return len(gone)

    def identity(self) -> str:
        try:
            name = self._in_service()
            with failures():
                found = self._client.indices.get_settings(index=name, params={"filter_path": "*.settings.index.uuid"})
        except IndexMissing:
            return ""
        return f"opensearch:{name}:{found[name]['settings']['index']['uuid']}"

    def erase(self) -> bool:
        """Has segments with deleted ads rewritten, and an old previous index removed, every ten minutes. The server keeps
        what was deleted in the last half minute for copies that may lag behind; the next time takes that."""
        if time.monotonic() - self._erased < ERASE_SECONDS:
            return False
        self._erased = time.monotonic()
        with failures():
            name = self._in_service()
            deleted = self._client.indices.stats(index=name, metric="docs")["_all"]["primaries"]["docs"]["deleted"]
            if deleted:
                self._client.indices.forcemerge(
                    index=name, params={"only_expunge_deletes": "true", "flush": "true", "request_timeout": 300}
                )
        self.prune(unfinished=False)  # another process may be building one
        return False

    def health(self) -> Health:
        with failures():
            version = self._client.info()["version"]["number"]
            state = self._client.cluster.health(params={"request_timeout": SEARCH_SECONDS})["status"]
        try:
            docs = self.current().count()
        except IndexMissing as error:
            return Health(self.name, version, False, 0, str(error))
        return Health(self.name, version, state != "red", docs, f"cluster {state}, client {client_version}")

    def close(self) -> None:
        self._client.close()

    def _ours(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.indices.get(index=f"{self.alias}-*", params={"expand_wildcards": "open"})
        return found

    @staticmethod
    def _previous(ours: dict[str, Any], in_use: set[str]) -> list[str]:
        """Whole indices out of service, the one that left last at the end; a missing note means that it left just now."""
        whole = [name for name, found in ours.items() if name not in in_use and _meta(found).get("complete")]
        return sorted(whole, key=lambda name: (_meta(ours[name]).get("left", math.inf), name))

    def _left(self, name: str) -> None:
        self._client.indices.put_mapping(index=name, body={"_meta": {"complete": True, "left": time.time()}})

    def _behind_alias(self) -> list[str]:
        found = self._client.indices.get_alias(name=self.alias, ignore=404)
        return [name for name, value in found.items() if isinstance(value, dict) and "aliases" in value]

    def _in_service(self) -> str:
        with failures():
            names = self._behind_alias()
        if not names:
            raise IndexMissing(f"OpenSearch has no index behind the alias {self.alias} yet. {_CURE}")
        if not names[0].startswith(f"{self.alias}-{fingerprint()}-"):
            raise IndexMissing(f"The index {names[0]} was made by another version of the site. {_CURE}")
        return names[0]


def _whole(answer: dict[str, Any]) -> None:
    if answer["_shards"]["failed"] or answer["timed_out"]:
        raise EngineDown("OpenSearch answered with a part of its data only. Is a node down?")


def _meta(found: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = found["mappings"].get("_meta", {})
    return meta
