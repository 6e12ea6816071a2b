"""Passkey in software: what a browser and its authenticator answer to the site's options (WebAuthn)."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
ORIGIN, HOST = "http://testserver", "testserver"


class SoftPasskey:
    """A passkey that is stored with its user's name, so that it can log in alone."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.user_handle = ""
        self.count = 0

    def register(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        self.user_handle = options["publicKey"]["user"]["id"]
        public_key = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid(b"\0" * 16), self.id, public_key)
        data = self._make_data(credential)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            clientDataJSON=websafe_encode(self._make_client_data("webauthn.create", options)),
            attestationObject=websafe_encode(bytes(attestation)),
        )

    def authenticate(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        client_data, data = self._make_client_data("webauthn.get", options), self._make_data()
        signed = bytes(data) + hashlib.sha256(client_data).digest()
        return self._answer(
            clientDataJSON=websafe_encode(client_data),
            authenticatorData=websafe_encode(bytes(data)),
            signature=websafe_encode(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            userHandle=self.user_handle,
        )

    def _make_data(self, credential: AttestedCredentialData | None = None) -> AuthenticatorData:
        self.count += 1
        flags = _VERIFIED | AuthenticatorData.FLAG.AT if credential else _VERIFIED
        host_hash = hashlib.sha256(HOST.encode()).digest()
        return AuthenticatorData.create(host_hash, flags, self.count, bytes(credential) if credential else b"")

    @staticmethod
    def _make_client_data(kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["publicKey"]["challenge"], "origin": ORIGIN}).encode()

    def _answer(self, **response: str) -> str:
        key = websafe_encode(self.id)
        extensions = {"credProps": {"rk": True}}
        answer = {"id": key, "rawId": key, "type": "public-key", "response": response, "clientExtensionResults": extensions}
        return json.dumps(answer)
