"""Compiled query: the parsed query and its condition, computed once for everything that a request does with the query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from jobsearch.search.conditions import Node

from .compiler import compile_conditions
from .parsed_query import ParsedQuery
from .parser import parse_query


@dataclass(frozen=True)
class CompiledQuery:
    """A parsed query with its condition, which is compiled when it is first read."""

    parsed: ParsedQuery

    @cached_property
    def condition(self) -> Node:
        """The condition that both engines search with, and whose words are highlighted."""
        return compile_conditions(self.parsed)


EMPTY = CompiledQuery(ParsedQuery(empty=True))


def compile_query(text: str) -> CompiledQuery:
    """Parses the text of a query, to be compiled when its condition is read."""
    return CompiledQuery(parse_query(text))
