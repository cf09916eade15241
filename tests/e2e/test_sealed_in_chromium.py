"""Sealed letters in the viewer that people have: the stamp stands where it was put, and its code can be scanned."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from docflow.settings import Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.keys import LocalKeys
from docflow.stamping.ports import SealRequest
from tests.rooms.stamping.faces import DESIGN, face
from tests.rooms.stamping.odd_files import FULL, put, written

GOLDEN = Path(__file__).parents[1] / "golden" / "stamps"
SCAN = Path(__file__).parents[1] / "golden" / "scans" / "ar_office_2026_0000.pdf"
LETTERS = {
    "scan": SCAN.read_bytes,
    "turned": lambda: written(page=put(Rotate=90)),
    "without room": lambda: written(content=FULL),
}
WINDOW = {"width": 700, "height": 900}
SHOWN_S = 20
INK = 128


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PadesSealer]:
    home = tmp_path_factory.mktemp("sealing")
    workshop = Workshop()
    yield PadesSealer(Settings(home=home), LocalKeys(home, institution=lambda: "Arrondissement Hay Hassani"), workshop)
    workshop.close()


def shown_in_viewer(browser: Browser, path: Path) -> Image.Image:
    """Return the whole first page as the browser's own viewer shows it, at two dots a pixel, once it stands still."""
    context = browser.new_context(viewport=WINDOW, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{path.as_uri()}#toolbar=0&navpanes=0&view=Fit")
    before = b""
    for _ in range(SHOWN_S * 2):
        page.wait_for_timeout(500)
        now = page.screenshot()
        picture = Image.open(io.BytesIO(now)).convert("L")
        # The viewer is dark until the page is drawn.
        if now == before and np.asarray(picture).mean() > INK / 2:
            break
        before = now
    context.close()
    return picture


@pytest.mark.parametrize("name", LETTERS)
def test_a_sealed_letter_opens_in_chromium_with_its_stamp_in_place(browser, sealer, tmp_path, name):
    (tmp_path / "source.pdf").write_bytes(LETTERS[name]())
    path = tmp_path / "sealed.pdf"
    at = datetime(2026, 7, 2, 9, 5, tzinfo=UTC)
    sealer.seal(SealRequest(tmp_path / "source.pdf", path, face(), DESIGN, "letter.pdf", at))

    shown = shown_in_viewer(browser, path)

    assert [code.text for code in zxingcpp.read_barcodes(np.asarray(shown))] == [face().verification_url]
    small = shown.resize((WINDOW["width"] // 2, WINDOW["height"] // 2), Image.Resampling.BOX)
    with Image.open(GOLDEN / f"chromium-{name.replace(' ', '-')}.png") as kept:
        assert kept.size == small.size
        apart = np.abs(np.asarray(kept.convert("L"), dtype=int) - np.asarray(small, dtype=int))
    # The viewer smooths edges in its own way from version to version; a stamp that moved differs far more.
    assert apart.mean() < 2.0
    assert (apart > 96).mean() < 0.004
