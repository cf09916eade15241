"""Signed letters, made in code with a certificate of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from .hostile import assembled

PLACE_BYTES = 4000
SIGNER = "فاطمة الزهراء العلوي"


@cache
def _identity(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    built = builder.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=365))
    return key, built.sign(key, hashes.SHA256())


def signed_letter(
    *, signer: str = SIGNER, name: str = "", time: str = "D:20260203101500+01'00'", field: str = "Signature1"
) -> bytes:
    """Return a letter with one signature over the whole file; the signer is named in the certificate, and in the
    dictionary when ``name`` is given."""
    content = b"BT /F1 12 Tf 40 700 Td (Objet : demande de permis de construire, dossier joint) Tj ET"
    said = (b" /Name (%s)" % name.encode("latin-1") if name else b"") + (b" /M (%s)" % time.encode() if time else b"")
    unsigned = assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [6 0 R] >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R] >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /Rect [0 0 0 0] /F 132 /V 7 0 R >>" % field.encode(),
            b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached%s "
            b"/ByteRange [0 AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC] /Contents <%s> >>" % (said, b"0" * (2 * PLACE_BYTES)),
        ]
    )
    start = unsigned.index(b"/Contents <0") + len(b"/Contents ")
    end = start + 2 * PLACE_BYTES + 2
    for mark, number in ((b"A", start), (b"B", end), (b"C", len(unsigned) - end)):
        unsigned = unsigned.replace(mark * 10, b"%-10d" % number)
    key, certificate = _identity(signer)
    builder = PKCS7SignatureBuilder().set_data(unsigned[:start] + unsigned[end:])
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
    proof = builder.add_signer(certificate, key, hashes.SHA256()).sign(Encoding.DER, options)
    return unsigned[: start + 1] + proof.hex().encode().ljust(2 * PLACE_BYTES, b"0") + unsigned[end - 1 :]


def added_to(signed: bytes) -> bytes:
    """Return a signed file to which a revision was added afterwards."""
    at = len(signed)
    note = b"8 0 obj\n<< /Type /Note >>\nendobj\n"
    xref = b"xref\n8 1\n%010d 00000 n \n" % at
    previous = signed.rindex(b"startxref\n") + len(b"startxref\n")
    number = signed[previous:].split()[0]
    trailer = b"trailer\n<< /Size 9 /Root 1 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (number, at + len(note))
    return signed + note + xref + trailer
