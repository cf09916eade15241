"""Letters in the making and delegations in the browser: accessible, within the screen, kept while one types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from docflow.accounts.giving import NewPower, give_power
from docflow.accounts.power_rules import PowerKind
from docflow.bootstrap import Runtime
from docflow.core.clock import CASABLANCA
from docflow.drafting.models import Draft
from docflow.drafting.operations import comment, keep_draft, keep_version
from docflow.drafting.rules import Content
from docflow.drafting.templating import create_template
from docflow.drafting.usual import usual_templates
from tests.conftest import actor
from tests.e2e.district import District, OpenDistrict
from tests.factories.drafts import WHOLE, written

from .views import seen_twice

pytestmark = pytest.mark.xdist_group("drafting")

SCREENS = {
    "drafts": ("agent", "/drafts"),
    "a new letter": ("agent", "/drafts/new"),
    "writing": ("agent", "/drafts/{draft}"),
    "comparing": ("agent", "/drafts/{draft}/versions"),
    "sending on its circuit": ("agent", "/drafts/{draft}/send"),
    "letter templates": ("admin", "/admin/letter-templates"),
    "a letter template": ("admin", "/admin/letter-templates/{template}"),
    "powers of one": ("president", "/delegations"),
    "powers of all": ("admin", "/delegations"),
}


def written_and_delegated(runtime: Runtime) -> dict[str, str]:
    """Write a letter with a version and a comment, make a template, and let two people stand in for others."""
    draft = written(runtime)
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        keep_version(uow, draft.id)
        comment(uow, draft.id, text="À relire avant l'envoi.")
        uow.session.flush()
        changed = Content.from_row(WHOLE.as_row() | {"body_ar": "نص **جديد** هنا", "body_fr": "Un autre texte"})
        now = uow.session.get_one(Draft, draft.id)
        keep_draft(uow, draft.id, changed, expected_version=now.version)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        template = create_template(uow, usual_templates()[0])
    today = runtime.clock.now().astimezone(CASABLANCA).date()
    for kind, principal, holder in (("delegation", "president", "director"), ("interim", "director", "head2")):
        people = [actor(runtime, name).person_id for name in (principal, holder)]
        with runtime.transactions.writing(actor(runtime, principal)) as uow:
            give_power(uow, NewPower(PowerKind(kind), people[0], people[1], today, today, frozenset({"note"})))
    return {"draft": str(draft.id), "template": str(template.id)}


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    with open_district() as made:
        made.names.update(written_and_delegated(made.runtime))
        yield made


@pytest.mark.parametrize(
    ("screen", "locale", "width", "scheme"),
    seen_twice(SCREENS),
)
def test_every_screen_is_accessible_fits_and_asks_nothing_outside(
    visit: Callable[..., Any], screen: str, locale: str, width: int, scheme: str
) -> None:
    username, path = SCREENS[screen]

    opened = visit(username, path, locale=locale, width=width, scheme=scheme)

    assert opened.response.status == 200
    opened.assert_sound()


def test_what_is_typed_is_kept_by_itself_and_shown_on_the_sheet(visit: Callable[..., Any], district: District) -> None:
    page = visit("agent", "/drafts/{draft}", locale="fr", width=1366).page
    page.fill("#body_fr", "Bonjour **Monsieur**")

    page.wait_for_selector(".letter-sheet b:text('Monsieur')")

    with district.runtime.transactions.reading() as session:
        kept = session.query(Draft).one()
    assert kept.content["body_fr"] == "Bonjour **Monsieur**"


def test_somebody_who_wrote_meanwhile_is_named_and_both_texts_stay(
    visit: Callable[..., Any], district: District
) -> None:
    first = visit("agent", "/drafts/{draft}", locale="fr", width=1366).page
    second = visit("agent", "/drafts/{draft}", locale="fr", width=1366).page
    first.fill("#body_fr", "Du premier")
    first.wait_for_selector(".letter-sheet__line:has-text('Du premier')")
    second.fill("#body_fr", "Du second")
    second.wait_for_selector("button[name=overwrite]")
    assert second.input_value("#body_fr") == "Du second"

    second.click("button[name=overwrite]")

    second.wait_for_selector("#draft-kept:not(.kept--bad)")
    with district.runtime.transactions.reading() as session:
        kept = session.query(Draft).one()
    assert kept.content["body_fr"] == "Du second"
