"""Acts handed to the post on a numbered slip, counted and signed when it comes back."""

from __future__ import annotations

import io

import pypdf
import pytest

from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.drafting.posting import (
    CountedSlip,
    make_post_slip,
    slip_for,
    slips_shown,
    take_slip_back,
    waiting_for_post,
)
from docflow.drafting.rules import Channel
from docflow.drafting.sending import NewSending, keep_proof, send_act
from docflow.registry.transmittals import make_transmittal
from tests.conftest import actor
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.drafting.test_circuits import LETTER, departed
from tests.threads import at_once

POSTED = NewSending(Channel.POST, "M. Idrissi, Casablanca", "RR 12 MA")


@pytest.fixture
def posted(sqlite_runtime):
    draft, document_id = departed(sqlite_runtime)
    sending = send_act(sqlite_runtime, actor(sqlite_runtime, "agent"), draft.id, POSTED)
    return sqlite_runtime, draft, sending, document_id


def slip_of(runtime, *sendings, by="agent", carrier="Barid Al-Maghrib"):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return make_post_slip(uow, [one.id for one in sendings], carrier=carrier)


def waiting(runtime, name):
    with runtime.transactions.reading() as session:
        return [one.sending.id for one in waiting_for_post(session, actor(runtime, name))]


def test_slips_to_the_post_and_to_units_are_numbered_in_one_sequence(posted):
    runtime, _, sending, _ = posted
    entry = registered(runtime)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        first = make_transmittal(uow, [entry.id], unit_id=unit_id(runtime, "TRV"), note="").label
    assert [first, slip_of(runtime, sending).label] == ["B-2026-000001", "B-2026-000002"]


def test_the_unit_and_the_desk_post_an_act_and_nobody_else(posted):
    runtime, _, sending, _ = posted
    names = ("agent", "clerk", "clerk2", "agent2", "head2")
    assert [name for name in names if waiting(runtime, name)] == ["agent", "clerk", "clerk2"]
    with pytest.raises(NotFound):
        slip_of(runtime, sending, by="agent2")
    slip = slip_of(runtime, sending, by="clerk")
    assert waiting(runtime, "agent") == []
    with runtime.transactions.reading() as session:
        assert slip_for(session, actor(runtime, "agent"), slip.id).label == slip.label
        assert slips_shown(session, actor(runtime, "agent2"), is_out=True) == []
        with pytest.raises(NotFound):
            slip_for(session, actor(runtime, "agent2"), slip.id)


def test_an_act_is_on_one_slip_also_when_two_people_post_it_at_one_moment(posted):
    runtime, _, sending, _ = posted
    raised = at_once(lambda: slip_of(runtime, sending), lambda: slip_of(runtime, sending, by="clerk"))
    assert [getattr(error, "code", error) for error in raised] == ["posted_already"]


def test_a_slip_names_its_carrier_and_its_letters(posted):
    runtime, _, sending, _ = posted
    for sendings, carrier, code in (((), "Poste", "post_slip_empty"), ((sending,), " \u202e ", "carrier_missing")):
        with pytest.raises(InvalidInput) as refused:
            slip_of(runtime, *sendings, carrier=carrier)
        assert refused.value.code == code


def test_the_counted_return_is_noted_once_with_its_scan(posted):
    runtime, _, sending, _ = posted
    slip, agent = slip_of(runtime, sending), actor(runtime, "agent")
    for counted, code in (
        (CountedSlip("", None, 1), "receiver_missing"),
        (CountedSlip("M. Alami", None, 2), "letters_differ"),
    ):
        with pytest.raises(InvalidInput) as refused, runtime.transactions.writing(agent) as uow:
            take_slip_back(uow, slip.id, counted)
        assert refused.value.code == code
    proof = keep_proof(runtime, io.BytesIO(LETTER), name="bordereau.pdf")
    with runtime.transactions.writing(agent) as uow:
        kept = take_slip_back(uow, slip.id, CountedSlip("M. Alami", None, 0, "Refusé au guichet", proof))
    assert (kept.counted, kept.return_note, kept.proof_name) == (0, "Refusé au guichet", "bordereau.pdf")
    with pytest.raises(Conflict) as again, runtime.transactions.writing(agent) as uow:
        take_slip_back(uow, slip.id, CountedSlip("M. Alami", None, 1))
    assert again.value.code == "post_slip_returned"


def test_the_pages_make_print_and_take_back_a_slip(posted):
    runtime, _, sending, _ = posted
    client = signed_in_client(runtime, "agent")
    token = token_of(client)
    assert str(sending.id) in client.get("/posting").get_data(as_text=True)
    refused = client.post("/posting", data={"csrf_token": token, "sending": str(sending.id), "carrier": ""})
    assert refused.status_code == 422
    made = client.post("/posting", data={"csrf_token": token, "sending": str(sending.id), "carrier": "Poste Maârif"})
    address = made.headers["Location"]
    printed = " ".join(pypdf.PdfReader(io.BytesIO(client.get(f"{address}/print").data)).pages[0].extract_text().split())
    for part in ("B-2026-000001", "Poste Maârif", "M. Idrissi, Casablanca", "RR 12 MA", "Destinataire"):
        assert part in printed, part
    form = {"csrf_token": token, "received_by": "M. Alami", "counted": "١"}
    scan = {"proof": (io.BytesIO(LETTER), "bordereau.pdf")}
    assert client.post(address, data={**form, "counted": "3"}).status_code == 422
    assert client.post(address, data={**form, **scan}).status_code == 303
    assert "bordereau.pdf" in client.get(address).get_data(as_text=True)
    assert client.get(f"{address}/proof").status_code == 200
    other = signed_in_client(runtime, "agent2")
    for path in ("", "/print", "/proof"):
        assert other.get(f"{address}{path}").status_code == 404
