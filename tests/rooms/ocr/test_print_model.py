from __future__ import annotations

from importlib.metadata import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from docflow.ocr.print_model import SIDE_PX, Layer, PrintModel, print_model, with_places

CIRCLE = (160.0, 160.0, 130.0)


def layer(rng: np.random.Generator, ins: int, outs: int) -> Layer:
    kernel = rng.normal(0, 0.2, (3, 3, ins, outs)).astype(np.float32)
    return kernel, rng.normal(0, 0.1, outs).astype(np.float32)


def test_weights_that_were_saved_tell_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    model = print_model()
    other = PrintModel(tuple(layer(rng, kernel.shape[2], kernel.shape[3]) for kernel, _ in model.layers))
    picture = rng.random((2 * SIDE_PX, 3 * SIDE_PX)).astype(np.float32)

    other.save(tmp_path / "weights.npz")
    share = PrintModel.load(tmp_path / "weights.npz").print_share(picture, CIRCLE)

    assert share.shape == picture.shape
    assert share == pytest.approx(other.print_share(picture, CIRCLE), abs=0.02)
    assert not np.allclose(share, model.print_share(picture, CIRCLE), atol=0.1)


def test_places_are_told_in_radii_from_the_centre_of_the_stamp() -> None:
    seen = with_places(np.zeros((320, 320), np.float32), CIRCLE)

    assert seen.shape == (320, 320, 4)
    assert seen[160, 290] == pytest.approx((0, 1, 0, 1))
    assert seen[30, 160] == pytest.approx((0, 0, -1, 1))


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_print_under_a_stamp_is_told_from_it(share: float) -> None:
    (font,) = (file for file in files("fontpkg-ibm-plex-sans-arabic") or () if "Regular" in file.name)
    face = ImageFont.truetype(str(font.locate()), 32)
    plane = Image.new("L", (320, 320))
    for baseline in (100, 160, 220):
        ImageDraw.Draw(plane).text((160, baseline), "Le président du conseil", font=face, fill=255, anchor="ms")
    text, stamp = np.asarray(plane), np.zeros((320, 320), np.uint8)
    cv2.circle(stamp, (160, 160), 130, 255, 4)
    cv2.circle(stamp, (160, 160), 90, 255, 3)
    ink = 1 - (1 - text / 255) * (1 - share * stamp / 255)

    told = print_model().print_share(ink.astype(np.float32), CIRCLE)

    assert (told[text > 200] > 0.3).mean() > 0.9
    assert (told[(stamp > 127) & (text == 0)] > 0.3).mean() < 0.1
