"""Duplicate detection: a hash of an ad's text that is equal for ads which differ only in their places.

A chain uses one text for all its shops; only the place of the shop differs. The result list shows such ads as one row. So all
of an ad's own place names count as the same word, and letter case, punctuation and white space are ignored.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[\w+#]+")  # keeps C++ and C# apart
_PLACE = "¤"
_STOP_WORDS = {"og", "i", "på", "ved", "as", "the"}  # words inside place names that are no place by themselves


def normalise_words(text: str, place_names: Iterable[str] = ()) -> str:
    """The words of a text in lower case, with each of the ad's own place names replaced by the same sign.

    Every word of a place name counts, also in the genitive ("Bergens"), and postal codes; other numbers of an address don't.
    """
    own = {word for name in place_names for word in _split_words(name) if not word.isdigit() or len(word) == 4} - _STOP_WORDS
    own |= {f"{word}s" for word in own}
    kept: list[str] = []
    for word in _split_words(text):
        if word not in own:
            kept.append(word)
            continue
        if kept[-2:] == [_PLACE, "og"]:
            kept.pop()  # "Møre og Romsdal", "Bergen og Voss"
        if kept[-1:] != [_PLACE]:
            kept.append(_PLACE)
    return " ".join(kept)


def compute_body_hash(employer: str, text: str, place_names: Iterable[str] = ()) -> str:
    """A hash that is equal for all ads of an employer with the same text; "" for an ad without text, which has no duplicates."""
    found = normalise_words(text, place_names)
    return hashlib.sha256(f"{' '.join(_split_words(employer))}\n{found}".encode()).hexdigest() if found else ""


def _split_words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())
