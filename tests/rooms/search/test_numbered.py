"""A number typed alone opens its document, for whoever may see it."""

from __future__ import annotations

from tests.conftest import run_jobs
from tests.factories.documents import read_document
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client


def test_a_number_of_a_register_opens_its_document_and_other_words_are_searched(sqlite_runtime):
    runtime = sqlite_runtime
    document = read_document(runtime, "Éclairage", unit="TRV", by="clerk")
    label = registered(runtime, document).label
    answer = read_document(runtime, f"Réponse à votre lettre {label}", by="clerk")
    run_jobs(runtime)
    year, number = label.rsplit("-", 2)[-2:]
    clerk, stranger = signed_in_client(runtime, "clerk"), signed_in_client(runtime, "agent2")

    opened = [clerk.get("/search", query_string={"q": text}) for text in (label, f"{year}/{int(number)}")]
    listed = [
        clerk.get("/search", query_string=asked)
        for asked in ({"q": f'"{label}"'}, {"q": label, "kind": "letter"}, {"q": "éclairage"}, {"q": f"{year}/99"})
    ]
    unseen = stranger.get("/search", query_string={"q": label})

    assert [page.status_code for page in opened] == [302, 302]
    assert all(str(document) in page.headers["Location"] for page in opened)
    assert [page.status_code for page in listed] == [200] * 4
    assert str(answer) in listed[0].get_data(as_text=True)
    assert unseen.status_code == 200
    assert str(document) not in unseen.get_data(as_text=True)
