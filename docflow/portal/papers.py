"""The code on a photographed or scanned paper, which says where to look and nothing about the paper itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

from docflow.core.errors import DocFlowError
from docflow.ingest.sheets import codes_on
from docflow.pdf.limits import SourceLimits
from docflow.pdf.raster import extract_page
from docflow.portal.rules import StampCode, stamp_code


def code_of_paper(data: bytes, *, public_url: str, limits: SourceLimits) -> StampCode | None:
    """Return what the stamp on the first page of a picture or PDF names, or none; the file is opened in a child."""
    with tempfile.TemporaryDirectory(prefix="docflow-paper-") as folder:
        path = Path(folder) / "paper"
        path.write_bytes(data)
        try:
            image = extract_page(path, 0, limits=limits)
        except DocFlowError:
            return None
    named = (stamp_code(text, public_url=public_url) for text in codes_on(image))
    return next((code for code in named if code is not None), None)
