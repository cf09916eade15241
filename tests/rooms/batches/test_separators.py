"""Separator sheets: printed from the interface, and known again when they come back from the scanner."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from docflow.bootstrap import Runtime
from docflow.documents.rules import PageFinding
from docflow.ingest.sheets import what_sheet_is
from docflow.pdf.raster import PageImage, extract_page
from tests.factories.sessions import signed_in_client
from tests.rooms.ingest.sheets import badly_scanned, faxed


def printed(runtime: Runtime, *, count: str) -> bytes:
    return signed_in_client(runtime, "clerk").get(f"/separators.pdf?count={count}").data


def test_the_sheets_are_a4_in_both_languages_and_as_many_as_asked_for(sqlite_runtime: Runtime) -> None:
    pages = pypdf.PdfReader(io.BytesIO(printed(sqlite_runtime, count="3"))).pages

    assert len(pages) == 3
    for page in pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        text = page.extract_text()
        assert "ورقة فاصلة" in text
        assert "Feuille de séparation" in text


@pytest.mark.parametrize("scan", [lambda sheet: sheet, badly_scanned, faxed], ids=["clean", "bad", "fax"])
def test_a_printed_sheet_is_known_when_it_is_scanned(sqlite_runtime: Runtime, tmp_path: Path, scan) -> None:
    (tmp_path / "sheets.pdf").write_bytes(printed(sqlite_runtime, count="1"))
    page = extract_page(tmp_path / "sheets.pdf", 0)
    step = max(1, page.dpi // 150)

    scanned = PageImage(scan(page.pixels[::step, ::step]), page.dpi // step, "picture", ())

    assert what_sheet_is(page) is PageFinding.SEPARATOR
    assert what_sheet_is(scanned) is PageFinding.SEPARATOR


@pytest.mark.parametrize("count", ["0", "101", "many"])
def test_a_number_of_sheets_that_cannot_be_is_refused(sqlite_runtime: Runtime, count: str) -> None:
    answer = signed_in_client(sqlite_runtime, "clerk").get(f"/separators.pdf?count={count}")

    assert answer.status_code == 422


@pytest.mark.parametrize(("username", "status"), [("clerk", 200), ("archivist", 403)])
def test_sheets_are_for_those_who_deposit(sqlite_runtime: Runtime, username: str, status: int) -> None:
    client = signed_in_client(sqlite_runtime, username)

    assert client.get("/separators").status_code == status
    assert client.get("/separators.pdf").status_code == status
