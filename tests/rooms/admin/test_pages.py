"""The staff site over HTTP: who gets in where, forms that need a token, refusals in the reader's language."""

from __future__ import annotations

import io
import re

import pytest

from docflow.accounts.queries import memberships_by_person
from docflow.accounts.units import all_units
from docflow.app import create_public_app, create_staff_app
from docflow.core.actor import SYSTEM
from docflow.core.jobs import Job, JobState
from docflow.schema import newest_schema
from tests.conftest import DEMO_PASSWORD, actor, deposit


@pytest.fixture
def client(sqlite_runtime):
    return create_staff_app(sqlite_runtime).test_client()


def token(client, path="/sign-in"):
    page = client.get(path, follow_redirects=True).get_data(as_text=True)
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def enter(client, username):
    answer = client.post(
        "/sign-in", data={"username": username, "password": DEMO_PASSWORD, "csrf_token": token(client)}
    )
    assert answer.status_code == 302
    return client


PAGES = {
    "/scan": {"clerk", "agent", "head"},
    "/search": {"clerk", "agent", "head", "director", "president", "archivist", "auditor"},
    "/admin/users": {"admin"},
    "/admin/jobs": {"admin"},
    "/admin/health": {"admin"},
    "/journal": {"auditor"},
    "/journal/1": {"auditor"},
    "/journal/export.csv": {"auditor"},
}


@pytest.mark.parametrize(
    "username", ["clerk", "agent", "head", "director", "president", "archivist", "auditor", "admin"]
)
def test_each_role_reaches_its_pages_and_no_other(client, username):
    enter(client, username)
    answers = {path: client.get(path).status_code for path in PAGES}
    assert answers == {path: 200 if username in allowed else 403 for path, allowed in PAGES.items()}


def test_nobody_reaches_a_page_of_the_staff_without_signing_in(client):
    for path in (*PAGES, "/", "/account/password"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")


def test_a_character_that_no_database_keeps_is_refused_in_words(runtime):
    client = enter(create_staff_app(runtime).test_client(), "clerk2")
    refused = client.post("/account/password", data={"current": "a\0", "csrf_token": token(client, "/account")})
    assert (refused.status_code, client.get("/registers/in%00coming").status_code) == (422, 422)
    assert "ne peut pas être conservé" in refused.get_data(as_text=True)
    for address in ("/search?q=a%00b", "/registers/incoming?q=a%00b"):
        assert client.get(address).status_code == 200


def test_signing_in_leads_to_the_page_asked_for_and_never_to_another_site(client):
    for asked, reached in (("/search?q=x", "/search?q=x"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        answer = client.post(
            "/sign-in",
            data={"username": "clerk", "password": DEMO_PASSWORD, "csrf_token": token(client), "next": asked},
        )
        assert answer.headers["Location"] == reached
        client.post("/sign-out", data={"csrf_token": token(client)})


def test_who_is_signed_in_is_led_past_the_sign_in_page(client):
    enter(client, "clerk")
    for asked, reached in (("/search?q=x", "/search?q=x"), ("//evil.example", "/")):
        answer = client.get("/sign-in", query_string={"next": asked})
        assert (answer.status_code, answer.headers["Location"]) == (302, reached)

    client.post("/sign-out", data={"csrf_token": token(client)})
    assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize(("locale", "name"), [("ar", "سلمى بناني (clerk)"), ("fr", "Salma Bennani (clerk)")])
def test_who_acted_is_named_in_the_language_of_the_page(sqlite_runtime, client, locale, name):
    document = deposit(sqlite_runtime, b"%PDF-1.7 one", name="one.pdf")
    enter(client, "clerk")
    client.post("/lang", data={"locale": locale, "csrf_token": token(client)})

    details, history = (
        client.get(f"/d/{document.id}?tab={tab}").get_data(as_text=True) for tab in ("details", "history")
    )
    main = details[details.index("<main") :]
    assert name in main
    assert f"<bdi>{name}</bdi>" in history


def test_the_session_cookie_is_new_at_each_sign_in_and_kept_from_scripts(client):
    cookies = []
    for _ in range(2):
        answer = client.post(
            "/sign-in", data={"username": "clerk", "password": DEMO_PASSWORD, "csrf_token": token(client)}
        )
        cookies += [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("docflow_session=")]
    assert len(set(cookies)) == 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_a_form_without_its_token_is_refused(client):
    enter(client, "clerk")
    assert client.post("/batches").status_code == 400


@pytest.mark.parametrize(("locale", "words"), [("ar", "اسم المستخدم أو كلمة المرور"), ("fr", "mot de passe")])
def test_a_wrong_password_is_said_in_the_language_of_the_page(client, locale, words):
    answer = client.post(
        "/sign-in",
        data={"username": "clerk", "password": "no", "csrf_token": token(client)},
        headers={"Accept-Language": locale},
    )
    assert answer.status_code == 403
    assert words in answer.get_data(as_text=True)


def test_a_first_password_leads_to_choosing_another_before_anything_else(sqlite_runtime, client):
    enter(client, "admin")
    form = {
        "username": "newcomer", "name_ar": "وافد", "name_fr": "Nouveau", "password": "first-password-1",
        "role": "clerk", "csrf_token": token(client, "/admin/users"),
    }  # fmt: skip
    with sqlite_runtime.transactions.reading() as session:
        form["unit"] = str(all_units(session)[0].id)
    assert client.post("/admin/users", data=form).status_code == 302
    client.post("/sign-out", data={"csrf_token": token(client, "/admin/users")})
    client.post("/sign-in", data={"username": "newcomer", "password": "first-password-1", "csrf_token": token(client)})
    assert client.get("/scan").headers["Location"] == "/account/password"


def test_ones_own_password_is_changed_only_by_who_knows_it(client):
    enter(client, "agent2")
    form = {"new": "a new long one", "again": "a new long one", "csrf_token": token(client, "/scan")}
    assert client.post("/account/password", data=form | {"current": "guessed"}).status_code == 422
    assert client.post("/account/password", data=form | {"current": DEMO_PASSWORD}).status_code == 302
    assert client.get("/scan").status_code == 303


def upload(client, batch_path, content, name="letter.pdf", **fields):
    """Send one file as a browser does; the body is built here, since the client's own builder leaves files open."""
    parts = [
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()
    ]
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in [*parts, head + content]) + b"--edge--\r\n"
    return client.post(
        f"{batch_path}/file",
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=edge",
        content_length=len(body),
        headers={"Accept": "application/json", "X-CSRFToken": token(client, "/scan")},
    )


def new_batch(client):
    return client.post("/batches", data={"csrf_token": token(client, "/scan")}).headers["Location"]


def test_a_file_sent_twice_under_one_key_is_kept_once(client):
    enter(client, "clerk")
    batch = new_batch(client)
    first = upload(client, batch, b"bytes", key="k1").get_json()
    again = upload(client, batch, b"bytes", key="k1").get_json()
    assert first["document_id"] == again["document_id"]


def test_a_file_over_the_limit_and_an_empty_one_are_refused_with_a_clear_message(sqlite_runtime):
    limited = sqlite_runtime.settings.model_copy(update={"max_file_bytes": 2048})
    object.__setattr__(sqlite_runtime, "settings", limited)
    client = enter(create_staff_app(sqlite_runtime).test_client(), "clerk2")
    batch = new_batch(client)
    large, empty = upload(client, batch, b"x" * 4096), upload(client, batch, b"")
    assert (large.status_code, large.get_json()["code"]) == (422, "file_too_large")
    assert (empty.status_code, empty.get_json()["code"]) == (422, "file_empty")


def test_a_file_of_several_megabytes_goes_in_and_other_forms_stay_small(client):
    enter(client, "clerk")
    batch = new_batch(client)
    assert upload(client, batch, b"x" * 5_000_000).status_code == 200
    oversized = client.post("/lang", data={"locale": "x" * 5_000_000, "csrf_token": token(client, "/scan")})
    assert oversized.status_code == 413


def test_streams_beyond_half_of_the_threads_are_refused_and_freed_when_a_reader_leaves(sqlite_runtime):
    scarce = sqlite_runtime.settings.model_copy(update={"web_threads": 2})
    object.__setattr__(sqlite_runtime, "settings", scarce)
    client = enter(create_staff_app(sqlite_runtime).test_client(), "clerk")
    events = f"{new_batch(client)}/events"
    first = client.get(events, buffered=False)
    assert client.get(events).status_code == 503
    first.close()
    again = client.get(events, buffered=False)
    assert again.status_code == 200
    again.close()


def test_another_clerks_batch_and_another_units_document_do_not_exist(sqlite_runtime, client):
    document = deposit(sqlite_runtime, b"x")
    enter(client, "clerk")
    batch = new_batch(client)
    client.post("/sign-out", data={"csrf_token": token(client, "/scan")})
    enter(client, "agent2")
    paths = [batch, f"{batch}/events", f"/d/{document.id}", f"/d/{document.id}/files/original",
             f"/d/{document.id}/pages/1.webp", f"/d/{document.id}/edit"]  # fmt: skip
    assert {client.get(path).status_code for path in paths} == {404}


def test_the_original_comes_back_byte_for_byte_under_its_name(sqlite_runtime, client):
    document = deposit(sqlite_runtime, b"%PDF unaltered \x00\xff", name="رسالة.pdf")
    enter(client, "clerk")
    answer = client.get(f"/d/{document.id}/files/original")
    assert answer.data == b"%PDF unaltered \x00\xff"
    assert "filename*=UTF-8''%D8%B1" in answer.headers["Content-Disposition"]


def test_the_administrator_sees_dead_jobs_and_tries_them_again(sqlite_runtime, client):
    now = sqlite_runtime.clock.now()
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        job = Job(name="search.rebuild", run_after=now, created_at=now, state=JobState.DEAD, error="broken")
        uow.session.add(job)
        uow.session.flush()
    enter(client, "admin")
    assert "broken" in client.get("/admin/jobs").get_data(as_text=True)
    client.post("/admin/jobs/retry", data={"job_id": str(job.id), "csrf_token": token(client, "/admin/jobs")})
    with sqlite_runtime.transactions.reading() as session:
        assert session.get(Job, job.id).state == JobState.READY


def test_answers_forbid_scripts_and_frames_from_elsewhere(client):
    headers = client.get("/sign-in").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("make", [create_staff_app, create_public_app])
def test_health_says_that_the_process_is_up_and_readiness_that_its_servers_answer(sqlite_runtime, make):
    client = make(sqlite_runtime).test_client()
    assert client.get("/healthz").get_json() == {"ok": True}
    assert client.get("/readyz").status_code == 200


def test_readiness_is_asked_often_and_loads_the_migrations_once(sqlite_runtime):
    client = create_public_app(sqlite_runtime).test_client()
    newest_schema.cache_clear()
    assert {client.get("/readyz").status_code for _ in range(3)} == {200}
    assert newest_schema.cache_info().misses == 1


def test_the_public_site_knows_no_page_of_the_staff(sqlite_runtime):
    client = create_public_app(sqlite_runtime).test_client()
    assert client.get("/").status_code == 200
    assert {client.get(path).status_code for path in PAGES} == {404}


def test_a_role_given_opens_its_pages_and_ended_closes_them_at_once(sqlite_runtime, client):
    person_id = actor(sqlite_runtime, "auditor").person_id
    other = create_staff_app(sqlite_runtime).test_client()
    enter(client, "admin")
    enter(other, "auditor")
    with sqlite_runtime.transactions.reading() as session:
        unit = str(all_units(session)[0].id)
    path = f"/admin/users/{person_id}"
    given_role = {"action": "role", "role": "clerk", "unit": unit, "until": "31/12/2026"}
    client.post(path, data=given_role | {"csrf_token": token(client, path)})
    assert other.get("/scan").status_code == 200

    with sqlite_runtime.transactions.reading() as session:
        membership = next(row for row, _ in memberships_by_person(session)[person_id] if row.role == "clerk")
    ended = {"action": "revoke", "membership": str(membership.id), "csrf_token": token(client, path), "confirmed": "1"}
    client.post(path, data=ended)
    assert other.get("/scan").status_code == 303, "the session ended with the role"
    assert enter(other, "auditor").get("/scan").status_code == 403


def test_the_administrator_can_neither_close_nor_demote_themselves(sqlite_runtime, client):
    enter(client, "admin")
    person_id = actor(sqlite_runtime, "admin").person_id
    path = f"/admin/users/{person_id}"
    answer = client.post(path, data={"action": "close", "csrf_token": token(client, path), "confirmed": "1"})
    assert answer.status_code == 409
    assert client.get(path).status_code == 200


def test_a_unit_is_added_under_another_and_its_code_is_taken_from_then_on(sqlite_runtime, client):
    enter(client, "admin")
    with sqlite_runtime.transactions.reading() as session:
        district = next(unit for unit in all_units(session) if unit.parent_id is None)
    form = {
        "code": "SPO",
        "kind": "service",
        "name_ar": "مصلحة الرياضة",
        "name_fr": "Sports",
        "parent": str(district.id),
    }
    statuses = [
        client.post("/admin/units", data=form | {"csrf_token": token(client, "/admin/units")}).status_code
        for _ in range(2)
    ]
    assert statuses == [302, 409]
    assert "SPO" in client.get("/admin/units").get_data(as_text=True)
