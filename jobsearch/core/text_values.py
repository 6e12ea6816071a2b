"""Cleaning of short text values from outside: one line of readable text, bounded in length.

`clean_line` cleans every short field when an ad is stored; pages, the index and the consistency check read its result.
`clean_parameter` cleans a parameter of a request. Elsewhere: JSON in `core.json_values`, single characters in
`core.characters`, running text with markup in `vacancies.html`, links in `vacancies.links`.
"""

from __future__ import annotations

import html
import re
import unicodedata

from . import characters

READ_FACTOR = 4
"""A value is read up to this many times the length of its field, however long it was sent."""

# Entity names that are decoded without their semicolon too: no word begins with them. Others only with one, else the "&reg"
# in "økonomi&regnskap" would become a registered sign.
_INVISIBLE = "nbsp|shy|rlm|lrm|zwj|zwnj|zwsp"
_REFERENCE = re.compile(
    rf"&(?:\#[0-9]{{1,7}};?|\#[xX][0-9a-fA-F]{{1,6}};?|[a-zA-Z][a-zA-Z0-9]{{1,31}};|(?:{_INVISIBLE}))", re.ASCII
)
_LEADING_ZEROS = re.compile(r"&#([xX]?)0+(?=[0-9a-fA-F])")
_TOO_LARGE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?", re.ASCII)
_INLINE = set("a abbr b big cite code em font i kbd mark s small span strike strong sub sup tt u".split())
_BLOCK = set("blockquote br center div h1 h2 h3 h4 h5 h6 hr li ol p pre section table tbody td th thead tr ul".split())
_VOID = {"br", "hr"}
_TAG = re.compile(rf"<(/?)({'|'.join(sorted(_INLINE | _BLOCK, reverse=True))})(?:\s[^<>]{{0,300}}|/)?>", re.IGNORECASE | re.ASCII)
# What programs write for a missing value. Not "na" or "nan", which are names of people and of restaurants.
_BLANK_VALUES = {
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


def collapse_whitespace(value: str) -> str:
    """The text on one line, without invisible characters: white space of any kind becomes single spaces, none at the ends."""
    return " ".join(characters.clean_text(value).split())


def unescape_html(text: str) -> str:
    """Resolves HTML character references once, as `html.unescape`, but never raises ValueError.

    Python refuses a numeric reference of more than 4,300 digits; here it is removed, as any other that is too large.
    """
    return html.unescape(_shorten_numeric_references(text))


def decode_references(value: str) -> str:
    """Resolves HTML character references: "R&amp;D" is "R&D". At most twice, since some sources encode twice ("H&amp;amp;M")."""
    for _ in range(2):
        if "&" not in value:
            break
        value = _REFERENCE.sub(_decode_reference, _shorten_numeric_references(value))
    return value


def clean_line(value: str, length: int = 500) -> str:
    """A short field as it is stored: references resolved, formatting tags removed, one line of at most `length` characters.

    Returns "" for a blank value, see `is_blank_value`.
    """
    value = decode_references(value[: length * READ_FACTOR])
    value = characters.cut_text(collapse_whitespace(_strip_tags(value)), length)
    return "" if is_blank_value(value) else value


def clean_parameter(value: str, length: int) -> str:
    """A request parameter on one line of at most `length` characters: composed (NFC), controls and line breaks as spaces.

    NUL and lone surrogates become spaces too: PostgreSQL, JSON and tantivy each refuse them in their own way. Unlike
    `clean_line` it keeps invisible characters, which the search folds itself.
    """
    value = unicodedata.normalize("NFC", value[: 4 * length])
    value = "".join(" " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character for character in value)
    return " ".join(value.split())[:length].strip()


def is_blank_value(value: str) -> bool:
    """Whether a value has no content: empty, only punctuation ("-", "..."), or a program's word for no value ("null")."""
    return value.casefold() in _BLANK_VALUES or not any(
        character.isalnum() or unicodedata.category(character) == "So" for character in value
    )


def _shorten_numeric_references(text: str) -> str:
    """Removes leading zeros from numeric references, and the references that are too large for any character."""
    return _TOO_LARGE.sub("", _LEADING_ZEROS.sub(r"&#\1", text)) if "&#" in text else text


def _strip_tags(value: str) -> str:
    """Removes formatting tags that are opened and closed; any other "<" is text ("<18 år", "C<b>")."""
    if "<" not in value:
        return value
    found = {(end, name.lower()) for end, name in _TAG.findall(value)}
    stripped = {name for end, name in found if name in _VOID or {("", name), ("/", name)} <= found}

    def replace_tag(match: re.Match[str]) -> str:
        name = match[2].lower()
        if name not in stripped:
            return match.group()
        return " " if name in _BLOCK else ""

    return _TAG.sub(replace_tag, value) if stripped else value


def _decode_reference(match: re.Match[str]) -> str:
    reference = match.group()
    if not reference.endswith(";"):
        reference += ";"
    decoded = unescape_html(reference)
    # HTML turns NUL and surrogates into U+FFFD. HTML has no entity "zwsp": its name is "ZeroWidthSpace".
    return "" if decoded == "\ufffd" or reference == "&zwsp;" else decoded
