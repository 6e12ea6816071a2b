"""Numbers in a query: organisation numbers, reference numbers and uuids of ads, with the words that introduce them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.lexicon import FILLERS

from .parsed_query import QueryItem, WordClause

_ORGNR = re.compile(
    r"(?<!\w)(?<!\d[\s.-])(?:org(?:\.|anisasjons?)?[\s-]?(?:nr|nummer|no|number)\.?:?\s?)?(?:NO\s?)?"
    r"([0-9]{3})[\s.-]?([0-9]{3})[\s.-]?([0-9]{3})(?:\s?MVA)?(?!\w)(?![\s.-]\d)",
    re.IGNORECASE,
)
_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r"(?<=[^\W\d_])\.?[:#=](?=\w*\d)|(?<!\S)#(?=\w*\d)")
_NUMBER = re.compile(r"[^\W\d_]{0,6}+\d{4}\w*+")
_DIGIT = re.compile(r"\d")

# "ref", "referansenummer", "oppdragsnr", "saksnr", "annonse-id", "finnkode", "job id".
_ENDS = "nr|nummer|number|kode|code|id"
_INTRODUCTION = re.compile(
    "(?:ref|referanse|reference|oppdrag|annonse|stilling|utlysning|requisition|req|job)"
    f"|(?:{_ENDS})"
    "|(?:ref|referanse|reference|oppdrag|sak|arkiv|annonse|stilling|jobb?|utlysning|finn|nav|webcruiter|dokument|kunngjøring|ad)"
    f"s?(?:{_ENDS})"
)


def join_orgnr(q: str) -> str:
    """Organisation numbers as one word: "org.nr. 999 888 777 MVA" -> "999888777"."""
    return q if '"' in q else _ORGNR.sub(r"\1\2\3", q)


def separate_numbers(q: str) -> str:
    """The query with a space between a number and what introduces it: "ref:2025/1234" -> "ref 2025/1234"."""
    return q if "://" in q else _INTRODUCED.sub(" ", q)


def find_uuid(q: str) -> UUID | None:
    """The uuid of an ad, or that of an address, if nothing else is typed than words that introduce it."""
    match = _UUID.search(q)
    if not match:
        return None
    others = [chunk for chunk in q.split() if match.group() not in chunk]
    words = [word.exact for chunk in others for word in norwegian.analyse_text(chunk)]
    return UUID(match.group()) if all(word in FILLERS or _INTRODUCTION.fullmatch(word) for word in words) else None


def find_introductions(items: Sequence[QueryItem]) -> set[int]:
    """Indexes of the items that only introduce the number after them: "ref", "oppdragsnr", "finn kode"."""
    found: set[int] = set()
    before_number = False
    for index in reversed(range(len(items))):
        words = _list_words(items[index])
        if before_number and items[index].plain and all(map(_INTRODUCTION.fullmatch, words)):
            found.add(index)
        else:
            before_number = bool(_NUMBER.fullmatch("".join(words))) and all(map(_DIGIT.search, words))
    return found


def is_written_as_one(words: list[norwegian.Word]) -> bool:
    """Whether the words are a number with marks inside, which matches only as a whole: "2025/1234", "24/7", "37,5"."""
    return len(words) > 1 and sum(word.exact.isdigit() for word in words) > 1


MIN_REFERENCE = 5
"""Characters of a number that is looked for in the addresses of an ad, all or all but one of them digits."""


def is_reference_token(word: str) -> bool:
    """Whether the word is long enough to be an ad's number in the addresses of the ad: "4512345678", "r0123456"."""
    return len(word) >= MIN_REFERENCE and sum(map(str.isdigit, word)) >= MIN_REFERENCE - 1


def _list_words(item: QueryItem) -> list[str]:
    return [
        word
        for clause in item.clauses
        for word in ([clause.word.exact] if isinstance(clause, WordClause) else getattr(clause, "words", ()))
    ]
