"""The citizen's story and the district's in the browser, once in each language, with and without scripts.

A complaint is deposited, sorted, completed, answered through a circuit, rated and opened again; a request is taken at
the counter and decided; somebody comes to an appointment. Axe is asked of the pages on the way, each once.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from docflow.approvals.rules import Circuit, Step, StepKind
from docflow.complaints.answering import note_answers
from docflow.complaints.demo import fill_demo_complaints
from docflow.drafting.templating import create_template
from docflow.drafting.usual import usual_templates
from docflow.publications.demo import fill_demo_publications
from tests.conftest import actor, run_jobs
from tests.factories.acts import PIN, make_circuit, short
from tests.factories.complaints import category_named
from tests.factories.documents import unit_id
from tests.factories.offices import office
from tests.factories.requests import QUESTIONS, fill_catalogue

from .conftest import HEIGHTS, OpenedPage
from .district import District, OpenDistrict

pytestmark = pytest.mark.xdist_group("citizen-story")


@dataclass(frozen=True, slots=True)
class Told:
    """What is typed in one language, and how it is looked at."""

    locale: str
    staff_width: int
    has_scripts: bool
    """Whether the browser of the citizen runs scripts while depositing."""
    place: str
    text: str
    missing: str
    given: str
    reason: str
    answer: str
    again: str
    solved: str


TOLD = (
    Told(
        locale="ar",
        staff_width=1366,
        has_scripts=True,
        place="زنقة 14، أمام المدرسة",
        text="حفرة عميقة في الطريق منذ نزول الأمطار.",
        missing="صورة أوضح للحفرة",
        given="هذه صورة أخرى من الجهة المقابلة.",
        reason="تم ردم الحفرة وتزفيت المقطع.",
        answer="نخبركم أن الحفرة قد ردمت.",
        again="الحفرة لا تزال هناك.",
        solved="تمت تسويتها",
    ),
    Told(
        locale="fr",
        staff_width=390,
        has_scripts=False,
        place="Rue 14, devant l'école",
        text="Un trou profond dans la chaussée depuis les pluies.",
        missing="Une photo plus nette du trou",
        given="Voici une autre photo, prise d'en face.",
        reason="Le trou est comblé et le tronçon goudronné.",
        answer="Nous vous informons que le trou est comblé.",
        again="Le trou est toujours là.",
        solved="Résolue",
    ),
)


@pytest.fixture(scope="module", params=TOLD, ids=lambda told: told.locale)
def told(request: pytest.FixtureRequest) -> Told:
    return request.param


@pytest.fixture(scope="module")
def district(told: Told, open_district: OpenDistrict) -> Iterator[District]:
    """A district that takes complaints and requests and receives at an office, and has news."""
    with open_district() as made:
        runtime = made.runtime
        fill_demo_complaints(runtime.transactions)
        fill_catalogue(runtime)
        made.names["office"] = str(office(runtime).id)
        steps = (*short(runtime).steps, Step(StepKind.DEPARTURE))
        make_circuit(runtime, Circuit(steps), "reply")
        with runtime.transactions.writing(actor(runtime, "admin")) as uow:
            for setup in usual_templates()[:1]:
                create_template(uow, setup)
        fill_demo_publications(runtime)
        yield made


class Story:
    """A citizen and people of the district, each in one browser, and the worker that does what they asked for."""

    def __init__(self, told: Told, district: District, open_page: Any) -> None:
        self.told, self.district = told, district
        public, lang = district.public_address, {"lang": told.locale}
        self.checks: dict[Page, OpenedPage] = {}
        self.phone = self._opened(
            open_page(public + "/complaints", locale=told.locale, width=390, javascript=told.has_scripts, cookies=lang)
        )
        self.desk = self._opened(
            open_page(district.address + "/sign-in", locale=told.locale, width=told.staff_width, cookies=lang)
        )

    def _opened(self, opened: OpenedPage) -> Page:
        self.checks[opened.page] = opened
        return opened.page

    def goes(self, username: str, path: str) -> Page:
        """Let somebody of the staff open a page."""
        cookies = self.district.cookies(username, locale=self.told.locale)
        added = [{"name": name, "value": value, "url": self.district.address} for name, value in cookies.items()]
        self.desk.context.add_cookies(added)
        answer = self.desk.goto(self.district.address + path)
        assert answer is not None
        assert (answer.status, self.desk.url.endswith(path)) == (200, True), path
        return self.desk

    def sound(self, page: Page) -> None:
        """Check that a page fits and the browser complains of nothing.

        Axe, which needs scripts, is asked of the citizen's pages in one story and of the district's in the other.
        """
        opened = self.checks[page]
        assert page.locator("html").get_attribute("lang") == self.told.locale
        assert (opened.complaints, opened.outside_requests()) == ([], [])
        assert opened.overflow() <= 0, page.url
        if (page is self.phone) is self.told.has_scripts:
            assert opened.axe_violations() == [], page.url

    def presses(self, page: Page, selector: str) -> None:
        with page.expect_navigation():
            page.locator(selector).first.click()

    def later(self) -> None:
        """Let the worker work, a minute pass, and what waited for it be done."""
        runtime = self.district.runtime
        run_jobs(runtime)
        runtime.clock.move(minutes=1)
        run_jobs(runtime)
        note_answers(runtime)

    def follows(self, number: str, secret: str) -> Page:
        """Let the citizen open the page of a matter with number and secret."""
        page = self.phone
        page.goto(f"{self.district.public_address}/track/{number}")
        page.locator("#secret").fill(secret)
        self.presses(page, "form:has(#secret) .btn--primary")
        return page


def picture(name: str) -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), (120, 110, 90)).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def deposit(story: Story) -> tuple[str, str]:
    """A citizen deposits a complaint with a point and a photograph, and gets number and secret."""
    page, told = story.phone, story.told
    go_on = "form .btn--primary"
    other = category_named(story.district.runtime, "Autre sujet").id
    story.presses(page, go_on)
    for value in ("complaint", str(other), "no"):
        page.locator(f"input[value='{value}']").check()
        story.presses(page, go_on)
    story.presses(page, ".quarters__map a")
    page.locator("#place").fill(told.place)
    page.locator("input[type=image]").click(position={"x": 150, "y": 120})
    page.locator("input[name=at]").wait_for(state="attached")
    assert page.locator("#place").input_value() == told.place
    story.sound(page)
    # The key of the field goes on, and does not press the map.
    with page.expect_navigation():
        page.locator("#place").press("Enter")
    page.locator("#text").fill(told.text)
    story.presses(page, go_on)
    page.locator("#files").set_input_files([picture("trou.jpg")])
    story.sound(page)
    story.presses(page, go_on)
    page.locator("#name").fill("نادية بنعلي")
    page.locator("#phone").fill("٠٦ ١٢ ٣٤ ٥٦ ٧٨")
    story.sound(page)
    story.presses(page, go_on)
    assert told.place in page.locator(".asked__answers").inner_text()
    story.sound(page)
    story.presses(page, "form[action$='/review'] .btn--primary")
    number, secret = (page.locator(".slip__number").nth(at).inner_text().strip() for at in (0, 1))
    story.sound(page)
    story.later()
    return number, secret


def sort(story: Story, number: str) -> str:
    """The unit that sorts passes the complaint on to the works service; return its document."""
    runtime = story.district.runtime
    page = story.goes("clerk2", "/complaints/cases")
    story.sound(page)
    story.presses(page, f"a[href^='/d/']:has-text('{number}')")
    document_id = page.url.split("/d/")[1][:36]
    page.locator("details:has(#sort-category) summary").click()
    page.locator("#sort-category").select_option(str(category_named(runtime, "Voirie et trottoirs").id))
    page.locator("#sort-unit").select_option(str(unit_id(runtime, "TRV")))
    story.presses(page, "form[action$='/sort'] .btn--primary")
    return document_id


def ask_and_answer(story: Story, document_id: str, number: str, secret: str) -> None:
    """The agent sees photograph and point, asks for something once, and the citizen sends it."""
    told = story.told
    page = story.goes("agent", f"/d/{document_id}")
    assert page.locator(".talk__photos img").count() == 1
    assert page.locator(".spot__map--shown circle").count() == 2
    story.presses(page, "form[action$='/claim'] button")
    # A complaint is not ended by hand.
    assert page.locator("form[action$='/finish']").count() == 0
    story.sound(page)
    page.locator("details:has(#ask-reason) summary").click()
    page.locator("#ask-reason").fill(told.missing)
    story.presses(page, "form[action$='/ask'] .btn--primary")
    page = story.follows(number, secret)
    assert told.missing in page.locator(".talk__asked").inner_text()
    story.sound(page)
    page.locator("#asked").fill(told.given)
    page.locator("#asked-files").set_input_files([picture("en-face.jpg")])
    story.presses(page, "form[action$='/send'] .btn--primary")
    assert told.given in page.locator(".talk").inner_text()
    story.later()


def answer(story: Story, document_id: str) -> None:
    """The outcome is noted, the answer goes through its circuit and out to the public site."""
    told = story.told
    page = story.goes("agent", f"/d/{document_id}")
    assert told.given in page.locator(".talk").inner_text()
    page.locator("details:has(#outcome) summary").click()
    page.locator("#outcome").select_option("resolved")
    page.locator("#reason").fill(told.reason)
    story.presses(page, "form[action$='/outcome'] .btn--primary")
    story.presses(page, f"a[href='/d/{document_id}/answer']")
    page.locator("#template").select_option(index=1)
    page.locator(f"input[name=languages][value={told.locale}]").check()
    story.presses(page, "form[data-main] .btn--primary")
    page.locator(f"#body_{told.locale}").fill(told.answer)
    page.locator(".letter-sheet__line", has_text=told.answer).first.wait_for()
    story.presses(page, "button[name=then]")
    page.locator("#circuit").select_option("reply")
    story.presses(page, "form[data-main] .btn--primary")
    draft_id = page.url.split("/drafts/")[1][:36]
    story.later()
    # The queue on a telephone has stories of its own.
    story.desk.set_viewport_size({"width": 1366, "height": 768})
    page = story.goes("president", "/approvals/signature")
    page.locator("#pin").fill(PIN)
    page.locator("#again").fill(PIN)
    story.presses(page, "form[data-main] .btn--primary")
    page = story.goes("president", "/approvals")
    page.locator("#choice-approve").check()
    page.locator("#pin").fill(PIN)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    story.later()
    story.desk.set_viewport_size({"width": told.staff_width, "height": HEIGHTS[told.staff_width]})
    page = story.goes("agent", f"/drafts/{draft_id}")
    page.locator("input[name=channel][value=public]").check()
    story.presses(page, "#sendings form:has(input[name=channel]) .btn--primary")
    story.later()


def rate_and_reopen(story: Story, number: str, secret: str) -> None:
    """The citizen takes the letter, says that it is not solved, and opens the complaint again."""
    told, page = story.told, story.follows(number, secret)
    assert [said in page.locator("#main").inner_text() for said in (told.solved, told.reason)] == [True, True]
    story.sound(page)
    with page.expect_download() as taken:
        page.locator("form[action$='/answer'] button").click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")
    page.locator("input[name=solved][value=no]").check()
    page.locator("input[name=rating][value='2']").check()
    story.presses(page, "form[action$='/rate'] .btn--primary")
    page.locator("#reason").fill(told.again)
    story.presses(page, "form[action$='/reopen'] .btn--primary")
    story.sound(page)
    story.later()
    page = story.goes("head", "/complaints/cases?shelf=reopened")
    story.presses(page, f"a[href^='/d/']:has-text('{number}')")
    assert told.again in page.locator("#main").inner_text()


def request_at_the_counter(story: Story) -> None:
    """Somebody lent to the desk takes a request; civil status decides it, and its citizen reads so."""
    page = story.goes("counter", "/requests/counter")
    story.sound(page)
    story.presses(page, "a[href$='/extrait-naissance']")
    page.locator("#name").fill("Samira Haddad")
    for at in range(QUESTIONS["extrait-naissance"]):
        page.locator(f"#said-{at}").fill("Casablanca")
    page.locator("input[name=given]").first.check()
    story.sound(page)
    story.presses(page, "form[enctype] .btn--primary")
    story.sound(page)
    number, secret = page.locator("#main b bdi, #main b [data-copy]").nth(0), page.locator("[data-copy]").first
    told = number.inner_text().strip(), secret.get_attribute("data-copy") or ""
    story.later()
    page = story.goes("agent2", "/requests")
    story.sound(page)
    story.presses(page, f"a:has-text('{told[0]}')")
    story.sound(page)
    story.presses(page, "button[name=action][value=decide]")
    page = story.follows(*told)
    assert page.locator("#request-title ~ p .chip--ok").count() == 1
    story.sound(page)


def appointment(story: Story) -> None:
    """A citizen books an hour of today, comes, and is called; the display of the hall shows the number."""
    page, where = story.phone, story.district.names["office"]
    page.goto(f"{story.district.public_address}/appointments/etat-civil")
    page.locator("input[name=slot]").first.check()
    page.locator("#name").fill("Karim Bouzidi")
    story.sound(page)
    story.presses(page, "form:has(#name) .btn--primary")
    story.sound(page)
    number = page.locator("input[name=number]").first.get_attribute("value") or ""
    page = story.goes("counter", f"/desks/{where}")
    story.presses(page, "form:has(input[value=sit]) button")
    story.presses(page, f"form:has(input[name=number][value='{number}']) button")
    story.presses(page, "form:has(input[value=next]) button")
    called = page.locator(".counter__number").inner_text().strip()
    story.sound(page)
    page = story.phone
    page.goto(f"{story.district.public_address}/display/etat-civil")
    assert called in page.locator(".hall__first").inner_text()
    page = story.goes("head2", f"/desks/{where}/attendance")
    story.sound(page)


STAFF_PAGES = (
    ("clerk", "/complaints/counter"),
    ("director", "/complaints/report"),
    ("admin", "/admin/complaints"),
    ("admin", "/admin/procedures"),
    ("admin", "/admin/offices"),
    ("head2", "/desks/plan"),
    ("editor", "/site/posts"),
    ("editor", "/site/contributions"),
    ("head", "/contributions"),
)


def test_a_citizen_and_the_district_go_through_everything(told: Told, district: District, open_page: Any) -> None:
    story = Story(told, district, open_page)
    number, secret = deposit(story)
    document_id = sort(story, number)
    ask_and_answer(story, document_id, number, secret)
    answer(story, document_id)
    rate_and_reopen(story, number, secret)
    request_at_the_counter(story)
    appointment(story)
    for username, path in STAFF_PAGES:
        story.sound(story.goes(username, path))


def test_a_first_visit_of_the_news_weighs_120_kilobytes_at_most(told: Told, district: District, open_page: Any) -> None:
    opened = open_page(f"{district.public_address}/news", locale=told.locale, width=390, is_first_visit=True)
    opened.page.wait_for_function("() => document.fonts.status === 'loaded'")
    opened.page.wait_for_function("() => [...document.images].every(one => one.complete)")
    sizes = opened.page.evaluate("performance.getEntriesByType('resource').map(entry => entry.encodedBodySize)")
    assert opened.page.locator(".post-card__picture").count() == 3
    assert sum(sizes) + len(gzip.compress(opened.response.body())) <= 120_000
