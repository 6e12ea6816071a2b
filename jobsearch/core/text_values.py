"""Cleaning of short fields from outside: one line of readable text, without markup, bounded in length.

`clean_line` is what every short field goes through when an ad is stored; pages, the index and the consistency check read
what it gave. Running text with markup is `html.sanitise`'s, addresses are `links`'.
"""

from __future__ import annotations

import html
import re
import unicodedata

from . import characters

READ_FACTOR = 4  # times a field's length: so much of a value is looked at, however long it was sent

# Names that are decoded without their semicolon too: no word begins with them. Others only with one, or "regnskap" in
# "økonomi&regnskap" would begin with a registered sign.
_INVISIBLE = "nbsp|shy|rlm|lrm|zwj|zwnj|zwsp"
_REFERENCE = re.compile(
    rf"&(?:\#[0-9]{{1,7}};?|\#[xX][0-9a-fA-F]{{1,6}};?|[a-zA-Z][a-zA-Z0-9]{{1,31}};|(?:{_INVISIBLE}))", re.ASCII
)
_LEADING_ZEROS = re.compile(r"&#([xX]?)0+(?=[0-9a-fA-F])")
_TOO_LARGE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?", re.ASCII)
_INLINE = set("a abbr b big cite code em font i kbd mark s small span strike strong sub sup tt u".split())
_BLOCK = set("blockquote br center div h1 h2 h3 h4 h5 h6 hr li ol p pre section table tbody td th thead tr ul".split())
_ALONE = {"br", "hr"}
_TAG = re.compile(rf"<(/?)({'|'.join(sorted(_INLINE | _BLOCK, reverse=True))})(?:\s[^<>]{{0,300}}|/)?>", re.IGNORECASE | re.ASCII)
# What programs write where they have nothing. Not "na" or "nan", which are names of people and of restaurants.
_NOTHING = {
    "null",
    "(null)",
    "<null>",
    "none",
    "undefined",
    "n/a",
    "n.a.",
    "n.a",
    "#n/a",
    "nil",
    "[object object]",
    "object object",
}


def printable(value: str) -> str:
    """The text without characters that cannot be seen; line breaks and markup stay. See `characters.clean`."""
    return characters.clean_text(value)


def collapse_whitespace(value: str) -> str:
    """`printable` on one line: white space of every kind folded to single blanks, none at the ends."""
    return " ".join(characters.clean_text(value).split())


def unescape_html(text: str) -> str:
    """Character references of HTML resolved once, by HTML's own rules. Unlike Python's, never a ValueError: a number of more than
    4,300 digits is no character, and is left out like any other that is too large."""
    return html.unescape(_short_numbers(text))


def decode_references(value: str) -> str:
    """Character references resolved: "R&amp;D" is "R&D". At most twice, since some sources encode twice ("H&amp;amp;M")."""
    for _ in range(2):
        if "&" not in value:
            break
        value = _REFERENCE.sub(_decode, _short_numbers(value))
    return value


def clean_line(value: str, length: int = 500) -> str:
    """A short field as it is stored: references resolved, formatting left out, one line, cut; "" for what stands for no value."""
    value = decode_references(value[: length * READ_FACTOR])
    value = characters.cut_text(collapse_whitespace(_strip_tags(value)), length)
    return "" if is_blank_value(value) else value


def is_blank_value(value: str) -> bool:
    """Whether a value says nothing: empty, only punctuation ("-", "..."), or a program's word for no value ("null")."""
    return value.casefold() in _NOTHING or not any(one.isalnum() or unicodedata.category(one) == "So" for one in value)


def _short_numbers(text: str) -> str:
    """Numeric references without leading zeros, and without those that no character has."""
    return _TOO_LARGE.sub("", _LEADING_ZEROS.sub(r"&#\1", text)) if "&#" in text else text


def _strip_tags(value: str) -> str:
    """The value without tags of formatting that is closed again; any other "<" is text ("<18 år", "C<b>")."""
    if "<" not in value:
        return value
    found = {(end, name.lower()) for end, name in _TAG.findall(value)}
    stripped = {name for end, name in found if name in _ALONE or {("", name), ("/", name)} <= found}

    def shown(match: re.Match[str]) -> str:
        name = match[2].lower()
        return match.group() if name not in stripped else " " if name in _BLOCK else ""

    return _TAG.sub(shown, value) if stripped else value


def _decode(match: re.Match[str]) -> str:
    reference = match.group()
    if not reference.endswith(";"):
        reference += ";"
    decoded = unescape_html(reference)
    # U+FFFD is what HTML makes of NUL and of half characters; HTML has no name zwsp, it calls that ZeroWidthSpace.
    return "" if decoded == "\ufffd" or reference == "&zwsp;" else decoded
