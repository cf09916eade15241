"""The page on which whoever may finds what is held about somebody, and takes it away for them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.bootstrap import Runtime
from docflow.core.errors import InvalidInput
from docflow.core.letterhead import Letterhead
from docflow.core.words import Words
from docflow.privacy.models import PrivacyLook
from docflow.privacy.operations import look_for
from docflow.privacy.paper import draw_person
from docflow.privacy.rules import Held, Sought
from docflow.registry.operations import Arrival
from docflow.texts import speaking
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.requests import fill_catalogue, requested
from tests.factories.sessions import signed_in_client, token_of

NADIA = {"name": "Nadia <b>Benjelloun</b>", "email": "nadia@example.ma", "phone": "0612345678", "cin": "BE123456"}
WHY = "asked at the desk"


@pytest.fixture
def asked(sqlite_runtime: Runtime) -> Runtime:
    """Nadia asked for something."""
    fill_catalogue(sqlite_runtime)
    requested(sqlite_runtime, **NADIA)
    run_jobs(sqlite_runtime)
    return sqlite_runtime


def looks_of(runtime: Runtime) -> list[PrivacyLook]:
    with runtime.transactions.reading() as session:
        return list(session.scalars(select(PrivacyLook).order_by(PrivacyLook.at, PrivacyLook.kind)))


def test_the_archivist_finds_a_citizen_and_takes_paper_and_file_away_each_written_down(asked: Runtime) -> None:
    client = signed_in_client(asked, "archivist")
    form = {"csrf_token": token_of(client), "phone": "06 12 34 56 78", "reason": WHY}

    shown = client.post("/personal-data", data=form).get_data(as_text=True)
    paper = client.post("/personal-data/file.pdf", data=form)
    archive = client.post("/personal-data/file.zip", data=form)

    assert "Nadia &lt;b&gt;Benjelloun" in shown
    assert "Nadia <b>" not in shown
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.data)).pages)
    for words in (
        "Ligne d'un registre",
        "Expéditeur",
        "المرسل",
        "Nadia",
        "loi 09-08",
        "القانون",
        "Arrondissement Hay Hassani",
    ):
        assert words in text, words
    with zipfile.ZipFile(io.BytesIO(archive.data)) as held:
        assert [row["what"] for row in json.loads(held.read("person.json"))["held"]][:2] == ["entry", "document"]
    assert {(look.reason, str(look.about)) for look in looks_of(asked)} == {(WHY, str({"phone": "+212612345678"}))}
    with asked.transactions.reading() as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb == "privacy.looked")).all()
    assert [(line.values["how"], line.values["reason"]) for line in lines] == [
        ("shown", WHY),
        ("exported", WHY),
        ("exported", WHY),
    ]
    log = client.get("/personal-data/log").get_data(as_text=True)
    assert log.count(WHY) == 3
    assert client.get("/personal-data/log?page=x").status_code == 422


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        ({"name": "Nadia"}, 422, "reason"),
        ({"reason": WHY}, 422, "name"),
        ({"name": "N", "reason": WHY}, 422, "name"),
        ({"phone": "what", "reason": WHY}, 422, "phone"),
        ({"username": "nobody-here", "reason": WHY}, 404, "username"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_looked_at(
    sqlite_runtime: Runtime, typed: dict[str, str], status: int, field: str
) -> None:
    client = signed_in_client(sqlite_runtime, "archivist")
    token = token_of(client)
    for path in ("/personal-data", "/personal-data/file.pdf"):
        answer = client.post(path, data={"csrf_token": token} | typed)
        assert answer.status_code == status
        assert f'<li><a href="#{field}">' in answer.get_data(as_text=True)
    assert looks_of(sqlite_runtime) == []


@pytest.mark.parametrize("username", ["admin", "clerk", "head", "auditor"])
def test_whoever_has_not_the_permission_comes_to_no_page(sqlite_runtime: Runtime, username: str) -> None:
    client = signed_in_client(sqlite_runtime, username)
    form = {"csrf_token": token_of(client), "name": "Nadia Benjelloun", "reason": WHY}
    answers = [client.get("/personal-data"), client.get("/personal-data/log")]
    answers += [client.post(path, data=form) for path in ("/personal-data", "/personal-data/file.zip")]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert looks_of(sqlite_runtime) == []


def test_no_page_or_file_tells_the_archivist_of_a_confidential_letter(sqlite_runtime: Runtime) -> None:
    named = actor(sqlite_runtime, "head2").person_id
    document_id = read_document(sqlite_runtime, "Une lettre.", by="clerk")
    registered(
        sqlite_runtime,
        document_id,
        sender="Samira Idrissi",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(named,)),
    )
    sqlite_runtime.access_log.opened(
        actor(sqlite_runtime, "head2"), document_id, what="page", at=sqlite_runtime.clock.now()
    )
    sqlite_runtime.access_log.flush()
    client = signed_in_client(sqlite_runtime, "archivist")
    form = {"csrf_token": token_of(client), "name": "Samira Idrissi", "reason": WHY}

    shown = client.post("/personal-data", data=form).get_data(as_text=True)
    paper = client.post("/personal-data/file.pdf", data=form).data
    staff = client.post("/personal-data/file.zip", data=form | {"name": "", "username": "clerk"}).data
    opener = client.post("/personal-data/file.zip", data=form | {"name": "", "username": "head2"}).data

    assert 'class="fold"' not in shown
    assert "Samira" in PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert len(PdfReader(io.BytesIO(paper)).pages) == 1
    for archive in (staff, opener):
        with zipfile.ZipFile(io.BytesIO(archive)) as held:
            told = held.read("person.json").decode()
        assert str(document_id) not in told
        assert '"act"' in told or archive is opener
        assert '"opening"' not in told


def test_people_say_why_they_look(sqlite_runtime: Runtime) -> None:
    with (
        pytest.raises(InvalidInput, match="reason_missing"),
        sqlite_runtime.transactions.writing(actor(sqlite_runtime, "archivist")) as uow,
    ):
        look_for(uow, Sought(name="Nadia Benjelloun"), reason="  ")


def test_a_paper_of_many_rows_says_how_many_more_there_are(sqlite_runtime: Runtime) -> None:
    rows = [Held("act", {"number": number, "at": "2026-11-12T09:00:00+00:00", "verb": "a.b"}) for number in range(103)]
    words = Words("مقاطعة", "Arrondissement")

    with speaking("fr"):
        paper = draw_person(
            Sought(username="clerk"),
            rows,
            letterhead=Letterhead(words),
            made_at=sqlite_runtime.clock.now(),
            phrases={"a.b": "Done"},
        )

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages]
    text = "\n".join(pages)
    assert "Autres lignes, dans le fichier pour machines : 3" in text
    assert (text.count("Done"), text.count("12/11/2026 10:00")) == (100, 100)
    assert all(str(number) in page for number, page in enumerate(pages, 1))
