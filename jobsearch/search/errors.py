"""Errors of the search: a query that cannot be run, and a search engine that cannot answer."""

from __future__ import annotations


class QueryError(Exception):
    """The query cannot be run, and the user can correct it (400). `str()` is a sentence for the user."""


class EngineDown(Exception):
    """The search engine or its index cannot answer now (503). `str()` is a sentence for an administrator and names the cure."""


class IndexMissing(EngineDown):
    """There is no complete index with the present schema where SEARCH_URL points: it has to be built first."""


class NoPrevious(Exception):
    """There is no previous index to return to. `str()` is a sentence for an administrator and names the alternative."""
