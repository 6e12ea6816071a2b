"""A query text with its parsed form and its condition: computed once for everything that a request does with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from jobsearch.search.conditions import Node

from . import parser
from .compiler import compile_words
from .parsed_query import Parsed


@dataclass(frozen=True)
class CompiledQuery:
    parsed: Parsed

    @cached_property
    def condition(self) -> Node:
        """The condition that both engines search with, and whose words the highlighter marks."""
        return compile_words(self.parsed)


EMPTY = CompiledQuery(Parsed(empty=True))


def compile_query(text: str) -> CompiledQuery:
    return CompiledQuery(parser.parse(text))
