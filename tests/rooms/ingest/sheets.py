"""Sheets as a scanner gives them: separators, blank backs, letters of few words."""

from __future__ import annotations

import io
from collections.abc import Sequence

import cv2
import numpy as np
import pikepdf
import segno
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docflow.ingest.rules import SEPARATOR_MARK

from .letters import typed_letter

Levels = NDArray[np.uint8]


def paper(dpi: int = 150, *, level: int = 244, noise: float = 3.0, seed: int = 1) -> Levels:
    """An A4 sheet of slightly uneven paper, in colour."""
    height, width = round(11.69 * dpi), round(8.27 * dpi)
    grain = np.random.default_rng(seed).normal(0, noise, (height, width, 1))
    shade = np.linspace(0, -6, width)[None, :, None]
    return np.clip(level + shade + grain.repeat(3, axis=2), 0, 255).astype(np.uint8)


def with_text(
    sheet: Levels, text: str, *, at_mm: tuple[float, float], size_mm: float, dpi: int, ink: int = 40
) -> Levels:
    """The sheet with a line of text; at its upper left corner, in millimetres."""
    picture = Image.fromarray(sheet)
    px = dpi / 25.4
    font = ImageFont.load_default(size=size_mm * px)
    ImageDraw.Draw(picture).text((at_mm[0] * px, at_mm[1] * px), text, fill=(ink, ink, ink), font=font)
    return np.asarray(picture)


def with_disc(
    sheet: Levels,
    *,
    at_mm: tuple[float, float],
    across_mm: float,
    dpi: int,
    colour: tuple[int, int, int],
    ring_mm: float = 0,
) -> Levels:
    """The sheet with a disc, or with a ring of that thickness."""
    px = dpi / 25.4
    drawn = sheet.copy()
    centre = (round(at_mm[0] * px), round(at_mm[1] * px))
    thickness = round(ring_mm * px) if ring_mm else -1
    cv2.circle(drawn, centre, round(across_mm * px / 2), colour, thickness, cv2.LINE_AA)
    return drawn


def show_through(sheet: Levels, *, dpi: int, share: float) -> Levels:
    """The sheet with a full page of print of its other side, mirrored, darker than the paper by a share."""
    other = paper(dpi, level=255, noise=0)
    for line in range(40):
        other = with_text(
            other, "Objet : demande de raccordement, " * 3, at_mm=(20, 20 + 6.5 * line), size_mm=3.5, dpi=dpi, ink=0
        )
    mirrored = cv2.GaussianBlur(other[:, ::-1], (0, 0), dpi / 150)
    return np.clip(sheet * (1 - share * (255 - mirrored.astype(float)) / 255), 0, 255).astype(np.uint8)


def code_sheet(text: str = SEPARATOR_MARK, *, dpi: int = 150, across_mm: float = 70, seed: int = 2) -> Levels:
    """A sheet with a code in its middle."""
    code = io.BytesIO()
    segno.make(text, error="h", micro=False).save(code, kind="png", scale=8, border=4)
    side = round(across_mm * dpi / 25.4)
    picture = Image.open(code).convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    sheet = Image.fromarray(paper(dpi, seed=seed))
    sheet.paste(picture, ((sheet.width - side) // 2, (sheet.height - side) // 3))
    return np.asarray(sheet)


def badly_scanned(sheet: Levels, *, angle_deg: float = 3.0, seed: int = 3) -> Levels:
    """The sheet as a tired scanner gives it: leaning, blurred, grey, with noise and a coarse JPEG."""
    height, width = sheet.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
    leaning = cv2.warpAffine(sheet, matrix, (width, height), borderValue=(240, 240, 240))
    blurred = cv2.GaussianBlur(leaning, (0, 0), 1.4) * 0.75 + 40
    noisy = np.clip(blurred + np.random.default_rng(seed).normal(0, 14, sheet.shape), 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noisy).save(stream, "JPEG", quality=30)
    return np.asarray(Image.open(stream).convert("RGB"))


def faxed(sheet: Levels) -> Levels:
    """The sheet in black and white at the fine resolution of a fax, with specks."""
    grey = sheet if sheet.ndim == 2 else cv2.cvtColor(sheet, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (1728, 2200), interpolation=cv2.INTER_AREA)
    small[np.random.default_rng(5).random(small.shape) < 0.002] = 0
    return np.where(small < 128, 0, 255).astype(np.uint8)


def stack_of(*sheets: Levels, dpi: int = 150) -> bytes:
    """A TIFF of the sheets, as a scanner sends it."""
    pictures = [Image.fromarray(sheet) for sheet in sheets]
    stream = io.BytesIO()
    pictures[0].save(
        stream, "TIFF", save_all=True, append_images=pictures[1:], compression="jpeg", quality=85, dpi=(dpi, dpi)
    )
    return stream.getvalue()


def stack_pdf(*pages: Sequence[str] | Levels) -> bytes:
    """A PDF of typed pages (lines of text; no line is a blank page) and of pictures of sheets."""
    typed = pikepdf.open(io.BytesIO(typed_letter(*([] if isinstance(page, np.ndarray) else page for page in pages))))
    scanned = {index: _scanned(page) for index, page in enumerate(pages) if isinstance(page, np.ndarray)}
    for index, sheet in scanned.items():
        typed.pages[index] = sheet.pages[0]
    stream = io.BytesIO()
    typed.save(stream)
    return stream.getvalue()


def _scanned(sheet: Levels) -> pikepdf.Pdf:
    stream = io.BytesIO()
    Image.fromarray(sheet).save(stream, "PDF", resolution=150)
    return pikepdf.open(stream)


def letter(subject: str, number: int = 1) -> list[str]:
    """The lines of a typed page about something."""
    return [
        "Monsieur le Président de l'arrondissement,",
        f"Objet : {subject}",
        f"Nous attirons votre attention sur {subject}, feuillet {number}.",
        "Veuillez agréer, Monsieur le Président, nos salutations distinguées.",
    ]
