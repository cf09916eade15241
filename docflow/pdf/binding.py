"""Several PDF files bound into one: outline, links from the contents, a number at the foot of each page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS, SourceLimits

BINDING_LIMITS: Final = replace(DEFAULT_LIMITS, max_pages=5000, cpu_s=300, wall_s=900)
"""Of one bound file; the child holds about as much memory as the files weigh (123 MB: 164 MB at its peak)."""


@dataclass(frozen=True, slots=True)
class BoundPart:
    """A file to be bound; ``title`` names it in the outline (empty: it is not there), below the last one above it."""

    path: Path
    title: str
    is_below: bool = False


@dataclass(frozen=True, slots=True)
class PartLink:
    """A place that leads to the first page of a part: a page of the whole (from 0), a box in points from its foot."""

    page_index: int
    box: tuple[float, float, float, float]
    part: int


def bind_files(
    parts: Sequence[BoundPart],
    links: Sequence[PartLink],
    out: Path,
    *,
    title: str,
    running_text: str,
    first_numbered: int = 2,
    limits: SourceLimits = BINDING_LIMITS,
) -> int:
    """Write one file of some in their order and return how many pages it has; the files stay as they are.

    Form fields and annotations become drawing, so that no part claims a signature that the whole cannot carry.
    ``running_text`` (Latin letters) stands beside the number of each page from ``first_numbered`` on.

    Raises:
        InvalidInput: ``file_encrypted``, ``file_damaged``, ``too_many_pages(count, limit)``, and those of
            ``ask_child``.
        Unavailable: ``page_child_failed``.
    """
    request = {
        "parts": [{**asdict(part), "path": str(part.path)} for part in parts],
        "links": [asdict(link) for link in links],
        "out": str(out),
        "title": title,
        "running_text": running_text,
        "first_numbered": first_numbered,
    }
    return int(ask_child("bind", request, limits=limits)["page_count"])
