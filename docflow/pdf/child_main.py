"""The child's side of the wall: one operation on one file, under limits it sets on itself first.

It imports as little as it can: its start-up is paid once for every page.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from docflow.core.errors import InvalidInput


def _apply_limits(limits: dict[str, Any]) -> None:
    """Bound memory, processor time and core dumps before any vendor library is loaded."""
    space = limits["address_space_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _inspect(request: dict[str, Any]) -> dict[str, Any]:
    if request["kind"] == "pdf":
        from docflow.pdf.pdfium_pages import describe_pdf

        return describe_pdf(Path(request["path"]))
    from docflow.pdf.picture_pages import describe_picture

    return describe_picture(Path(request["path"]), limits=request["limits"])


def _extract(request: dict[str, Any]) -> dict[str, Any]:
    path, pixels = Path(request["path"]), Path(request["pixels"])
    if request["kind"] == "pdf":
        from docflow.pdf.pdfium_pages import extract_pdf_page

        return extract_pdf_page(path, page_index=request["page_index"], pixels=pixels, limits=request["limits"])
    from docflow.pdf.picture_pages import extract_picture

    return extract_picture(path, page_index=request["page_index"], pixels=pixels, limits=request["limits"])


def _write_searchable(request: dict[str, Any]) -> dict[str, Any]:
    from docflow.pdf.searchable_file import write_searchable

    return write_searchable(request)


def _probe(_request: dict[str, Any]) -> dict[str, Any]:
    import pypdfium2

    return {"pdfium": str(pypdfium2.PDFIUM_INFO)}


OPERATIONS = {"probe": _probe, "inspect": _inspect, "extract": _extract, "write_searchable": _write_searchable}


def main() -> int:
    """Read the request from standard input, answer on standard output."""
    request = json.load(sys.stdin)
    _apply_limits(request["limits"])
    answer: dict[str, Any]
    try:
        answer = OPERATIONS[request["operation"]](request)
    except InvalidInput as refusal:
        answer = {"error": refusal.code, "params": refusal.params}
    except MemoryError:
        answer = {"error": "file_too_demanding", "params": {}}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
