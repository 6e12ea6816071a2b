"""Which token goes along with a request: the consumer's own, or the public one, found in prose and renewed on refusal."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
import threading
from collections.abc import Callable

# "/api/publicToken" answers a line of prose and then the token: only its own shape tells it from the words around it.
_JWT = re.compile(rb"(?<![\w.-])eyJ[\w-]+\.[\w-]+\.[\w-]+(?![\w-])", re.ASCII)

_LABEL = re.compile(r"(?:authorization\s*+:\s*+)?bearer\b", re.IGNORECASE)
_QUOTES = " \t\r\n\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
LONGEST = 8000
"""Characters; NAV's server refuses headers of 9 kB."""


def find_token(body: bytes) -> str | None:
    """The first JSON web token in a text, or None."""
    match = _JWT.search(body)
    return match.group().decode("ascii") if match else None


def read_private(text: str) -> str:
    """The token in what a person wrote as NAV_FEED_TOKEN: with "Bearer" before it, in quotes, over several lines, or with all
    the prose of the mail that it came in. Raises `ValueError` where there is none."""
    token = find_token(text.encode())
    if token is None:
        words = _LABEL.sub("", text.strip(_QUOTES)).strip(_QUOTES)
        token = find_token("".join(words.split()).encode())  # a long line that was broken in a mail
        token = token or words
    if not token and text.strip():
        raise ValueError("there is no token in it")
    if token and (not token.isascii() or not token.isprintable() or " " in token):
        raise ValueError("it is not a token, which is one word of letters, digits, dots, - and _")
    return token


def expiry(token: str) -> dt.datetime | None:
    """When the token says that it expires; None where it does not say so. The signature is not checked: NAV does that."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return dt.datetime.fromtimestamp(payload["exp"], dt.UTC)
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None


class SameToken(Exception):
    """The token that was just refused is still the one that is handed out."""


class Tokens:
    """Holds one token for all threads of a run. `fetch` asks the server for the public one; it may raise.

    NAV issues a new public token each time its service starts, and only renews an expired one after some hours ("NAV's
    server does so"): for that long, the dead token is handed out again. Then `renew` raises `SameToken`, once the
    server was asked, and without asking for the rest of the run.
    """

    def __init__(self, fetch: Callable[[], str], *, private: str = "", cached: str = "") -> None:
        self._fetch = fetch
        self._private = private
        self._public = cached
        self._dead = ""
        self._lock = threading.Lock()
        self.is_private = bool(private)

    @property
    def public(self) -> str:
        """The public token now in use, for the caller to keep; empty with a private one or before the first request."""
        return self._public

    def current(self) -> str:
        if self._private:
            return self._private
        if not self._public:
            with self._lock:
                if not self._public:  # another thread may have fetched it meanwhile
                    self._public = self._fetch()
        return self._public

    def renew(self, refused: str) -> str:
        """Another token than `refused`, fetched by whichever thread comes first. Raises `SameToken`."""
        with self._lock:
            if self._private:
                raise SameToken
            if self._public != refused:
                return self._public
            if self._dead == refused:
                raise SameToken
            fresh = self._fetch()
            if fresh == refused:
                self._dead = refused
                raise SameToken
            self._public = fresh
            return fresh
