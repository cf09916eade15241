"""From a key's description to pyHanko's signer and time-stamper; used in the sealing process only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asn1crypto import pem, x509
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError

from docflow.core.errors import Unavailable


@contextmanager
def opened_signer(spec: dict[str, Any]) -> Iterator[signers.Signer]:
    """Give the signer of a key for the length of a block.

    Raises:
        Unavailable: ``keys_unusable`` with ``reason``, which names what is wrong and never a secret.
    """
    if spec["kind"] == "files":
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
