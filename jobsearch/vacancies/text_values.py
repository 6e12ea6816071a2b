"""Small text from outside, made safe to keep: white space folded, controls removed, links checked."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# C0 controls but tab and newlines (PostgreSQL refuses NUL), and the marks that turn the direction of the text around
# them: an ad's title could otherwise rewrite the line it stands on.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_HOST = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d{1,5})?(?:[/?#]\S*)?$", re.IGNORECASE)
_EMAIL = re.compile(r"^[^@\s/:?#]+@(?:[a-z0-9æøå-]+\.)+[a-zæøå]{2,}$", re.IGNORECASE)
LINK_LENGTH = 2000  # characters; what browsers and proxies carry


def printable(value: str) -> str:
    """The text without NUL, other control characters and marks of direction."""
    return _CONTROLS.sub("", value)


def squeeze(value: str) -> str:
    """`printable` on one line: white space of every kind folded to single blanks, none at the ends."""
    return " ".join(printable(value).split())


def safe_link(value: str) -> str:
    """An http, https or mailto address, or "" where there is none: `javascript:` and the like never become links.

    Employers write `www.example.no` and plain e-mail addresses too: those get the scheme that is meant.
    """
    value = squeeze(value)
    if not value or len(value) > LINK_LENGTH or any(mark in value for mark in "\"'<>`\\ "):
        return ""
    if _EMAIL.match(value):
        return f"mailto:{value}"
    if _HOST.match(value):
        value = f"https://{value}"
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() == "mailto":
        return value if _EMAIL.match(parts.path) else ""
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
        return ""
    return value
