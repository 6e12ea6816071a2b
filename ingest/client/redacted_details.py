"""Redacted copy of a detail that cannot be read, for administrators: shortened, and without contact information.

Such an ad is not shown, so its text may not be kept either: long texts are cut, which leaves enough to see what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jobsearch.vacancies import html
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.redaction import Redactor

MASK = "•••"
_LENGTH = 20_000  # characters of the whole
_TEXT = 160  # characters of one text
_ITEMS = 20  # of one list or object
_DEPTH = 8
_CONTACT = ("name", "email", "phone", "role", "title")


def redact_detail(payload: Any) -> str:
    """The message as indented JSON, with masked contacts and shortened texts."""
    redactor = Redactor(_list_contacts(payload))
    return json.dumps(_mask(payload, redactor, False, 0), ensure_ascii=False, indent=1)[:_LENGTH]


def _list_contacts(payload: Any) -> list[ContactData]:
    return [
        ContactData(*(value if isinstance(value := person.get(key), str) else "" for key in _CONTACT))
        for person in _find_contacts(payload, 0)
    ]


def _find_contacts(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEPTH:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "contactList" and isinstance(item, list):
                yield from (person for person in item if isinstance(person, dict))
            elif isinstance(item, dict | list):
                yield from _find_contacts(item, depth + 1)
    elif isinstance(value, list):
        for item in value[:_ITEMS]:
            yield from _find_contacts(item, depth + 1)


def _mask(value: Any, redactor: Redactor, is_contact: bool, depth: int) -> Any:
    if depth > _DEPTH:
        return "…"
    if isinstance(value, dict):
        items = list(value.items())[:_ITEMS]
        return {_shorten(key): _mask(item, redactor, is_contact or key == "contactList", depth + 1) for key, item in items}
    if isinstance(value, list):
        return [_mask(item, redactor, is_contact, depth + 1) for item in value[:_ITEMS]]
    if is_contact:
        return MASK if value not in (None, "") else value
    if isinstance(value, str):
        text = html.extract_text(value) if "<" in value else value
        redacted = redactor.redact_text(text)
        return _shorten(redacted if redacted != text else value)
    if isinstance(value, int) and not isinstance(value, bool) and redactor.redact_text(str(value)) != str(value):
        return MASK  # a phone number that is sent as a number
    return value


def _shorten(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[:_TEXT]} … ({len(text)})"
