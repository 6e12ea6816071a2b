"""Schema, documents and queries of tantivy, made from the engine-neutral schema, documents and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import tantivy
from tantivy import Occur, Query, Searcher

from jobsearch.search.conditions import TIE_BREAKER, All, Best, Constant, Everything, Node, Phrase, Prefix, Range, Term, Terms
from jobsearch.search.schema import ORDER_UUID_BITS, TANTIVY_DAY, TOKENIZER, tantivy_fields

_MOST_TERMS = 200  # values that are searched for one by one


def build_schema() -> tantivy.Schema:
    """The tantivy schema of the document's fields."""
    builder = tantivy.SchemaBuilder()
    for name, kind, options in tantivy_fields():
        if kind == "text":
            builder.add_text_field(name, **options)
        else:
            builder.add_integer_field(name, **options)
    return builder.build()


def register_tokenizer(index: tantivy.Index) -> None:
    """Registers the whitespace tokenizer, which tantivy requires each time an index is opened.

    It only splits at spaces, because the words are analysed already.
    """
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(TOKENIZER, whitespace)


def build_document(schema: tantivy.Schema, uuid: str, version: int, fields: Mapping[str, Any] | None) -> tantivy.Document:
    """The tantivy document of an ad.

    Raises ValueError for a value of the wrong type: found only at the commit, it would undo the whole chunk.
    """
    derived = {TANTIVY_DAY: compute_day(fields["order"])} if fields else {}
    return tantivy.Document.from_dict({"uuid": uuid, "version": version, **derived, **(fields or {})}, schema)


def compute_day(order: int) -> int:
    """Days since 1970 of the field `order`, whose upper bits are the second of publishing."""
    return (order >> ORDER_UUID_BITS) // 86_400


class QueryCompiler:
    """Compiles conditions to tantivy queries. Every required part adds its score in tantivy, so filters get a score of 0.

    `searcher`: the words that its index does not have are left out. Most forms and synonyms of a word are in no ad, and each
    would be looked up in every segment by each of the four or five queries of one search.
    """

    def __init__(self, schema: tantivy.Schema, searcher: Searcher | None = None) -> None:
        self._schema = schema
        self._searcher = searcher

    def compile_query(self, node: Node) -> Query:
        return self._compile(node) or Query.empty_query()

    def compile_filter(self, *nodes: Node) -> Query:
        """A query for ads that fulfil all the conditions, without a score."""
        return self._score(self.compile_query(All(nodes)), 0)

    def narrow_query(self, query: Query, node: Node) -> Query:
        """The compiled query with one more condition, without a score."""
        return self._score(Query.boolean_query([(Occur.Must, query), (Occur.Must, self.compile_query(node))]), 0)

    def _compile(self, node: Node) -> Query | None:
        """The query for a condition; None where no ad can fulfil it, because the index does not have its words."""
        schema = self._schema
        match node:
            case Term(field, value, score):
                return self._score(Query.term_query(schema, field, value, "basic"), score) if self._has(field, value) else None
            case Terms(field, values):
                return self._score(self._compile_values(field, values), 0)
            case Prefix(field, value, score):
                pattern = re.sub(r"([^\w#])", r"\\\1", value) + ".*"
                return self._score(Query.regex_query(schema, field, pattern), score)
            case Phrase(field, words, score):
                if not all(self._has(field, word) for word in words):
                    return None
                return self._score(Query.phrase_query(schema, field, list(words)), score)
            case Range(field, least, below):
                number = tantivy.FieldType.Integer
                most = None if below is None else below - 1
                return self._score(Query.range_query(schema, field, number, least, most), 0)
            case Best(nodes):
                queries = self._compile_each(nodes)
                return Query.disjunction_max_query(queries, TIE_BREAKER) if len(queries) > 1 else next(iter(queries), None)
            case All(must, never, bonus):
                required = self._compile_each(must)
                if len(required) < len(must):
                    return None
                parts = [(Occur.Must, query) for query in required]
                parts += [(Occur.MustNot, query) for query in self._compile_each(never)]
                parts += [(Occur.Should, query) for query in self._compile_each(bonus)]
                return Query.boolean_query(parts)
            case Constant(inner, score):
                query = self._compile(inner)
                return None if query is None else self._score(query, score)
            case Everything():
                return self._score(Query.all_query(), 0)

    def _compile_each(self, nodes: Iterable[Node]) -> list[Query]:
        """The queries for those of the conditions that an ad can fulfil."""
        return [query for node in nodes if (query := self._compile(node)) is not None]

    def _has(self, field: str, word: str) -> bool:
        """Whether any ad of the index, a deleted one included, has the word; True where the index is not known."""
        return self._searcher is None or self._searcher.doc_freq(field, word) > 0

    def compile_days(self, first: int) -> Query:
        """A query for ads published on this day or later, without a score.

        It uses the inverted index, whose number of documents is known, so tantivy starts with it where it is the smaller set.
        A range of a fast field is always checked last: it looked at each hit of a word to find the 25 newest.
        """
        number = tantivy.FieldType.Integer
        return self._score(Query.range_query(self._schema, TANTIVY_DAY, number, first, None, use_inverted_index=True), 0)

    def _compile_values(self, field: str, values: tuple[str, ...]) -> Query:
        """A query for any of the values.

        tantivy's term set walks through the dictionary of the field: 0.14 ms for one value, where a term takes 0.01. It is
        the faster one from some hundred values on.
        """
        if not values:
            return Query.empty_query()
        if len(values) > _MOST_TERMS:
            return Query.term_set_query(self._schema, field, list(values))
        return Query.boolean_query([(Occur.Should, Query.term_query(self._schema, field, value, "basic")) for value in values])

    def _score(self, query: Query, score: int) -> Query:
        return Query.const_score_query(query, float(score))
