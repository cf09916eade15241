"""Outgoing acts: frozen with a field for every foreseen signature, then signed field by field; in a fork only."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter

from docflow.core.errors import InvalidInput
from docflow.core.fork_server import LATER
from docflow.stamping.adapters.appearance import (
    DrawnStyle,
    Placed,
    displayed_page,
    grow_page,
    own_annotations,
    page_count,
    picture_of_page,
    place_stamp,
)
from docflow.stamping.adapters.levels import Attestation, renewal_date
from docflow.stamping.adapters.sealing import (
    DIGEST,
    FIELD,
    DatedSigner,
    broken_signatures,
    drawing_of,
    opened_writer,
    signed_content,
)
from docflow.stamping.adapters.signers import name_in, opened_signer
from docflow.stamping.display import Box, DisplayedPage
from docflow.stamping.drawing import POINTS_PER_MM, Drawing, draw_signature, stamp_size_pt
from docflow.stamping.placement import POINTS_PER_INCH, free_block
from docflow.stamping.rules import (
    SealLevel,
    SignatureFace,
    StampDesign,
    StampPlace,
    StampPlacement,
    signature_size_mm,
)

DEPARTURE_FIELD = "Depart"
COLUMNS = 2
GAP_PT = 10.0
A4 = (595.28, 841.89)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A field to be made: its name, what it is called aloud, the page and the place."""

    name: str
    label: str
    page_index: int
    box: Box


def freeze(request: dict[str, Any]) -> dict[str, Any]:
    """Give a file its empty fields and the certifying seal, as one update; later only those fields are filled."""
    source = Path(request["source"]).read_bytes()
    names: list[dict[str, str]] = request["fields"]
    try:
        content, certificate = _frozen(source, names, request)
    except PdfError as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error
    Path(request["out"]).write_bytes(content)
    return _answer(request, FIELD, StampPlacement.FREE, certificate, content)


def _frozen(source: bytes, names: list[dict[str, str]], request: dict[str, Any]) -> tuple[bytes, Any]:
    writer = opened_writer(source)
    if writer.prev.embedded_signatures:
        raise InvalidInput("act_signed_already")
    design = StampDesign.from_row(request["design"])
    width, height = stamp_size_pt(design)
    blank = Drawing(b"", width, height, "")
    departure = place_stamp(source, displayed_page(writer), blank, design.place)
    where = _block(source, writer, len(names), departure)
    if where is None:
        # A sheet of its own is added before the seal: nothing is added after it.
        return _frozen(_with_sheet(source), names, request)
    if departure.how is StampPlacement.STRIP:
        grow_page(writer, departure.page)
    last = page_count(writer) - 1
    for page_index in sorted({0, last}):
        own_annotations(writer, page_index)
    foreseen = [Foreseen(name["name"], name["label"], last, box) for name, box in zip(names, where, strict=True)]
    for item in [*foreseen, Foreseen(DEPARTURE_FIELD, request["departure_label"], 0, departure.box)]:
        spec = SigFieldSpec(item.name, on_page=item.page_index, box=item.box, readable_field_name=item.label)  # type: ignore[arg-type]
        fields.append_signature_field(writer, spec)
    attestation = _of_step(Attestation.of(request))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        **attestation.metadata(),
    )
    with opened_signer(request["key"]) as signer:
        sealing = DatedSigner(metadata, signer, timestamper=attestation.stamper(), new_field_spec=SigFieldSpec(FIELD))
        sealing.at = datetime.fromisoformat(request["at"])
        return signed_content(sealing, writer), signer.signing_cert


def _block(source: bytes, writer: IncrementalPdfFileWriter, count: int, departure: Placed) -> list[Box] | None:
    """Return the places of the fields on the last page, or none when it has no room for them."""
    if count == 0:
        return []
    last = page_count(writer) - 1
    page = departure.page if last == 0 else displayed_page(writer, last)
    width, height = (side * POINTS_PER_MM for side in signature_size_mm())
    rows = -(-count // COLUMNS)
    block = (COLUMNS * width + (COLUMNS - 1) * GAP_PT, rows * height + (rows - 1) * GAP_PT)
    grey, dpi = picture_of_page(source, displayed_page(writer, last), last)
    if last == 0:
        if departure.how is StampPlacement.STRIP:
            return None
        grey = grey.copy()
        _ink(grey, departure, dpi / POINTS_PER_INCH)
    spot = free_block(grey, size=block, place=StampPlace.BOTTOM_LEFT, dpi=dpi)
    if spot is None:
        return None
    return list(_cells(page, spot, count, (width, height)))


def _ink(grey: Any, departure: Placed, px: float) -> None:
    """Mark the place of the departure stamp as taken."""
    page = departure.page
    for down in range(grey.shape[0]):
        top = down / px
        row = page.box_of(0, top, page.size[0], 1 / px)
        if _meets(row, departure.box):
            grey[down, :] = 0


def _meets(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _cells(page: DisplayedPage, spot: tuple[float, float], count: int, size: tuple[float, float]) -> Iterator[Box]:
    for number in range(count):
        row, column = divmod(number, COLUMNS)
        left = spot[0] + column * (size[0] + GAP_PT)
        top = spot[1] + row * (size[1] + GAP_PT)
        yield page.box_of(left, top, *size)


def _with_sheet(source: bytes) -> bytes:
    """Return the file with an empty page at its end."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(source)) as opened:
        opened.add_blank_page(page_size=A4)
        opened.save(out, deterministic_id=True)
    return out.getvalue()


def sign_field(request: dict[str, Any]) -> dict[str, Any]:
    """Sign an empty field of a frozen act with a person's key, or with the seal at its departure."""
    source = Path(request["source"]).read_bytes()
    if request["signature"] is not None:
        row = request["signature"]
        drawing = draw_signature(SignatureFace.from_row(row))
    else:
        drawing = drawing_of(request)
    name = request["field"]
    try:
        writer = opened_writer(source)
        placed = _place_of(writer, name, drawing)
        attestation = Attestation.of(request)
        attestation = attestation if request["is_last"] else _of_step(attestation)
        metadata = signers.PdfSignatureMetadata(
            field_name=name, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, **attestation.metadata()
        )
        with opened_signer(request["key"], later=request[LATER]) as signer:
            signing = DatedSigner(
                metadata,
                signer,
                timestamper=attestation.stamper(),
                stamp_style=DrawnStyle(drawing=drawing, placed=placed),
            )
            signing.at = datetime.fromisoformat(request["at"])
            content = signed_content(signing, writer, is_field_there=True)
            certificate = signer.signing_cert
    except PdfError as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error
    Path(request["out"]).write_bytes(content)
    return _answer(request, name, StampPlacement.FREE, certificate, content)


def check_field(request: dict[str, Any]) -> dict[str, Any]:
    """Refuse a signed act whose earlier signatures do not bear with the last one."""
    try:
        broken = broken_signatures(Path(request["source"]).read_bytes())
    except PdfError as error:
        raise InvalidInput("seal_impossible", reason=type(error).__name__) from error
    if broken:
        raise InvalidInput("seal_impossible", reason="earlier signatures")
    return {}


def _place_of(writer: IncrementalPdfFileWriter, name: str, drawing: Drawing) -> Placed:
    """Return the place of an empty field, with the drawing in the middle of it.

    Raises:
        InvalidInput: ``field_unknown``, ``field_signed_already``.
    """
    for found, value, reference in fields.enumerate_sig_fields(writer.prev):
        if found != name:
            continue
        if value is not None:
            raise InvalidInput("field_signed_already", field=name)
        field = reference.get_object()
        corners = [float(edge) for edge in field["/Rect"]]
        page = displayed_page(writer, _page_index(writer, field.raw_get("/P").idnum))
        width, height = (corners[2] - corners[0]) * page.unit, (corners[3] - corners[1]) * page.unit
        area = (height, width) if page.turn in {90, 270} else (width, height)
        scale = min(area[0] / drawing.width_pt, area[1] / drawing.height_pt, 1.0)
        offset = ((area[0] - drawing.width_pt * scale) / 2, (area[1] - drawing.height_pt * scale) / 2)
        box = (corners[0], corners[1], corners[2], corners[3])
        return Placed(StampPlacement.FREE, box, page, area, offset, scale)
    raise InvalidInput("field_unknown", field=name)


def _page_index(writer: IncrementalPdfFileWriter, number: int) -> int:
    for index in range(page_count(writer)):
        if writer.find_page_for_modification(index)[0].idnum == number:
            return index
    return 0


def _of_step(attestation: Attestation) -> Attestation:
    """Return what a step before the last carries: archive time-stamps come once, at the end."""
    if attestation.level is SealLevel.ARCHIVAL:
        return Attestation(SealLevel.LONG_TERM, attestation.time_stamp_url, attestation.trusted)
    return attestation


def _answer(
    request: dict[str, Any], field: str, placement: StampPlacement, certificate: Any, content: bytes
) -> dict[str, Any]:
    level = Attestation.of(request).level
    renew_before = renewal_date(content) if level is SealLevel.ARCHIVAL else None
    return {
        "field": field,
        "source": "original",
        "placement": placement,
        "level": level,
        "time_source": "local" if level is SealLevel.BASIC else "rfc3161",
        "signer": name_in(certificate),
        "certificate_sha256": certificate.sha256.hex(),
        "renew_before": None if renew_before is None else renew_before.isoformat(),
    }


OPERATIONS = {"freeze": freeze, "sign_field": sign_field, "check_field": check_field}
