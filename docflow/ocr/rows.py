"""Rows of ink: where lines of text may stand in a region of the map, how high they are, and where they touch."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

PITCH_MM = (2.8, 12)
PITCH_MATCH = 0.3
Run: TypeAlias = tuple[int, int]
"""The first place of a stretch, and the one after its last."""


def runs(flags: NDArray[Any]) -> list[Run]:
    """Return the stretches of true values, ends excluded."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def usual_height(rows: list[Run], *, mm: float, around: float | None) -> float:
    """Return the height of a plain line, from the rows tall enough to be one; ``around`` is that of the page."""
    heights = [bottom - top for top, bottom in rows if bottom - top > 1.6 * mm]
    if len(heights) > 3:
        usual = float(np.quantile(heights, 0.35))
    elif around:
        usual = around
    else:
        usual = float(min(heights)) if heights else 4 * mm
    return min(usual, 1.25 * around) if around else usual


def pitch(profile: NDArray[Any], *, mm: float) -> float:
    """Return the distance from line to line where it is regular, else infinity.

    Where close lines touch, whole paragraphs are one row of ink, and the height of rows tells nothing of lines.
    """
    shortest, longest = (round(size * mm) for size in PITCH_MM)
    if len(profile) < 2 * longest:
        return float("inf")
    wave = profile - profile.mean()
    match = np.correlate(wave, wave, "full")[len(wave) - 1 :][: longest + 2]
    match = match / max(match[0], 1e-9)
    inner = match[shortest:-1]
    is_peak = (inner > match[shortest - 1 : -2]) & (inner >= match[shortest + 1 :]) & (inner > PITCH_MATCH)
    peaks = np.flatnonzero(is_peak)
    return float(shortest + peaks[np.argmax(inner[peaks])]) if len(peaks) else float("inf")


def without_slivers(rows: list[Run], *, line_height: float) -> list[Run]:
    """Join thin rows (dots, hamzas, accents) to the nearer neighbour."""
    rows = list(rows)
    index = 0
    while index < len(rows) and len(rows) > 1:
        top, bottom = rows[index]
        above = top - rows[index - 1][1] if index else float("inf")
        below = rows[index + 1][0] - bottom if index + 1 < len(rows) else float("inf")
        if bottom - top >= 0.45 * line_height or min(above, below) >= 0.45 * line_height:
            index += 1
        elif above <= below:
            rows[index - 1 : index + 1] = [(rows[index - 1][0], bottom)]
            index = max(index - 1, 0)
        else:
            rows[index : index + 2] = [(top, rows[index + 1][1])]
    return rows


def inner_gaps(ink: NDArray[np.uint8], *, width: float) -> list[Run]:
    """Return the empty stretches between the first and the last ink that are at least ``width`` wide."""
    columns = ink.max(axis=0)
    inked = np.flatnonzero(columns)
    if not len(inked):
        return []
    return [
        (start, end)
        for start, end in runs(columns == 0)
        if start > inked[0] and end <= inked[-1] and end - start >= width
    ]


def split_tall(weights: NDArray[Any], row: Run, line_height: float) -> list[Run]:
    """Cut a row taller than a line at its weakest height, again and again, where lines touch."""
    top, bottom = row
    height = bottom - top
    first, last = int(top + 0.55 * line_height), int(bottom - 0.55 * line_height)
    if height < 1.7 * line_height or last <= first:
        return [row]
    cut = first + int(np.argmin(weights[first:last]))
    if weights[cut] > 0.75 * weights[top:bottom].mean() and height < 2.3 * line_height:
        return [row]
    return [*split_tall(weights, (top, cut), line_height), *split_tall(weights, (cut, bottom), line_height)]
