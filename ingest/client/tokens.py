"""Bearer token of the feed: the private one (NAV_FEED_TOKEN), or the public one, which is fetched and renewed on 401."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
import threading
from collections.abc import Callable

# /api/publicToken answers with a line of prose and then the token: the shape of a JWT is the only way to find it.
_JWT = re.compile(rb"(?<![\w.-])eyJ[\w-]+\.[\w-]+\.[\w-]+(?![\w-])", re.ASCII)

_LABEL = re.compile(r"(?:authorization\s*+:\s*+)?bearer\b", re.IGNORECASE)
_QUOTES = " \t\r\n\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
MAX_LENGTH = 8000
"""Maximum length of a token in characters; NAV's server refuses headers of 9 kB."""


def find_token(body: bytes) -> str | None:
    """Finds the first JSON web token in a text; None if there is none."""
    match = _JWT.search(body)
    return match.group().decode("ascii") if match else None


def parse_private_token(text: str) -> str:
    """Parses the value of NAV_FEED_TOKEN. An empty text gives an empty token.

    The token may follow "Bearer", be in quotes, be broken into several lines, or come with the whole text of NAV's e-mail.
    Raises `ValueError` if there is no token in it.
    """
    token = find_token(text.encode())
    if token is None:
        words = _LABEL.sub("", text.strip(_QUOTES)).strip(_QUOTES)
        token = find_token("".join(words.split()).encode())  # a mail program may break a long line
        token = token or words
    if not token and text.strip():
        raise ValueError("there is no token in it")
    if token and (not token.isascii() or not token.isprintable() or " " in token):
        raise ValueError("it is not a token, which is one word of letters, digits, dots, - and _")
    return token


def read_token_expiry(token: str) -> dt.datetime | None:
    """Reads the `exp` claim of a JWT; None if it has none. The signature is not verified: NAV's server does that."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_LENGTH:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return dt.datetime.fromtimestamp(payload["exp"], dt.UTC)
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None


class TokenUnchanged(Exception):
    """The server still issues the token that it has just refused."""


class TokenProvider:
    """Token shared by all threads of a run. `fetch` requests the public token from the server; it may raise.

    NAV issues a new public token each time its service starts, and renews an expired one only after some hours. During that
    time the server still returns the expired token: `renew` then raises `TokenUnchanged`, the first time after a request to the
    server, and for the rest of the run without one.
    """

    def __init__(self, fetch: Callable[[], str], *, private: str = "", cached: str = "") -> None:
        self._fetch = fetch
        self._private = private
        self._public = cached
        self._known_expired = ""
        self._lock = threading.Lock()
        self.is_private = bool(private)

    @property
    def public(self) -> str:
        """The public token in use, for the caller to store; empty with a private token or before the first request."""
        return self._public

    def get_token(self) -> str:
        """Returns the token to send; fetches the public one before the first request."""
        if self._private:
            return self._private
        if not self._public:
            with self._lock:
                if not self._public:  # another thread may have fetched it meanwhile
                    self._public = self._fetch()
        return self._public

    def renew(self, refused: str) -> str:
        """Returns another token than `refused`; only the first thread that calls it fetches it. Raises `TokenUnchanged`."""
        with self._lock:
            if self._private:
                raise TokenUnchanged
            if self._public != refused:
                return self._public
            if self._known_expired == refused:
                raise TokenUnchanged
            fresh = self._fetch()
            if fresh == refused:
                self._known_expired = refused
                raise TokenUnchanged
            self._public = fresh
            return fresh
