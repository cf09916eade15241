from __future__ import annotations

from pathlib import Path

import pytest

from docflow.core.errors import InvalidInput
from docflow.pdf.limits import SourceLimits
from docflow.pdf.raster import extract_page
from docflow.pdf.source import inspect_source

from . import hostile

SCANS = Path(__file__).parents[2] / "golden" / "scans"


@pytest.mark.parametrize(
    ("name", "kind", "page_count"),
    [
        ("ar_office_2026_0000.pdf", "pdf", 1),
        ("ar_office_2028_0000.tiff", "tiff", 2),
        ("fr_poor_2029_0000.jpg", "jpeg", 1),
    ],
)
def test_a_scan_is_known_by_its_bytes(tmp_path: Path, name: str, kind: str, page_count: int) -> None:
    renamed = hostile.written(tmp_path, "scan.docx", (SCANS / name).read_bytes())

    source = inspect_source(renamed)

    assert (source.kind, source.page_count, source.is_signed) == (kind, page_count, False)


@pytest.mark.parametrize("trick", hostile.REFUSED_AT_THE_DOOR)
def test_a_hostile_file_is_refused_at_the_door_with_its_one_code(tmp_path: Path, trick: str) -> None:
    make, code = hostile.REFUSED_AT_THE_DOOR[trick]
    path = hostile.written(tmp_path, "letter.pdf", make())

    with pytest.raises(InvalidInput) as refusal:
        inspect_source(path)

    assert refusal.value.code == code


@pytest.mark.parametrize("trick", hostile.REFUSED_AT_THE_PAGE)
def test_a_hostile_page_is_refused_with_its_one_code(tmp_path: Path, trick: str) -> None:
    make, code = hostile.REFUSED_AT_THE_PAGE[trick]
    path = hostile.written(tmp_path, "letter.pdf", make())
    limits = SourceLimits(cpu_s=3)
    assert inspect_source(path, limits=limits).page_count == 1

    with pytest.raises(InvalidInput) as refusal:
        extract_page(path, 0, limits=limits)

    assert refusal.value.code == code


def read_through(path: Path) -> None:
    for page_index in range(inspect_source(path).page_count):
        extract_page(path, page_index)


def test_a_page_tree_that_loops_is_refused(tmp_path: Path) -> None:
    path = hostile.written(tmp_path, "loop.pdf", hostile.page_tree_loop())

    with pytest.raises(InvalidInput) as refusal:
        read_through(path)

    assert refusal.value.code == "page_damaged"


def test_a_pdf_locked_by_its_owner_only_is_accepted(tmp_path: Path) -> None:
    path = hostile.written(tmp_path, "letter.pdf", hostile.locked_pdf(user="", owner="owner"))

    assert inspect_source(path).page_count == 1


def test_a_file_over_the_limits_is_refused_with_its_figures(tmp_path: Path) -> None:
    path = hostile.written(tmp_path, "letter.pdf", hostile.plain_pdf())

    with pytest.raises(InvalidInput) as refusal:
        inspect_source(path, limits=SourceLimits(max_size_bytes=100))

    assert refusal.value.code == "file_too_large"
    assert refusal.value.params == {"size_bytes": path.stat().st_size, "limit_bytes": 100}


def test_a_file_with_too_many_pages_is_refused_with_its_figures() -> None:
    with pytest.raises(InvalidInput) as refusal:
        inspect_source(SCANS / "ar_office_2028_0000.tiff", limits=SourceLimits(max_pages=1))

    assert refusal.value.code == "too_many_pages"
    assert refusal.value.params == {"count": 2, "limit": 1}
