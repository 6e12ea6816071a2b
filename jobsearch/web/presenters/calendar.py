"""Calendar file (iCalendar, RFC 5545) of one whole day."""

from __future__ import annotations

import datetime as dt

MAX_OCTETS = 75  # of a line; a longer one is folded
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def build_day(uid: str, day: dt.date, summary: str, url: str, changed: dt.datetime) -> str:
    """A calendar with one event on that day, which blocks no time, and a reminder at 9 o'clock of the day before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//utlyst//deadline//NO",
        "BEGIN:VEVENT",
        f"UID:{_escape(uid)}",
        f"DTSTAMP:{changed.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"SUMMARY:{_escape(summary)}",
        f"URL:{url}",
        f"DESCRIPTION:{_escape(url)}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escape(summary)}",
        "TRIGGER:-PT15H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _escape(text: str) -> str:
    return text.translate(_ESCAPED)


def _fold(line: str) -> str:
    """The line in pieces of at most `MAX_OCTETS` octets; no character is divided."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MAX_OCTETS:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += octets
    return "\r\n".join(pieces)
