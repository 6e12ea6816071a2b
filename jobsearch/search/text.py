"""Norwegian analysis, once for both engines: documents carry words that are already analysed, and so do queries.

A word has three forms: `exact` (lower case, one spelling), `stem` (inflection taken away), `fold` (typed without æ, ø, å).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from .vocabulary import (
    AGENTS,
    ALSO_WHAT_STANDS_BEFORE,
    HEADS,
    IRREGULAR,
    KEPT,
    NYNORSK,
    PLACES,
    SHORT_ALONE,
    SHORT_ENDS,
    SHORT_STARTS,
    UNSPLIT,
    WORKPLACES,
)

BREAK = "¶"
"""Stands between blocks of a text, so that no phrase is found across them. No word of a query is ever this."""

# C++, C#, F#, .NET are words. "it-" is the trade; "it" and "It" alone are, in a running text, an English pronoun.
_TOKEN = re.compile(
    r"(?<!\w)[cC]\+\+(?!\w)|(?<!\w)[cCfF]#(?!\w)|(?:(?<!\w)|(?<=[aA][sS][pP])|(?<=[aA][dD][oO]))\.(?:NET|Net|net)\b"
    r"|\b[iI]t-(?=\w)|[^\W_]+(?:['’][^\W_]+)*|\n"
)
_PRONOUNS = {"it", "It"}
_SPELLINGS = str.maketrans(
    {"ä": "æ", "ö": "ø", "'": None, "’": None, "ð": "d", "đ": "d", "ŋ": "n", "ł": "l", "ß": "ss", "œ": "ø"}
)
_FOLDING = str.maketrans({"æ": "a", "ø": "o", "å": "a"})
_COMPANIES = frozenset("as asa hf sa ba da ans ks kf iks nuf sf rhf".split())
_LONGEST = 60  # characters of a word; longer ones are addresses and accidents

_SUFFIX = re.compile(r"(.{3,}?)(?:(?:er|ar)(?:ene|ane|ne|en|e|ar|arane)?|ene|ane|en|et|a|e)s?")
_PLAIN_S = re.compile(r"(.{3,}(?:nt|or|st|an))s")


def fold(word: str) -> str:
    return word.translate(_FOLDING)


def _either_spelling(words: frozenset[str] | set[str]) -> str:
    """An alternation of the words, and of them as typed on a foreign keyboard; the longest first."""
    return "|".join(sorted({*words, *map(fold, words)}, key=len, reverse=True))


_OF_KEPT = re.compile(
    rf"(.*?(?:{_either_spelling(AGENTS | KEPT)}))(?:s|e|er|en|et|ene|ne|a|ar|ane|ens|ets|enes|nes|anes|ers|es)?"
)
_OF_NYNORSK_AGENT = re.compile(r"(.{2,}?)ar(?:ar|en|ane|s|ens|anes|arane|ars|e)?")
_AGENT_END = re.compile(rf".*(?:{_either_spelling(AGENTS)})")
_NYNORSK = re.compile("|".join(sorted(NYNORSK, key=len, reverse=True)))
_IRREGULAR = re.compile(rf"(.*)({'|'.join(sorted(IRREGULAR, key=len, reverse=True))})s?")
_HEADS = tuple(sorted(HEADS | WORKPLACES, key=len, reverse=True))
_HEADS_S = tuple(f"{head}s" for head in HEADS if len(head) > 3 and not head.endswith(("s", "e")))
_PEOPLE = tuple(HEADS - {"student", "hjelp", "mann", "vakt", "agent"})
_SHORT_START = re.compile(
    rf"\b({'|'.join(SHORT_STARTS)})\. ?(?=leder|leiar|sjef|sykepl|sjukepl|lege|ing|lektor|lærer|medarb|ass|dir|ped|kons|rådg|sekr"
    r"|styrer|rektor|butikk|kjøkken|daglig|assistent|ansvarl|personell)",
    re.IGNORECASE,
)
_SHORT_END = re.compile(rf"(\w*)(?<![pPkKbB])({'|'.join(SHORT_ENDS)})\.(?!\w)", re.IGNORECASE)
_SHORT_ALONE = re.compile(rf"\b({'|'.join(SHORT_ALONE)})\.(?!\w)", re.IGNORECASE)
_SHORT_CHUNK = re.compile(rf"\b(?:{'|'.join(SHORT_STARTS)})\. (?=\w)\S+|\S+", re.IGNORECASE)
_LETTERS = r"[^\W\d_]+"
_CUT = re.compile(rf"((?:{_LETTERS}-\s*(?:[,/&+]|og\b|eller\b)?\s*)+)(?<=[\s/,&+])({_LETTERS})(?![\w-])", re.IGNORECASE)
_CUT_WORD = re.compile(rf"({_LETTERS})-(?=[\s,/&+])")
_CONTINUED = re.compile(rf"({_LETTERS})\s?/\s?-\s?({_LETTERS})")


class Word(NamedTuple):
    exact: str
    stem: str
    fold: str
    """The stem without æ, ø, å; "" where that changes nothing."""


_cache: dict[str, Word] = {}
_CACHE_SIZE = 60_000  # spellings: some 12 MB. A month of ads has about 100,000 different ones, most of them once


def word(raw: str) -> Word:
    """The forms of one token, as `tokens` cuts it."""
    found = _cache.get(raw)
    if found is None:
        if len(_cache) >= _CACHE_SIZE:
            _cache.clear()  # cheaper than keeping account of what is used; common words are back within a few ads
        exact = _exact(raw)
        stem = stem_of(exact)
        folded = fold(stem)
        found = _cache[raw] = Word(exact, stem, folded if folded != stem else "")
    return found


def tokens(text: str) -> list[str]:
    """The text's tokens as written; a line break is one of its own."""
    return _TOKEN.findall(text)


def words(text: str) -> list[Word]:
    """The words of a title, a name or a query: everything counts, "it" too, and short forms are written out."""
    return [word(raw) for raw in _TOKEN.findall(in_full(unicodedata.normalize("NFC", text))) if raw != "\n"]


def in_full(text: str) -> str:
    """Short forms with a full stop written out: "Kjøkkenass." -> "Kjøkkenassistent", "avd.leder" -> "avdelingsleder"."""
    if "." not in text:
        return text
    text = _SHORT_ALONE.sub(lambda match: SHORT_ALONE[match[1].lower()], text)
    text = _SHORT_START.sub(lambda match: SHORT_STARTS[match[1].lower()], text)
    return _SHORT_END.sub(lambda match: match[1] + SHORT_ENDS[match[2].lower()], text)


def short_forms(text: str) -> Iterator[tuple[list[Word], int, int]]:
    """What short forms stand for, and where in the composed text each is."""
    for match in _SHORT_CHUNK.finditer(text):
        if "." in match.group() and (full := in_full(match.group())) != match.group():
            yield words(full), *match.span()


def written_out(text: str) -> set[str]:
    """Stems of what is written once for several words: "Barne- og ungdomsarbeider" -> `barnearbeider`; "Miljøarbeider/-terapeut"
    -> `miljøterapeut`. Which part the words share is not said, so both the last word's head and the whole of it are taken."""
    return {stem for stem, _, _ in shared(in_full(unicodedata.normalize("NFC", text)))}


def shared(text: str) -> Iterator[tuple[str, int, int]]:
    """The same, each with where it stands in the composed text."""
    if "-" not in text:
        return
    for match in _CUT.finditer(text):
        whole = word(match[2]).stem
        for first in _CUT_WORD.findall(match[1]):
            for end in (whole, *parts(whole)[:1]):
                yield joined(word(first).exact, end), *match.span()
    for match in _CONTINUED.finditer(text):
        whole = word(match[1]).stem
        if inside := parts(whole):
            yield joined(whole[: -len(inside[0])], word(match[2]).stem), *match.span()


def body_words(text: str) -> list[Word]:
    """The words of a running text, `BREAK` between its lines."""
    cached = _cache.get
    text = unicodedata.normalize("NFC", text)
    return [cached(raw) or word(raw) for raw in _TOKEN.findall(text) if raw not in _PRONOUNS]


def located(text: str, *, running: bool = False) -> list[re.Match[str]]:
    """The tokens of a composed text where they stand, in order: of its `words`, or `body_words` where it is a running text."""
    left_out = _PRONOUNS if running else {"\n"}
    return [match for match in _TOKEN.finditer(text) if match.group() not in left_out]


def _exact(raw: str) -> str:
    if raw == "\n":
        return BREAK
    # Some letters, such as ﷺ, are composed of several words: the engines would part them, a query's phrase would not.
    composed = "".join(unicodedata.normalize("NFKC", raw).split())
    lowered = composed.lower().rstrip("-").translate(_SPELLINGS)[:_LONGEST]
    if not lowered.isascii():
        # Accents go (idé, Müller), but the letters æ, ø and å are letters of their own.
        kept = lowered.replace("å", "\x00")
        kept = "".join(mark for mark in unicodedata.normalize("NFD", kept) if not unicodedata.combining(mark))
        lowered = kept.replace("\x00", "å")
    return lowered.replace("aa", "å") or BREAK


def bare_name(words: Iterable[str]) -> str:
    """An employer's name without what kind of company it is: "Kiwi Norge AS" -> "kiwi norge"."""
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _COMPANIES:
        kept.pop()
    return " ".join(kept)


def stem_of(exact: str) -> str:
    """The word without its inflection, nynorsk as bokmål. Places, short words and tokens with digits stay as they are."""
    if len(exact) < 4 or exact in PLACES or not exact.isalpha():
        return exact
    base = _NYNORSK.sub(lambda match: NYNORSK[match.group()], exact)
    if found := _IRREGULAR.fullmatch(base):
        return found.group(1) + IRREGULAR[found.group(2)]
    if found := _OF_KEPT.fullmatch(base):
        return found.group(1)
    if found := _OF_NYNORSK_AGENT.fullmatch(base):
        agent = f"{found.group(1)}er"
        if _AGENT_END.fullmatch(agent):
            return agent
    if base.endswith(_HEADS_S) and len(base) > 5:
        return base[:-1]
    if found := _SUFFIX.fullmatch(base) or _PLAIN_S.fullmatch(base):
        stem = found.group(1)
        return stem[:-1] if stem.endswith("mm") else stem  # no word ends in mm: "hjemmet" is of "hjem"
    return base


@lru_cache(maxsize=20_000)
def parts(stem: str) -> tuple[str, ...]:
    """The stems inside a compound that ends like a job: `programvareutvikler` -> `utvikler`, `programvar`."""
    if stem in UNSPLIT or len(stem) < 7:
        return ()
    for head in _HEADS:
        if stem.endswith(head) and len(stem) - len(head) >= 2:
            first = stem[: -len(head)]
            modifiers = {stem_of(first)}
            if first[-1] == head[0]:
                modifiers.add(stem_of(first + head[0]))  # "bussjåfør", of three equal consonants
            if first.endswith("s") and len(first) > 4:
                modifiers.add(stem_of(first[:-1]))  # "avdelings-leder"
            if head not in ALSO_WHAT_STANDS_BEFORE:
                modifiers = {part for part in modifiers if not part.endswith(_PEOPLE)}
            inside = parts(head)[:1]  # "kommuneoverlege" is an "overlege", and so a "lege"
            return (head, *inside, *sorted(part for part in modifiers if len(part) > 2 and part not in inside))
    return ()


def joined(first: str, second: str) -> str:
    """Two words written as one; three equal consonants become two ("buss sjåfør" -> "bussjåfør")."""
    whole = first + second
    if len(first) > 1 and first[-1] == first[-2] == second[:1]:
        whole = first + second[1:]
    return stem_of(whole)
