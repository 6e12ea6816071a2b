"""Live index, opened only if its contents can be those that the database has recorded."""

from __future__ import annotations

from jobsearch.search.engines.base import Engine, Index
from jobsearch.search.errors import IndexMissing
from jobsearch.search.models import IndexState
from jobsearch.search.schema import fingerprint


class RebuildNeeded(Exception):
    """The live index must be rebuilt. `str()` is the reason."""


def open_live(in_use: Engine) -> Index:
    """Opens the live index. Raises RebuildNeeded, EngineDown."""
    state = IndexState.objects.first()
    if state is None:
        raise RebuildNeeded("none has been built")
    if state.fingerprint != fingerprint():
        raise RebuildNeeded("its schema has changed")
    try:
        index = in_use.get_live_index()
    except IndexMissing as error:
        raise RebuildNeeded("there is none where SEARCH_URL points") from error
    try:
        if index.get_identity() != state.identity:
            raise RebuildNeeded("SEARCH_URL points at another one")
        if index.read_sequence() > state.sequence:
            raise RebuildNeeded("the database is older than the index")
    except BaseException:
        index.close()
        raise
    return index


def must_rebuild(in_use: Engine) -> str:
    """The reason why the live index must be rebuilt, "" for none. Raises EngineDown."""
    try:
        open_live(in_use).close()
    except RebuildNeeded as needed:
        return str(needed)
    return ""
