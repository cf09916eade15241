"""Units are asked on their day, reminded, and give what they have; editors see who has given what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.notifications.models import Notice, OutgoingMail
from docflow.publications.asking import PlanSetup, ask_units, asks_of, give_content, keep_plan
from docflow.publications.models import ContentAsk, PublicPost
from docflow.publications.rules import PostText
from tests.conftest import actor
from tests.factories.documents import unit_id
from tests.factories.sessions import signed_in_client, token_of
from tests.mail_server import with_mail


def does(runtime, who, operation, *args, **said):
    with runtime.transactions.writing(actor(runtime, who)) as uow:
        return operation(uow, *args, **said)


def planned(runtime, unit="TRV", *, every=30, days=7, first=None):
    today = runtime.clock.now().astimezone(CASABLANCA).date()
    does(runtime, "editor", keep_plan, PlanSetup(unit_id(runtime, unit), every, days, first or today))


def told(runtime):
    """Who was told, and at which stage."""
    with runtime.transactions.reading() as session:
        names = {actor(runtime, name).person_id: name for name in ("agent", "agent2", "head", "clerk")}
        rows = session.scalars(select(Notice).where(Notice.kind == "publications.content_asked").order_by(Notice.id))
        return [(names[one.person_id], one.values["stage"]) for one in rows]


def test_a_unit_is_asked_on_its_day_reminded_and_told_by_mail_when_it_is_late_once_each(runtime):
    runtime = with_mail(runtime, "smtp://127.0.0.1")
    planned(runtime)
    planned(runtime, "EC", first=date(2026, 4, 20))
    counts = []
    for days in (0, 0, 5, 0, 3, 0, 23):
        runtime.clock.instant += timedelta(days=days)
        counts.append(ask_units(runtime))
    with runtime.transactions.reading() as session:
        asks = session.scalars(select(ContentAsk).order_by(ContentAsk.asked_on)).all()
        mails = session.scalars(select(OutgoingMail.recipient)).all()
    assert counts == [1, 0, 0, 0, 0, 0, 1]
    assert [(ask.asked_on, ask.due_on) for ask in asks] == [
        (date(2026, 3, 2), date(2026, 3, 9)),
        (date(2026, 4, 2), date(2026, 4, 9)),
    ]
    assert told(runtime) == [("agent", stage) for stage in ("asked", "soon", "late", "asked")]
    assert len(mails) == 1


def test_only_the_unit_asked_gives_once_and_it_becomes_a_draft_for_the_editors(sqlite_runtime):
    runtime = sqlite_runtime
    planned(runtime)
    ask_units(runtime)
    with runtime.transactions.reading() as session:
        waiting = {name: len(asks_of(session, actor(runtime, name))) for name in ("agent", "head", "agent2", "head2")}
        ask_id = session.scalars(select(ContentAsk.id)).one()
    text = PostText(title_fr="Travaux rue 14", body_fr="Ils commencent lundi.")
    with pytest.raises(NotFound, match="content_ask_unknown"):
        does(runtime, "agent2", give_content, ask_id, text)
    with pytest.raises(PermissionDenied):
        does(runtime, "archivist", give_content, ask_id, text)
    with pytest.raises(InvalidInput, match="post_untitled"):
        does(runtime, "agent", give_content, ask_id, PostText())
    given = does(runtime, "agent", give_content, ask_id, text)
    with pytest.raises(Conflict, match="content_given"):
        does(runtime, "head", give_content, ask_id, None)
    with runtime.transactions.reading() as session:
        post = session.get_one(PublicPost, given.post_id)
    assert waiting == {"agent": 1, "head": 1, "agent2": 0, "head2": 0}
    assert (post.state, post.unit_id, post.text.title_fr) == ("draft", unit_id(runtime, "TRV"), "Travaux rue 14")


def test_the_pages_plan_give_and_show_who_has_given_what(sqlite_runtime):
    runtime = sqlite_runtime
    editor, agent = signed_in_client(runtime, "editor"), signed_in_client(runtime, "agent")
    token = {"csrf_token": token_of(editor)}
    said = {"unit": str(unit_id(runtime, "TRV")), "every_days": "30", "days_to_give": "7", "first_on": ""}
    wrong = editor.post("/site/contributions", data=token | said | {"days_to_give": "40"})
    editor.post("/site/contributions", data=token | said)
    ask_units(runtime)
    path = agent.get("/contributions").get_data(as_text=True).split('action="/contributions/')[1].split('"')[0]
    given = agent.post(f"/contributions/{path}", data={"csrf_token": token_of(agent), "action": "nothing"})
    shown = editor.get("/site/contributions").get_data(as_text=True)
    assert (wrong.status_code, given.status_code) == (422, 303)
    assert "Hassan El Idrissi (agent)" in shown
    assert agent.get("/notifications").status_code == 200
    assert editor.get("/contributions").status_code == 403
