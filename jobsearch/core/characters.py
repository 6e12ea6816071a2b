"""Unicode cleaning of text from outside: removes invisible characters, direction marks and stacked accents, composes to NFC.

Used for every field, short or long, so that "truck\u00adfører" is one word for readers, for the index and for the redaction of
contacts. Linear time: each expression is a character class with at most a fixed look at its neighbours.
"""

from __future__ import annotations

import re
import unicodedata

MARKS_PER_LETTER = 2
"""Combining marks kept on one letter after composition: Vietnamese and Sámi need one at most, a stack of 50 covers the page."""

# Variation selectors and joiners are parts of emoji: "❤\ufe0f\u200d🔥" is one visible character.
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff"
)
# Scripts in which a joiner or non-joiner changes how letters look: Arabic (Persian, Kurdish) to Myanmar, Khmer, Mongolian.
_JOINING = "\u0620-\u109f\u1780-\u18aa"
_SPACE = {
    *"\x0b\x0c\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0\u115f\u1160",
    *map(chr, range(0x2000, 0x200B)),
}
_HYPHENS = "\u2010\u2011\ufe63\uff0d"
_SELECTORS = "\ufe0e\ufe0f"
_JOINERS = "\u200c\u200d"
_KEPT_CONTROLS = "\t\n\r"


def _build_character_class(codes: list[int]) -> str:
    """The inside of a regular expression's character class for sorted code points, none of them ASCII punctuation."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


# Invisible, although Unicode classes them as marks or symbols: grapheme joiner, Khmer and Mongolian fillers, variation selectors,
# object replacement; and noncharacters, which no text may contain.
_INVISIBLE = {
    *(0x034F, 0x17B4, 0x17B5, *range(0x180B, 0x180E), 0x180F, 0x2065, *range(0xFE00, 0xFE0E), 0xFFFC),
    *(*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF),
}
_REMOVED_CATEGORIES = {"Cc", "Cf", "Cs"}  # controls; direction marks and other invisible characters; surrogates
_MARK_CATEGORIES = {"Mn", "Mc", "Me"}  # Mc: those with a width of their own, such as vowels of Hindi


def _list_codes() -> tuple[list[int], list[int], list[int]]:
    """Code points that are removed, combining marks that are kept, and all marks that Unicode sorts when it composes a text."""
    removed, kept, ordered = [], [], []
    # Above are CJK, and the tags and selectors that are added below.
    for code, category in enumerate(map(unicodedata.category, map(chr, range(0x20000)))):
        if category in _MARK_CATEGORIES and unicodedata.combining(chr(code)):
            ordered.append(code)
        if code in _OWN_CODES or chr(code) in _KEPT_CONTROLS:
            continue
        if category in _REMOVED_CATEGORIES or code in _INVISIBLE:
            removed.append(code)
        elif category in _MARK_CATEGORIES and category != "Mc":
            kept.append(code)
    return removed, kept, ordered


# Each kind has its own expression below.
_OWN_CODES = frozenset(map(ord, {*_SPACE, *_HYPHENS, *_SELECTORS, *_JOINERS}))
_REMOVED_CODES, _MARK_CODES, _SORTED_CODES = _list_codes()
_MARKS = _build_character_class(_MARK_CODES)
_REMOVED = re.compile(f"[{_build_character_class(_REMOVED_CODES)}\U000e0000-\U000e0fff]")
_ODD_SPACE = re.compile(f"[{_build_character_class(sorted(map(ord, _SPACE)))}]")
_ODD_HYPHEN = re.compile(f"[{_HYPHENS}]")
_LOOSE_SELECTOR = re.compile(f"(?<![{_EMOJI}])[{_SELECTORS}]")
_LOOSE_JOINER = re.compile(
    f"(?<![{_EMOJI}{_SELECTORS}{_JOINING}])[{_JOINERS}]|[{_JOINERS}](?![{_EMOJI}{_JOINING}])"
    f"|(?<=[{_JOINING}])[{_JOINERS}](?=[{_EMOJI}])|(?<=[{_EMOJI}{_SELECTORS}])(?:\u200c|\u200d(?=[{_JOINING}]))"
)
_STACK = re.compile(f"([{_MARKS}]{{{MARKS_PER_LETTER}}})[{_MARKS}]+")
# Marks that Unicode sorts when it composes a text; Python takes five seconds to sort a run of 100,000.
_SORTED = _build_character_class(_SORTED_CODES)
_TALL_STACK = re.compile(f"([{_SORTED}]{{8}})[{_SORTED}]+")
_LOOSE_MARK = re.compile(rf"(^|[\s<>=])[{_MARKS}]+")
# A single search for any character that may need work; nearly every text has none. The upper planes are one range here: a
# class with a hundred ranges there is ten times as slow on the letters of any text.
_SUSPECT = re.compile(
    f"[{_build_character_class(sorted({*_REMOVED_CODES, *_MARK_CODES, *_OWN_CODES} & {*range(0x10000)}))}\U00010000-\U0010ffff]"
)
_ENDS_INSIDE = re.compile(f"[{_MARKS}{_SELECTORS}{_JOINERS}\U0001f3fb-\U0001f3ff]")


def clean_text(text: str) -> str:
    """The text composed to NFC, without invisible characters and direction marks. Keeps tabs and line breaks; reads no markup."""
    if _SUSPECT.search(text) is None and unicodedata.is_normalized("NFC", text):
        return text
    text = _ODD_HYPHEN.sub("-", _ODD_SPACE.sub(" ", _REMOVED.sub("", text)))
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", _TALL_STACK.sub(r"\1", _LOOSE_SELECTOR.sub("", text)))
    text = _STACK.sub(r"\1", _LOOSE_MARK.sub(r"\1", text))
    return _LOOSE_JOINER.sub("", text)


def cut_text(text: str, length: int) -> str:
    """At most `length` characters of a cleaned text, ending neither between a letter and its marks nor in white space."""
    if len(text) <= length:
        return text
    end = length
    # Clusters of a cleaned text are short; the bound of 50 is for a chain of joined emoji that is longer than the field.
    while end > max(0, length - 50) and (_ENDS_INSIDE.match(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip().rstrip(_JOINERS)
