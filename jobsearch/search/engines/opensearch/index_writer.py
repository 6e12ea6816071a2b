"""One concrete index of OpenSearch, for writing: versions from outside, errors per item, back-pressure."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from opensearchpy import OpenSearch

from jobsearch.search.engines.base import Stored, Write, Written
from jobsearch.search.errors import EngineDown

from .client import WRITE_SECONDS, RequestRefused, failures

SEQUENCE = "sequence"
"""The id of a document without fields, whose version is the record's count of indexing runs. No search finds it."""

_ATTEMPTS = 6  # 0.2, 0.4 … 6.4 s: OpenSearch says 429 when its queue is full, and is then left alone for a while
_BUSY = {429, 503}
_BULK = 250  # documents a request: some 2 MB; larger ones gain nothing
_CHUNK = 1000


def write_alias(name: str) -> str:
    """Writes go to this name and require it to be an alias: a write to an index that is gone must not create one."""
    return f"{name}-write"


class OpenSearchIndex:
    def __init__(self, client: OpenSearch, name: str) -> None:
        self.name = name
        self._client = client
        self._target = write_alias(name)

    def write(self, writes: Sequence[Write]) -> Written:
        done = 0
        stale: list[UUID] = []
        failed: dict[UUID, str] = {}
        rest = iter(writes)
        while some := list(islice(rest, _BULK)):
            for uuid, status, reason in self._send({write.uuid: _operation(write) for write in some}):
                if status < 300 or status == 404:  # 404: a purge of what was not there
                    done += 1
                elif status == 409:
                    stale.append(uuid)
                else:
                    failed[uuid] = f"{status} {reason}"
        return Written(done, tuple(stale), failed)

    def refresh(self) -> None:
        with failures():
            self._client.indices.refresh(index=self.name, params={"request_timeout": WRITE_SECONDS})

    def stored(self, uuids: Iterable[UUID]) -> dict[UUID, Stored]:
        found: dict[UUID, Stored] = {}
        rest = iter(uuids)
        while some := [str(uuid) for uuid in islice(rest, _CHUNK)]:
            with failures():
                answer = self._client.mget(
                    body={"ids": some}, index=self.name, params={"realtime": "false", "request_timeout": WRITE_SECONDS}
                )
            for doc in answer["docs"]:
                if doc.get("found"):
                    end = (doc.get("_source") or {}).get("visible_until", 0)
                    found[UUID(doc["_id"])] = Stored(doc["_version"], end)
        return found

    def everything(self) -> Iterator[tuple[UUID, Stored]]:
        after: list[Any] | None = None
        while True:
            body = {"size": _CHUNK, "sort": [{"uuid": "asc"}], "version": True, "query": {"exists": {"field": "uuid"}}}
            with failures():
                answer = self._client.search(
                    index=self.name, body=body | ({"search_after": after} if after else {}), params={"request_timeout": 60}
                )
            hits = answer["hits"]["hits"]
            for hit in hits:
                yield UUID(hit["_id"]), Stored(hit["_version"], (hit.get("_source") or {}).get("visible_until", 0))
            if len(hits) < _CHUNK:
                return
            after = hits[-1]["sort"]

    def count(self) -> int:
        with failures():
            return self._client.count(index=self.name, body={"query": {"exists": {"field": "uuid"}}})["count"]

    def mark(self, sequence: int) -> None:
        with failures():
            self._client.index(
                index=self._target,
                id=SEQUENCE,
                body={},
                params={"version": sequence, "version_type": "external_gte", "require_alias": "true"},
            )

    def marked(self) -> int:
        with failures():
            answer = self._client.get(index=self.name, id=SEQUENCE, ignore=404)
        return answer["_version"] if answer.get("found") else 0

    def close(self) -> None:
        pass

    def _send(self, operations: dict[UUID, list[dict[str, Any]]]) -> Iterator[tuple[UUID, int, str]]:
        """A request that is refused as a whole, by the server or a proxy before it, is halved until only the document is left
        out that is at fault: too large, or not to be read."""
        try:
            yield from self._bulk(operations)
        except RequestRefused:
            if len(operations) == 1:
                yield next(iter(operations)), 400, "request_refused"
                return
            parts = list(operations.items())
            for part in (parts[: len(parts) // 2], parts[len(parts) // 2 :]):
                yield from self._send(dict(part))

    def _bulk(self, operations: dict[UUID, list[dict[str, Any]]]) -> Iterator[tuple[UUID, int, str]]:
        """(uuid, status, reason) of each. What the server is too busy for is sent again, later and later."""
        for attempt in range(_ATTEMPTS):
            lines = [line for one in operations.values() for line in one]
            with failures():
                answer = self._client.bulk(
                    body=lines, index=self._target, params={"require_alias": "true", "request_timeout": WRITE_SECONDS}
                )
            again: dict[UUID, list[dict[str, Any]]] = {}
            for uuid, item in zip(list(operations), answer["items"], strict=True):
                result = next(iter(item.values()))
                error = result.get("error") or {}
                if result["status"] in _BUSY:
                    again[uuid] = operations[uuid]
                elif error.get("type") == "index_not_found_exception":
                    raise EngineDown(f"The index {self.name} is gone. Run manage.py rebuild_index.")
                elif error.get("type") == "cluster_block_exception":
                    # Refuses every document alike, so it is no fault of any of them.
                    raise EngineDown(f"OpenSearch lets nothing be written into {self.name}. Is its disk nearly full?")
                else:
                    # The reason can quote a value of the document; its type says enough.
                    yield uuid, result["status"], error.get("type", "")
            if not again:
                return
            operations = again
            time.sleep(0.2 * 2**attempt)
        raise EngineDown("OpenSearch is too busy to take writes. They are sent again by the next indexing run.")


def _operation(write: Write) -> list[dict[str, Any]]:
    head = {"_id": str(write.uuid), "version": write.version, "version_type": "external_gte"}
    if write.purge:
        return [{"delete": head}]
    return [{"index": head}, {"uuid": str(write.uuid), **(write.document or {})}]
