"""Writer of one OpenSearch index: bulk requests with external versions, an error per document, and retries when it is busy.

Two bulks are in flight: while the server indexes one, the next is written and sent. A server that is too busy answers 429, and
the thread that sent the bulk pauses, so no more than two wait for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Event
from typing import Any
from uuid import UUID

from opensearchpy import OpenSearch

from jobsearch.core.batches import batched
from jobsearch.search.engines.base import Stored, Write, Written
from jobsearch.search.errors import EngineDown

from .client import WRITE_SECONDS, RequestRefused, translate_errors
from .facet_counts import number_values

SEQUENCE = "sequence"
"""Id of a document without fields, whose version is the database's count of indexing runs. No search matches it."""

_ATTEMPTS = 6  # after 0.2, 0.4 … 6.4 s: OpenSearch answers 429 while its queue is full
_BUSY_STATUSES = {429, 503}
_BULK_SIZE = 250  # documents per request: some 2 MB; larger requests gain nothing
_BULK_BYTES = 5_000_000  # of a request; a single document may be larger. The server refuses 100 MB by default
_IN_FLIGHT = 2
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
        operations = {}
        for write in writes:
            try:
                operations[write.uuid] = _build_operation(write)
            except (TypeError, ValueError):  # a value that JSON does not have
                failed[write.uuid] = "400 request_refused"
        stopped = Event()

        def send(bulk: dict[UUID, bytes]) -> list[tuple[UUID, int, str]]:
            if stopped.is_set():
                return []
            try:
                return list(self._send(bulk))
            except BaseException:
                stopped.set()
                raise

        pool = ThreadPoolExecutor(_IN_FLIGHT, thread_name_prefix="bulk")
        try:
            answers = pool.map(send, _divide_bulks(operations))
            for uuid, status, reason in chain.from_iterable(answers):
                if status < 300 or status == 404:  # 404: the document to purge does not exist
                    done += 1
                elif status == 409:
                    stale.append(uuid)
                else:
                    failed[uuid] = f"{status} {reason}"
        finally:
            pool.shutdown(cancel_futures=True)
        return Written(done, tuple(stale), failed)

    def refresh(self) -> None:
        with translate_errors():
            self._client.indices.refresh(index=self.name, params={"request_timeout": WRITE_SECONDS})

    def read_stored(self, uuids: Iterable[UUID]) -> dict[UUID, Stored]:
        stored: dict[UUID, Stored] = {}
        for chunk in batched(map(str, uuids), _CHUNK):
            with translate_errors():
                answer = self._client.mget(
                    body={"ids": chunk}, index=self.name, params={"realtime": "false", "request_timeout": WRITE_SECONDS}
                )
            for doc in answer["docs"]:
                if doc.get("found"):
                    end = (doc.get("_source") or {}).get("visible_until", 0)
                    stored[UUID(doc["_id"])] = Stored(doc["_version"], end)
        return stored

    def iterate_stored(self) -> Iterator[tuple[UUID, Stored]]:
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

    def get_identity(self) -> str:
        with translate_errors():
            found = self._client.indices.get_settings(index=self.name, params={"filter_path": "*.settings.index.uuid"})
        return f"opensearch:{self.name}:{found[self.name]['settings']['index']['uuid']}"

    def write_sequence(self, sequence: int) -> None:
        with translate_errors():
            self._client.index(
                index=self._write_alias,
                id=SEQUENCE,
                body={},
                params={"version": sequence, "version_type": "external_gte", "require_alias": "true"},
            )

    def read_sequence(self) -> int:
        with translate_errors():
            answer = self._client.get(index=self.name, id=SEQUENCE, ignore=404)
        return int(answer["_version"]) if answer.get("found") else 0

    def close(self) -> None:
        pass

    def _send(self, operations: dict[UUID, bytes]) -> Iterator[tuple[UUID, int, str]]:
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

    def _bulk(self, operations: dict[UUID, bytes]) -> Iterator[tuple[UUID, int, str]]:
        """(uuid, status, reason) of each document. Documents refused by a busy server are sent again after growing pauses."""
        for attempt in range(_ATTEMPTS):
            with translate_errors():
                answer = self._client.bulk(
                    body=b"".join(operations.values()),
                    index=self._write_alias,
                    params={"require_alias": "true", "request_timeout": WRITE_SECONDS},
                )
            to_retry: dict[UUID, bytes] = {}
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


def _divide_bulks(operations: dict[UUID, bytes]) -> Iterator[dict[UUID, bytes]]:
    """The operations in bulks of limited number and size, in their order."""
    bulk: dict[UUID, bytes] = {}
    size = 0
    for uuid, operation in operations.items():
        if bulk and (len(bulk) == _BULK_SIZE or size + len(operation) > _BULK_BYTES):
            yield bulk
            bulk, size = {}, 0
        bulk[uuid] = operation
        size += len(operation)
    if bulk:
        yield bulk


def _build_operation(write: Write) -> bytes:
    """The lines of the bulk request for one ad."""
    head = {"_id": str(write.uuid), "version": write.version, "version_type": "external_gte"}
    if write.purge:
        return _serialise({"delete": head})
    document = {**write.document, **number_values(write.document)} if write.document else {}
    return _serialise({"index": head}) + _serialise({"uuid": str(write.uuid), **document})


def _serialise(value: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n".encode("utf-8", "surrogatepass")
