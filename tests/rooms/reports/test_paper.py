"""The paper counter counts what happened, by the rules that it says, in what the reader may know of."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.appointments.booking import Wanted
from docflow.complaints.models import Complaint, ComplaintPhoto
from docflow.complaints.rules import Origin
from docflow.core.actor import SYSTEM
from docflow.core.clock import CASABLANCA
from docflow.core.ids import new_id
from docflow.registry.operations import Arrival
from docflow.reports.labels import RULE_TEXTS
from docflow.reports.paper import Estimate, paper_saved
from docflow.reports.queries import led_units
from docflow.requests.depositing import Application, Given, deposit_at_counter
from docflow.requests.queries import procedure_named
from docflow.requests.rules import asked_papers
from docflow.routing.rules import Instruction
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document, unit_id
from tests.factories.offices import office
from tests.factories.registry import registered
from tests.factories.requests import fill_catalogue, requested
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.appointments.test_booking import booked
from tests.rooms.requests.test_requests import PNG
from tests.rooms.routing.test_routing import sent, to_unit


def saved(runtime, name, year=2026):
    who = actor(runtime, name)
    with runtime.transactions.reading() as session:
        return paper_saved(session, who, led_units(who), year=year)


def letter(runtime, unit, pages, **how):
    document_id = read_document(runtime, *["Une page."] * pages)
    entry = registered(runtime, document_id, unit_id=unit_id(runtime, unit), register="complaints", **how)
    run_jobs(runtime)
    return entry


def complained(runtime, entry, origin, photos):
    with runtime.transactions.writing(SYSTEM) as uow:
        # What comes into the register of complaints is a case already.
        complaint = uow.session.scalars(select(Complaint).where(Complaint.entry_id == entry.id)).one()
        complaint.origin = origin
        for _ in range(photos):
            uow.session.add(
                ComplaintPhoto(
                    complaint_id=complaint.id,
                    name="x",
                    media_type="image/jpeg",
                    given_at=uow.now,
                    original_sha256="0" * 64,
                    original_size_bytes=1,
                )
            )


def test_the_counter_equals_a_count_by_hand_by_unit_and_month(runtime):
    chance, expected = random.Random(3), Counter()
    # The last hour of a month in Casablanca is still the month before in UTC.
    runtime.clock.instant = runtime.clock.instant.replace(month=3, day=31, hour=22, minute=30)
    for _ in range(5):
        unit, pages, more = chance.choice(("TRV", "ECL")), chance.randint(1, 4), chance.randint(0, 2)
        entry = letter(runtime, unit, pages)
        for _ in range(more):
            sent(runtime, entry.document_id, to_unit(runtime, "URB", Instruction.INFORMATION))
        origin, photos = chance.choice((Origin.ONLINE, Origin.PAPER)), chance.randint(0, 2)
        complained(runtime, entry, origin, photos)
        month = runtime.clock.now().astimezone(CASABLANCA).month
        key = (unit_id(runtime, unit), month)
        expected[Estimate.REFERRALS, *key] += more * ((pages + 1) // 2)
        if origin is Origin.ONLINE:
            expected[Estimate.ENCLOSURES, *key] += photos
            expected[Estimate.DEPOSITS, *key] += 1
        runtime.clock.instant += timedelta(hours=chance.choice((1, 400)))
    fill_catalogue(runtime)
    where, civil = office(runtime), unit_id(runtime, "EC")
    month = runtime.clock.now().astimezone(CASABLANCA).month
    for number in range(3):
        files = [Given(io.BytesIO(PNG), "livret.png", paper_index=1) for _ in range(number)]
        requested(runtime, files=files)
        booked(runtime, where, Wanted(runtime.clock.now().date() + timedelta(days=number + 1), 540))
    said = Application("Nadia", said=["x"] * 5)
    deposit_at_counter(runtime, actor(runtime, "agent2"), "extrait-naissance", said, key=new_id())
    with runtime.transactions.reading() as session:
        forbidden = len(asked_papers(procedure_named(session, "extrait-naissance").papers)[1])
    expected[Estimate.REQUESTS, civil, month], expected[Estimate.REQUEST_FILES, civil, month] = 3, 3
    expected[Estimate.NOT_ASKED, civil, month], expected[Estimate.APPOINTMENTS, where.unit_id, month] = 4 * forbidden, 3
    found = {(one.estimate, one.unit_id, one.month): one.count for one in saved(runtime, "director")}
    assert found == {key: count for key, count in expected.items() if count}
    assert saved(runtime, "director", year=2025) == []


def test_a_head_sees_units_below_and_nothing_of_what_is_hidden_and_an_agent_nothing(sqlite_runtime):
    runtime = sqlite_runtime
    complained(runtime, letter(runtime, "TRV", 2), Origin.ONLINE, 1)
    complained(runtime, letter(runtime, "EC", 2), Origin.ONLINE, 1)
    named = Arrival(named_people=(actor(runtime, "head2").person_id,))
    hidden = letter(runtime, "TRV", 2, confidentiality=Confidentiality.CONFIDENTIAL, arrival=named)
    complained(runtime, hidden, Origin.ONLINE, 1)
    own = {one.unit_id for one in saved(runtime, "head")}
    counts = {one.estimate: one.count for one in saved(runtime, "head")}
    assert own == {unit_id(runtime, "TRV")}
    assert counts == {Estimate.ENCLOSURES: 1, Estimate.DEPOSITS: 1}
    assert saved(runtime, "agent") == []


def test_the_page_and_the_table_say_the_rule_of_each_estimate(sqlite_runtime):
    runtime = sqlite_runtime
    complained(runtime, letter(runtime, "EC", 2), Origin.ONLINE, 1)
    client = signed_in_client(runtime, "head2")
    page = client.get("/stats/paper").get_data(as_text=True)
    answer = client.post("/stats/paper.csv", data={"csrf_token": token_of(client)})
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert "un déplacement au guichet" in page
    assert lines[1][0] == "Service de l'état civil"
    assert lines[1][1:] == ["03/2026", "0", "1", "1"]
    assert len(lines) == 2 + len(RULE_TEXTS)
