"""The probable unit of pages that were only read, and are no document here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.accounts.units import all_units
from docflow.core.actor import Actor
from docflow.ocr.letter import PageWords, ProposedField
from docflow.unit_proposals.queries import TAUGHT_PAGES, lessons_for
from docflow.unit_proposals.rules import Lesson, propose_unit
from docflow.unit_proposals.stems import telling_stems


@dataclass(frozen=True, slots=True)
class Experience:
    """What an actor may learn from, and the codes of the units."""

    lessons: Sequence[Lesson] = ()
    codes: Mapping[UUID, str] = field(default_factory=dict)


def experience_of(session: Session, actor: Actor) -> Experience:
    """Return what the actor may learn from."""
    return Experience(lessons_for(session, actor), {unit.id: unit.code for unit in all_units(session)})


def probable_unit(pages: Sequence[PageWords], experience: Experience, *, subject: str) -> ProposedField | None:
    """Return the code of the probable unit, boxed at the word that speaks most for it; or none."""
    taught = pages[:TAUGHT_PAGES]
    subject_stems = telling_stems(subject)
    stems = subject_stems | telling_stems("\n".join(word.text for page in taught for word in page.words))
    proposal = propose_unit(stems, experience.lessons, subject_stems=subject_stems)
    if proposal is None:
        return None
    for reason in proposal.stems:
        for page_number, page in enumerate(taught, start=1):
            for word in page.words:
                if reason in telling_stems(word.text):
                    code = experience.codes[proposal.unit_id]
                    return ProposedField(code, proposal.confidence, page_number, word.box)
    return None
