"""Circuits and the approval queue in the browser: the screens, forty items from the keyboard, plain forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from docflow.approvals.demo import fill_demo_approvals
from docflow.approvals.models import ApprovalRun, Ask, CircuitRow, Decision
from docflow.approvals.queries import run_view
from docflow.approvals.rules import AskState
from docflow.bootstrap import Runtime
from docflow.stamping.verification import verify_bytes
from docflow.storage.rules import BlobKind
from tests.conftest import run_jobs
from tests.factories.acts import PIN, drafted, make_circuit, standard, started, with_key

from .district import District, OpenDistrict
from .views import seen_twice

pytestmark = pytest.mark.xdist_group("approvals")
"""On one worker: the acts are frozen once."""

SCREENS = {
    "queue": ("head", "/approvals"),
    "an item": ("head", "/approvals?item={ask}"),
    "end of the list": ("head", "/approvals?end=1"),
    "nothing waits": ("agent", "/approvals"),
    "looking over": ("head", "/approvals/review?ask={ask}"),
    "no key yet": ("director", "/approvals/signature"),
    "a key": ("head", "/approvals/signature"),
    "circuits": ("admin", "/admin/circuits"),
    "a circuit": ("admin", "/admin/circuits/{circuit}"),
    "a new circuit": ("admin", "/admin/circuits/new"),
    "document on its circuit": ("agent", "/d/{act}"),
}
MOST_PRESSES = 130
FORTY = 40


def later(runtime: Runtime) -> None:
    run_jobs(runtime)
    runtime.clock.move(minutes=5)
    run_jobs(runtime)


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    with open_district() as made:
        fill_demo_approvals(made.runtime)
        later(made.runtime)
        with_key(made.runtime, "head")
        with made.runtime.transactions.reading() as session:
            circuit_id = session.scalar(select(CircuitRow.id).where(CircuitRow.code == "reply"))
            run = session.scalar(
                select(ApprovalRun)
                .where(ApprovalRun.circuit_id == circuit_id)
                .order_by(ApprovalRun.started_at)
                .limit(1)
            )
            assert run is not None
            ask = run_view(session, run).asks[0].ask
        made.names.update(circuit=str(circuit_id), act=str(run.document_id), ask=str(ask.id))
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


def test_the_preview_follows_what_is_chosen(visit: Callable[..., Any]) -> None:
    page = visit("admin", "/admin/circuits/{circuit}", locale="fr").page

    assert "Karim Tazi" not in page.locator("#preview").inner_text()
    page.select_option("#sample_unit", label="Service des travaux et de l'entretien")
    page.locator("#preview", has_text="Karim Tazi").wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Ajouter une étape").click()
    assert page.locator("fieldset.circuit-form__step").count() == 5


def forty(runtime: Runtime) -> None:
    make_circuit(runtime, standard(runtime))
    for number in range(FORTY):
        started(runtime, drafted(runtime, subject=f"Acte {number + 1}"))
    with_key(runtime, "head")


@pytest.fixture
def busy(open_district: OpenDistrict) -> Iterator[District]:
    with open_district() as made:
        forty(made.runtime)
        yield made


def test_forty_items_are_cleared_from_the_keyboard(busy: District, open_page: Any) -> None:
    opened = open_page(f"{busy.address}/approvals", locale="fr", cookies=busy.cookies("head", locale="fr"))
    page, presses = opened.page, 0

    def press(keys: str) -> None:
        nonlocal presses
        presses += 1
        page.keyboard.press(keys)

    for number in range(FORTY):
        if number % 10 == 9:
            press("r")
            page.keyboard.type("A revoir")
        else:
            press("v")
            page.keyboard.type(PIN)
        with page.expect_navigation():
            press("Control+Enter")
        busy.runtime.clock.move(seconds=11)

    assert page.locator(".rest h2").is_visible()
    assert presses <= MOST_PRESSES
    page.goto(f"{busy.address}/approvals")
    with busy.runtime.transactions.reading() as session:
        counted = select(Decision.choice, func.count()).where(Decision.is_kept).group_by(Decision.choice)
        kept = {str(choice): number for choice, number in session.execute(counted)}
        waiting = session.scalar(
            select(func.count()).select_from(Ask).where(Ask.kind == "visa", Ask.state == AskState.OPEN)
        )
    assert kept == {"approve": 36, "return": 4}
    assert waiting == 36


def test_an_act_is_decided_without_scripts(visit: Callable[..., Any], district: District) -> None:
    page = visit("head", "/approvals?item={ask}", locale="fr", javascript=False).page

    page.check("#choice-approve")
    page.fill("#pin", PIN)
    page.locator(".side button[type=submit]").click()
    page.wait_for_url("**/approvals?*")
    assert page.locator(".toast").is_visible()
    district.runtime.clock.move(seconds=11)
    page.goto(f"{district.address}/approvals")
    assert not page.locator(".toast").is_visible()

    with district.runtime.transactions.reading() as session:
        signed = session.scalars(select(Decision.signed).where(Decision.is_kept)).first()
    assert signed is not None
    with district.runtime.blob_store.open(BlobKind.SEALED, signed["sha256"]) as stream:
        seals = verify_bytes(district.runtime, stream.read()).seals
    assert [seal.kind for seal in seals] == ["seal", "signature"]
