"""Unicode normalisation and letter folding: one spelling for characters that can be written in several ways.

Documents and queries both use it, so that they agree on every character. It works on letters, without word lists.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

# Characters without width on the screen (Unicode's Default_Ignorable_Code_Point, fillers of Hangul included): soft hyphens,
# zero-width spaces and joiners, direction marks, variation selectors, tags.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff"
)
_HYPHENS = "\u2010\u2011\u2012\u2043\u2212\u058a\u05be\u1806\ufe63"  # the en dash is also used between words: see `norwegian`
_APOSTROPHES = "\u2018\u201b\u02b9\u02bb\u02bc\u02bd\u0060\u00b4\u2032\u2035\ua78c"
_FULL_WIDTH = range(0xFF01, 0xFF5F)  # "！" to "～": ASCII as wide as a Chinese sign

_SAME_LENGTH = {
    **dict.fromkeys(map(ord, _HYPHENS), "-"),
    **dict.fromkeys(map(ord, _APOSTROPHES), "'"),
    **{code: chr(code - 0xFEE0) for code in _FULL_WIDTH},
    0x3000: " ",
}
_UNUSUAL = re.compile(f"[{_INVISIBLE}{_HYPHENS}{_APOSTROPHES}\uff01-\uff5e\u3000]")
# Nearly every text consists of these characters only and needs no change: one pass over it instead of four.
_ORDINARY = re.compile("[\x00-\x5f\x61-\xac\xae-\xb3\xb5-\u02b8\u2013-\u2017\u2019\u201a\u201c-\u2026\u20ac]*+")
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]+")
_MARK = re.compile("[\u0300-\u036f]+")
# The characters that NFC sorts: sorting a row of 100,000 of them takes Python five seconds.
_SORTED = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
_STACK = re.compile(f"([{_SORTED}]{{8}})[{_SORTED}]+")

_LETTER_BY_LETTER = str.maketrans(
    {"ä": "æ", "ö": "ø", "ǻ": "å", "ð": "d", "đ": "d", "ŋ": "n", "ł": "l", "ŧ": "t", "ß": "ss", "œ": "ø"}
)
_FOLDING = str.maketrans("æøåéèêëáàâóòôíìîúùû", "aoaeeeeaaaoooiiiuuu")
_DISTINCTIVE_ACCENTS = {"\u0300", "\u0301", "\u0302"}  # grave, acute, circumflex: they distinguish Norwegian words
_KEYBOARDS = {"æ": ("æ", "ae", "a"), "ø": ("ø", "oe", "o"), "å": ("å", "a"), "ü": ("u", "ue")}


def normalise(text: str) -> str:
    """The text composed (NFC), without invisible characters and stray accents, with ASCII hyphens, apostrophes and widths."""
    if _ORDINARY.fullmatch(text):
        return text
    if _UNUSUAL.search(text):
        text = _INVISIBLE_RUN.sub("", text).translate(_SAME_LENGTH)
    text = compose(text)
    return _MARK.sub("", text)


def normalise_with_offsets(text: str) -> tuple[str, list[int] | None]:
    """(normalised text, offsets) of a composed text: for each character its offset in the text; None if none has moved."""
    if _ORDINARY.fullmatch(text):
        return text, None
    plain = text.translate(_SAME_LENGTH)
    if not (_INVISIBLE_RUN.search(plain) or _MARK.search(plain)):
        return plain, None
    offsets = [
        offset for offset, character in enumerate(plain) if not (_INVISIBLE_RUN.match(character) or _MARK.match(character))
    ]
    return "".join(plain[offset] for offset in offsets), offsets


def compose(text: str) -> str:
    """The text in Unicode's form NFC, in linear time: of a stack of accents only the first eight are kept."""
    if _ORDINARY.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", _STACK.sub(r"\1", text))


def strip_accents(word: str) -> str:
    """A lower-case word without accents (idé, Müller). æ, ø and å are letters and stay; Swedish ä and ö become æ and ø."""
    if word.isascii():
        return word
    kept = word.translate(_LETTER_BY_LETTER).replace("å", "\x00")
    kept = "".join(character for character in unicodedata.normalize("NFD", kept) if not unicodedata.combining(character))
    return kept.replace("\x00", "å")


def normalise_spelling(word: str) -> str:
    """A lower-case word in the spelling that is indexed: without accents, "aa" as å."""
    return strip_accents(word).replace("aa", "å")


def has_distinctive_accent(word: str) -> bool:
    """Whether all accents of the word can distinguish Norwegian words: "én" and "en", but not "õ" and "o"."""
    accents = {character for character in unicodedata.normalize("NFD", word.replace("å", "")) if unicodedata.combining(character)}
    return bool(accents) and accents <= _DISTINCTIVE_ACCENTS


def fold(word: str) -> str:
    """Letter folding: a lower-case word as it is typed without æ, ø, å and accents."""
    return word.translate(_FOLDING)


def list_keyboard_forms(name: str) -> Iterator[str]:
    """All spellings of a lower-case name on foreign keyboards: "værøy", "vaeroy", "varoey" and so on.

    "aa" for å is not among them, since `normalise_spelling` always makes å of it.
    """
    for letters in itertools.product(*(_KEYBOARDS.get(letter, (letter,)) for letter in name)):
        yield "".join(letters)


def build_comparison_key(name: str) -> str:
    """Key for comparing names typed on any keyboard: `varoy` for "Værøy", "VAEROEY" and "varoy"."""
    folded = fold(strip_accents(compose(name.casefold())))
    return folded.replace("ae", "a").replace("oe", "o").replace("aa", "a")
