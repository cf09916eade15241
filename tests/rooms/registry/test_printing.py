"""Printed registers and exports: what they hold, for whom, and that they prove and harm nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.letterhead import Letterhead
from docflow.core.making import MakingState
from docflow.core.words import Words
from docflow.registry.listing import RegisterLine
from docflow.registry.models import RegisterPrint
from docflow.registry.operations import Arrival, cancel_entry, reserve_numbers
from docflow.registry.prints import forget_prints
from docflow.registry.register_printing import PrintedRegister, draw_register
from docflow.registry.rules import EntryState
from docflow.stamping.rules import Finding
from docflow.stamping.verification import verify_bytes
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.registry.test_pages import page, sent


def texts(content):
    return [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages]


def drawn(count, *, is_rtl=False, **changes):
    said = {
        "number": "A-2026-000001", "arrived_at": datetime(2026, 3, 2, 9, tzinfo=UTC), "sender": "Une société",
        "reference": "118/2026", "document_date": date(2026, 3, 1), "subject": "Une fuite d'eau", "is_unopened": False,
        "unit": Words("مصلحة", "Service"), "state": EntryState.REGISTERED, "reason": "",
    }  # fmt: skip
    lines = [RegisterLine(**{**said, "number": f"A-2026-{n:06}", **changes}) for n in range(1, count + 1)]
    register = PrintedRegister(
        letterhead=Letterhead(Words("مقاطعة الحي الحسني", "Arrondissement Hay Hassani")),
        name=Words("المراسلات الواردة", "Courrier arrivée"),
        year=2026,
        made_at=datetime(2026, 11, 25, 10, tzinfo=UTC),
        made_by=Words("سلمى", "Salma"),
        is_rtl=is_rtl,
    )
    return draw_register(register, lines)


def print_of(runtime, *, by="clerk"):
    """Ask for a print as somebody, make it and take it."""
    client = signed_in_client(runtime, by)
    assert sent(client, "/registers/incoming/print", year="2026").status_code == 303
    run_jobs(runtime)
    shown = page(client.get("/registers/incoming/print?year=2026"))
    address = re.search(r'href="(/prints/[^"]+)"', shown)[1]
    return address, client.get(address).data


@pytest.mark.parametrize("is_rtl", [False, True])
def test_totals_are_carried_from_page_to_page_and_every_line_is_printed_once(is_rtl):
    content, page_count = drawn(60, is_rtl=is_rtl)
    pages = texts(content)

    assert page_count == len(pages) > 1
    carried = 0
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {page_count}" in text
        on_page = len(re.findall(r"A-2026-\d{6}", text))
        assert f"Total de la page : {on_page} " in text
        assert (f"Report : {carried} " in text) == (number > 1)
        carried += on_page
        assert (f"Total général : {carried} " in text) == (number == page_count)
    assert sorted(re.findall(r"A-2026-\d{6}", " ".join(pages))) == [f"A-2026-{n:06}" for n in range(1, 61)]


def test_headings_are_in_both_languages_and_an_empty_register_says_so():
    (text,) = texts(drawn(0)[0])
    for part in ("تاريخ الورود", "Numéro d'ordre", "Courrier arrivée", "المراسلات الواردة", "Aucun enregistrement"):
        assert part in text


def test_long_texts_are_printed_whole():
    subject = " ".join(f"mot{n}" for n in range(80))
    (text,) = texts(drawn(1, subject=subject, sender="x" * 300)[0])
    assert " ".join(text.split()).count("mot79") == 1
    assert text.count("x") >= 300


def test_a_print_holds_what_its_asker_may_know_of_and_is_sealed(runtime):
    registered(runtime, subject="Une fuite d'eau")
    president = (actor(runtime, "president").person_id,)
    registered(
        runtime,
        subject="Une affaire",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=president),
    )
    cancelled = registered(runtime, subject="Une erreur")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, cancelled.id, reason="Doublon constaté")
        reserve_numbers(uow, "incoming", count=1, reason="Panne")

    _, of_clerk = print_of(runtime, by="clerk2")
    _, of_president = print_of(runtime, by="president")

    (text,) = texts(of_clerk)
    assert ("Une fuite d'eau" in text, "Une affaire" in text, "A-2026-000002" in text) == (True, False, False)
    assert ("Une erreur" in text, "Doublon constaté" in text, "dont annulés : 1" in text) == (True, True, True)
    assert "A-2026-000004" in text
    assert "Une affaire" in texts(of_president)[0]
    assert verify_bytes(runtime, of_clerk).finding is Finding.AUTHENTIC
    with runtime.transactions.reading() as session:
        verbs = session.scalars(select(JournalEntry.verb).where(JournalEntry.verb.like("registry.print%"))).all()
    assert sorted(verbs) == ["registry.print_asked", "registry.print_asked", "registry.printed", "registry.printed"]


def test_a_print_is_its_askers_alone_and_goes_after_some_days(runtime):
    registered(runtime)
    address, content = print_of(runtime)
    for other, expected in (("clerk2", 404), ("auditor", 404), ("agent", 403)):
        assert signed_in_client(runtime, other).get(address).status_code == expected
    assert "/prints/" not in page(signed_in_client(runtime, "clerk2").get("/registers/incoming/print"))
    assert forget_prints(runtime) == 0
    runtime.clock.move(days=8)
    assert forget_prints(runtime) == 1
    assert signed_in_client(runtime, "clerk").get(address).status_code == 404
    assert verify_bytes(runtime, content).finding is Finding.AUTHENTIC


def test_a_print_of_somebody_who_lost_the_right_is_not_made(runtime):
    client = signed_in_client(runtime, "clerk")
    sent(client, "/registers/incoming/print", year="2026")
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        from docflow.accounts.models import Person

        uow.session.scalar(select(Person).where(Person.username == "clerk")).is_active = False
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        (made,) = session.scalars(select(RegisterPrint)).all()
    assert (made.state, made.error_code, made.sha256) == (MakingState.FAILED, "permission_missing", None)


HOSTILE = '=HYPERLINK("http://x","y")'


def export(runtime, file_format, *, by="clerk2", **fields):
    answer = sent(signed_in_client(runtime, by), f"/registers/incoming/export/{file_format}", year="2026", **fields)
    assert answer.status_code == 200
    return answer.data


def test_csv_says_what_the_page_says_and_no_cell_is_a_formula(runtime):
    registered(runtime, subject=HOSTILE, document_date=date(2026, 2, 28), sender="محمد")
    registered(runtime, subject="Autre chose")

    content = export(runtime, "csv")

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[1][:6] == ["A-2026-000001", "02/03/2026 09:00", "محمد", "118/2026", "28/02/2026", f"'{HOSTILE}"]
    only = list(csv.reader(io.StringIO(export(runtime, "csv", q="Autre").decode("utf-8-sig"))))
    assert [row[0] for row in only[1:]] == ["A-2026-000002"]


@pytest.mark.parametrize(("username", "is_rtl"), [("clerk", True), ("clerk2", False)])
def test_a_workbook_has_real_dates_a_frozen_heading_and_the_side_of_the_language(runtime, username, is_rtl):
    registered(runtime, subject=HOSTILE, document_date=date(2026, 2, 28))

    sheet = openpyxl.load_workbook(io.BytesIO(export(runtime, "xlsx", by=username))).active

    assert (sheet.freeze_panes, bool(sheet.sheet_view.rightToLeft)) == ("B2", is_rtl)
    number, arrived, _, _, dated, subject, *_ = sheet[2]
    assert number.value == "A-2026-000001"
    assert (arrived.is_date, arrived.value) == (True, datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001 - workbooks know no zone
    assert (dated.is_date, dated.value.date()) == (True, date(2026, 2, 28))
    assert (subject.data_type, subject.value) == ("s", HOSTILE)


def test_exports_leave_a_line_and_hold_no_letter_of_others(runtime):
    registered(
        runtime,
        subject="Une affaire",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(actor(runtime, "president").person_id,)),
    )
    assert "Une affaire" not in export(runtime, "csv").decode()
    with runtime.transactions.reading() as session:
        line = session.scalars(select(JournalEntry).where(JournalEntry.verb == "registry.exported")).one()
    assert line.values == {"count": 0, "format": "csv", "year": "2026"}
    agent = signed_in_client(runtime, "agent")
    assert sent(agent, "/registers/incoming/export/csv").status_code == 403
    assert sent(agent, "/registers/incoming/print").status_code == 403
