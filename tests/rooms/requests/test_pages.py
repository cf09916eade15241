"""The pages: the catalogue, a request without an account, what its citizen follows, what strangers do not see."""

from __future__ import annotations

import io
import re

import pytest

from docflow.app import create_public_app
from tests.conftest import run_jobs
from tests.factories.requests import fill_catalogue, requested
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.requests.test_requests import PNG


@pytest.fixture
def site(sqlite_runtime):
    fill_catalogue(sqlite_runtime)
    return sqlite_runtime, create_public_app(sqlite_runtime).test_client()


def posted(client, path, **form):
    page = client.get("/track").get_data(as_text=True)
    return client.post(path, data=form | {"csrf_token": re.search(r'csrf-token" content="([^"]+)"', page)[1]})


def value(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_the_catalogue_says_in_both_languages_what_is_asked_for_and_what_may_not_be(site):
    _runtime, client = site
    for language, title, forbidden, law in (
        ("fr", "Inscription scolaire", "Copies certifiées conformes", ">loi 55-19<"),
        ("ar", "التسجيل المدرسي", "نسخ مصادق على مطابقتها للأصل", ">القانون 55-19<"),
    ):
        headers = {"Accept-Language": language}
        assert title in client.get("/procedures", headers=headers).get_data(as_text=True)
        page = client.get("/procedures/inscription-scolaire", headers=headers).get_data(as_text=True)
        assert forbidden in page[page.index("forbidden-title") :]
        assert forbidden not in page[: page.index("forbidden-title")]
        assert law in page
    assert client.get("/procedures/nowhere").status_code == 404


def test_a_request_is_deposited_without_scripts_receipted_followed_completed_and_decided(site):
    runtime, client = site
    page = client.get("/requests/new/inscription-scolaire").get_data(as_text=True)
    form = {"key": value(page, "key"), "name": "<i>Nadia</i>", "said-0": "Yasmine", "said-1": ""}
    refused = posted(client, "/requests/new/inscription-scolaire", **form)
    assert (refused.status_code, 'value="Yasmine"' in refused.get_data(as_text=True)) == (422, True)
    form |= {"said-1": "École Ibn Sina, CP", "paper-0": (io.BytesIO(PNG), "livret.png")}
    made = posted(client, "/requests/new/inscription-scolaire", **form)
    page = made.get_data(as_text=True)
    held = {"number": value(page, "number"), "secret": value(page, "secret")}
    assert (made.status_code, made.headers["Cache-Control"], "<i>" in page) == (200, "private, no-store", False)
    paper = posted(client, "/requests/receipt", **held)
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    for wrong in (held | {"secret": "0" * 10}, {"number": "T-2026-999999", "secret": held["secret"]}):
        assert posted(client, "/requests/receipt", **wrong).status_code == 404
        files = {"files": (io.BytesIO(PNG), "x.png")}
        assert posted(client, "/requests/complete", **wrong, **files).status_code == 404
    run_jobs(runtime)
    head = signed_in_client(runtime, "agent2")
    listing = head.get("/requests").get_data(as_text=True)
    assert held["number"] not in listing
    director = signed_in_client(runtime, "director")
    listing = director.get("/requests").get_data(as_text=True)
    address = re.search(r'href="(/requests/[0-9a-f-]{36})"', listing)[1]
    assert head.get(address).status_code == 404
    asked = director.post(address, data={"csrf_token": token_of(director), "action": "missing", "paper": "1"})
    assert asked.status_code == 303
    followed = posted(client, "/track", **held).get_data(as_text=True)
    assert 'action="/requests/complete"' in followed
    assert "Mansouri" not in followed
    given = posted(client, "/requests/complete", **held, files=(io.BytesIO(PNG), "page.png"))
    assert given.status_code == 200
    treated = director.get(address).get_data(as_text=True)
    file_address = re.findall(rf'href="({address}/files/[^"]+)"', treated)
    assert len(file_address) == 2
    assert director.get(file_address[0]).data == PNG
    assert head.get(file_address[0]).status_code == 404


def test_the_counter_takes_what_is_its_own_and_prints_the_receipt(site):
    runtime, _client = site
    lent = signed_in_client(runtime, "counter")
    counter = lent.get("/requests/counter", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    assert 'href="/requests/counter/extrait-naissance"' in counter
    assert "/requests/counter/inscription-scolaire" not in counter
    assert lent.get("/requests/counter/inscription-scolaire").status_code == 404
    page = lent.get("/requests/counter/extrait-naissance").get_data(as_text=True)
    form = {"csrf_token": re.search(r'csrf-token" content="([^"]+)"', page)[1], "key": value(page, "key"),
            "name": "Nadia", "language": "fr", "given": ["0"], **{f"said-{at}": "x" for at in range(5)}}  # fmt: skip
    received = lent.post("/requests/counter/extrait-naissance", data=form)
    assert received.status_code == 303
    page = lent.get(received.location).get_data(as_text=True)
    assert re.search(r"T-2026-\d{6}", page)
    receipt = re.search(r'href="(/requests/[^"]+/receipt\.pdf)"', page)[1]
    assert lent.get(receipt).data[:5] == b"%PDF-"
    assert signed_in_client(runtime, "agent").get(receipt).status_code == 404
    online = f"/requests/{requested(runtime).id}/receipt.pdf"
    assert [signed_in_client(runtime, who).get(online).status_code for who in ("agent2", "clerk")] == [404, 200]
    assert lent.get("/requests").status_code == 403


def test_published_answers_are_for_all_and_say_nothing_of_whoever_asked(site):
    runtime, client = site
    requested(runtime, "acces-information", name="Monsieur Untel")
    run_jobs(runtime)
    director = signed_in_client(runtime, "head2")
    listing = director.get("/requests").get_data(as_text=True)
    address = re.search(r'href="(/requests/[0-9a-f-]{36})"', listing)[1]
    token = token_of(director)
    for form in (
        {"action": "decide", "outcome": "granted", "reason": "Voici le budget."},
        {"action": "publish", "subject": "Le budget des espaces verts", "answer": "Deux millions de dirhams."},
    ):
        assert director.post(address, data=form | {"csrf_token": token}).status_code == 303
    page = client.get("/information").get_data(as_text=True)
    assert ("Deux millions de dirhams." in page, "Untel" in page) == (True, False)
    assert director.post(address, data={"action": "unpublish", "csrf_token": token}).status_code == 303
    assert "Deux millions" not in client.get("/information").get_data(as_text=True)


def test_the_administrator_writes_a_procedure_with_what_may_not_be_asked_for(site):
    runtime, client = site
    admin = signed_in_client(runtime, "admin")
    page = admin.get("/admin/procedures/new").get_data(as_text=True)
    form = {
        "csrf_token": token_of(admin), "slug": "autorisation", "title_ar": "ترخيص", "title_fr": "Autorisation",
        "kind": "request", "unit": re.search(r'<option value="([0-9a-f-]{36})"', page)[1], "days": "90",
        "paper-ar-0": "نسخة", "paper-fr-0": "Plan", "paper-form-0": "copy", "paper-ar-2": "مصادقة",
        "paper-fr-2": "Légalisation", "paper-form-2": "forbidden", "is_online": "1", "is_active": "1",
    }  # fmt: skip
    too_long = admin.post("/admin/procedures/new", data=form)
    assert (too_long.status_code, 'value="Légalisation"' in too_long.get_data(as_text=True)) == (422, True)
    assert admin.post("/admin/procedures/new", data=form | {"paper-fr-0": ""}).status_code == 422
    assert admin.post("/admin/procedures/new", data=form | {"days": "20"}).status_code == 303
    shown = client.get("/procedures/autorisation", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    assert shown.index("Plan") < shown.index("forbidden-title") < shown.index("Légalisation")
    assert signed_in_client(runtime, "head").get("/admin/procedures").status_code == 403
