"""Tags of an ad in a list: what distinguishes it from its neighbours, at most four."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jobsearch.taxonomy import labels
from jobsearch.vacancies.models import Vacancy

MOST_TAGS = 4
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3})(?:\s?%?\s?(?:[-–]|til)\s?(\d{1,3}))?\s?(?:%|prosent\b)")
_KINDS = [
    (re.compile(r"\bnatt(?:e?vakt\w*|evakt\w*|skift\w*|stilling\w*|tjeneste\w*)?\b|\bnight\b", re.I), gettext_noop("Natt")),
    (re.compile(r"\bkveld(?:s?vakt\w*|sarbeid|sskift)?\b|\bevening\b", re.I), gettext_noop("Kveld")),
    (re.compile(r"\bhelg(?:e|er|ene|a)?(?:vakt\w*|stilling\w*|arbeid\w*|jobb\w*)?\b|\bweekend", re.I), gettext_noop("Helg")),
    (re.compile(r"\bturnus\w*|\bskift(?:arbeid)?\b|\bshift", re.I), gettext_noop("Turnus")),
    (re.compile(r"\bdag(?:tid|stilling\w*|vakt\w*)\b", re.I), gettext_noop("Dagtid")),
    (
        re.compile(r"\bhjemmekontor\b|\bheimekontor\b|\bhome office\b|\bremote\b|\bfjernarbeid\b", re.I),
        gettext_noop("Hjemmekontor"),
    ),
]


def list_tags(vacancy: Vacancy) -> Sequence[str]:
    """Percentage, hours of the day, home office and engagement."""
    found = []
    if percentage := format_percentage(vacancy.title):
        found.append(percentage)
    elif vacancy.extent and vacancy.extent != "Heltid":
        found.append(labels.translate_value(vacancy.extent))
    found += [_(label) for pattern, label in _KINDS if pattern.search(vacancy.title)]
    engagement = vacancy.engagement
    if engagement and engagement != "Annet":
        found = [*found[: MOST_TAGS - 1], labels.translate_value(engagement)]
    return found[:MOST_TAGS]


def find_common_tags(rows: Sequence[Sequence[str]]) -> frozenset[str]:
    """The tags that every row of a list has, which distinguish nothing; none for a list of one row."""
    return frozenset(rows[0]).intersection(*rows) if len(rows) > 1 else frozenset()


def format_percentage(title: str) -> str:
    """The part-time percentage that a title states: "20 %", "50–80 %"; "" for none, and for 100 %."""
    match = _PERCENT.search(title)
    if not match:
        return ""
    low, high = int(match[1]), int(match[2] or match[1])
    if not 0 < low <= high <= 100 or low == 100:
        return ""
    return _("%(low)s %%") % {"low": low} if low == high else _("%(low)s–%(high)s %%") % {"low": low, "high": high}
