"""Names of companies as queries: "Ravnli Bygg AS" means that employer, not builders in Ravnli."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .parsed_query import Alternative, Alternatives, Clause, SynonymClause, WordClause

_LAST_WORDS = frozenset("as asa hf rhf iks nuf ans".split())  # without "da", "sa" and "ba", which also end sentences


def names_company(words: Sequence[str]) -> bool:
    """Whether the typed words are a name with its company form."""
    return len(words) > 1 and words[-1] in _LAST_WORDS


def drop_synonyms(group: Alternatives) -> Alternatives:
    """The alternatives for one word of a company's name, without those that mean something else than the name."""
    kept = (tuple(_drop_from_clauses(alternative)) for alternative in group)
    return tuple(alternative for alternative in kept if alternative)


def _drop_from_clauses(alternative: Alternative) -> Iterator[Clause]:
    for clause in alternative:
        if isinstance(clause, WordClause):
            yield replace(clause, synonyms=tuple(one for one in clause.synonyms if one.kind == "employer"))
        elif not isinstance(clause, SynonymClause):
            yield clause
