"""The registry's own certification authority and seal keys, for a district that bought none.

They prove that nothing changed since the seal; who sealed and when is not attested by anybody else, and the names in
the certificates say so. The folder is made whole beside its place and renamed, so that two processes that start
together agree on one.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from docflow.core.errors import Conflict, Unavailable
from docflow.settings import Settings

FOLDER: Final = "keys"
NOT_QUALIFIED: Final = "non qualifié"
SEAL_UNIT: Final = "خاتم غير مؤهل"
PERSON_UNIT: Final = "توقيع غير مؤهل"
AUTHORITY_UNIT: Final = "مصدر غير مؤهل"
"""Law 43-20: no approved provider certified this key. Each language has an attribute of its own, because a name may
not mix directions (RFC 3454, section 6)."""
LONGEST_NAME_BYTES: Final = 64
"""RFC 5280, appendix A, ub-common-name and ub-organization-name."""
AUTHORITY_LIFE: Final = timedelta(days=365 * 30)
SEAL_LIFE: Final = timedelta(days=365 * 10)
PERSON_LIFE: Final = timedelta(days=365 * 3)
CLOCK_TOLERANCE: Final = timedelta(hours=1)
SECRET_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A key of the registry and its certificate, as files; ``number`` counts the keys, from 1."""

    number: int
    key_path: Path
    certificate_path: Path
    authority_path: Path


class LocalKeys:
    """The keys in the home; made when first asked for."""

    def __init__(
        self,
        home: Path,
        *,
        institution: Callable[[], str],
        passphrase: str = "",
        may_make: Callable[[], bool] = lambda: True,
    ) -> None:
        """Take the home, and what private keys are encrypted with, if anything.

        ``institution``: returns the name in French that new certificates bear. ``may_make``: whether there may be no
        keys yet; asked only where there are none.
        """
        self._may_make = may_make
        self._folder = home / FOLDER
        self._institution = institution
        self._passphrase = passphrase

    @property
    def folder(self) -> Path:
        """Where the keys are."""
        return self._folder

    def current(self, now: datetime) -> LocalKey:
        """Return the key that seals at present; the first is made when there is none.

        Raises:
            Unavailable: ``keys_unusable`` with ``reason``; ``keys_gone`` with ``folder``.
        """
        self.check_not_gone()
        if not (self._folder / "authority.pem").exists():
            self._make_first(now)
        numbers = self._numbers()
        if not numbers:
            raise Unavailable("keys_unusable", reason="no certificate")
        key = self._key(numbers[-1])
        if not key.key_path.exists():
            raise Unavailable("keys_unusable", reason="no private key")
        if self._passphrase and not _is_encrypted(key.key_path):
            self._encrypt_all()
        return key

    def check_not_gone(self) -> None:
        """Refuse where there are no keys although there were: new ones in their place would hide the loss.

        Raises:
            Unavailable: ``keys_gone`` with ``folder``.
        """
        if not (self._folder / "authority.pem").exists() and not self._may_make():
            raise Unavailable("keys_gone", folder=str(self._folder))

    def spec(self, key: LocalKey) -> dict[str, Any]:
        """Return how the sealing process finds a local key (see the port)."""
        return {
            "kind": "files",
            "key": str(key.key_path),
            "certificate": str(key.certificate_path),
            "chain": [str(key.authority_path)],
            "passphrase": self._passphrase,
        }

    def rotate(self, now: datetime) -> LocalKey:
        """Make the next key, seal with it from now on, and destroy the private part of the one before.

        The earlier certificates stay, so that earlier seals can be verified.

        Raises:
            Conflict: ``keys_rotated_meanwhile``.
        """
        before = self.current(now)
        after = self._key(before.number + 1)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._issued(key, _name(self._institution(), SEAL_UNIT), SEAL_LIFE, now)
        try:
            write_secret(after.key_path, self._bytes(key))
        except FileExistsError as error:
            raise Conflict("keys_rotated_meanwhile") from error
        write_whole(after.certificate_path, certificate.public_bytes(Encoding.PEM))
        before.key_path.unlink(missing_ok=True)
        return after

    def issued_to(self, name: str, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """Return a new key of a person, and its certificate of the registry's own authority.

        Raises:
            Unavailable: ``keys_unusable`` with ``reason``.
        """
        self.current(now)
        key = ec.generate_private_key(ec.SECP256R1())
        return key, self._issued(key, _name(name, PERSON_UNIT, organization=self._institution()), PERSON_LIFE, now)

    def _issued(
        self, key: ec.EllipticCurvePrivateKey, subject: x509.Name, life: timedelta, now: datetime
    ) -> x509.Certificate:
        """Return a certificate of the registry's own authority."""
        authority_key = self._loaded(self._folder / "authority.key")
        authority = x509.load_pem_x509_certificate((self._folder / "authority.pem").read_bytes())
        return _leaf_certificate(key, authority, authority_key, subject=subject, life=life, now=now)

    def _loaded(self, path: Path) -> ec.EllipticCurvePrivateKey:
        """Return a private key.

        Raises:
            Unavailable: ``keys_unusable`` with ``reason``.
        """
        password = self._passphrase.encode() if _is_encrypted(path) else None
        try:
            key = load_pem_private_key(path.read_bytes(), password=password)
        except (OSError, ValueError, TypeError) as error:
            raise Unavailable("keys_unusable", reason=f"{path.name}: {type(error).__name__}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Unavailable("keys_unusable", reason=path.name)
        return key

    def _encrypt_all(self) -> None:
        """Encrypt the private keys that were made before there was a passphrase."""
        for path in self._folder.rglob("*.key"):
            if not _is_encrypted(path):
                part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
                write_secret(part, self._bytes(self._loaded(path)))
                part.replace(path)

    def _bytes(self, key: ec.EllipticCurvePrivateKey) -> bytes:
        secret = BestAvailableEncryption(self._passphrase.encode()) if self._passphrase else NoEncryption()
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret)

    def certificates(self) -> Sequence[Path]:
        """Return the certificates of the authority and of every key there ever was."""
        return [self._folder / "authority.pem", *(self._key(number).certificate_path for number in self._numbers())]

    def authorities(self) -> Sequence[Path]:
        """Return the certificates to which seals of this registry lead."""
        path = self._folder / "authority.pem"
        return [path] if path.exists() else []

    def exposed_files(self) -> Sequence[str]:
        """Return the names of private keys that others than their owner may read."""
        return [
            str(path.relative_to(self._folder))
            for path in sorted(self._folder.rglob("*.key"))
            if path.stat().st_mode & 0o077
        ]

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem.removeprefix("seal-")) for path in self._folder.glob("seal-*.pem"))

    def _key(self, number: int) -> LocalKey:
        name = f"seal-{number:04d}"
        return LocalKey(
            number, self._folder / f"{name}.key", self._folder / f"{name}.pem", self._folder / "authority.pem"
        )

    def _make_first(self, now: datetime) -> None:
        made = self._folder.with_name(f".{FOLDER}-{secrets.token_hex(8)}")
        made.mkdir(mode=0o700, parents=True)
        try:
            authority_key = ec.generate_private_key(ec.SECP256R1())
            authority = _authority_certificate(authority_key, institution=self._institution(), now=now)
            key = ec.generate_private_key(ec.SECP256R1())
            subject = _name(self._institution(), SEAL_UNIT)
            certificate = _leaf_certificate(key, authority, authority_key, subject=subject, life=SEAL_LIFE, now=now)
            write_secret(made / "authority.key", self._bytes(authority_key))
            write_secret(made / "seal-0001.key", self._bytes(key))
            write_whole(made / "authority.pem", authority.public_bytes(Encoding.PEM))
            write_whole(made / "seal-0001.pem", certificate.public_bytes(Encoding.PEM))
            made.rename(self._folder)
        except OSError as error:
            # Another process was first: its folder is not empty, so that no other can take its place.
            if not (self._folder / "authority.pem").exists():
                raise Unavailable("keys_unusable", reason=error.strerror or "") from error
        finally:
            shutil.rmtree(made, ignore_errors=True)


def local_keys(
    settings: Settings, *, institution: Callable[[], str] = lambda: "", may_make: Callable[[], bool] = lambda: True
) -> LocalKeys:
    """Return the registry's own keys; see ``LocalKeys`` for ``institution`` and ``may_make``."""
    secret = settings.keys_passphrase
    passphrase = "" if secret is None else secret.get_secret_value()
    return LocalKeys(settings.keys_home, institution=institution, passphrase=passphrase, may_make=may_make)


def _is_encrypted(path: Path) -> bool:
    return b"ENCRYPTED PRIVATE KEY" in path.read_bytes()


def write_secret(path: Path, content: bytes) -> None:
    """Write what its owner alone may read, where nothing is yet.

    Raises:
        FileExistsError: when something is there.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET_MODE)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a certificate whole or not at all, because its name makes a key count."""
    part = path.with_name(f".{path.name}")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(path)


def _name(common: str, unit: str, *, organization: str | None = None) -> x509.Name:
    """Return a subject whose common name, which readers show, says that nobody attests it."""
    ending = f" ({NOT_QUALIFIED})"
    short = _cut(common, LONGEST_NAME_BYTES - len(ending.encode()))
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "MA"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organization or common, LONGEST_NAME_BYTES)),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{short}{ending}"),
        ]
    )


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore").strip()


def _builder(subject: x509.Name, issuer: x509.Name, *, life: timedelta, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_TOLERANCE)
        .not_valid_after(now + life)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_certificate(key: ec.EllipticCurvePrivateKey, *, institution: str, now: datetime) -> x509.Certificate:
    name = _name(institution, AUTHORITY_UNIT)
    public = key.public_key()
    return (
        _builder(name, name, life=AUTHORITY_LIFE, now=now)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf_certificate(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    *,
    subject: x509.Name,
    life: timedelta,
    now: datetime,
) -> x509.Certificate:
    public = key.public_key()
    issuer_public = authority_key.public_key()
    return (
        _builder(subject, authority.subject, life=life, now=now)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256, in hexadecimal, of a certificate given as PEM."""
    loaded = x509.load_pem_x509_certificate(certificate)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(loaded.public_bytes(serialization.Encoding.DER))
    return digest.finalize().hex()
