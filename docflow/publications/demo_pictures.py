"""Pictures of the demonstration's posts: tilings of eight-pointed stars, drawn here, so that none has to be shipped."""

from __future__ import annotations

import io
import math
from typing import Final

from PIL import Image, ImageDraw

SIZE_PX: Final = (960, 540)
TILE_PX: Final = 180
DRAWN_LARGER: Final = 2
"""Drawn larger and reduced, so that edges are smooth."""
PALETTES: Final = (
    ("#0b5d4b", "#e0efe9", "#ffbf00", "#084437"),
    ("#1d4f8c", "#e4eefa", "#f2a65a", "#143a68"),
    ("#7a4b00", "#fdf0d2", "#0b5d4b", "#a3201d"),
)
"""Ground, star, heart and lines."""


def drawn_tiling(number: int) -> bytes:
    """Return a tiling as PNG, in one of the palettes."""
    ground, star, heart, line = PALETTES[number % len(PALETTES)]
    width, height = (side * DRAWN_LARGER for side in SIZE_PX)
    tile = TILE_PX * DRAWN_LARGER
    picture = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(picture)
    for row in range(-1, height // tile + 2):
        for column in range(-1, width // tile + 2):
            centre = (column * tile + (row % 2) * tile // 2, row * tile)
            draw.polygon(_star(centre, tile * 0.5, tile * 0.36), fill=star, outline=line, width=2 * DRAWN_LARGER)
            draw.polygon(_star(centre, tile * 0.2, tile * 0.14), fill=heart)
    out = io.BytesIO()
    picture.resize(SIZE_PX, Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _star(centre: tuple[int, int], outer: float, inner: float) -> list[tuple[float, float]]:
    """Return the corners of a star of eight points."""
    return [
        (
            centre[0] + (outer if corner % 2 == 0 else inner) * math.cos(corner * math.pi / 8),
            centre[1] + (outer if corner % 2 == 0 else inner) * math.sin(corner * math.pi / 8),
        )
        for corner in range(16)
    ]
