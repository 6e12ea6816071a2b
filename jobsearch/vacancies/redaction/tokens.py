"""Word tokens of a text, and the key by which two spellings of a name are equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
"""Characters without width, as ranges of a character class: soft hyphens, zero-width spaces, marks of direction."""
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # combining: "A\u030a" is Å
WORD = re.compile(rf"[^\W\d_]+(?:[{_MARKS}{INVISIBLE}][^\W\d_]*)*")
_UNSEEN = re.compile(f"[{INVISIBLE}]")
LONGEST = 64  # characters of one word that are compared: longer ones are no names
_LETTERS = str.maketrans(
    {"æ": "ae", "ä": "ae", "œ": "oe", "ø": "oe", "ö": "oe", "å": "aa", "ü": "ue", "đ": "d", "ð": "d", "ł": "l", "ŋ": "n"}
    | {"ŧ": "t", "þ": "th", "ß": "ss", "ı": "i", "ħ": "h"}
)


def _squashed(code: int) -> int:
    letter = bytes([code]).decode("cp1252", "replace").lower()
    if letter in "æå":
        return ord("a")
    plain = unicodedata.normalize("NFD", letter.replace("ø", "o").replace("đ", "d"))[0]
    return ord(plain) if plain.isascii() and plain.isalpha() else code


_SQUASHED = bytes(map(_squashed, range(256)))


class Token(NamedTuple):
    start: int
    end: int
    key: str
    capital: bool
    """Whether it begins with a capital letter."""


def remove_invisible(text: str) -> str:
    """The text without characters that have no width."""
    return text if text.isascii() else _UNSEEN.sub("", text)


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    """The key of a word: lower case, composed or not, å as aa, æ and ä as ae, ø and ö as oe, other marks left out.

    >>> fold("Håkon"), fold("HAAKON"), fold("Ha\u030akon"), fold("André")
    ('haakon', 'haakon', 'haakon', 'andre')
    """
    if word.isascii():
        return word.lower()[:LONGEST]
    # Cut first: sorting a long stack of combining marks takes time that grows with its square.
    composed = unicodedata.normalize("NFKC", _UNSEEN.sub("", word[: 2 * LONGEST])).lower()
    if len(composed) == 1:
        return unicodedata.normalize("NFD", composed.translate(_LETTERS))[:1]  # an initial is one letter: "Å." is "A."
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFC", composed).translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))[:LONGEST]


def shorten_key(key: str) -> str:
    """A coarser key for names typed without æ, ø and å: "Håkon" and "Hakon", "Sæther" and "Sather"."""
    return key.replace("aa", "a").replace("ae", "a").replace("oe", "o").replace("ue", "u")


def squash_text(text: str) -> bytes | None:
    """The text in lower case without accents, one byte a character: cheap, to see where a word may stand. å is a, ø is o, æ is a.
    None where it holds characters that Western texts don't, such as combining marks or soft hyphens."""
    try:
        squashed = text.encode("cp1252").translate(_SQUASHED)
    except UnicodeEncodeError:
        return None
    return None if b"\xad" in squashed else squashed


def tokenise_text(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    return [
        Token(match.start(), match.end(), fold_word(word), word[0].isupper())
        for match in WORD.finditer(text, start, len(text) if end is None else end)
        if (word := match.group())
    ]


@lru_cache(maxsize=20_000)
def list_forms(word: str) -> tuple[str, ...]:
    """The keys under which a word is looked up: its own, the coarser one, and both without the "s" of a genitive."""
    key = fold_word(word)
    keys = (key, key[:-1]) if len(key) > 2 and key.endswith("s") else (key,)
    return tuple(dict.fromkeys([*keys, *map(shorten_key, keys)]))


def strip_genitive(key: str) -> str:
    """The key without the ending of a genitive."""
    return key[:-1] if len(key) > 2 and key.endswith("s") else key
