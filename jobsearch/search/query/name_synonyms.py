"""Synonyms of names of several words: neighbouring words of a query that together name an employer or an occupation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from jobsearch.search.analysis import norwegian, synonyms

from . import entities
from .parsed_query import Alternatives, SynonymClause, WordClause

_MAX_WORDS_OF_PUBLIC_BODY = 4  # words of a municipality's name as an employer


def add_synonyms(must: Sequence[Alternatives], is_plain: Sequence[bool]) -> Iterator[Alternatives]:
    """The groups of a query with synonyms; the groups of words that form a name become one. The longest name is taken.

    `is_plain`: for each group whether it is words that may be part of a name.
    """
    start = 0
    while start < len(must):
        end, group = _find_public_body(must, is_plain, start) or _find_name(must, is_plain, start) or (start + 1, must[start])
        yield group
        start = end


def list_words(must: Iterable[Alternatives]) -> list[WordClause]:
    """The word clauses of each group's first alternative, which has the words as typed."""
    return [clause for group in must for clause in group[0] if isinstance(clause, WordClause)]


def _find_public_body(must: Sequence[Alternatives], is_plain: Sequence[bool], start: int) -> tuple[int, Alternatives] | None:
    """(end, group) of the name of a municipality as an employer that begins at `start`."""
    for end in range(start + 1, _find_end(is_plain, start, _MAX_WORDS_OF_PUBLIC_BODY) + 1):
        words = tuple(clause.word for clause in list_words(must[start:end]))
        if entities.is_public_body(words):
            body = synonyms.Synonym(tuple(word.stem for word in words), tuple(word.exact for word in words), "employer")
            return end, ((SynonymClause((body, *synonyms.find_synonyms(words))),),)
    return None


def _find_name(must: Sequence[Alternatives], is_plain: Sequence[bool], start: int) -> tuple[int, Alternatives] | None:
    """(end, group) of the longest name that begins at `start` and has synonyms."""
    end = _find_end(is_plain, start, synonyms.longest_name_length())
    found: tuple[synonyms.Synonym, ...] = ()
    while end > start and not (found := synonyms.find_synonyms(_get_words(must[start:end]))):
        end -= 1
    compound_end, of_compound = _find_compound_synonyms(must, is_plain, start)
    if compound_end > end:
        return compound_end, (tuple(list_words(must[start:compound_end])), (SynonymClause(of_compound),))
    if end == start:
        return None
    clauses = list_words(must[start:end])
    if len(clauses) == 1:
        # "BI" is an employer, but also business intelligence in a text.
        is_employer = all(synonym.kind == "employer" for synonym in found)
        clause = replace(clauses[0], synonyms=found, headline_only=clauses[0].headline_only or is_employer)
        return end, ((clause,), *must[start][1:])
    # Words that together name an occupation match, each of them, only in the fields of occupations.
    is_occupation = any(synonym.kind == "occupation" for synonym in found)
    own_words = tuple(replace(clause, headline_only=clause.headline_only or is_occupation) for clause in clauses)
    return end, (own_words, (SynonymClause(found),))


def _find_compound_synonyms(
    must: Sequence[Alternatives], is_plain: Sequence[bool], start: int
) -> tuple[int, tuple[synonyms.Synonym, ...]]:
    """(end, synonyms) of an occupation whose compound is typed as three or two words from `start` on: "lager arbeider"."""
    for end in (start + 3, start + 2):
        words = _get_words(must[start:end]) if end <= len(must) and all(is_plain[start:end]) else ()
        if len(words) == end - start:
            compound = norwegian.analyse_word("".join(word.exact for word in words))
            if synonyms.is_listed_occupation(compound.stem) and (found := synonyms.find_synonyms((compound,))):
                return end, found
    return start, ()


def _find_end(is_plain: Sequence[bool], start: int, most: int) -> int:
    """End of the run of plain groups from `start` on, at most `most` groups."""
    end = start
    while end < len(is_plain) and is_plain[end] and end - start < most:
        end += 1
    return end


def _get_words(must: Iterable[Alternatives]) -> tuple[norwegian.Word, ...]:
    return tuple(clause.word for clause in list_words(must))
