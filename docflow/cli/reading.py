"""``docflow read``: reading only, nothing stored."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime
from docflow.cli.output import described_line, emit, error_object, whole_file
from docflow.cli.session import add_common, open_runtime
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.core.processor_time import processor_s
from docflow.ingest.pipeline import refusal_of
from docflow.ingest.turning import unread
from docflow.ocr.fields import propose_fields, sure_fields
from docflow.ocr.letter import ProposedField
from docflow.ocr.ports import LineReader
from docflow.ocr.reading import PageReading, Word, read_page
from docflow.pdf.raster import PageImage, extract_page
from docflow.pdf.searchable import PageText, TextWord, write_searchable_pdf
from docflow.pdf.source import inspect_source
from docflow.unit_proposals.unfiled import Experience, experience_of, probable_unit

logger = structlog.get_logger()

ATTEMPTS = 2
"""So often a page is tried whose reader crashes, hangs or answers nonsense."""

TOOL_MISSING = frozenset({"tesseract_missing", "tesseract_language_missing"})
"""What stands against every page of every file."""

NOT_SEEN: Mapping[str, Any] = {
    "width": 0, "height": 0, "dpi": 0, "languages": [], "rotation_deg": 0, "skew_deg": 0.0, "confidence": 0.0
}  # fmt: skip
"""What is said of a page of which there is not even a picture."""


def add_commands(commands: Any) -> None:
    """Add the command of this file."""
    read = commands.add_parser("read", help="read files; nothing is stored")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read.add_argument("--pdf", type=Path, metavar="OUT", help="write the searchable PDF (one file only)")
    add_common(read)
    read.set_defaults(run=run_read)


def run_read(options: argparse.Namespace) -> int:
    """Read each file and print a line for it; a file never stops the others, nor a page the other pages."""
    if options.pdf is not None and len(options.files) != 1:
        print("docflow read: --pdf takes exactly one FILE", file=sys.stderr)
        return 2
    if options.pdf is not None and options.pdf.resolve() == options.files[0].resolve():
        print("docflow read: --pdf OUT must be another file than FILE", file=sys.stderr)
        return 2
    runtime = open_runtime(is_migrating=False)
    experience = _experience(runtime)
    exit_code = 0
    for path in options.files:
        try:
            pages = _read_file(path, runtime.line_reader, experience, options)
        except DocFlowError as error:
            exit_code = 1
            described = error_object(error)
            line = f"{path}: {described_line(described)}"
            emit({"file": str(path), "error": described}, as_json=options.json, text=line)
            continue
        if any(page.refusal is not None for page in pages):
            exit_code = 1
    return exit_code


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a file: its reading, without text when it could not be read, and why; none without even a picture."""

    reading: PageReading | None
    refusal: DocFlowError | None = None

    @property
    def words(self) -> Sequence[Word]:
        """The words in reading order."""
        return () if self.reading is None else self.reading.words

    @property
    def text(self) -> str:
        """The lines in reading order."""
        return "" if self.reading is None else self.reading.text


def _experience(runtime: Runtime) -> Experience:
    """Return what was decided about units here; nothing where there is no database, or none that answers."""
    url = runtime.transactions.engine.url
    # Reading stores nothing: asking SQLite would make the file.
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return Experience()
    try:
        with runtime.transactions.reading() as session:
            return experience_of(session, OPERATOR)
    except SQLAlchemyError as error:
        logger.warning("units_not_known", error=type(error).__name__)
        return Experience()


def _read_file(path: Path, reader: LineReader, experience: Experience, options: argparse.Namespace) -> Sequence[_Page]:
    """Read one file, print its answer, write its copy if asked.

    Raises:
        DocFlowError: when the file, or every page of it, cannot be read, or the copy cannot be written.
    """
    with ExitStack() as opened:
        out = None if options.pdf is None else opened.enter_context(whole_file(options.pdf))
        pages, answer = _read(path, reader, experience)
        if out is not None:
            answer["pdf"] = asdict(write_searchable_pdf([path], list(map(_page_text, range(len(pages)), pages)), out))
    emit(answer, as_json=options.json, text="\n\f".join(page.text for page in pages))
    if not options.json:
        for number, page in enumerate(pages, start=1):
            if page.refusal is not None:
                print(f"{path}, page {number}: {described_line(error_object(page.refusal))}", file=sys.stderr)
    return pages


def _read(path: Path, reader: LineReader, experience: Experience) -> tuple[Sequence[_Page], dict[str, Any]]:
    if not path.is_file():
        raise InvalidInput("file_not_found", file=str(path))
    try:
        path.open("rb").close()
    except OSError as error:
        raise InvalidInput("file_unreadable", file=path.name, reason=error.strerror or "") from error
    cpu_start_s, wall_start_s = processor_s(), time.monotonic()
    page_count = inspect_source(path).page_count
    pages = [_read_page(path, page_index, reader) for page_index in range(page_count)]
    refusals = [page.refusal for page in pages if page.refusal is not None]
    if len(refusals) == page_count:
        raise refusals[0]
    fields = propose_fields(pages)
    sure = sure_fields(fields)
    unit = probable_unit(pages, experience, subject=sure["subject"].value if "subject" in sure else "")
    if unit is not None:
        sure["unit"] = unit
    answer = {
        "file": str(path),
        "pages": [_page_object(number, page) for number, page in enumerate(pages, start=1)],
        "fields": {name: _field_object(field) for name, field in sure.items()},
        "doubtful_fields": {name: _field_object(field) for name, field in fields.items() if name not in sure},
        "cpu_seconds": round(processor_s() - cpu_start_s, 3),
        "wall_seconds": round(time.monotonic() - wall_start_s, 3),
    }
    return pages, answer


def _read_page(path: Path, page_index: int, reader: LineReader) -> _Page:
    """Read a page, twice when its reader crashes, hangs or answers nonsense; then it is marked and the others go on.

    Raises:
        Unavailable: what stands against every page, ``tesseract_missing`` or ``tesseract_language_missing``.
    """
    image: PageImage | None = None
    refusal: DocFlowError | None = None
    for _ in range(ATTEMPTS):
        try:
            image = image or extract_page(path, page_index)
            return _Page(read_page(image, reader))
        except Exception as error:
            # The boundary of a page, as in the pipeline.
            refusal = refusal_of(error)
            if refusal.code in TOOL_MISSING:
                raise
            if isinstance(error, InvalidInput):
                break
    return _Page(None if image is None else replace(unread(image), needs_review=True), refusal)


def _page_object(page_number: int, page: _Page) -> dict[str, Any]:
    reading = page.reading
    seen = NOT_SEEN
    if reading is not None:
        seen = {
            "width": reading.width,
            "height": reading.height,
            "dpi": reading.dpi,
            "languages": list(reading.languages),
            "rotation_deg": reading.rotation_deg,
            "skew_deg": reading.skew_deg,
            "confidence": reading.confidence,
        }
    return {
        "page_number": page_number,
        "text": page.text,
        **seen,
        "words": [
            {"text": word.text, "box": list(word.box), "confidence": round(word.confidence, 1)} for word in page.words
        ],
        "needs_review": reading is None or reading.needs_review,
        "error": None if page.refusal is None else error_object(page.refusal),
    }


def _field_object(field: ProposedField) -> dict[str, Any]:
    return {
        "value": field.value,
        "confidence": round(field.confidence, 1),
        "page_number": field.page_number,
        "box": list(field.box),
    }


def _page_text(page_index: int, page: _Page) -> PageText:
    reading = page.reading
    if reading is None:
        return PageText(page_index=page_index, width=1, height=1, rotation_deg=0, skew_deg=0.0, words=())
    return PageText(
        page_index=page_index,
        width=reading.width,
        height=reading.height,
        rotation_deg=reading.rotation_deg,
        skew_deg=reading.skew_deg,
        words=tuple(TextWord(word.text, word.box, word.line_index) for word in reading.words),
        is_embedded=reading.has_own_text,
    )
