"""The queue, the screen of a page, the conflict page and the versions on the document page, as plain forms."""

from __future__ import annotations

import re

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.documents.operations import fail_reading
from docflow.documents.queries import page_views, pages_of
from docflow.documents.rules import PageState, ReviewOutcome
from tests.conftest import actor
from tests.factories.documents import doubtful_result, page_id, read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.search.test_search_page import statements_of

MOST_STATEMENTS = 14


def page(answer):
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def view(runtime, document_id, page_index=0):
    with runtime.transactions.reading() as session:
        return page_views(session, document_id, page_index=page_index)[0]


def waiting_corrections(client):
    """How many pages to correct the first page counts."""
    line = re.search(r'href="/corrections".*?<span class="count">(\d+)</span>', page(client.get("/")))
    return line[1] if line else None


def two_doubtful(runtime, clock):
    first = read_document(runtime, doubtful_result("Objet : vorie", doubts=("vorie",)), subject="La première")
    clock.move(minutes=1)
    second = read_document(runtime, doubtful_result("شكاية حول الانارة", languages=("ar",)), subject="الثانية")
    return first, second


def posting(runtime, document_id, page_index=0, *, then=""):
    """The address that the forms of a page are sent to."""
    return f"/corrections/pages/{page_id(runtime, document_id, page_index)}{then}"


def sent(client, address, **fields):
    return client.post(address, data={"base": "1", "newest": "1", "csrf_token": token_of(client), **fields})


def test_the_queue_shows_what_waits_with_its_count_and_filters_by_language(runtime, clock):
    two_doubtful(runtime, clock)
    client = signed_in_client(runtime, "clerk")

    whole, french = page(client.get("/corrections")), page(client.get("/corrections?language=fr"))

    assert (whole.count("data-row"), french.count("data-row")) == (2, 1)
    assert whole.index("La première") < whole.index("الثانية")
    assert waiting_corrections(client) == "2"
    assert "language=fr" in re.search(r'<h2 class="t"[^>]*><a href="([^"]+)"', french)[1]


def test_the_first_page_counts_only_what_the_reader_may_see(runtime, clock):
    first, _ = two_doubtful(runtime, clock)
    read_document(runtime, doubtful_result("secret"), confidentiality=Confidentiality.CONFIDENTIAL)
    registered(runtime, first, by="clerk2")

    clients = {who: signed_in_client(runtime, who) for who in ("clerk", "clerk2", "archivist")}

    counts = {who: waiting_corrections(client) for who, client in clients.items()}
    assert counts == {"clerk": "3", "clerk2": "1", "archivist": "1"}
    assert str(first) in page(clients["archivist"].get("/corrections"))


@pytest.mark.parametrize("who", ["agent", "head", "director", "auditor", "admin"])
def test_who_may_not_correct_has_no_such_page(sqlite_runtime, clock, who):
    first, _ = two_doubtful(sqlite_runtime, clock)
    client = signed_in_client(sqlite_runtime, who)

    assert client.get("/corrections").status_code == 403
    assert client.get(f"/corrections/{first}/1").status_code == 403
    assert "/corrections" not in client.get("/account/password").get_data(as_text=True)


def test_a_hidden_page_answers_as_one_that_does_not_exist(runtime):
    hidden = read_document(runtime, doubtful_result("secret"), confidentiality=Confidentiality.CONFIDENTIAL)
    missing = actor(runtime, "clerk").person_id
    client = signed_in_client(runtime, "clerk2")

    answers = [
        re.sub(
            r"[0-9A-F]{4}-[0-9A-F]{4}|[0-9a-f-]{36}|value=\"[^\"]*\"|content=\"[^\"]*\"",
            "",
            client.get(f"/corrections/{one}/1").get_data(as_text=True),
        )
        for one in (hidden, missing)
    ]

    assert client.get(f"/corrections/{hidden}/1").status_code == 404
    assert answers[0] == answers[1]


def test_an_empty_queue_says_why_and_a_page_beyond_the_last_leads_to_it(sqlite_runtime):
    client = signed_in_client(sqlite_runtime, "archivist")

    assert 'class="empty"' in page(client.get("/corrections"))
    assert client.get("/corrections?page=7").headers["Location"] == "/corrections?page=1"
    assert page(client.get("/corrections?language=xx&page=x"))


def test_fifty_pages_a_page_and_a_fixed_number_of_questions(runtime):
    read_document(runtime, *(doubtful_result(f"page {number}") for number in range(52)))
    client = signed_in_client(runtime, "clerk")
    client.get("/corrections")

    with statements_of(runtime.transactions.engine) as sent_statements:
        first = page(client.get("/corrections"))

    assert first.count("data-row") == 50
    assert page(client.get("/corrections?page=2")).count("data-row") == 2
    assert len(sent_statements) <= MOST_STATEMENTS, sent_statements


def test_a_correction_is_kept_and_leads_on_in_the_filter_to_the_end(runtime, clock):
    first, second = two_doubtful(runtime, clock)
    client = signed_in_client(runtime, "clerk")
    assert 'value="vorie"' in page(client.get(f"/corrections/{first}/1"))

    onward = sent(client, posting(runtime, first), **{"word-2": "voirie", "line-0": "Objet : vorie"})
    in_french = sent(client, posting(runtime, second, then="?language=ar"), **{"line-0": "شكاية حول الإنارة"})

    assert (onward.status_code, onward.headers["Location"]) == (303, f"/corrections/{second}/1")
    assert view(runtime, first).text == "Objet : voirie"
    assert in_french.headers["Location"] == "/corrections/end?language=ar"
    assert 'class="empty"' in page(client.get(in_french.headers["Location"]))
    assert "data-row" not in page(client.get("/corrections"))


@pytest.mark.parametrize(
    ("decision", "outcome"), [("confirm", ReviewOutcome.CONFIRMED), ("unreadable", ReviewOutcome.UNREADABLE)]
)
def test_the_other_decisions_keep_no_text_whatever_was_typed(sqlite_runtime, clock, decision, outcome):
    first, second = two_doubtful(sqlite_runtime, clock)

    answer = sent(
        signed_in_client(sqlite_runtime, "clerk2"),
        posting(sqlite_runtime, first),
        decision=decision,
        **{"word-2": "x"},
    )

    assert answer.headers["Location"] == f"/corrections/{second}/1"
    assert (view(sqlite_runtime, first).text_version, view(sqlite_runtime, first).page.review_outcome) == (1, outcome)


def test_the_second_of_two_sees_both_changes_and_keeps_theirs_or_the_others(runtime, clock):
    first, _ = two_doubtful(runtime, clock)
    address = posting(runtime, first)
    sent(signed_in_client(runtime, "clerk"), address, **{"word-2": "voirie"})
    late = signed_in_client(runtime, "clerk2")

    refused = sent(late, address, **{"word-2": "voierie"})
    shown = refused.get_data(as_text=True)

    assert refused.status_code == 409
    assert actor(runtime, "clerk").name in shown
    assert "<ins>voirie</ins>" in shown
    assert "<ins>voierie</ins>" in shown
    assert view(runtime, first).text == "Objet : voirie"
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown))
    late.post(address, data=fields)
    assert view(runtime, first).text == "Objet : voierie"


@pytest.mark.parametrize("fields", [{"base": "x"}, {"newest": ""}, {"decision": "burn"}])
def test_a_form_that_was_tampered_with_is_refused(sqlite_runtime, clock, fields):
    first, _ = two_doubtful(sqlite_runtime, clock)

    answer = sent(signed_in_client(sqlite_runtime, "clerk"), posting(sqlite_runtime, first), **fields)

    assert answer.status_code == 422
    assert view(sqlite_runtime, first).page.needs_review


def test_what_was_typed_stays_on_the_page_when_it_is_refused(sqlite_runtime, clock):
    first, _ = two_doubtful(sqlite_runtime, clock)
    too_long = "mot " * 500

    answer = sent(
        signed_in_client(sqlite_runtime, "clerk"),
        posting(sqlite_runtime, first),
        **{"line-0": too_long, "word-2": "voirie"},
    )

    assert answer.status_code == 422
    assert too_long.strip() in answer.get_data(as_text=True)
    assert 'value="voirie"' in answer.get_data(as_text=True)


def test_the_document_page_shows_every_version_and_takes_one_back(runtime, clock):
    first, _ = two_doubtful(runtime, clock)
    client = signed_in_client(runtime, "clerk")
    assert 'id="versions"' not in page(client.get(f"/d/{first}?tab=text"))
    back = sent(client, posting(runtime, first, then="?from=document"), **{"word-2": "voirie"})

    shown = page(client.get(back.headers["Location"]))

    assert back.headers["Location"] == f"/d/{first}?page=1&tab=text"
    assert "<del>vorie</del> <ins>voirie</ins>" in shown
    restored = sent(client, posting(runtime, first, then="/restore"), newest="2")
    assert restored.status_code == 303
    assert (view(runtime, first).text, view(runtime, first).text_version) == ("Objet : vorie", 3)


def test_who_only_reads_sees_the_versions_and_no_way_to_change_them(sqlite_runtime):
    document_id = read_document(sqlite_runtime, doubtful_result("Objet : vorie", doubts=("vorie",)), unit="TRV")
    sent(signed_in_client(sqlite_runtime, "clerk"), posting(sqlite_runtime, document_id), **{"word-2": "voirie"})
    agent = signed_in_client(sqlite_runtime, "agent")

    shown = page(agent.get(f"/d/{document_id}?tab=text"))

    assert 'id="versions"' in shown
    assert "/corrections/" not in shown
    assert sent(agent, posting(sqlite_runtime, document_id, then="/restore"), newest="2").status_code == 403


def unread_document(runtime, *pages, **how):
    """A document whose named pages could not be read."""
    document_id = read_document(
        runtime, *(doubtful_result(f"page {number}") for number in range(max(pages) + 1)), **how
    )
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        for page in pages_of(uow.session, document_id):
            if page.page_index in pages:
                page.state = PageState.WAITING
                fail_reading(uow, page, code="page_reader_crashed", params={})
    return document_id


def states(runtime, document_id):
    with runtime.transactions.reading() as session:
        return [page.state for page in pages_of(session, document_id)]


def test_a_page_that_could_not_be_read_says_why_on_every_screen_and_is_read_again_from_each(sqlite_runtime):
    document_id = unread_document(sqlite_runtime, 1)
    client = signed_in_client(sqlite_runtime, "clerk")
    said = "توقف برنامج القراءة فجأة عند هذه الصفحة"
    screens = ("/corrections", f"/corrections/{document_id}/2", f"/d/{document_id}?page=2")

    shown = [page(client.get(screen)) for screen in screens]

    assert all(said in one and posting(sqlite_runtime, document_id, 1, then="/read-again") in one for one in shown)
    answer = sent(client, posting(sqlite_runtime, document_id, 1, then="/read-again?from=document"))
    assert answer.headers["Location"] == f"/d/{document_id}?page=2"
    assert states(sqlite_runtime, document_id) == [PageState.READ, PageState.WAITING]
    assert "تُعاد قراءة الصفحة 2" in page(client.get(answer.headers["Location"]))


def test_an_agent_of_the_unit_may_have_a_page_read_again_and_one_of_another_does_not_see_it(sqlite_runtime):
    document_id = unread_document(sqlite_runtime, 0, unit="TRV")
    stranger, agent = signed_in_client(sqlite_runtime, "agent2"), signed_in_client(sqlite_runtime, "agent")

    assert sent(stranger, posting(sqlite_runtime, document_id, then="/read-again")).status_code == 404
    assert sent(agent, posting(sqlite_runtime, document_id, then="/read-again?from=document")).status_code == 303
    assert states(sqlite_runtime, document_id) == [PageState.WAITING]


def test_all_that_could_not_be_read_is_read_again_at_once_but_for_what_is_hidden(sqlite_runtime):
    seen = unread_document(sqlite_runtime, 0, 2)
    hidden = unread_document(sqlite_runtime, 0, confidentiality=Confidentiality.CONFIDENTIAL)
    client = signed_in_client(sqlite_runtime, "clerk2")
    assert "/corrections/read-again" in page(client.get("/corrections"))

    answer = sent(client, "/corrections/read-again")

    assert answer.status_code == 303
    assert states(sqlite_runtime, seen) == [PageState.WAITING, PageState.READ, PageState.WAITING]
    assert states(sqlite_runtime, hidden) == [PageState.FAILED]
    assert "/corrections/read-again" not in page(client.get("/corrections"))


def test_a_pages_own_address_leads_to_where_it_is_and_tells_nothing_of_a_hidden_one(sqlite_runtime):
    seen = read_document(sqlite_runtime, doubtful_result("un"), doubtful_result("deux"))
    hidden = read_document(sqlite_runtime, doubtful_result("x"), confidentiality=Confidentiality.CONFIDENTIAL)
    client = signed_in_client(sqlite_runtime, "clerk2")

    assert client.get(posting(sqlite_runtime, seen, 1)).headers["Location"] == f"/corrections/{seen}/2"
    assert client.get(posting(sqlite_runtime, hidden)).status_code == 404
    assert sent(client, posting(sqlite_runtime, hidden)).status_code == 404
    assert sent(client, f"/corrections/pages/{hidden}").status_code == 404
