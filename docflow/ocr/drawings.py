"""Rules, streaks of a scanner, round stamps and pen notes, wiped before lines are looked for and read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from docflow.ocr.imaging import WHITE
from docflow.ocr.ink import Ink, InkMap, faint_ink_map, ink_map
from docflow.ocr.ports import Box, GreyImage
from docflow.ocr.ruled_tables import RuledTable, ruled_tables
from docflow.ocr.stamps import rings_of, without_stamps

CROSSING_PX = 3
LEVEL_RULE_MM = 16
UPRIGHT_RULE_MM = 14
MAX_RULE_MM = 1.2
BROKEN_MM = 0.8
ALONE_MM = (0.8, 1.8)
ALONE_SHARE = 0.12
PIECE_MM = 2.5
REACH_MM = 25
EDGE_MM = 10
EDGE_BAR_MM = 12
LONGEST_WORD_MM = 30
STEM_MM = 0.8
STEMS_SHARE = 0.2
"""Over so much of the base line of a word its letters rise; what is underlined touches its rule in few places."""
NOTE_MM, NOTE_LOWNESS = 25, 4
"""A single stroke so wide, and so many times as wide as high, is seldom a word of print."""
STRAIGHT_MM = 10
"""A hand draws nothing level for so long; the base line of a heading in Kufi, or of a word drawn out, is."""
LOOPS_SHARE = 0.04
"""How much of its box the loops of such a stroke enclose; a line whose letters hang on its underline encloses less."""


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page freed of drawings: its levels, its ink on a map, and what was drawn that matters for its text.

    Attributes:
        grey: the levels.
        ink: the ink.
        stamps: boxes of stamps that are as black as the print: where they lie over it, some of both may be left.
        tables: those that rules drew, on the map.
    """

    grey: GreyImage
    ink: InkMap
    stamps: tuple[Box, ...] = ()
    tables: tuple[RuledTable, ...] = ()


def without_drawings(grey: GreyImage) -> PlainPage:
    """Return an upright page whose rules, streaks, dark edges, stamps and pen notes are as white as its paper."""
    page, faint = ink_map(grey), faint_ink_map(grey)
    drawn = straight_drawings(page, faint)
    tables = ruled_tables(drawn, mm=page.mm)
    drawn |= _pen_notes(page.ink & ~drawn, mm=page.mm)
    rings = rings_of(replace(faint, ink=faint.ink & ~drawn))
    mask = np.asarray(cv2.dilate(drawn, np.ones((3, 3), np.uint8)), np.uint8)
    plain, ink, black = without_stamps(_wiped(grey, mask), replace(page, ink=page.ink & ~drawn), rings)
    return PlainPage(plain, ink, tuple(ring.box(page.scale) for ring in black), tables)


def straight_drawings(page: InkMap, faint: InkMap) -> Ink:
    """Return the rules, streaks and dark edges of a page, upright or on its side, by its ink and its faint ink."""
    return _rules(page.ink, faint.ink, mm=page.mm) | _edges(page)


def _pen_notes(ink: Ink, *, mm: float) -> Ink:
    """Return long looped strokes: a note between two columns would tie their first lines to one."""
    found = np.zeros_like(ink)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    labels = np.asarray(labels)
    for number, (x0, y0, width, height, area) in enumerate(np.asarray(stats).tolist()):
        if number == 0 or width < NOTE_MM * mm or width < NOTE_LOWNESS * height:
            continue
        place = slice(y0, y0 + height), slice(x0, x0 + width)
        stroke = (labels[place] == number).astype(np.uint8)
        outlines, _ = cv2.findContours(stroke, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        filled = cv2.drawContours(stroke.copy(), outlines, -1, 1, cv2.FILLED)
        is_looped = np.asarray(filled).sum() - area > LOOPS_SHARE * width * height
        if is_looped and not cv2.morphologyEx(stroke, cv2.MORPH_OPEN, _bar(round(STRAIGHT_MM * mm))).any():
            found[place] |= stroke
    return found


def _wiped(grey: GreyImage, drawn: Ink) -> GreyImage:
    # A straight stroke has grey sides, which are not ink beside it and would be without it.
    if not drawn.any():
        return grey
    mask = cv2.resize(drawn, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
    wiped = grey.copy()
    wiped[np.asarray(mask) > 0] = WHITE
    return wiped


def _edges(page: InkMap) -> Ink:
    """Return the dark bars that a scanner draws past the ends of a sheet, and whatever lies outside of them."""
    found = np.zeros_like(page.ink)
    band, length, reach = (round(size * page.mm) for size in (EDGE_MM, EDGE_BAR_MM, REACH_MM))
    for turns in range(4):
        # Turned so that the edge looked at is the left one; the views write through to ``found``.
        ink, side = np.rot90(page.ink, turns)[:, :band], np.rot90(found, turns)[:, :band]
        bars = cv2.morphologyEx(np.ascontiguousarray(ink), cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
        beside = np.asarray(cv2.dilate(bars, np.ones((2 * reach + 1, 3), np.uint8)), np.uint8)
        side |= np.maximum.accumulate(beside[:, ::-1], axis=1)[:, ::-1] & ink
        if bars.any():
            side |= _within(ink)
    return found


def _within(band: Ink) -> Ink:
    """Return the ink that does not reach the right side of a band."""
    _, labels = cv2.connectedComponents(np.ascontiguousarray(band), connectivity=8)
    labels = np.asarray(labels)
    return (band & ~np.isin(labels, labels[:, -1])).astype(np.uint8)


def _rules(ink: Ink, faint: Ink, *, mm: float) -> Ink:
    """Return straight strokes too long and too thin for a letter; faint, broken or leaning ones if they stand alone."""
    level = _level_rules(ink, faint, mm=mm, length_mm=LEVEL_RULE_MM)
    upright = _level_rules(np.ascontiguousarray(ink.T), np.ascontiguousarray(faint.T), mm=mm, length_mm=UPRIGHT_RULE_MM)
    return np.asarray(level | upright.T, np.uint8)


def _level_rules(ink: Ink, faint: Ink, *, mm: float, length_mm: float) -> Ink:
    length, piece = round(length_mm * mm), round(PIECE_MM * mm)
    # A rule that leans by less than a degree climbs a pixel now and then.
    climbing = np.asarray(cv2.dilate(faint, np.ones((3, 1), np.uint8)), np.uint8)
    mended = np.asarray(cv2.morphologyEx(climbing, cv2.MORPH_CLOSE, _bar(round(BROKEN_MM * mm))), np.uint8)
    alone = _standing_alone(faint, mm, length=length)
    strong = _without_base_lines(_thin_strokes(ink, mm, length=length), ink, mm=mm)
    strong |= _thin_strokes(mended, mm, length=length) & alone
    if not strong.any():
        return strong
    # Crossed by letters, a rule falls into pieces, which lie in line with its long ones.
    in_line = np.asarray(cv2.dilate(strong, np.ones((3, 2 * round(REACH_MM * mm) + 1), np.uint8)), np.uint8)
    pieces = _thin_strokes(ink, mm, length=piece) | (
        _thin_strokes(climbing, mm, length=piece) & _standing_alone(faint, mm, length=piece)
    )
    rules = np.asarray((strong | (pieces & in_line)) & faint, np.uint8)
    return rules & ~_crossings(ink, rules)


def _without_base_lines(strokes: Ink, ink: Ink, *, mm: float) -> Ink:
    """Return strokes but those from which letters rise: in a large word of Arabic they hang together for so long."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    labels, rise = np.asarray(labels), round(STEM_MM * mm)
    kept = strokes.copy()
    for number, (x0, y0, width, height, _area) in enumerate(np.asarray(stats).tolist()):
        if number == 0 or width > LONGEST_WORD_MM * mm or y0 < rise:
            continue
        stems = ink[y0 - rise : y0, x0 : x0 + width].min(axis=0)
        if stems.mean() >= STEMS_SHARE:
            place = slice(y0, y0 + height), slice(x0, x0 + width)
            kept[place][labels[place] == number] = 0
    return kept


def _crossings(ink: Ink, rules: Ink) -> Ink:
    """Return where a letter's stroke meets a rule: without it, underlined letters would lose their feet."""
    strokes = cv2.morphologyEx(ink & ~rules, cv2.MORPH_OPEN, np.ones((CROSSING_PX, 1), np.uint8))
    return np.asarray(cv2.dilate(strokes, np.ones((2 * CROSSING_PX + 1, 1), np.uint8)), np.uint8)


def _thin_strokes(ink: Ink, mm: float, *, length: int) -> Ink:
    """Return the level strokes of at least this length that are no thicker than a rule."""
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, _bar(length))
    thick = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, np.ones((round(MAX_RULE_MM * mm) + 2, 1), np.uint8))
    return np.asarray(strokes, np.uint8) & ~np.asarray(thick, np.uint8)


def _standing_alone(ink: Ink, mm: float, *, length: int) -> Ink:
    """Return where little is inked just above and just below; the feet of close letters mend to a stroke too."""
    near, far = round(ALONE_MM[0] * mm), round(ALONE_MM[1] * mm)
    inked = cv2.blur(ink.astype(np.float32), (length, far - near + 1))
    middle = (near + far) // 2
    above = np.vstack([np.zeros((middle, ink.shape[1]), np.float32), np.asarray(inked)[:-middle]])
    below = np.vstack([np.asarray(inked)[middle:], np.zeros((middle, ink.shape[1]), np.float32)])
    return (np.maximum(above, below) < ALONE_SHARE).astype(np.uint8)


def _bar(length: int) -> NDArray[np.uint8]:
    return np.ones((1, max(1, length)), np.uint8)
