"""`applicationDue` is free text: a date where it is one, in the forms that the feed has been seen to use."""

from __future__ import annotations

import datetime as dt
import re

from .visibility import OSLO

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_NORWEGIAN = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})\.?(?:[ T].*)?$")
_SOON = re.compile(r"\b(?:snarest|fortløpende|løpende|asap|straks|as soon as possible)\b", re.IGNORECASE)


def parse(text: str) -> dt.date | None:
    """The day, or None where the text is none. A time with an offset is the day it is in Oslo; without one, Oslo's."""
    text = text.strip()
    if match := _ISO.match(text):
        if len(text) > 11:
            try:
                moment = dt.datetime.fromisoformat(text)
            except ValueError:
                pass
            else:
                return moment.astimezone(OSLO).date() if moment.tzinfo else moment.date()
        year, month, day = map(int, match.groups())
    elif match := _NORWEGIAN.match(text):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def is_soon(text: str) -> bool:
    """Whether the text asks people to apply as soon as they can."""
    return bool(_SOON.search(text))
