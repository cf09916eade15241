"""Signing in at an OpenID Connect provider that speaks HTTP, and at one that lies."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from joserfc import jwk
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from docflow.accounts.adapters.oidc import OidcProvider
from docflow.accounts.directory import add_rule, let_in, remove_rule, rules_shown, shut_out
from docflow.accounts.directory_rules import Door
from docflow.accounts.factors import need_factor
from docflow.accounts.models import DirectoryAccount, Membership, OrgUnit, Person, SignedInSession
from docflow.accounts.operations import grant_role
from docflow.accounts.queries import OPERATOR
from docflow.accounts.rules import Role
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.app import create_staff_app
from docflow.audit.models import JournalEntry
from docflow.bootstrap import bootstrap
from docflow.core.errors import Conflict, PermissionDenied
from docflow.settings import Settings
from tests.conftest import DEMO_PASSWORD, actor
from tests.provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.rooms.accounts.test_second_factor import with_factor

STAFF = "https://bo.hay-hassani.example"
BACK = f"{STAFF}/sign-in/provider/back"


@pytest.fixture
def provider(clock):
    with running_provider(clock, BACK) as running:
        yield running


@pytest.fixture
def house(settings, clock, provider):
    """The product on either database, beside the provider."""
    more = {
        "oidc_issuer": provider.issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "staff_url": STAFF, "directory_makes_accounts": True,
    }  # fmt: skip
    composed = bootstrap(settings.model_copy(update=more), clock=clock)
    yield composed
    composed.transactions.engine.dispose()


@pytest.fixture
def browser(house):
    return create_staff_app(house).test_client()


def unit_id(house, code):
    with house.transactions.reading() as session:
        return session.scalar(select(OrgUnit.id).where(OrgUnit.code == code))


def give(house, group, role=Role.AGENT, unit="EC"):
    with house.transactions.writing(actor(house, "admin")) as uow:
        return add_rule(uow, group=group, role=role, unit_id=unit_id(house, unit)).id


def go_out(browser):
    """Follow the button to the provider, and return the address that it sends the browser back to."""
    away = browser.get("/sign-in/provider?next=/account")
    assert away.status_code == 302
    answered = urllib3.request("GET", away.location, redirect=False)
    assert answered.status == 302, answered.data
    return answered.headers["Location"].removeprefix(STAFF)


def come(browser):
    return browser.get(go_out(browser))


def held(house, username):
    with house.transactions.reading() as session:
        person = session.scalar(select(Person).where(Person.username == username))
        rows = session.scalars(select(Membership).where(Membership.person_id == person.id)).all()
        now = house.clock.now()
        return {(row.role, row.from_directory) for row in rows if row.valid_until is None or row.valid_until > now}


def test_a_first_sign_in_makes_an_account_with_the_roles_of_its_groups_and_the_next_takes_them_back(
    house, browser, provider, clock
):
    rule = give(house, "Agents-Etat-Civil")
    give(house, "editors", Role.EDITOR, "HH")
    back = come(browser)
    assert back.status_code == 302
    assert back.location == "/account"
    page = browser.get("/account")
    assert page.status_code == 200
    assert "/account/password" not in page.get_data(as_text=True), "there is no password to change"
    assert held(house, "n.alami") == {("agent", True)}

    with house.transactions.writing(OPERATOR) as uow:
        person = uow.session.scalar(select(Person).where(Person.username == "n.alami"))
        grant_role(uow, person.id, role=Role.CLERK, unit_id=unit_id(house, "BO"))
    provider.claims = {**provider.claims, "groups": ["editors"], "preferred_username": "renamed"}
    clock.move(minutes=1)
    assert come(create_staff_app(house).test_client()).status_code == 302
    assert held(house, "n.alami") == {("clerk", False), ("editor", True)}
    assert browser.get("/account").status_code == 303, "what was taken back ends the sessions"

    with house.transactions.reading() as session:
        lines = session.scalars(select(JournalEntry).order_by(JournalEntry.number)).all()
        told = [(line.verb, line.actor_name) for line in lines if line.verb.startswith("accounts.role")]
    assert ("accounts.role_revoked", "دليل المستخدمين – annuaire") in told
    with house.transactions.writing(actor(house, "admin")) as uow:
        remove_rule(uow, rule)
        assert [kept.group_name for kept, _ in rules_shown(uow.session)] == ["editors"]


def test_nobody_takes_over_an_account_by_its_name_and_whom_the_administrator_lets_in_is_known_by_their_subject(
    house, browser, provider
):
    give(house, "agents-etat-civil")
    provider.claims["preferred_username"] = "admin"
    refused = come(browser)
    assert refused.status_code == 409
    assert "data-error-summary" in refused.get_data(as_text=True)

    agent = actor(house, "agent2").person_id
    with house.transactions.writing(actor(house, "admin")) as uow:
        let_in(uow, agent, door=Door.OIDC, username="N.Alami")
        with pytest.raises(Conflict, match="directory_name_taken"):
            let_in(uow, actor(house, "clerk").person_id, door=Door.OIDC, username="n.alami")
    provider.claims["preferred_username"] = "n.alami"
    assert come(browser).status_code == 302
    with house.transactions.reading() as session:
        account = session.get(DirectoryAccount, agent)
    assert (account.subject, account.issuer) == ("4711", provider.issuer)

    # Another subject that is given the name later is nobody here.
    provider.claims["sub"] = "4712"
    assert come(create_staff_app(house).test_client()).status_code == 409
    with house.transactions.writing(actor(house, "admin")) as uow:
        shut_out(uow, agent)
    assert held(house, "agent2") == {("agent", False)}
    assert browser.get("/account").status_code == 303


def test_whoever_has_no_role_or_a_closed_account_stays_outside(house, browser, provider):
    assert come(browser).status_code == 403
    give(house, "agents-etat-civil")
    assert come(browser).status_code == 302
    with house.transactions.writing(OPERATOR) as uow:
        uow.session.scalar(select(Person).where(Person.username == "n.alami")).is_active = False
    assert come(browser).status_code == 403
    provider.claims |= {"sub": "5", "preferred_username": "somebody", "groups": []}
    assert come(browser).status_code == 403
    with house.transactions.reading() as session:
        assert session.scalar(select(Person.id).where(Person.username == "somebody")) is None


@pytest.fixture
def agent_house(house):
    """The house in which civil status is open to its group."""
    give(house, "agents-etat-civil")
    return house


def wrong_key(provider):
    provider.signs_with = jwk.RSAKey.generate_key(2048, {"kid": "one"})


FORGERIES = {
    "nonce": lambda provider: setattr(provider, "forge", lambda claims: claims.update(nonce="another")),
    "expired": lambda provider: setattr(provider, "forge", lambda claims: claims.update(exp=claims["iat"] - 61)),
    "future": lambda provider: setattr(provider, "forge", lambda claims: claims.update(iat=claims["iat"] + 3600)),
    "audience": lambda provider: setattr(provider, "forge", lambda claims: claims.update(aud="another")),
    "audiences": lambda provider: setattr(provider, "forge", lambda claims: claims.update(aud=[CLIENT_ID, "another"])),
    "party": lambda provider: setattr(provider, "forge", lambda claims: claims.update(azp="another")),
    "issuer": lambda provider: setattr(provider, "forge", lambda claims: claims.update(iss="https://evil.example")),
    "subject": lambda provider: setattr(provider, "forge", lambda claims: claims.pop("sub")),
    "signature": wrong_key,
    "none": lambda provider: setattr(provider, "algorithm", "none"),
    "symmetric": lambda provider: setattr(provider, "algorithm", "HS256"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_is_not_for_us_from_them_now_lets_nobody_in(sqlite_template, tmp_path, clock, provider, forgery):
    (tmp_path / "docflow.sqlite").write_bytes(sqlite_template.read_bytes())
    made = bootstrap(
        Settings(
            home=tmp_path, staff_url=STAFF, oidc_issuer=provider.issuer, oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET, directory_makes_accounts=True,
        ),
        clock=clock,
    )  # fmt: skip
    give(made, "agents-etat-civil")
    client = create_staff_app(made).test_client()
    FORGERIES[forgery](provider)
    assert come(client).status_code == 403
    provider.forge, provider.algorithm, provider.signs_with = (lambda claims: None), "RS256", None
    assert come(client).status_code == 302, "the same without the forgery"
    made.transactions.engine.dispose()


def test_an_answer_is_taken_once_from_the_browser_that_asked_with_its_own_state(agent_house, browser, provider):
    first = go_out(browser)
    assert create_staff_app(agent_house).test_client().get(first).status_code == 403, "another browser"
    assert browser.get(first.replace("state=", "state=x")).status_code == 403
    assert browser.get(first).status_code == 403, "the question is over"

    second = go_out(browser)
    assert browser.get(second).status_code == 302
    assert browser.get(second).status_code == 403, "taken once"
    # The same code under a question of its own: the provider gave it for another verifier, and once.
    third = go_out(browser)
    code, used = (parse_qs(urlsplit(address).query)["code"][0] for address in (third, second))
    assert browser.get(third.replace(code, used)).status_code == 403
    # Too late.
    late = go_out(browser)
    agent_house.clock.move(minutes=11)
    assert browser.get(late).status_code == 403
    assert browser.get(f"{late}&error=access_denied").status_code == 403
    with agent_house.transactions.reading() as session:
        assert len(session.scalars(select(SignedInSession.id)).all()) == 1


def test_pkce_is_asked_for_and_the_address_to_come_back_to_is_that_of_the_settings(agent_house, browser):
    away = browser.get("/sign-in/provider", headers={"Host": "evil.example"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.location).query).items()}
    assert asked["redirect_uri"] == BACK
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_while_the_provider_is_away_the_page_says_so_and_the_local_door_opens(agent_house, browser, provider, locale):
    browser.set_cookie("lang", locale)
    assert browser.get("/sign-in").status_code == 200, "the door asks nothing of the provider"
    assert provider.asked == []
    provider.is_broken = True
    away = browser.get("/sign-in/provider")
    text = away.get_data(as_text=True)
    assert away.status_code == 503
    assert 'name="password"' in text
    assert ("لا تجيب" if locale == "ar" else "ne répond pas") in text
    summary = re.search(r"data-error-summary>.*?</div></div>", text, re.DOTALL)[0]
    assert "<ul>" not in summary, "no field can be corrected while a service is away"
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
    door = re.search(r'<form class="card stack" method="post" action="([^"]+)"', text)[1]
    entered = browser.post(door, data={"username": "clerk", "password": DEMO_PASSWORD, "csrf_token": token})
    assert entered.status_code == 302


def test_a_provider_that_is_not_the_one_of_the_settings_is_asked_nothing(agent_house, browser, provider):
    provider.metadata = {"issuer": "https://evil.example"}
    assert browser.get("/sign-in/provider").status_code == 503
    for name, address in (
        ("token_endpoint", "ftp://127.0.0.1/"),
        ("jwks_uri", "file:///etc/passwd"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("jwks_uri", f"{provider.issuer}/elsewhere"),
    ):
        provider.metadata = {name: address}
        assert browser.get("/sign-in/provider").status_code == 503, address
    assert "/keys" not in provider.asked, "a redirect is not followed"
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    assert come(browser).status_code == 403, "RFC 9207: it said that it would say who it is"


def test_keys_that_were_changed_are_asked_for_anew_but_not_by_every_token(agent_house, browser, provider, clock):
    assert come(browser).status_code == 302
    provider.key = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert come(browser).status_code == 403, "asked a moment ago"
    clock.move(minutes=2)
    assert come(browser).status_code == 302
    assert provider.asked.count("/keys") == 2


def test_groups_may_stand_elsewhere_if_they_are_of_the_same_subject(agent_house, browser, provider):
    groups = provider.claims.pop("groups")
    provider.userinfo = {"sub": "another", "groups": groups}
    assert come(browser).status_code == 403
    provider.userinfo = {"sub": "4711", "groups": groups}
    assert come(browser).status_code == 302


def test_the_second_factor_is_asked_here_unless_the_provider_says_that_it_asked_one(agent_house, browser, provider):
    assert come(browser).location == "/account"
    with_factor(agent_house, "n.alami")
    assert "/sign-in/code" in come(browser).location
    assert browser.get("/account").status_code == 303, "it opens nothing yet"
    for said in ({"amr": ["pwd"]}, {"amr": "mfa"}, {"acr": "0"}):
        provider.claims = {**provider.claims, **said}
        assert "/sign-in/code" in come(browser).location, said
    provider.claims = {**provider.claims, "amr": ["pwd", "mfa"]}
    assert come(browser).location == "/account"


def test_whoever_needs_a_factor_sets_it_up_within_five_minutes_of_coming_or_did_it_at_the_provider(
    agent_house, browser, provider, clock
):
    with agent_house.transactions.writing(OPERATOR) as uow:
        need_factor(uow, {Role.AGENT: True})
    come(browser)
    assert browser.get("/account").location == "/account/factor"
    page = browser.get("/account/factor").get_data(as_text=True)
    assert 'name="current"' not in page
    form = {"action": "begin", "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}
    clock.move(minutes=6)
    assert browser.post("/account/factor", data=form).status_code == 403
    clock.move(minutes=-6)
    assert browser.post("/account/factor", data=form).status_code == 303

    provider.claims = {**provider.claims, "acr": "mfa"}
    come(browser)
    assert browser.get("/account").status_code == 200


def test_whoever_leaves_is_led_out_of_the_provider_too(agent_house, browser, provider):
    come(browser)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/account").get_data(as_text=True))[1]
    left = browser.post("/sign-out", data={"csrf_token": token})
    page = browser.get(left.location).get_data(as_text=True)
    assert f"{provider.issuer}/leave?client_id={CLIENT_ID}" in page
    assert browser.get("/account").status_code == 303
    assert "/leave" not in browser.get("/sign-in").get_data(as_text=True)


def test_passwords_here_may_be_closed_to_people_of_the_directory_alone(agent_house, browser, provider, clock):
    with agent_house.transactions.writing(actor(agent_house, "admin")) as uow:
        let_in(uow, actor(agent_house, "agent2").person_id, door=Door.OIDC, username="n.alami")

    def enter(username, **how):
        return sign_in(agent_house.transactions, Credentials(username, DEMO_PASSWORD, "10.0.0.1"), **how)

    assert enter("agent2", directory_only=True), "not before the first sign-in there"
    come(browser)
    with pytest.raises(PermissionDenied, match="sign_in_refused"):
        enter("agent2", directory_only=True)
    assert enter("agent2")
    assert enter("clerk", directory_only=True)
    with pytest.raises(PermissionDenied, match="sign_in_refused"):
        sign_in(agent_house.transactions, Credentials("n.alami", "", "10.0.0.1"))


def test_a_wrong_issuer_is_told_at_the_start():
    for issuer in ("http://sso.example", "https://user@sso.example", "https://sso.example/?a=1"):
        with pytest.raises(ValidationError, match="OIDC_ISSUER"):
            Settings(oidc_issuer=issuer, oidc_client_id="x")
    with pytest.raises(ValidationError, match="CLIENT_ID"):
        Settings(oidc_issuer="https://sso.example")
    kept = Settings(oidc_issuer="http://127.0.0.1:1", oidc_client_id="x")
    assert OidcProvider(kept, None).is_set_up
