"""Translation of the feed's values into the language of the page: "Fast" -> "Permanent", "Sverige" -> "Sweden".

Only the values of known lists are translated. Other values stay as employers wrote them: a municipality called Time must not
become the word for a time of day.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language, gettext, override

from . import catalogue, places

VALUES = frozenset(
    {
        *catalogue.OCCUPATIONS,
        *(name for names in catalogue.OCCUPATIONS.values() for name in names),
        *(*catalogue.SECTORS, *catalogue.EXTENTS, *catalogue.ENGAGEMENTS, catalogue.NOT_STATED),
        *(*catalogue.COUNTRIES, *catalogue.LANGUAGES.values(), places.get_label(places.ABROAD), "Kontinentalsokkelen"),
    }
)
_LAST_LETTERS = str.maketrans("æäøöå", "{{||}")


def translate_value(value: str) -> str:
    """A value of the feed in the language of the page; a value of no known list stays as it is."""
    return _translate(value, get_language()) if value in VALUES else value


@lru_cache(maxsize=4096)
def _translate(value: str, _language: str | None) -> str:
    """The translation into the active language, which is an argument for the cache only."""
    return gettext(value)


def list_translations(value: str) -> list[str]:
    """The names of a value of the feed in the site's other languages; empty for a value of no known list."""
    if value not in VALUES:
        return []
    names = []
    for language, _ in settings.LANGUAGES:
        with override(language):
            names.append(gettext(value))
    return [name for name in dict.fromkeys(names) if name != value]


@lru_cache(maxsize=4096)
def build_sort_key(label: str) -> str:
    """Sort key in Norwegian alphabetical order: æ, ø and å after z, other accents ignored."""
    composed = unicodedata.normalize("NFC", label.casefold())
    letters = unicodedata.normalize("NFD", composed.translate(_LAST_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
