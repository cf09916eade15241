"""The whole story of a letter in the browser, once in each language: from its scan to an answer that anybody verifies.

``pytest tests/e2e/test_whole_story.py --pictures DIR`` keeps a picture of each scene.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from docflow.audit.queries import verify_journal
from docflow.core.clock import CASABLANCA
from docflow.drafting.templating import create_template
from docflow.drafting.usual import usual_templates
from tests.conftest import GOLDEN, actor, run_jobs
from tests.factories.acts import PIN, make_circuit, standard
from tests.factories.documents import unit_id

from .district import ARABIC, FRENCH, District, OpenDistrict

pytestmark = pytest.mark.xdist_group("story")


@dataclass(frozen=True, slots=True)
class Told:
    """What is typed and what is looked for in one language."""

    locale: str
    scan: str
    units: dict[str, str]
    """What is typed to find a unit."""
    opinion: str
    text: str
    better: str
    remark: str
    delegated: str
    interim: str
    outcome: str = ""
    """The reason of the outcome, where the letter is a complaint: its answer goes nowhere before one is noted."""


TOLD = (
    Told(
        locale="ar",
        scan=ARABIC,
        units={"TRV": "اشغال", "EC": "المدنية"},
        opinion="نوافق على الإصلاح، والاعتمادات متوفرة.",
        text="سيشرع في الإصلاح قريبا.",
        better="سيشرع في الإصلاح يوم الاثنين المقبل.",
        remark="يجب ذكر تاريخ بدء الأشغال",
        delegated="بتفويض",
        interim="بالنيابة",
    ),
    Told(
        locale="fr",
        scan=FRENCH,
        units={"TRV": "travaux", "EC": "etat civil"},
        opinion="Avis favorable : les crédits sont disponibles.",
        text="La réparation commencera bientôt.",
        better="La réparation commencera lundi prochain.",
        remark="Indiquer la date du début des travaux",
        delegated="par délégation",
        interim="par intérim",
        outcome="La lampe du boulevard est remplacée.",
    ),
)


@pytest.fixture(scope="module", params=TOLD, ids=lambda told: told.locale)
def told(request: pytest.FixtureRequest) -> Told:
    return request.param


@pytest.fixture(scope="module")
def district(told: Told, open_district: OpenDistrict) -> Iterator[District]:
    """A district whose circuits and letter templates are made, and no letter yet."""
    with open_district() as made:
        make_circuit(made.runtime, standard(made.runtime), "reply")
        with made.runtime.transactions.writing(actor(made.runtime, "admin")) as uow:
            for setup in usual_templates():
                create_template(uow, setup)
        yield made


class Story:
    """People who open pages one after the other, and the worker that does what they asked for."""

    def __init__(self, told: Told, district: District, visit: Any, pictures: Path | None) -> None:
        self.told, self.district, self.visit, self.pictures = told, district, visit, pictures
        self.scenes = 0

    def goes(self, username: str, path: str) -> Any:
        """Return the page that somebody opens."""
        opened = self.visit(username, path, locale=self.told.locale)
        assert opened.response.status == 200
        return opened.page

    def presses(self, page: Any, selector: str) -> None:
        with page.expect_navigation():
            page.locator(selector).click()

    def seen(self, page: Any, scene: str) -> None:
        """Keep a picture of a scene, when pictures are asked for."""
        self.scenes += 1
        if self.pictures is not None:
            path = self.pictures / f"{self.scenes:02}-{scene}-{self.told.locale}.jpeg"
            page.screenshot(path=path, type="jpeg", quality=70)

    def later(self) -> None:
        """Let the worker work, and a minute pass: what waits for a reading or for the time to undo is done then."""
        run_jobs(self.district.runtime)
        self.district.runtime.clock.move(minutes=1)
        run_jobs(self.district.runtime)


def scan_and_register(story: Story) -> str:
    """A clerk scans a letter and gives it its number, from the keyboard."""
    page = story.goes("clerk", "/scan")
    story.presses(page, ".empty form button")
    page.locator("input[type=file]").set_input_files(GOLDEN / "scans" / story.told.scan)
    page.wait_for_selector("#files-of-batch li[id^=file-]")
    run_jobs(story.district.runtime)
    page.wait_for_selector("#files-of-batch li[data-state=ready]")
    story.seen(page, "scanned")
    page.wait_for_selector("#batch-progress:not([aria-busy])")
    story.presses(page, "a.btn[href*='/register']")
    story.presses(page, ".t a[href*='/register/']")
    letter = page.url.split("/register/")[1][:36]
    page.locator("#unit").select_option(str(unit_id(story.district.runtime, "TRV")))
    story.seen(page, "registering")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    story.later()
    return letter


def route_to_two_units(story: Story, letter: str) -> None:
    """The works service becomes responsible, and civil status is asked for its opinion, which it gives."""
    runtime = story.district.runtime
    for instruction, unit in (("attribution", "TRV"), ("opinion", "EC")):
        page = story.goes("clerk", f"/d/{letter}/route")
        page.locator(f"input[name=instruction][value={instruction}]").check()
        page.locator("#to input[type=search]").fill(story.told.units[unit])
        page.locator("#to").locator(f'input[value="unit:{unit_id(runtime, unit)}"]').check()
        if instruction == "attribution":
            story.seen(page, "sending")
        story.presses(page, "form[data-main] .btn--primary")
    page = story.goes("agent2", "/tasks?view=basket")
    story.presses(page, f".t a[href='/d/{letter}']")
    page.locator("textarea[name=answer]").fill(story.told.opinion)
    story.presses(page, "form[action$='/finish'] .btn--primary")
    assert story.told.opinion in page.locator(".steps").inner_text()
    story.seen(page, "opinion")


def stand_in(story: Story) -> None:
    """The director delegates to a head; the president is away and the director fills the place."""
    runtime = story.district.runtime
    today = runtime.clock.now().astimezone(CASABLANCA).strftime("%d/%m/%Y")
    for kind, principal, holder in (("delegation", "director", "head2"), ("interim", "president", "director")):
        page = story.goes(principal, "/delegations")
        page.locator(f"input[name=kind][value={kind}]").check()
        page.locator("#holder").select_option(str(actor(runtime, holder).person_id))
        page.locator("#first_day").fill(today)
        page.locator("#last_day").fill(today)
        story.presses(page, "#give .btn--primary")
        if kind == "delegation":
            story.seen(page, kind)


def make_keys(story: Story) -> None:
    for username in ("head", "head2", "director"):
        page = story.goes(username, "/approvals/signature")
        page.locator("#pin").fill(PIN)
        page.locator("#again").fill(PIN)
        story.presses(page, "form[data-main] .btn--primary")


def draft(story: Story, letter: str) -> str:
    """An agent takes the task, writes the answer from a template, and sends it on its circuit."""
    page = story.goes("agent", f"/d/{letter}")
    story.presses(page, "form[action$='/claim'] button")
    if story.told.outcome:
        page.locator("details:has(#outcome) summary").click()
        page.locator("#outcome").select_option("resolved")
        page.locator("#reason").fill(story.told.outcome)
        story.presses(page, "form[action$='/outcome'] .btn--primary")
    story.presses(page, f"a[href='/d/{letter}/answer']")
    page.locator("#template").select_option(index=1)
    page.locator(f"input[name=languages][value={story.told.locale}]").check()
    story.presses(page, "form[data-main] .btn--primary")
    writes(story, page, story.told.text)
    story.seen(page, "writing")
    story.presses(page, "button[name=then]")
    page.locator("#circuit").select_option("reply")
    story.presses(page, "form[data-main] .btn--primary")
    story.later()
    return page.url.split("/drafts/")[1][:36]


def writes(story: Story, page: Any, text: str) -> None:
    """Type the text of the answer, and wait until it is kept and on the sheet."""
    page.locator(f"#body_{story.told.locale}").fill(text)
    page.locator(".letter-sheet__line", has_text=text).wait_for()


def decides(story: Story, username: str, *, choice: str = "approve", stead: str = "", scene: str = "") -> None:
    """Somebody decides on what waits first in their queue, and the time to undo passes."""
    page = story.goes(username, "/approvals")
    notes = page.locator(".side .note--info").all_inner_texts()
    assert [stead in note.lower() for note in notes] == ([True] if stead else [])
    page.locator(f"#choice-{choice}").check()
    if choice == "approve":
        page.locator("#pin").fill(PIN)
    else:
        page.locator("#comment").fill(story.told.remark)
    if scene:
        story.seen(page, scene)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.locator(".toast").is_visible()
    story.later()


def draft_anew(story: Story, draft_id: str) -> None:
    """The returned answer is written better and goes on its way again."""
    page = story.goes("agent", f"/drafts/{draft_id}")
    assert story.told.remark in page.locator("#main").inner_text()
    writes(story, page, story.told.better)
    story.presses(page, "button[name=then]")
    story.presses(page, "form[data-main] .btn--primary")
    story.later()


def send_and_close(story: Story, draft_id: str, letter: str) -> str:
    """The act departed under a number; it is handed over, and the letter that it answers is closed."""
    page = story.goes("agent", f"/drafts/{draft_id}")
    page.locator("input[name=channel][value=handed]").check()
    page.locator("#outcome").select_option("resolved")
    story.seen(page, "departed")
    act = page.locator("a[href^='/d/']", has=page.locator("svg")).last.get_attribute("href").removeprefix("/d/")
    story.presses(page, "#sendings .btn--primary")
    page.goto(f"{story.district.address}/d/{letter}")
    story.seen(page, "closed")
    return act


def verdict_on(path: Path, home: Path) -> dict[str, Any]:
    """Ask the command about a file, as anybody who runs this installation."""
    done = subprocess.run(
        [Path(sys.executable).with_name("docflow"), "verify", path, "--json"],
        env=os.environ | {"DOCFLOW_HOME": str(home)},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_letter_is_answered_under_seal_and_everybody_can_follow(
    told: Told, district: District, visit: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    story = Story(told, district, visit, request.config.getoption("--pictures"))
    letter = scan_and_register(story)
    route_to_two_units(story, letter)
    stand_in(story)
    make_keys(story)
    draft_id = draft(story, letter)
    decides(story, "head")
    decides(story, "head2", choice="return", stead=told.delegated, scene="return")
    draft_anew(story, draft_id)
    decides(story, "head")
    decides(story, "head2", stead=told.delegated, scene="visa-by-delegation")
    decides(story, "director", stead=told.interim, scene="signature-by-interim")
    act = send_and_close(story, draft_id, letter)

    page = story.goes("agent", f"/d/{act}")
    sealed = page.request.get(district.address + page.locator("a[href$='/files/sealed']").get_attribute("href"))
    (tmp_path / "answer.pdf").write_bytes(sealed.body())
    verdict = verdict_on(tmp_path / "answer.pdf", district.runtime.settings.home)
    assert verdict["verdict"] == "authentic"
    assert [seal["kind"] for seal in verdict["seals"]] == ["seal", "signature", "signature", "signature", "seal"]
    assert all(seal["intact"] for seal in verdict["seals"])
    page.goto(f"{district.address}/d/{act}?tab=history")
    story.seen(page, "history")
    history = page.locator("#main").inner_text().lower()
    assert all(said in history for said in (told.delegated, told.interim))
    assert told.opinion in story.goes("agent", f"/d/{letter}").locator(".steps").inner_text()
    with district.runtime.transactions.reading() as session:
        assert verify_journal(session).ok
