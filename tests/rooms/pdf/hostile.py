"""Hostile and damaged files, made in code; each is as small as the trick allows."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pillow_heif
from PIL import Image


def assembled(objects: list[bytes], *, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of the given objects, numbered from 1, with a cross-reference table."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, at)
    return bytes(out)


def plain_pdf(*, media_box: str = "0 0 200 200", content: bytes = b"0 0 m 50 50 l S") -> bytes:
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R >>" % media_box.encode(),
            stream,
        ]
    )


def locked_pdf(*, user: str, owner: str) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.save(stream, encryption=pikepdf.Encryption(user=user, owner=owner))
    return stream.getvalue()


def flate_bomb() -> bytes:
    """Return a page whose content inflates, twice over, to three gigabytes of drawing operators."""
    squeezed = zlib.compressobj(9)
    header = squeezed.compress(b"q ") + squeezed.flush(zlib.Z_FULL_FLUSH)
    block = squeezed.compress(b"Q q " * 262_144) + squeezed.flush(zlib.Z_FULL_FLUSH)
    twice = zlib.compress(header + block * 3_000 + squeezed.flush(), 9)
    stream = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(twice), twice)
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
            stream,
        ]
    )


def page_tree_loop() -> bytes:
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
        ]
    )


def no_page() -> bytes:
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])


def zip_of_a_letter() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("letter.txt", "hidden")
    return stream.getvalue()


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").save(stream, "JPEG")
    return stream.getvalue()


def heic() -> bytes:
    """Return a photograph as telephones write it."""
    stream = io.BytesIO()
    pillow_heif.from_pillow(Image.linear_gradient("L").convert("RGB")).save(stream)
    return stream.getvalue()


def huge_heic(*, side: int = 20_000) -> bytes:
    """Return a photograph whose header promises ``side`` squared pixels (ISO/IEC 23008-12, 6.5.3)."""
    small = heic()
    at = small.index(b"ispe") + 8
    return small[:at] + struct.pack(">II", side, side) + small[at + 8 :]


def huge_png(*, side: int = 10_000) -> bytes:
    """Return a picture of ``side`` squared pixels that deflates to almost nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


REFUSED_AT_THE_DOOR: dict[str, tuple[Callable[[], bytes], str]] = {
    "zero bytes": (lambda: b"", "file_empty"),
    "text named pdf": (lambda: b"Monsieur le President, " * 20, "file_type_unknown"),
    "password": (lambda: locked_pdf(user="secret", owner="owner"), "file_encrypted"),
    "cut after its header": (lambda: plain_pdf()[:60], "file_damaged"),
    "no page": (no_page, "file_damaged"),
    "pdf and zip": (lambda: plain_pdf() + zip_of_a_letter(), "file_has_two_natures"),
    "jpeg and pdf": (lambda: jpeg() + plain_pdf(), "file_has_two_natures"),
    "100 megapixel png": (huge_png, "image_too_large"),
    "heic and pdf": (lambda: heic() + plain_pdf(), "file_has_two_natures"),
    "400 megapixel heic": (huge_heic, "image_too_large"),
    "cut heic header": (lambda: heic()[:60], "file_damaged"),
    "cut png header": (lambda: huge_png()[:20], "file_damaged"),
}
REFUSED_AT_THE_PAGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "page of a kilometre": (lambda: plain_pdf(media_box="0 0 3000000 3000000"), "page_too_large"),
    "flate bomb": (flate_bomb, "file_poisonous"),
    "cut heic": (lambda: heic()[:-20], "file_damaged"),
    "cut jpeg": (lambda: jpeg()[:900], "file_damaged"),
}


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
