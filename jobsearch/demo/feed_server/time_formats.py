"""Time formats of NAV's feed.

Inside the fake feed server a time is an integer: microseconds since 1970 in UTC, like a PostgreSQL `timestamptz`. In messages
NAV's server writes Oslo local time with an offset and as many fraction digits as needed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
SECOND = 1_000_000  # microseconds
DAY = 86_400 * SECOND

Clock = Callable[[], datetime]
"""Returns the current time as an aware datetime."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RFC_1123 = re.compile(
    rf"(?:({'|'.join(_WEEKDAYS)}), )?(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}}) "
    r"(\d{2}):(\d{2})(?::(\d{2}))? (gmt|[+-]\d{4})",
    re.IGNORECASE | re.ASCII,
)


def utc_now() -> datetime:
    """The current time."""
    return datetime.now(UTC)


def to_micros(moment: datetime) -> int:
    """Converts an aware datetime to microseconds since 1970 in UTC."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; the fake feed server needs aware datetimes")
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(stamp: int) -> datetime:
    """Converts microseconds since 1970 to an aware datetime in Oslo time."""
    return (_EPOCH + timedelta(microseconds=stamp)).astimezone(OSLO)


def midnight(stamp: int, days: int = 0) -> int:
    """The start of the day of `stamp` in Oslo, moved by whole calendar days (still midnight after a change to summer time)."""
    day = to_datetime(stamp).date() + timedelta(days=days)
    return to_micros(datetime(day.year, day.month, day.day, tzinfo=OSLO))


@lru_cache(maxsize=4096)  # a whole batch of lines has one identical time
def format_iso(stamp: int) -> str:
    """Formats a time as ISO 8601 with Oslo offset; without trailing zeros of the fraction, so with 0 to 6 digits.

    Like Java's formatter: `.292770` is written `.29277`, and a whole second has no fraction.
    """
    local = to_datetime(stamp)
    text = local.isoformat(timespec="microseconds")
    whole, rest = text.split(".")
    fraction = rest[:6].rstrip("0")
    return f"{whole}.{fraction}{rest[6:]}" if fraction else whole + rest[6:]


def to_millisecond(stamp: int) -> int:
    """Truncates to milliseconds, as NAV's server stores the `updated` of an ad (the times of lines are not truncated)."""
    return stamp - stamp % 1000


def parse_iso(text: object) -> int | None:
    """Parses an ISO 8601 time to microseconds; None if it is invalid. For contents written by hand."""
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_micros(parsed if parsed.tzinfo else parsed.replace(tzinfo=OSLO))


def format_http_date(stamp: int) -> str:
    """Formats `Last-Modified` like NAV's server: RFC 1123 with the Oslo offset instead of GMT, truncated to seconds.

    The English names are listed here, since `strftime` depends on the machine's locale. The day has no leading zero, as
    Java's RFC 1123 formatter writes it.
    """
    local = to_datetime(stamp)
    weekday, month = _WEEKDAYS[local.weekday()].title(), _MONTHS[local.month - 1].title()
    return f"{weekday}, {local.day} {month} {local:%Y %H:%M:%S %z}"


def parse_http_date(text: str | None) -> int | None:
    """Parses `If-Modified-Since` like Java's RFC 1123 parser; None means that the server silently ignores the header.

    Measured on NAV's server: `GMT`, `+0100` and `-0000` are accepted, in any letter case, without weekday and without
    seconds. A wrong weekday, `UTC`, `Z`, `+00:00`, `CET`, a missing space after the comma, a two-digit year, ISO,
    RFC 850 and asctime forms are ignored.
    """
    match = _RFC_1123.fullmatch(text or "")
    if match is None:
        return None
    weekday, day_text, month_text, year_text, hour, minute, second, zone = match.groups()
    year, month, day = int(year_text), _MONTHS.index(month_text.lower()) + 1, int(day_text)
    if year == 0 or not 1 <= day <= 31:
        return None
    day = min(day, monthrange(year, month)[1])  # Java resolves 31 April to the 30th before it compares the weekday
    minutes = 0 if zone.lower() == "gmt" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[3:5]))
    try:
        local = datetime(year, month, day, int(hour), int(minute), int(second or 0), tzinfo=UTC)
        stamp = to_micros(local - timedelta(minutes=minutes))
    except (ValueError, OverflowError):
        return None
    if weekday and _WEEKDAYS.index(weekday.lower()) != local.weekday():
        return None
    return stamp
