"""The archivist reads what is registered and normal, also in an installation that was made before that was so."""

from __future__ import annotations

import pytest

from docflow.accounts.visibility import Confidentiality
from docflow.registry.operations import Arrival
from docflow.schema import migrate
from docflow.search.finding import Question, find
from docflow.search.indexing import index_pending
from tests.conftest import actor, run_jobs
from tests.factories.documents import read_document
from tests.factories.registry import registered

BEFORE = "0072_documents_set_aside"


def asked(runtime, text, *, by="archivist"):
    return find(runtime, actor(runtime, by), Question(text), now=runtime.clock.now())


def subjects(found):
    return sorted(result.document.subject for result in found.results)


@pytest.fixture
def letters(runtime):
    """A letter of each sight, all with one word on their page, and one that waits at the desk."""
    for confidentiality in Confidentiality:
        named = (actor(runtime, "head2").person_id,) if confidentiality is Confidentiality.CONFIDENTIAL else ()
        registered(
            runtime,
            read_document(runtime, "Le lampadaire de la place."),
            subject=f"A {confidentiality.value} letter",
            kind="letter",
            confidentiality=confidentiality,
            arrival=Arrival(named_people=named),
        )
    read_document(runtime, "Le lampadaire de la rue.", subject="At the desk")
    run_jobs(runtime)
    return runtime


def test_what_is_registered_and_normal_is_found_by_its_words_and_the_rest_is_in_no_hit_count_or_facet(letters):
    found = asked(letters, "lampadaire")

    assert subjects(found) == ["A normal letter"]
    assert found.total == 1
    assert found.facets["kind"] == {"letter": 1}
    assert [result.page_numbers for result in found.results] == [(1,)]


def test_of_restricted_letters_the_archivist_finds_the_line_and_of_confidential_ones_nothing(letters):
    found = asked(letters, "letter")

    assert subjects(found) == ["A normal letter", "A restricted letter"]
    assert found.total == 2


def test_an_index_of_before_follows_and_shows_nothing_too_much_meanwhile(letters):
    engine = letters.transactions.engine
    migrate(engine, revision=BEFORE)
    index_pending(letters)
    before = subjects(asked(letters, "lampadaire"))

    migrate(engine)
    meanwhile, of_clerk = subjects(asked(letters, "lampadaire")), subjects(asked(letters, "normal", by="clerk"))
    index_pending(letters)
    after = subjects(asked(letters, "lampadaire"))

    assert before == ["At the desk"]
    assert meanwhile == []
    assert of_clerk == ["A normal letter"], "what more people see stays in the answers"
    assert after == ["A normal letter"]


def test_a_closed_matter_of_before_is_read_on_and_a_restricted_one_no_more(letters):
    with letters.transactions.writing(actor(letters, "clerk")) as uow:
        uow.session.connection().exec_driver_sql("UPDATE documents SET is_open = false")
    migrate(letters.transactions.engine, revision=BEFORE)
    index_pending(letters)
    before = subjects(asked(letters, "lampadaire"))

    migrate(letters.transactions.engine)
    index_pending(letters)

    assert before == ["A normal letter", "A restricted letter", "At the desk"]
    assert subjects(asked(letters, "lampadaire")) == ["A normal letter"]
