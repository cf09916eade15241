"""Whatever somebody asks of the search page, the answer is that of a database that never held the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from docflow.accounts.visibility import Confidentiality
from docflow.bootstrap import Runtime
from docflow.core.actor import Actor
from docflow.core.grids import csv_lines
from docflow.core.ids import new_id
from docflow.documents.models import Document
from docflow.documents.queries import documents_shown, scope_lagging_ids
from docflow.search.duplicates import near_duplicates
from docflow.search.finding import Question, find, found_ids
from docflow.search.listing import ListTexts, grid_of
from docflow.search.models import SavedSearch
from docflow.search.saved import KeptSearch, with_news
from docflow.search.similar import similar_documents
from docflow.search.suggesting import suggest
from tests.conftest import actor, run_jobs
from tests.factories.documents import change, read_document

PEOPLE = ("clerk", "agent", "agent2", "head", "archivist", "auditor", "admin")
UNITS = ("TRV", "EC")


@dataclass(frozen=True)
class Made:
    """A letter as it was made; ``is_late``: it became confidential after the index last heard of it."""

    unit: str
    confidentiality: Confidentiality
    is_late: bool


made = st.builds(Made, st.sampled_from(UNITS), st.sampled_from(list(Confidentiality)), st.booleans())


def word_of_its_own() -> str:
    """Return a word that no earlier example left in the database."""
    return "z" + "".join(chr(ord("a") + int(digit, 16)) for digit in new_id().hex[-9:]) + "q"


# Shrinking would make hundreds of districts of a few seconds each; a failure of so few letters is read as it is.
@settings(
    max_examples=3, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(letters=st.lists(made, min_size=3, max_size=4))
def test_every_answer_equals_a_brute_force_filter(sqlite_runtime: Runtime, letters: list[Made]) -> None:
    runtime = sqlite_runtime
    tag = word_of_its_own()
    text = " ".join(f"{tag}{letter}" for letter in "abcdefghijklmnop")
    subject = f"Fontaine {tag}"
    ids = [
        read_document(runtime, text, unit=one.unit, confidentiality=one.confidentiality, subject=subject)
        for one in letters
    ]
    run_jobs(runtime)
    late = {document_id for document_id, one in zip(ids, letters, strict=True) if one.is_late}
    for document_id in late:
        change(runtime, document_id, confidentiality=Confidentiality.CONFIDENTIAL)
    for name in PEOPLE:
        check(runtime, name, ids, late=late, tag=tag)


def check(runtime: Runtime, name: str, ids: list[UUID], *, late: set[UUID], tag: str) -> None:
    """Ask everything of the search page as one person, and compare with what the database says they may see."""
    who, now = actor(runtime, name), runtime.clock.now()
    with runtime.transactions.reading() as session:
        shown = documents_shown(session, who, ids)
    known = set(shown)
    # What the index does not show yet as it is now is left out, even for those who may see it.
    seen = known - {one for one in late if is_lagging(runtime, one)}
    readable = {document_id for document_id in known if shown[document_id][1]}

    found = find(runtime, who, Question(tag, limit=50), now=now)
    assert {one.document.id for one in found.results} == seen
    assert found.total == len(seen)
    suggested = suggest(runtime, who, f"Fontaine {tag[:6]}")
    assert {one.document.id for one in suggested.subjects} <= seen
    assert bool(suggested.subjects) == bool(seen)
    meant = find(runtime, who, Question(f"{tag}x"), now=now)
    assert bool(meant.did_you_mean or meant.approximate) == bool(seen)
    assert set(found_ids(runtime, who, Question(tag), chosen=ids, most=50, now=now)) == seen
    lines = list(csv_lines(grid_of(runtime, who, ids, ListTexts("", ["Numéro"], {}, {}, {}, is_rtl=False))))
    assert len(lines[2:]) == len(known)
    assert news(runtime, who, tag) == len(seen)
    for document_id in readable:
        with runtime.transactions.reading() as session:
            near = near_duplicates(session, who, session.get_one(Document, document_id))
        assert {one.document.id for one in near} == known - {document_id}
        similar = similar_documents(runtime, who, document_id, now=now)
        assert {one.document.id for one in similar} <= seen - {document_id}


def is_lagging(runtime: Runtime, document_id: UUID) -> bool:
    with runtime.transactions.reading() as session:
        return document_id in scope_lagging_ids(session)


def news(runtime: Runtime, who: Actor, tag: str) -> int:
    saved = SavedSearch(id=new_id(), name="", text=tag, filters="")
    kept = KeptSearch(saved, is_own=True, looked_at=runtime.clock.now() - timedelta(days=9))
    return with_news(runtime, who, [kept], read=lambda one: Question(one.text), now=runtime.clock.now())[0].news
