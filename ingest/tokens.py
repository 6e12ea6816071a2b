"""Which token goes along with a request: the consumer's own, or the public one, found in prose and renewed on refusal."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

# "/api/publicToken" answers a line of prose and then the token: only its own shape tells it from the words around it.
_JWT = re.compile(rb"(?<![\w.-])eyJ[\w-]+\.[\w-]+\.[\w-]+(?![\w-])", re.ASCII)


def find_token(body: bytes) -> str | None:
    """The first JSON web token in a text, or None."""
    match = _JWT.search(body)
    return match.group().decode("ascii") if match else None


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
