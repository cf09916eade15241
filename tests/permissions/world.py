"""Three letters and what hangs on each, so that every address of the staff site has something to be asked about.

``own`` lies with the works service and answers to its division; ``other`` with civil status; ``confidential`` names the
head of the other division and nobody else.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from docflow.accounts.giving import NewPower, give_power
from docflow.accounts.power_rules import PowerKind
from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.appointments.tickets import give_ticket
from docflow.approvals.operations import Verdict
from docflow.approvals.queries import runs_about
from docflow.approvals.rules import Choice
from docflow.approvals.signing import decide_and_sign
from docflow.bootstrap import Runtime
from docflow.complaints.models import Complaint, ComplaintPhoto
from docflow.complaints.setting_up import CategorySetup, add_category
from docflow.core.actor import SYSTEM
from docflow.core.ids import new_id
from docflow.deadlines.operations import close_day
from docflow.documents.models import Document
from docflow.documents.queries import pages_of
from docflow.drafting.models import Draft, PostSlip, Sending
from docflow.drafting.rules import Channel
from docflow.drafting.templating import create_template
from docflow.drafting.usual import usual_templates
from docflow.ingest.operations import open_batch
from docflow.publications.models import ContentAsk, ContentPlan, PublicFile, Redaction
from docflow.publications.opening import SeasonSetup, keep_season
from docflow.publications.operations import PostSetup, ThemeSetup, begin_post, keep_category
from docflow.publications.rules import PostKind, PostText
from docflow.records.operations import FileSetup, file_documents, open_file
from docflow.records.prints import ask_print as ask_file_print
from docflow.registry.models import Entry, Register
from docflow.registry.operations import Arrival
from docflow.registry.prints import ask_print
from docflow.registry.rules import SetAsideReason
from docflow.registry.setting_aside import set_aside
from docflow.registry.transmittals import make_transmittal, take_slip_number
from docflow.requests.catalogue import ProcedureSetup, create_procedure
from docflow.requests.depositing import Application, Given, deposit_online
from docflow.requests.queries import files_of
from docflow.requests.rules import ProcedureKind
from docflow.routing.queries import route_of
from docflow.routing.rules import Instruction
from docflow.search.exporting import ask_export
from docflow.search.listing import ListTexts
from docflow.search.operations import add_word
from docflow.search.rules import WordKind
from docflow.search.saving import SearchSetup, keep_search
from docflow.storage.rules import BlobKind
from docflow.unit_proposals.ruling import NewRoute, make_route
from tests.conftest import actor, run_jobs
from tests.factories.acts import make_circuit, short
from tests.factories.documents import read_document, unit_id
from tests.factories.drafts import begun
from tests.factories.offices import office
from tests.factories.registry import registered
from tests.rooms.requests.test_requests import PNG as PIXEL
from tests.rooms.routing.test_routing import sent, to_person, to_unit

TEXT: Final = "Une lettre."
KINDS: Final = (BlobKind.ORIGINAL, BlobKind.PAGE, BlobKind.THUMBNAIL)
"""Objects that a letter has; their bytes do not matter here."""
LETTERS: Final = {"o": "own", "x": "other", "c": "confidential"}
UNITS: Final = {"o": "TRV", "x": "EC", "c": "EC"}
NAMED: Final = ("agent2", "head2")
WRITERS: Final = {"o": "agent", "x": "agent2", "c": "agent2"}
SIGNERS: Final = {"o": "head", "x": "head2", "c": "head2"}


@dataclass(frozen=True, slots=True)
class World:
    """Values of the parts of addresses: those that belong to a letter, and those that do not."""

    of_letter: dict[str, dict[str, object]]
    of_house: dict[str, object]


def make_world(runtime: Runtime) -> World:
    """Make the letters, each with its tasks, papers, drafts and decisions, and what belongs to none of them."""
    found = {key: _about(runtime, key) for key in LETTERS}
    of_letter = {name: {key: found[key][name] for key in LETTERS} for name in found["o"]}
    return World(of_letter, _of_house(runtime))


def _about(runtime: Runtime, key: str) -> dict[str, object]:
    """Return what hangs on one letter: the parts of addresses by their names."""
    first, decided = _letter(runtime, key), _letter(runtime, key)
    document_id = first.document_id
    assert document_id is not None
    draft = begun(runtime, WRITERS[key], answers_id=document_id, unit=UNITS[key])
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        slip = make_transmittal(uow, [first.id], unit_id=unit_id(runtime, UNITS[key]), note="")
    decider = SIGNERS[key]
    verdict = Verdict(Choice.APPROVE, "", None)
    with runtime.transactions.reading() as session:
        run = runs_about(session, document_id)[-1]
        page_id = pages_of(session, document_id)[0].id
        asked = runs_about(session, decided.document_id)[-1].asks[0].ask
        batch_id = session.get_one(Document, document_id).batch_id
        task = route_of(session, document_id)[0]
        complaint_id = session.scalars(select(Complaint.id).where(Complaint.document_id == document_id)).one()
    decision = decide_and_sign(runtime, actor(runtime, decider), asked.id, verdict)
    case_file_id = _case_file(runtime, key, document_id)
    return {
        "document_id": document_id,
        "other_id": decided.document_id,
        "page_id": page_id,
        "batch_id": batch_id,
        "entry_id": first.id,
        "act_id": _set_aside(runtime, key),
        "case_file_id": case_file_id,
        "redaction_id": _redaction(runtime, document_id),
        "assignment_id": task.id,
        "draft_id": draft.id,
        "slip_id": slip.id,
        "sending_id": _sending(runtime, draft.id),
        "post_slip_id": _post_slip(runtime, draft.unit_id, decided.document_id),
        "run_id": run.id,
        "ask_id": run.asks[0].ask.id,
        "decision_id": decision.id,
        **_office(runtime, key),
        "complaint_id": complaint_id,
        "photo_id": _photo(runtime, complaint_id),
        **_request(runtime, key),
    }


def _office(runtime: Runtime, key: str) -> dict[str, object]:
    """Open an office of the letter's unit where somebody waits with a ticket."""
    where = office(runtime, code=f"office-{key}", unit=UNITS[key], letter=key.upper())
    with runtime.transactions.writing(OPERATOR) as uow:
        return {"office_id": where.id, "ticket_id": give_ticket(uow, where.id, is_priority=False).id}


def _set_aside(runtime: Runtime, key: str) -> UUID:
    """Set a document aside that waited at the desk; a confidential one names nobody there."""
    confidentiality = Confidentiality.CONFIDENTIAL if key == "c" else Confidentiality.NORMAL
    document_id = read_document(runtime, TEXT, by="clerk2", confidentiality=confidentiality)
    with runtime.transactions.writing(OPERATOR) as uow:
        return set_aside(uow, [document_id], reason=SetAsideReason.MISTAKE)[0].act_id


def _redaction(runtime: Runtime, document_id: UUID) -> UUID:
    """Begin a redacted copy, as an editor who may read the letter would."""
    with runtime.transactions.writing(SYSTEM) as uow:
        kept = Redaction(document_id=document_id, boxes={}, begun_at=uow.now, begun_by_name="")
        uow.session.add(kept)
        uow.session.flush()
        return kept.id


def _photo(runtime: Runtime, complaint_id: UUID) -> UUID:
    """Note that a photograph was enclosed and reduced; its bytes do not matter here."""
    kinds = (BlobKind.ENCLOSURE, BlobKind.PHOTO)
    given, made = [runtime.blob_store.put(kind, io.BytesIO(TEXT.encode()), media_type="x") for kind in kinds]
    with runtime.transactions.writing(SYSTEM) as uow:
        photo = ComplaintPhoto(
            complaint_id=complaint_id, name="photo.jpg", media_type="image/jpeg", given_at=uow.now,
            original_sha256=given.sha256, original_size_bytes=given.size_bytes, reduced_sha256=made.sha256,
        )  # fmt: skip
        uow.session.add(photo)
        uow.session.flush()
        return photo.id


def _request(runtime: Runtime, key: str) -> dict[str, object]:
    """Deposit a request with a file by a procedure that the letter's unit decides."""
    with runtime.transactions.writing(OPERATOR) as uow:
        setup = ProcedureSetup(f"procedure-{key}", ProcedureKind.REQUEST, unit_id(runtime, UNITS[key]), ("أ", "a"))
        procedure = create_procedure(uow, setup)
    file = Given(io.BytesIO(PIXEL), "x.png")
    made = deposit_online(runtime, procedure.slug, Application("Nadia", files=[file]), key=new_id())
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        file_id = files_of(session, made.id)[0].id
    return {"request_id": made.id, "enclosed_id": file_id, "slug": procedure.slug, "procedure_id": procedure.id}


def _case_file(runtime: Runtime, key: str, document_id: UUID) -> UUID:
    """Open a case file of the letter's unit, as confidential as the letter, and file it there."""
    setup = FileSetup("Éclairage", unit_id(runtime, UNITS[key]))
    if key == "c":
        named = actor(runtime, WRITERS[key]).person_id
        setup = replace(setup, confidentiality=Confidentiality.CONFIDENTIAL, named_people=(named,))  # type: ignore[arg-type]
    with runtime.transactions.writing(actor(runtime, SIGNERS[key] if key == "c" else WRITERS[key])) as uow:
        kept = open_file(uow, setup)
        file_documents(uow, kept.id, [document_id])
    return kept.id


def _sending(runtime: Runtime, draft_id: UUID) -> UUID:
    """Note that an act went out with a proof, as a departed one would."""
    proof = runtime.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(TEXT.encode()), media_type="x")
    with runtime.transactions.writing(SYSTEM) as uow:
        sending = Sending(
            draft_id=draft_id,
            channel=Channel.POST,
            recipient="Nadia Cherkaoui",
            proof_sha256=proof.sha256,
            proof_size_bytes=proof.size_bytes,
            sent_by_name="",
            sent_at=uow.now,
        )
        uow.session.add(sending)
        uow.session.flush()
        return sending.id


def _post_slip(runtime: Runtime, unit: UUID, document_id: UUID | None) -> UUID:
    """Note that an act, here the other letter, was handed to the post on a slip that came back with its scan."""
    proof = runtime.blob_store.put(BlobKind.ORIGINAL, io.BytesIO(TEXT.encode()), media_type="x")
    with runtime.transactions.writing(SYSTEM) as uow:
        draft = Draft(
            document_id=document_id, unit_id=unit, author_name="", kind="letter", content={}, begun_at=uow.now,
            kept_at=uow.now, kept_by_name="",
        )  # fmt: skip
        taken = take_slip_number(uow)
        slip = PostSlip(
            year=taken.year, number=taken.number, label=taken.label, carrier="Poste", made_at=uow.now, made_by_name="",
            proof_sha256=proof.sha256, proof_size_bytes=proof.size_bytes,
        )  # fmt: skip
        uow.session.add_all([draft, slip])
        uow.session.flush()
        uow.session.add(
            Sending(
                draft_id=draft.id,
                channel=Channel.POST,
                recipient="Nadia Cherkaoui",
                sent_by_name="",
                sent_at=uow.now,
                slip_id=slip.id,
            )
        )
    return slip.id


def _letter(runtime: Runtime, key: str) -> Entry:
    """Register a letter of its own batch in the register of complaints, sent for attribution and for signature."""
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    original, *_pictures = [runtime.blob_store.put(kind, io.BytesIO(TEXT.encode()), media_type="x") for kind in KINDS]
    document_id = read_document(runtime, TEXT, by="clerk", batch_id=batch_id, original=original)
    said: dict[str, object] = {"unit_id": unit_id(runtime, UNITS[key]), "register": "complaints"}
    if key == "c":
        people = [actor(runtime, name).person_id for name in NAMED]
        said |= {"confidentiality": Confidentiality.CONFIDENTIAL, "arrival": Arrival(named_people=tuple(people))}
    entry = registered(runtime, document_id, **said)  # type: ignore[arg-type]
    run_jobs(runtime)
    if key == "c":
        writer, signer = NAMED
        sent(runtime, document_id, to_person(runtime, writer, Instruction.ATTRIBUTION), by=signer)
        sent(runtime, document_id, to_person(runtime, signer, Instruction.SIGNATURE), by=writer)
    else:
        sent(runtime, document_id, to_unit(runtime, UNITS[key], Instruction.SIGNATURE), by="clerk")
    run_jobs(runtime)
    return entry


def _published(runtime: Runtime) -> dict[str, object]:
    """Publish something with a picture under a theme, and set the hours of a season."""
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        days = (date(2026, 2, 18), date(2026, 3, 19))
        season = keep_season(uow, None, SeasonSetup(["09:00-15:00"] * 7, "رمضان", "Ramadan", *days))
    with runtime.transactions.writing(actor(runtime, "editor")) as uow:
        category = keep_category(uow, None, ThemeSetup("الأشغال", "Travaux"))
        post = begin_post(uow, PostSetup(PostKind.NEWS, PostText("خبر", "Nouvelle", body_ar="نص", body_fr="Texte")))
        picture = PublicFile(
            post_id=post.id, is_picture=True, name="x", sha256="0" * 64, size_bytes=1, small_sha256="0" * 64,
            added_at=uow.now,
        )  # fmt: skip
        uow.session.add(picture)
        uow.session.flush()
    with runtime.transactions.writing(SYSTEM) as uow:
        today = runtime.clock.now().date()
        ask = ContentAsk(unit_id=unit_id(runtime, "TRV"), asked_on=today, due_on=today)
        uow.session.add_all([ask, ContentPlan(unit_id=ask.unit_id, every_days=30, days_to_give=7, next_on=today)])
        uow.session.flush()
    return {
        "post_id": post.id,
        "file_id": picture.id,
        "theme_id": category.id,
        "season_id": season.id,
        "content_ask_id": ask.id,
    }


def _of_house(runtime: Runtime) -> dict[str, object]:
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        closure = close_day(uow, date(2026, 5, 4), name_ar="إغلاق", name_fr="Fermeture")
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        route = make_route(uow, NewRoute(unit_id(runtime, "EC"), kind="invoice"))
    with runtime.transactions.writing(actor(runtime, "head")) as uow:
        template = create_template(uow, usual_templates()[0])
    with runtime.transactions.writing(actor(runtime, "head2")) as uow:
        day = runtime.clock.now().date()
        principal, holder = (actor(runtime, name).person_id for name in ("head2", "agent2"))
        power = give_power(uow, NewPower(PowerKind.INTERIM, principal, holder, day, day))  # type: ignore[arg-type]
    circuit_id = make_circuit(runtime, short(runtime))
    published = _published(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        asked = ask_print(uow, "incoming", year=2026)
    with runtime.transactions.writing(actor(runtime, "head")) as uow:
        setup = FileSetup("Voirie", unit_id(runtime, "TRV"))
        case_print_id = ask_file_print(uow, open_file(uow, setup).id).id
    with runtime.transactions.writing(actor(runtime, "head")) as uow:
        saved_search_id = keep_search(uow, SearchSetup("Voirie"), text="voirie", filters="").id
        texts = ListTexts("", [], {}, {}, {}, is_rtl=False)
        export_id = ask_export(uow, [unit_id(runtime, "TRV")], text="", texts=texts).id
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        word = add_word(uow, WordKind.EQUIVALENT, ("pont Mesbahiat", "قنطرة المصباحيات"))
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        category = add_category(uow, CategorySetup("إنارة", "Éclairage"))
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        register_id = session.scalars(select(Register.id).where(Register.code == "incoming")).one()
    return published | {
        "circuit_id": circuit_id,
        "closure_id": closure.id,
        "template_id": template.id,
        "print_id": asked.id,
        "case_print_id": case_print_id,
        "saved_search_id": saved_search_id,
        "export_id": export_id,
        "register_id": register_id,
        "route_id": route.id,
        "word_id": word.id,
        "category_id": category.id,
        "unit_id": unit_id(runtime, "TRV"),
        "person_id": actor(runtime, "temp").person_id,
        "picture_size": "small",
        "power_id": power.id,
        "code": "incoming",
        "name": "app.css",
        "table": "units",
        "what": "original",
        "number": 1,
        "page_number": 1,
        "version": 1,
        "size": "page",
        "kind": "arrival",
        "file_format": "csv",
        "paper_format": "pdf",
    }
