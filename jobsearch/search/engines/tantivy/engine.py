"""Embedded tantivy engine: a folder of builds and a pointer file that names the live one.

    var/index/current            {"build": "…", "fingerprint": "…", …}, replaced atomically, written last
    var/index/builds/<name>/     one tantivy index each

Any number of processes can read. Each checks the modification times of two files before a search, which shows a commit or a
switch of another process.
"""

from __future__ import annotations

import calendar
import contextlib
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import tantivy

from jobsearch.core.timings import timed
from jobsearch.search.engines.base import Answer, Health, Index, Request
from jobsearch.search.errors import EngineDown, IndexMissing, NoPrevious
from jobsearch.search.schema import fingerprint

from .index_writer import TantivyIndex
from .searcher import IndexReader

T = TypeVar("T")
ERASE_AFTER = 600  # seconds that deleted text may stay in the files of the index
ERASE_SHARE = 60  # and at least this many times the duration of the last build: 10 s of work at most every 10 min
VERSION = version("tantivy")
_HINT = "Run manage.py rebuild_index, or start the worker, whose next indexing builds it."


@dataclass(frozen=True, slots=True)
class _OpenIndex:
    """The index that this process has open. `signature`: of the pointer file when it was opened."""

    signature: tuple[int, int, int]
    reader: IndexReader


class TantivyEngine:
    """Implements `engines.base.Engine`."""

    name = "tantivy"

    def __init__(self, root: Path) -> None:
        self.root = root
        self._builds = root / "builds"
        self._pointer = root / "current"
        self._lock = threading.Lock()
        self._open: _OpenIndex | None = None

    def search(self, request: Request) -> Answer:
        return self._read(lambda reader: reader.search(request))

    def count_hits(self, requests: Sequence[Request]) -> list[int]:
        return self._read(lambda reader: [reader.count_hits(request) for request in requests])

    def count_many(self, requests: Sequence[Request]) -> list[Mapping[str, Mapping[str, int]]]:
        return self._read(lambda reader: [reader.count_values(request) for request in requests])

    def find_many(self, requests: Sequence[Request]) -> list[tuple[UUID, ...]]:
        return self._read(lambda reader: [reader.find(request) for request in requests])

    @timed("engine")
    def _read(self, function: Callable[[IndexReader], T]) -> T:
        """Calls the function with the reader of the live index, once more after an error."""
        for attempt in (1, 2):
            try:
                return function(self._get_reader())
            except (ValueError, OSError) as error:
                # Another process may have switched and deleted the build after this one opened it.
                self._open = None
                if attempt == 2:
                    raise EngineDown(f"The index at {self.root} cannot be read ({error}). {_HINT}") from error
        raise AssertionError("unreachable")

    def scan(self, request: Request) -> Generator[UUID]:
        try:
            yield from self._get_reader().scan(request)
        except (ValueError, OSError) as error:
            raise EngineDown(f"The index at {self.root} cannot be read ({error}). {_HINT}") from error

    def get_live_index(self) -> Index:
        pointer = self._read_pointer()
        try:
            return TantivyIndex(self._builds / pointer["build"])
        except (ValueError, OSError) as error:
            raise IndexMissing(f"The index at {self.root} cannot be opened ({error}). {_HINT}") from error

    def create_index(self) -> Index:
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        try:
            self._builds.mkdir(parents=True, exist_ok=True, mode=0o700)
            return TantivyIndex(self._builds / name, create=True)
        except (ValueError, OSError) as error:
            raise EngineDown(f"No index can be made at {self.root} ({error}). Is the folder writable, the disk full?") from error

    def switch(self, index: Index) -> None:
        """Makes the index the live one, and keeps no previous build.

        It would contain the text of ads closed since, and a rebuild takes seconds.
        """
        started = calendar.timegm(time.strptime(index.name[:15], "%Y%m%d-%H%M%S"))
        pointer = {
            "build": index.name,
            "fingerprint": fingerprint(),
            "tantivy": VERSION,
            "built": time.time(),
            "took": max(0.0, time.time() - started),
        }
        draft = self.root / f"current.{index.name}"
        with draft.open("w") as file:
            json.dump(pointer, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._pointer)
        self.prune()

    def open_previous_index(self) -> Index:
        why = "The embedded engine keeps no previous index: it would hold the text of ads that have ended since."
        raise NoPrevious(
            f"{why} Run manage.py rebuild_index instead, with the former version of the site if that is what you want."
        )

    def discard(self, index: Index) -> None:
        index.close()
        shutil.rmtree(self._builds / index.name, ignore_errors=True)

    def prune(self) -> int:
        """Deletes every build but the live one. Readers keep their deleted files open until they close."""
        try:
            kept = json.loads(self._pointer.read_text())["build"]
        except (OSError, ValueError, KeyError):
            kept = None
        builds = [path for path in self._builds.glob("*") if path.name != kept]
        for path in builds:
            shutil.rmtree(path, ignore_errors=True)
        for path in self.root.glob("current.*"):
            path.unlink(missing_ok=True)
        return len(builds)

    def erase(self, *, at_once: bool = False) -> bool:
        """Whether a rebuild is due to remove deleted text.

        tantivy rewrites a segment's files only in a merge, which cannot be requested; a new build has no deleted text.
        """
        try:
            pointer = self._read_pointer()
            meta = json.loads((self._builds / pointer["build"] / "meta.json").read_text())
        except (EngineDown, OSError, ValueError):
            return False
        if not any(segment.get("deletes") for segment in meta["segments"]):
            return False
        age = time.time() - pointer["built"]
        return at_once or bool(age > max(ERASE_AFTER, ERASE_SHARE * pointer["took"]))

    def check_health(self) -> Health:
        try:
            docs = self._get_reader().count()
        except (EngineDown, ValueError, OSError) as error:
            return Health(self.name, VERSION, False, 0, str(error))
        return Health(self.name, VERSION, True, docs)

    def close(self) -> None:
        self._open = None

    def _get_reader(self) -> IndexReader:
        """The reader of the live index, opened again if the pointer file has changed."""
        try:
            stat = self._pointer.stat()
        except OSError as error:
            raise IndexMissing(f"There is no index at {self.root} yet. {_HINT}") from error
        signature = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        opened = self._open
        if opened is None or opened.signature != signature:
            with self._lock:
                opened = self._open
                if opened is None or opened.signature != signature:
                    pointer = self._read_pointer()
                    opened = self._open = _OpenIndex(signature, IndexReader(self._builds / pointer["build"]))
        opened.reader.reload_if_changed()
        return opened.reader

    def _read_pointer(self) -> dict[str, Any]:
        """The pointer file. Raises IndexMissing unless it names an index that this version can read."""
        try:
            pointer: dict[str, Any] = json.loads(self._pointer.read_text())
            build = self._builds / pointer["build"]
        except OSError as error:
            raise IndexMissing(f"There is no index at {self.root} yet. {_HINT}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise IndexMissing(f"{self._pointer} is damaged. {_HINT}") from error
        if pointer.get("fingerprint") != fingerprint():
            raise IndexMissing(f"The index at {self.root} was made by another version of the site. {_HINT}")
        compatible = False
        with contextlib.suppress(ValueError, OSError):
            compatible = tantivy.Index.exists(str(build)) and tantivy.Index.is_compatible(str(build))
        if not compatible:
            raise IndexMissing(f"The index at {build} is gone or was written by another tantivy. {_HINT}")
        return pointer
