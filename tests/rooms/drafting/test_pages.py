"""Writing a letter on its pages, with and without scripts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from docflow.drafting.models import Draft, LetterTemplate
from tests.conftest import run_jobs
from tests.factories.drafts import WHOLE, written
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of

HTMX = {"HX-Request": "true"}


def page(answer, status=200):
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def fields(client, **said):
    return {"csrf_token": token_of(client)} | said


def text_fields(content=WHOLE):
    return content.as_row()


def draft_now(runtime):
    with runtime.transactions.reading() as session:
        return session.scalars(select(Draft)).one()


def version_on(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


def test_a_letter_is_answered_from_its_page(runtime):
    entry = registered(runtime, subject="Une fuite")
    run_jobs(runtime)
    admin, agent = signed_in_client(runtime, "admin"), signed_in_client(runtime, "agent")
    assert admin.post("/admin/letter-templates/usual", data=fields(admin)).status_code == 303
    address = f"/d/{entry.document_id}"
    assert f"{address}/answer" in page(agent.get(address))
    form = page(agent.get(f"{address}/answer"))
    template = re.search(r'<option value="([0-9a-f-]{36})">\s*جواب على مراسلة', form)[1]
    begun = agent.post(f"{address}/answer", data=fields(agent, template=template, languages="ar", kind="letter"))
    assert begun.status_code == 303
    editor = page(agent.get(begun.location))
    assert "Une fuite" in editor
    assert entry.label in editor
    assert begun.location in page(agent.get("/drafts"))
    assert begun.location in page(agent.get(address))


def test_a_text_is_kept_without_scripts_and_every_few_seconds_with_them(runtime):
    draft = written(runtime)
    client = signed_in_client(runtime, "agent")
    address = f"/drafts/{draft.id}"
    version = version_on(page(client.get(address)))
    kept = client.post(address, data=fields(client, version=version, **text_fields()) | {"body_fr": "Un"})
    assert kept.status_code == 303
    version = version_on(page(client.get(address)))
    part = page(
        client.post(address, data=fields(client, version=version, **text_fields()) | {"body_fr": "**Deux**"},
                    headers=HTMX)
    )  # fmt: skip
    assert "<b>Deux</b>" in part
    assert "<html" not in part
    assert draft_now(runtime).content["body_fr"] == "**Deux**"


def test_two_who_write_at_once_see_both_texts(runtime):
    draft = written(runtime)
    first, second = signed_in_client(runtime, "agent"), signed_in_client(runtime, "agent")
    address = f"/drafts/{draft.id}"
    seen = version_on(page(first.get(address)))
    first.post(address, data=fields(first, version=seen, **text_fields()) | {"body_fr": "Premier"})
    refused = page(
        second.post(address, data=fields(second, version=seen, **text_fields()) | {"body_fr": "Second"}, headers=HTMX),
        409,
    )
    over = re.search(r'name="overwrite" value="(\d+)"', refused)[1]
    assert "Second" in refused
    answer = second.post(
        address, data=fields(second, version="0", overwrite=over, **text_fields()) | {"body_fr": "Second"}
    )
    assert answer.status_code == 303
    assert draft_now(runtime).content["body_fr"] == "Second"
    compared = page(second.get(f"{address}/versions?old=1&new=0"))
    assert "<del>Premier</del>" in compared
    assert "<ins>Second</ins>" in compared


def test_without_scripts_a_refused_text_stays_in_its_fields(runtime):
    draft = written(runtime)
    client = signed_in_client(runtime, "agent")
    refused = page(
        client.post(
            f"/drafts/{draft.id}", data=fields(client, version="0", **text_fields()) | {"body_fr": "Gardé ici"}
        ),
        409,
    )
    assert "Gardé ici" in refused


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "{{ config }}", '"><img src=x onerror=alert(1)>', "**<b>gras</b>**"]
)
def test_hostile_words_are_words(runtime, hostile):
    draft = written(runtime)
    client = signed_in_client(runtime, "agent")
    address = f"/drafts/{draft.id}"
    version = version_on(page(client.get(address)))
    said = dict.fromkeys(("body_fr", "subject_fr", "addressee_fr"), hostile)
    client.post(address, data=fields(client, version=version, **text_fields()) | said)
    client.post(f"{address}/comments", data=fields(client, text=hostile))
    for shown in (page(client.get(address)), page(client.get(f"{address}/versions")), page(client.get("/drafts"))):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "<b>gras" not in shown
    assert client.get(f"{address}/preview.pdf").data.startswith(b"%PDF")


def test_others_meet_nothing(runtime):
    draft = written(runtime)
    stranger = signed_in_client(runtime, "agent2")
    address = f"/drafts/{draft.id}"
    for asked in (address, f"{address}/versions", f"{address}/preview.pdf", f"{address}/versions/1.pdf"):
        assert stranger.get(asked).status_code == 404, asked
    for posted in (address, f"{address}/versions", f"{address}/comments", f"{address}/drop"):
        data = fields(stranger, version="1", text="x", **text_fields())
        assert stranger.post(posted, data=data).status_code == 404, posted
    assert WHOLE.subject_fr not in page(stranger.get("/drafts?view=unit"))
    auditor = signed_in_client(runtime, "auditor")
    assert auditor.get("/drafts").status_code == 403
    assert auditor.get(address).status_code == 404


def test_a_template_is_edited_with_a_look_at_a_letter_that_one_may_read(runtime):
    entry = registered(runtime, subject="Une fuite secrète")
    head, admin = signed_in_client(runtime, "head"), signed_in_client(runtime, "admin")
    said = {
        "name_ar": "نموذج", "name_fr": "Modèle", "kind": "letter", "languages": "fr", "is_active": "1",
        "addressee_ar": "", "subject_ar": "", "body_ar": "", "addressee_fr": "À {{ letter_sender }}",
        "subject_fr": "{{ letter_subject }}", "body_fr": "Texte", "letter": entry.label,
    }  # fmt: skip
    look = "/admin/letter-templates/preview"
    assert "Une fuite secrète" in page(head.post(look, data=fields(head, **said), headers=HTMX))
    assert "Une fuite secrète" not in page(admin.post(look, data=fields(admin, **said), headers=HTMX))
    wrong = page(head.post("/admin/letter-templates/new", data=fields(head, **said) | {"body_fr": "{{ 7*7 }}"}), 422)
    assert "7*7" in wrong
    made = head.post("/admin/letter-templates/new", data=fields(head, **said))
    assert made.status_code == 303
    stale = head.post(made.location, data=fields(head, version="99", **said))
    assert stale.status_code == 409
    with runtime.transactions.reading() as session:
        assert session.scalars(select(LetterTemplate)).one().name_fr == "Modèle"
    agent = signed_in_client(runtime, "agent")
    assert agent.get("/admin/letter-templates").status_code == 403
    assert agent.post("/admin/letter-templates/new", data=fields(agent, **said)).status_code == 403
