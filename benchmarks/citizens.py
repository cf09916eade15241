"""Two minutes of 200 citizens beside the staff: ``python -m benchmarks.citizens [CITIZENS] [SECONDS] [SEED]``.

A real ``docflow serve`` with the demonstration in a fresh home. Each citizen has an address of their own (one trusted
proxy, ``X-Forwarded-For``), thinks five to fifteen seconds between two pages, and deposits a complaint with a
photograph of two megabytes question by question, follows one with number and secret, reads news, or searches. Three of
the staff list, search and open beside them. In the middle, at seeded moments, the web process of the public site and a
worker are killed; a citizen whose page breaks asks for it again.

Asserted: no answer but those expected; every deposit whose number was shown is in the database with its photograph,
byte by byte in the store, its picture and its sealed paper made; one network that begins too many deposits is told so
(429) in both languages. Times are of whole requests as a browser sees them; what the generator itself costs is told.
"""

from __future__ import annotations

import io
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import func, select

from benchmarks.browsers import Browser, Page, Refused, Shared, csrf_of, values_of
from benchmarks.serving import PASSWORD, District
from docflow.bootstrap import Runtime
from docflow.complaints.models import Complaint, ComplaintPhoto
from docflow.core.jobs import Job, JobState
from docflow.core.making import MakingState
from docflow.registry.models import Entry
from docflow.registry.rules import SealState
from docflow.storage.rules import BlobKind

PHOTO_BYTES = 2_000_000
STAFF = ("clerk", "agent", "head")
JOURNEYS = ("deposit",) * 8 + ("follow",) * 4 + ("read",) * 5 + ("search",) * 3
WORDS = ("eau", "الإنارة العمومية", "travaux", "حديقة", "conseil", "مباراة", "horaires", "budget 2026")
WARM_DEPOSITS = 6


class Citizen:
    """Somebody with a telephone: journeys one after the other until the time is over."""

    def __init__(self, shared: Shared, browser: Browser, draw: random.Random, picture: bytes) -> None:
        """Take what all share, a browser, the dice and a photograph."""
        self.shared, self.browser, self.draw, self.picture = shared, browser, draw, picture

    def live(self) -> None:
        """Come at some moment of the first seconds, and go on until the end; a deposit begun is brought to its end."""
        self._think(0)
        while not self.shared.is_over:
            getattr(self, self.draw.choice(JOURNEYS))()
            self._think()

    def deposit(self) -> None:
        """Deposit a complaint question by question, and note the number that is shown."""
        ask = self.browser
        page = ask.get("start", "/complaints")
        ask.load_assets(page)
        self._think()
        page = ask.post("answer", "/complaints", {"csrf_token": csrf_of(page)})
        place = f"زنقة {self.draw.randrange(10**9)}، الحي الحسني"
        answers: dict[str, dict[str, str]] = {
            "kind": {"kind": "complaint"},
            "category": {},
            "courts": {"courts": "no"},
            "place": {"place": place},
            "text": {"text": "المصباح أمام المدرسة لا يشتغل منذ شهر.\n\nنطلب إصلاحه في أقرب وقت."},
        }
        for question, form in answers.items():
            self._think()
            if question == "category":
                form["category"] = self.draw.choice(values_of(page, "category"))
            page = ask.post("answer", f"/complaints/new/{question}", {"csrf_token": csrf_of(page), **form})
            if "/elsewhere" in page.path:
                page = ask.get("question", "/complaints/new/courts")
        self._think()
        photo = self._photo()
        form = {"csrf_token": csrf_of(page), "goes_on": "1"}
        page = ask.post("photo", "/complaints/new/photos", form, file=photo)
        self._think()
        said = {"name": "نادية بنعلي", "phone": "0612345678"}
        page = ask.post("answer", "/complaints/new/contact", {"csrf_token": csrf_of(page), **said})
        self._think()
        page = ask.post("deposit", "/complaints/new/review", {"csrf_token": csrf_of(page)})
        number, secret = page.slips()
        self.shared.acknowledged[number] = (secret, sha256(photo).hexdigest(), place)
        self._think()
        ask.post("question", "/complaints/receipt/close", {"csrf_token": csrf_of(page)})

    def follow(self) -> None:
        """Follow a complaint by number and secret."""
        page = self.browser.get("read", "/track")
        self._think()
        number, (secret, *_rest) = self.draw.choice(list(self.shared.acknowledged.items()))
        said = {"csrf_token": csrf_of(page), "number": number, "secret": secret}
        self.browser.post("follow", "/track", said)

    def read(self) -> None:
        """Read the first page, the news and one of them."""
        page = self.browser.get("read", "/")
        self.browser.load_assets(page)
        self._think()
        page = self.browser.get("read", "/news")
        self._think()
        if news := page.links("/news/"):
            self.browser.get("read", self.draw.choice(news))
            self._think()
        self.browser.get("read", self.draw.choice(("/procedures", "/publications", "/appointments", "/information")))

    def search(self) -> None:
        """Look for something, and look at the second page of what was found."""
        words = self.draw.choice(WORDS)
        self.browser.get("search", "/find", q=words)
        self._think()
        self.browser.get("search", "/find", q=self.draw.choice(WORDS))

    def _photo(self) -> bytes:
        """Return a photograph that nobody else has: a comment of its own stands in it."""
        comment = self.draw.randbytes(16)
        return self.picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + self.picture[2:]

    def _think(self, least: float = 5) -> None:
        if not self.shared.is_hurried:
            time.sleep(self.draw.uniform(least, 15))


def work(shared: Shared, browser: Browser, username: str, draw: random.Random) -> None:
    """List, search and open as one of the staff does, with three seconds between two pages."""
    page = browser.get("sign in", "/sign-in")
    said = {"csrf_token": csrf_of(page), "username": username, "password": PASSWORD}
    page = browser.post("sign in", "/sign-in", said)
    browser.load_assets(page)
    while not shared.is_over:
        for kind, path in (("staff list", "/tasks"), ("staff search", "/search")):
            page = browser.get(kind, path, **({"q": draw.choice(WORDS)} if kind == "staff search" else {}))
            time.sleep(draw.uniform(2, 4))
            if found := page.links("/d/"):
                browser.get("staff open", draw.choice(found))
                time.sleep(draw.uniform(2, 4))


def main() -> None:
    """Print one JSON object."""
    citizens, seconds, seed = (int(given) for given in (*sys.argv[1:4], *("200", "120", "2026")[len(sys.argv) - 1 :]))
    draw = random.Random(seed)
    answer: dict[str, Any] = {
        "citizens": citizens,
        "seconds": seconds,
        "seed": seed,
        "load_at_start": os.getloadavg()[0],
    }
    with tempfile.TemporaryDirectory(prefix="docflow-citizens-") as folder:
        district = District(Path(folder) / "home")
        try:
            runtime = district.start()
            answer |= measure(district, runtime, citizens, seconds, draw)
            answer["settled_after_s"] = round(district.settle(runtime), 1)
            answer["load_settled"] = os.getloadavg()[0]
            answer |= check_kept(runtime, answer.pop("acknowledged"))
            answer["limit"] = check_limit(district)
        finally:
            district.stop()
            sys.stderr.write("\n".join(_faults(Path(folder) / "serve.log")))
    print(json.dumps(answer, indent=1, ensure_ascii=False))
    sys.exit(1 if answer["errors"] else 0)


def measure(district: District, runtime: Runtime, citizens: int, seconds: int, draw: random.Random) -> dict[str, Any]:
    """Let everybody live for the time, kill in the middle, and return what was seen."""
    picture = _picture(draw)
    shared = Shared()
    shared.is_hurried = True
    for number in range(WARM_DEPOSITS):
        browser = Browser(district.public_port, f"10.9.0.{number}", shared, language="ar")
        Citizen(shared, browser, random.Random(draw.random()), picture).deposit()
    district.settle(runtime)
    shared.is_hurried = False
    shared.forget_times()
    kills = {"web": draw.uniform(0.3, 0.45) * seconds, "worker": draw.uniform(0.55, 0.7) * seconds}
    threads = []
    for number in range(citizens):
        address = f"10.1.{number // 250}.{number % 250 + 1}"
        browser = Browser(district.public_port, address, shared, language=draw.choice(("ar", "fr")))
        citizen = Citizen(shared, browser, random.Random(draw.random()), picture)
        threads.append(threading.Thread(target=shared.guarded, args=(citizen.live,)))
    for number, name in enumerate(STAFF):
        browser = Browser(district.port, f"10.2.0.{number + 1}", shared, language="fr")
        dice = random.Random(draw.random())
        threads.append(threading.Thread(target=shared.guarded, args=(work, shared, browser, name, dice)))
    before, own, start = district.cpu_s(), time.process_time(), time.monotonic()
    for thread in threads:
        thread.start()
    memory = 0
    while (passed := time.monotonic() - start) < seconds:
        for name in [name for name, moment in kills.items() if moment <= passed]:
            del kills[name]
            district.kill(name)
        memory = max(memory, district.pss_bytes())
        time.sleep(2)
    shared.is_over = True
    spent, generator = district.cpu_s(), time.process_time() - own
    for thread in threads:
        thread.join()
    return {
        "pages": shared.times(),
        "errors": shared.errors,
        "asked_again": dict(shared.asked_again),
        "deposits": len(shared.acknowledged) - WARM_DEPOSITS,
        "server_cpu_s": {role: round(value - before.get(role, 0), 1) for role, value in spent.items()},
        "generator_cpu_s": round(generator, 1),
        "peak_pss_bytes": memory,
        "load_at_end": os.getloadavg()[0],
        "acknowledged": shared.acknowledged,
    }


def check_kept(runtime: Runtime, acknowledged: dict[str, tuple[str, str, str]]) -> dict[str, Any]:
    """Assert that nothing that was acknowledged is lost, and nothing is there twice."""
    with runtime.transactions.reading() as session:
        rows = session.execute(
            select(Entry, Complaint, ComplaintPhoto)
            .join(Complaint, Complaint.entry_id == Entry.id)
            .outerjoin(ComplaintPhoto, ComplaintPhoto.complaint_id == Complaint.id)
        ).all()
    kept = {entry.label: (entry, complaint, photo) for entry, complaint, photo in rows}
    for number, (secret, photo_sha256, place) in acknowledged.items():
        assert number in kept, f"{number} was acknowledged and is lost"
        entry, complaint, photo = kept[number]
        assert (entry.tracking_secret, complaint.place) == (secret, place), f"{number} is another one"
        assert photo is not None, f"{number} has no photograph"
        assert photo.state == MakingState.MADE, f"the picture of {number} is not made"
        assert entry.seal_state == SealState.SEALED, f"the paper of {number} is not sealed"
        assert photo.original_sha256 != photo_sha256, f"the photograph of {number} tells what the camera noted"
        with runtime.blob_store.open(BlobKind.ENCLOSURE, photo.original_sha256) as stream:
            assert sha256(stream.read()).hexdigest() == photo.original_sha256
    places = Counter(complaint.place for _entry, complaint, _photo in rows)
    assert all(places[place] == 1 for _, _, place in acknowledged.values()), "a deposit is there twice"
    with runtime.transactions.reading() as session:
        dead = session.scalar(select(func.count()).where(Job.state == JobState.DEAD))
    assert not dead, "jobs were given up"
    return {"acknowledged_and_kept": len(acknowledged)}


def check_limit(district: District) -> dict[str, str]:
    """Begin deposits from one network until it is refused; return what it is told in both languages."""
    told: dict[str, Page] = {}
    for language in ("fr", "ar"):
        browser = Browser(district.public_port, "10.3.0.1", Shared(), language=language)
        page = browser.get("start", "/complaints")
        for _ in range(31):
            try:
                browser.post("answer", "/complaints", {"csrf_token": csrf_of(page)})
            except Refused as refusal:
                told[language] = refusal.page
                break
    assert set(told) == {"fr", "ar"}, "the limit was not reached"
    for language, page in told.items():
        assert (page.status, page.headers["Retry-After"].isdigit()) == (429, True)
        assert f'lang="{language}"' in page.text
    return {language: page.problem() for language, page in told.items()}


def _picture(draw: random.Random) -> bytes:
    """Return a photograph of about two megabytes."""
    small = Image.frombytes("RGB", (700, 525), draw.randbytes(700 * 525 * 3))
    quality, content = 95, b""
    while quality > 20 and (not content or len(content) > PHOTO_BYTES):
        out = io.BytesIO()
        small.resize((2800, 2100), Image.Resampling.BILINEAR).save(out, "JPEG", quality=quality)
        content, quality = out.getvalue(), quality - 3
    return content


def _faults(log: Path) -> Iterator[str]:
    """Return what the servers said of faults."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        yield from (line.rstrip()[:300] for line in lines if "[error" in line or "Traceback" in line)


if __name__ == "__main__":
    main()
