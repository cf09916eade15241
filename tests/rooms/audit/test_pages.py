"""The auditor's pages: filtered, explained, verified, exported; what is not theirs stays sealed."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import text, update

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.audit.anchors import anchor_journal, anchors_folder
from docflow.audit.finding import JournalFilter, count_lines, found_lines, line_for
from docflow.audit.models import JournalEntry
from docflow.audit.telling import Teller
from docflow.core.actor import SYSTEM
from docflow.core.errors import NotFound
from docflow.core.ids import new_id
from tests.conftest import actor
from tests.factories.documents import change, read_document
from tests.factories.sessions import signed_in_client, token_of


@pytest.fixture
def teller(runtime):
    return Teller(runtime.capabilities)


@pytest.fixture
def auditor(sqlite_runtime):
    return signed_in_client(sqlite_runtime, "auditor")


def find(runtime, username, *, limit=1000, before=None, **wanted):
    who = OPERATOR if username == "operator" else actor(runtime, username)
    subjects = Teller(runtime.capabilities).subjects
    asked = JournalFilter(**wanted)
    with runtime.transactions.reading() as session:
        found = found_lines(session, who, asked, subjects=subjects, before=before, limit=limit)
        assert count_lines(session, who, asked, subjects=subjects) >= len(found)
    return found


def of_document(runtime, document_id):
    """The numbers of the lines about a document, whoever may read them."""
    return [found.entry.number for found in find(runtime, "operator", subject_id=str(document_id))]


def page(client, address, *, code=200):
    answer = client.get(address, headers={"Accept-Language": "fr"})
    assert answer.status_code == code
    return answer.get_data(as_text=True)


def seen_numbers(html):
    return [int(number) for number in re.findall(r'href="/journal/(\d+)"', html)]


def test_lines_about_a_confidential_document_are_sealed_for_the_auditor(runtime):
    hidden = read_document(runtime, "secret", confidentiality=Confidentiality.CONFIDENTIAL, subject="Affaire X")
    shown = read_document(runtime, "plain", unit="TRV", subject="Voirie")
    sealed = {found.entry.number for found in find(runtime, "auditor") if found.is_sealed}
    assert sealed == set(of_document(runtime, hidden))
    assert not sealed & set(of_document(runtime, shown))


def test_no_filter_by_what_a_line_says_meets_a_sealed_one(runtime):
    hidden = read_document(runtime, "secret", confidentiality=Confidentiality.CONFIDENTIAL)
    lines = of_document(runtime, hidden)
    assert len(lines) == 2
    clerk = actor(runtime, "clerk").person_id
    for wanted in (
        {"subject_id": str(hidden)},
        {"subject_kind": "document"},
        {"verbs": frozenset({"documents.deposited", "documents.read"})},
        {"person_id": clerk},
    ):
        found = find(runtime, "auditor", **wanted)
        assert not {line.entry.number for line in found} & set(lines), wanted
        assert not any(line.is_sealed for line in found)
        subjects = Teller(runtime.capabilities).subjects
        with runtime.transactions.reading() as session:
            count = count_lines(session, actor(runtime, "auditor"), JournalFilter(**wanted), subjects=subjects)
        assert count == len(found)


def test_sealing_follows_confidentiality_at_once_both_ways(runtime):
    document = read_document(runtime, "letter", unit="TRV")
    lines = set(of_document(runtime, document))
    change(runtime, document, confidentiality=Confidentiality.CONFIDENTIAL)
    assert lines <= {found.entry.number for found in find(runtime, "auditor") if found.is_sealed}
    change(runtime, document, confidentiality=Confidentiality.NORMAL)
    assert not any(found.is_sealed for found in find(runtime, "auditor"))


def test_a_line_about_a_document_that_is_gone_or_of_an_unknown_kind_is_sealed(runtime):
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.record("documents.read", subject_kind="document", subject_id=new_id())
        uow.record("documents.read", subject_kind="document", subject_id="no identifier")
        uow.record("other.done", subject_kind="unheard_of", subject_id="1")
    assert [found.is_sealed for found in find(runtime, "auditor", limit=3)] == [True, True, True]


def test_a_value_that_names_a_hidden_document_is_left_out(runtime, teller):
    hidden = read_document(runtime, "secret", confidentiality=Confidentiality.CONFIDENTIAL, subject="Affaire X")
    shown = read_document(runtime, "plain", unit="TRV", subject="Voirie")
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.record(
            "ingest.stack_divided",
            subject_kind="document",
            subject_id=shown,
            documents=[str(hidden), str(shown)],
            left_out=1,
            unexplained=str(hidden),
        )
    told = {}
    for username in ("auditor", "operator"):
        who = OPERATOR if username == "operator" else actor(runtime, username)
        with runtime.transactions.reading() as session:
            found = found_lines(session, who, JournalFilter(), subjects=teller.subjects, limit=1)
            (line,) = teller.tell(session, who, found, locale="fr")
        told[username] = [[value.text for value in values] for _label, values in line.details]
    assert told == {"auditor": [["Voirie"], ["1"]], "operator": [["Affaire X", "Voirie"], ["1"]]}


def test_lines_are_found_by_person_act_subject_date_and_number(runtime, clock, teller):
    clock.move(days=2)
    document = read_document(runtime, "plain", unit="TRV")
    first, last = min(of_document(runtime, document)), max(of_document(runtime, document))
    clock.move(days=1)
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.record("documents.edited", subject_kind="document", subject_id=document, fields=["subject"])

    def numbers(**wanted):
        return [found.entry.number for found in find(runtime, "auditor", **wanted)]

    assert numbers(subject_kind="document", subject_id=str(document)) == [last + 1, last, first]
    assert numbers(verbs=teller.verbs_of("documents"), person_id=actor(runtime, "clerk").person_id) == [last, first]
    assert numbers(verbs=frozenset({"documents.edited"}), actor_kind="system") == [last + 1]
    assert numbers(first_number=first, last_number=last) == [last, first]
    assert numbers(since=clock.instant) == [last + 1]
    assert last + 1 not in numbers(until=clock.instant)
    assert numbers(before=last, limit=1) == [first]


def test_a_line_that_does_not_exist_is_unknown(runtime, teller):
    with runtime.transactions.reading() as session, pytest.raises(NotFound, match="journal_line_unknown"):
        line_for(session, actor(runtime, "auditor"), 10**9, subjects=teller.subjects)


@pytest.mark.parametrize("username", ["clerk", "agent", "head", "director", "president", "archivist", "admin"])
def test_only_the_auditor_reads_the_journal(sqlite_runtime, username):
    client = signed_in_client(sqlite_runtime, username)
    for address in ("/journal", "/journal/1", "/journal/export.csv"):
        assert client.get(address).status_code == 403


def test_lines_are_explained_in_words_and_newest_first(sqlite_runtime, auditor):
    document = read_document(sqlite_runtime, "plain", unit="TRV", subject="Réfection de la voirie")
    html = page(auditor, "/journal")
    numbers = seen_numbers(html)
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) <= 50
    assert "Réfection de la voirie" in html
    assert "documents.deposited" not in re.sub(r"<option.*?</option>", "", html)
    line = page(auditor, f"/journal/{min(of_document(sqlite_runtime, document))}")
    assert "Registre du courrier arrivée" in line
    assert "documents.deposited" in line


def test_a_sealed_line_shows_its_number_instant_and_hash_and_nothing_else(sqlite_runtime, auditor):
    hidden = read_document(sqlite_runtime, "secret", confidentiality=Confidentiality.CONFIDENTIAL, subject="Affaire X")
    number = min(of_document(sqlite_runtime, hidden))
    with sqlite_runtime.transactions.reading() as session:
        entry = session.get_one(JournalEntry, number)
    line = page(auditor, f"/journal/{number}")
    assert entry.hash in line
    for secret in ("Affaire X", str(hidden), "clerk", "documents.", entry.values["sha256"]):
        assert secret not in line, secret
        assert secret not in page(auditor, f"/journal?number={number}").split("found__head")[1]
    assert str(hidden) not in page(auditor, "/journal/export.csv")
    assert seen_numbers(page(auditor, f"/journal?subject={hidden}")) == []


def test_the_filter_of_the_page_says_what_it_did_not_understand(auditor):
    for query, told in (
        ("number=abc", "120-180"),
        ("from=99/99/2026", "12/11/2026"),
        ("to=01/01/0001", "12/11/2026"),
        ("act=no.act", "choix"),
        ("kind=nothing", "choix"),
        ("who=nobody", "choix"),
    ):
        assert told in page(auditor, f"/journal?{query}", code=422), query


@pytest.mark.parametrize(
    "query", ["subject=%00", "before=99999999999999999999999", "number=999999999999999", "who=%00", "before=-1"]
)
def test_hostile_filters_find_nothing_or_are_refused(auditor, query):
    assert auditor.get(f"/journal?{query}").status_code in {200, 422}
    assert auditor.get("/journal/99999999999999999999999").status_code == 404


def test_older_lines_are_on_the_next_page(sqlite_runtime, auditor):
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        for number in range(120):
            uow.record("jobs.retried", subject_kind="job", subject_id=str(number), name="x")
    seen, address = [], "/journal"
    while address:
        html = page(auditor, address)
        seen += seen_numbers(html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == list(range(len(seen), 0, -1))
    assert len(seen) > 120


def test_the_export_holds_the_filtered_lines_with_their_hashes_and_no_formula(sqlite_runtime, auditor):
    document = read_document(sqlite_runtime, "plain", unit="TRV", subject="=HYPERLINK(1)")
    answer = auditor.get("/journal/export.csv?kind=document")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [int(row[0]) for row in rows[1:]] == of_document(sqlite_runtime, document)
    assert {row[6] for row in rows[1:]} == {"'=HYPERLINK(1)"}
    with sqlite_runtime.transactions.reading() as session:
        assert rows[1][-1] == session.get_one(JournalEntry, int(rows[1][0])).hash


def posted(client, address):
    answer = client.post(
        address, data={"csrf_token": token_of(client)}, headers={"Accept-Language": "fr"}, follow_redirects=True
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_verifying_a_line_shows_what_was_compared(sqlite_runtime, auditor):
    document = read_document(sqlite_runtime, "plain", unit="TRV")
    number = min(of_document(sqlite_runtime, document))
    before = posted(auditor, f"/journal/{number}/verify")
    assert "telle qu’elle a été écrite" in before
    assert "ancrées" not in before
    anchor_journal(sqlite_runtime)
    after = posted(auditor, f"/journal/{number}/verify")
    assert "bien celles qui ont été ancrées" in after
    assert "dit la même chose" in after
    assert "telle qu’elle a été écrite" in posted(auditor, "/journal/1/verify")


def test_verifying_shows_an_altered_line_and_its_neighbours(sqlite_runtime, auditor):
    document = read_document(sqlite_runtime, "plain", unit="TRV")
    number = min(of_document(sqlite_runtime, document))
    anchor_journal(sqlite_runtime)
    with sqlite_runtime.transactions.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_entries_no_update"))
        connection.execute(update(JournalEntry).where(JournalEntry.number == number).values(hash="0" * 64))
    altered = posted(auditor, f"/journal/{number}/verify")
    assert "la ligne a été modifiée" in altered
    assert "ne découle pas d’elle" in altered
    assert "ne sont pas celles" in altered
    assert "ne fait pas suite" in posted(auditor, f"/journal/{number + 1}/verify")
    whole = posted(auditor, "/journal/verify")
    assert f"le numéro {number}." in whole


def test_verifying_the_whole_journal_tells_of_files_too(sqlite_runtime, auditor):
    read_document(sqlite_runtime, "plain", unit="TRV")
    anchor_journal(sqlite_runtime)
    assert "Le journal est intact." in posted(auditor, "/journal/verify")
    (path,) = anchors_folder(sqlite_runtime.settings).iterdir()
    path.chmod(0o600)
    path.write_text("{}")
    told = posted(auditor, "/journal/verify")
    assert "n’est pas intact" in told
    assert path.name in told
