"""Writer of one tantivy index in one folder. It compares the versions of documents itself, since tantivy has none."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import tantivy

from jobsearch.core.batches import batched
from jobsearch.search.engines.base import Stored, Write, Written
from jobsearch.search.errors import EngineDown
from jobsearch.search.schema import TANTIVY_SORTED_BY

from . import schema

HEAP_SIZE = 15_000_000  # bytes; tantivy's minimum for one thread. 10,000 ads give some 6 segments, which are merged at once
LOCK_SECONDS = 30  # longest wait for the writer lock of another process: a commit of 500 ads and its merges take about 1 s
_CHUNK = 1000
QUEUED = 1000
"""Documents that are added to a new index before each commit. Without it tantivy queues up to 10,000, which takes 70 MB."""


class TantivyIndex:
    """Implements `engines.base.Index`. Searches see writes after `refresh`. Waits for the lock of another writing process."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.name = path.name
        self.path = path
        self._schema = schema.build_schema()
        if create:
            path.mkdir(parents=True)
        # Sorted when it is created: the first of equally good hits of a segment are its newest.
        self._index = tantivy.Index(
            self._schema, path=str(path), reuse=True, sort_by_field=TANTIVY_SORTED_BY, sort_order=tantivy.Order.Desc
        )
        schema.register_tokenizer(self._index)
        self._index.config_reader("manual")  # otherwise each open index has a thread that watches its folder
        self._writer: tantivy.IndexWriter | None = None
        self._pending: dict[UUID, int] = {}
        self._is_new = create
        self._queued = 0

    def write(self, writes: Sequence[Write]) -> Written:
        writer = self._open_writer()
        versions = {uuid: stored.version for uuid, stored in self.read_stored(write.uuid for write in writes).items()}
        versions.update(self._pending)
        stale: list[UUID] = []
        failed: dict[UUID, str] = {}
        done = 0
        for write in writes:
            if versions.get(write.uuid, 0) > write.version:
                stale.append(write.uuid)
                continue
            uuid = str(write.uuid)
            try:
                # Built before the old document is deleted, which stays if the new one is refused.
                document = None if write.purge else schema.build_document(self._schema, uuid, write.version, write.document)
                if write.uuid in versions:
                    writer.delete_documents_by_term("uuid", uuid)
                if document is not None:
                    writer.add_document(document)
            except (ValueError, TypeError, OverflowError) as error:
                if "killed" in str(error):
                    raise EngineDown(f"The index at {self.path} cannot be written ({error}). Is the disk full?") from error
                failed[write.uuid] = type(error).__name__  # its text may quote the document
                continue
            versions[write.uuid] = self._pending[write.uuid] = write.version
            done += 1
        self._queued += done
        if self._is_new and self._queued >= QUEUED:
            self._commit(writer)  # waits until they are indexed; a new index is searched when it is complete
        return Written(done, tuple(stale), failed)

    def refresh(self) -> None:
        if self._writer is not None:
            try:
                self._commit(self._writer, is_last=True)
            finally:
                self._writer = None
                self._pending.clear()
        self._index.reload()

    def read_stored(self, uuids: Iterable[UUID]) -> dict[UUID, Stored]:
        self._index.reload()
        searcher = self._index.searcher()
        stored: dict[UUID, Stored] = {}
        for chunk in batched(map(str, uuids), _CHUNK):
            query = tantivy.Query.term_set_query(self._schema, "uuid", chunk)
            stored.update(_read_stored(searcher, query, limit=len(chunk)))
        return stored

    def iterate_stored(self) -> Iterator[tuple[UUID, Stored]]:
        self._index.reload()
        searcher = self._index.searcher()
        yield from _read_stored(searcher, tantivy.Query.all_query(), limit=max(1, searcher.num_docs)).items()

    def count(self) -> int:
        self._index.reload()
        return self._index.searcher().num_docs

    def close(self) -> None:
        """Releases the writer's lock and drops writes since the last `refresh`."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None
        self._pending.clear()

    def get_identity(self) -> str:
        return f"embedded:{self.name}"

    def write_sequence(self, sequence: int) -> None:
        draft = self.path / "sequence.draft"
        draft.write_text(str(sequence))
        draft.replace(self.path / "sequence")

    def read_sequence(self) -> int:
        try:
            return int((self.path / "sequence").read_text())
        except (OSError, ValueError):
            return 0

    def _commit(self, writer: tantivy.IndexWriter, *, is_last: bool = False) -> None:
        self._queued = 0
        try:
            writer.commit()
            if is_last:
                writer.wait_merging_threads()  # also releases the lock
        except (ValueError, OSError) as error:
            raise EngineDown(f"The index at {self.path} cannot be written ({error}). Is the disk full?") from error

    def _open_writer(self) -> tantivy.IndexWriter:
        deadline = time.monotonic() + LOCK_SECONDS
        while self._writer is None:
            try:
                self._writer = self._index.writer(HEAP_SIZE, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise EngineDown(f"The index at {self.path} cannot be written: {error}") from error
                if time.monotonic() > deadline:
                    hint = "If no other process writes to it, run manage.py rebuild_index."
                    raise EngineDown(f"The index at {self.path} is locked by another process. {hint}") from error
                time.sleep(0.05)
        return self._writer


def _read_stored(searcher: tantivy.Searcher, query: tantivy.Query, limit: int) -> dict[UUID, Stored]:
    addresses = [address for _, address in searcher.search(query, limit=limit, count=False).hits]
    versions = searcher.fast_field_values("version", addresses)
    ends = searcher.fast_field_values("visible_until", addresses)
    uuids = [UUID(searcher.doc(address).get_first("uuid")) for address in addresses]
    return {uuid: Stored(int(version or 0), int(end or 0)) for uuid, version, end in zip(uuids, versions, ends, strict=True)}
