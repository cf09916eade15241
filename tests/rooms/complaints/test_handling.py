"""The staff sorts complaints, joins those about the same matter, and deposits for a citizen at the counter."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from docflow.audit.models import JournalEntry
from docflow.complaints.answering import propose_outcome, require_outcome
from docflow.complaints.forgetting import forget_contacts
from docflow.complaints.handling import Sorting, join, part, sort_complaint
from docflow.complaints.listing import Shelf, complaints_on, count_on
from docflow.complaints.models import Complaint, ComplaintMessage, ComplaintPhoto
from docflow.complaints.places import quarters
from docflow.complaints.rules import ComplaintKind
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document
from docflow.notifications.models import OutgoingMail
from docflow.routing.queries import route_of
from tests.conftest import actor, run_jobs
from tests.factories.complaints import category_named, citizen, deposited, open_deposit, photo
from tests.factories.documents import unit_id
from tests.factories.sessions import signed_in_client, token_of
from tests.mail_server import with_mail
from tests.rooms.complaints.test_following import answered, entry_of, follow, page


@pytest.fixture
def house(sqlite_runtime):
    open_deposit(sqlite_runtime)
    return with_mail(sqlite_runtime, "smtp://127.0.0.1:1")


def shelves(runtime, name):
    today = runtime.clock.now().date()
    with runtime.transactions.reading() as session:
        return {shelf.value: count_on(session, actor(runtime, name), shelf, today=today) for shelf in Shelf}


def works(runtime, **said):
    complaint = deposited(runtime, category="Voirie et trottoirs", **said)
    run_jobs(runtime)
    return complaint


def test_what_no_category_sends_elsewhere_is_sorted_by_the_unit_that_sorts_and_the_term_goes_along(house):
    complaint = deposited(house, category="Autre sujet")
    run_jobs(house)
    assert (shelves(house, "clerk2")["to_sort"], shelves(house, "agent")["open"]) == (1, 0)
    sorting = Sorting("suggestion", category_named(house, "Voirie et trottoirs").id, "Rue 9", unit_id(house, "TRV"))
    with house.transactions.writing(actor(house, "clerk2")) as uow:
        sort_complaint(uow, complaint.id, sorting)
    with house.transactions.reading() as session:
        kept = session.get_one(Complaint, complaint.id)
        tasks = [(task.state, task.unit_id, str(task.due_on)) for task in route_of(session, complaint.document_id)]
        document = session.get_one(Document, complaint.document_id)
    assert (kept.kind, kept.place, document.unit_id) == ("suggestion", "Rue 9", unit_id(house, "TRV"))
    assert tasks == [
        ("passed_on", unit_id(house, "BO"), "2026-05-04"),
        ("open", unit_id(house, "TRV"), "2026-05-04"),
    ]
    assert (shelves(house, "clerk2")["to_sort"], shelves(house, "agent")["open"]) == (0, 1)
    with house.transactions.writing(actor(house, "clerk2")) as uow, pytest.raises(Conflict, match="not_yours_to_pass"):
        sort_complaint(uow, complaint.id, sorting)


def test_the_list_shows_and_counts_what_somebody_may_know_of_and_nothing_else(house):
    works(house)
    deposited(house, category="État civil")
    run_jobs(house)
    assert [shelves(house, name)["open"] for name in ("agent", "agent2", "head", "director")] == [1, 1, 1, 2]
    house.clock.move(days=70)
    assert (shelves(house, "agent")["late"], shelves(house, "agent2")["late"]) == (1, 1)
    with house.transactions.reading() as session:
        today = house.clock.now().date()
        rows = complaints_on(session, actor(house, "agent"), Shelf.LATE, today=today)
    assert [row.unit_id for row in rows] == [unit_id(house, "TRV")]


def test_whoever_does_not_read_a_complaint_does_nothing_with_it(house):
    complaint = works(house)
    for act in (
        lambda uow: propose_outcome(uow, complaint.id, outcome="resolved", reason="Fait"),
        lambda uow: part(uow, complaint.id),
        lambda uow: join(house, uow, complaint.id, number="R-2026-000001", join_kind="joint"),
    ):
        with pytest.raises(NotFound), house.transactions.writing(actor(house, "agent2")) as uow:
            act(uow)
    with pytest.raises(PermissionDenied), house.transactions.writing(actor(house, "archivist")) as uow:
        part(uow, complaint.id)


def test_a_joined_complaint_is_answered_with_the_other_and_its_citizen_hears_of_it_but_not_of_the_other_one(house):
    main, second = works(house, text="Un grand trou dans la rue."), works(house, email="other@example.ma")
    number, entry = entry_of(house, main).label, entry_of(house, second)
    with house.transactions.writing(actor(house, "agent")) as uow:
        join(house, uow, second.id, number=number, join_kind="joint")
    with house.transactions.reading() as session:
        assert session.get_one(Document, second.document_id).is_open is False
    answered(house, main)
    client = citizen(house, "fr")
    follow(client, entry.label, entry.tracking_secret)
    shown = page(client)
    assert ("Le trou est bouché." in shown, number in shown, "Nadia" in shown) == (True, False, False)
    with house.transactions.reading() as session:
        mails = session.scalars(select(OutgoingMail).where(OutgoingMail.document_id == second.document_id)).all()
    # The receipt, that it was joined, that it was answered.
    assert len(mails) == 3


def test_a_complaint_is_joined_to_one_that_is_read_and_open_and_taken_apart_again(house):
    main, second = works(house), works(house, place="Rue 15")
    civil = deposited(house, category="État civil")
    run_jobs(house)
    with house.transactions.writing(actor(house, "agent")) as uow:
        for number, code in (
            (entry_of(house, second).label, "join_to_itself"),
            (entry_of(house, civil).label, "join_unknown"),
            ("R-2026-999999", "join_unknown"),
        ):
            with pytest.raises(InvalidInput, match=code):
                join(house, uow, second.id, number=number, join_kind="duplicate")
        join(house, uow, second.id, number=entry_of(house, main).label, join_kind="duplicate")
    assert (shelves(house, "agent")["open"], shelves(house, "agent")["answered"]) == (1, 1)
    with house.transactions.writing(actor(house, "agent")) as uow:
        part(uow, second.id)
    with house.transactions.reading() as session:
        task = route_of(session, second.document_id)[-1]
    assert (task.state, task.instruction, str(task.due_on), shelves(house, "agent")["open"]) == (
        "open", "attribution", "2026-05-04", 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"outcome": "", "reason": "Fait"}, "outcome_missing"),
        ({"outcome": "duplicate", "reason": "Fait"}, "outcome_missing"),
        ({"outcome": "resolved", "reason": " "}, "outcome_reason_missing"),
        ({"outcome": "out_of_competence", "reason": "Pas à nous"}, "elsewhere_missing"),
    ],
)
def test_an_outcome_needs_its_reason_and_to_whom_it_was_passed_on(house, said, code):
    complaint = works(house)
    with pytest.raises(InvalidInput, match=code), house.transactions.writing(actor(house, "agent")) as uow:
        propose_outcome(uow, complaint.id, **said)


def test_a_clerk_deposits_for_a_citizen_at_the_counter_and_nobody_else_does(house):
    client = signed_in_client(house, "clerk")
    with house.transactions.reading() as session:
        quarter = quarters(session)[1]
    asked = client.get("/complaints/counter").get_data(as_text=True)
    assert re.search(rf'<option value="{quarter.id}">({quarter.name_fr}|{quarter.name_ar})</option>', asked)
    form = {
        "csrf_token": token_of(client), "kind": "complaint", "place": "Rue 3", "text": "Un arbre menace de tomber.",
        "category": str(category_named(house, "Espaces verts").id), "name": "Ali Tazi", "language": "fr",
        "quarter": str(quarter.id),
    }  # fmt: skip
    refused = client.post("/complaints/counter", data=form | {"place": ""})
    assert (refused.status_code, "Un arbre menace" in refused.get_data(as_text=True)) == (422, True)
    kept = client.post("/complaints/counter", data=form | {"files": (io.BytesIO(photo(size=(60, 40))), "a.jpg")})
    assert kept.status_code == 303
    run_jobs(house)
    with house.transactions.reading() as session:
        complaint, enclosed = session.scalars(select(Complaint)).one(), session.scalars(select(ComplaintPhoto)).one()
    assert (complaint.origin, enclosed.complaint_id, enclosed.state) == ("counter", complaint.id, "made")
    assert complaint.quarter_id == quarter.id
    assert client.get(kept.headers["Location"]).status_code == 200
    agent = signed_in_client(house, "agent")
    assert agent.post("/complaints/counter", data=form | {"csrf_token": token_of(agent)}).status_code == 403
    shown = agent.get(f"/d/{complaint.document_id}").get_data(as_text=True)
    assert f"/complaints/photos/{enclosed.id}.webp" in shown
    said = {"csrf_token": token_of(agent), "text": "Nous passons <lundi>"}
    agent.post(f"/complaints/{complaint.id}/say", data=said)
    assert "Nous passons &lt;lundi&gt;" in agent.get(f"/d/{complaint.document_id}").get_data(as_text=True)
    with house.transactions.reading() as session:
        assert session.scalars(select(ComplaintMessage.is_from_citizen)).all() == [False]
    assert "Rue 3" in agent.get("/complaints/cases").get_data(as_text=True)


def test_the_forms_show_what_was_said_before(house):
    complaint = deposited(house, category="Voirie et trottoirs", kind=ComplaintKind.SUGGESTION)
    run_jobs(house)
    with house.transactions.writing(actor(house, "agent")) as uow:
        propose_outcome(uow, complaint.id, outcome="partly_resolved", reason="La moitié")
    shown = signed_in_client(house, "agent").get(f"/d/{complaint.document_id}").get_data(as_text=True)
    assert [f'<option value="{said}" selected>' in shown for said in ("suggestion", "partly_resolved")] == [True, True]


def test_a_complaint_is_closed_by_its_answer_alone_and_never_without_its_outcome(house):
    complaint = works(house)
    client = signed_in_client(house, "agent")
    with house.transactions.reading() as session:
        (task,) = route_of(session, complaint.document_id)
    ended = client.post(
        f"/assignments/{task.id}/finish", data={"csrf_token": token_of(client), "answer": "Fait"}, follow_redirects=True
    ).get_data(as_text=True)
    with house.transactions.reading() as session:
        assert session.get_one(Document, complaint.document_id).is_open is True
    assert (f"/assignments/{task.id}/finish" in ended, f"/assignments/{task.id}/return" in ended) == (False, True)
    with house.transactions.reading() as session, pytest.raises(Conflict, match="outcome_first"):
        require_outcome(session, complaint.document_id, by_letter=True)
    answered(house, complaint)
    with house.transactions.reading() as session:
        assert session.get_one(Document, complaint.document_id).is_open is False


def test_how_a_citizen_is_reached_is_forgotten_some_time_after_the_answer(runtime):
    open_deposit(runtime)
    said = {"email": "nadia@example.ma", "phone": "+212612345678"}
    old, joined, recent, waiting = (works(runtime, **said) for _ in range(4))
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        join(runtime, uow, joined.id, number=entry_of(runtime, old).label, join_kind="duplicate")
    answered(runtime, old)
    runtime.clock.move(days=200)
    answered(runtime, recent)
    assert forget_contacts(runtime) == 0
    runtime.clock.move(days=runtime.settings.contact_kept_days - 199)
    assert (forget_contacts(runtime), forget_contacts(runtime)) == (2, 0)
    with runtime.transactions.reading() as session:
        kept = {one.id: one for one in session.scalars(select(Complaint))}
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb == "complaints.contact_forgotten")).all()
    assert [(kept[one.id].email, kept[one.id].phone) for one in (old, joined)] == [("", "")] * 2
    assert [entry_of(runtime, one).sender_phone for one in (old, joined)] == [""] * 2
    assert all(kept[one.id].email for one in (recent, waiting))
    assert {line.subject_id for line in lines} == {str(old.document_id), str(joined.document_id)}
    assert not any("nadia" in str(line.values) or "6123" in str(line.values) for line in lines)
