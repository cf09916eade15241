"""The search of the public site finds what everybody reads at that instant, and nothing of anything else."""

from __future__ import annotations

import io
import json
import random
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from docflow.app import create_public_app
from docflow.cli import main
from docflow.publications.files import attach_file, limits_of, take_file
from docflow.publications.finding import find_posts
from docflow.publications.models import PublicPost
from docflow.publications.operations import PostSetup, begin_post, publish_post, withdraw_post
from docflow.publications.queries import is_out
from docflow.publications.rules import PostKind, PostText
from tests.conftest import GOLDEN, actor, run_jobs
from tests.factories.documents import read_document

WORDS = ("chantier", "piscine", "jardin", "marché")


@pytest.fixture
def searched(runtime):
    yield runtime
    runtime.public_index.close()


def does(runtime, operation, *args, **said):
    with runtime.transactions.writing(actor(runtime, "editor")) as uow:
        return operation(uow, *args, **said)


def post_about(runtime, word, *, start, end=None, is_withdrawn=False, is_draft=False):
    text = PostText("عنوان", f"Titre {word}", body_ar="نص", body_fr=f"On parle ici de {word} dans le quartier.")
    post = does(runtime, begin_post, PostSetup(PostKind.NEWS, text))
    if not is_draft:
        now = runtime.clock.now()
        ends_at = None if end is None else now + end
        post = does(
            runtime, publish_post, post.id, publish_at=now + start, ends_at=ends_at, expected_version=post.version
        )
    if is_withdrawn:
        does(runtime, withdraw_post, post.id, reason="Erreur")
    return post.id


def found_ids(runtime, words):
    found = find_posts(runtime, words, kind=None, page=1, language="fr")
    return found.total, {one.post.id for one in found.posts}


def test_whatever_is_begun_ended_or_withdrawn_the_answer_is_what_everybody_reads(searched):
    runtime, chance = searched, random.Random(7)
    made = {word: set() for word in WORDS}
    for _ in range(16):
        word, start = chance.choice(WORDS), timedelta(hours=chance.choice((0, 0, 5)))
        end = chance.choice((None, timedelta(hours=8)))
        state = chance.choice(("out", "out", "withdrawn", "draft"))
        made[word].add(
            post_about(
                runtime, word, start=start, end=end, is_withdrawn=state == "withdrawn", is_draft=state == "draft"
            )
        )
    run_jobs(runtime)
    for hours in (0, 6, 9):
        runtime.clock.instant += timedelta(hours=hours)
        if hours != 9:
            run_jobs(runtime)
        now = runtime.clock.now()
        with runtime.transactions.reading() as session:
            out = set(session.scalars(select(PublicPost.id).where(is_out(now))))
        for word in WORDS:
            expected = made[word] & out
            assert found_ids(runtime, word) == (len(expected), expected), (hours, word)
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        left = set(session.scalars(select(PublicPost.id).where(is_out(runtime.clock.now()))))
    assert {UUID(held) for held, _ in runtime.public_index.versions()} == left


def test_no_word_of_the_staff_is_ever_found_counted_or_proposed(searched):
    runtime = searched
    read_document(runtime, "Une pétition contre la xylographie municipale.", subject="Xylographie")
    post_about(runtime, "jardin", start=timedelta())
    run_jobs(runtime)
    answers = [
        find_posts(runtime, words, kind=None, page=1, language="fr")
        for words in ("xylographie", "xylographi", '"pétition contre"', "pétition OR jardin", "*", "NOT jardin")
    ]
    assert [one.total for one in answers] == [0, 0, 0, 1, 0, 0]
    assert [one.did_you_mean for one in answers] == [None] * 6
    assert len(list(runtime.public_index.versions())) == 1


def test_a_withdrawn_post_is_hidden_before_any_job_runs_and_the_words_of_a_pdf_are_found(searched):
    runtime = searched
    post_id = post_about(runtime, "jardin", start=timedelta())
    pdf = io.BytesIO((GOLDEN / "scans" / "fr_clean_2026_0001.pdf").read_bytes())
    given = take_file(runtime.blob_store, pdf, limits=limits_of(runtime.settings))
    does(runtime, attach_file, post_id, given, name="Plan des bassins")
    run_jobs(runtime)
    client = create_public_app(runtime).test_client()
    page = client.get("/find?q=bassin", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    nothing = client.get("/find?q=%3Cscript%3E", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    does(runtime, withdraw_post, post_id, reason="Erreur")
    assert ("/news/titre-jardin" in page, "<mark>bassins</mark>" in page) == (True, True)
    assert 'value="&lt;script&gt;"' in nothing
    assert found_ids(runtime, "bassin") == (0, set())


def test_the_command_compares_the_public_index_with_the_database_and_rebuilds_it(sqlite_runtime, monkeypatch, capsys):
    runtime = sqlite_runtime
    monkeypatch.setenv("DOCFLOW_HOME", str(runtime.settings.home))
    shown, hidden = (post_about(runtime, word, start=timedelta(0)) for word in ("chantier", "jardin"))
    run_jobs(runtime)
    does(runtime, withdraw_post, hidden, reason="Erreur")
    post_about(runtime, "piscine", start=timedelta(0))
    runtime.public_index.close()

    def told(action, code):
        # What the jobs logged before is no part of the answer.
        capsys.readouterr()
        assert main(["index", action, "--public", "--json"]) == code
        return json.loads(capsys.readouterr().out)

    before = told("status", 1)
    assert (before["documents"], before["lacking"], before["surplus"]) == (2, 1, 1)
    assert told("rebuild", 0) == {"documents": 2}
    after = told("status", 0)
    assert (after["documents"], after["lacking"], after["surplus"]) == (2, 0, 0)
    del runtime.__dict__["public_index"]
    assert found_ids(runtime, "chantier") == (1, {shown})
    runtime.public_index.close()
