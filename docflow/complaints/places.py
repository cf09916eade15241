"""The map of a district by its quarters, which the administrator loads, and open complaints about the same nearby."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.complaints.models import Complaint, ComplaintQuarter
from docflow.complaints.quarters import label_point, path_of, read_quarters
from docflow.complaints.rules import ComplaintKind
from docflow.complaints.setting_up import MANAGES
from docflow.core.errors import InvalidInput
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.registry.models import Entry
from docflow.registry.rules import EntryState

MOST_SIMILAR: Final = 5
SIMILAR_SINCE: Final = timedelta(days=180)
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


@dataclass(frozen=True, slots=True)
class Similar:
    """An open complaint about the same matter nearby, as another citizen may know of it: since when, nothing else."""

    id: UUID
    deposited_at: datetime


def quarters(session: Session) -> Sequence[ComplaintQuarter]:
    """Return the quarters in use, by their name in French."""
    statement = select(ComplaintQuarter).where(ComplaintQuarter.is_active.is_(True))
    return session.scalars(statement.order_by(ComplaintQuarter.name_fr, ComplaintQuarter.id)).all()


def district_map(session: Session, *, locale: str, chosen: str = "") -> DistrictMap | None:
    """Return the map, or none where the district has none."""
    found = quarters(session)
    drawn = [
        MapQuarter(one.id, one.name(locale), path_of(one.rings), *label_point(one.rings), str(one.id) == chosen)
        for one in found
    ]
    return DistrictMap(max(one.map_height for one in found), drawn) if found else None


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
        kept.rings, kept.map_height = [[list(point) for point in ring] for ring in shape.rings], drawing.height
    uow.session.flush()
    count = len({shape.name_fr for shape in drawing.shapes})
    uow.record("complaints.quarters_loaded", subject_kind="complaint_setup", subject_id="", count=count)
    return count


def shipped_quarters() -> bytes:
    """Return the map that comes with the product: a sketch of the demonstration district, no survey."""
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
            Document.is_open.is_(True),
            Document.confidentiality == "normal",
            Entry.state == EntryState.REGISTERED,
        )
        .order_by(Complaint.deposited_at.desc(), Complaint.id)
        .limit(MOST_SIMILAR)
    )
    return [Similar(*row) for row in rows]
