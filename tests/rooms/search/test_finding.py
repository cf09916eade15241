"""Documents of the database are found by whoever may see them, by nobody else, and by what they may see of them."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from docflow.accounts.queries import OPERATOR
from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.core.actor import Actor
from docflow.core.errors import Unavailable
from docflow.documents.models import Document, DocumentScopeRow
from docflow.documents.operations import INDEX_JOB
from docflow.documents.queries import documents_to_index, page_texts
from docflow.search.finding import Found, Question, find
from docflow.search.indexing import entry_of, index_difference, index_pending, rebuild_index
from docflow.search.language.analyser import analyse
from docflow.search.language.equivalents import thesaurus
from docflow.search.ports import IndexEntry, IndexRebuild
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document, unit_id
from tests.factories.sessions import signed_in_client

WORDS = ("permis", "construire", "égout", "réclamation", "شكاية", "طريق", "إنارة")
UNITS = (None, "TRV", "EC", "URB", "RH")
KINDS = ("letter", "complaint", "request")
PEOPLE = ("clerk", "agent", "agent2", "head", "director", "archivist", "auditor")
"""Somebody of each sight of the documents."""


def ask(runtime: Runtime, who: str | Actor, text: str, **said: object) -> Found:
    asking = who if isinstance(who, Actor) else actor(runtime, who)
    question = Question(text, limit=50, **said)  # type: ignore[arg-type]
    return find(runtime, asking, question, now=runtime.clock.now())


def found_ids(found: Found) -> set[UUID]:
    return {result.document.id for result in found.results}


@dataclass(frozen=True)
class Shown:
    """A document as the database opens it to somebody: the words of its metadata, those of its pages if they may."""

    document: Document
    words: frozenset[str]


def shown_to(runtime: Runtime, asking: Actor) -> list[Shown]:
    """Read every document and every token, and keep what one person holds a token of."""
    with runtime.transactions.reading() as session:
        documents = session.scalars(select(Document)).all()
        texts = page_texts(session, [document.id for document in documents])
        opened = {
            (row.document_id, row.is_content)
            for row in session.scalars(select(DocumentScopeRow))
            if row.token in asking.tokens
        }
    shown = []
    for document in documents:
        if (document.id, False) in opened:
            pages = texts[document.id] if (document.id, True) in opened else ()
            text = "\n".join([document.subject, document.sender, *pages])
            shown.append(Shown(document, frozenset(analyse(text).stems)))
    return shown


def fill_at_random(runtime: Runtime, chance: random.Random, *, documents: int = 12) -> list[UUID]:
    return [
        read_document(
            runtime,
            " ".join(chance.choices(WORDS, k=3)),
            by=chance.choice(("clerk", "agent", "agent2")),
            unit=chance.choice(UNITS),
            confidentiality=chance.choice(list(Confidentiality)),
            subject=" ".join(chance.choices(WORDS, k=chance.randint(0, 2))),
            kind=chance.choice(KINDS),
        )
        for _ in range(documents)
    ]


def edit_at_random(runtime: Runtime, chance: random.Random, documents: Sequence[UUID]) -> None:
    unit = chance.choice(UNITS)
    changes = {
        "subject": " ".join(chance.choices(WORDS, k=2)),
        "unit_id": None if unit is None else unit_id(runtime, unit),
        "confidentiality": chance.choice(list(Confidentiality)),
    }
    name = chance.choice(list(changes))
    change(runtime, chance.choice(documents), **{name: changes[name]})


def asked_stems(word: str) -> set[str]:
    """Return the stems that answer one word: its own, and those of the words that stand for it."""
    analysed = analyse(word)
    known = thesaurus().equivalent(analysed.exact, analysed.stems)
    return {analysed.stems[0], *(form[0] for form in known.others if len(form) == 1)} if known else {analysed.stems[0]}


def assert_answers_equal_the_database(runtime: Runtime) -> None:
    for username in PEOPLE:
        asking = actor(runtime, username)
        shown = shown_to(runtime, asking)
        for word in WORDS[::2]:
            asked = asked_stems(word)
            expected = [one.document for one in shown if not asked.isdisjoint(one.words)]
            found = ask(runtime, asking, word)
            assert found_ids(found) == {document.id for document in expected}, (username, word)
            assert found.total == len(expected)
            assert dict(found.facets.get("kind", {})) == Counter(document.kind for document in expected)


def test_a_document_is_found_by_its_words_with_the_passage_and_the_pages_that_hold_them(runtime):
    wanted = read_document(
        runtime,
        "Madame, nous avons bien reçu votre courrier.",
        "La réparation de l'éclairage public de la rue Ibn Sina est prévue.",
        "شكاية بخصوص الإنارة العمومية",
        subject="Éclairage public",
    )
    read_document(runtime, "Facture d'eau")
    run_jobs(runtime)

    found = ask(runtime, "clerk", "éclairages")
    arabic = ask(runtime, "clerk", "الشكايات")

    result = found.results[0]
    assert (found.total, result.document.id, result.page_numbers) == (1, wanted, (2,))
    assert [fragment.text for fragment in result.snippet if fragment.is_hit] == ["éclairage"]
    assert "rue Ibn Sina" in "".join(fragment.text for fragment in result.snippet)
    assert (arabic.total, arabic.results[0].page_numbers) == (1, (3,))


@pytest.mark.parametrize("seed", range(2))
def test_hits_totals_and_facets_equal_a_filter_of_the_database(runtime, seed):
    fill_at_random(runtime, random.Random(seed))
    run_jobs(runtime)

    assert_answers_equal_the_database(runtime)


def test_near_words_and_corrections_come_only_from_what_may_be_seen(runtime):
    fill_at_random(runtime, random.Random(7))
    run_jobs(runtime)

    for username in PEOPLE:
        asking = actor(runtime, username)
        shown = shown_to(runtime, asking)
        readable = {stem for one in shown for stem in one.words}
        with_words = {one.document.id for one in shown if one.words}

        for word in ("permls", "شكابة", "constriure"):
            found = ask(runtime, asking, word)
            assert {result.document.id for result in found.approximate} <= with_words
            assert found.did_you_mean is None or analyse(found.did_you_mean).stems[0] in readable


def test_a_revocation_counts_at_once_before_the_index_knows_it(runtime):
    document = read_document(runtime, "permis de construire", unit="TRV", kind="letter", by="clerk")
    run_jobs(runtime)
    before = ask(runtime, "agent", "permis")

    change(runtime, document, confidentiality=Confidentiality.CONFIDENTIAL)
    after = ask(runtime, "agent", "permis")
    near = ask(runtime, "agent", "permls")
    run_jobs(runtime)
    settled = ask(runtime, "agent", "permis")
    named = ask(runtime, "clerk", "permis")

    assert (before.total, found_ids(before)) == (1, {document})
    for answer in (after, settled, near):
        assert (answer.total, answer.results, answer.approximate, answer.did_you_mean) == (0, (), (), None)
        assert not any(answer.facets.get("kind", {}).values())
    assert found_ids(named) == {document}


def test_a_revocation_counts_when_the_index_was_written_and_the_database_not_told(runtime):
    document = read_document(runtime, "permis de construire", unit="TRV", by="clerk")
    with runtime.transactions.reading() as session:
        records = documents_to_index(session, limit=10)
    runtime.search_index.apply([entry_of(record) for record in records], [])

    change(runtime, document, confidentiality=Confidentiality.CONFIDENTIAL)

    assert ask(runtime, "agent", "permis").total == 0


def test_who_sees_metadata_only_finds_by_the_subject_and_reads_no_word_of_the_pages(runtime):
    document = read_document(
        runtime, "CIN BK123456, habitant rue Zerktouni", subject="Demande de certificat", unit="EC", sender="Karima"
    )
    run_jobs(runtime)

    by_subject = ask(runtime, "auditor", "certificat")
    everything = ask(runtime, "auditor", "")
    by_body = [
        ask(runtime, "auditor", text)
        for text in ("Zerktouni", "BK123456", "content:rue", "Zerk*", "certificat BK123456")
    ]

    assert found_ids(by_subject) == found_ids(everything) == {document}
    for found in (by_subject, everything):
        assert (found.results[0].snippet, found.results[0].page_numbers) == ((), ())
    for found in by_body:
        assert (found.total, found.approximate, found.did_you_mean) == (0, (), None)
    page = signed_in_client(runtime, "auditor").get("/search?q=certificat").get_data(as_text=True)
    assert "Demande de" in page
    assert "BK123456" not in page
    assert "Zerktouni" not in page


def test_the_index_equals_the_database_after_random_edits(runtime):
    chance = random.Random(3)
    documents = fill_at_random(runtime, chance, documents=8)

    for _ in range(10):
        edit_at_random(runtime, chance, documents)
        if chance.random() < 0.4:
            run_jobs(runtime)
        for username in ("agent", "auditor", "head2"):
            seen = {shown.document.id for shown in shown_to(runtime, actor(runtime, username))}
            found = ask(runtime, username, "")
            assert found_ids(found) <= seen
            assert found.total == len(found.results)
    run_jobs(runtime)

    assert index_difference(runtime) == (0, 0)
    assert_answers_equal_the_database(runtime)


def test_a_deleted_index_is_said_to_be_missing_and_comes_back_by_itself(runtime):
    document = read_document(runtime, "permis de construire")
    run_jobs(runtime)
    shutil.rmtree(runtime.settings.home / "index")
    runtime.search_index.close()
    client = signed_in_client(runtime, "clerk")

    with pytest.raises(Unavailable, match="search_index_unusable"):
        ask(runtime, "clerk", "permis")
    refused = client.get("/search?q=permis", headers={"Accept-Language": "fr"})
    late = read_document(runtime, "permis d'habiter")
    run_jobs(runtime)

    assert refused.status_code == 503
    assert found_ids(ask(runtime, "clerk", "permis")) == {document, late}
    assert client.get("/search?q=permis").status_code == 200
    assert index_difference(runtime) == (0, 0)


class Interrupted:
    """The product, in which something happens once while a rebuild is adding documents."""

    def __init__(self, runtime: Runtime, meanwhile: Callable[[], object]) -> None:
        self.transactions = runtime.transactions
        self.search_index = self
        self._index = runtime.search_index
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    def start_rebuild(self) -> IndexRebuild:
        self._rebuild = self._index.start_rebuild()
        return self

    def add(self, entries: Sequence[IndexEntry]) -> None:
        is_first = not self._rebuild.documents
        self._rebuild.add(entries)
        if is_first:
            self._meanwhile()

    def swap(self) -> tuple[str, ...]:
        return self._rebuild.swap()

    def abandon(self) -> None:
        self._rebuild.abandon()

    @property
    def documents(self) -> int:
        return self._rebuild.documents


def test_a_rebuild_loses_nothing_that_was_written_meanwhile(runtime):
    kept = read_document(runtime, "permis de construire", subject="ancien")
    run_jobs(runtime)
    added: list[UUID] = []

    def meanwhile() -> None:
        added.append(read_document(runtime, "permis d'habiter"))
        change(runtime, kept, subject="nouveau")
        index_pending(runtime)

    rebuild_index(Interrupted(runtime, meanwhile))

    assert index_difference(runtime) == (0, 0)
    assert found_ids(ask(runtime, "clerk", "permis")) == {kept, *added}
    assert found_ids(ask(runtime, "clerk", "nouveau")) == {kept}
    assert ask(runtime, "clerk", "ancien").total == 0


def test_a_revocation_during_a_rebuild_counts_while_the_old_index_answers(runtime):
    document = read_document(runtime, "permis de construire", unit="TRV", by="clerk")
    run_jobs(runtime)
    change(runtime, document, confidentiality=Confidentiality.CONFIDENTIAL)
    meanwhile: list[int] = []

    rebuild_index(Interrupted(runtime, lambda: meanwhile.append(ask(runtime, "agent", "permis").total)))

    assert meanwhile == [0]
    assert ask(runtime, "agent", "permis").total == 0
    assert found_ids(ask(runtime, "clerk", "permis")) == {document}


def test_the_job_of_the_index_is_asked_once_for_many_changes(runtime):
    for _ in range(3):
        read_document(runtime, "permis")
    with runtime.transactions.writing(OPERATOR) as uow:
        uow.enqueue(INDEX_JOB)

    assert run_jobs(runtime) == 1
    assert ask(runtime, "clerk", "permis").total == 3
