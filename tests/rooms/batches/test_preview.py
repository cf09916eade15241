"""The preview as a person meets it: forms with and without htmx, refusals, and pages that do not exist for them."""

from __future__ import annotations

import io
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from tests.conftest import deposit, run_jobs
from tests.factories.documents import read_document
from tests.factories.sessions import signed_in_client
from tests.rooms.ingest.sheets import code_sheet, letter, stack_pdf

from .test_arranging import layout, opened_batch, page, version


def sent(client: FlaskClient, batch_id: UUID, *, headers: dict[str, str] | None = None, **form: object) -> TestResponse:
    shown = client.get(f"/batches/{batch_id}/arrange").get_data(as_text=True)
    token = shown.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"/batches/{batch_id}/arrange", data={"csrf_token": token, **form}, headers=headers)


def test_an_act_without_scripts_comes_back_to_the_page_it_was_done_to(sqlite_runtime: Runtime) -> None:
    batch_id = opened_batch(sqlite_runtime)
    source = read_document(sqlite_runtime, "un", "deux", batch_id=batch_id)
    second = page(sqlite_runtime, source, 2).id

    answer = sent(signed_in_client(sqlite_runtime, "clerk"), batch_id, do=f"split:{second}", version=0)

    assert (answer.status_code, answer.location) == (302, f"/batches/{batch_id}/arrange#at-{second}")
    assert layout(sqlite_runtime, batch_id) == [["1"], ["2"]]


def test_an_act_with_htmx_answers_with_the_pages_alone_and_the_next_version(sqlite_runtime: Runtime) -> None:
    batch_id = opened_batch(sqlite_runtime)
    source = read_document(sqlite_runtime, "un", "deux", batch_id=batch_id)
    second = page(sqlite_runtime, source, 2).id
    client = signed_in_client(sqlite_runtime, "clerk")

    answer = sent(client, batch_id, headers={"HX-Request": "true"}, do=f"drop:{second}", version=0)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert text.lstrip().startswith("<form")
    assert 'name="version" value="1"' in text
    assert f'value="put_back:{second}"' in text


def test_undo_survives_a_reload_and_a_version_that_somebody_changed_is_refused_with_a_page_that_says_who(
    sqlite_runtime: Runtime,
) -> None:
    batch_id = opened_batch(sqlite_runtime)
    source = read_document(sqlite_runtime, "un", "deux", "trois", batch_id=batch_id)
    client, other = (signed_in_client(sqlite_runtime, name) for name in ("clerk", "clerk2"))
    sent(client, batch_id, do=f"drop:{page(sqlite_runtime, source, 2).id}", version=0)
    sent(client, batch_id, do="undo", version=1)
    assert layout(sqlite_runtime, batch_id) == [["1", "2", "3"]]
    sent(other, batch_id, do=f"drop:{page(sqlite_runtime, source, 3).id}", version=2)

    refused = sent(client, batch_id, do="redo", version=2)

    text = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert 'role="alert"' in text
    assert 'name="version" value="3"' in text
    assert layout(sqlite_runtime, batch_id) == [["1", "2", "(3)"]]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("dance:{page}", 422), ("split:nothing", 422), ("move:{document}", 422), ("split:{other}", 404)],
)
def test_what_cannot_be_asked_is_refused_and_changes_nothing(sqlite_runtime: Runtime, asked: str, status: int) -> None:
    batch_id = opened_batch(sqlite_runtime)
    source = read_document(sqlite_runtime, "un", "deux", batch_id=batch_id)
    wanted = asked.format(page=page(sqlite_runtime, source, 2).id, document=source, other=uuid4())

    answer = sent(signed_in_client(sqlite_runtime, "clerk"), batch_id, do=wanted, version=0)

    assert answer.status_code == status
    assert (layout(sqlite_runtime, batch_id), version(sqlite_runtime, batch_id)) == ([["1", "2"]], 0)


def test_a_batch_and_a_page_of_somebody_else_do_not_exist(sqlite_runtime: Runtime) -> None:
    batch_id = opened_batch(sqlite_runtime)
    deposit(sqlite_runtime, stack_pdf(letter("un arbre"), code_sheet(), letter("une fuite")), batch_id=batch_id)
    secret = deposit(
        sqlite_runtime, stack_pdf(letter("un secret")), batch_id=batch_id, confidentiality=Confidentiality.CONFIDENTIAL
    ).id
    run_jobs(sqlite_runtime)
    hidden = page(sqlite_runtime, secret, 1).id
    agent, clerk2, clerk = (signed_in_client(sqlite_runtime, name) for name in ("agent", "clerk2", "clerk"))

    assert agent.get(f"/batches/{batch_id}/arrange").status_code == 404
    assert agent.get(f"/batches/{uuid4()}/arrange").status_code == 404
    picture = f"/batches/{batch_id}/pages/{hidden}/thumbnail.webp"
    assert (clerk.get(picture).status_code, clerk2.get(picture).status_code) == (200, 404)
    assert clerk2.get(f"/batches/{batch_id}/pages/{uuid4()}/thumbnail.webp").status_code == 404
    seen = clerk2.get(f"/batches/{batch_id}/arrange").get_data(as_text=True)
    assert seen.count('class="doc"') == 2
    assert str(secret) not in seen
    assert clerk.get(f"/batches/{batch_id}/arrange").get_data(as_text=True).count('class="doc"') == 3


def test_a_page_left_out_is_shown_in_its_place_with_its_picture(sqlite_runtime: Runtime) -> None:
    batch_id = opened_batch(sqlite_runtime)
    source = deposit(
        sqlite_runtime, stack_pdf(letter("un arbre"), code_sheet(), letter("une fuite")), batch_id=batch_id
    ).id
    run_jobs(sqlite_runtime)
    client = signed_in_client(sqlite_runtime, "clerk")
    separator = page(sqlite_runtime, source, 2).id

    shown = client.get(f"/batches/{batch_id}/arrange").get_data(as_text=True)
    picture = client.get(f"/batches/{batch_id}/pages/{separator}/page.webp")

    assert f'id="at-{separator}"' in shown
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert client.get(picture.request.path, headers={"If-None-Match": picture.headers["ETag"]}).status_code == 304


def test_a_clerk_says_at_deposit_that_the_backs_come_after_the_fronts(sqlite_runtime: Runtime) -> None:
    batch_id = opened_batch(sqlite_runtime)
    client = signed_in_client(sqlite_runtime, "clerk")
    shown = client.get(f"/batches/{batch_id}").get_data(as_text=True)
    token = shown.split('name="csrf_token" value="')[1].split('"')[0]
    pages = stack_pdf(*(letter("la voirie", number) for number in (1, 3, 4, 2)))

    client.post(
        f"/batches/{batch_id}/file",
        data={"csrf_token": token, "backs_last": "1", "file": (io.BytesIO(pages), "double.pdf")},
    )
    run_jobs(sqlite_runtime)

    assert layout(sqlite_runtime, batch_id) == [["1", "4", "2", "3"]]
