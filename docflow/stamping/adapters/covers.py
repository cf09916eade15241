"""Files that cannot be added to: written anew when damaged, carried within a cover sheet when signed and closed."""

from __future__ import annotations

import hashlib
import io

import pikepdf
from pyhanko.pdf_utils.misc import PdfReadError

from docflow.stamping.drawing import Drawing
from docflow.stamping.lettering import Weight, shaped

A4 = (595.28, 841.89)
MARGIN = 56.0
SENTENCES = (
    ("هذه الصفحة غلاف تضعه المصلحة المستقبِلة: الملف الأصلي موقَّع ولا يجوز أن يضاف إليه شيء.", True, 11.0),
    ("وهو مرفق بهذا الملف كما ورد، دون أي تغيير.", True, 11.0),
    (
        "Cette page est une couverture du bureau d'ordre : le fichier d'origine est signé et rien ne peut y être",
        False,
        10.0,
    ),
    ("ajouté. Il est joint à ce document tel qu'il a été reçu, sans aucune modification.", False, 10.0),
)


def rewritten(source: bytes) -> bytes:
    """Return a damaged file written anew, which repairs its structure and drops a protection by its owner alone.

    Raises:
        PdfReadError: not even that can be done.
    """
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(source)) as opened:
            for page in opened.pages:
                _mend_display(page)
            opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise PdfReadError(str(type(error).__name__)) from error
    return out.getvalue()


def _mend_display(page: pikepdf.Page) -> None:
    """Drop a visible box that is not on the paper, and a turn that is not a quarter: readers differ on both."""
    if int(page.rotation) % 90:
        page.rotate(0, relative=False)
    left, bottom, right, top = _ordered(page.mediabox)
    crop_left, crop_bottom, crop_right, crop_top = _ordered(page.cropbox)
    if crop_left >= right or crop_right <= left or crop_bottom >= top or crop_top <= bottom:
        page.cropbox = page.mediabox


def _ordered(box: pikepdf.Array) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(edge) for edge in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def cover_sheet(source: bytes, drawing: Drawing, *, file_name: str) -> bytes:
    """Return an A4 sheet that says what it is and carries the file byte for byte (ISO 32000-2, 14.13)."""
    made = pikepdf.new()
    made.add_blank_page(page_size=A4)
    made.pages[0].Contents = made.make_stream(_content(source, file_name, top=A4[1] - drawing.height_pt - 2 * MARGIN))
    attached = pikepdf.AttachedFileSpec(
        made, source, filename=file_name, mime_type="application/pdf", relationship=pikepdf.Name.Source
    )
    made.attachments[file_name] = attached
    made.Root.PageMode = pikepdf.Name.UseAttachments
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def _content(source: bytes, file_name: str, *, top: float) -> bytes:
    digest = hashlib.sha256(source).hexdigest()
    lines = [
        *SENTENCES,
        (file_name[:90], False, 10.0),
        (f"SHA-256 {digest[:32]}", False, 9.0),
        (digest[32:], False, 9.0),
    ]
    y, parts = top, [b"0 0 0 rg\n"]
    for text, is_rtl, size in lines:
        line = shaped(text, Weight.REGULAR, is_rtl=is_rtl)
        room = A4[0] - 2 * MARGIN
        fitting = min(size, room * 1000 / max(1, line.width))
        x = A4[0] - MARGIN - line.width * fitting / 1000 if is_rtl else MARGIN
        parts.append(line.drawn(x=x, y=y, size=fitting))
        y -= size * 2
    return b"".join(parts)
