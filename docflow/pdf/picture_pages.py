"""TIFF, JPEG, PNG, WebP and HEIC through Pillow; runs in the child process only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from docflow.core.errors import InvalidInput

A4_LONG_SIDE_IN = 11.69
PLAUSIBLE_DPI = range(100, 1201)


@contextmanager
def opened_picture(source: Path | BinaryIO, *, max_pixels: int) -> Iterator[Image.Image]:
    """Open a picture whose header promises at most ``max_pixels`` pixels.

    Raises:
        InvalidInput: ``file_damaged``, ``image_too_large(pixels, limit)``.
    """
    # Pillow only warns between one and two times its limit; the limit here is a refusal.
    Image.MAX_IMAGE_PIXELS = max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # HEIC is what telephones write; its own thumbnails and threads are of no use here.
    pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    try:
        with Image.open(source) as picture:
            yield picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InvalidInput("image_too_large", limit=max_pixels) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidInput("file_damaged") from error


def describe_picture(path: Path, *, limits: dict[str, Any]) -> dict[str, Any]:
    """Return the number of pictures in the file."""
    with opened_picture(path, max_pixels=limits["max_page_pixels"]) as picture:
        is_animation = picture.format != "TIFF"
        return {"page_count": 1 if is_animation else getattr(picture, "n_frames", 1), "signature_count": 0}


def plausible_dpi(picture: Image.Image) -> int:
    """Return the picture's own resolution, or the one that makes it an A4 sheet when its own is no scanner's."""
    own = picture.info.get("dpi", (0, 0))[0]
    if own and round(float(own)) in PLAUSIBLE_DPI:
        return round(float(own))
    return min(600, max(72, round(max(picture.size) / A4_LONG_SIDE_IN)))


def flattened(picture: Image.Image) -> Image.Image:
    """Return the picture as grey (``L``) or ``RGB``, on white where it was transparent."""
    if picture.mode in {"L", "RGB"}:
        return picture
    if picture.mode in {"1", "I;16", "I", "F"}:
        return picture.point(lambda level: level / 256).convert("L") if picture.mode == "I;16" else picture.convert("L")
    if picture.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, with_alpha).convert("RGB")
    return picture.convert("RGB")


def save_raster(picture: Image.Image, *, dpi: int, pixels: Path, max_pixels: int) -> dict[str, Any]:
    """Write the raw levels of a picture, scaled down to ``max_pixels``, and return how to read them."""
    flat = flattened(picture)
    excess = (flat.width * flat.height / max_pixels) ** 0.5
    if excess > 1:
        size = max(1, int(flat.width / excess)), max(1, int(flat.height / excess))
        flat = flat.resize(size, Image.Resampling.BOX, reducing_gap=1.0)
        dpi = round(dpi / excess)
    pixels.write_bytes(flat.tobytes())
    return {"width": flat.width, "height": flat.height, "channels": len(flat.getbands()), "dpi": dpi}


def extract_picture(path: Path, *, page_index: int, pixels: Path, limits: dict[str, Any]) -> dict[str, Any]:
    """Write the raster of one picture of the file, turned as its EXIF orientation says.

    Raises:
        InvalidInput: ``file_damaged``, ``image_too_large(limit)``.
    """
    with opened_picture(path, max_pixels=limits["max_page_pixels"]) as picture:
        if page_index:
            picture.seek(page_index)
        if picture.width * picture.height > limits["max_page_pixels"]:
            raise InvalidInput("image_too_large", limit=limits["max_page_pixels"])
        dpi = plausible_dpi(picture)
        # A photograph far larger than the raster is decoded by libjpeg at half or a quarter of its size.
        if picture.format == "JPEG" and picture.width * picture.height > 4 * limits["max_raster_pixels"]:
            picture.draft("RGB", (picture.width // 2, picture.height // 2))
        turned = ImageOps.exif_transpose(picture)
        raster = save_raster(turned, dpi=dpi, pixels=pixels, max_pixels=limits["max_raster_pixels"])
        return {**raster, "origin": "picture", "words": [], "text_state": "absent"}
