"""Schema, documents and queries of tantivy, made from the engine-neutral schema, documents and conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tantivy
from tantivy import Occur, Query

from jobsearch.search.conditions import TIE_BREAKER, All, Best, Constant, Everything, Node, Phrase, Prefix, Range, Term, Terms
from jobsearch.search.schema import TOKENIZER, tantivy_fields

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

    It only splits at blanks, because the words are analysed already.
    """
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(TOKENIZER, whitespace)


def build_document(schema: tantivy.Schema, uuid: str, version: int, fields: Mapping[str, Any] | None) -> tantivy.Document:
    """The tantivy document of an ad.

    Raises ValueError for a value of the wrong type: found only at the commit, it would undo the whole chunk.
    """
    return tantivy.Document.from_dict({"uuid": uuid, "version": version, **(fields or {})}, schema)


class QueryCompiler:
    """Compiles conditions to tantivy queries. Every required part adds its score in tantivy, so filters get a score of 0."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def compile_query(self, node: Node) -> Query:
        schema = self._schema
        match node:
            case Term(field, value, score):
                return self._score(Query.term_query(schema, field, value, "basic"), score)
            case Terms(field, values):
                return self._score(self._compile_values(field, values), 0)
            case Prefix(field, value, score):
                pattern = re.sub(r"([^\w#])", r"\\\1", value) + ".*"
                return self._score(Query.regex_query(schema, field, pattern), score)
            case Phrase(field, words, score):
                return self._score(Query.phrase_query(schema, field, list(words)), score)
            case Range(field, least, below):
                number = tantivy.FieldType.Integer
                most = None if below is None else below - 1
                return self._score(Query.range_query(schema, field, number, least, most), 0)
            case Best(nodes):
                return Query.disjunction_max_query([self.compile_query(child) for child in nodes], TIE_BREAKER)
            case All(must, never, bonus):
                parts = [(Occur.Must, self.compile_query(child)) for child in must]
                parts += [(Occur.MustNot, self.compile_query(child)) for child in never]
                parts += [(Occur.Should, self.compile_query(child)) for child in bonus]
                return Query.boolean_query(parts)
            case Constant(inner, score):
                return self._score(self.compile_query(inner), score)
            case Everything():
                return self._score(Query.all_query(), 0)

    def compile_filter(self, *nodes: Node) -> Query:
        """A query for ads that fulfil all the conditions, without a score."""
        return self._score(self.compile_query(All(nodes)), 0)

    def narrow_query(self, query: Query, node: Node) -> Query:
        """The compiled query with one more condition, without a score."""
        return self._score(Query.boolean_query([(Occur.Must, query), (Occur.Must, self.compile_query(node))]), 0)

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
