"""Prints of case files: asked for on a page, bound and sealed by a job, taken by whoever asked.

A print holds what whoever asked may know of at the moment of making; it goes out only while that is still so.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from docflow.accounts.queries import actor_of, is_usable, person_with_id
from docflow.core.actor import SYSTEM, Actor
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied, Unavailable
from docflow.core.jobs import JobRequest
from docflow.core.making import MakingState
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.documents.models import Document
from docflow.documents.queries import document_content_for, documents_shown
from docflow.pdf.binding import BoundPart, PartLink, bind_files
from docflow.pdf.source import inspect_source
from docflow.records.models import CaseFile, CaseFilePrint
from docflow.records.ports import Deps
from docflow.records.print_drawing import PrintedFile, PrintedLetter, count_front_pages, draw_front
from docflow.records.print_words import printed_file, printed_letter
from docflow.records.queries import FiledEntry, entries_of_file, file_for
from docflow.records.wording import CONTENTS, NOT_SHOWN, NOT_THERE, ROUTE_SHEET
from docflow.routing.route_sheet import draw_bound_route
from docflow.stamping.papers import MadePaper, keep_paper, seal_paper_file
from docflow.stamping.queries import SealedRevisionView, sealed_revision_of
from docflow.storage.operations import forget_made
from docflow.storage.rules import BlobKind, BlobRef

KEPT_FOR: Final = timedelta(days=7)
MOST_LISTED: Final = 10
MOST_LETTERS: Final = 300
MOST_BYTES: Final = 150_000_000
"""Of the letters of one print: binding and sealing hold the file in memory."""
PROGRESS_S: Final = 1.0
"""Between two words about how far a print is."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """A letter of a print: what the contents say of it, its file in the store, whether its route sheet follows."""

    letter: PrintedLetter
    document_id: UUID
    blob: BlobRef | None
    has_route: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that a print is made of."""

    actor: Actor
    file: PrintedFile
    papers: Sequence[_Paper]


def ask_print(uow: UnitOfWork, case_file_id: UUID) -> CaseFilePrint:
    """Ask for a print of a case file; the job that makes it follows the commit.

    Raises:
        PermissionDenied: without ``records.read``, or by nobody in person (``person_needed``).
        NotFound: ``case_file_unknown``.
    """
    uow.require("records.read")
    if uow.actor.person_id is None:
        raise PermissionDenied("person_needed")
    kept = file_for(uow.session, uow.actor, case_file_id)
    wanted = CaseFilePrint(
        case_file_id=kept.id, locale=uow.actor.locale, asked_by=uow.actor.person_id, asked_at=uow.now
    )
    uow.session.add(wanted)
    uow.session.flush()
    uow.enqueue(
        JobRequest(name="records.print", payload={"print_id": str(wanted.id)}, unique_key=f"records.print:{wanted.id}")
    )
    uow.record("records.print_asked", subject_kind="case_file", subject_id=kept.id, file=kept.label)
    return wanted


def prints_of(session: Session, actor: Actor, case_file_id: UUID) -> Sequence[CaseFilePrint]:
    """Return the prints of a case file that an actor asked for and may still take, the newest first."""
    found = session.scalars(
        select(CaseFilePrint)
        .where(CaseFilePrint.case_file_id == case_file_id, CaseFilePrint.asked_by == actor.person_id)
        .order_by(CaseFilePrint.asked_at.desc())
        .limit(MOST_LISTED)
    ).all()
    return [one for one in found if _is_still_shown(session, actor, one)]


def print_for(session: Session, actor: Actor, print_id: UUID) -> tuple[CaseFilePrint, CaseFile, BlobRef]:
    """Return a print that an actor asked for and may still take, with its file.

    Raises:
        NotFound: ``case_print_unknown``, whether it is missing, somebody else's, not made, or holds what the actor may
            know of or read no more.
    """
    found = session.get(CaseFilePrint, print_id)
    if found is None or found.asked_by != actor.person_id or found.sha256 is None:
        raise NotFound("case_print_unknown")
    if not _is_still_shown(session, actor, found):
        raise NotFound("case_print_unknown")
    try:
        kept = file_for(session, actor, found.case_file_id)
    except NotFound as error:
        raise NotFound("case_print_unknown") from error
    return found, kept, BlobRef(BlobKind.SEALED, found.sha256, found.size_bytes)


def make_print(deps: Deps, print_id: UUID, *, is_last_attempt: bool) -> None:
    """Bind, seal and keep a print, with what whoever asked may know of at this moment."""
    with deps.transactions.reading() as session:
        wanted = session.get(CaseFilePrint, print_id)
        if wanted is None or wanted.state != MakingState.WAITING:
            return
    try:
        plan = _planned(deps, wanted)
        with tempfile.TemporaryDirectory(prefix="docflow-file-") as folder:
            made, page_count = _bound(deps, plan, Path(folder), label=plan.file.label, note=_noter(deps, wanted, plan))
    except DocFlowError as refusal:
        if isinstance(refusal, Unavailable | Conflict) and not is_last_attempt:
            raise
        with deps.transactions.writing(SYSTEM) as uow:
            _note_failed(uow, print_id, refusal)
        return
    with deps.transactions.writing(plan.actor) as uow:
        _keep(uow, print_id, plan, made, page_count=page_count)
    at = deps.clock.now()
    for paper in plan.papers:
        if paper.blob is not None:
            deps.access_log.opened(plan.actor, paper.document_id, what="case file", at=at)


def forget_prints(deps: Deps) -> int:
    """Drop the prints that nobody needs any more; their hashes stay, so that they are still verified."""
    with deps.transactions.writing(SYSTEM) as uow:
        count = forget_made(uow, CaseFilePrint, BlobKind.SEALED, kept_for=KEPT_FOR)
        if count:
            uow.record("records.prints_forgotten", subject_kind="case_file", subject_id="", count=count)
        return count


def _planned(deps: Deps, wanted: CaseFilePrint) -> _Plan:
    """Return what a print is made of.

    Raises:
        PermissionDenied: when whoever asked has no right to it any more.
        NotFound: ``case_file_unknown``.
        InvalidInput: ``case_print_too_long`` with ``limit``, ``case_print_too_large`` with ``limit_mb``.
    """
    with deps.transactions.reading() as session:
        actor = _asker(session, deps, wanted)
        kept = file_for(session, actor, wanted.case_file_id)
        entries = entries_of_file(session, actor, kept.id)
        if len(entries) > MOST_LETTERS:
            raise InvalidInput("case_print_too_long", limit=MOST_LETTERS)
        file = printed_file(session, deps, actor, kept, is_rtl=wanted.locale == "ar")
        papers = [_paper(session, deps, entry) for entry in entries]
    if sum(paper.blob.size_bytes for paper in papers if paper.blob is not None) > MOST_BYTES:
        raise InvalidInput("case_print_too_large", limit_mb=MOST_BYTES // 1_000_000)
    return _Plan(actor, file, papers)


def _paper(session: Session, deps: Deps, entry: FiledEntry) -> _Paper:
    document = entry.document
    number = document.register_number
    sealed = sealed_revision_of(session, document.id, register_number=number) if number else None
    blob = _file_of(document, sealed) if entry.is_readable else None
    missing = NOT_SHOWN if not entry.is_readable else NOT_THERE if blob is None else None
    has_route = entry.is_readable and entry.entry is not None and entry.entry.arrived_at is not None
    return _Paper(printed_letter(deps, entry, sealed, missing=missing), document.id, blob, has_route)


def _file_of(document: Document, sealed: SealedRevisionView | None) -> BlobRef | None:
    """Return the file whose pages are printed: the sealed one, or the searchable copy, which holds no other's pages."""
    if sealed is not None:
        return sealed.blob
    if document.searchable_sha256 is not None:
        return BlobRef(BlobKind.SEARCHABLE, document.searchable_sha256, document.searchable_size_bytes or 0)
    return None


def _bound(deps: Deps, plan: _Plan, folder: Path, *, label: str, note: Callable[[int], None]) -> tuple[MadePaper, int]:
    """Bind the letters behind cover and contents, seal the whole and put it in the store."""
    letters = [paper.letter for paper in plan.papers]
    number = count_front_pages(letters) + 1
    parts: list[BoundPart] = []
    starts: list[int | None] = []
    places: list[int | None] = []
    for at, paper in enumerate(plan.papers):
        starts.append(None)
        places.append(None)
        for path, title, is_below in _files_of(deps, plan.actor, paper, folder, at=at):
            if starts[at] is None:
                starts[at], places[at] = number, len(parts) + 1
            parts.append(BoundPart(path, title, is_below=is_below))
            number += inspect_source(path).page_count
        note(at + 1)
    content, links = draw_front(plan.file, letters, starts)
    front, whole = folder / "front.pdf", folder / "whole.pdf"
    front.write_bytes(content)
    page_count = bind_files(
        [BoundPart(front, _said(CONTENTS, plan.file)), *parts],
        [PartLink(place.page_index, place.box, _part_of(places, place.letter)) for place in links],
        whole,
        title=f"{label} · {plan.file.title}",
        running_text=label,
    )
    return seal_paper_file(deps, whole, out=folder / "sealed.pdf"), page_count


def _files_of(deps: Deps, actor: Actor, paper: _Paper, folder: Path, *, at: int) -> Sequence[tuple[Path, str, bool]]:
    """Return the files of a letter in the folder, its pages and its route sheet, each with its name in the outline."""
    name = " · ".join(part for part in (paper.letter.number, paper.letter.subject) if part) or "—"
    files = []
    if paper.blob is not None:
        path = folder / f"{at}.pdf"
        with deps.blob_store.open(paper.blob.kind, paper.blob.sha256) as stream, path.open("wb") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
        files.append((path, name, False))
    if paper.has_route:
        path = folder / f"{at}-route.pdf"
        with deps.transactions.reading() as session:
            document = document_content_for(session, actor, paper.document_id)
            path.write_bytes(draw_bound_route(session, deps, actor, document))
        files.append((path, f"{ROUTE_SHEET.fr} · {ROUTE_SHEET.ar}" if files else name, bool(files)))
    return files


def _part_of(places: Sequence[int | None], letter: int) -> int:
    place = places[letter]
    assert place is not None  # noqa: S101 - only what has a page is linked
    return place


def _said(words: Words, file: PrintedFile) -> str:
    return words.ar if file.is_rtl else words.fr


def _noter(deps: Deps, wanted: CaseFilePrint, plan: _Plan) -> Callable[[int], None]:
    """Return what says how far a print is, now and then."""
    said_at = -PROGRESS_S

    def note(done: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at < PROGRESS_S:
            return
        said_at = time.monotonic()
        with deps.transactions.writing(SYSTEM) as uow:
            uow.session.execute(
                update(CaseFilePrint)
                .where(CaseFilePrint.id == wanted.id, CaseFilePrint.state == MakingState.WAITING)
                .values(done_count=done, entry_count=len(plan.papers))
            )

    return note


def _asker(session: Session, deps: Deps, wanted: CaseFilePrint) -> Actor:
    person = person_with_id(session, wanted.asked_by)
    now = deps.clock.now()
    actor = actor_of(session, person, now)
    if not is_usable(person, now) or not actor.can("records.read"):
        raise PermissionDenied("permission_missing", permission="records.read")
    return actor


def _is_still_shown(session: Session, actor: Actor, wanted: CaseFilePrint) -> bool:
    """Return whether the actor may still know of all that a print names, and read all that it holds."""
    shown = documents_shown(session, actor, [UUID(one) for one in wanted.document_ids])
    readable = {str(document_id) for document_id, (_, is_readable) in shown.items() if is_readable}
    return len(shown) == len(set(wanted.document_ids)) and set(wanted.read_ids) <= readable


def _keep(uow: UnitOfWork, print_id: UUID, plan: _Plan, made: MadePaper, *, page_count: int) -> None:
    """Keep a print, unless another worker made it meanwhile."""
    wanted = uow.session.get(CaseFilePrint, print_id, with_for_update=True)
    if wanted is None or wanted.state != MakingState.WAITING:
        return
    keep_paper(uow, made)
    wanted.note_made(made.blob.sha256, made.blob.size_bytes)
    wanted.page_count, wanted.entry_count, wanted.done_count = page_count, len(plan.papers), len(plan.papers)
    wanted.document_ids = [str(paper.document_id) for paper in plan.papers]
    wanted.read_ids = [str(paper.document_id) for paper in plan.papers if paper.letter.why_missing is not NOT_SHOWN]
    uow.record(
        "records.printed",
        subject_kind="case_file",
        subject_id=wanted.case_file_id,
        file=plan.file.label,
        letters=len(plan.papers),
        pages=page_count,
        sha256=made.blob.sha256,
    )


def _note_failed(uow: UnitOfWork, print_id: UUID, refusal: DocFlowError) -> None:
    wanted = uow.session.get(CaseFilePrint, print_id, with_for_update=True)
    if wanted is None or wanted.state != MakingState.WAITING:
        return
    wanted.note_failed(refusal)
    uow.record("records.not_printed", subject_kind="case_file", subject_id=wanted.case_file_id, reason=refusal.code)
