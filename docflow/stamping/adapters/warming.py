"""What the warm process loads before it sees any file."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import pyhanko.pdf_utils.incremental_writer
import pyhanko.sign.fields
import pyhanko.sign.signers
import pyhanko.sign.validation
import pypdfium2

from docflow.stamping.drawing import draw_stamp
from docflow.stamping.rules import StampDesign, StampFace, StampKind

LOADED = (pyhanko.pdf_utils.incremental_writer, pyhanko.sign.fields, pyhanko.sign.signers, pyhanko.sign.validation)


def warm() -> None:
    """Load libraries and typeface, draw once, and keep the garbage collector from copying what is shared."""
    face = StampFace(
        kind=StampKind.ARRIVAL,
        register_number="A-0123-456789",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        unit_ar="مصلحة",
        unit_fr="Service",
        verification_url="https://example.org/",
    )
    draw_stamp(face, StampDesign(name_ar="مقاطعة", name_fr="Arrondissement"))
    pypdfium2.PdfDocument.new().close()
    gc.collect()
    gc.freeze()
