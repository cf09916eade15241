"""What is written on separator sheets, and how a scanned stack falls into documents; plain Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from docflow.documents.rules import AsideReason, PageFinding

Item = TypeVar("Item")

SEPARATOR_MARK = "DOCFLOW:SEP:1:PLAIN"
"""What the code on a separator sheet says: ours, a separator, of the first version, that only separates."""
SEPARATOR_PATTERN = re.compile(r"DOCFLOW:SEP:1:[A-Z0-9=-]{1,40}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a stack as it was read."""

    page_id: UUID
    finding: PageFinding


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A page that is in no document: beside which one it is listed, and at which index it would come back."""

    page_id: UUID
    part: int
    index: int
    reason: AsideReason


@dataclass(frozen=True, slots=True)
class Stack:
    """The documents of a stack, each as its pages in order, and the pages left out."""

    parts: tuple[tuple[UUID, ...], ...]
    left_out: tuple[LeftOut, ...]


def is_separator(text: str) -> bool:
    """Tell whether a code that was read is one of our separators; nobody else's code splits a letter."""
    return SEPARATOR_PATTERN.fullmatch(text) is not None


def interleaved(pages: Sequence[Item]) -> list[Item]:
    """Return pages whose second half is the backs of the first, from the last sheet to the first, sheet by sheet."""
    half = len(pages) // 2
    return collated(pages[:half], pages[half:])


def collated(fronts: Sequence[Item], backs: Sequence[Item]) -> list[Item]:
    """Return fronts, and backs scanned from the last sheet to the first, sheet by sheet."""
    return [page for sheet in zip(fronts, reversed(backs), strict=True) for page in sheet]


def divide_stack(sheets: Sequence[Sheet], *, has_backs_last: bool = False) -> Stack:
    """Return how a stack falls into documents at its separator sheets, without those sheets and without blank pages.

    A stack of which nothing would be left stays as it was scanned, and so does the order of one that cannot be fronts
    and backs because its number of pages is odd.
    """
    found = {sheet.page_id: sheet.finding for sheet in sheets}
    order = list(found)
    if has_backs_last and len(order) % 2 == 0:
        order = interleaved(order)
    parts: list[list[UUID]] = [[]]
    out: list[LeftOut] = []
    for page_id in order:
        if found[page_id] is PageFinding.CONTENT:
            parts[-1].append(page_id)
            continue
        if found[page_id] is PageFinding.SEPARATOR and parts[-1]:
            parts.append([])
        out.append(LeftOut(page_id, len(parts) - 1, len(parts[-1]), AsideReason(found[page_id].value)))
    if parts == [[]]:
        return Stack((tuple(order),), ())
    if not parts[-1]:
        # Separators after the last document have no document to stand before.
        parts.pop()
        last = len(parts) - 1
        out = [LeftOut(o.page_id, last, len(parts[last]), o.reason) if o.part > last else o for o in out]
    return Stack(tuple(tuple(part) for part in parts), tuple(out))
