"""Bearer tokens as NAV's server issues and checks them (NAV's documentation, "Authorization", and its server's source).

A token is a JWT signed with HS256. The public one is handed out to anybody, lasts 35 days, is issued anew at every
deploy, and the former is put on a list that each pod of the server reads every 30 minutes: until then the old token
works on one pod and is refused by the next.
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

from .time_formats import DAY, SECOND, Clock, micros

ISSUER, AUDIENCE = "nav-no", "feed-api-v2"
PUBLIC_LIFE = 35 * DAY
RENEWED_AFTER = 5 * 3600 * SECOND
"""How long the public token has been dead when the scheduled renewal notices; until then everybody gets a dead one."""
DENYLIST_REFRESH = 30 * 60 * SECOND
PODS = 2


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Tokens:
    """Issues and checks tokens; safe to use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._denied: dict[str, int] = {}  # token -> when the last pod learns of it, in microseconds
        self._private: dict[str, str] = {}
        self._last_issued = 0
        self._pods = itertools.cycle(range(PODS))
        self._withdrawn = False
        self._public, self._public_expires = self._issue_public()

    def public(self) -> str | None:
        """What /api/publicToken hands out now; None while it is withdrawn. It may be dead, see RENEWED_AFTER."""
        with self._lock:
            if self._withdrawn:
                return None
            if micros(self._clock()) > self._public_expires + RENEWED_AFTER:
                self._public, self._public_expires = self._issue_public()
            return self._public

    def rotate(self, *, flapping: bool = False) -> str:
        """A deploy: a new public token, the old one refused - with `flapping` by one pod of two for 30 minutes."""
        with self._lock:
            now = micros(self._clock())
            self._denied[self._public] = now + DENYLIST_REFRESH if flapping else now
            self._public, self._public_expires = self._issue_public()
            return self._public

    def settle(self) -> None:
        """Every pod has read the list of refused tokens; the flapping ends."""
        with self._lock:
            now = micros(self._clock())
            self._denied = {token: min(learned, now) for token, learned in self._denied.items()}

    def let_public_die(self) -> str:
        """No deploy for 35 days: the public token is past its end, and the same dead one is handed out for 5 hours."""
        with self._lock:
            self._public, self._public_expires = self._issue_public(age=PUBLIC_LIFE + 60 * SECOND)
            return self._public

    def withdraw(self, withdrawn: bool = True) -> None:
        """No public token at all (404), or one again."""
        with self._lock:
            self._withdrawn = withdrawn

    def private(self, email: str = "consumer@example.no", *, days: float | None = None) -> str:
        """A consumer's own token, by default without end; a new one for the same consumer makes the old one invalid."""
        with self._lock:
            now, life = micros(self._clock()), None if days is None else int(days * DAY)
            if former := self._private.get(email):
                self._denied[former] = now
            token, _ = self._issue(email, str(UUID(int=secrets.randbits(128), version=4)), now, life)
            self._private[email] = token
            return token

    def accepts(self, authorization: str | None) -> bool:
        """Whether a request with this Authorization header is let in by the pod whose turn it is.

        `Bearer` counts in any letter case and with any number of spaces.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return False
        token = token.strip()
        with self._lock:
            pod = next(self._pods)
            now = micros(self._clock())
            learned = self._denied.get(token)
            if learned is not None and (pod == 0 or now >= learned):
                return False
        claims = self._claims(token)
        if claims is None or claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
            return False
        expires = claims.get("exp")
        return expires is None or now <= expires * SECOND

    def _claims(self, token: str) -> dict[str, Any] | None:
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
        return self._issue("public@example.no", "public-token", micros(self._clock()) - age, PUBLIC_LIFE)

    def _issue(self, subject: str, kid: str, issued: int, life: int | None) -> tuple[str, int]:
        seconds = issued // SECOND
        if seconds == self._last_issued:  # or a rotation within one second would hand out the same text again
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
