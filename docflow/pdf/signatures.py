"""What the signatures of a PDF claim, read and not verified; runs in the child process only."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pypdf
from cryptography import x509
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from cryptography.x509.oid import NameOID
from pypdf.generic import ArrayObject, DictionaryObject

MAX_FIELDS = 2000
MAX_DEPTH = 20
MAX_SIGNATURES = 100
LONGEST_TEXT = 200
TIME_STAMP = "/ETSI.RFC3161"
PDF_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")
NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def claimed_signatures(path: Path) -> list[dict[str, Any]]:
    """Return what each signature says of itself, in the order of the form's fields.

    A file that pypdf cannot read gives none: how many signatures it has is told by pdfium.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = pypdf.PdfReader(path, strict=False)
            if reader.is_encrypted:
                reader.decrypt("")
            size = path.stat().st_size
            return [_claim(name, value, size) for name, value in _signed_fields(reader)][:MAX_SIGNATURES]
    except MemoryError:
        raise
    except Exception:  # A stranger's file may break pypdf in any way; nothing is lost but this list.
        return []


def _signed_fields(reader: pypdf.PdfReader) -> Iterator[tuple[str, DictionaryObject]]:
    form = _dictionary(_dictionary(reader.trailer["/Root"]).get("/AcroForm"))
    waiting = [(field, "", "", 0) for field in _array(form.get("/Fields"))]
    seen = 0
    while waiting and seen < MAX_FIELDS:
        item, parent_name, kind, depth = waiting.pop(0)
        seen += 1
        field = _dictionary(item)
        own_name = str(field.get("/T", ""))
        name = ".".join(part for part in (parent_name, own_name) if part)
        kind = str(field.get("/FT", kind))
        value = _dictionary(field.get("/V"))
        if kind == "/Sig" and value:
            yield name, value
        if depth < MAX_DEPTH:
            waiting += [(child, name, kind, depth + 1) for child in _array(field.get("/Kids"))]


def _dictionary(item: Any) -> DictionaryObject:
    resolved = item.get_object() if item is not None else None
    return resolved if isinstance(resolved, DictionaryObject) else DictionaryObject()


def _array(item: Any) -> ArrayObject:
    resolved = item.get_object() if item is not None else None
    return resolved if isinstance(resolved, ArrayObject) else ArrayObject()


def _claim(name: str, signature: DictionaryObject, size: int) -> dict[str, Any]:
    is_time_stamp = signature.get("/SubFilter") == TIME_STAMP
    return {
        "field": _shown(name),
        "signer": _shown(str(signature.get("/Name", ""))) or _shown(_certificate_name(signature)),
        "claimed_at": _date(str(signature.get("/M", ""))),
        "covers_whole_file": _covers_whole_file(signature, size),
        "kind": "time_stamp" if is_time_stamp else "signature",
    }


def _shown(text: str) -> str:
    return NOT_SHOWN.sub("", text).strip()[:LONGEST_TEXT]


def _date(text: str) -> str:
    """Return a PDF date in ISO 8601, with its zone when it has one; empty when it is none (ISO 32000-1, 7.9.4)."""
    match = PDF_DATE.match(text)
    if match is None:
        return ""
    *numbers, zulu, sign, hours, minutes = match.groups()
    try:
        moment = datetime.strptime("".join(number or "00" for number in numbers), "%Y%m%d%H%M%S")  # noqa: DTZ007
        if zulu:
            return moment.replace(tzinfo=UTC).isoformat()
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
            return moment.replace(tzinfo=timezone(-offset if sign == "-" else offset)).isoformat()
        return moment.isoformat()
    except ValueError:
        return ""


def _covers_whole_file(signature: DictionaryObject, size: int) -> bool:
    """Whether the signed bytes are those of the file as it is, but for the signature itself (ISO 32000-1, 12.8.1)."""
    spans = [int(number) for number in _array(signature.get("/ByteRange"))]
    if len(spans) != 4:
        return False
    first, first_bytes, second, second_bytes = spans
    is_gap_sound = 0 < first_bytes < second
    return first == 0 and is_gap_sound and second + second_bytes == size


def _certificate_name(signature: DictionaryObject) -> str:
    """Return the name in the certificate that issued none of the others beside it, which is the signer's."""
    contents = signature.get("/Contents")
    data = getattr(contents, "original_bytes", b"")
    try:
        certificates = load_der_pkcs7_certificates(_trimmed(data))
    except ValueError:
        return ""
    issuers = {certificate.issuer for certificate in certificates if certificate.issuer != certificate.subject}
    leaves = [certificate for certificate in certificates if certificate.subject not in issuers]
    return _common_name(leaves[0]) if leaves else ""


def _trimmed(data: bytes) -> bytes:
    """Return the DER value without the zeros that fill the place kept for it."""
    if len(data) < 2 or data[0] != 0x30:
        return data
    if data[1] < 0x80:
        return data[: 2 + data[1]]
    count = data[1] & 0x7F
    return data[: 2 + count + int.from_bytes(data[2 : 2 + count], "big")]


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
