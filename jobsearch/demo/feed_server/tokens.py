"""Bearer tokens as NAV's server issues and checks them (NAV's documentation, "Authorization", and its server's source).

A token is a JWT signed with HS256. The public one is available to everyone, is valid for 35 days and is issued again at every
deploy. The former one is added to a denylist that each pod of the server reads every 30 minutes: until then the old token
works on one pod and is refused by another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import itertools
import json
import secrets
import threading
from typing import Any
from uuid import UUID

from .time_formats import DAY, SECOND, Clock, to_micros

ISSUER, AUDIENCE = "nav-no", "feed-api-v2"
PUBLIC_LIFE = 35 * DAY
RENEWED_AFTER = 5 * 3600 * SECOND
"""How long the public token has been expired when the scheduled renewal replaces it; until then the expired one is handed out."""
DENYLIST_REFRESH = 30 * 60 * SECOND
PODS = 2


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Tokens:
    """Issues and checks tokens. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._denied: dict[str, int] = {}  # token -> time when the last pod reads the denylist, in microseconds
        self._private: dict[str, str] = {}
        self._last_issued = 0
        self._pods = itertools.cycle(range(PODS))
        self._withdrawn = False
        self._public, self._public_expires = self._issue_public()

    def public(self) -> str | None:
        """The token that /api/publicToken returns; None while it is withdrawn. It may be expired, see RENEWED_AFTER."""
        with self._lock:
            if self._withdrawn:
                return None
            if to_micros(self._clock()) > self._public_expires + RENEWED_AFTER:
                self._public, self._public_expires = self._issue_public()
            return self._public

    def rotate(self, *, flapping: bool = False) -> str:
        """Issues a new public token, like a deploy; the old one is refused (`flapping`: by one of two pods for 30 minutes)."""
        with self._lock:
            now = to_micros(self._clock())
            self._denied[self._public] = now + DENYLIST_REFRESH if flapping else now
            self._public, self._public_expires = self._issue_public()
            return self._public

    def settle(self) -> None:
        """Ends flapping: every pod has read the denylist."""
        with self._lock:
            now = to_micros(self._clock())
            self._denied = {token: min(effective, now) for token, effective in self._denied.items()}

    def expire_public(self) -> str:
        """Expires the public token, as after 35 days without a deploy: the expired token is handed out for 5 hours."""
        with self._lock:
            self._public, self._public_expires = self._issue_public(age=PUBLIC_LIFE + 60 * SECOND)
            return self._public

    def withdraw(self, withdrawn: bool = True) -> None:
        """Withdraws the public token (404), or makes it available again."""
        with self._lock:
            self._withdrawn = withdrawn

    def private(self, email: str = "consumer@example.no", *, days: float | None = None) -> str:
        """Issues a private token, by default without expiry; it invalidates the consumer's former token."""
        with self._lock:
            now, life = to_micros(self._clock()), None if days is None else int(days * DAY)
            if former := self._private.get(email):
                self._denied[former] = now
            token, _ = self._issue(email, str(UUID(int=secrets.randbits(128), version=4)), now, life)
            self._private[email] = token
            return token

    def accepts(self, authorization: str | None) -> bool:
        """Whether the next pod accepts a request with this Authorization header.

        `Bearer` may be in any letter case and be followed by any number of spaces.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return False
        token = token.strip()
        with self._lock:
            pod = next(self._pods)
            now = to_micros(self._clock())
            effective = self._denied.get(token)
            if effective is not None and (pod == 0 or now >= effective):
                return False
        claims = self._verify(token)
        if claims is None or claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
            return False
        expires = claims.get("exp")
        return expires is None or now <= expires * SECOND

    def _verify(self, token: str) -> dict[str, Any] | None:
        parts = token.split(".")
        if len(parts) != 3 or not token.isascii():
            return None
        try:
            header, claims, signature = json.loads(_unb64(parts[0])), json.loads(_unb64(parts[1])), _unb64(parts[2])
        except (ValueError, binascii.Error):
            return None
        if not isinstance(header, dict) or header.get("alg") != "HS256" or not isinstance(claims, dict):
            return None
        return claims if hmac.compare_digest(signature, self._sign(f"{parts[0]}.{parts[1]}")) else None

    def _sign(self, text: str) -> bytes:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).digest()

    def _issue_public(self, age: int = 0) -> tuple[str, int]:
        return self._issue("public@example.no", "public-token", to_micros(self._clock()) - age, PUBLIC_LIFE)

    def _issue(self, subject: str, kid: str, issued: int, life: int | None) -> tuple[str, int]:
        seconds = issued // SECOND
        if seconds == self._last_issued:  # otherwise a rotation within the same second would issue an identical token
            seconds += 1
        self._last_issued = seconds
        claims: dict[str, Any] = {"sub": subject, "kid": kid, "iss": ISSUER, "aud": AUDIENCE, "iat": seconds}
        expires = 0
        if life is not None:
            claims["exp"] = seconds + life // SECOND
            expires = claims["exp"] * SECOND
        head = _b64(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
        text = f"{head}.{_b64(json.dumps(claims, separators=(',', ':')).encode())}"
        return f"{text}.{_b64(self._sign(text))}", expires
