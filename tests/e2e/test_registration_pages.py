"""Registration in the browser: the screens, a batch registered from the keyboard, and the same as plain forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from docflow.bootstrap import Runtime
from docflow.documents.models import Document
from docflow.ingest.operations import open_batch
from docflow.registry.models import Entry
from docflow.registry.operations import reserve_numbers
from docflow.registry.receipts import tracking_address
from docflow.registry.sealing import verification_address
from docflow.stamping.queries import sealed_revision_of
from tests.conftest import GOLDEN, actor, deposit, run_jobs
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.rooms.routing.test_routing import sent, to_person

from .copies import copy_of
from .district import ARABIC, FRENCH, District, OpenDistrict
from .views import PAIRS, seen_twice

pytestmark = pytest.mark.xdist_group("registration")
"""On one worker: the letters are read once."""

SCREENS = {
    "waiting": ("clerk", "/register"),
    "registration": ("clerk", "/register/{left}"),
    "end": ("clerk", "/register/end"),
    "registers": ("auditor", "/registers"),
    "a register": ("clerk", "/registers/incoming"),
    "numbers set aside": ("clerk", "/registers/incoming?state=reserved"),
    "cancelling": ("clerk", "/entries/{entry}/cancel"),
    "paper": ("clerk", "/entries/{entry}/paper"),
    "document with its number": ("clerk", "/d/{done}"),
    "administration": ("admin", "/admin/registers"),
    "calendar": ("admin", "/admin/calendars?year=2026"),
    "tasks": ("agent", "/tasks?view=basket"),
    "nothing to do": ("president", "/tasks"),
    "a handover": ("clerk", "/handovers/{agent}"),
    "document on its way": ("agent", "/d/{done}"),
    "sending": ("agent", "/d/{done}/route"),
    "printing": ("clerk", "/registers/incoming/print"),
    "transmittal slips": ("clerk", "/bordereaux"),
    "a new slip": ("clerk", "/bordereaux/new?entry={entry}"),
}  # fmt: skip


def read_letter(runtime: Runtime, name: str, batch_id: UUID | None = None) -> str:
    document = deposit(runtime, (GOLDEN / "scans" / name).read_bytes(), name=name, batch_id=batch_id)
    run_jobs(runtime)
    return str(document.id)


@pytest.fixture(scope="module")
def district(open_district: OpenDistrict) -> Iterator[District]:
    with open_district() as made:
        runtime, names = made.runtime, made.names
        with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
            batch_id = open_batch(uow).id
        names.update(batch=str(batch_id), done=read_letter(runtime, ARABIC), left=read_letter(runtime, ARABIC))
        names.update(first=read_letter(runtime, FRENCH, batch_id), second=read_letter(runtime, ARABIC, batch_id))
        names["entry"] = str(registered(runtime, UUID(names["done"])).id)
        names["agent"] = str(actor(runtime, "agent").person_id)
        sent(runtime, registered(runtime).document_id, to_person(runtime, "agent"))
        run_jobs(runtime)
        with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
            reserve_numbers(uow, "incoming", count=2, reason="Panne de réseau")
        yield made


def number_of(district: District, name: str) -> str:
    with district.runtime.transactions.reading() as session:
        return session.get_one(Document, UUID(district.names[name])).register_number


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


@pytest.mark.parametrize(("locale", "width", "scheme"), PAIRS[1])
def test_the_public_pages_of_a_stamped_paper_are_accessible_and_fit(
    open_page: Any, district: District, locale: str, width: int, scheme: str
) -> None:
    with district.runtime.transactions.reading() as session:
        entry = session.get_one(Entry, UUID(district.names["entry"]))
    for path in ("/", "/track", "/verify", verification_address("", entry)):
        opened = open_page(
            district.public_address + path, locale=locale, width=width, scheme=scheme, cookies={"lang": locale}
        )
        assert opened.response.status == 200
        opened.assert_sound()


def test_a_citizen_follows_a_letter_in_the_browser(open_page: Any, district: District) -> None:
    with district.runtime.transactions.reading() as session:
        entry = session.get_one(Entry, UUID(district.names["entry"]))
    address = district.public_address + tracking_address("", entry)
    opened = open_page(address, locale="ar", width=390, cookies={"lang": "ar"})
    opened.page.locator("#secret").fill(entry.tracking_secret)
    with opened.page.expect_navigation():
        opened.page.locator("main button[type=submit]").click()
    assert opened.page.locator(".steps li").count() == 4
    opened.assert_sound()


def test_a_sealed_file_is_verified_in_the_browser(open_page: Any, district: District, tmp_path: Any) -> None:
    runtime = district.runtime
    with runtime.transactions.reading() as session:
        sealed = sealed_revision_of(session, UUID(district.names["done"]))
    assert sealed is not None
    with runtime.blob_store.open(sealed.blob.kind, sealed.blob.sha256) as stream:
        (tmp_path / "sealed.pdf").write_bytes(stream.read())
    opened = open_page(district.public_address + "/verify", locale="fr", cookies={"lang": "fr"})
    opened.page.set_input_files("#file", str(tmp_path / "sealed.pdf"))
    with opened.page.expect_navigation():
        opened.page.locator("main button[type=submit]").click()
    assert opened.page.locator("#answer .chip--ok").count() == 1
    opened.assert_sound()


def test_a_task_is_ended_on_the_page_of_its_document(visit: Callable[..., Any], district: District) -> None:
    opened = visit("agent", "/tasks?view=basket", locale="fr")
    page = opened.page
    page.locator(f"a[href='/d/{district.names['done']}']").last.click()
    page.locator("section textarea[name=answer]").fill("La lampe est changée.")
    with page.expect_navigation():
        page.locator("section form .btn--primary").click()
    assert "La lampe est changée." in page.locator(".steps").inner_text()
    opened.assert_sound()


def test_a_batch_is_registered_from_the_keyboard_alone(visit: Callable[..., Any], district: District) -> None:
    unit = str(unit_id(district.runtime, "ECL"))
    opened = visit("clerk", "/register/{first}?batch={batch}", locale="fr")
    page = opened.page

    assert page.evaluate("document.activeElement.id") == "subject"
    page.keyboard.press("Tab")
    assert page.eval_on_selector_all(".b--on", "zones => zones.map(zone => zone.dataset.field)") == ["sender"]
    page.locator("#unit").select_option(unit)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.url.endswith(f"/register/{district.names['second']}?batch={district.names['batch']}")
    assert number_of(district, "first") in page.locator(".notices").inner_text()
    # The buttons stay in sight under a notice.
    assert page.locator(".foot .btn--primary").evaluate("b => b.getBoundingClientRect().bottom <= innerHeight")
    with page.expect_navigation():
        page.keyboard.press("Alt+Enter")
    assert "/register/end" in page.url
    assert number_of(district, "second") == ""
    opened.assert_sound()


def test_earlier_letters_of_a_sender_appear_as_the_name_is_typed(visit: Callable[..., Any]) -> None:
    page = visit("clerk", "/register/{left}", locale="fr").page
    page.locator("#sender").fill("محمد الإدريسي")
    page.locator("#earlier").wait_for()
    assert page.locator("#earlier input").count() >= 1


def test_a_letter_is_registered_without_scripts(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk", "/register/{left}", locale="fr", javascript=False).page
    page.locator("#unit").select_option(str(unit_id(district.runtime, "EC")))
    page.locator("button[value=register]").click()
    assert number_of(district, "left")
    with district.runtime.transactions.reading() as session:
        entry = session.scalar(select(Entry).where(Entry.document_id == UUID(district.names["left"])))
    assert entry is not None
    assert entry.label == number_of(district, "left")


def test_the_receipt_is_one_press_away_from_the_document(visit: Callable[..., Any], district: District) -> None:
    page = visit("clerk", "/d/{done}", locale="fr").page
    receipt = page.locator(".entry a", has_text="Récépissé").get_attribute("href")
    answer = page.request.get(district.address + receipt)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_slip_is_made_from_a_line_that_was_ticked(
    visit: Callable[..., Any], district: District, javascript: bool
) -> None:
    entry = registered(district.runtime)
    opened = visit("clerk", "/registers/incoming", locale="fr", width=390, javascript=javascript)
    page = opened.page
    bar = page.locator(".bulk")
    assert not bar.is_visible()
    page.locator(f'input[name=entry][value="{entry.id}"]').check()
    assert bar.is_visible()
    # The bar stands above the tabs at the foot of a phone, and can be pressed.
    bar.locator("button").click()
    page.locator("#unit").select_option(str(unit_id(district.runtime, "URB")))
    page.locator("form .btn--primary").click()
    page.wait_for_url("**/bordereaux/**")
    assert entry.label in page.locator("table").inner_text()
    if javascript:
        # What looks at a page is a script itself.
        opened.assert_sound()


MOST_STOPS = 60


class Keyboard:
    """Presses keys as a clerk does, and counts them; a chord is one press."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.presses = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1

    def go_to(self, field: str) -> None:
        for _ in range(MOST_STOPS):
            if self.page.evaluate("document.activeElement.id") == field:
                return
            self.press("Tab")
        raise AssertionError(self.page.locator("main").inner_text()[:400])


def test_thirty_letters_are_registered_from_the_keyboard(visit: Callable[..., Any], district: District) -> None:
    """Thirty in ten minutes leaves twenty seconds a letter: the keys of one must take a few of them."""
    runtime = district.runtime
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    letters = [copy_of(runtime, district.names["done"], batch_id=batch_id) for _ in range(30)]
    page = visit("clerk", f"/register/{letters[0]}?batch={batch_id}", locale="fr").page
    keyboard = Keyboard(page)
    for letter in letters:
        assert f"/register/{letter}" in page.url
        keyboard.go_to("unit")
        keyboard.press("End")
        with page.expect_navigation():
            keyboard.press("Control+Enter")

    assert keyboard.presses <= 30 * 9
    with runtime.transactions.reading() as session:
        numbers = [session.get_one(Document, UUID(letter)).register_number for letter in letters]
    assert all(numbers)
    counted = [int(number.rsplit("-", 1)[1]) for number in numbers]
    assert counted == list(range(counted[0], counted[0] + 30))
