"""Acts handed to the post on a numbered slip, which comes back counted and signed, with its scan as the proof.

Whoever keeps the desk of the register under whose number an act departed posts it, and the unit that wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from docflow.accounts.visibility import OPERATOR_TOKEN
from docflow.core.actor import Actor
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.statements import built_once
from docflow.core.uow import UnitOfWork
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by
from docflow.drafting.models import Draft, PostSlip, Sending
from docflow.drafting.queries import units_of
from docflow.drafting.rules import Channel, cleaned_text
from docflow.drafting.sending import Proof
from docflow.registry.queries import desk_codes
from docflow.registry.rules import shortened
from docflow.registry.transmittals import MOST_COUNTED, take_slip_number
from docflow.storage.operations import name_blob

MOST_ON_SLIP: Final = 100
LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class PostedAct:
    """An act that goes, or went, by post: to whom, and the act."""

    sending: Sending
    document: Document


@dataclass(frozen=True, slots=True)
class CountedSlip:
    """What the carrier wrote on the slip, and the scan of it."""

    received_by: str
    received_at: datetime | None
    counted: int
    note: str = ""
    proof: Proof | None = None


def waiting_for_post(session: Session, actor: Actor, *, chosen: Sequence[UUID] | None = None) -> Sequence[PostedAct]:
    """Return acts noted as going by post that are on no slip yet, the first noted first; or those that are chosen."""
    statement = _waiting(actor, Sending, Document).order_by(Sending.sent_at, Sending.id).limit(LISTED)
    if chosen is not None:
        statement = statement.where(Sending.id.in_(chosen))
    return [PostedAct(*row) for row in session.execute(statement)]


@built_once
def counting_for_post(actor: Actor, most: int) -> Select[int]:
    """Return the statement that counts the acts noted as going by post that are on no slip yet."""
    return select(func.count()).select_from(_waiting(actor, Sending.id).limit(most).subquery())


def _waiting(actor: Actor, *what: Any) -> Select[Any]:
    return (
        select(*what)
        .join(Draft, Draft.id == Sending.draft_id)
        .join(Document, Document.id == Draft.document_id)
        .where(Sending.channel == Channel.POST, Sending.slip_id.is_(None), _is_posted_by(actor))
    )


def make_post_slip(uow: UnitOfWork, sending_ids: Sequence[UUID], *, carrier: str) -> PostSlip:
    """Make the slip with which acts are handed to the post.

    Raises:
        PermissionDenied: without ``drafting.write``.
        InvalidInput: ``post_slip_empty``, ``slip_too_long`` with ``limit``, ``carrier_missing``, ``field_too_long``.
        NotFound: ``sending_unknown``.
        Conflict: ``posted_already``, ``clock_set_back``.
    """
    uow.require("drafting.write")
    wanted = sorted(set(sending_ids))
    if not wanted:
        raise InvalidInput("post_slip_empty")
    if len(wanted) > MOST_ON_SLIP:
        raise InvalidInput("slip_too_long", limit=MOST_ON_SLIP)
    said = shortened(cleaned_text(carrier, is_line=True), name="carrier", limit=200)
    if not said:
        raise InvalidInput("carrier_missing")
    # Whoever posts the same act at the same moment waits here, and is told of the other slip afterwards.
    rows = uow.session.scalars(
        select(Sending).where(Sending.id.in_(wanted)).order_by(Sending.id).with_for_update()
    ).all()
    if any(row.slip_id is not None for row in rows if _may_know(uow.session, uow.actor, row.id)):
        raise Conflict("posted_already")
    acts = waiting_for_post(uow.session, uow.actor, chosen=wanted)
    if len(acts) != len(wanted):
        raise NotFound("sending_unknown")
    taken = take_slip_number(uow)
    slip = PostSlip(
        year=taken.year,
        number=taken.number,
        label=taken.label,
        carrier=said,
        made_at=taken.at,
        made_by_name=uow.actor.name,
    )
    uow.session.add(slip)
    uow.session.flush()
    for act in acts:
        act.sending.slip_id = slip.id
        uow.record("drafting.posted", subject_kind="document", subject_id=act.document.id, slip=slip.label)
    uow.session.flush()
    return slip


def take_slip_back(uow: UnitOfWork, slip_id: UUID, counted: CountedSlip) -> PostSlip:
    """Note what the carrier counted and signed; the scan of the slip proves it for all of its acts.

    Raises:
        PermissionDenied: without ``drafting.write``.
        NotFound: ``post_slip_unknown``.
        Conflict: ``post_slip_returned`` with ``number``.
        InvalidInput: ``receiver_missing``, ``field_too_long``, ``count_not_understood``, ``arrival_in_future``;
            ``letters_differ`` with ``expected`` when nothing explains the difference.
    """
    uow.require("drafting.write")
    slip_for(uow.session, uow.actor, slip_id)
    slip = uow.session.get_one(PostSlip, slip_id, with_for_update=True, populate_existing=True)
    if slip.received_at is not None:
        raise Conflict("post_slip_returned", number=slip.label)
    acts = acts_on(uow.session, slip.id)
    receiver = shortened(counted.received_by, name="received_by", limit=200)
    if not receiver:
        raise InvalidInput("receiver_missing")
    if not 0 <= counted.counted <= MOST_COUNTED:
        raise InvalidInput("count_not_understood")
    received_at = counted.received_at or uow.now
    if received_at > uow.now:
        raise InvalidInput("arrival_in_future")
    note = shortened(counted.note, name="note", limit=300)
    if counted.counted != len(acts) and not note:
        raise InvalidInput("letters_differ", expected=len(acts))
    slip.received_at, slip.received_by, slip.counted, slip.return_note = received_at, receiver, counted.counted, note
    if counted.proof is not None:
        name_blob(uow, counted.proof.blob, media_type=counted.proof.media_type)
        slip.proof_sha256, slip.proof_size_bytes = counted.proof.blob.sha256, counted.proof.blob.size_bytes
        slip.proof_name, slip.proof_media_type = counted.proof.name, counted.proof.media_type
    for act in acts:
        uow.record("drafting.post_counted", subject_kind="document", subject_id=act.document.id, slip=slip.label)
    return slip


def slips_shown(session: Session, actor: Actor, *, is_out: bool) -> Sequence[tuple[PostSlip, int]]:
    """Return slips of which an actor may know every act, with how many they hold, the newest first."""
    count = select(func.count()).where(Sending.slip_id == PostSlip.id).correlate(PostSlip).scalar_subquery()
    state = PostSlip.received_at.is_(None) if is_out else PostSlip.received_at.is_not(None)
    rows = session.execute(
        select(PostSlip, count)
        .where(state, _is_slip_shown(actor))
        .order_by(PostSlip.made_at.desc(), PostSlip.number.desc())
        .limit(LISTED)
    )
    return [(slip, number) for slip, number in rows]


def slip_for(session: Session, actor: Actor, slip_id: UUID) -> PostSlip:
    """Return a slip of which an actor may know every act.

    Raises:
        NotFound: ``post_slip_unknown``.
    """
    found = session.scalar(select(PostSlip).where(PostSlip.id == slip_id, _is_slip_shown(actor)))
    if found is None:
        raise NotFound("post_slip_unknown")
    return found


def acts_on(session: Session, slip_id: UUID) -> Sequence[PostedAct]:
    """Return the acts on a slip; the caller has checked the right to know of them."""
    rows = session.execute(
        select(Sending, Document)
        .join(Draft, Draft.id == Sending.draft_id)
        .join(Document, Document.id == Draft.document_id)
        .where(Sending.slip_id == slip_id)
        .order_by(Document.register_number, Sending.id)
    )
    return [PostedAct(*row) for row in rows]


def _is_posted_by(actor: Actor, draft: Any = Draft, document: Any = Document) -> ColumnElement[bool]:
    """Return the condition that an actor posts an act: they may know of it, and wrote it or keep its desk."""
    is_near = or_(
        draft.unit_id.in_(units_of(actor, "unit:")),
        document.register_code.in_(sorted(desk_codes(actor))),
        true() if OPERATOR_TOKEN in actor.tokens else false(),
    )
    return and_(is_near, document.is_registered, is_opened_by(actor, document.id, content=False))


def _may_know(session: Session, actor: Actor, sending_id: UUID) -> bool:
    found = (
        select(Sending.id)
        .join(Draft, Draft.id == Sending.draft_id)
        .join(Document, Document.id == Draft.document_id)
        .where(Sending.id == sending_id, _is_posted_by(actor))
    )
    return session.scalar(found) is not None


def _is_slip_shown(actor: Actor) -> ColumnElement[bool]:
    sending, draft, document = aliased(Sending), aliased(Draft), aliased(Document)
    hidden = (
        select(sending.id)
        .join(draft, draft.id == sending.draft_id)
        .join(document, document.id == draft.document_id)
        .where(sending.slip_id == PostSlip.id, ~_is_posted_by(actor, draft, document))
        .correlate(PostSlip)
    )
    return ~hidden.exists()
