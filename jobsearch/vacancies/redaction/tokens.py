"""Tokenizer for words, and folding: the key by which different spellings of a name are equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
"""Invisible characters as ranges of a character class: soft hyphens, zero-width spaces, direction marks."""

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # combining: "A\u030a" is Å
WORD = re.compile(rf"[^\W\d_]+(?:[{_MARKS}{INVISIBLE}][^\W\d_]*)*")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
LONGEST = 64  # characters of a word that are compared; no name is longer
_LETTERS = str.maketrans(
    {"æ": "ae", "ä": "ae", "œ": "oe", "ø": "oe", "ö": "oe", "å": "aa", "ü": "ue", "đ": "d", "ð": "d", "ł": "l", "ŋ": "n"}
    | {"ŧ": "t", "þ": "th", "ß": "ss", "ı": "i", "ħ": "h"}
)


def _squash_byte(code: int) -> int:
    letter = bytes([code]).decode("cp1252", "replace").lower()
    if letter in "æå":
        return ord("a")
    plain = unicodedata.normalize("NFD", letter.replace("ø", "o").replace("đ", "d"))[0]
    return ord(plain) if plain.isascii() and plain.isalpha() else code


_SQUASHED = bytes(map(_squash_byte, range(256)))


class Token(NamedTuple):
    """A word of a text: its span, its folded key, and whether it begins with a capital letter."""

    start: int
    end: int
    key: str
    capital: bool


def remove_invisible(text: str) -> str:
    """The text without invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    r"""The key of a word: lower case, å as aa, æ and ä as ae, ø and ö as oe, other accents removed, in any Unicode form.

    "Håkon", "HAAKON" and "Ha\u030akon" all have the key "haakon"; "André" has "andre".
    """
    if word.isascii():
        return word.lower()[:LONGEST]
    # Cut first: normalising a long stack of combining marks takes quadratic time.
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word[: 2 * LONGEST])).lower()
    if len(composed) == 1:
        return unicodedata.normalize("NFD", composed.translate(_LETTERS))[:1]  # an initial stays one letter: "Å." becomes "A."
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFC", composed).translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))[:LONGEST]


def shorten_key(key: str) -> str:
    """A coarser key for names typed without æ, ø and å: "Håkon" and "Hakon", "Sæther" and "Sather"."""
    return key.replace("aa", "a").replace("ae", "a").replace("oe", "o").replace("ue", "u")


def squash_text(text: str) -> bytes | None:
    """The text in lower case without accents, one byte for each character (å -> a, ø -> o, æ -> a), for a fast substring search.

    None if it has characters outside cp1252, such as combining marks, or soft hyphens.
    """
    try:
        squashed = text.encode("cp1252").translate(_SQUASHED)
    except UnicodeEncodeError:
        return None
    return None if b"\xad" in squashed else squashed


def tokenise_text(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words of `text[start:end]`."""
    return [
        Token(match.start(), match.end(), fold_word(word), word[0].isupper())
        for match in WORD.finditer(text, start, len(text) if end is None else end)
        if (word := match.group())
    ]


@lru_cache(maxsize=20_000)
def list_forms(word: str) -> tuple[str, ...]:
    """The keys to look up for a word: its key, the coarser key, and both without the "s" of a genitive."""
    key = fold_word(word)
    keys = (key, key[:-1]) if len(key) > 2 and key.endswith("s") else (key,)
    return tuple(dict.fromkeys([*keys, *map(shorten_key, keys)]))


def strip_genitive(key: str) -> str:
    """The key without the "s" of a genitive."""
    return key[:-1] if len(key) > 2 and key.endswith("s") else key
