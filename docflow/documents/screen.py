"""What a screen shows of a document beside its picture: zones of what was read, badges, doubts; for every room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from flask import url_for

from docflow.core.directions import text_direction
from docflow.documents.labels import KIND_LABELS
from docflow.documents.models import Document, Page
from docflow.documents.queries import PageView
from docflow.documents.rules import Word, is_sure
from docflow.web.formats import local_date
from docflow.web.viewer import Box, WordView, ZoneView
from docflow.web.viewer import PageView as ViewerPage

FIELDS = {
    "subject": "subject", "sender": "sender", "addressee": "addressee", "reference": "reference",
    "date": "document_date", "cin": "cin", "phone": "phone", "kind": "kind", "unit": "unit",
}  # fmt: skip
"""What is read on a page, in the order of its badges, and the control of the form that holds it."""

SURE_PERCENT = 84
"""Under this confidence a person must compare what was read with the picture, as the macros say too."""


A4_WIDTH, A4_HEIGHT = 1240, 1754
"""Shape of a page of which there is no picture."""


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """The page of a document that is shown, with what lies over it."""

    view: PageView
    zones: list[ZoneView]
    lines: list[list[WordView]]

    @property
    def direction(self) -> str:
        """The direction of most of what is written on the page, whatever the other languages of the document."""
        return text_direction(" ".join(word.text for word in self.view.words))


def opened_page(document: Document, view: PageView, *, hits: Sequence[int] = ()) -> OpenedPage:
    """Return a page with its words, and its zones: the words found (by their place) or, without any, the fields."""
    zones = [ZoneView(_around([word.box for word in run]), kind="hit") for run in _runs(view.words, hits)]
    lines = [
        [WordView(word.text, word.box) for word in line]
        for _, line in groupby(view.words, key=lambda word: word.line_index)
    ]
    return OpenedPage(view, zones or field_zones(document, view.page.page_index + 1), lines)


def _runs(words: Sequence[Word], hits: Sequence[int]) -> list[list[Word]]:
    """Return the words found, those that follow one another in a line together: a phrase is one hit."""
    runs: list[list[Word]] = []
    for at, place in enumerate(hits):
        follows = at > 0 and place == hits[at - 1] + 1 and words[place].line_index == words[place - 1].line_index
        if follows:
            runs[-1].append(words[place])
        else:
            runs.append([words[place]])
    return runs


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def pictures_of(pages: Sequence[Page], *, document_id: UUID, address: Callable[[int], str]) -> list[ViewerPage]:
    """Return the pages of a document for the viewer; ``address`` gives the one that shows a page (from 1)."""
    return [
        ViewerPage(
            number=number,
            image_url=url_for("documents.picture", document_id=document_id, page_number=number),
            thumb_url=url_for("documents.thumbnail", document_id=document_id, page_number=number),
            width=page.width or A4_WIDTH,
            height=page.height or A4_HEIGHT,
            url=address(number),
        )
        for page in pages
        for number in [page.page_index + 1]
    ]


def field_zones(document: Document, page_number: int) -> list[ZoneView]:
    """Return where the fields of a document were read on one of its pages (from 1), each with its badge."""
    zones: dict[tuple[int, ...], ZoneView] = {}
    for badge, (name, field_id) in enumerate(FIELDS.items(), start=1):
        proposal = document.proposals.get(name)
        if proposal is None or proposal["page_number"] != page_number:
            continue
        x0, y0, x1, y1 = proposal["box"]
        kind = "read" if proposal["confidence"] >= SURE_PERCENT else "check"
        # Kind and unit are understood from the words of the subject: one zone, with the first badge.
        zones.setdefault((x0, y0, x1, y1), ZoneView((x0, y0, x1, y1), kind=kind, label=str(badge), field_id=field_id))
    return list(zones.values())


def badges_of(zones: Sequence[ZoneView]) -> dict[str, str]:
    """Return the badge of each field that has a zone, by the control that holds it."""
    return {zone.field_id: zone.label for zone in zones if zone.label}


def all_badges(document: Document) -> dict[str, str]:
    """Return the badges of the fields of every page, for a form that stays beside them."""
    return badges_of([zone for index in range(document.page_count) for zone in field_zones(document, index + 1)])


def doubtful_values(document: Document) -> dict[str, str]:
    """Return what was read with doubt, as it is shown, by the control that it was not filled in."""
    doubtful = {name: document.proposals[name]["value"] for name in FIELDS if name in document.proposals}
    shown = {"date": lambda value: local_date(date.fromisoformat(value)), "kind": lambda value: str(KIND_LABELS[value])}
    return {
        FIELDS[name]: shown.get(name, str)(value)
        for name, value in doubtful.items()
        if not is_sure(document.proposals[name])
    }
