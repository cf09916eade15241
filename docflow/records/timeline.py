"""The one timeline of a case file: what happened to its letters, of those that the reader may know of.

Most of it is told from the journal. The route and the decisions are told from themselves, because the journal does not
repeat what people wrote; that is shown to whoever may read the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from docflow.approvals.models import ApprovalRun, Decision
from docflow.audit.finding import FoundLine
from docflow.audit.models import JournalEntry
from docflow.audit.telling import Teller, ToldLine
from docflow.core.actor import Actor
from docflow.drafting.models import Draft
from docflow.drafting.queries import is_draft_shown
from docflow.records.models import CaseFile
from docflow.records.queries import FiledEntry
from docflow.records.rules import OWN_VERBS, TOLD_VERBS
from docflow.routing.models import Assignment
from docflow.routing.rules import AssignmentState

PAGE_SIZE: Final = 60


class MomentKind(StrEnum):
    """What a moment is told from."""

    LINE = "line"
    SENT = "sent"
    ENDED = "ended"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; ``line``, ``assignment`` or ``decision`` tells it.

    ``filed`` is the letter it happened to, none for the case file itself. ``said``: what somebody wrote, for a reader
    of the letter.
    """

    at: datetime
    kind: MomentKind
    filed: FiledEntry | None = None
    line: ToldLine | None = None
    assignment: Assignment | None = None
    decision: Decision | None = None
    said: str = ""


_Raw: TypeAlias = tuple[datetime, MomentKind, JournalEntry | Assignment | Decision, FiledEntry | None]


def moments_of(
    session: Session,
    actor: Actor,
    kept: CaseFile,
    entries: Sequence[FiledEntry],
    *,
    teller: Teller,
    locale: str,
    page: int,
) -> tuple[Sequence[Moment], int]:
    """Return a page (from 1) of what happened, the first first, and how many pages there are.

    ``entries`` are the letters of the file that the actor may know of.
    """
    filed = {entry.document.id: entry for entry in entries}
    raw = [
        *_lines(session, actor, kept, filed),
        *_route(session, filed),
        *_decisions(session, filed),
    ]
    raw.sort(key=lambda one: one[0])
    page_count = max(1, -(-len(raw) // PAGE_SIZE))
    shown = raw[(min(page, page_count) - 1) * PAGE_SIZE :][:PAGE_SIZE]
    lines = [FoundLine(about, is_sealed=False) for _, _, about, _ in shown if isinstance(about, JournalEntry)]
    told = {line.number: line for line in teller.tell(session, actor, lines, locale=locale)}
    return [_moment(one, told) for one in shown], page_count


def _moment(one: _Raw, told: Mapping[int, ToldLine]) -> Moment:
    at, kind, about, filed = one
    may_read = filed is not None and filed.is_readable
    if isinstance(about, JournalEntry):
        return Moment(at, kind, filed, line=told[about.number])
    if isinstance(about, Assignment):
        said = about.note if kind is MomentKind.SENT else about.answer
        return Moment(at, kind, filed, assignment=about, said=said if may_read else "")
    return Moment(at, kind, filed, decision=about, said=about.comment if may_read else "")


def _lines(session: Session, actor: Actor, kept: CaseFile, filed: Mapping[UUID, FiledEntry]) -> list[_Raw]:
    """Return lines of the journal about the case file, its letters, and the drafts that answer them."""
    drafts = session.execute(
        select(Draft.id, Draft.answers_id).where(Draft.answers_id.in_(filed), is_draft_shown(actor))
    )
    letters = {str(document_id): entry for document_id, entry in filed.items()}
    of_draft = {str(draft_id): filed[answers_id] for draft_id, answers_id in drafts if answers_id is not None}
    found = session.scalars(
        select(JournalEntry).where(
            or_(
                and_(JournalEntry.subject_kind == "case_file", JournalEntry.subject_id == str(kept.id)),
                and_(
                    JournalEntry.subject_kind == "document",
                    JournalEntry.subject_id.in_(letters),
                    JournalEntry.verb.in_((*TOLD_VERBS, *OWN_VERBS)),
                ),
                and_(
                    JournalEntry.subject_kind == "draft",
                    JournalEntry.subject_id.in_(of_draft),
                    JournalEntry.verb.in_(TOLD_VERBS),
                ),
            )
        )
    )
    own = str(kept.id)
    return [
        (line.at, MomentKind.LINE, line, letters.get(line.subject_id) or of_draft.get(line.subject_id))
        for line in found
        # That a letter is also in another case file belongs to the story of that one.
        if line.verb not in OWN_VERBS or line.values.get("case_file", own) == own
    ]


def _route(session: Session, filed: Mapping[UUID, FiledEntry]) -> list[_Raw]:
    """Return what was asked of whom, and how it ended."""
    moments: list[_Raw] = []
    for one in session.scalars(select(Assignment).where(Assignment.document_id.in_(filed))):
        entry = filed[one.document_id]
        moments.append((one.sent_at, MomentKind.SENT, one, entry))
        if one.closed_at is not None and one.state != AssignmentState.OPEN:
            moments.append((one.closed_at, MomentKind.ENDED, one, entry))
    return moments


def _decisions(session: Session, filed: Mapping[UUID, FiledEntry]) -> list[_Raw]:
    """Return the decisions that took effect."""
    rows = session.execute(
        select(Decision, ApprovalRun.document_id)
        .join(ApprovalRun, ApprovalRun.id == Decision.run_id)
        .where(ApprovalRun.document_id.in_(filed), Decision.is_kept)
    )
    return [(decision.decided_at, MomentKind.DECIDED, decision, filed[document_id]) for decision, document_id in rows]
