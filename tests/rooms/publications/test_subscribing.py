"""Whoever confirmed is told of what comes out, in their themes; nobody else is written to, and nobody is found out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from docflow.allowances.rules import MOST_IN_WINDOW, Purpose
from docflow.app import create_public_app
from docflow.notifications.models import OutgoingMail
from docflow.publications.models import Subscription
from docflow.publications.operations import PostSetup, ThemeSetup, begin_post, keep_category, publish_post
from docflow.publications.rules import PostKind, PostText
from docflow.publications.subscribing import tell_subscribers
from docflow.settings import Settings
from tests.conftest import actor
from tests.factories.sessions import token_of
from tests.mail_server import with_mail

FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def site(sqlite_runtime):
    runtime = with_mail(sqlite_runtime, "smtp://127.0.0.1")
    return runtime, create_public_app(runtime).test_client()


def does(runtime, operation, *args, **said):
    with runtime.transactions.writing(actor(runtime, "editor")) as uow:
        return operation(uow, *args, **said)


def published(runtime, theme=None, title="Travaux\r\nBcc: x@evil.ma", **dates):
    setup = PostSetup(PostKind.NEWS, PostText("خبر", title, body_ar="نص", body_fr="Texte"), theme)
    post = does(runtime, begin_post, setup)
    said = {"publish_at": None, "ends_at": None} | dates
    return does(runtime, publish_post, post.id, expected_version=post.version, **said)


def asked(client, email, *themes):
    said = {"csrf_token": token_of(client), "email": email, "theme": [str(theme) for theme in themes]}
    return client.post("/subscriptions", data=said, headers=FRENCH)


def rows(runtime, table):
    with runtime.transactions.reading() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def confirmed(runtime, client, email, *themes):
    asked(client, email, *themes)
    path = re.search(r"/subscriptions/[\w-]+", rows(runtime, OutgoingMail)[-1].body)[0]
    client.get(path)
    still_waits = rows(runtime, Subscription)[-1].confirmed_at is None
    client.post(path, data={"csrf_token": token_of(client)})
    return path, still_waits


def test_only_who_confirmed_by_a_button_is_told_once_of_their_themes(site):
    runtime, client = site
    works = does(runtime, keep_category, None, ThemeSetup("الأشغال", "Travaux")).id
    sport = does(runtime, keep_category, None, ThemeSetup("الرياضة", "Sport")).id
    _, still_waits = confirmed(runtime, client, "Works@asso.ma", works)
    confirmed(runtime, client, "all@asso.ma")
    asked(client, "never@asso.ma", works)
    before = len(rows(runtime, OutgoingMail))
    published(runtime, works)
    published(runtime, sport, publish_at=runtime.clock.now() + timedelta(hours=3))
    first = [tell_subscribers(runtime), tell_subscribers(runtime)]
    runtime.clock.move(hours=3)
    second = tell_subscribers(runtime)
    mails = rows(runtime, OutgoingMail)[before:]
    assert still_waits
    assert (first, second) == ([2, 0], 1)
    assert sorted(mail.recipient for mail in mails) == ["all@asso.ma", "all@asso.ma", "works@asso.ma"]
    to_works = next(mail for mail in mails if mail.recipient == "works@asso.ma")
    assert not any("\n" in mail.subject or "\r" in mail.subject for mail in mails)
    assert "/news/travaux-bcc-x-evil-ma?lang=fr" in to_works.body
    assert to_works.unsubscribe_url in to_works.body
    assert to_works.unsubscribe_url.endswith("/end?lang=fr")


def test_a_known_address_is_not_found_out_nor_flooded_nor_changed(site):
    runtime, client = site
    confirmed(runtime, client, "asso@asso.ma")
    count = len(rows(runtime, OutgoingMail))
    known, unknown = (asked(client, email) for email in ("asso@asso.ma", "other@asso.ma"))
    again = asked(client, "other@asso.ma")
    assert [one.status_code for one in (known, unknown, again)] == [303] * 3
    assert known.headers["Location"] == unknown.headers["Location"]
    assert len(rows(runtime, OutgoingMail)) == count + 1
    for _ in range(MOST_IN_WINDOW[Purpose.MAIL]):
        last = asked(client, "x@asso.ma")
    assert last.status_code == 429


@pytest.mark.parametrize("email", ["a@b.ma\nBcc: x@evil.ma", "a@b.ma,c@d.ma", "<a@b.ma>", "a b@c.ma", ""])
def test_an_address_that_would_write_headers_is_refused(site, email):
    runtime, client = site
    assert asked(client, email).status_code == 422
    assert rows(runtime, Subscription) == []


def test_a_subscription_ends_by_its_link_and_is_forgotten(site):
    runtime, client = site
    path, _ = confirmed(runtime, client, "asso@asso.ma")
    client.get(f"{path}/end")
    kept = len(rows(runtime, Subscription))
    client.post(f"{path}/end", data={"csrf_token": token_of(client)})
    assert (kept, rows(runtime, Subscription)) == (1, [])
    assert client.get(path).status_code == 404
    path, _ = confirmed(runtime, client, "program@asso.ma")
    program = create_public_app(runtime).test_client()
    answer = program.post(f"{path}/end", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, rows(runtime, Subscription)) == (200, [])
    asked(client, "late@asso.ma")
    runtime.clock.move(days=4)
    tell_subscribers(runtime)
    assert rows(runtime, Subscription) == []


def test_the_frame_is_shown_by_the_sites_of_the_setting_and_by_no_other(sqlite_runtime):
    runtime = sqlite_runtime
    post = published(runtime)
    closed = create_public_app(runtime).test_client().get("/embed/news")
    object.__setattr__(
        runtime, "settings", runtime.settings.model_copy(update={"embed_origins": "https://casablanca.ma"})
    )
    client = create_public_app(runtime).test_client()
    opened, home = client.get("/embed/news?lang=fr"), client.get("/")
    policy = opened.headers["Content-Security-Policy"]
    assert closed.headers["X-Frame-Options"] == home.headers["X-Frame-Options"] == "DENY"
    assert "X-Frame-Options" not in opened.headers
    assert "frame-ancestors https://casablanca.ma" in policy
    assert "script-src 'none'" in policy
    assert f"/news/{post.slug}?lang=fr" in opened.get_data(as_text=True)
    assert "<script" not in opened.get_data(as_text=True)
    for wrong in ("https://a.ma; script-src *", "*", "https://a.ma 'unsafe-inline'"):
        with pytest.raises(ValidationError):
            Settings(embed_origins=wrong)
