"""tantivy's schema, and conditions and documents in its terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tantivy
from tantivy import Occur, Query

from jobsearch.search.conditions import TIE_BREAKER, All, Best, Everything, Node, Phrase, Prefix, Range, Term, Terms
from jobsearch.search.schema import TOKENIZER, tantivy_fields


def build() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name, kind, options in tantivy_fields():
        if kind == "text":
            builder.add_text_field(name, **options)
        else:
            builder.add_integer_field(name, **options)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """tantivy forgets its tokenizers when an index is opened. Ours only parts at blanks: the words are analysed already."""
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(TOKENIZER, whitespace)


def document(schema: tantivy.Schema, uuid: str, version: int, fields: Mapping[str, Any] | None) -> tantivy.Document:
    """Raises ValueError where a value is not of its field's type: found at the commit, it would undo the whole chunk."""
    return tantivy.Document.from_dict({"uuid": uuid, "version": version, **(fields or {})}, schema)


class Compiler:
    """Conditions -> tantivy's queries. In tantivy every required part adds its score, so what only filters gets none."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def query(self, node: Node) -> Query:
        schema = self._schema
        match node:
            case Term(field, value, score):
                return self._scored(Query.term_query(schema, field, value, "basic"), score)
            case Terms(field, values):
                return self._scored(Query.term_set_query(schema, field, list(values)), 0) if values else Query.empty_query()
            case Prefix(field, value, score):
                pattern = re.sub(r"([^\w#])", r"\\\1", value) + ".*"
                return self._scored(Query.regex_query(schema, field, pattern), score)
            case Phrase(field, words, score):
                return self._scored(Query.phrase_query(schema, field, list(words)), score)
            case Range(field, least, below):
                number = tantivy.FieldType.Integer
                found = Query.range_query(schema, field, number, least, None if below is None else below - 1)
                return self._scored(found, 0)
            case Best(nodes):
                return Query.disjunction_max_query([self.query(one) for one in nodes], TIE_BREAKER)
            case All(must, never, bonus):
                parts = [(Occur.Must, self.query(one)) for one in must]
                parts += [(Occur.MustNot, self.query(one)) for one in never]
                parts += [(Occur.Should, self.query(one)) for one in bonus]
                return Query.boolean_query(parts)
            case Everything():
                return self._scored(Query.all_query(), 0)

    def filter(self, *nodes: Node) -> Query:
        """All of these, without a score."""
        return self._scored(self.query(All(nodes)), 0)

    def both(self, query: Query, node: Node) -> Query:
        """A compiled query, narrowed by one more condition, without a score."""
        return self._scored(Query.boolean_query([(Occur.Must, query), (Occur.Must, self.query(node))]), 0)

    def _scored(self, query: Query, score: int) -> Query:
        return Query.const_score_query(query, float(score))
