"""A security key in software: it answers challenges as the standard says, or as somebody would who cheats."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags of the authenticator data (section 6.1)."""


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Authenticator:
    """One key with one credential; ``origin``: the page that the browser says it saw."""

    def __init__(self, origin: str = "https://docflow.example.ma", *, counts: bool = True) -> None:
        self.origin = origin
        self.count = 1 if counts else 0
        self.credential_id = secrets.token_bytes(32)
        self._key = generate_private_key(SECP256R1())

    def added(self, options: dict[str, Any], *, rp_id: str = "", flags: int = PRESENT | VERIFIED) -> str:
        """Return the answer to a registration, with no attestation."""
        numbers = self._key.public_key().public_numbers()
        # COSE, RFC 9053: an elliptic key (1: 2) for ES256 (3: -7) on P-256 (-1: 1).
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        seen = self._authenticator_data(rp_id or options["rp"]["id"], flags | ATTESTED) + attested
        client = self._client_data("webauthn.create", options["challenge"])
        statement = {"fmt": "none", "attStmt": {}, "authData": seen}
        return self._answer(client, attestationObject=text_of(cbor2.dumps(statement)), transports=["usb"])

    def used(self, options: dict[str, Any], *, rp_id: str = "", flags: int = PRESENT | VERIFIED) -> str:
        """Return the signed answer to a challenge, and count it."""
        if self.count:
            self.count += 1
        seen = self._authenticator_data(rp_id or options["rpId"], flags)
        client = self._client_data("webauthn.get", options["challenge"])
        signature = self._key.sign(seen + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(client, authenticatorData=text_of(seen), signature=text_of(signature))

    def _authenticator_data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, client: bytes, **response: Any) -> str:
        named = text_of(self.credential_id)
        told = {"clientDataJSON": text_of(client), **response}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": told})
