"""Report of an indexing run, a rebuild or a rollback."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    `failed`: quarantined by this run. `busy`: another run is active, nothing was done. `rebuilt`: the reason for a rebuild, ""
    for none.
    """

    indexed: int = 0
    stale: int = 0
    failed: int = 0
    seconds: float = 0.0
    busy: bool = False
    rebuilt: str = ""
