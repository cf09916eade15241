"""The first start: an empty installation names itself and makes its administrator, once, by a code."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from docflow.accounts.models import OrgUnit, Person
from docflow.accounts.queries import OPERATOR
from docflow.admin.first_start import CODE_FILE, FirstAdministrator, set_up, setup_code
from docflow.app import create_staff_app
from docflow.bootstrap import bootstrap
from docflow.core.errors import Conflict
from docflow.core.words import Words
from docflow.district.queries import identity_of
from docflow.district.rules import DistrictKind, Identity
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings

PASSWORD = "quatre-mots-pour-la-nuit"
FORM = {
    "kind": "commune", "name_fr": "Commune d'Aïn Harrouda", "name_ar": "جماعة عين حرودة", "person_fr": "Nadia Idrissi",
    "person_ar": "نادية الإدريسي", "username": "nadia", "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.fixture
def empty(tmp_path):
    """An installation as ``docflow serve`` finds it at its first start, without a demonstration."""
    runtime = bootstrap(Settings(home=tmp_path))
    migrate(runtime.transactions.engine)
    make_first_index(runtime)
    yield runtime
    runtime.access_log.flush()
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


def token(client, address):
    return re.search(r'name="csrf-token" content="([^"]+)"', client.get(address).get_data(as_text=True))[1]


def browser(runtime):
    return create_staff_app(runtime).test_client()


def send(client, runtime, **changes):
    fields = {
        **FORM,
        "code": setup_code(runtime.settings),
        "csrf_token": token(client, "/admin/first-start"),
        **changes,
    }
    return client.post("/admin/first-start", data=fields)


def test_an_empty_installation_leads_to_its_first_start_and_then_to_signing_in(empty):
    client = browser(empty)
    assert client.get("/sign-in").location == "/admin/first-start"

    answer = send(client, empty)

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    with empty.transactions.reading() as session:
        identity, person = identity_of(session), session.scalars(select(Person)).one()
        assert identity.name == Words(FORM["name_ar"], FORM["name_fr"])
        assert "وزارة الداخلية" in identity.above.ar
        assert (person.username, person.must_change_password) == ("nadia", False)
        assert session.scalars(select(OrgUnit.name_fr)).all() == [FORM["name_fr"]]
    assert not (empty.settings.keys_home / CODE_FILE).exists()
    signed = {"username": "nadia", "password": PASSWORD, "csrf_token": token(client, "/sign-in")}
    client.post("/sign-in", data=signed)
    first_page = client.get("/").get_data(as_text=True)
    assert 'href="/admin/units"' in first_page.split('id="home-missing"')[1]
    assert 'href="/admin/identity"' not in first_page.split('id="home-missing"')[1].split("</section>")[0]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "AAAA-AAAA-AAAA-AAAA"}, "code"),
        ({"code": ""}, "code"),
        ({"again": "autre"}, "again"),
        ({"password": "court", "again": "court"}, "password"),
        ({"name_ar": " "}, "name_ar"),
        ({"kind": "empire"}, "kind"),
        ({"person_fr": ""}, "username"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(empty, wrong, field):
    answer = send(browser(empty), empty, **wrong)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert PASSWORD not in page
    with empty.transactions.reading() as session:
        assert session.scalars(select(Person)).all() == []
        assert not identity_of(session).is_named


def test_a_code_is_not_guessed(empty):
    client = browser(empty)
    codes = [send(client, empty, code=f"AAAA-AAAA-AAAA-{number:04}").status_code for number in range(11)]

    assert codes == [422] * 10 + [429]


def test_the_second_of_two_is_told_and_a_set_up_installation_has_no_such_page(empty):
    identity = Identity(DistrictKind.OTHER, Words("إدارة", "Une"))
    first = FirstAdministrator("nadia", "نادية", "Nadia", PASSWORD, "fr")
    code = setup_code(empty.settings)
    set_up(empty.transactions, empty.settings, identity, first)
    with pytest.raises(Conflict, match="set_up_already"):
        set_up(empty.transactions, empty.settings, identity, first)

    client = browser(empty)
    assert client.get(f"/admin/first-start?code={code}").location == "/sign-in"
    assert client.get("/sign-in").status_code == 200
    with empty.transactions.writing(OPERATOR) as uow:
        assert uow.session.scalar(select(Person.username)) == "nadia"


def test_the_code_is_the_same_until_it_was_used_and_its_owner_alone_reads_it(empty):
    code = setup_code(empty.settings)

    assert setup_code(empty.settings) == code
    assert len(code.replace("-", "")) == 16
    assert (empty.settings.keys_home / CODE_FILE).stat().st_mode & 0o077 == 0
