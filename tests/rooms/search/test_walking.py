"""From result to result and from hit to hit, with the search kept."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

from docflow.accounts.visibility import Confidentiality
from docflow.documents.models import Document
from docflow.documents.queries import page_views
from docflow.documents.screen import opened_page
from docflow.search.finding import FoundPlace, Question, find, place_of
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, doubtful_result, read_document
from tests.factories.sessions import signed_in_client


def addresses(page: str, attribute: str) -> list[str]:
    return [unescape(one) for one in re.findall(rf'<a[^>]*href="([^"]*)"[^>]*{attribute}', page)]


def test_a_document_knows_its_neighbours_among_the_results_that_one_may_see(runtime):
    ids = [
        read_document(runtime, f"permis {at}", unit="TRV", kind="request" if at % 2 else "letter") for at in range(6)
    ]
    run_jobs(runtime)
    agent, now = actor(runtime, "agent"), runtime.clock.now()
    letters = Question("permis", kinds=("letter",), sort="date")
    order = [one.document.id for one in find(runtime, agent, letters, now=now).results]

    def place(document_id: UUID, at: int) -> FoundPlace | None:
        return place_of(
            runtime, agent, Question("permis", kinds=("letter",), sort="date", offset=at), document_id, now=now
        )

    assert set(order) == set(ids[::2])
    assert [place(one, at) for at, one in enumerate(order)] == [
        FoundPlace(0, 3, None, order[1]),
        FoundPlace(1, 3, order[0], order[2]),
        FoundPlace(2, 3, order[1], None),
    ]
    assert place(order[0], 20) == FoundPlace(0, 3, None, order[1])
    assert place(ids[1], 1) is None

    # The index does not know of it yet: whoever walks passes over it, and it is in no count.
    change(runtime, order[1], confidentiality=Confidentiality.CONFIDENTIAL)

    assert place(order[0], 0) == FoundPlace(0, 2, None, order[2])
    assert place(order[1], 1) is None


def test_a_result_opens_at_its_first_hit_and_leads_on_to_the_next_one_and_back_to_its_line(sqlite_runtime):
    runtime = sqlite_runtime
    text = "un égout\nle permis de construire et le permis"
    long = read_document(runtime, "rien", doubtful_result(text), "rien", "un permis", unit="TRV", subject="Le permis")
    other = read_document(runtime, "permis", unit="TRV", subject="Autre", kind="letter")
    run_jobs(runtime)
    client = signed_in_client(runtime, "agent")

    results = client.get("/search?q=permis&kind=letter&sort=date").get_data(as_text=True)
    page = client.get(f"/d/{long}?q=permis&at=1").get_data(as_text=True)
    back = addresses(
        client.get(f"/d/{other}?q=permis&at=0&among=kind%3Dletter%26sort%3Ddate").get_data(as_text=True), ""
    )

    assert f"/d/{other}?page=1&q=permis&at=0&among=kind%3Dletter%26sort%3Ddate" in unescape(results)
    assert 'data-hits="2"' in page
    assert [one for one in addresses(page, 'data-hit="1"') if "page=4" in one]
    assert addresses(page, 'data-hit="-1"') == ["#"]
    assert f"/search?q=permis&kind=letter&sort=date#d-{other}" in back
    assert "<mark>permis</mark>" in client.get("/search?q=permis").get_data(as_text=True).partition("Autre")[0]
    # What comes from elsewhere shows no way back; a filter that nobody wrote changes nothing.
    assert "data-list-" not in client.get(f"/d/{long}").get_data(as_text=True)
    assert client.get(f"/d/{long}?q=permis&at=-5&among=page%3D9%26x%3D%00").status_code == 200


def test_words_that_follow_one_another_in_a_line_are_one_hit(sqlite_runtime):
    document_id = read_document(sqlite_runtime, doubtful_result("permis de construire\nun permis"))
    with sqlite_runtime.transactions.reading() as session:
        view, document = page_views(session, document_id)[0], session.get_one(Document, document_id)
    words = view.words

    zones = opened_page(document, view, hits=(0, 1, 2, 4)).zones

    assert [zone.box for zone in zones] == [(*words[0].box[:2], *words[2].box[2:]), words[4].box]
