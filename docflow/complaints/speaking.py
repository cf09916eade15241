"""What a citizen says of a complaint once it is deposited: messages, what was asked for, a rating, opening it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from docflow.accounts.models import Person
from docflow.complaints.following import FollowedComplaint, followed_complaint
from docflow.complaints.models import Complaint, ComplaintMessage, ComplaintOutcome
from docflow.complaints.photos import keep_photo
from docflow.complaints.rules import COMMENT_LIMIT, MESSAGE_LIMIT, MOST_PHOTOS, RATINGS, words_of
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.deadlines.queries import deadline_from
from docflow.deadlines.rules import COMPLAINT
from docflow.documents.models import Document
from docflow.documents.registering import reopen_matter
from docflow.notifications.telling import Told, tell
from docflow.pdf.source import SourceFile
from docflow.registry.terms import resume_for_citizen
from docflow.routing.queries import route_of
from docflow.routing.reminding import House, house_of
from docflow.routing.rules import NOTE_LIMIT, AssignmentState, Instruction
from docflow.routing.steps import Dispatch, ask
from docflow.storage.rules import BlobRef

SAID = "complaints.citizen_said"
REOPENED = "complaints.reopened"
MOST_TOLD = 20
REOPENED_NOTE = "أعاد المرتفق فتح الشكاية – Rouverte par l'usager : "
"""What the route says of it, in both languages, because it is kept for readers of either."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was looked at and stored, and that nothing names yet."""

    blob: BlobRef
    source: SourceFile
    name: str


def say(uow: UnitOfWork, entry_id: UUID, *, text: str) -> ComplaintMessage:
    """Say something to whoever treats the complaint; the caller has checked the secret.

    Raises:
        NotFound: ``complaint_unknown``.
        Conflict: ``messages_too_many`` when it is answered, or enough was said.
        InvalidInput: ``message_missing``, ``field_too_long``.
    """
    followed = _followed(uow, entry_id)
    if not followed.can_say:
        raise Conflict("messages_too_many")
    return _say(uow, followed.complaint, text)


def send_asked(uow: UnitOfWork, entry_id: UUID, *, text: str, files: Sequence[SentFile]) -> ComplaintMessage:
    """Send what the district asked for, which is done once; its term goes on from today.

    Raises:
        NotFound: ``complaint_unknown``.
        Conflict: ``nothing_asked``; ``photos_too_many`` with ``limit``.
        InvalidInput: ``message_missing``, ``field_too_long``.
    """
    followed = _followed(uow, entry_id)
    if followed.asked is None:
        raise Conflict("nothing_asked")
    if len(files) > MOST_PHOTOS:
        raise Conflict("photos_too_many", limit=MOST_PHOTOS)
    message = _say(uow, followed.complaint, text)
    for file in files:
        keep_photo(uow, file.blob, file.source, name=file.name, complaint_id=followed.complaint.id)
    resume_for_citizen(uow, entry_id)
    return message


def rate(uow: UnitOfWork, entry_id: UUID, *, is_solved: bool | None, rating: str, comment: str) -> ComplaintOutcome:
    """Note whether it is solved for the citizen, and how content they are; said again, it is what was said last.

    Raises:
        NotFound: ``complaint_unknown``.
        Conflict: ``not_answered``.
        InvalidInput: ``solved_missing``, ``rating_unknown``, ``field_too_long``.
    """
    followed = _followed(uow, entry_id)
    if followed.outcome is None or followed.complaint.main_id is not None:
        raise Conflict("not_answered")
    if is_solved is None:
        raise InvalidInput("solved_missing")
    if rating and rating not in {str(one) for one in RATINGS}:
        raise InvalidInput("rating_unknown")
    said = " ".join(comment.split())
    if len(said) > COMMENT_LIMIT:
        raise InvalidInput("field_too_long", field="comment", limit=COMMENT_LIMIT)
    outcome = uow.session.get_one(ComplaintOutcome, followed.outcome.id, with_for_update=True)
    outcome.is_solved, outcome.rating = is_solved, int(rating) if rating else None
    outcome.rating_comment, outcome.rated_at = said, uow.now
    uow.record(
        "complaints.rated",
        subject_kind="document",
        subject_id=followed.complaint.document_id,
        is_solved=str(is_solved).lower(),
        rating=rating,
    )
    return outcome


def reopen(uow: UnitOfWork, entry_id: UUID, *, comment: str) -> Complaint:
    """Open an answered complaint again: it goes to the head above the unit that answered, within a new term.

    Raises:
        NotFound: ``complaint_unknown``.
        Conflict: ``not_reopenable``.
        InvalidInput: ``reopening_reason_missing``, ``field_too_long``.
    """
    followed = _followed(uow, entry_id)
    if not followed.can_reopen:
        raise Conflict("not_reopenable")
    said = words_of(comment, name="comment", limit=COMMENT_LIMIT, missing="reopening_reason_missing")
    complaint = followed.complaint
    complaint.answered_at = followed.answered_at
    complaint.reopened_at, complaint.reopened_count = uow.now, complaint.reopened_count + 1
    if followed.outcome is not None and followed.outcome.is_solved is None:
        outcome = uow.session.get_one(ComplaintOutcome, followed.outcome.id, with_for_update=True)
        outcome.is_solved = False
    uow.session.add(ComplaintMessage(complaint_id=complaint.id, is_from_citizen=True, text=said, said_at=uow.now))
    document = uow.session.get_one(Document, complaint.document_id, with_for_update=True)
    if not document.is_open:
        reopen_matter(document)
    head = _ask_head(uow, document, said)
    uow.record(
        "complaints.reopened", subject_kind="document", subject_id=complaint.document_id, count=complaint.reopened_count
    )
    if head is not None:
        key = f"{REOPENED}:{complaint.id}:{complaint.reopened_count}"
        tell(uow, head, Told(REOPENED, key, document_id=document.id))
    return complaint


def _followed(uow: UnitOfWork, entry_id: UUID) -> FollowedComplaint:
    found = followed_complaint(uow.session, entry_id, now=uow.now)
    if found is None:
        raise NotFound("complaint_unknown")
    # The row puts those who say something at the same moment in a queue; what is allowed is looked at behind it.
    uow.session.get_one(Complaint, found.complaint.id, with_for_update=True, populate_existing=True)
    again = followed_complaint(uow.session, entry_id, now=uow.now)
    if again is None:
        raise NotFound("complaint_unknown")
    return again


def _say(uow: UnitOfWork, complaint: Complaint, text: str) -> ComplaintMessage:
    said = words_of(text, name="text", limit=MESSAGE_LIMIT, missing="message_missing")
    message = ComplaintMessage(complaint_id=complaint.id, is_from_citizen=True, text=said, said_at=uow.now)
    uow.session.add(message)
    uow.session.flush()
    uow.record("complaints.citizen_said", subject_kind="document", subject_id=complaint.document_id)
    house = house_of(uow.session, uow.now)
    for person in _treating(uow, house, complaint.document_id):
        tell(uow, person, Told(SAID, f"{SAID}:{message.id}", document_id=complaint.document_id))
    return message


def _treating(uow: UnitOfWork, house: House, document_id: UUID) -> list[Person]:
    """Return who holds an open task on a document, or all of the unit in whose basket it lies."""
    asked: dict[UUID, None] = {}
    for task in route_of(uow.session, document_id):
        if task.state != AssignmentState.OPEN:
            continue
        holder = task.person_id or task.claimed_by
        members = [holder] if holder is not None else house.members_of(task.unit_id) if task.unit_id else []
        asked.update(dict.fromkeys(members))
    return [house.people[person_id] for person_id in list(asked)[:MOST_TOLD] if person_id in house.people]


def _ask_head(uow: UnitOfWork, document: Document, said: str) -> Person | None:
    """Ask the head of the unit that answered, or the next above who is there, to have it answered anew."""
    house = house_of(uow.session, uow.now)
    head_id = next(
        (
            holders[0][0]
            for unit_id in house.asked.units_above(document.unit_id)
            if (holders := house.heads_of(unit_id))
        ),
        None,
    )
    is_held = any(
        task.state == AssignmentState.OPEN and task.instruction == Instruction.ATTRIBUTION
        for task in route_of(uow.session, document.id)
    )
    if head_id is None and (document.unit_id is None or is_held):
        return None
    dispatch = Dispatch(
        Instruction.ACTION if is_held else Instruction.ATTRIBUTION,
        unit_id=document.unit_id if head_id is None else None,
        person_id=head_id,
        note=f"{REOPENED_NOTE}{' '.join(said.split())}"[:NOTE_LIMIT],
        due_on=deadline_from(uow.session, COMPLAINT, uow.now).due,
    )
    ask(uow, document, dispatch, parent=None)
    return None if head_id is None else house.people.get(head_id)
