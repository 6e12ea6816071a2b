"""Contact information taken out of text: e-mail addresses, phone numbers, and the names of an ad's contacts.

What reaches an engine goes through `redact`, for active ads too: searching for a person finds nothing, and an index needs no
cleaning of names when an ad closes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from .text_values import squeeze


class Person(Protocol):
    name: str
    email: str
    phone: str


_EMAIL = re.compile(
    r"(?:mailto:)?[\w.+\-']{1,64}\s?(?:@|\(at\)|\[at\]|&#64;)\s?(?:[\w-]{1,63}\.){1,6}[a-zæøå]{2,24}\b", re.IGNORECASE
)
_SEPARATOR = r"[ \u00a0\u2009\u202f.\-/]?"
# Norwegian numbers have eight digits, the first 2-9, written 22 22 22 22, 222 22 222, 22222222, with +47, 0047 or (+47).
# A date 24.12.2026 has eight digits too; its dots and its year tell it apart.
_PHONE = re.compile(
    rf"(?<![\w.,])(?!\d{{2}}[./\-]\d{{2}}[./\-](?:19|20)\d{{2}}\b)(?!\d{{4}}-\d{{2}}-\d{{2}}\b)(?!20\d{{2}}[-/]20\d{{2}}\b)"
    rf"(?:\(?(?:\+|00){_SEPARATOR}47\)?{_SEPARATOR})?[2-9](?:{_SEPARATOR}\d){{7}}(?!{_SEPARATOR}\d)(?!\w)"
)
_FOREIGN_PHONE = re.compile(rf"(?<![\w.,])\(?(?:\+|00)(?!47){_SEPARATOR}[1-9](?:{_SEPARATOR}\(?\d\)?){{6,14}}(?!\d)")
_MONEY = re.compile(r"^\s*(?:kroner|kr\b|,-|millioner|mill\b|nok\b|m2\b|m²)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_AT = re.compile(r"@|[(\[]at[)\]]|&#64;", re.IGNORECASE)
_DIGITS = re.compile(r"\d[\d\s.\-/()]{5,}\d")
# Parts of names that are everyday words too; only taken out as part of the whole name.
_PARTICLES = {"van", "von", "der", "den", "de", "da", "di", "el", "al", "bin", "og", "and", "til", "med", "ved", "for"}


def redact(text: str, contacts: Iterable[Person] = (), keep: str = "") -> str:
    """The text without e-mail addresses, phone numbers and the contacts' names.

    A contact's whole name goes wherever it stands, in either order; its single words go where they are written as a name
    (capital first letter), since "spør etter Kari" names her too. Words that `keep` holds (the ad's own title, employer and
    place) stay: a surname Berg must not take the municipality's name out of the ad.
    """
    # Most texts hold none of it: plain look-ups come first, since building a pattern costs more than a whole ad's analysis.
    lowered = text.lower()
    contacts = list(contacts)
    for contact in contacts:
        for exact in (contact.email, contact.phone):
            exact = squeeze(exact)
            if len(exact) >= 5 and exact.lower() in lowered:
                text = re.sub(re.escape(exact), " ", text, flags=re.IGNORECASE)
    if _AT.search(text):
        text = _EMAIL.sub(" ", text)
    if _DIGITS.search(text):
        text = _FOREIGN_PHONE.sub(" ", text)
        text = _PHONE.sub(lambda match: match.group() if _MONEY.match(match.string[match.end() :]) else " ", text)
    for contact in contacts:
        text = _without_name(text, lowered, _WORD.findall(squeeze(contact.name)), keep)
    return text


def _without_name(text: str, lowered: str, words: list[str], keep: str) -> str:
    present = [word for word in words if word.lower() in lowered]
    if not present:
        return text
    if len(words) > 1 and len(present) == len(words):
        between = r"[\s,.\u00a0]+(?:[^\W\d_]\.?\s+)?"  # "Kari B. Nordmann", "Nordmann, Kari"
        for order in (words, [words[-1], *words[:-1]]):
            text = re.sub(rf"(?<!\w){between.join(map(re.escape, order))}(?:s|')?(?!\w)", " ", text, flags=re.IGNORECASE)
    kept = {word.lower() for word in _WORD.findall(keep)}
    single = [word for word in present if len(word) >= 3 and word.lower() not in _PARTICLES and word.lower() not in kept]
    if single:
        forms = "|".join(re.escape(form) for word in single for form in {word, word.upper(), word.capitalize()})
        text = re.sub(rf"(?<!\w)(?:{forms})s?(?!\w)", " ", text)
    return text
