"""Letter case: titles and names that are written in CAPITALS are shown as people write them.

The length of a text stays the same, so that matches found in the original can be marked in the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"[AEIOUYÆØÅÄÖÁÉ]")
MIN_LETTERS = 6  # "NAV", "SPAR" and "IKT" are written so
MIN_WORD = 4  # letters; in a title partly in capitals, shorter words in capitals are seen as abbreviations: "CRM", "ERP"
MIN_FIRST_WORD = 8  # letters; a first word as long is no abbreviation: "SYKEPLEIER 100% fast ved avdeling X"
_SMALL = frozenset("og i på for av ved til med om en et de den det der eller and of the in at to a an und".split())
_ABBREVIATIONS = frozenset(
    "AS ASA SA BA DA ANS NUF HF RHF IKS KF FKF BUP DPS NAV IT IKT HR HMS SFO PPT VVS NTNU UIO UIB UIT NMBU OUS SUS UNN KPMG PWC "
    "EY DNB BDO ABB DSB FHI NRK TV USA UDI IMDI OBS XXL HK DX HSE QA CNC HTV ØH AMK LIS BPA PU IMI KI AI II III IV VI VII".split()
)


def restore_case(text: str, names: Iterable[str] = (), *, every_word: bool = False) -> str:
    """The text in normal letter case if it is written in capitals, wholly or mostly, else the text itself.

    "SYKEPLEIER I BERGEN" with the name "Bergen" becomes "Sykepleier i Bergen". Of a text partly in capitals, only the words in
    capitals change. `every_word`: the text is a name, wholly in capitals, and each word but the small ones begins with a
    capital letter: "ØYGARDEN KOMMUNE AS" becomes "Øygarden Kommune AS".
    """
    letters = [character for character in text if character.isalpha()]
    whole = len(letters) >= MIN_LETTERS and all(map(str.isupper, letters))
    mostly = not whole and not every_word and _is_mostly_capitals(text)
    if not (whole or mostly or (not every_word and _begins_with_capitals(text))):
        return text
    known = {word.casefold() for name in names for word in _WORD.findall(name)}
    first = True

    def restore(found: re.Match[str]) -> str:
        nonlocal first
        word = found.group()
        begins, first = first, False
        if word in _ABBREVIATIONS or (len(word) == 1 and not begins and word.casefold() not in _SMALL):
            return word
        lower = word.lower()
        if not whole and not (word.isupper() and (begins or mostly) and (_is_restored(word) or lower in _SMALL | known)):
            return word
        small = lower in _SMALL  # also in a name: "Møre og Romsdal"
        capital = begins or (not small and (every_word or lower in known)) or (not begins and _follows_stop(text, found.start()))
        return lower[:1].upper() + lower[1:] if capital else lower

    restored = _WORD.sub(restore, text)
    return restored if len(restored) == len(text) else text  # a letter without a lower-case form of one character


def has_capitals(text: str) -> bool:
    """Whether a word may need `restore_case`: a quick check before the names of the ad's places are read."""
    return text.isupper() or any(word.isupper() for word in _WORD.findall(text) if len(word) >= MIN_WORD)


def _is_mostly_capitals(text: str) -> bool:
    """Whether more than half of the words are in capitals: "SYKEPLEIER og VERNEPLEIER søkes". Short words do not count."""
    words = [word for word in _WORD.findall(text) if (_is_restored(word) if word.isupper() else len(word) >= MIN_WORD)]
    capitals = [word for word in words if word.isupper()]
    return 2 * len(capitals) > len(words) and sum(map(len, capitals)) >= MIN_LETTERS


def _begins_with_capitals(text: str) -> bool:
    """Whether the first word is long and in capitals, as in "SYKEPLEIER 100% fast ved avdeling X"."""
    first = _WORD.search(text)
    return bool(first and len(first[0]) >= MIN_FIRST_WORD and first[0].isupper())


def _is_restored(word: str) -> bool:
    """Whether a word in capitals is an ordinary word: abbreviations are shorter, or have no vowel."""
    return len(word) >= MIN_WORD and word not in _ABBREVIATIONS and bool(_VOWEL.search(word))


def restore_employer(name: str) -> str:
    """The name of an employer in normal letter case: "BERGEN KOMMUNE" becomes "Bergen kommune"."""
    restored = restore_case(name, every_word=True)
    if restored == name:
        return name
    return re.sub(
        r"\b(Kommune|Fylkeskommune|Kommunale|Avdeling|Skole|Sykehus|Barnehage)\b", lambda found: found[0].lower(), restored
    )


def _follows_stop(text: str, start: int) -> bool:
    """Whether a sentence begins here: "BERGEN: SYKEPLEIER. NATT" has three."""
    return bool(re.search(r"[.!?]\s+$", text[:start]))
