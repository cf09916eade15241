"""The second factor: codes of the telephone, recovery codes, roles that need one; passwords that are refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from docflow.accounts.factor_rules import matching_step
from docflow.accounts.factors import (
    FactorCipher,
    begin_factor,
    confirm_factor,
    factor_of,
    need_factor,
    remove_own_factor,
    renew_recovery_codes,
    take_factor_away,
)
from docflow.accounts.models import Person, SecondFactor, SignedInSession
from docflow.accounts.operations import set_own_mail
from docflow.accounts.passwords import check_new_password
from docflow.accounts.queries import signed_in
from docflow.accounts.rules import Digest, Role
from docflow.accounts.sign_in import Credentials, TypedCode, enter_code, sign_in
from docflow.app import create_staff_app
from docflow.core.errors import DocFlowError, InvalidInput, NotFound, PermissionDenied, Unavailable
from docflow.notifications.models import Notice, OutgoingMail
from tests.conftest import DEMO_PASSWORD, actor, run_jobs
from tests.factories.sessions import signed_in_client
from tests.mail_server import with_mail

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def with_factor(runtime, username="clerk"):
    """Return the secret and the recovery codes of somebody who sets up a second factor; its code is spent."""
    cipher, person = FactorCipher(runtime.secret_key), actor(runtime, username)
    with runtime.transactions.writing(person) as uow:
        begin_factor(uow, cipher)
    with runtime.transactions.reading() as session:
        secret = cipher.opened(factor_of(session, person.person_id).sealed_secret)
    with runtime.transactions.writing(person) as uow:
        codes = confirm_factor(uow, cipher, code=code_of(runtime, secret), session_id=None)
    return secret, codes


def code_of(runtime, secret, *, steps=0):
    return pyotp.TOTP(secret).at(runtime.clock.now(), counter_offset=steps)


def first_page(runtime, username="clerk"):
    return sign_in(runtime.transactions, Credentials(username, DEMO_PASSWORD, "10.0.0.1"))


def second_page(runtime, half, code):
    return enter_code(runtime.transactions, FactorCipher(runtime.secret_key), TypedCode(half, code, "10.0.0.1"))


def who(runtime, secret):
    with runtime.transactions.reading() as session:
        return signed_in(session, secret, now=runtime.clock.now(), idle_s=1800)


def test_a_right_password_opens_nothing_before_the_code_which_is_taken_once_in_any_digits(runtime, clock):
    secret, _ = with_factor(runtime)
    clock.move(seconds=30)
    code = code_of(runtime, secret)
    half = first_page(runtime)
    assert who(runtime, half) is None
    for wrong in ("", "12", code_of(runtime, secret, steps=2), code_of(runtime, secret, steps=-1)):
        with pytest.raises(PermissionDenied, match="code_refused"):
            second_page(runtime, half, wrong)

    assert who(runtime, second_page(runtime, half, f" {code[:3]} {code[3:]} ".translate(ARABIC_DIGITS))) is not None
    with pytest.raises(NotFound, match="code_too_late"):
        second_page(runtime, half, code)
    with pytest.raises(PermissionDenied, match="code_refused"):
        second_page(runtime, first_page(runtime), code)


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, of which six digits are taken."""
    secret, at = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(1111111109, UTC)
    found = [matching_step(secret, "081804", at + timedelta(seconds=later)) for later in (-31, 0, 30, 60)]
    assert found == [0x23523EC, 0x23523EC, 0x23523EC, None]


def test_two_requests_with_one_code_at_once_let_one_in(runtime, clock):
    secret, recovery = with_factor(runtime)
    clock.move(seconds=60)
    for code in (code_of(runtime, secret), recovery[0].lower()):
        halves = [first_page(runtime), first_page(runtime)]

        def tried(half, code=code):
            with suppress(DocFlowError):
                return second_page(runtime, half, code)
            return None

        with ThreadPoolExecutor(2) as pool:
            entered = [found for found in pool.map(tried, halves) if found]
        assert len(entered) == 1


def test_wrong_codes_lock_the_account_with_the_wrong_passwords_and_a_right_password_does_not_forgive_them(
    sqlite_runtime, clock
):
    secret, _ = with_factor(sqlite_runtime)
    clock.move(seconds=30)
    with pytest.raises(PermissionDenied, match="sign_in_refused"):
        sign_in(sqlite_runtime.transactions, Credentials("clerk", "wrong", "10.0.0.1"))
    codes = []
    for _ in range(4):
        with pytest.raises(PermissionDenied) as refusal:
            second_page(sqlite_runtime, first_page(sqlite_runtime), "000000")
        codes.append(refusal.value.code)
    assert codes == ["code_refused"] * 3 + ["account_locked"]
    with pytest.raises(PermissionDenied, match="account_locked"):
        first_page(sqlite_runtime)

    clock.move(minutes=16)
    half = first_page(sqlite_runtime)
    clock.move(minutes=6)
    with pytest.raises(NotFound, match="code_too_late"):
        second_page(sqlite_runtime, half, code_of(sqlite_runtime, secret))


def test_a_new_factor_ends_other_sessions_and_its_secret_is_worth_nothing_without_the_key(sqlite_runtime, clock):
    before = first_page(sqlite_runtime)
    secret, recovery = with_factor(sqlite_runtime)
    with sqlite_runtime.transactions.reading() as session:
        kept = session.scalars(select(SecondFactor.sealed_secret)).one()
    assert who(sqlite_runtime, before) is None
    assert secret not in kept
    with pytest.raises(Unavailable, match="factor_key_changed"):
        FactorCipher("another").opened(kept)
    assert len(set(recovery)) == 10


def test_an_administrator_takes_a_lost_factor_away_and_the_person_is_told(sqlite_runtime):
    with_factor(sqlite_runtime)
    person_id = actor(sqlite_runtime, "clerk").person_id
    with pytest.raises(PermissionDenied), sqlite_runtime.transactions.writing(actor(sqlite_runtime, "head")) as uow:
        take_factor_away(uow, person_id)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        take_factor_away(uow, person_id)
    run_jobs(sqlite_runtime)

    assert who(sqlite_runtime, first_page(sqlite_runtime)) is not None
    with sqlite_runtime.transactions.reading() as session:
        told = session.scalars(select(Notice.kind).where(Notice.person_id == person_id)).all()
    assert sorted(told) == ["accounts.factor_changed", "accounts.factor_taken_away"]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "fr",
            ("Un téléphone qui donne des codes a été ajouté", "De nouveaux codes de secours", "retiré de votre compte"),
        ),
        ("ar", ("أضيف إلى حسابكم هاتف", "رموز احتياطية جديدة", "أزيل من حسابكم الهاتف")),
    ],
)
def test_whoever_changes_their_factor_is_told_on_the_page_and_by_mail(sqlite_runtime, locale, words):
    runtime = with_mail(sqlite_runtime, "smtp://127.0.0.1:1")
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        set_own_mail(uow, email="clerk@example.ma", digest=Digest.NONE, locale=locale)
    with_factor(runtime)
    for change in (renew_recovery_codes, remove_own_factor):
        with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
            change(uow)
    run_jobs(runtime)

    page = signed_in_client(runtime, "clerk").get("/notifications").get_data(as_text=True)
    assert [word for word in words if word not in page] == []
    with runtime.transactions.reading() as session:
        mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert [mail.recipient for mail in mails] == ["clerk@example.ma"] * 3
    assert [word for word in words if word not in "".join(mail.body for mail in mails)] == []


def test_whoever_needs_a_factor_is_led_to_it_and_its_sessions_are_listed_and_ended(sqlite_runtime, clock):
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        need_factor(uow, {Role.CLERK: True})
    site = create_staff_app(sqlite_runtime)

    def posted(client, path, **form):
        page = client.get("/account/factor", follow_redirects=True).get_data(as_text=True)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
        return client.post(path, data=form | {"csrf_token": token}, headers={"User-Agent": "Firefox/131 (Windows)"})

    client = site.test_client()
    posted(client, "/sign-in", username="clerk", password=DEMO_PASSWORD)
    led = [client.get(path).headers.get("Location") for path in ("/search", "/account", "/account/factor")]
    assert led == ["/account/factor", "/account/factor", None]
    assert posted(client, "/account/factor", action="begin", current="guessed").status_code == 403
    assert posted(client, "/account/factor", action="begin", current=DEMO_PASSWORD).status_code == 303
    page = client.get("/account/factor").get_data(as_text=True)
    secret = re.search(r'factor__secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert posted(client, "/account/factor", action="confirm", code="000000").status_code == 422
    code = code_of(sqlite_runtime, secret)
    shown = posted(client, "/account/factor", action="confirm", code=code).get_data(as_text=True)
    recovery = re.findall(r'ltr">([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})<', shown)
    assert len(recovery) == 10
    assert client.get("/search").status_code == 200
    assert posted(client, "/account/factor", action="remove", code=code).status_code == 403

    other = site.test_client()
    asked = posted(other, "/sign-in", username="clerk", password=DEMO_PASSWORD, next="/search?q=x")
    assert asked.headers["Location"] == "/sign-in/code?next=/search?q%3Dx"
    assert 'autocomplete="one-time-code" inputmode="numeric"' in re.sub(
        r"\s+dir=\S+", "", other.get(asked.headers["Location"]).get_data(as_text=True)
    )
    entered = posted(other, "/sign-in/code", code=recovery[3], next="/search?q=x")
    assert entered.headers["Location"] == "/search?q=x"
    assert "Firefox" in client.get("/account").get_data(as_text=True)
    posted(client, "/account/sessions")
    assert (client.get("/search").status_code, other.get("/search").status_code) == (200, 303)


def test_nobody_ends_a_session_of_somebody_else(sqlite_runtime):
    secret = first_page(sqlite_runtime, "agent")
    with sqlite_runtime.transactions.reading() as session:
        chosen = session.scalars(select(SignedInSession.id).join(Person).where(Person.username == "agent")).one()
    client = create_staff_app(sqlite_runtime).test_client()
    client.set_cookie("docflow_session", first_page(sqlite_runtime))
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/account").get_data(as_text=True))[1]
    assert client.post("/account/sessions", data={"session": str(chosen), "csrf_token": token}).status_code == 404
    assert who(sqlite_runtime, secret) is not None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("06 12 34 56 78", "password_too_plain"),
        ("Password2026!", "password_common"),
        ("azertyuiop", "password_common"),
        ("la maison de Nadia", "password_has_name"),
        ("بيت نادية القديم", "password_has_name"),
    ],
)
def test_a_password_is_refused_that_is_short_common_or_made_of_a_name(password, code):
    with pytest.raises(InvalidInput, match=code):
        check_new_password(password, names=("clerk", "نادية", "Nadia"))
    check_new_password("quatre chevaux à la mer", names=("clerk", "نادية", "Nadia"))
