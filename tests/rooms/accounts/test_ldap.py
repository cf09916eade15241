"""Signing in by LDAP, at a real OpenLDAP."""

from __future__ import annotations

import re

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from docflow.accounts.adapters.ldap import LdapDirectory
from docflow.accounts.directory import add_rule, let_in
from docflow.accounts.directory_rules import Door
from docflow.accounts.models import DirectoryAccount, Person
from docflow.accounts.rules import Role
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.app import create_staff_app
from docflow.bootstrap import bootstrap
from docflow.core.errors import PermissionDenied, Unavailable
from docflow.settings import Settings
from tests.conftest import DEMO_PASSWORD, actor
from tests.ldap_server import BASE, PASSWORD, READER, READER_PASSWORD, running_ldap
from tests.mail_server import write_certificate
from tests.rooms.accounts.test_provider import held, unit_id
from tests.rooms.accounts.test_second_factor import with_factor
from tests.servers import free_port

pytestmark = pytest.mark.xdist_group("ldap")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_ldap(tmp_path_factory.mktemp("ldap")) as running:
        yield running


def said(server, **more):
    return {
        "ldap_url": server.ldaps, "ldap_authorities": server.authority, "ldap_base": BASE, "ldap_bind_dn": READER,
        "ldap_bind_password": SecretStr(READER_PASSWORD), "ldap_groups_base": f"ou=groups,{BASE}",
        "ldap_groups_attribute": "", "directory_makes_accounts": True, **more,
    }  # fmt: skip


@pytest.fixture
def house(settings, clock, server):
    composed = bootstrap(settings.model_copy(update=said(server)), clock=clock)
    with composed.transactions.writing(actor(composed, "admin")) as uow:
        add_rule(uow, group="agents d'état civil", role=Role.AGENT, unit_id=unit_id(composed, "EC"))
        add_rule(uow, group=f"cn=Bureau d'ordre,ou=groups,{BASE}", role=Role.CLERK, unit_id=unit_id(composed, "BO"))
    yield composed
    composed.transactions.engine.dispose()


def enter(house, username, password=PASSWORD, **how):
    credentials = Credentials(username, password, "10.0.0.1")
    return sign_in(house.transactions, credentials, directory=house.directory_server, makes_accounts=True, **how)


@pytest.mark.parametrize("scheme", ["ldaps", "starttls"])
def test_somebody_is_found_by_name_and_password_over_tls_with_their_groups(server, scheme):
    found = LdapDirectory(Settings(**said(server, ldap_url=getattr(server, scheme)))).person_with("N.Alami", PASSWORD)
    assert (found.username, found.name_fr, found.email) == ("n.alami", "Nadia Alami", "n.alami@hay-hassani.example")
    assert set(found.groups) == {"Agents d'état civil", f"cn=Agents d'état civil,ou=groups,{BASE}"}
    assert re.fullmatch(r"[0-9a-f-]{36}", found.subject), "the entry's own identifier, not its name"

    by_attribute = said(server, ldap_groups_base="", ldap_groups_attribute="departmentNumber")
    assert LdapDirectory(Settings(**by_attribute)).person_with("o.tazi", PASSWORD).groups == ("bureau", "bureau")


def test_nothing_but_a_name_and_its_password_opens(server):
    directory = LdapDirectory(Settings(**said(server)))
    for username, password in (
        ("n.alami", ""),
        ("n.alami", "wrong"),
        ("nobody", PASSWORD),
        ("*", PASSWORD),
        ("n.*", PASSWORD),
        ("n.alami)(uid=*", PASSWORD),
        ("*)(objectClass=*))(|(uid=*", PASSWORD),
        ("n.alami\x00", PASSWORD),
        ("", PASSWORD),
        ("\\6e.alami", PASSWORD),
    ):
        assert directory.person_with(username, password) is None, username
    # Without the mask of the name's signs the star would have found exactly this one.
    alone = LdapDirectory(Settings(**said(server, ldap_filter="(departmentNumber=bureau)")))
    assert alone.person_with("*", PASSWORD) is None
    assert alone.person_with("o.tazi", PASSWORD) is not None


def test_no_password_goes_to_a_server_that_is_not_the_one_of_the_certificate(server, tmp_path):
    write_certificate(tmp_path / "another.pem")
    named = server.ldaps.replace("127.0.0.1", "localhost")
    for wrong in (
        {"ldap_authorities": tmp_path / "another.pem"},
        {"ldap_authorities": None},
        {"ldap_url": named},
        {"ldap_url": server.starttls, "ldap_authorities": None},
        {"ldap_bind_password": SecretStr("wrong")},
        {"ldap_url": f"ldaps://127.0.0.1:{free_port()}"},
    ):
        with pytest.raises(Unavailable, match="directory_unavailable"):
            LdapDirectory(Settings(**said(server, **wrong))).person_with("n.alami", PASSWORD)


def test_groups_give_roles_and_a_local_account_of_the_same_name_is_not_taken_over(house):
    assert enter(house, "N.Alami")
    assert held(house, "n.alami") == {("agent", True)}
    assert enter(house, "o.tazi")
    assert held(house, "o.tazi") == {("clerk", True)}
    with pytest.raises(PermissionDenied, match="sign_in_refused"):
        enter(house, "clerk")
    assert enter(house, "clerk", DEMO_PASSWORD), "the local password"

    with house.transactions.writing(actor(house, "admin")) as uow:
        let_in(uow, actor(house, "clerk").person_id, door=Door.LDAP, username="clerk")
    assert enter(house, "clerk")
    assert enter(house, "clerk", DEMO_PASSWORD)
    with pytest.raises(PermissionDenied, match="sign_in_refused"):
        enter(house, "clerk", DEMO_PASSWORD, directory_only=True)
    with house.transactions.reading() as session:
        person = session.scalar(select(Person).where(Person.username == "clerk"))
        assert session.get(DirectoryAccount, person.id).subject


def test_wrong_passwords_of_the_directory_lock_the_account_here_and_it_is_asked_no_more(house):
    enter(house, "n.alami")
    for _ in range(4):
        with pytest.raises(PermissionDenied, match="sign_in_refused"):
            enter(house, "n.alami", "wrong")
    with pytest.raises(PermissionDenied, match="account_locked"):
        enter(house, "n.alami", "wrong")
    with pytest.raises(PermissionDenied, match="account_locked"):
        enter(house, "n.alami")
    for empty in ("", " "):
        with pytest.raises(PermissionDenied, match="sign_in_refused"):
            enter(house, "o.tazi", empty)


def test_on_the_page_the_code_follows_and_while_the_directory_is_away_local_accounts_go_in(house, server):
    browser = create_staff_app(house).test_client()

    def posted(username, password, client=browser):
        page = client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        return client.post("/sign-in", data={"username": username, "password": password, "csrf_token": token})

    assert posted("n.alami", PASSWORD).status_code == 302
    browser = create_staff_app(house).test_client()
    with_factor(house, "n.alami")
    assert "/sign-in/code" in posted("n.alami", PASSWORD, browser).location

    settings = house.settings.model_copy(update={"ldap_url": f"ldaps://127.0.0.1:{free_port()}"})
    lonely = bootstrap(settings, clock=house.clock)
    away = create_staff_app(lonely).test_client()
    refused = posted("n.alami", PASSWORD, away)
    assert refused.status_code == 503
    assert "data-error-summary" in refused.get_data(as_text=True)
    assert posted("clerk", DEMO_PASSWORD, away).status_code == 302
    lonely.transactions.engine.dispose()


def test_settings_that_would_send_passwords_in_the_clear_or_search_elsewhere_are_refused():
    for wrong in (
        {"ldap_url": "ldap://dc.example"},
        {"ldap_url": "ldaps://dc.example", "ldap_base": ""},
        {"ldap_url": "ldaps://dc.example", "ldap_username_attribute": "uid)(x"},
        {"ldap_url": "ldaps://dc.example", "ldap_filter": "objectClass=person"},
        {"ldap_url": "ldaps://dc.example", "ldap_bind_dn": ""},
    ):
        with pytest.raises(ValidationError, match=r"(?i)ldap"):
            Settings(**{"ldap_base": BASE, "ldap_bind_dn": READER, **wrong})
