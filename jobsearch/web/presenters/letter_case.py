"""Letter case: titles and names that are written in CAPITALS are shown as people write them.

The length of a text stays the same, so that matches found in the original can be marked in the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
MIN_LETTERS = 6  # "NAV", "SPAR" and "IKT" are written so
_SMALL = frozenset("og i på for av ved til med om en et de den det der eller and of the in at to a an und".split())
_ABBREVIATIONS = frozenset(
    "AS ASA SA BA DA ANS NUF HF RHF IKS KF FKF BUP DPS NAV IT IKT HR HMS SFO PPT VVS NTNU UIO UIB UIT NMBU OUS SUS UNN KPMG PWC "
    "EY DNB BDO ABB DSB FHI NRK TV USA UDI IMDI OBS XXL HK DX HSE QA CNC HTV ØH AMK LIS BPA PU IMI KI AI II III IV VI VII".split()
)


def restore_case(text: str, names: Iterable[str] = (), *, every_word: bool = False) -> str:
    """The text in normal letter case if it is written in capitals, else the text itself.

    "SYKEPLEIER I BERGEN" with the name "Bergen" becomes "Sykepleier i Bergen". `every_word`: each word but the small ones begins
    with a capital letter, as in names: "ØYGARDEN KOMMUNE AS" becomes "Øygarden Kommune AS".
    """
    letters = [character for character in text if character.isalpha()]
    if len(letters) < MIN_LETTERS or not all(map(str.isupper, letters)):
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
        small = lower in _SMALL  # also in a name: "Møre og Romsdal"
        capital = begins or (not small and (every_word or lower in known)) or (not begins and _follows_stop(text, found.start()))
        return lower[:1].upper() + lower[1:] if capital else lower

    restored = _WORD.sub(restore, text)
    return restored if len(restored) == len(text) else text  # a letter without a lower-case form of one character


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
