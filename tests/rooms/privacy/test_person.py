"""What is held about one person is found and exported, no more than may be seen, and each look is written down."""

from __future__ import annotations

import json
import zipfile
from collections import Counter

import pytest
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.bootstrap import Runtime
from docflow.core.errors import InvalidInput, NotFound, PermissionDenied
from docflow.notifications.texting import ask_text
from docflow.privacy.models import PrivacyLook
from docflow.privacy.operations import look_for, write_export
from docflow.privacy.rules import Held, LookKind, Sought
from docflow.privacy.telling import told
from docflow.registry.models import Entry
from docflow.registry.operations import Arrival, cancel_entry
from docflow.registry.rules import SetAsideReason
from docflow.registry.setting_aside import set_aside
from docflow.texts import speaking
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document
from tests.factories.registry import registered
from tests.factories.requests import fill_catalogue, requested

NADIA = {"name": "Nadia Benjelloun", "email": "nadia@example.ma", "phone": "0612345678", "cin": "BE123456"}


def looked(runtime: Runtime, sought: Sought, *, by: str = "") -> list[Held]:
    with runtime.transactions.writing(actor(runtime, by) if by else OPERATOR) as uow:
        return look_for(uow, sought, reason="asked at the desk")


def kinds(held: list[Held]) -> Counter[str]:
    return Counter(one.kind for one in held)


@pytest.fixture
def asked(runtime: Runtime) -> Runtime:
    """Nadia asked for something, and somebody else did."""
    fill_catalogue(runtime)
    requested(runtime, **NADIA)
    requested(runtime, name="Karim Alaoui", email="karim@example.ma")
    run_jobs(runtime)
    return runtime


def test_a_citizen_is_found_by_each_of_her_marks_and_nobody_else_with_her(asked: Runtime) -> None:
    with asked.transactions.reading() as session:
        number = session.scalars(select(Entry.label).order_by(Entry.number)).first()
    marks = [
        Sought(name="nadia  BENJELLOUN"),
        Sought(cin="be123456"),
        Sought(phone="+212612345678"),
        Sought(email="nadia@example.ma"),
        Sought(number=str(number)),
    ]
    for sought in marks:
        held = looked(asked, sought)
        found = kinds(held)
        assert (found["entry"], found["document"], found["request"]) == (1, 1, 1), sought
        assert "karim" not in json.dumps([one.values for one in held], default=str).lower()


def test_what_opens_something_is_given_to_nobody(asked: Runtime) -> None:
    with asked.transactions.reading() as session:
        entry = session.scalars(select(Entry).order_by(Entry.number)).first()
    assert entry is not None

    text = json.dumps([one.values for one in looked(asked, Sought(email=NADIA["email"]))], default=str)

    assert entry.label in text
    assert entry.tracking_secret not in text
    assert entry.verification_code not in text


def test_who_may_not_look_is_refused_and_a_look_at_nobody_too(asked: Runtime) -> None:
    with pytest.raises(PermissionDenied):
        looked(asked, Sought(name="Nadia Benjelloun"), by="clerk")
    for sought in (Sought(), Sought(name="x")):
        with pytest.raises(InvalidInput):
            looked(asked, sought)
    with pytest.raises(NotFound):
        looked(asked, Sought(username="nobody-here"))


def test_the_archivist_is_not_told_of_confidential_letters(runtime: Runtime) -> None:
    named = actor(runtime, "head2").person_id
    assert named is not None
    document_id = read_document(runtime, "Une lettre.", by="clerk")
    registered(
        runtime,
        document_id,
        sender="Samira Idrissi",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(named,)),
    )

    assert looked(runtime, Sought(name="Samira Idrissi"), by="archivist") == []
    assert kinds(looked(runtime, Sought(name="Samira Idrissi")))["document"] == 1


def test_a_letter_whose_number_was_cancelled_is_still_told_once_it_is_set_aside(runtime: Runtime) -> None:
    entry = registered(runtime, sender="Samira Idrissi", subject="Éclairage")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="deux fois")
        assert entry.document_id is not None
        set_aside(uow, [entry.document_id], reason=SetAsideReason.OTHER, note="reprise par Mme Idrissi")

    every = looked(runtime, Sought(name="Samira Idrissi"))
    known = kinds(looked(runtime, Sought(name="Samira Idrissi"), by="archivist"))

    (why,) = [one for one in every if one.kind == "set_aside"]
    assert [str(text) for _label, text in told(why.values, locale="fr")][:2] == [
        "Other reason",
        "reprise par Mme Idrissi",
    ]
    assert known == {"entry": 1, "document": 1}, "the archivist does not read it"


def test_of_a_restricted_letter_the_archivist_finds_the_line_and_not_what_is_inside(asked: Runtime) -> None:
    before = kinds(looked(asked, Sought(email=NADIA["email"]), by="archivist"))
    with asked.transactions.reading() as session:
        document_id = session.scalars(select(Entry.document_id).order_by(Entry.number)).first()
    change(asked, document_id, confidentiality=Confidentiality.RESTRICTED)

    after = kinds(looked(asked, Sought(email=NADIA["email"]), by="archivist"))

    assert (before["entry"], before["request"]) == (1, 1)
    assert (after["entry"], after["request"]) == (1, 0)


def test_each_look_is_in_the_log_with_the_person_and_in_the_journal_without(asked: Runtime) -> None:
    looked(asked, Sought(name="Nadia Benjelloun"), by="archivist")

    with asked.transactions.reading() as session:
        look = session.scalars(select(PrivacyLook)).one()
        line = session.scalars(select(JournalEntry).where(JournalEntry.verb == "privacy.looked")).one()
    assert look.about == {"name": "Nadia Benjelloun"}
    assert look.person_id == actor(asked, "archivist").person_id
    assert (look.kind, look.found["entry"]) == (LookKind.SHOWN, 1)
    assert (line.subject_id, line.values["by"]) == (str(look.id), ["name"])
    assert "Nadia" not in json.dumps(line.values)


def test_a_member_of_the_staff_is_given_account_roles_acts_and_openings(runtime: Runtime) -> None:
    document_id = read_document(runtime, "Une lettre.", by="clerk")
    registered(runtime, document_id)
    runtime.access_log.opened(actor(runtime, "clerk"), document_id, what="page", at=runtime.clock.now())
    runtime.access_log.flush()

    held = looked(runtime, Sought(username="Clerk"))

    found = kinds(held)
    assert found["account"] == 1
    assert found["membership"] >= 1
    assert found["act"] >= 1
    assert found["opening"] == 1
    assert "argon2" not in json.dumps([one.values for one in held], default=str)


@pytest.mark.parametrize(("locale", "direction", "word"), [("ar", "rtl", "القانون 09-08"), ("fr", "ltr", "loi 09-08")])
def test_the_archive_holds_everything_for_machines_and_a_page_in_the_language(
    sqlite_runtime: Runtime, tmp_path, locale: str, direction: str, word: str
) -> None:
    fill_catalogue(sqlite_runtime)
    requested(sqlite_runtime, **(NADIA | {"name": "Nadia <b>Benjelloun</b>"}))
    run_jobs(sqlite_runtime)
    sought = Sought(email=NADIA["email"])
    held = looked(sqlite_runtime, sought)

    with speaking(locale):
        write_export(tmp_path / "a.zip", sought, held, locale=locale)

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        told = json.loads(archive.read("person.json"))
        page = archive.read("person.html").decode()
    assert told["sought"] == {"email": NADIA["email"]}
    assert [row["what"] for row in told["held"]] == [one.kind for one in held]
    assert f'dir="{direction}"' in page
    assert word in page
    assert "&lt;b&gt;Benjelloun" in page
    assert "<b>Benjelloun" not in page


def test_text_messages_that_wait_are_told_but_not_those_about_a_letter_that_is_hidden(runtime: Runtime) -> None:
    entry = registered(
        runtime,
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(actor(runtime, "head").person_id,)),
    )
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        ask_text(uow, recipient="+212612345678", text="Votre rendez-vous est demain.")
        ask_text(uow, recipient="+212612345678", text="Votre réclamation est traitée.", document_id=entry.document_id)
        ask_text(uow, recipient="+212699999999", text="Autre personne.")

    found = looked(runtime, Sought(phone="+212612345678"), by="archivist")

    assert [one.values["text"] for one in found if one.kind == "text_message"] == ["Votre rendez-vous est demain."]
