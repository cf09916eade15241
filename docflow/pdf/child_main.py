"""The child's side of the wall: a warm process, and for every operation on a file a fork of it under limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2

from docflow.core.enclosure import in_force
from docflow.core.fork_server import Operations, serve
from docflow.pdf.binding_file import bind_files
from docflow.pdf.pdfium_pages import describe_pdf, extract_pdf_page, plain_text
from docflow.pdf.picture_pages import describe_picture, extract_picture
from docflow.pdf.searchable_file import write_searchable

FAILURE = "page_child_failed"


def _inspect(request: dict[str, Any]) -> dict[str, Any]:
    if request["kind"] == "pdf":
        return describe_pdf(Path(request["path"]))
    return describe_picture(Path(request["path"]), limits=request["limits"])


def _extract(request: dict[str, Any]) -> dict[str, Any]:
    path, pixels = Path(request["path"]), Path(request["pixels"])
    if request["kind"] == "pdf":
        return extract_pdf_page(path, page_index=request["page_index"], pixels=pixels, limits=request["limits"])
    return extract_picture(path, page_index=request["page_index"], pixels=pixels, limits=request["limits"])


def _plain_text(request: dict[str, Any]) -> dict[str, Any]:
    return plain_text(Path(request["path"]), page_index=request["page_index"], boxes=request["boxes"])


def _probe(_request: dict[str, Any]) -> dict[str, Any]:
    return {"pdfium": str(pypdfium2.PDFIUM_INFO), "shut": in_force()}


OPERATIONS: Operations = {
    "probe": _probe,
    "inspect": _inspect,
    "extract": _extract,
    "plain_text": _plain_text,
    "write_searchable": write_searchable,
    "bind": bind_files,
}


if __name__ == "__main__":
    raise SystemExit(serve(OPERATIONS, failure=FAILURE))
