"""The route sheet: what was asked and answered about a letter, in both languages, sealed, for whoever may read it."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest
import zxingcpp
from pypdfium2 import PdfDocument
from sqlalchemy import select

from docflow.audit.models import JournalEntry
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.routing.operations import finish
from docflow.routing.route_sheet_drawing import FOOT_MM, PrintedRoute, PrintedStep, draw_route
from docflow.routing.rules import AssignmentState, Instruction
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.registry.test_pages import sent as posted
from tests.rooms.routing.test_routing import sent, tasks, to_person


def sheet(runtime, document_id, *, by="head"):
    return posted(signed_in_client(runtime, by), f"/d/{document_id}/route/sheet")


def words_of(content):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def test_a_route_sheet_tells_who_asked_whom_for_what_and_what_was_answered(runtime):
    entry = registered(runtime, subject="Une fuite d'eau")
    run_jobs(runtime)
    ask = to_person(runtime, "agent", Instruction.OPINION, note="Le réseau est-il en cause ?", due_on=date(2026, 3, 9))
    sent(runtime, entry.document_id, ask, by="head")
    (opinion,) = [one for one in tasks(runtime, "agent") if one.instruction == Instruction.OPINION]
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        finish(uow, opinion.id, answer="Oui, la conduite a cédé.")

    answer = sheet(runtime, entry.document_id)

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    said = words_of(answer.data)
    for part in (
        entry.label, "Fiche de circulation", "ورقة المسار", "Une fuite d'eau", "pour attribution", "pour avis",
        "لإبداء الرأي", "Délai : 09/03/2026", "Le réseau est-il en cause ?", "Oui, la conduite a cédé.", "en attente",
        "Affaire en cours",
    ):  # fmt: skip
        assert part in said, part
    assert "(head)" not in said
    assert verify_bytes(runtime, answer.data).finding == Finding.AUTHENTIC
    with runtime.transactions.reading() as session:
        line = session.scalars(select(JournalEntry).where(JournalEntry.verb == "routing.route_printed")).one()
    assert line.subject_id == str(entry.document_id)


@pytest.mark.parametrize(
    ("username", "expected"), [("head", 200), ("head2", 404), ("auditor", 403), ("archivist", 200)]
)
def test_who_may_not_read_the_letter_prints_no_route_of_it(runtime, username, expected):
    entry = registered(runtime)
    run_jobs(runtime)
    assert sheet(runtime, entry.document_id, by=username).status_code == expected


def test_a_document_without_a_number_has_no_route_sheet(runtime):
    document_id = read_document(runtime, "Une lettre.", by="clerk")
    assert sheet(runtime, document_id, by="clerk").status_code == 404


def test_a_long_route_goes_on_over_pages_and_loses_no_step(clock):
    step = PrintedStep(
        sent_at=clock.now(),
        sent_by=Words("سلمى بناني", "Salma Bennani"),
        addressee=Words("مصلحة الأشغال والصيانة", "Service des travaux et de l'entretien"),
        claimed_by=None,
        instruction=Instruction.ACTION,
        due_on=None,
        note="",
        state=AssignmentState.DONE,
        ended_at=clock.now(),
        ended_by=Words("كريم العلمي", "Karim Alami"),
        answer="",
    )
    steps = [
        PrintedStep(**{name: getattr(step, name) for name in PrintedStep.__slots__ if name not in {"note", "answer"}},
                    note=f"note-{at} " + "mot " * (at % 7) * 30, answer=f"réponse-{at}")
        for at in range(40)
    ]  # fmt: skip
    content = draw_route(
        PrintedRoute(
            letterhead=Letterhead(Words("مقاطعة الحي الحسني", "Arrondissement Hay Hassani")),
            number="A-2026-000001",
            arrived_at=clock.now(),
            sender="Nadia Cherkaoui",
            subject="إصلاح الإنارة بزنقة 14",
            is_confidential=False,
            is_open=False,
            steps=steps,
            verification_url="http://127.0.0.1:8001/v/A-2026-000001/abc",
            printed_at=clock.now(),
            printed_by=Words("سلمى بناني", "Salma Bennani"),
        )
    )
    said = words_of(content)
    assert all(f"note-{at} " in said and f"réponse-{at} " in said for at in range(40))
    assert "Affaire close" in said
    with PdfDocument(content) as opened:
        assert len(opened) > 4
        for page in opened:
            text = page.get_textpage()
            bottoms = [text.get_rect(at)[1] for at in range(text.count_rects())]
            assert min(bottoms) * 25.4 / 72 >= 297 - FOOT_MM - 3
        picture = opened[0].render(scale=150 / 72).to_numpy()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["http://127.0.0.1:8001/v/A-2026-000001/abc"]
