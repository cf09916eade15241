"""The catalogue of procedures, as the administrator keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from docflow.accounts.units import open_units
from docflow.appointments.queries import all_offices
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.deadlines.rules import DayKind
from docflow.requests.models import Procedure
from docflow.requests.rules import (
    LINE_LIMIT,
    MOST_LINES,
    SLUG_FORM,
    TEXT_LIMIT,
    TITLE_LIMIT,
    AskedPaper,
    ProcedureKind,
    Question,
    check_term,
)


@dataclass(frozen=True, slots=True)
class ProcedureSetup:
    """What an administrator says of a procedure; texts in both languages, in the order Arabic, French."""

    slug: str
    kind: ProcedureKind
    unit_id: UUID
    title: tuple[str, str]
    summary: tuple[str, str] = ("", "")
    fee: tuple[str, str] = ("", "")
    papers: Sequence[AskedPaper] = ()
    questions: Sequence[Question] = ()
    days: int | None = None
    day_kind: DayKind = DayKind.CALENDAR
    office_id: UUID | None = None
    legal_basis: tuple[str, str] = ("", "")
    is_silence_consent: bool = False
    is_online: bool = True
    is_active: bool = True


def create_procedure(uow: UnitOfWork, setup: ProcedureSetup) -> Procedure:
    """Add a procedure at the end of the catalogue.

    Raises:
        PermissionDenied: without ``procedures.manage``.
        InvalidInput: ``procedure_incomplete``, ``line_incomplete``, ``lines_too_many`` with ``limit``,
            ``unit_unknown``, ``choice_unknown``, ``field_too_long``, and what ``rules.check_term`` refuses.
        Conflict: ``procedure_slug_taken`` with ``slug``.
    """
    uow.require("procedures.manage")
    if not SLUG_FORM.fullmatch(setup.slug):
        raise InvalidInput("procedure_incomplete")
    if uow.session.scalar(select(Procedure.id).where(Procedure.slug == setup.slug)) is not None:
        raise Conflict("procedure_slug_taken", slug=setup.slug)
    last = uow.session.scalar(select(func.max(Procedure.position))) or 0
    procedure = Procedure(slug=setup.slug, position=last + 1)
    _apply(uow, procedure, setup)
    uow.session.add(procedure)
    uow.session.flush()
    uow.record("requests.procedure_added", subject_kind="procedure", subject_id=procedure.id, slug=procedure.slug)
    return procedure


def change_procedure(uow: UnitOfWork, procedure_id: UUID, setup: ProcedureSetup, *, expected_version: int) -> Procedure:
    """Change a procedure; requests that were deposited keep what was asked for on their day. Its slug stays.

    Raises:
        PermissionDenied: without ``procedures.manage``.
        NotFound: ``procedure_unknown``.
        InvalidInput: what ``create_procedure`` refuses.
        Conflict: ``changed_meanwhile``.
    """
    uow.require("procedures.manage")
    procedure = uow.session.get(Procedure, procedure_id, with_for_update=True)
    if procedure is None:
        raise NotFound("procedure_unknown")
    if procedure.version != expected_version:
        raise Conflict("changed_meanwhile")
    _apply(uow, procedure, setup)
    uow.record("requests.procedure_changed", subject_kind="procedure", subject_id=procedure.id, slug=procedure.slug)
    return procedure


def _apply(uow: UnitOfWork, procedure: Procedure, setup: ProcedureSetup) -> None:
    titles = _pair(setup.title, name="title", limit=TITLE_LIMIT)
    if not all(titles):
        raise InvalidInput("procedure_incomplete")
    kept = [procedure.unit_id] if procedure.unit_id else []
    if setup.unit_id not in {unit.id for unit in open_units(uow.session, kept=kept)}:
        raise InvalidInput("unit_unknown")
    if setup.office_id is not None and setup.office_id not in {one.id for one in all_offices(uow.session)}:
        raise InvalidInput("choice_unknown")
    check_term(setup.kind, setup.days, setup.day_kind)
    _check_lines([one.words.ar for one in setup.papers], [one.words.fr for one in setup.papers])
    _check_lines([one.words.ar for one in setup.questions], [one.words.fr for one in setup.questions])
    procedure.kind, procedure.unit_id, procedure.office_id = setup.kind, setup.unit_id, setup.office_id
    procedure.title_ar, procedure.title_fr = titles
    procedure.summary_ar, procedure.summary_fr = _texts(setup.summary)
    procedure.fee_ar, procedure.fee_fr = _pair(setup.fee, name="fee", limit=LINE_LIMIT)
    procedure.papers = [one.as_row() for one in setup.papers]
    procedure.questions = [one.as_row() for one in setup.questions]
    procedure.days, procedure.day_kind = setup.days, setup.day_kind
    basis = _pair(setup.legal_basis, name="legal_basis", limit=LINE_LIMIT)
    procedure.legal_basis_ar, procedure.legal_basis_fr = basis
    # Silence says nothing about information: law 31-13 has a grievance for it.
    procedure.is_silence_consent = setup.is_silence_consent and setup.kind is not ProcedureKind.INFORMATION
    procedure.is_online, procedure.is_active = setup.is_online, setup.is_active


def _pair(texts: tuple[str, str], *, name: str, limit: int) -> list[str]:
    said = [" ".join(text.split()) for text in texts]
    if any(len(text) > limit for text in said):
        raise InvalidInput("field_too_long", field=name, limit=limit)
    return said


def _texts(texts: tuple[str, str]) -> list[str]:
    said = ["\n".join(" ".join(line.split()) for line in text.strip().splitlines()) for text in texts]
    if any(len(text) > TEXT_LIMIT for text in said):
        raise InvalidInput("field_too_long", field="summary", limit=TEXT_LIMIT)
    return said


def _check_lines(arabic: Sequence[str], french: Sequence[str]) -> None:
    if len(arabic) > MOST_LINES:
        raise InvalidInput("lines_too_many", limit=MOST_LINES)
    for ar, fr in zip(arabic, french, strict=True):
        if not ar or not fr:
            raise InvalidInput("line_incomplete")
        if max(len(ar), len(fr)) > LINE_LIMIT:
            raise InvalidInput("field_too_long", field="papers", limit=LINE_LIMIT)
