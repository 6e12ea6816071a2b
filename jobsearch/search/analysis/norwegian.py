"""Norwegian analysis, once for both engines: documents carry words that are already analysed, and so do queries.

A word has three forms: `exact` (lower case, one spelling), `stem` (inflection taken away), `fold` (typed without æ, ø, å).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from .folding import fold, has_telling_accent, normalise, spell
from .lexicon import (
    AGENTS,
    ALSO_WHAT_STANDS_BEFORE,
    FEED,
    FUNCTION_WORDS,
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
from .place_names import SPELLINGS, spell_names

BREAK = "¶"
"""Stands between blocks of a text, so that no phrase is found across them. No word of a query is ever this."""

# C++, C#, F#, .NET are words. "it-" is the trade; "it" and "It" alone are, in a running text, an English pronoun.
_TOKEN = re.compile(
    r"(?<!\w)[cC]\+\+(?!\w)|(?<!\w)[cCfF]#(?!\w)|(?:(?<!\w)|(?<=[aA][sS][pP])|(?<=[aA][dD][oO]))\.(?:NET|Net|net)\b"
    r"|\b[iI]t[-–](?=\w)|[^\W_]+(?:['’][^\W_]+)*|\n"
)
_PRONOUNS = {"it", "It"}
_NO_LETTERS = str.maketrans(dict.fromkeys("'’-–"))
_COMPANIES = frozenset("as asa hf sa ba da ans ks kf iks nuf sf rhf".split())
_LONGEST = 60  # characters of a word; longer ones are addresses and accidents, cut and not analysed

_SUFFIX = re.compile(r"(.{3,}?)(?:(?:er|ar)(?:ene|ane|ne|en|e|ar|arane)?|ene|ane|en|et|a|e)s?")
_PLAIN_S = re.compile(r"(.{3,}(?:nt|or|st|an))s")


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
_SHORT_END = re.compile(rf"(?<![pPkKbB])({'|'.join(SHORT_ENDS)})\.(?!\w)", re.IGNORECASE)
_SHORT_ALONE = re.compile(rf"\b({'|'.join(SHORT_ALONE)})\.(?!\w)", re.IGNORECASE)
_SHORT_CHUNK = re.compile(rf"\b(?:{'|'.join(SHORT_STARTS)})\. (?=\w)\S+|\S+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_LINKS = frozenset(["og", "eller"])
_CONTINUED = re.compile(r"(?<![^\W\d_])([^\W\d_]++)\s?/\s?[-–]\s?([^\W\d_]+)")


class Word(NamedTuple):
    exact: str
    stem: str
    fold: str
    """The stem without æ, ø, å; "" where that changes nothing."""


_cache: dict[str, Word] = {}
_CACHE_SIZE = 60_000  # spellings: some 12 MB. A month of ads has about 100,000 different ones, most of them once


def word(raw: str) -> Word:
    """The forms of one token, as `tokens` cuts it. Of a longer one than any word has there is only its beginning."""
    if len(raw) > _LONGEST:
        exact = _exact(raw[:_LONGEST])
        return Word(exact, exact, "")
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
    """The text's tokens; a line break is one of its own."""
    return _TOKEN.findall(normalise(text))


def words(text: str) -> list[Word]:
    """The words of a title, a name or a query: everything counts, "it" too, and short forms are written out."""
    return with_place_names([word(raw) for raw in _TOKEN.findall(in_full(normalise(text))) if raw != "\n"])


def with_place_names(words: list[Word]) -> list[Word]:
    """The words with names of places of several words as they are spelled: "More og Romsdal" as "Møre og Romsdal"."""
    found = [*words]
    for place, spelled in spell_names([word.exact for word in words]):
        found[place] = word(spelled)
    return found


def in_full(text: str) -> str:
    """Short forms with a full stop written out: "Kjøkkenass." -> "Kjøkkenassistent", "avd.leder" -> "avdelingsleder"."""
    if "." not in text:
        return text
    text = _SHORT_ALONE.sub(lambda match: SHORT_ALONE[match[1].lower()], text)
    text = _SHORT_START.sub(lambda match: SHORT_STARTS[match[1].lower()], text)
    return _SHORT_END.sub(lambda match: SHORT_ENDS[match[1].lower()], text)


def short_forms(text: str) -> Iterator[tuple[list[Word], int, int]]:
    """What short forms stand for, and where in the normalised text each is."""
    for match in _SHORT_CHUNK.finditer(text):
        if "." in match.group() and (full := in_full(match.group())) != match.group():
            yield words(full), *match.span()


def written_out(text: str) -> set[str]:
    """Stems of what is written once for several words: "Barne- og ungdomsarbeider" -> `barnearbeider`; "Miljøarbeider/-terapeut"
    -> `miljøterapeut`. Which part the words share is not said, so both the last word's head and the whole of it are taken."""
    return {stem for stems, _, _ in shared(in_full(normalise(text))) for stem in stems}


def shared(text: str) -> Iterator[tuple[list[str], int, int]]:
    """The same, each with where it stands in the normalised text."""
    if "-" not in text and "–" not in text:
        return
    for firsts, last, start, end in _shared_ends(text):
        whole = word(last).stem
        ends = (whole, *parts(whole)[:1])
        yield [joined(word(first).exact, one) for first in firsts for one in ends], start, end
    for match in _CONTINUED.finditer(text):
        whole = word(match[1]).stem
        if inside := parts(whole):
            yield [joined(whole[: -len(inside[0])], word(match[2]).stem)], *match.span()


def _shared_ends(text: str) -> Iterator[tuple[list[str], str, int, int]]:
    """(cut words, the word whose end they share, start, end) of each "Bil-, drosje- og varebilførere", in one pass."""
    firsts: list[str] = []
    start = before = 0  # where the row of cut words begins, and where its last word ended
    linked = False  # "og" has been read
    for run in _LETTERS.finditer(text):
        between = text[before : run.start()].strip() if firsts else ""
        goes_on = bool(firsts) and between in ({""} if linked else {"", ",", "/", "&", "+"})
        if goes_on and not linked and run.group().lower() in _LINKS:
            linked, before = True, run.end()
            continue
        after = text[run.end() : run.end() + 1]
        if after in ("-", "–"):
            if not goes_on:
                firsts, start = [], run.start()
            if text[run.end() + 1 : run.end() + 2].strip().strip(",/&+") == "":
                firsts.append(run.group())
            linked, before = False, run.end() + 1
            continue
        if goes_on and before < run.start() and not (after.isalnum() or after == "_"):
            yield firsts, run.group(), start, run.end()
        firsts, linked = [], False


def body_words(text: str) -> list[Word]:
    """The words of a running text, `BREAK` between its lines."""
    cached = _cache.get
    return [cached(raw) or word(raw) for raw in _TOKEN.findall(normalise(text)) if raw not in _PRONOUNS]


def located(text: str, *, running: bool = False) -> list[re.Match[str]]:
    """The tokens of a normalised text where they stand, in order: of its `words`, or `body_words` where it is a running text."""
    left_out = _PRONOUNS if running else {"\n"}
    return [match for match in _TOKEN.finditer(text) if match.group() not in left_out]


def _exact(raw: str) -> str:
    if raw == "\n":
        return BREAK
    # Some letters, such as ﷺ, are composed of several words: the engines would part them, a query's phrase would not.
    composed = "".join(unicodedata.normalize("NFKC", raw).split())
    lowered = composed.lower().translate(_NO_LETTERS)[:_LONGEST]
    spelled = FEED.join(map(spell, lowered.split(FEED)))
    if spelled in FUNCTION_WORDS and not lowered.isascii() and has_telling_accent(lowered):
        return lowered
    return SPELLINGS.get(spelled, spelled) or BREAK


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
    """The stems inside a compound that ends like a job: `programvareutvikler` -> `utvikler`, `programvar`; feed in any."""
    found = _parts(stem)
    return (*found, FEED) if FEED in stem and stem != FEED and FEED not in found else found


def _parts(stem: str) -> tuple[str, ...]:
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
