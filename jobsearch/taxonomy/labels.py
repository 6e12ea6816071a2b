"""The feed's own values in the reader's language: "Fast" -> "Permanent", "Sverige" -> "Sweden".

Only the values of known lists are translated. Anything else stays as it is: what employers wrote is theirs, and a
municipality called Time must not become the word for a time of day.
"""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.utils.translation import gettext, override

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
    """A value of the feed in the language of the page; one that no list has, as it is."""
    return gettext(value) if value in VALUES else value


def list_translations(value: str) -> list[str]:
    """What a value of the feed is called in the site's other languages; nothing for one that no list has."""
    if value not in VALUES:
        return []
    found = []
    for language, _ in settings.LANGUAGES:
        with override(language):
            found.append(gettext(value))
    return [name for name in dict.fromkeys(found) if name != value]


def build_sort_key(label: str) -> str:
    """A key that sorts labels as Norwegians do: æ, ø and å after z, other marks as if they were not there."""
    composed = unicodedata.normalize("NFC", label.casefold())
    letters = unicodedata.normalize("NFD", composed.translate(_LAST_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
