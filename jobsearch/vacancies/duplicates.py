"""When two ads are the same but for where they are: what a list folds into one row.

A chain has one text for all its shops; only the shop's own place is another. So an ad's own place names count as one word, and
letter case, punctuation and white space not at all.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[\w+#]+")  # C++ and C# are two things
_PLACE = "¤"
_EVERYDAY = {"og", "i", "på", "ved", "as", "the"}  # words of place names that say no place


def normalise_words(text: str, place_names: Iterable[str] = ()) -> str:
    """The words of a text, each of its ad's own place names as one sign: equal for ads that are alike.

    A place name is known by its words, also in the genitive; postal codes are, other numbers of an address are not.
    """
    own = {word for name in place_names for word in _words(name) if not word.isdigit() or len(word) == 4} - _EVERYDAY
    own |= {f"{word}s" for word in own}
    kept: list[str] = []
    for word in _words(text):
        if word not in own:
            kept.append(word)
            continue
        if kept[-2:] == [_PLACE, "og"]:
            kept.pop()  # "Møre og Romsdal", "Bergen og Voss"
        if kept[-1:] != [_PLACE]:
            kept.append(_PLACE)
    return " ".join(kept)


def compute_body_hash(employer: str, text: str, place_names: Iterable[str] = ()) -> str:
    """One value for all ads of an employer with the same text; "" for an ad without text, which is like no other."""
    found = normalise_words(text, place_names)
    return hashlib.sha256(f"{' '.join(_words(employer))}\n{found}".encode()).hexdigest() if found else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())
