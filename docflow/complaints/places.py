"""The map of a district by its quarters, which the administrator loads, and open complaints about the same nearby."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.complaints.models import Complaint, ComplaintQuarter
from docflow.complaints.quarters import Frame, Window, label_point, path_of, read_quarters, window_of
from docflow.complaints.rules import ComplaintKind, Point
from docflow.complaints.setting_up import MANAGES
from docflow.core.errors import InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState

MOST_SIMILAR: Final = 5
SIMILAR_SINCE: Final = timedelta(days=180)
POINT_WIDTH_PX: Final = 288
"""How wide the drawing is on which a point is put, in CSS pixels: it fits the narrowest telephone, and a click without
scripts tells its place in these."""
SHIPPED: Final = "data/quarters.geojson"


@dataclass(frozen=True, slots=True)
class MapQuarter:
    """A quarter of the map: its name, its outlines as a path, where its name stands, whether it is the chosen one."""

    id: UUID
    name: str
    path: str
    x: int
    y: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DistrictMap:
    """The map of the district in units of its drawing."""

    height: int
    quarters: Sequence[MapQuarter]
    takes_points: bool


@dataclass(frozen=True, slots=True)
class QuarterView:
    """One quarter with what is around it, ``POINT_WIDTH_PX`` wide, and the point that was put on it."""

    quarter: MapQuarter
    around: Sequence[MapQuarter]
    window: Window
    height_px: int
    pin: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Similar:
    """An open complaint about the same matter nearby, as another citizen may know of it: since when, nothing else."""

    id: UUID
    deposited_at: datetime


def quarters(session: Session) -> Sequence[ComplaintQuarter]:
    """Return the quarters in use, by their name in French."""
    statement = select(ComplaintQuarter).where(ComplaintQuarter.is_active)
    return session.scalars(statement.order_by(ComplaintQuarter.name_fr, ComplaintQuarter.id)).all()


def district_map(session: Session, *, locale: str, chosen: str = "") -> DistrictMap | None:
    """Return the map, or none where the district has none."""
    found = quarters(session)
    drawn = [_drawn(one, locale=locale, chosen=chosen) for one in found]
    if not found:
        return None
    return DistrictMap(
        max(one.map_height for one in found), drawn, takes_points=any(one.frame is not None for one in found)
    )


def _drawn(one: ComplaintQuarter, *, locale: str, chosen: str) -> MapQuarter:
    return MapQuarter(one.id, one.name(locale), path_of(one.rings), *label_point(one.rings), str(one.id) == chosen)


def quarter_of(session: Session, text: str) -> ComplaintQuarter | None:
    """Return the quarter that was chosen, or none.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    if not text:
        return None
    try:
        kept = session.get(ComplaintQuarter, UUID(text))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if kept is None or not kept.is_active:
        raise InvalidInput("choice_unknown")
    return kept


def quarter_view(
    session: Session, quarter: ComplaintQuarter, *, locale: str, point: Point | None = None
) -> QuarterView | None:
    """Return a quarter drawn alone, with a point where that is on it; none where no point can be put."""
    if quarter.frame is None or not quarter.is_active:
        return None
    frame, window = Frame(*quarter.frame), window_of(quarter.rings)
    pin = None if point is None else frame.units(*point)
    drawn = {one.id: _drawn(one, locale=locale, chosen=str(quarter.id)) for one in quarters(session)}
    return QuarterView(
        quarter=drawn.pop(quarter.id),
        around=list(drawn.values()),
        window=window,
        height_px=round(window.height * POINT_WIDTH_PX / window.width),
        pin=pin if pin is not None and window.holds(*pin) else None,
    )


def clicked_point(quarter: ComplaintQuarter, x: int, y: int) -> Point | None:
    """Return the place of a click on the drawing of a quarter, in pixels from its corner; none where it has no place.

    A browser says 0, 0 of a button that was pressed from the keyboard: that is the middle of the drawing.
    """
    if quarter.frame is None:
        return None
    window = window_of(quarter.rings)
    scale = window.width / POINT_WIDTH_PX
    if x <= 0 and y <= 0:
        x, y = round(window.width / scale / 2), round(window.height / scale / 2)
    inside_x, inside_y = min(max(0, x * scale), window.width), min(max(0, y * scale), window.height)
    return Frame(*quarter.frame).place(window.x + inside_x, window.y + inside_y)


def point_in(quarter: ComplaintQuarter | None, point: Point | None) -> Point | None:
    """Return a point that is on the drawing of a quarter, or none: of another quarter it would mislead."""
    if quarter is None or quarter.frame is None or point is None:
        return None
    is_there = window_of(quarter.rings).holds(*Frame(*quarter.frame).units(*point))
    return point if is_there else None


def load_quarters(uow: UnitOfWork, content: bytes) -> int:
    """Put the quarters of a GeoJSON file in the place of those in use, which stay with their complaints.

    A quarter of the same French name is the same one, drawn anew.

    Raises:
        PermissionDenied: without ``registers.manage``.
        InvalidInput: ``quarters_not_understood``, ``quarters_too_many`` with ``limit``.
    """
    uow.require(MANAGES)
    drawing = read_quarters(content)
    known = {one.name_fr: one for one in uow.session.scalars(select(ComplaintQuarter))}
    for one in known.values():
        one.is_active = False
    for shape in drawing.shapes:
        kept = known.get(shape.name_fr)
        if kept is None:
            kept = known[shape.name_fr] = ComplaintQuarter(name_fr=shape.name_fr)
            uow.session.add(kept)
        kept.name_ar, kept.is_active = shape.name_ar, True
        kept.frame = list(astuple(drawing.frame))
        kept.rings, kept.map_height = [[list(point) for point in ring] for ring in shape.rings], drawing.height
    uow.session.flush()
    count = len({shape.name_fr for shape in drawing.shapes})
    uow.record("complaints.quarters_loaded", subject_kind="complaint_setup", subject_id="", count=count)
    return count


def remove_quarters(uow: UnitOfWork) -> None:
    """Take the map away; complaints keep their quarter.

    Raises:
        PermissionDenied: without ``registers.manage``.
    """
    uow.require(MANAGES)
    for one in uow.session.scalars(select(ComplaintQuarter).where(ComplaintQuarter.is_active)):
        one.is_active = False
    uow.record("complaints.quarters_loaded", subject_kind="complaint_setup", subject_id="", count=0)


def shipped_quarters() -> bytes:
    """Return a sketch of the demonstration district, no survey."""
    return files("docflow.complaints").joinpath(SHIPPED).read_bytes()


def similar_to(session: Session, *, category_id: UUID, quarter_id: UUID, now: datetime) -> Sequence[Similar]:
    """Return open complaints of the same subject in the same quarter, the newest first; of others nothing but when."""
    rows = session.execute(
        select(Complaint.id, Complaint.deposited_at)
        .join(Document, Document.id == Complaint.document_id)
        .join(Entry, Entry.id == Complaint.entry_id)
        .where(
            Complaint.category_id == category_id,
            Complaint.quarter_id == quarter_id,
            Complaint.kind == ComplaintKind.COMPLAINT,
            Complaint.main_id.is_(None),
            Complaint.deposited_at > now - SIMILAR_SINCE,
            Document.is_open,
            Document.confidentiality == "normal",
            Entry.state == EntryState.REGISTERED,
        )
        .order_by(Complaint.deposited_at.desc(), Complaint.id)
        .limit(MOST_SIMILAR)
    )
    return [Similar(*row) for row in rows]
