"""Keys with which people sign, kept by the registry for them and opened by a PIN that is kept nowhere.

The private key is a file that the PIN of its owner encrypts, through scrypt (RFC 7914) with a salt of its own: whoever
has the files tries PINs at that price, and the registry itself cannot sign for anybody. The name in each certificate
says that nobody attests it. A key whose PIN is forgotten is replaced; signatures made with it stay valid.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from docflow.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from docflow.stamping.keys import LocalKeys, fingerprint, write_secret, write_whole
from docflow.stamping.ports import PersonCertificate

PEOPLE: Final = "people"
SHORTEST_PIN: Final = 6
LONGEST_PIN: Final = 64
FEWEST_SIGNS: Final = 3
"""Different characters that a PIN has."""
SCRYPT_N: Final = 2**13
"""8 MiB and some 20 ms a try: a decision waits for it, and a million PINs take a quarter of a day of one core."""
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class _Files:
    """One key of one person; the certificate is written last, so that its name makes a key count."""

    key: Path
    salt: Path
    certificate: Path


class LocalPersonKeys:
    """The keys of people, as files in the home."""

    def __init__(self, keys: LocalKeys) -> None:
        """Take the registry's keys, whose authority issues the certificates."""
        self._keys = keys

    def certificate_of(self, person_id: UUID, *, now: datetime) -> PersonCertificate | None:
        """Return the certificate with which a person can sign (see the port)."""
        number = self._newest(person_id)
        files = self._files(person_id, number)
        if number == 0 or not files.key.exists():
            return None
        loaded = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        if now >= loaded.not_valid_after_utc:
            return None
        names = loaded.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return PersonCertificate(
            signer=str(names[0].value) if names else "",
            not_before=loaded.not_valid_before_utc,
            not_after=loaded.not_valid_after_utc,
            sha256=fingerprint(files.certificate.read_bytes()),
        )

    def make(self, person_id: UUID, *, name: str, pin: str, now: datetime) -> PersonCertificate:
        """Make a person's key, and destroy the private part of the one before (see the port)."""
        checked_pin(pin)
        key, certificate = self._keys.issued_to(name, now)
        folder = self._folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        number = self._newest(person_id)
        made = self._files(person_id, number + 1)
        salt = secrets.token_bytes(SALT_BYTES)
        try:
            write_secret(made.salt, salt)
            write_secret(made.key, _locked(key, pin, salt))
        except FileExistsError as error:
            raise Conflict("signature_key_exists") from error
        write_whole(made.certificate, certificate.public_bytes(Encoding.PEM))
        if number:
            before = self._files(person_id, number)
            before.key.unlink(missing_ok=True)
            before.salt.unlink(missing_ok=True)
        found = self.certificate_of(person_id, now=now)
        assert found is not None  # noqa: S101 - it was made just now
        return found

    def find(self, person_id: UUID, *, now: datetime) -> dict[str, Any]:
        """Return how the sealing process finds a person's key (see the port)."""
        files = self._usable(person_id, now)
        return {
            "kind": "person",
            "key": str(files.key),
            "certificate": str(files.certificate),
            "chain": [str(path) for path in self._keys.authorities()],
        }

    def unlock(self, person_id: UUID, *, pin: str, now: datetime) -> str:
        """Return the passphrase that opens a person's key (see the port)."""
        files = self._usable(person_id, now)
        try:
            passphrase = _passphrase(pin, files.salt.read_bytes())
            content = files.key.read_bytes()
        except OSError as error:
            raise Unavailable("keys_unusable", reason=error.strerror or "") from error
        try:
            load_pem_private_key(content, password=passphrase)
        except ValueError as error:
            raise InvalidInput("pin_wrong") from error
        return passphrase.decode()

    def _usable(self, person_id: UUID, now: datetime) -> _Files:
        if self.certificate_of(person_id, now=now) is None:
            raise NotFound("signature_key_missing")
        return self._files(person_id, self._newest(person_id))

    def _folder(self) -> Path:
        return self._keys.folder / PEOPLE

    def _newest(self, person_id: UUID) -> int:
        """Return the number of a person's newest key, from 1; 0 when there is none."""
        found: Sequence[Path] = list(self._folder().glob(f"{person_id}-*.pem"))
        return max((int(path.stem.rpartition("-")[2]) for path in found), default=0)

    def _files(self, person_id: UUID, number: int) -> _Files:
        name = f"{person_id}-{number:04d}"
        folder = self._folder()
        return _Files(folder / f"{name}.key", folder / f"{name}.salt", folder / f"{name}.pem")


def checked_pin(pin: str) -> str:
    """Return a PIN as it counts: digits of every script are the same, and so are ways to write one letter.

    Raises:
        InvalidInput: ``pin_too_short(length)``, ``pin_too_plain``.
    """
    said = _normal(pin)
    if not SHORTEST_PIN <= len(said) <= LONGEST_PIN:
        raise InvalidInput("pin_too_short", length=SHORTEST_PIN, limit=LONGEST_PIN)
    steps = {ord(after) - ord(before) for before, after in pairwise(said)}
    if len(set(said)) < FEWEST_SIGNS or len(steps) == 1:
        raise InvalidInput("pin_too_plain")
    return said


def _normal(pin: str) -> str:
    said = unicodedata.normalize("NFKC", pin)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in said)


def _passphrase(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(_normal(pin).encode(), salt=salt, n=SCRYPT_N, r=8, p=1, dklen=32).hex().encode()


def _locked(key: ec.EllipticCurvePrivateKey, pin: str, salt: bytes) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_passphrase(pin, salt)))
