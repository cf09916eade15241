"""What is suggested as somebody types."""

from __future__ import annotations

from docflow.accounts.visibility import Confidentiality
from docflow.search.indexing import make_first_index
from docflow.search.suggesting import recent_documents, suggest, typed_leaves
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.search.test_search_page import statements_of

MOST_STATEMENTS = 7
"""Of one keystroke: the session, the visibility that lags, the rows; however many documents match."""


def texts(fragments):
    return "".join(f"[{one.text}]" if one.is_hit else one.text for one in fragments)


def test_numbers_senders_and_subjects_that_begin_so_are_suggested_each_marked(runtime):
    lamp = read_document(runtime, "lettre")
    read_document(runtime, "lettre", unit="TRV", subject="Trottoir", sender="Nadia Cherkaoui")
    number = registered(runtime, lamp, subject="Éclairage de la rue", sender="Nadia Cherkaoui").label
    run_jobs(runtime)
    clerk = actor(runtime, "clerk")

    by_subject = suggest(runtime, clerk, "rue éclai")
    by_sender = suggest(runtime, clerk, "cherk")
    by_number = suggest(runtime, clerk, number)
    by_short_number = suggest(runtime, clerk, "A-2026-1")
    mixed = suggest(runtime, clerk, "nadia trott")

    assert [texts(one.shown) for one in by_subject.subjects] == ["[Éclairage] de la [rue]"]
    assert [texts(one.shown) for one in by_sender.senders] == ["Nadia [Cherkaoui]"]
    assert [(one.document.id, one.is_exact) for one in by_number.numbers] == [(lamp, True)]
    assert [(one.document.id, one.is_exact) for one in by_short_number.numbers] == [(lamp, False)]
    assert [one.document.subject for one in mixed.subjects] == ["Trottoir"]


def test_what_is_too_short_or_holds_no_word_asks_nothing():
    assert [typed_leaves(typed) for typed in ("", "é", " - ", "()", '"')] == [[]] * 5
    assert len(typed_leaves("mot " * 500)) == 8
    assert [one.text for one in typed_leaves("permis de co")] == ["permis", "de", "co"]


def test_nothing_is_suggested_of_what_may_not_be_seen_however_often_it_was_opened(runtime):
    shown = read_document(runtime, "lettre", unit="TRV", subject="Carrefour", sender="Samir")
    hidden = read_document(runtime, "lettre", unit="TRV", subject="Carrefour caché", sender="Samira")
    run_jobs(runtime)
    agent = actor(runtime, "agent")
    for document_id in (shown, hidden):
        runtime.access_log.opened(agent, document_id, what="page", at=runtime.clock.now())
    runtime.access_log.flush()
    # The index does not know of it yet: the database says so at each question.
    change(runtime, hidden, confidentiality=Confidentiality.CONFIDENTIAL)

    found = [suggest(runtime, agent, typed) for typed in ("carre", "sami")]

    assert [one.document.id for one in found[0].subjects] == [shown]
    assert [one.name for one in found[1].senders] == ["Samir"]
    assert [one.id for one in recent_documents(runtime, agent)] == [shown]


def test_the_box_offers_documents_pages_and_what_was_opened_last_with_few_questions(runtime):
    for at in range(12):
        read_document(runtime, "lettre", unit="TRV", subject=f"Recherche numéro {at}")
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")
    client.set_cookie("lang", "fr")
    client.get("/search/suggestions?q=reche")

    with statements_of(runtime.transactions.engine) as sent:
        page = client.get("/search/suggestions?q=reche").get_data(as_text=True)

    assert page.count('role="option"') == 8 + page.count('href="/search"') + page.count('href="/search/saved"')
    assert len(sent) <= MOST_STATEMENTS, sent
    assert client.get("/search/suggestions?q=").status_code == 200
    assert client.get("/search/suggestions", query_string={"q": "x" * 5000}).status_code == 200


def test_what_may_be_begun_is_offered_by_its_name(sqlite_runtime):
    make_first_index(sqlite_runtime)
    pages = [
        signed_in_client(sqlite_runtime, username)
        .get("/search/suggestions", query_string={"q": typed})
        .get_data(as_text=True)
        for username, typed in (("clerk", "إيداع شكا"), ("agent", "إيداع شكا"), ("clerk", ""), ("agent", ""))
    ]

    assert ['href="/complaints/counter"' in page for page in pages] == [True, False, True, False]
