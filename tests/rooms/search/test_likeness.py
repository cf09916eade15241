"""A letter scanned twice is told, another of its kind is not; what is on the same matter is found with the reason."""

from __future__ import annotations

from docflow.accounts.visibility import Confidentiality
from docflow.documents.models import Document
from docflow.search.duplicates import near_duplicates
from docflow.search.likeness import LEAST_BANDS, likeness, signature
from docflow.search.similar import similar_documents
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document
from tests.factories.sessions import signed_in_client

LETTER = """Nadia Cherkaoui, 12 rue des Orangers, CIN BE482913, téléphone 0661224455
À Monsieur le Président de l'arrondissement. Objet : demande de réparation de l'éclairage public
J'ai l'honneur de vous signaler que {lamps} lampadaires de notre rue ne fonctionnent plus depuis le {day}
et de solliciter leur remise en état dans les meilleurs délais, conformément à votre lettre {number}."""
FIRST = LETTER.format(lamps=14, day="03/02/2026", number="2026/1187")
RESCANNED = (
    FIRST.replace("Cherkaoui", "Cherkaoul").replace("Orangers", "0rangers").replace("lampadaires", "lampadalres")
)
OTHER = (
    LETTER.replace("Nadia Cherkaoui", "Samir Bennani")
    .replace("BE482913", "AB771204")
    .replace("0661224455", "0522981176")
).format(lamps=3, day="19/11/2025", number="2025/0042")


def near(runtime, by: str, document_id):
    with runtime.transactions.reading() as session:
        document = session.get_one(Document, document_id)
        return [one.document.id for one in near_duplicates(session, actor(runtime, by), document)]


def test_a_second_scan_is_the_same_letter_and_another_of_its_kind_is_not():
    again, other = likeness([FIRST], [RESCANNED]), likeness([FIRST], [OTHER])

    assert again.is_same_letter
    assert len(set(signature([FIRST])) & set(signature([RESCANNED]))) >= LEAST_BANDS
    assert not other.is_same_letter
    assert {"BE482913", "1187"} <= set(other.only_first)
    assert {"AB771204", "Samir"} <= set(other.only_second)
    assert likeness([FIRST], [FIRST]).share == 1
    assert likeness([FIRST], [FIRST + " 4711"]).share < 1


def test_texts_that_tell_nothing_or_go_on_for_ever_are_compared_all_the_same():
    assert signature(["Bonjour."]) == signature([]) == signature([""]) == ()
    assert likeness([], []).share == 0
    assert likeness([" ".join(f"a{n}" for n in range(4000))], [" ".join(f"b{n}" for n in range(4000))]).share == 0
    assert signature(["\x00\ud800 " + FIRST])


def test_a_letter_scanned_twice_is_told_to_whoever_may_know_of_the_first(runtime):
    first = read_document(runtime, FIRST, unit="TRV", subject="Éclairage")
    read_document(runtime, OTHER, unit="TRV")
    again = read_document(runtime, RESCANNED, unit="TRV", subject="Éclairage")
    run_jobs(runtime)

    assert near(runtime, "clerk", again) == [first]
    assert near(runtime, "agent", first) == [again]
    client = signed_in_client(runtime, "clerk")
    for address in (f"/d/{again}", f"/register/{again}"):
        assert f'href="/d/{again}/compare/{first}"' in client.get(address).get_data(as_text=True)
    compared = client.get(f"/d/{again}/compare/{first}").get_data(as_text=True)
    assert "0rangers" in compared

    change(runtime, first, confidentiality=Confidentiality.CONFIDENTIAL)

    assert near(runtime, "agent", again) == []
    agent = signed_in_client(runtime, "agent")
    assert "/compare/" not in agent.get(f"/d/{again}").get_data(as_text=True)
    assert agent.get(f"/d/{again}/compare/{first}").status_code == 404
    assert agent.get(f"/d/{first}/similar").status_code == 404


def test_documents_on_the_same_matter_are_found_by_rare_words_with_the_reason(runtime):
    asked = read_document(runtime, "La fontaine de la place Sraghna fuit depuis mardi", unit="TRV", sender="Amal")
    like = read_document(runtime, "Réponse : la fontaine Sraghna sera réparée mardi", unit="TRV", sender="AMAL")
    hidden = read_document(runtime, "La fontaine de la place Sraghna fuit depuis mardi", unit="EC")
    for number in range(6):
        read_document(runtime, f"Le trottoir de la place {number} est cassé depuis mardi", unit="TRV")
    run_jobs(runtime)
    now = runtime.clock.now()

    found = similar_documents(runtime, actor(runtime, "agent"), asked, now=now)

    assert [one.document.id for one in found] == [like]
    assert {"fontaine", "Sraghna", "Amal"} <= set(found[0].words)
    assert found[0].is_same_sender
    assert hidden in [one.document.id for one in similar_documents(runtime, actor(runtime, "clerk"), asked, now=now)]
    page = signed_in_client(runtime, "agent").get(f"/d/{asked}/similar").get_data(as_text=True)
    assert str(like) in page
    assert str(hidden) not in page
