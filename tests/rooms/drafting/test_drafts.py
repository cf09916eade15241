"""Drafts: who reads and writes them, and that nobody's words are lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.drafting.demo import fill_demo_templates
from docflow.drafting.models import Draft, DraftVersion
from docflow.drafting.operations import (
    MOST_VERSIONS,
    NewDraft,
    begin_draft,
    comment,
    drop_draft,
    keep_draft,
    keep_over,
    keep_version,
)
from docflow.drafting.queries import draft_for, drafts_answering, drafts_of, templates, versions_of
from docflow.drafting.rules import Content
from docflow.drafting.templating import create_template
from docflow.drafting.usual import usual_templates
from docflow.registry.operations import Arrival
from docflow.routing.operations import send
from docflow.routing.rules import Instruction
from docflow.routing.steps import Dispatch
from tests.conftest import actor, run_jobs
from tests.factories.documents import unit_id
from tests.factories.drafts import WHOLE, begun, written
from tests.factories.registry import registered


def does(runtime, name, act, *args, **how):
    with runtime.transactions.writing(actor(runtime, name)) as uow:
        return act(uow, *args, **how)


def reads(runtime, name, draft_id):
    with runtime.transactions.reading() as session:
        try:
            return draft_for(session, actor(runtime, name), draft_id).id == draft_id
        except NotFound:
            return False


def letter(runtime, **said):
    entry = registered(runtime, **said)
    run_jobs(runtime)
    return entry.document_id


def lines(runtime, verb):
    with runtime.transactions.reading() as session:
        return session.scalar(select(func.count()).where(JournalEntry.verb == verb))


def test_a_draft_is_read_by_its_unit_and_the_heads_above_and_nobody_else(runtime):
    draft = written(runtime)
    readers = ("agent", "head", "director", "agent2", "head2", "clerk", "archivist", "auditor", "admin")
    assert [name for name in readers if reads(runtime, name, draft.id)] == ["agent", "head", "director"]


def test_the_unit_writes_and_heads_above_comment(runtime):
    draft = written(runtime)
    with pytest.raises(PermissionDenied) as refused:
        does(runtime, "head", keep_draft, draft.id, WHOLE, expected_version=draft.version)
    assert refused.value.code == "draft_of_others"
    does(runtime, "head", comment, draft.id, text="À revoir\u202e")
    with pytest.raises(NotFound):
        does(runtime, "agent2", comment, draft.id, text="Moi aussi")
    with pytest.raises(NotFound):
        does(runtime, "agent2", keep_draft, draft.id, WHOLE, expected_version=draft.version)


def test_an_answer_is_for_those_who_read_the_letter_alone(runtime):
    answered = letter(runtime)
    draft = written(runtime, answers_id=answered)
    assert reads(runtime, "head", draft.id)
    with runtime.transactions.reading() as session:
        assert [one.id for one in drafts_answering(session, actor(runtime, "agent"), answered)] == [draft.id]
    with pytest.raises(PermissionDenied) as refused:
        does(runtime, "clerk2", begin_draft, NewDraft(answers_id=answered), settings=runtime.settings)
    assert refused.value.code == "content_hidden"
    with pytest.raises(NotFound):
        does(runtime, "agent2", begin_draft, NewDraft(answers_id=answered), settings=runtime.settings)


def test_the_answer_to_confidential_mail_does_not_exist_for_the_unit(runtime):
    named = actor(runtime, "agent").person_id
    entry = registered(runtime, confidentiality=Confidentiality.CONFIDENTIAL, arrival=Arrival(named_people=(named,)))
    run_jobs(runtime)
    draft = written(runtime, answers_id=entry.document_id)
    assert [name for name in ("agent", "head", "director", "auditor") if reads(runtime, name, draft.id)] == ["agent"]


def test_nobody_writes_in_the_name_of_a_unit_where_they_do_not_work(runtime):
    for name, unit in (("agent", "EC"), ("archivist", "ARCH"), ("admin", "INF")):
        with pytest.raises(PermissionDenied):
            does(runtime, name, begin_draft, NewDraft(unit_id=unit_id(runtime, unit)), settings=runtime.settings)


def test_a_template_is_filled_in_from_the_letter_and_what_is_missing_shows(runtime):
    template = does(runtime, "admin", create_template, usual_templates()[0])
    answered = letter(runtime, subject="Une fuite {{ drafter }}")
    draft = does(
        runtime, "agent", begin_draft,
        NewDraft(answers_id=answered, template_id=template.id, languages="fr"), settings=runtime.settings,
    )  # fmt: skip
    content = Content.from_row(draft.content)
    assert content.languages == "fr"
    assert content.subject_fr == "Une fuite {{ drafter }}"
    assert "Service des travaux" in content.body_fr
    assert "{{ letter" not in content.body_fr
    with pytest.raises(InvalidInput):
        content.checked_complete()


def test_of_two_who_write_at_once_the_second_is_told_and_loses_nothing(runtime):
    draft = written(runtime)
    other = replace(WHOLE, body_fr="Le texte du premier")
    mine = replace(WHOLE, body_fr="Le texte du second")
    kept = does(runtime, "agent", keep_draft, draft.id, other, expected_version=draft.version)
    with pytest.raises(Conflict) as refused:
        does(runtime, "agent", keep_draft, draft.id, mine, expected_version=draft.version)
    assert (refused.value.code, refused.value.params) == ("draft_changed", {"name": kept.kept_by_name})
    does(runtime, "agent", keep_over, draft.id, mine, over_version=kept.version)
    with runtime.transactions.reading() as session:
        assert session.get_one(Draft, draft.id).content["body_fr"] == "Le texte du second"
        assert [version.content["body_fr"] for version in versions_of(session, draft.id)] == ["Le texte du premier"]
    with pytest.raises(Conflict):
        does(runtime, "agent", keep_over, draft.id, other, over_version=kept.version)


def test_what_is_kept_every_few_seconds_is_one_line_of_the_journal_a_sitting(runtime, clock):
    draft = begun(runtime)
    for number in range(5):
        content = replace(WHOLE, body_fr=f"Texte {number}")
        draft = does(runtime, "agent", keep_draft, draft.id, content, expected_version=draft.version)
        clock.move(seconds=20)
    assert lines(runtime, "drafting.kept") == 0
    clock.move(minutes=30)
    does(runtime, "agent", keep_draft, draft.id, WHOLE, expected_version=draft.version)
    assert lines(runtime, "drafting.kept") == 1


def test_a_text_that_did_not_change_is_no_new_version(runtime):
    draft = written(runtime)
    first, again = (does(runtime, "agent", keep_version, draft.id) for _ in range(2))
    assert (first.number, again.number) == (1, 1)


def test_versions_end_somewhere(runtime):
    draft = written(runtime)
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        uow.session.get_one(Draft, draft.id).newest = MOST_VERSIONS
        uow.session.add(
            DraftVersion(
                draft_id=draft.id, number=MOST_VERSIONS, content={}, made_at=uow.now, author_name="x", page_count=0
            )
        )
    with pytest.raises(Conflict) as refused:
        does(runtime, "agent", keep_version, draft.id)
    assert refused.value.code == "draft_too_many_versions"


def test_a_draft_given_up_leaves_the_lists_and_cannot_be_written(runtime):
    draft = written(runtime)
    does(runtime, "agent", drop_draft, draft.id)
    with runtime.transactions.reading() as session:
        assert not drafts_of(session, actor(runtime, "agent"), own=True)
    with pytest.raises(Conflict):
        does(runtime, "agent", keep_draft, draft.id, WHOLE, expected_version=draft.version + 1)


def test_an_answer_moves_out_of_sight_with_the_letter(runtime):
    answered = letter(runtime)
    does(
        runtime, "clerk", send, answered,
        [Dispatch(Instruction.OPINION, unit_id=unit_id(runtime, "EC"))],
    )  # fmt: skip
    run_jobs(runtime)
    draft = written(runtime, "agent2", answers_id=answered, unit="EC")
    assert reads(runtime, "agent2", draft.id)
    assert not reads(runtime, "agent", draft.id)


def test_the_demonstration_offers_letters(sqlite_runtime):
    fill_demo_templates(sqlite_runtime.transactions)
    with sqlite_runtime.transactions.reading() as session:
        assert len(templates(session, active_only=True)) == len(usual_templates())
