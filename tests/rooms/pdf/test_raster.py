from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docflow.pdf.embedded_text import TextState
from docflow.pdf.limits import SourceLimits
from docflow.pdf.previews import make_preview, make_thumbnail
from docflow.pdf.raster import extract_page

from . import hostile

SCANS = Path(__file__).parents[2] / "golden" / "scans"


def test_the_one_picture_of_a_scanned_page_is_taken_as_it_is() -> None:
    page = extract_page(SCANS / "ar_office_2026_0000.pdf", 0)

    assert page.origin == "embedded_image"
    assert page.dpi == 200
    assert page.pixels.shape[:2] == (2338, 1654)
    assert (page.has_sound_text, page.text_state) == (False, TextState.ABSENT)


def test_the_second_picture_of_a_tiff_is_another_page() -> None:
    first = extract_page(SCANS / "ar_office_2028_0000.tiff", 0)
    second = extract_page(SCANS / "ar_office_2028_0000.tiff", 1)

    assert first.pixels.shape == (2338, 1654, 3)
    assert second.pixels.shape == (2338, 1654)


def test_a_photograph_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    picture = Image.new("RGB", (60, 30), "white")
    picture.paste("black", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "photo.png", exif=exif)

    page = extract_page(tmp_path / "photo.png", 0)

    assert page.pixels.shape == (60, 30, 3)
    assert page.pixels[2, 27].tolist() == [0, 0, 0]


def test_a_page_too_fine_for_the_limit_is_scaled_down() -> None:
    page = extract_page(SCANS / "ar_office_2026_0000.pdf", 0, limits=SourceLimits(max_raster_pixels=500_000))

    assert page.pixels.shape[0] * page.pixels.shape[1] <= 500_000
    assert 60 < page.dpi < 100


def test_a_page_longer_than_wide_is_drawn_within_the_limit(tmp_path: Path) -> None:
    path = hostile.written(tmp_path, "banner.pdf", hostile.plain_pdf(media_box="0 0 14000 14000"))

    page = extract_page(path, 0)

    assert page.origin == "rendered"
    assert page.pixels.shape[0] * page.pixels.shape[1] <= 12_100_000


@pytest.mark.parametrize(("ink", "shown"), [(b"0.2 g", [51]), (b"0.2 0 0 rg", [51, 0, 0])], ids=["grey", "red"])
def test_a_drawn_page_has_one_level_a_pixel_where_it_shows_no_colour(
    tmp_path: Path, ink: bytes, shown: list[int]
) -> None:
    # Far from the rows that are looked at first, and lower than the space between two of them.
    content = ink + b" 50 50 1 1 re f"
    pdf = hostile.assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    )

    pixels = extract_page(hostile.written(tmp_path, "drawn.pdf", pdf), 0).pixels

    drawn = pixels.reshape(*pixels.shape[:2], -1)
    assert drawn.shape[2] == len(shown)
    assert drawn[int(drawn.shape[0] * 0.495), int(drawn.shape[1] * 0.505)].tolist() == shown


def test_a_born_digital_page_brings_its_words_and_boxes(tmp_path: Path) -> None:
    content = b"BT /F1 12 Tf 20 150 Td (Objet : demande de permis de construire) Tj ET"
    pdf = hostile.assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )

    page = extract_page(hostile.written(tmp_path, "digital.pdf", pdf), 0)

    assert [word.text for word in page.words] == ["Objet", ":", "demande", "de", "permis", "de", "construire"]
    assert page.text_state is TextState.KEPT
    x0, y0, x1, y1 = page.words[0].box
    height, width = page.pixels.shape[:2]
    assert page.pixels[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1].min() < 100
    assert 0 <= x0 < x1 <= width / 3
    assert 0 <= y0 < y1 <= height / 2


def test_previews_keep_the_shape_of_the_page() -> None:
    pixels = np.full((3507, 2481, 3), 255, np.uint8)

    preview, thumbnail = make_preview(pixels), make_thumbnail(pixels)

    assert (preview.width, preview.height) == (1240, 1753)
    assert thumbnail.width == 160
    assert Image.open(io.BytesIO(preview.webp)).size == (1240, 1753)


def test_a_preview_has_the_mean_of_what_it_stands_for() -> None:
    lines = np.tile(np.array([[0], [255]], np.uint8), (1000, 2480))

    shown = np.asarray(Image.open(io.BytesIO(make_preview(lines).webp)).convert("L"))

    assert shown.shape == (1000, 1240)
    assert abs(int(shown.mean()) - 127) <= 2
    assert int(shown.max()) - int(shown.min()) <= 4


def test_a_page_smaller_than_the_preview_is_not_enlarged() -> None:
    assert make_preview(np.full((300, 200), 255, np.uint8)).width == 200
