"""Writer of one OpenSearch index: bulk requests with external versions, an error per document, and retries when it is busy."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from opensearchpy import OpenSearch

from jobsearch.search.engines.base import Stored, Write, Written
from jobsearch.search.errors import EngineDown

from .client import WRITE_SECONDS, RequestRefused, translate_errors

SEQUENCE = "sequence"
"""Id of a document without fields, whose version is the database's count of indexing runs. No search matches it."""

_ATTEMPTS = 6  # after 0.2, 0.4 … 6.4 s: OpenSearch answers 429 while its queue is full
_BUSY_STATUSES = {429, 503}
_BULK_SIZE = 250  # documents per request: some 2 MB; larger requests gain nothing
_CHUNK = 1000


def write_alias(name: str) -> str:
    """The alias that writes go to. They require an alias, so that a write to a deleted index does not create one."""
    return f"{name}-write"


class OpenSearchIndex:
    """Implements `engines.base.Index`."""

    def __init__(self, client: OpenSearch, name: str) -> None:
        self.name = name
        self._client = client
        self._write_alias = write_alias(name)

    def write(self, writes: Sequence[Write]) -> Written:
        done = 0
        stale: list[UUID] = []
        failed: dict[UUID, str] = {}
        rest = iter(writes)
        while chunk := list(islice(rest, _BULK_SIZE)):
            for uuid, status, reason in self._send({write.uuid: _build_operation(write) for write in chunk}):
                if status < 300 or status == 404:  # 404: the document to purge does not exist
                    done += 1
                elif status == 409:
                    stale.append(uuid)
                else:
                    failed[uuid] = f"{status} {reason}"
        return Written(done, tuple(stale), failed)

    def refresh(self) -> None:
        with translate_errors():
            self._client.indices.refresh(index=self.name, params={"request_timeout": WRITE_SECONDS})

    def stored(self, uuids: Iterable[UUID]) -> dict[UUID, Stored]:
        stored: dict[UUID, Stored] = {}
        rest = iter(uuids)
        while chunk := [str(uuid) for uuid in islice(rest, _CHUNK)]:
            with translate_errors():
                answer = self._client.mget(
                    body={"ids": chunk}, index=self.name, params={"realtime": "false", "request_timeout": WRITE_SECONDS}
                )
            for doc in answer["docs"]:
                if doc.get("found"):
                    end = (doc.get("_source") or {}).get("visible_until", 0)
                    stored[UUID(doc["_id"])] = Stored(doc["_version"], end)
        return stored

    def everything(self) -> Iterator[tuple[UUID, Stored]]:
        after: list[Any] | None = None
        while True:
            body = {"size": _CHUNK, "sort": [{"uuid": "asc"}], "version": True, "query": {"exists": {"field": "uuid"}}}
            with translate_errors():
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
        with translate_errors():
            answer = self._client.count(index=self.name, body={"query": {"exists": {"field": "uuid"}}})
        return int(answer["count"])

    def mark(self, sequence: int) -> None:
        with translate_errors():
            self._client.index(
                index=self._write_alias,
                id=SEQUENCE,
                body={},
                params={"version": sequence, "version_type": "external_gte", "require_alias": "true"},
            )

    def marked(self) -> int:
        with translate_errors():
            answer = self._client.get(index=self.name, id=SEQUENCE, ignore=404)
        return int(answer["_version"]) if answer.get("found") else 0

    def close(self) -> None:
        pass

    def _send(self, operations: dict[UUID, list[dict[str, Any]]]) -> Iterator[tuple[UUID, int, str]]:
        """(uuid, status, reason) of each document.

        A request that the server or its proxy refuses as a whole is halved until only the document that caused it is left out:
        too large, or not readable.
        """
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
        """(uuid, status, reason) of each document. Documents refused by a busy server are sent again after growing pauses."""
        for attempt in range(_ATTEMPTS):
            lines = [line for operation in operations.values() for line in operation]
            with translate_errors():
                answer = self._client.bulk(
                    body=lines, index=self._write_alias, params={"require_alias": "true", "request_timeout": WRITE_SECONDS}
                )
            to_retry: dict[UUID, list[dict[str, Any]]] = {}
            for uuid, item in zip(list(operations), answer["items"], strict=True):
                result = next(iter(item.values()))
                error = result.get("error") or {}
                if result["status"] in _BUSY_STATUSES:
                    to_retry[uuid] = operations[uuid]
                elif error.get("type") == "index_not_found_exception":
                    raise EngineDown(f"The index {self.name} is gone. Run manage.py rebuild_index.")
                elif error.get("type") == "cluster_block_exception":
                    # Refuses every document, so no single one is the cause.
                    raise EngineDown(f"OpenSearch lets nothing be written into {self.name}. Is its disk nearly full?")
                else:
                    # The reason can quote a value of the document, so only its type is kept.
                    yield uuid, result["status"], error.get("type", "")
            if not to_retry:
                return
            operations = to_retry
            time.sleep(0.2 * 2**attempt)
        raise EngineDown("OpenSearch is too busy to take writes. They are sent again by the next indexing run.")


def _build_operation(write: Write) -> list[dict[str, Any]]:
    head = {"_id": str(write.uuid), "version": write.version, "version_type": "external_gte"}
    if write.purge:
        return [{"delete": head}]
    return [{"index": head}, {"uuid": str(write.uuid), **(write.document or {})}]
