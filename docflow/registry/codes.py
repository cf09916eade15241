"""A QR code as a drawing of a page."""

from __future__ import annotations

from dataclasses import dataclass

from docflow.registry.sheets import code_rows, dark_runs


@dataclass(frozen=True, slots=True)
class CodeDrawing:
    """The path of the dark modules (SVG), and how many modules a side has, its quiet zone included."""

    path: str
    side: int


def code_path(address: str) -> CodeDrawing:
    """Return the code of an address."""
    rows = code_rows(address)
    runs = (
        f"M{start} {down}h{end - start}v1h{start - end}z"
        for down, row in enumerate(rows)
        for start, end in dark_runs(row)
    )
    return CodeDrawing("".join(runs), len(rows))
