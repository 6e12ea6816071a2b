"""Parts of pages that axe has read without a violation, in a file: no worker of a run reads what another has read."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

Kind = tuple[str, bool]
"""Colour scheme, and whether the sizes of targets were checked."""


class ReadParts:
    """Places of parts by kind of check. Without a file they are known to this process alone."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._position = 0
        self._places: defaultdict[Kind, set[str]] = defaultdict(set)

    def get(self, kind: Kind) -> set[str]:
        """The places that this and other workers have read until now."""
        if self._file and self._file.exists():
            with self._file.open("rb") as lines:
                lines.seek(self._position)
                for line in lines:
                    if not line.endswith(b"\n"):  # another worker is writing it
                        break
                    self._position += len(line)
                    scheme, sizes, places = json.loads(line)
                    self._places[scheme, sizes].update(places)
        return self._places[kind]

    def add(self, kind: Kind, places: list[str]) -> None:
        new = [place for place in places if place not in self._places[kind]]
        self._places[kind].update(new)
        if self._file and new:
            with self._file.open("ab", buffering=0) as lines:  # appended by one call, whole
                lines.write(json.dumps([*kind, new]).encode() + b"\n")
