"""Query items: the typed text split into words, "phrases", -minus, prefix* and the marks between alternatives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobsearch.search.analysis import norwegian
from jobsearch.vacancies.organisation_numbers import parse_orgnr

from . import combinations, compounds, numbers
from .normalisation import CHUNK, is_or_operator
from .parsed_query import Clause, FacetClause, PhraseClause, PrefixClause, QueryItem, WordClause

MAX_WORDS = 30
"""Clauses of a query; what follows them is not searched for."""
MAX_ALTERNATIVES = 6
"""Occupations or places between slashes in one word."""
_SEPARATOR = re.compile(r"[/,;|]")
_LIST_MARKS = {"eller", "or", "/", "&", "+", ",", ";"}  # an OR if both sides are occupations or both are places
_JOB_WORDS = frozenset("jobb jobber jobben jobbar job jobs stilling stillinger stillingar stillingen".split())


def split_items(q: str) -> list[QueryItem]:
    """The items of a normalised query, at most `MAX_WORDS` clauses."""
    items: list[QueryItem] = []
    either = False
    after_or = False
    listed = False  # "kokk eller servitør", "oslo, bergen": alternatives, if both are occupations or both are places
    for match in CHUNK.finditer(q):
        plain = match.group("plain")
        if plain and not is_or_operator(plain) and plain.lower() in _LIST_MARKS:
            listed, after_or = True, plain.isalpha()
            continue
        if plain and is_or_operator(plain):
            either = bool(items) and not items[-1].minus
            continue
        slashed = _split_slashes(plain) if plain else []
        item = _parse_phrase(match.group("phrase"), bool(match.group("minus"))) if plain is None else _parse_chunk(plain)
        if item is None:
            continue
        new_items = slashed or [item]
        new_items[0].either = either and not item.minus
        new_items[0].listed = listed and bool(items)
        new_items[0].after_or = after_or
        either = after_or = False
        listed = bool(plain and plain.endswith((",", ";")))
        for one in new_items:
            one.start, one.end = match.span()
        items += new_items
        if sum(len(item.clauses) for item in items) >= MAX_WORDS:
            break
    return items


def _parse_phrase(content: str, minus: bool) -> QueryItem | None:
    exact = tuple(word.exact for word in norwegian.analyse_text(content) if word.exact != norwegian.BREAK)
    return QueryItem([PhraseClause(exact)], f'"{content.strip()}"', minus) if exact else None


def _parse_chunk(chunk: str) -> QueryItem | None:
    """The item of a chunk without quotation marks and whitespace; None where it has no word."""
    minus = len(chunk) > 1 and chunk[0] == "-" != chunk[1]
    text = chunk[1:] if minus else chunk.lstrip("+")
    words = [word for word in norwegian.analyse_text(text) if word.exact != norwegian.BREAK]
    if not words:
        return None
    if len(words) > 1 and words[-1].exact in _JOB_WORDS:
        words.pop()  # "IT-jobb"
    if text.endswith("*") and len(words[-1].exact) >= 2:
        clauses: list[Clause] = [WordClause(word) for word in words[:-1]]
        return QueryItem([*clauses, PrefixClause(words[-1].exact)], text, minus)
    if numbers.is_written_as_one(words):
        return QueryItem([PhraseClause(tuple(word.exact for word in words))], text.rstrip(",;"), minus)
    item = QueryItem([WordClause(word) for word in words], text.rstrip(",;"), minus, plain=True)
    if len(words) == 1:
        item.extra_alternatives = tuple((clause,) for clause in _list_other_forms(words[0].exact))
    return item


def _list_other_forms(word: str) -> Iterator[Clause]:
    """Other ways to match a word with digits: the employer of an organisation number, a name with a space ("kiwi365")."""
    if orgnr := parse_orgnr(word):
        yield FacetClause("employer_key", (orgnr,), (orgnr,))
        yield PhraseClause((orgnr[:3], orgnr[3:6], orgnr[6:]))
    if name_and_number := compounds.split_name_and_number(word):
        yield PhraseClause(name_and_number)


def _split_slashes(chunk: str) -> list[QueryItem]:
    """Occupations or places between slashes: "sykepleier/vernepleier", "miljøarbeider/-terapeut", "Oslo;Bergen"."""
    if not _SEPARATOR.search(chunk) or chunk[0] == "-" or chunk.endswith("*"):
        return []
    parts = [part for part in _SEPARATOR.split(chunk.strip(",;|")) if part[:1] != "-" and part[-1:] != "-"]
    expanded = [norwegian.analyse_word(stem) for stem in sorted(norwegian.expand_shared_endings(chunk))]
    words_by_item = (*map(norwegian.analyse_text, parts), *([word] for word in expanded))
    items = [_make_plain_item(words) for words in words_by_item if words]
    kinds = {combinations.classify_item(item) for item in items}
    # "Vestfold/Møre og Romsdal": the next items may be the rest of a name, so one place is enough.
    if len(items) < 2 or len(items) < len(parts) or not (kinds == {"occupation"} or "place" in kinds):
        return []
    for item in items[1:]:
        item.listed = True
    return items[:MAX_ALTERNATIVES]


def _make_plain_item(words: list[norwegian.Word]) -> QueryItem:
    return QueryItem([WordClause(word) for word in words], "-".join(word.exact for word in words), plain=True)
