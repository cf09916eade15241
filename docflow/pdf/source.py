"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from docflow.core.errors import InvalidInput
from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits

SourceKind: TypeAlias = Literal["pdf", "tiff", "jpeg", "png", "webp", "heic"]

MEDIA_TYPES: dict[SourceKind, str] = {
    "pdf": "application/pdf",
    "tiff": "image/tiff",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
}
HEAD_BYTES = 1024
"""Readers accept a PDF header anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13)."""
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
"""Brands of still pictures that HEVC codes (ISO/IEC 23008-12, annex B); sequences are no photographs."""
ZIP_END = b"PK\x05\x06"
ZIP_END_BYTES = 22
TAIL_BYTES = 65_536 + ZIP_END_BYTES


@dataclass(frozen=True, slots=True)
class ClaimedSignature:
    """What a signature of a PDF says of itself; nothing of it is verified.

    Attributes:
        field: full name of the form field it stands in.
        signer: name it gives, or the one in its certificate; empty when there is none.
        claimed_at: time of the signer's machine in ISO 8601, with a zone only when one is told; may be empty.
        covers_whole_file: whether it was made over the file as it is; a file that was added to afterwards has
            signatures that cover an earlier state of it.
        kind: ``signature`` or ``time_stamp``.
    """

    field: str
    signer: str
    claimed_at: str
    covers_whole_file: bool
    kind: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that can be read page by page."""

    kind: SourceKind
    media_type: str
    page_count: int
    signature_count: int
    signatures: tuple[ClaimedSignature, ...] = ()

    @property
    def is_signed(self) -> bool:
        """Whether the PDF carries signatures, so that it is never altered."""
        return self.signature_count > 0


def _picture_kind(head: bytes) -> SourceKind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return "heic"
    return None


def _ends_as_zip(tail: bytes) -> bool:
    """Tell whether a ZIP directory ends exactly at the end of the file, as unzip programs look for it."""
    at = tail.rfind(ZIP_END)
    if at < 0 or len(tail) < at + ZIP_END_BYTES:
        return False
    comment_bytes = int.from_bytes(tail[at + 20 : at + ZIP_END_BYTES], "little")
    return at + ZIP_END_BYTES + comment_bytes == len(tail)


def source_kind(path: Path) -> SourceKind:
    """Return the kind of a file from its first and last bytes.

    Raises:
        InvalidInput: ``file_empty``; ``file_type_unknown``; ``file_has_two_natures`` when it is also a valid file of
            another type, which is how a harmful content passes for a harmless one.
    """
    size = path.stat().st_size
    if size == 0:
        raise InvalidInput("file_empty")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(max(0, size - TAIL_BYTES))
        tail = stream.read()
    picture = _picture_kind(head)
    has_pdf_header = b"%PDF-" in head
    if picture is None and not has_pdf_header:
        raise InvalidInput("file_type_unknown")
    is_also_pdf = picture is not None and (has_pdf_header or b"%%EOF" in tail[-HEAD_BYTES:])
    if is_also_pdf or _ends_as_zip(tail):
        raise InvalidInput("file_has_two_natures")
    return picture or "pdf"


def inspect_source(path: Path, *, limits: SourceLimits = DEFAULT_LIMITS) -> SourceFile:
    """Return what a file is and how many pages it has.

    A PDF protected by an owner's password only, which anyone can open and read, is accepted.

    Raises:
        InvalidInput: ``file_empty``, ``file_too_large(size_bytes, limit_bytes)``, ``file_type_unknown``,
            ``file_has_two_natures``, ``file_encrypted``, ``file_damaged``, ``file_has_no_page``,
            ``too_many_pages(count, limit)``, ``image_too_large(pixels, limit)``, and those of ``ask_child``.
    """
    kind = source_kind(path)
    size = path.stat().st_size
    if size > limits.max_size_bytes:
        raise InvalidInput("file_too_large", size_bytes=size, limit_bytes=limits.max_size_bytes)
    answer = ask_child("inspect", {"path": str(path), "kind": kind}, limits=limits)
    page_count = int(answer["page_count"])
    if page_count < 1:
        raise InvalidInput("file_has_no_page")
    if page_count > limits.max_pages:
        raise InvalidInput("too_many_pages", count=page_count, limit=limits.max_pages)
    return SourceFile(
        kind=kind,
        media_type=MEDIA_TYPES[kind],
        page_count=page_count,
        signature_count=int(answer["signature_count"]),
        signatures=tuple(ClaimedSignature(**claim) for claim in answer.get("signatures", ())),
    )
