"""How much of the machine one file may use."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """What a file may weigh and what reading it may cost.

    Attributes:
        max_pages: pages of one file.
        max_size_bytes: bytes of one file.
        max_page_pixels: pixels that one stored image may decode to; an A3 sheet at 600 dpi has 70 million.
        max_raster_pixels: pixels of the raster handed on; a larger page is scaled down to it (A4 at 300 dpi has 8.7
            million).
        max_characters: of a page's own text; a page with more is read from its picture (a full newspaper page has 30
            thousand).
        cpu_s: processor seconds of one child process.
        wall_s: seconds on the clock of one child process.
        address_space_bytes: address space of one child process.
    """

    max_pages: int = 1000
    max_size_bytes: int = 100_000_000
    max_page_pixels: int = 80_000_000
    max_raster_pixels: int = 12_000_000
    max_characters: int = 50_000
    cpu_s: int = 20
    wall_s: int = 60
    address_space_bytes: int = 2048 * MEBIBYTE


DEFAULT_LIMITS = SourceLimits()
