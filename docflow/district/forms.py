"""What the form of the identity says, and pictures of coats of arms."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, Final

from PIL import Image, UnidentifiedImageError

from docflow.core.errors import InvalidInput
from docflow.core.words import Words
from docflow.district.rules import LARGEST_EMBLEM_BYTES, DistrictKind, Identity

EMBLEM_PX: Final = 600
"""Longer side of the kept picture: 18 mm of paper at more than 800 dots an inch."""
MOST_PIXELS: Final = 16_000_000


def posted_identity(form: Mapping[str, str], *, emblem: bytes) -> Identity:
    """Return what a form says of the administration.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        kind = DistrictKind(form.get("kind", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    return Identity(
        kind=kind,
        name=Words(form.get("name_ar", ""), form.get("name_fr", "")),
        above=Words(form.get("above_ar", ""), form.get("above_fr", "")),
        foot=Words(form.get("foot_ar", ""), form.get("foot_fr", "")),
        emblem=emblem,
    )


def read_emblem(stream: IO[bytes]) -> bytes:
    """Return a picture as PNG on white, as large as papers need it.

    Raises:
        InvalidInput: ``emblem_invalid``: no PNG or JPEG that can be read; ``emblem_too_large`` with ``limit``.
    """
    content = stream.read(10 * LARGEST_EMBLEM_BYTES + 1)
    if len(content) > 10 * LARGEST_EMBLEM_BYTES:
        raise InvalidInput("emblem_too_large", limit=10 * LARGEST_EMBLEM_BYTES // 1000)
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidInput("emblem_invalid")
            picture.thumbnail((EMBLEM_PX, EMBLEM_PX))
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("emblem_invalid") from error
    # PDF/A for archives allows no transparency.
    white = Image.new("RGB", drawn.size, "white")
    white.paste(drawn, mask=drawn.getchannel("A"))
    made = io.BytesIO()
    white.save(made, "PNG", optimize=True)
    return made.getvalue()
