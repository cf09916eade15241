"""``docflow read``: reading only, nothing stored."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docflow.cli.output import emit, error_object
from docflow.cli.session import add_common, open_runtime
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.ocr.fields import ProposedField, propose_fields
from docflow.ocr.ports import LineReader
from docflow.ocr.reading import PageReading, read_page
from docflow.pdf.raster import extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.pdf.source import inspect_source


def add_commands(commands: Any) -> None:
    """Add the command of this file."""
    read = commands.add_parser("read", help="read files; nothing is stored")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read.add_argument("--pdf", type=Path, metavar="OUT", help="write the searchable PDF (one file only)")
    add_common(read)
    read.set_defaults(run=run_read)


def run_read(options: argparse.Namespace) -> int:
    """Read each file and print a line for it; a file never stops the others."""
    if options.pdf is not None and len(options.files) != 1:
        print("docflow read: --pdf takes exactly one FILE", file=sys.stderr)
        return 2
    reader = open_runtime(is_migrating=False).line_reader
    exit_code = 0
    for path in options.files:
        try:
            pages, answer = _read(path, reader)
            if options.pdf is not None:
                texts = [_page_text(index, page) for index, page in enumerate(pages)]
                answer["pdf"] = asdict(write_searchable_pdf([path], texts, options.pdf))
            emit(answer, as_json=options.json, text="\n\f".join(page.text for page in pages))
        except DocFlowError as error:
            exit_code = 1
            described = error_object(error)
            emit({"file": str(path), "error": described}, as_json=options.json, text=f"{path}: {described['message']}")
    return exit_code


def _read(path: Path, reader: LineReader) -> tuple[list[PageReading], dict[str, Any]]:
    if not path.is_file():
        raise InvalidInput("file_not_found", file=str(path))
    cpu_start_s, wall_start_s = _cpu_s(), time.monotonic()
    page_count = inspect_source(path).page_count
    pages = [read_page(extract_page(path, page_index), reader) for page_index in range(page_count)]
    fields = propose_fields(pages)
    answer = {
        "file": str(path),
        "pages": [_page_object(number, page) for number, page in enumerate(pages, start=1)],
        "fields": {name: _field_object(field) for name, field in fields.items()},
        "cpu_seconds": round(_cpu_s() - cpu_start_s, 3),
        "wall_seconds": round(time.monotonic() - wall_start_s, 3),
    }
    return pages, answer


def _page_object(page_number: int, page: PageReading) -> dict[str, Any]:
    return {
        "page_number": page_number,
        "text": page.text,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "languages": list(page.languages),
        "rotation_deg": page.rotation_deg,
        "skew_deg": page.skew_deg,
        "confidence": page.confidence,
        "words": [
            {"text": word.text, "box": list(word.box), "confidence": round(word.confidence, 1)} for word in page.words
        ],
        "needs_review": page.needs_review,
    }


def _field_object(field: ProposedField) -> dict[str, Any]:
    return {
        "value": field.value,
        "confidence": round(field.confidence, 1),
        "page_number": field.page_number,
        "box": list(field.box),
    }


def _page_text(page_index: int, page: PageReading) -> PageText:
    return PageText(
        page_index=page_index,
        width=page.width,
        height=page.height,
        rotation_deg=page.rotation_deg,
        skew_deg=page.skew_deg,
        words=tuple(TextWord(word.text, word.box, word.line_index) for word in page.words),
        is_embedded=page.source == "embedded",
    )


def _cpu_s() -> float:
    """Return the processor seconds of this process and of the children it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
