"""A redacted copy: pictures in which what is covered is gone, under a text in which it never was.

Nothing of the original file goes into it: each page is the picture that was made when it was read, painted over and
coded anew, and the words that were read elsewhere on it. The copy is then taken apart again to see that it is so.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from docflow.core.errors import PermanentJobError
from docflow.documents.queries import PageView
from docflow.pdf.limits import SourceLimits
from docflow.pdf.plain_text import plain_page_text
from docflow.pdf.raster import extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.publications.redaction_rules import Box, Boxes, is_covered, scaled

JPEG_QUALITY: Final = 85
INK: Final = (0, 0, 0)
DARKEST: Final = 48
"""A covered place is no lighter than this after coding, of 255."""
EDGE_PX: Final = 8
"""What coding may lighten at the edge of a covered place: a block of it."""
INNER_SHARE: Final = 0.2


def burned(webp: bytes, boxes: Sequence[Box], *, page_width: int, width: int | None = None) -> Image.Image:
    """Return the picture of a page with its covered places painted over, at most so many pixels wide."""
    with Image.open(io.BytesIO(webp)) as stored:
        picture = stored.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        draw.rectangle(scaled(box, by=picture.width / page_width), fill=INK)
    if width is not None and width < picture.width:
        picture = picture.resize((width, round(picture.height * width / picture.width)))
    return picture


def write_redacted(
    views: Sequence[PageView], pictures: Sequence[bytes], boxes: Boxes, *, out: Path, limits: SourceLimits
) -> str:
    """Write the copy of some pages to ``out`` and return the text that is left in it.

    Raises:
        PermanentJobError: ``redaction_leaks`` when something covered is still seen or read in it.
    """
    texts: list[PageText] = []
    with tempfile.TemporaryDirectory(prefix="docflow-redact-") as folder:
        sources = []
        for index, (view, webp) in enumerate(zip(views, pictures, strict=True)):
            page, covers = view.page, boxes.get(index, ())
            picture = burned(webp, covers, page_width=page.width)
            path = Path(folder) / f"{index:05d}.jpg"
            dpi = max(1, round(page.dpi * picture.width / page.width))
            # Saved from pixels alone: no note of the picture before goes along.
            picture.save(path, "JPEG", quality=JPEG_QUALITY, dpi=(dpi, dpi))
            sources.append(path)
            left = [word for word in view.words if not is_covered(word.box, covers)]
            texts.append(
                PageText(
                    page_index=0,
                    width=page.width,
                    height=page.height,
                    rotation_deg=0,
                    skew_deg=0.0,
                    words=tuple(TextWord(word.text, word.box, word.line_index) for word in left),
                    source_index=index,
                )
            )
        write_searchable_pdf(sources, texts, out, limits=limits)
    _check(out, texts, boxes, limits=limits)
    return "\n".join(" ".join(word.text for word in text.words) for text in texts)


def _check(out: Path, texts: Sequence[PageText], boxes: Boxes, *, limits: SourceLimits) -> None:
    """Take the copy apart and look at every covered place, for light and for characters, seen or not."""
    for index, text in enumerate(texts):
        covers = boxes.get(index, ())
        if not covers:
            continue
        pixels = extract_page(out, index, limits=limits).pixels
        height, width = pixels.shape[:2]
        for box in covers:
            x0, y0, x1, y1 = scaled(box, by=width / text.width)
            inner = pixels[y0 + EDGE_PX : min(y1, height) - EDGE_PX, x0 + EDGE_PX : min(x1, width) - EDGE_PX]
            if inner.size and int(inner.max()) > DARKEST:
                raise PermanentJobError("redaction_leaks", page_number=index + 1)
        shares = [_inner_share(box, text) for box in covers]
        found = plain_page_text(out, index, boxes=shares, limits=limits)
        if any(not said.isspace() and said for said in found.within):
            raise PermanentJobError("redaction_leaks", page_number=index + 1)


def _inner_share(box: Box, text: PageText) -> tuple[float, float, float, float]:
    """Return the inner part of a box as shares of its page: a layer stands a little beside the letters it is for."""
    x_margin, y_margin = (box[2] - box[0]) * INNER_SHARE, (box[3] - box[1]) * INNER_SHARE
    return (
        (box[0] + x_margin) / text.width,
        (box[1] + y_margin) / text.height,
        (box[2] - x_margin) / text.width,
        (box[3] - y_margin) / text.height,
    )
