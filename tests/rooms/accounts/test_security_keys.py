"""Security keys as a second factor: added, used once for each challenge, refused where something does not fit."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from docflow.accounts.factors import need_factor, people_with_factor, take_factor_away
from docflow.accounts.key_ceremonies import key_place
from docflow.accounts.models import RecoveryCode, SecurityKey, SignedInSession
from docflow.accounts.operations import set_own_mail
from docflow.accounts.passwords import secret_hash
from docflow.accounts.rules import Digest, Role
from docflow.accounts.security_keys import (
    KEYS_AT_MOST,
    KeyAnswer,
    add_key,
    begin_entry,
    begin_key,
    begin_proof,
    enter_with_key,
    prove_with_key,
    remove_key,
)
from docflow.accounts.sign_in import TypedCode, enter_code
from docflow.app import create_staff_app
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, DocFlowError, InvalidInput, NotFound, PermissionDenied
from docflow.notifications.models import OutgoingMail
from docflow.privacy.operations import look_for
from docflow.privacy.rules import Sought
from tests.conftest import DEMO_PASSWORD, actor, run_jobs
from tests.factories.sessions import signed_in_client
from tests.fakes.authenticator import PRESENT, Authenticator, text_of
from tests.mail_server import with_mail
from tests.rooms.accounts.test_second_factor import FactorCipher, first_page, who, with_factor

PLACE = key_place("https://docflow.example.ma/")


def session_id_of(runtime, secret):
    with runtime.transactions.reading() as session:
        row = select(SignedInSession.id).where(SignedInSession.token_hash == secret_hash(secret))
        return str(session.scalars(row).one())


def with_key(runtime, username="clerk", *, name="blue", key=None):
    """Return a key that somebody added in a session of theirs, that session, and the recovery codes shown."""
    key = key or Authenticator()
    session = getattr(key, "session", None) or session_id_of(runtime, first_page(runtime, username))
    person = actor(runtime, username)
    with runtime.transactions.writing(person) as uow:
        options = begin_key(uow, PLACE, name=name, session=session, house="DocFlow")
    return key, session, add_key(runtime.transactions, person, PLACE, KeyAnswer(session, key.added(options)))


def entry(runtime, username="clerk"):
    """Return the half-open session of a right password, and what is asked of the keys."""
    half = first_page(runtime, username)
    return half, begin_entry(runtime.transactions, PLACE, half)


def enter(runtime, half, answer):
    return enter_with_key(runtime.transactions, PLACE, KeyAnswer(half, answer, "10.0.0.1"))


def verbs(runtime):
    with runtime.transactions.reading() as session:
        found = session.scalars(select(JournalEntry).order_by(JournalEntry.number)).all()
        return [(line.verb, line.values.get("key")) for line in found if "key" in line.values]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://DocFlow.example.ma/", ("docflow.example.ma", "https://docflow.example.ma")),
        ("https://docflow.example.ma:8443", ("docflow.example.ma", "https://docflow.example.ma:8443")),
        ("https://docflow.example.ma:443", ("docflow.example.ma", "https://docflow.example.ma")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://docflow.example.ma", None),
        ("https://10.0.0.5", None),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]:8000", None),
        ("https://docflow.example.ma:port", None),
        ("", None),
    ],
)
def test_keys_are_bound_to_the_name_in_the_settings_where_browsers_allow_it(address, place):
    found = key_place(address)

    assert (found and (found.rp_id, found.origin)) == place


def test_a_key_is_asked_after_the_password_and_lets_in_once_for_each_challenge(runtime):
    key, _session, codes = with_key(runtime)
    half, options = entry(runtime)
    assert who(runtime, half) is None
    assert [one["id"] for one in options["allowCredentials"]] == [key_id(key)]
    assert (options["rpId"], options["userVerification"]) == ("docflow.example.ma", "preferred")

    answer = key.used(options)
    assert who(runtime, enter(runtime, half, answer)) is not None

    with pytest.raises(NotFound, match="code_too_late"):
        enter(runtime, half, answer)
    other, _options = entry(runtime)
    with pytest.raises(PermissionDenied, match="key_too_late"):
        enter(runtime, other, answer)
    assert len(codes) == 10
    assert verbs(runtime) == [("accounts.key_added", "blue"), ("accounts.key_used", "blue")]
    with runtime.transactions.reading() as session:
        kept = session.scalars(select(SecurityKey)).one()
    assert (kept.sign_count, kept.last_used_at) == (2, runtime.clock.now())


def key_id(key):
    return text_of(key.credential_id)


def test_a_challenge_is_bound_to_its_session_and_waits_five_minutes(sqlite_runtime, clock):
    key, _session, _codes = with_key(sqlite_runtime)
    half, options = entry(sqlite_runtime)
    other, _ = entry(sqlite_runtime)
    with pytest.raises(PermissionDenied, match="key_too_late"):
        enter(sqlite_runtime, other, key.used(options))
    with pytest.raises(PermissionDenied, match="key_too_late"):
        enter(sqlite_runtime, half, key.used(options))

    clock.move(seconds=60)
    half, options = entry(sqlite_runtime)
    clock.move(minutes=6)
    with pytest.raises(NotFound, match="code_too_late"):
        enter(sqlite_runtime, half, key.used(options))


def test_within_a_challenge_that_waited_six_minutes_is_refused(sqlite_runtime, clock):
    key, session, _codes = with_key(sqlite_runtime)
    person = actor(sqlite_runtime, "clerk")
    with sqlite_runtime.transactions.writing(person) as uow:
        options = begin_proof(uow, PLACE, session=session)
    clock.move(minutes=6)
    with pytest.raises(PermissionDenied, match="key_too_late"):
        prove_with_key(sqlite_runtime.transactions, person, PLACE, KeyAnswer(session, key.used(options)))


@pytest.mark.parametrize(
    "cheat",
    ["origin", "rp", "absent", "other_key", "other_challenge", "signature", "no_json", "no_object", "deep", "long"],
)
def test_an_answer_that_does_not_fit_is_refused_and_uses_its_challenge_up(sqlite_runtime, cheat):
    key, _session, _codes = with_key(sqlite_runtime)
    half, options = entry(sqlite_runtime)
    right = key.used(options)
    if cheat == "origin":
        key.origin = "https://docflow.example.ma.evil.example"
        answer = key.used(options)
    elif cheat == "other_key":
        answer = with_key(sqlite_runtime, "agent")[0].used(options)
    elif cheat == "other_challenge":
        answer = key.used(entry(sqlite_runtime)[1])
    else:
        told = json.loads(right)
        told["response"]["signature"] = told["response"]["signature"][::-1]
        answer = {
            "rp": key.used(options, rp_id="evil.example"),
            "absent": key.used(options, flags=0),
            "signature": json.dumps(told),
            "no_json": "{",
            "no_object": "[]",
            "deep": "[" * 15_000,
            "long": json.dumps(told | {"more": "x" * 30_000}),
        }.get(cheat, "")

    with pytest.raises(PermissionDenied, match=r"key_refused|key_too_late"):
        enter(sqlite_runtime, half, answer)

    if cheat not in {"no_json", "no_object", "deep", "long", "other_challenge"}:
        with pytest.raises(PermissionDenied, match="key_too_late"):
            enter(sqlite_runtime, half, right)
    assert "accounts.key_used" not in dict(verbs(sqlite_runtime))


def test_a_count_that_goes_back_is_refused_and_written_down_and_one_of_zero_is_not_looked_at(runtime):
    key, _session, _codes = with_key(runtime)
    half, options = entry(runtime)
    key.count = 41
    enter(runtime, half, key.used(options))
    half, options = entry(runtime)
    key.count = 41
    with pytest.raises(PermissionDenied, match="key_count_back"):
        enter(runtime, half, key.used(options))
    assert verbs(runtime)[-1] == ("accounts.key_count_back", "blue")

    silent, _session, _codes = with_key(runtime, "agent", key=Authenticator(counts=False))
    for _ in range(2):
        half, options = entry(runtime, "agent")
        assert who(runtime, enter(runtime, half, silent.used(options))) is not None


def test_two_requests_with_one_answer_at_once_let_one_in(runtime):
    key, _session, _codes = with_key(runtime)
    half, options = entry(runtime)
    answer = key.used(options)

    def tried(_):
        with suppress(DocFlowError):
            return enter(runtime, half, answer)
        return None

    with ThreadPoolExecutor(2) as pool:
        assert len([found for found in pool.map(tried, range(2)) if found]) == 1


def test_wrong_answers_lock_the_account_with_wrong_passwords(sqlite_runtime):
    key, _session, _codes = with_key(sqlite_runtime)
    codes = []
    for _ in range(5):
        half, options = entry(sqlite_runtime)
        with pytest.raises(PermissionDenied) as refusal:
            enter(sqlite_runtime, half, key.used(options, flags=0))
        codes.append(refusal.value.code)
    assert codes == ["key_refused"] * 4 + ["account_locked"]


@pytest.mark.parametrize("cheat", ["origin", "rp", "absent", "session", "twice"])
def test_no_key_is_added_by_an_answer_that_does_not_fit(sqlite_runtime, cheat):
    person = actor(sqlite_runtime, "clerk")
    session, other = (session_id_of(sqlite_runtime, first_page(sqlite_runtime)) for _ in range(2))
    with sqlite_runtime.transactions.writing(person) as uow:
        options = begin_key(uow, PLACE, name="blue", session=session, house="DocFlow")
    key = Authenticator("https://evil.example" if cheat == "origin" else PLACE.origin)
    answer = key.added(
        options, rp_id="evil.example" if cheat == "rp" else "", flags=0 if cheat == "absent" else PRESENT
    )
    if cheat == "twice":
        add_key(sqlite_runtime.transactions, person, PLACE, KeyAnswer(session, answer))

    with pytest.raises(PermissionDenied, match=r"key_refused|key_too_late"):
        add_key(sqlite_runtime.transactions, person, PLACE, KeyAnswer(other if cheat == "session" else session, answer))

    with sqlite_runtime.transactions.reading() as db:
        assert len(db.scalars(select(SecurityKey)).all()) == (1 if cheat == "twice" else 0)


def test_a_key_belongs_to_one_person_needs_a_name_and_there_are_not_too_many(sqlite_runtime):
    key, session, _codes = with_key(sqlite_runtime)
    with pytest.raises(Conflict, match="key_held"):
        with_key(sqlite_runtime, "agent", key=key)
    for _ in range(KEYS_AT_MOST - 1):
        fresh = Authenticator()
        fresh.session = session
        with_key(sqlite_runtime, key=fresh)
    clerk = sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk"))
    with pytest.raises(Conflict, match="keys_too_many"), clerk as uow:
        begin_key(uow, PLACE, name="one more", session=session, house="DocFlow")
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "head")) as uow:
        with pytest.raises(InvalidInput, match="key_name_missing"):
            begin_key(uow, PLACE, name="  ", session=session, house="DocFlow")
        with pytest.raises(Conflict, match="keys_impossible"):
            begin_key(uow, None, name="x", session=session, house="DocFlow")


def test_a_new_key_ends_other_sessions_and_says_which_keys_need_not_answer(sqlite_runtime):
    before = first_page(sqlite_runtime)
    key, session, _codes = with_key(sqlite_runtime)
    assert who(sqlite_runtime, before) is None
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "clerk")) as uow:
        options = begin_key(uow, PLACE, name="second", session=session, house="DocFlow")
    assert [one["id"] for one in options["excludeCredentials"]] == [key_id(key)]
    assert options["attestation"] == "none"


def test_recovery_codes_stay_beside_either_factor_and_go_with_the_last(sqlite_runtime, clock):
    _secret, codes = with_factor(sqlite_runtime)
    clock.move(seconds=60)
    half = first_page(sqlite_runtime)
    entered = enter_code(sqlite_runtime.transactions, cipher(sqlite_runtime), TypedCode(half, codes[0], "10.0.0.1"))
    key = Authenticator()
    key.session = session_id_of(sqlite_runtime, entered)
    assert with_key(sqlite_runtime, key=key)[2] == []

    with sqlite_runtime.transactions.reading() as db:
        key_row, person_id = db.execute(select(SecurityKey.id, SecurityKey.person_id)).one()
    for username in ("agent", "clerk"):
        with suppress(NotFound), sqlite_runtime.transactions.writing(actor(sqlite_runtime, username)) as uow:
            remove_key(uow, key_row)
        with sqlite_runtime.transactions.reading() as db:
            assert (db.get(SecurityKey, key_row) is None) == (username == "clerk")
            assert len(db.scalars(select(RecoveryCode).where(RecoveryCode.person_id == person_id)).all()) == 9

    with_key(sqlite_runtime, "agent")
    agent = actor(sqlite_runtime, "agent")
    with sqlite_runtime.transactions.reading() as db:
        agents_key = db.scalars(select(SecurityKey.id).where(SecurityKey.person_id == agent.person_id)).one()
    with sqlite_runtime.transactions.writing(agent) as uow:
        remove_key(uow, agents_key)
    with sqlite_runtime.transactions.reading() as db:
        assert not db.scalars(select(RecoveryCode).where(RecoveryCode.person_id == agent.person_id)).all()
    assert who(sqlite_runtime, first_page(sqlite_runtime, "agent")) is not None


def test_whoever_adds_or_removes_a_key_is_told(sqlite_runtime):
    runtime = with_mail(sqlite_runtime, "smtp://127.0.0.1:1")
    clerk = actor(runtime, "clerk")
    with runtime.transactions.writing(clerk) as uow:
        set_own_mail(uow, email="clerk@example.ma", digest=Digest.NONE, locale="fr")
    with_key(runtime)
    with runtime.transactions.reading() as db:
        added = db.scalars(select(SecurityKey.id)).one()
    with runtime.transactions.writing(clerk) as uow:
        remove_key(uow, added)
    run_jobs(runtime)

    page = signed_in_client(runtime, "clerk").get("/notifications").get_data(as_text=True)
    with runtime.transactions.reading() as db:
        mailed = "".join(db.scalars(select(OutgoingMail.body)))
    said = ("Une clé de sécurité a été ajoutée à votre compte", "Une clé de sécurité a été retirée de votre compte")
    assert [(text in page, text in mailed) for text in said] == [(True, True)] * 2
    assert "/account/factor" in mailed


def cipher(runtime):
    return FactorCipher(runtime.secret_key)


def test_whoever_has_keys_alone_comes_in_with_a_recovery_code(sqlite_runtime):
    _key, _session, codes = with_key(sqlite_runtime)
    half = first_page(sqlite_runtime)
    entered = enter_code(sqlite_runtime.transactions, cipher(sqlite_runtime), TypedCode(half, codes[3], "10.0.0.1"))
    assert who(sqlite_runtime, entered) is not None


def test_a_key_satisfies_a_role_that_needs_a_factor_and_the_administrator_takes_it_away(sqlite_runtime):
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        need_factor(uow, {Role.CLERK: True})
    session = first_page(sqlite_runtime)
    assert who(sqlite_runtime, session).must_add_factor
    key = Authenticator()
    key.session = session_id_of(sqlite_runtime, session)
    with_key(sqlite_runtime, key=key)
    assert not who(sqlite_runtime, session).must_add_factor
    person_id = actor(sqlite_runtime, "clerk").person_id
    with sqlite_runtime.transactions.reading() as db:
        assert people_with_factor(db) == {person_id}

    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "admin")) as uow:
        take_factor_away(uow, person_id)

    assert who(sqlite_runtime, session) is None
    assert who(sqlite_runtime, first_page(sqlite_runtime)).must_add_factor
    with sqlite_runtime.transactions.reading() as db:
        assert db.scalars(select(SecurityKey)).all() == []


def test_what_is_held_about_somebody_names_their_keys_and_nothing_that_is_of_use_to_others(sqlite_runtime):
    key, _session, _codes = with_key(sqlite_runtime)
    with sqlite_runtime.transactions.writing(actor(sqlite_runtime, "archivist")) as uow:
        held = [one for one in look_for(uow, Sought(username="clerk"), reason="asked") if one.kind == "security_key"]
    assert [one.values["name"] for one in held] == ["blue"]
    assert key_id(key) not in json.dumps([one.values for one in held], default=str)


def test_on_the_pages_a_key_is_added_with_the_password_used_for_codes_and_removed(sqlite_runtime, clock):
    settings = sqlite_runtime.settings.model_copy(update={"staff_url": "https://docflow.example.ma"})
    site = create_staff_app(replace(sqlite_runtime, settings=settings))
    client, key = site.test_client(), Authenticator()

    def posted(client, path, **form):
        page = client.get("/account/factor", follow_redirects=True).get_data(as_text=True)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
        # Whatever a request says of its host, keys are bound to the name in the settings.
        headers = {"Accept": "application/json", "X-Forwarded-Host": "evil.example"} if "key" in path else {}
        return client.post(path, data=form | {"csrf_token": token}, headers=headers)

    posted(client, "/sign-in", username="clerk", password=DEMO_PASSWORD)
    refused = posted(client, "/account/keys", name="blue", current="guessed")
    assert (refused.status_code, refused.json["code"]) == (403, "password_wrong")
    options = posted(client, "/account/keys", name="blue", current=DEMO_PASSWORD).json
    assert options["rp"]["id"] == "docflow.example.ma"
    shown = posted(client, "/account/factor", action="add-key", answer=key.added(options))
    assert len(re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", shown.get_data(as_text=True))) == 10
    assert "<b><bdi>blue</bdi></b>" in client.get("/account/factor").get_data(as_text=True)
    proof = key.used(posted(client, "/account/keys/proof").json)
    assert posted(client, "/account/factor", action="codes", answer=proof).status_code == 200
    assert posted(client, "/account/factor", action="codes", answer=proof).status_code == 403
    assert posted(client, "/account/factor", action="remove-key", key="no", current=DEMO_PASSWORD).status_code == 422

    other = site.test_client()
    assert other.post("/sign-in/key", headers={"Accept": "application/json"}).status_code == 400
    assert posted(other, "/sign-in/key").status_code == 404
    asked = posted(other, "/sign-in", username="clerk", password=DEMO_PASSWORD)
    page = other.get(asked.headers["Location"]).get_data(as_text=True)
    assert 'data-key="get"' in page
    assert 'autocomplete="one-time-code"' not in page
    wrong = Authenticator().used(posted(other, "/sign-in/key").json)
    assert posted(other, "/sign-in/code", answer=wrong).status_code == 403
    answer = key.used(posted(other, "/sign-in/key").json)
    assert posted(other, "/sign-in/code", answer=answer, next="/search").headers["Location"] == "/search"

    with sqlite_runtime.transactions.reading() as db:
        key_row = str(db.scalars(select(SecurityKey.id)).one())
    assert posted(client, "/account/factor", action="remove-key", key=key_row, current="guessed").status_code == 403
    assert posted(client, "/account/factor", action="remove-key", key=key_row, current=DEMO_PASSWORD).status_code == 303
    assert verbs(sqlite_runtime)[-1] == ("accounts.key_removed", "blue")
