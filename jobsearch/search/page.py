"""One page of search results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from .engines.base import Hit
from .query.compiled_query import EMPTY, CompiledQuery
from .query.entities import RecognisedEntity
from .query.parsed_query import Wish


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits. `total` is exact. `counts`: facet -> value -> number of ads, under all filters except the facet's own.

    `understood`: the query as it was run (without filler words); `dropped`: the words that were left out.
    `corrected`: the query as typed found nothing, and this corrected query was run instead. `insisting`: the query that
    searches for the words as typed after all, where that finds ads (`insisting_total`).
    `left_out`: common words of the query with which nothing is found; these are the hits without them.
    `meant`: the query as typed finds few ads, and this similar query finds many (`meant_total`).
    `recognised`: words of the query that are also a value of a facet; they matched that value too.
    `in_text`: no ad has the occupation that was searched for; these ads mention it in their text.
    `wishes`: what the visitor does without ("uten erfaring"). `only_stated`: the query names no job, so these are the ads that
    say so. `is_silent`: no ad says so; these are the ads that do not demand it.
    `compiled`: the query as it was run (with corrected words, or looked for in texts only), for marking its words.
    `new`: number of hits first seen after the search's `since`; they come first.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    understood: str = ""
    dropped: tuple[str, ...] = ()
    corrected: str = ""
    insisting: str = ""
    insisting_total: int = 0
    left_out: tuple[str, ...] = ()
    meant: str = ""
    meant_total: int = 0
    recognised: tuple[RecognisedEntity, ...] = ()
    in_text: bool = False
    wishes: tuple[Wish, ...] = ()
    only_stated: bool = False
    is_silent: bool = False
    new: int = 0
    compiled: CompiledQuery = EMPTY

    @property
    def uuids(self) -> list[UUID]:
        return [hit.uuid for hit in self.hits]
