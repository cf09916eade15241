"""A time-stamping authority asked over HTTP (RFC 3161), and its tokens read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import certifi
import urllib3
from asn1crypto import algos, cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID

from docflow.audit.ports import StampedTime
from docflow.core.errors import InvalidInput, Unavailable

TIMEOUT_S = 20.0
LARGEST_ANSWER = 256 * 1024
GRANTED = frozenset({"granted", "granted_with_mods"})
HASHES: dict[str, type[HashAlgorithm]] = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}


class Rfc3161TimeStamper:
    """Asks one address for tokens; without an address it only reads them."""

    def __init__(self, url: str) -> None:
        """Take the address, or an empty text; nothing is contacted yet."""
        self._url = url
        self._http = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=TIMEOUT_S), retries=False, cert_reqs="CERT_REQUIRED", ca_certs=certifi.where()
        )

    @property
    def has_server(self) -> bool:
        """Whether an address is set."""
        return bool(self._url)

    def stamp(self, digest: str) -> bytes:
        """Return the token for a digest, after reading it as a stranger would."""
        nonce = secrets.randbits(63)
        imprint = {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "hashed_message": bytes.fromhex(digest),
        }
        question = tsp.TimeStampReq(
            {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
        ).dump()
        try:
            token = _granted(self._ask(question), nonce)
            if not hmac.compare_digest(self.read(token).digest, digest):
                raise Unavailable("timestamp_server_unavailable", reason="token about something else")
        except InvalidInput as error:
            raise Unavailable("timestamp_server_unavailable", reason="token not intact") from error
        return token

    def _ask(self, question: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            answer = self._http.request(
                "POST", self._url, body=question, headers=headers, preload_content=False, redirect=False
            )
            body = answer.read(LARGEST_ANSWER + 1)
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unavailable("timestamp_server_unavailable", reason=type(error).__name__) from error
        if answer.status != 200 or len(body) > LARGEST_ANSWER:
            raise Unavailable("timestamp_server_unavailable", reason=f"HTTP {answer.status}")
        return bytes(body)

    def read(self, token: bytes) -> StampedTime:
        """Return what a token says; the signature must fit the certificate that it carries."""
        try:
            signed = cms.ContentInfo.load(token, strict=True)["content"]
            content = signed["encap_content_info"]["content"]
            said = content.parsed
            if not isinstance(said, tsp.TSTInfo):
                raise InvalidInput("timestamp_token_invalid")
            authority = _check_signature(signed, bytes(content))
            imprint = said["message_imprint"]
            if imprint["hash_algorithm"]["algorithm"].native != "sha256":
                raise InvalidInput("timestamp_token_invalid")
            return StampedTime(imprint["hashed_message"].native.hex(), said["gen_time"].native, authority)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidSignature) as error:
            raise InvalidInput("timestamp_token_invalid") from error


def _granted(answer: bytes, nonce: int) -> bytes:
    """Return the token of an answer that grants one for our question."""
    try:
        response = tsp.TimeStampResp.load(answer)
        status = response["status"]["status"].native
        if status not in GRANTED:
            raise Unavailable("timestamp_server_unavailable", reason=str(status))
        token = response["time_stamp_token"]
        said = token["content"]["encap_content_info"]["content"].parsed
        if said["nonce"].native != nonce:
            raise Unavailable("timestamp_server_unavailable", reason="another nonce")
        return bytes(token.dump())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unavailable("timestamp_server_unavailable", reason="answer not understood") from error


def _check_signature(signed: Any, content: bytes) -> str:
    """Check that the signer signed this content (RFC 5652, 5.4); return the name of its certificate.

    Raises:
        ValueError: something is missing or does not fit.
        InvalidSignature: the signature is not the signer's.
    """
    (signer,) = signed["signer_infos"]
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    digest_name = signer["digest_algorithm"]["algorithm"].native
    (kept,) = attributes["message_digest"].native
    if attributes["content_type"].native != ["tst_info"] or kept != hashlib.new(digest_name, content).digest():
        raise ValueError("content")
    certificate = _signer_certificate(signed, signer["sid"])
    key = certificate.public_key()
    message, signature = signer["signed_attrs"].untag().dump(), signer["signature"].native
    # The digest of the signature is named by its own algorithm, or else by the signer's.
    algorithm = signer["signature_algorithm"]
    name = algorithm.native["algorithm"].partition("_")[0]
    hashing = HASHES[name if name in HASHES else digest_name]()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(hashing))
    elif isinstance(key, rsa.RSAPublicKey) and algorithm["algorithm"].native != "rsassa_pss":
        key.verify(signature, message, padding.PKCS1v15(), hashing)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PSS(padding.MGF1(hashing), padding.PSS.AUTO), hashing)
    else:
        raise ValueError("key")
    return certificate.subject.rfc4514_string()


def _signer_certificate(signed: Any, identifier: Any) -> x509.Certificate:
    wanted = identifier.chosen
    for choice in signed["certificates"]:
        certificate = choice.chosen
        is_same = (
            certificate.issuer == wanted["issuer"] and certificate.serial_number == wanted["serial_number"].native
            if identifier.name == "issuer_and_serial_number"
            else certificate.key_identifier == wanted.native
        )
        if is_same:
            found = x509.load_der_x509_certificate(certificate.dump())
            usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
                raise ValueError("usage")
            return found
    raise ValueError("certificate")
