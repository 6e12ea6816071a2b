"""Identifiers of persons: one normal form for each spelling, and its keyed hash (HMAC-SHA256).

A plain hash of a phone number can be reversed by trying all hundred million numbers, so the hash has a key, which is in the
environment and not in the database.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

from jobsearch.vacancies.deletion_models import SuppressedIdentifier
from jobsearch.vacancies.redaction.addresses import AddressFinder, canonicalise_address
from jobsearch.vacancies.redaction.digits import extract_digits
from jobsearch.vacancies.redaction.tokens import shorten_key, strip_genitive, tokenise_text

MIN_WORDS, MAX_WORDS = 2, 5  # of a name: a single word would remove other people and ordinary words
MIN_DIGITS, MAX_DIGITS = 8, 15  # of a phone number: five-digit numbers are too common in texts
MAX_IDENTIFIERS = 20  # of one request
_CONTEXT = b"jobsearch.suppression"
Kind = SuppressedIdentifier.Kind


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name, phone number or e-mail address in its normal form. Not in its `repr`, which could get into a log."""

    kind: Kind
    value: str = field(repr=False)


class UnusableIdentifier(ValueError):
    """A value that is no name of at least two words, no phone number or no e-mail address. `value` is as typed."""

    def __init__(self, kind: Kind, value: str) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value


def parse_identifiers(kind: Kind, values: Iterable[str]) -> list[Identifier]:
    """The identifiers of these values, blank ones left out. Raises `UnusableIdentifier`."""
    found: dict[Identifier, None] = {}
    for value in values:
        if not value.strip():
            continue
        normal = _NORMALISERS[kind](value.strip()[:320])
        if not normal:
            raise UnusableIdentifier(kind, value.strip())
        found[Identifier(kind, normal)] = None
    return list(found)


def normalise_name(value: str) -> str:
    """The words of a name, folded and sorted: "Nordmann, Kari" and "KARI NORDMANN" are equal, "Håkon" and "Haakon" too."""
    return join_name([token.key for token in tokenise_text(value)])


def join_name(keys: Sequence[str]) -> str:
    """The normal form of a name with these folded words; "" for too few or too many words."""
    if not MIN_WORDS <= len(keys) <= MAX_WORDS or not any(len(key) > 1 for key in keys):
        return ""
    return " ".join(sorted(map(shorten_key, keys)))


def list_name_forms(keys: Sequence[str]) -> list[str]:
    """The normal forms that these words of a text may have: as they are, and with the last one's genitive "s" removed."""
    without = strip_genitive(keys[-1])
    forms = [join_name(keys)] if without == keys[-1] else [join_name(keys), join_name([*keys[:-1], without])]
    return [form for form in forms if form]


def normalise_phone(value: str) -> str:
    """The digits of a phone number with its country code; Norwegian ones without theirs."""
    digits = extract_digits(value)
    bare = digits.removeprefix("00")
    national = bare.removeprefix("47") if len(bare) == 10 else bare
    return national if MIN_DIGITS <= len(national) <= MAX_DIGITS else ""


def normalise_email(value: str) -> str:
    """An e-mail address in lower case and with letters folded, also where it is written as "kari (at) firma.no"."""
    if AddressFinder([value]).find(value) != [(0, len(value))]:
        return ""
    return canonicalise_address(value)


_NORMALISERS = {Kind.NAME: normalise_name, Kind.PHONE: normalise_phone, Kind.EMAIL: normalise_email}


def hash_identifier(kind: str, value: str, key: bytes) -> str:
    """The keyed hash of an identifier, in hexadecimal."""
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()


def list_keys() -> tuple[bytes, ...]:
    """The keys of the hashes: the present one first, then that of rows made before SUPPRESSION_KEY was set."""
    return _derive_keys((settings.SUPPRESSION_KEY or settings.SECRET_KEY, settings.SECRET_KEY))


def get_key_id(key: bytes) -> str:
    """A short name of a key, stored with each hash: it identifies the key, and reveals nothing of it."""
    return hmac.digest(key, b"key id", "sha256").hex()[:16]


@lru_cache(maxsize=8)
def _derive_keys(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(hmac.digest(secret.encode(), _CONTEXT, "sha256") for secret in dict.fromkeys(secrets))
