"""From a key's description to pyHanko's signer and time-stamper; used in the sealing process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asn1crypto import pem, x509
from pyhanko.keys import load_private_key_from_pemder
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from docflow.core.errors import Unavailable


class LateSigner(signers.SimpleSigner):
    """Signs with a key that is opened when nothing but its signature is missing."""

    def __init__(self, spec: dict[str, Any], later: Callable[[], dict[str, str] | None]) -> None:
        """Take the certificate and its chain, and what waits for the passphrase of the key."""
        registry = SimpleCertificateStore.from_certs(certificates_in(spec["chain"]))
        super().__init__(certificates_in([spec["certificate"]])[0], None, registry)
        self._path = spec["key"]
        self._later = later

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """Open the key if it is not open yet, and sign.

        Raises:
            Unavailable: ``keys_unusable``, also when whoever asked gave up.
        """
        if self.signing_key is None:
            said = self._later()
            if said is None:
                raise Unavailable("keys_unusable", reason="no passphrase")
            try:
                self.signing_key = load_private_key_from_pemder(self._path, passphrase=said["passphrase"].encode())
            except (OSError, ValueError, TypeError) as error:
                raise Unavailable("keys_unusable", reason=type(error).__name__) from error
        return bytes(super().sign_raw(data, digest_algorithm))


@contextmanager
def opened_signer(
    spec: dict[str, Any], *, later: Callable[[], dict[str, str] | None] | None = None
) -> Iterator[signers.Signer]:
    """Give the signer of a key for the length of a block; ``later`` waits for the passphrase of a person's key.

    Raises:
        Unavailable: ``keys_unusable`` with ``reason``, which names what is wrong and never a secret.
    """
    if spec["kind"] == "person":
        assert later is not None  # noqa: S101 - whoever asks for a person's key says how it is opened
        yield LateSigner(spec, later)
    elif spec["kind"] == "files":
        signer = signers.SimpleSigner.load(
            spec["key"],
            spec["certificate"],
            ca_chain_files=spec["chain"],
            key_passphrase=spec["passphrase"].encode() if spec["passphrase"] else None,
        )
        if signer is None:
            raise Unavailable("keys_unusable", reason="key or certificate unreadable")
        yield signer
    elif spec["kind"] == "pkcs12":
        signer = signers.SimpleSigner.load_pkcs12(spec["path"], passphrase=spec["passphrase"].encode())
        if signer is None:
            raise Unavailable("keys_unusable", reason="PKCS#12 file or its passphrase")
        yield signer
    else:
        with _token_signer(spec) as signer:
            yield signer


@contextmanager
def _token_signer(spec: dict[str, Any]) -> Iterator[signers.Signer]:
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    try:
        session = open_pkcs11_session(
            spec["module"], token_criteria=TokenCriteria(label=spec["token"]), user_pin=spec["pin"]
        )
    except (PKCS11Error, OSError, RuntimeError) as error:
        raise Unavailable("keys_unusable", reason=f"PKCS#11 {type(error).__name__}") from error
    with session:
        try:
            # The digest is made here: many tokens sign one but cannot make it.
            signer = PKCS11Signer(session, cert_label=spec["label"], key_label=spec["label"], use_raw_mechanism=True)
            if signer.signing_cert is None:
                raise Unavailable("keys_unusable", reason="PKCS#11 certificate")
            yield signer
        except (PKCS11Error, SigningError) as error:
            raise Unavailable("keys_unusable", reason=f"PKCS#11 {type(error).__name__}") from error


def name_in(certificate: x509.Certificate, *, of_issuer: bool = False) -> str:
    """Return the common name in a certificate, or what else names its owner."""
    name = certificate.issuer if of_issuer else certificate.subject
    values = {entry["type"].native: entry["value"].native for part in name.chosen for entry in part}
    return str(values.get("common_name") or values.get("organization_name") or "")


def certificates_in(paths: list[str]) -> list[x509.Certificate]:
    """Return the certificates of PEM files."""
    found = []
    for path in paths:
        with open(path, "rb") as stream:  # noqa: PTH123 - a path of a request, read in a fork
            for _, _, der in pem.unarmor(stream.read(), multiple=True):
                found.append(x509.Certificate.load(der))
    return found
