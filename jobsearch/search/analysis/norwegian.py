"""Norwegian analyser: tokenizer, stemmer and compound splitter for documents and queries of both engines.

Both engines index words that were analysed here, so that they return the same hits. A word has three forms: `exact` (lower
case, normalised spelling), `stem` (without inflection) and `fold` (as typed without æ, ø, å).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from .folding import fold, has_distinctive_accent, normalise, normalise_spelling
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
from .pieces import PieceCache, register_cache
from .place_names import SPELLINGS, correct_names

BREAK = "¶"
"""Token between the blocks of a text, so that no phrase matches across them. No query contains it."""

# C++, C#, F# and .NET are words. "it-" is the IT sector; in a running text, "it" and "It" alone are the English pronoun.
_TOKEN = re.compile(
    r"(?<!\w)[cC]\+\+(?!\w)|(?<!\w)[cCfF]#(?!\w)|(?:(?<!\w)|(?<=[aA][sS][pP])|(?<=[aA][dD][oO]))\.(?:NET|Net|net)\b"
    r"|\b[iI]t[-–](?=\w)|[^\W_]+(?:['’][^\W_]+)*|\n"
)
_LINE_BREAK = "\n"
_PRONOUNS = {"it", "It"}
_WITHOUT_MARKS = str.maketrans(dict.fromkeys("'’-–"))
_COMPANY_FORMS = frozenset("as asa hf sa ba da ans ks kf iks nuf sf rhf".split())
_MAX_LENGTH = 60  # characters of a word; longer ones are addresses or garbage, which are cut and not stemmed

# Inflectional suffixes of nouns and adjectives; plain genitive s after some endings only.
_SUFFIX = re.compile(r"(.{3,}?)(?:(?:er|ar)(?:ene|ane|ne|en|e|ar|arane)?|ene|ane|en|et|a|e)s?")
_PLAIN_S = re.compile(r"(.{3,}(?:nt|or|st|an))s")


def _build_alternation(words: frozenset[str] | set[str]) -> str:
    """A regular expression's alternation of the words and of their folded forms, the longest first."""
    return "|".join(sorted({*words, *map(fold, words)}, key=len, reverse=True))


_KEPT_INFLECTED = re.compile(
    rf"(.*?(?:{_build_alternation(AGENTS | KEPT)}))(?:s|e|er|en|et|ene|ne|a|ar|ane|ens|ets|enes|nes|anes|ers|es)?"
)
_NYNORSK_AGENT = re.compile(r"(.{2,}?)ar(?:ar|en|ane|s|ens|anes|arane|ars|e)?")
_AGENT_END = re.compile(rf".*(?:{_build_alternation(AGENTS)})")
_NYNORSK = re.compile("|".join(sorted(NYNORSK, key=len, reverse=True)))
_IRREGULAR = re.compile(rf"(.*)({'|'.join(sorted(IRREGULAR, key=len, reverse=True))})s?")
_HEADS = tuple(sorted(HEADS | WORKPLACES, key=len, reverse=True))
_HEADS_S = tuple(f"{head}s" for head in HEADS if len(head) > 3 and not head.endswith(("s", "e")))
_PEOPLE = tuple(HEADS - {"student", "hjelp", "mann", "vakt", "agent"})
_SHORT_START = re.compile(
    rf"\b({'|'.join(SHORT_STARTS)})(?:\. ?| )(?=leder|leiar|sjef|sykepl|sjukepl|lege|ing|lektor|lærer|medarb|ass|dir|ped|kons"
    r"|rådg|sekr|styrer|rektor|butikk|kjøkken|daglig|assistent|ansvarl|personell)",
    re.IGNORECASE,
)
_SHORT_END = re.compile(rf"(?<![pPkKbB])({'|'.join(SHORT_ENDS)})\.(?!\w)", re.IGNORECASE)
_SHORT_ALONE = re.compile(rf"\b({'|'.join(SHORT_ALONE)})\.(?!\w)", re.IGNORECASE)
_SHORT_CHUNK = re.compile(rf"\b(?:{'|'.join(SHORT_STARTS)})\.? (?=\w)\S+|\S+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_CONJUNCTIONS = frozenset(["og", "eller"])
_CONTINUED = re.compile(r"(?<![^\W\d_])([^\W\d_]++)\s?/\s?[-–]\s?([^\W\d_]+)")


class Word(NamedTuple):
    """The three forms of a token."""

    exact: str
    stem: str
    fold: str
    """The stem without æ, ø, å; "" where that changes nothing."""


_word_cache: dict[str, Word] = register_cache({})
_WORD_CACHE_SIZE = 60_000  # tokens: some 12 MB. A month of ads has about 100,000 different ones, most of them once


def analyse_word(token: str) -> Word:
    """The forms of one token of `tokenize`. A token that is longer than any word is cut and not stemmed."""
    if len(token) > _MAX_LENGTH:
        exact = _normalise_token(token[:_MAX_LENGTH])
        return Word(exact, exact, "")
    word = _word_cache.get(token)
    if word is None:
        if len(_word_cache) >= _WORD_CACHE_SIZE:
            _word_cache.clear()  # cheaper than tracking use; common words are cached again within a few ads
        exact = _normalise_token(token)
        stem = stem_word(exact)
        folded = fold(stem)
        word = _word_cache[token] = Word(exact, stem, folded if folded != stem else "")
    return word


def tokenize(text: str) -> list[str]:
    """The tokens of the text. A line break is a token."""
    return _TOKEN.findall(normalise(text))


def analyse_text(text: str) -> list[Word]:
    """The words of a title, a name or a query. Abbreviations are expanded; "it" is kept, as the IT sector."""
    tokens = _TOKEN.findall(expand_abbreviations(normalise(text)))
    return correct_place_names([analyse_word(token) for token in tokens if token != _LINE_BREAK])


def correct_place_names(words: list[Word]) -> list[Word]:
    """The words with place names of several words in their correct spelling: "More og Romsdal" -> "Møre og Romsdal"."""
    corrected = [*words]
    for index, spelling in correct_names([word.exact for word in words]):
        corrected[index] = analyse_word(spelling)
    return corrected


def expand_abbreviations(text: str) -> str:
    """Expands abbreviations: "Kjøkkenass." -> "Kjøkkenassistent", "avd.leder" and "avd leder" -> "avdelingsleder"."""
    if "." in text:
        text = _SHORT_ALONE.sub(lambda match: SHORT_ALONE[match[1].lower()], text)
    text = _SHORT_START.sub(lambda match: SHORT_STARTS[match[1].lower()], text)
    if "." not in text:
        return text
    return _SHORT_END.sub(lambda match: SHORT_ENDS[match[1].lower()], text)


def find_abbreviations(text: str) -> Iterator[tuple[list[Word], int, int]]:
    """(expanded words, start, end) of each abbreviation in the normalised text."""
    for match in _SHORT_CHUNK.finditer(text):
        if not {".", " "}.isdisjoint(match.group()) and (expanded := expand_abbreviations(match.group())) != match.group():
            yield analyse_text(expanded), *match.span()


def expand_shared_endings(text: str) -> set[str]:
    """Stems of the compounds that share an ending or a beginning, written only once in the text.

    "Barne- og ungdomsarbeider" -> `barnearbeider`; "Miljøarbeider/-terapeut" -> `miljøterapeut`. The text does not show which
    part the words share, so both the whole last word and its head are tried.
    """
    normalised = expand_abbreviations(normalise(text))
    return {stem for stems, _, _ in find_shared_endings(normalised) for stem in stems}


def find_shared_endings(text: str) -> Iterator[tuple[list[str], int, int]]:
    """(stems as `expand_shared_endings` returns them, start, end) of each place in the normalised text."""
    if "-" not in text and "–" not in text:
        return
    for beginnings, last, start, end in _find_cut_words(text):
        whole = analyse_word(last).stem
        endings = (whole, *split_compound(whole)[:1])
        stems = [join_compound(analyse_word(beginning).exact, ending) for beginning in beginnings for ending in endings]
        yield stems, start, end
    for match in _CONTINUED.finditer(text):
        whole = analyse_word(match[1]).stem
        if parts := split_compound(whole):
            yield [join_compound(whole[: -len(parts[0])], analyse_word(match[2]).stem)], *match.span()


def _find_cut_words(text: str) -> Iterator[tuple[list[str], str, int, int]]:
    """(cut words, the word whose ending they share, start, end) of each "Bil-, drosje- og varebilførere", in one pass."""
    beginnings: list[str] = []
    start = previous_end = 0  # where the row of cut words begins, and where its last word ended
    seen_conjunction = False
    for run in _LETTERS.finditer(text):
        between = text[previous_end : run.start()].strip() if beginnings else ""
        continues = bool(beginnings) and between in ({""} if seen_conjunction else {"", ",", "/", "&", "+"})
        if continues and not seen_conjunction and run.group().lower() in _CONJUNCTIONS:
            seen_conjunction, previous_end = True, run.end()
            continue
        after = text[run.end() : run.end() + 1]
        if after in ("-", "–"):
            if not continues:
                beginnings, start = [], run.start()
            if text[run.end() + 1 : run.end() + 2].strip().strip(",/&+") == "":
                beginnings.append(run.group())
            seen_conjunction, previous_end = False, run.end() + 1
            continue
        if continues and previous_end < run.start() and not (after.isalnum() or after == "_"):
            yield beginnings, run.group(), start, run.end()
        beginnings, seen_conjunction = [], False


def analyse_body(text: str) -> list[Word]:
    """The words of a running text, with `BREAK` between its lines and without English pronouns."""
    # The sign `BREAK` delimits a token as a space does, so it may be one in the text; then it stands for the line breaks.
    pieces = normalise(text).replace(BREAK, " ").replace(_LINE_BREAK, f" {BREAK} ").split()
    return list(chain.from_iterable(map(_words_of_pieces.__getitem__, pieces)))


def _analyse_piece(piece: str) -> tuple[Word, ...]:
    """The words of a piece of a running text."""
    if piece == BREAK:
        return (analyse_word(_LINE_BREAK),)
    return tuple(analyse_word(token) for token in _TOKEN.findall(piece) if token not in _PRONOUNS)


_words_of_pieces = PieceCache(_analyse_piece)


def list_body_tokens(text: str) -> set[str]:
    """The different tokens of a normalised running text, as `find_tokens` finds them."""
    return {*_TOKEN.findall(text)} - _PRONOUNS


def find_tokens(text: str, *, running: bool = False) -> list[re.Match[str]]:
    """The matches of the tokens in a normalised text: those of `analyse_body` if it is a running text, else of `analyse_text`."""
    skipped = _PRONOUNS if running else {_LINE_BREAK}
    return [match for match in _TOKEN.finditer(text) if match.group() not in skipped]


def _normalise_token(token: str) -> str:
    if token == _LINE_BREAK:
        return BREAK
    # Some characters, such as ﷺ, are composed of several words: the engines would split them, a query's phrase would not.
    composed = "".join(unicodedata.normalize("NFKC", token).split())
    lowered = composed.lower().translate(_WITHOUT_MARKS)[:_MAX_LENGTH]
    spelled = FEED.join(map(normalise_spelling, lowered.split(FEED)))
    if spelled in FUNCTION_WORDS and not lowered.isascii() and has_distinctive_accent(lowered):
        return lowered
    return SPELLINGS.get(spelled, spelled) or BREAK


def strip_company_form(words: Iterable[str]) -> str:
    """An employer's name without its company form: "Kiwi Norge AS" -> "kiwi norge"."""
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _COMPANY_FORMS:
        kept.pop()
    return " ".join(kept)


def stem_word(exact: str) -> str:
    """The stem of a word: bokmål without inflection. Places, short words and tokens with digits are not stemmed."""
    if len(exact) < 4 or exact in PLACES or not exact.isalpha():
        return exact
    base = _NYNORSK.sub(lambda match: NYNORSK[match.group()], exact)
    if match := _IRREGULAR.fullmatch(base):
        return match.group(1) + IRREGULAR[match.group(2)]
    if match := _KEPT_INFLECTED.fullmatch(base):
        return match.group(1)
    if match := _NYNORSK_AGENT.fullmatch(base):
        agent = f"{match.group(1)}er"
        if _AGENT_END.fullmatch(agent):
            return agent
    if base.endswith(_HEADS_S) and len(base) > 5:
        return base[:-1]
    if match := _SUFFIX.fullmatch(base) or _PLAIN_S.fullmatch(base):
        stem = match.group(1)
        return stem[:-1] if stem.endswith("mm") else stem  # no word ends in mm: "hjemmet" is a form of "hjem"
    return base


@lru_cache(maxsize=20_000)
def split_compound(stem: str) -> tuple[str, ...]:
    """Decompounding: the stems inside a compound whose head is an occupation or a workplace, the head first.

    `programvareutvikler` -> `utvikler`, `programvar`. `FEED` is found inside any compound.
    """
    parts = _split_by_head(stem)
    return (*parts, FEED) if FEED in stem and stem != FEED and FEED not in parts else parts


def _split_by_head(stem: str) -> tuple[str, ...]:
    if stem in UNSPLIT or len(stem) < 7:
        return ()
    for head in _HEADS:
        if stem.endswith(head) and len(stem) - len(head) >= 2:
            first = stem[: -len(head)]
            modifiers = {stem_word(first)}
            if first[-1] == head[0]:
                modifiers.add(stem_word(first + head[0]))  # "bussjåfør", where three equal consonants became two
            if first.endswith("s") and len(first) > 4:
                modifiers.add(stem_word(first[:-1]))  # "avdelings-leder"
            if head not in ALSO_WHAT_STANDS_BEFORE:
                modifiers = {part for part in modifiers if not part.endswith(_PEOPLE)}
            inside = split_compound(head)[:1]  # "kommuneoverlege" is an "overlege", and so a "lege"
            return (head, *inside, *sorted(part for part in modifiers if len(part) > 2 and part not in inside))
    return ()


def join_compound(first: str, second: str) -> str:
    """The stem of two words written as one."""
    return stem_word(join_exact(first, second))


def join_exact(first: str, second: str) -> str:
    """Two words written as one; three equal consonants become two ("buss sjåfør" -> "bussjåfør")."""
    if len(first) > 1 and first[-1] == first[-2] == second[:1]:
        return first + second[1:]
    return first + second
