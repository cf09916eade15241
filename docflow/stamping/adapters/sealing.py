"""Stamping and sealing one file; runs in a fork of the sealing process only."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import read_certification_data
from pyhanko_certvalidator.errors import ValidationError

from docflow.core.errors import InvalidInput, Unavailable
from docflow.stamping.adapters.appearance import (
    DrawnStyle,
    displayed_page,
    grow_page,
    own_annotations,
    place_stamp,
    png_of,
)
from docflow.stamping.adapters.covers import cover_sheet, rewritten
from docflow.stamping.adapters.levels import Attestation, renewal_date
from docflow.stamping.adapters.signers import name_in, opened_signer
from docflow.stamping.drawing import Drawing, Logo, draw_stamp
from docflow.stamping.rules import SealLevel, SealSource, StampDesign, StampFace, StampKind, StampPlace, StampPlacement

FIELD = "Cachet"
DIGEST = "sha256"
MOST_LOGO_PIXELS = 4_000_000
SAID_BYTES = 768
"""Digests, instants and attributes of a signature, with what frames them."""
SIGNED_MARK = b"/ByteRange"
"""Every signature dictionary has this entry, and none is in an object stream (ISO 32000-2, 12.8.1)."""


class Untouchable(Exception):
    """The file may not be added to: its author forbade it, or it cannot be without breaking a signature."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be stamped on a file, and with which key."""

    drawing: Drawing
    place: StampPlace
    key: dict[str, Any]
    at: datetime
    attestation: Attestation


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file and how it became one."""

    content: bytes
    field: str
    placement: StampPlacement
    certificate: x509.Certificate


class DatedSigner(signers.PdfSigner):
    """Seals at the instant of the product's clock."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:  # noqa: FBT001, FBT002 - the library's own signature
        """Open a session with that instant."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        return session


def seal(request: dict[str, Any]) -> dict[str, Any]:
    """Stamp and seal a file: as it is, written anew when it is damaged, under a cover sheet when it is untouchable."""
    source = Path(request["source"]).read_bytes()
    job = Job(
        drawing=drawing_of(request),
        place=StampDesign.from_row(request["design"]).place,
        key=request["key"],
        at=datetime.fromisoformat(request["at"]),
        attestation=Attestation.of(request),
    )
    kept_as = SealSource.ORIGINAL
    try:
        sealed = sealed_as_it_is(source, job)
    except (Untouchable, PdfError) as obstacle:
        # Writing a signed file anew would break its signatures, whatever is wrong with it.
        is_carried = isinstance(obstacle, Untouchable) or SIGNED_MARK in source
        kept_as = SealSource.COVER if is_carried else SealSource.REPAIRED
        if is_carried:
            sealed = sealed_as_it_is(cover_sheet(source, job.drawing, file_name=request["file_name"]), job)
        else:
            sealed = _sealed_anew(source, job)
    Path(request["out"]).write_bytes(sealed.content)
    level = job.attestation.level
    renew_before = renewal_date(sealed.content) if level is SealLevel.ARCHIVAL else None
    placement = StampPlacement.COVER if kept_as is SealSource.COVER else sealed.placement
    return {
        "field": sealed.field,
        "source": kept_as,
        "placement": placement,
        "level": level,
        "time_source": "local" if level is SealLevel.BASIC else "rfc3161",
        "signer": name_in(sealed.certificate),
        "renew_before": None if renew_before is None else renew_before.isoformat(),
        "certificate_sha256": sealed.certificate.sha256.hex(),
    }


def _sealed_anew(source: bytes, job: Job) -> Sealed:
    try:
        return sealed_as_it_is(rewritten(source), job)
    except (PdfError, Untouchable) as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error


def sealed_as_it_is(source: bytes, job: Job) -> Sealed:
    """Add the stamp and the seal to a file, as one update.

    Raises:
        Untouchable: nothing may be added to it.
        PdfError: its structure is not sound.
    """
    writer = opened_writer(source)
    is_signed = bool(writer.prev.embedded_signatures)
    broken_before = broken_signatures(source) if is_signed else frozenset()
    certification = read_certification_data(writer.prev) if is_signed else None
    if certification is not None:
        # A new field that is seen breaks the rule of every certifying signature, whatever it allows.
        raise Untouchable
    placed = place_stamp(source, displayed_page(writer), job.drawing, job.place)
    if placed.how is StampPlacement.STRIP:
        if is_signed:
            raise Untouchable
        grow_page(writer, placed.page)
    if not is_signed:
        own_annotations(writer)
    name = free_field_name(writer)
    spec = SigFieldSpec(name, on_page=0, box=placed.box, readable_field_name=job.drawing.text)  # type: ignore[arg-type]
    metadata = signers.PdfSignatureMetadata(
        field_name=name,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=not is_signed,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        **job.attestation.metadata(),
    )
    with opened_signer(job.key) as signer:
        sealing = DatedSigner(
            metadata,
            signer,
            timestamper=job.attestation.stamper(),
            stamp_style=DrawnStyle(drawing=job.drawing, placed=placed),
            new_field_spec=spec,
        )
        sealing.at = job.at
        content = signed_content(sealing, writer)
        certificate = signer.signing_cert
    if is_signed and broken_signatures(content) - {name} > broken_before:
        raise Untouchable
    assert certificate is not None  # noqa: S101 - a signer without a certificate was refused
    return Sealed(content, name, placed.how, certificate)


def signed_content(
    sealing: signers.PdfSigner, writer: IncrementalPdfFileWriter, *, is_field_there: bool = False
) -> bytes:
    """Return the file with its new signature, in a field that is there already or in a new one.

    Raises:
        InvalidInput: ``seal_impossible(reason)``.
        Unavailable: ``time_stamp_unavailable(reason)``.
    """
    out = io.BytesIO()
    # pyHanko would make the signature twice to learn its size, which only a time-stamp makes hard to tell.
    reserved = None if sealing.default_timestamper is not None else 2 * _size_bytes(sealing.signer)
    try:
        sealing.sign_pdf(writer, existing_fields_only=is_field_there, bytes_reserved=reserved, output=out)
    except TimestampRequestError as error:
        raise Unavailable("time_stamp_unavailable", reason=type(error).__name__) from error
    except (SigningError, ValidationError) as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error
    return out.getvalue()


def _size_bytes(signer: signers.Signer) -> int:
    """Return how large a signature without a time-stamp is at most: its certificates, what it says, and its value.

    What is reserved and not used is kept in the file for good, and read sign by sign whenever its signatures are.
    """
    own = signer.signing_cert
    assert own is not None  # noqa: S101 - a signer without a certificate was refused
    certificates = {certificate.dump() for certificate in (*signer.cert_registry, own)}
    # No algorithm's value is longer than two public keys of it.
    value = 2 * len(own.public_key.dump())
    return sum(map(len, certificates)) + len(own.issuer.dump()) + value + SAID_BYTES


def opened_writer(source: bytes) -> IncrementalPdfFileWriter:
    """Open a file for an update; one that an owner's password alone protects is opened with none."""
    writer = IncrementalPdfFileWriter(io.BytesIO(source))
    if writer.prev.encrypted:
        writer.encrypt("")
    return writer


def free_field_name(writer: IncrementalPdfFileWriter) -> str:
    """Return a name for the seal's field that no field has."""
    taken = {name for name, _, _ in fields.enumerate_sig_fields(writer.prev)}
    number = 1
    while (name := FIELD if number == 1 else f"{FIELD}-{number}") in taken:
        number += 1
    return name


def picture(request: dict[str, Any]) -> dict[str, Any]:
    """Return a PNG of a stamp."""
    return {"png": base64.b64encode(png_of(drawing_of(request))).decode("ascii")}


def drawing_of(request: dict[str, Any]) -> Drawing:
    """Return the stamp that a request describes."""
    face, design = face_of(request["face"]), StampDesign.from_row(request["design"])
    return draw_stamp(face, design, logo=logo_of(request.get("logo")))


def key_status(request: dict[str, Any]) -> dict[str, Any]:
    """Return what the certificate of the seal's key says."""
    with opened_signer(request["key"]) as signer:
        certificate = signer.signing_cert
    if certificate is None:
        raise Unavailable("keys_unusable", reason="no certificate")
    return {
        "signer": name_in(certificate),
        "issuer": name_in(certificate, of_issuer=True),
        "not_after": certificate.not_valid_after.isoformat(),
        "certificate_sha256": certificate.sha256.hex(),
    }


def face_of(row: dict[str, Any]) -> StampFace:
    """Return the face that a request describes."""
    return StampFace(**{**row, "kind": StampKind(row["kind"]), "at": datetime.fromisoformat(row["at"])})


def logo_of(path: str | None) -> Logo | None:
    """Return a logo on white, as large as a stamp needs it.

    Raises:
        InvalidInput: ``stamp_logo_unreadable``.
    """
    if path is None:
        return None
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_LOGO_PIXELS:
                raise InvalidInput("stamp_logo_unreadable")
            opened.thumbnail((240, 240))
            shown = opened.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput("stamp_logo_unreadable") from error
    white = Image.new("RGBA", shown.size, (255, 255, 255, 255))
    flat = Image.alpha_composite(white, shown).convert("RGB")
    return Logo(flat.width, flat.height, flat.tobytes())


def broken_signatures(content: bytes) -> frozenset[str]:
    """Return the fields of signatures after which something came that they do not allow; no earlier byte changes."""
    reader = PdfFileReader(io.BytesIO(content))
    if reader.encrypted:
        reader.decrypt("")
    broken = set()
    for signature in reader.embedded_signatures:
        signature.compute_integrity_info()
        if signature.summarise_integrity_info()["docmdp_ok"] is False:
            broken.add(signature.field_name)
    return frozenset(broken)


OPERATIONS = {"seal": seal, "picture": picture, "key_status": key_status}
