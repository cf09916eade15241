"""What the sheets of a printed case file say of the file and of its letters, read from the database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from docflow.accounts.queries import names_shown
from docflow.accounts.units import all_units
from docflow.accounts.visibility import Confidentiality
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.core.words import Words
from docflow.district.queries import letterhead_of
from docflow.records.models import CaseFile
from docflow.records.ports import Deps
from docflow.records.print_drawing import PrintedFile, PrintedLetter
from docflow.records.queries import FiledEntry
from docflow.records.rules import FileState
from docflow.records.wording import CONFIDENTIALITIES, STATES
from docflow.registry.sealing import verification_address
from docflow.stamping.queries import SealedRevisionView


def printed_file(session: Session, deps: Deps, actor: Actor, kept: CaseFile, *, is_rtl: bool) -> PrintedFile:
    """Return what the cover of a case file says."""
    letterhead = letterhead_of(session)
    unit = next(unit for unit in all_units(session) if unit.id == kept.unit_id)
    shown = {locale: names_shown(session, {kept.opened_by_name, actor.name}, locale=locale) for locale in ("ar", "fr")}
    people = {name: Words(_outside(shown["ar"][name]), _outside(shown["fr"][name])) for name in shown["fr"]}
    return PrintedFile(
        letterhead=letterhead,
        label=kept.label,
        title=kept.title,
        unit=Words(unit.name_ar, unit.name_fr),
        opened_at=kept.opened_at,
        opened_by=people[kept.opened_by_name],
        state=STATES[FileState(kept.state)],
        reason=kept.reason,
        confidentiality=CONFIDENTIALITIES[Confidentiality(kept.confidentiality)],
        printed_at=deps.clock.now(),
        printed_by=people[actor.name],
        is_rtl=is_rtl,
    )


def printed_letter(
    deps: Deps,
    filed: FiledEntry,
    sealed: SealedRevisionView | None,
    *,
    missing: Words | None,
) -> PrintedLetter:
    """Return what the contents say of a letter."""
    document, entry = filed.document, filed.entry
    at = document.deposited_at if entry is None or entry.arrived_at is None else entry.arrived_at
    is_outgoing = not document.sender and bool(document.addressee)
    return PrintedLetter(
        number=document.register_number,
        day=at.astimezone(CASABLANCA).date(),
        subject=document.subject,
        party=document.addressee if is_outgoing else document.sender,
        is_outgoing=is_outgoing,
        sealed_at=None if sealed is None else sealed.sealed_at,
        verification_url="" if entry is None else verification_address(deps.settings.public_url, entry),
        why_missing=missing,
    )


def _outside(name: str) -> str:
    """Return a name without the one under which somebody signs in, which is nothing for paper."""
    return name.rpartition(" (")[0] or name
