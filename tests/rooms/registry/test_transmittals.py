"""Transmittal slips: numbered without gaps, one at a time for a paper, counted on arrival, hidden from others."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.registry.models import Entry, Transmittal
from docflow.registry.operations import Arrival, cancel_entry, move_paper
from docflow.registry.rules import PaperPlace
from docflow.registry.transmittals import (
    CountedReturn,
    count_transmittals,
    make_transmittal,
    take_back,
    transmittal_for,
)
from tests.conftest import actor
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.registry.test_pages import page, sent
from tests.threads import at_once


def made(runtime, *entries, by="clerk", unit="URB", note=""):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return make_transmittal(uow, [entry.id for entry in entries], unit_id=unit_id(runtime, unit), note=note)


def returned(runtime, slip, *, by="clerk", **said):
    counted = {"received_by": "Nadia", "received_at": None, "counted": 1, "missing": (), **said}
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return take_back(uow, slip.id, CountedReturn(**counted))


def kept(runtime, entry):
    with runtime.transactions.reading() as session:
        return session.get_one(Entry, entry.id)


def secret(runtime, *people):
    named = tuple(actor(runtime, name).person_id for name in people)
    return registered(
        runtime,
        subject="Une affaire",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=named),
    )


def text_of(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def test_slips_are_numbered_without_gaps_in_the_year_of_casablanca(runtime):
    first = made(runtime, registered(runtime))
    with pytest.raises(InvalidInput):
        made(runtime)
    with pytest.raises(InvalidInput, match="field_too_long"):
        made(runtime, registered(runtime), note="x" * 301)
    second = made(runtime, registered(runtime))
    runtime.clock.instant = runtime.clock.instant.replace(month=12, day=31, hour=23, minute=30)
    third = made(runtime, registered(runtime))
    assert [slip.label for slip in (first, second, third)] == ["B-2026-000001", "B-2026-000002", "B-2027-000001"]


def test_a_paper_is_on_one_slip_at_a_time(runtime):
    entry = registered(runtime)
    slip = made(runtime, entry)
    with pytest.raises(Conflict, match="paper_on_its_way"):
        made(runtime, registered(runtime), entry)
    returned(runtime, slip)
    assert made(runtime, entry).label == "B-2026-000002"


def test_a_paper_that_is_not_here_is_not_sent(runtime):
    gone, cancelled = registered(runtime), registered(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        move_paper(uow, gone.id, place=PaperPlace.RETURNED, note="Au porteur")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, cancelled.id, reason="Erreur")
    for entry in (gone, cancelled):
        with pytest.raises(InvalidInput, match="paper_not_here"):
            made(runtime, entry)


def test_a_counted_return_says_where_the_papers_are_and_which_are_missing(runtime):
    found, lost = registered(runtime, arrival=Arrival(enclosure_count=2)), registered(runtime)
    slip = made(runtime, found, lost)

    back = returned(runtime, slip, counted=3, missing=[lost.id])

    assert (back.received_by, back.counted, back.received_at) == ("Nadia", 3, runtime.clock.now())
    assert "Service de l'urbanisme" in kept(runtime, found).paper_note
    assert "urbanisme" not in kept(runtime, lost).paper_note
    with runtime.transactions.reading() as session:
        verbs = session.scalars(select(JournalEntry.verb).order_by(JournalEntry.number)).all()
    assert verbs[-2:] == ["registry.paper_moved", "registry.transmittal_returned"]
    with pytest.raises(Conflict, match="transmittal_returned"):
        returned(runtime, slip, counted=3)


def test_a_count_that_differs_must_be_explained(runtime):
    slip = made(runtime, registered(runtime, arrival=Arrival(enclosure_count=2)))
    with pytest.raises(InvalidInput, match="papers_differ") as refusal:
        returned(runtime, slip, counted=2)
    assert refusal.value.params == {"expected": 3}
    with pytest.raises(InvalidInput, match="receiver_missing"):
        returned(runtime, slip, counted=3, received_by=" ")
    with pytest.raises(InvalidInput, match="arrival_in_future"):
        returned(runtime, slip, counted=3, received_at=runtime.clock.now() + timedelta(hours=1))
    assert returned(runtime, slip, counted=2, note="Un plan manque").return_note == "Un plan manque"


def test_a_slip_with_a_letter_that_is_hidden_does_not_exist(runtime):
    slip = made(runtime, registered(runtime), secret(runtime, "clerk"))
    with runtime.transactions.reading() as session:
        other = actor(runtime, "clerk2")
        assert count_transmittals(session, other, is_out=True) == 0
        with pytest.raises(NotFound):
            transmittal_for(session, other, slip.id)
        assert transmittal_for(session, actor(runtime, "clerk"), slip.id).label == slip.label
    with pytest.raises(NotFound):
        returned(runtime, slip, by="clerk2")
    with pytest.raises(NotFound):
        made(runtime, secret(runtime, "president"), by="clerk2")


@pytest.mark.parametrize("username", ["head", "agent", "auditor", "archivist", "admin"])
def test_nobody_but_a_clerk_handles_slips(runtime, username):
    slip = made(runtime, registered(runtime))
    with pytest.raises(PermissionDenied):
        made(runtime, registered(runtime), by=username)
    with pytest.raises(PermissionDenied):
        returned(runtime, slip, by=username)
    client = signed_in_client(runtime, username)
    for address in ("/bordereaux", "/bordereaux/new", f"/bordereaux/{slip.id}", f"/bordereaux/{slip.id}/print"):
        assert client.get(address).status_code == 403


def test_a_slip_is_made_printed_and_taken_back_on_the_pages(runtime):
    entry = registered(runtime, subject="Une fuite d'eau", arrival=Arrival(enclosure_count=2))
    client = signed_in_client(runtime, "clerk2")
    assert f'value="{entry.id}"' in page(client.get("/registers/incoming"))
    assert "Une fuite" in page(client.get(f"/bordereaux/new?entry={entry.id}"))
    assert client.get("/bordereaux/new").status_code == 200
    assert client.get("/bordereaux/new?entry=nothing").status_code == 422
    assert sent(client, "/bordereaux", entry=str(entry.id), unit="").status_code == 422
    answer = sent(client, "/bordereaux", entry=str(entry.id), unit=str(unit_id(runtime, "URB")), note="À lire")
    assert answer.status_code == 303
    assert "B-2026-000001" in page(client.get("/bordereaux"))
    printed = text_of(client.get(f"{answer.location}/print"))
    for part in (
        "B-2026-000001",
        "A-2026-000001",
        "Une fuite d'eau",
        "À lire",
        "ورقة الإرسال",
        "Nombre de pièces papier : 3",
    ):
        assert part in printed
    refused = sent(client, answer.location, received_by="Nadia", counted="2")
    assert (refused.status_code, 'value="Nadia"' in refused.get_data(as_text=True)) == (422, True)
    assert sent(client, answer.location, received_by="Nadia", counted="٣").status_code == 303
    assert "B-2026-000001" not in page(client.get("/bordereaux"))
    assert "B-2026-000001" in page(client.get("/bordereaux?state=returned"))


def test_a_printed_slip_says_nothing_of_a_confidential_letter(runtime):
    entry = secret(runtime, "clerk")
    slip = made(runtime, entry)
    printed = text_of(signed_in_client(runtime, "clerk").get(f"/bordereaux/{slip.id}/print"))
    assert ("Courrier confidentiel" in printed, "Une affaire" in printed) == (True, False)


def test_two_clerks_who_send_one_paper_make_one_slip(runtime):
    entry = registered(runtime)
    (refusal,) = at_once(lambda: made(runtime, entry), lambda: made(runtime, entry, by="clerk2"))
    assert isinstance(refusal, Conflict)
    assert refusal.code == "paper_on_its_way"
    with runtime.transactions.reading() as session:
        assert session.scalars(select(Transmittal.label)).all() == ["B-2026-000001"]
