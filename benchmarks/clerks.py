"""The staff at work: ``python -m benchmarks.clerks [PEOPLE] [SECONDS] [SEED]``, 60, 300 and 2026 when none are said.

``docflow serve`` on PostgreSQL with a fresh home and two web processes. Of the people two fifths are clerks, who
register letters, look for others and send them on; two fifths agents, who look at their tasks, open letters, and draft,
comment and send acts; one fifth heads, who decide on those acts and sign them with their PIN. They come within half a
minute; each thinks two seconds between two pages, half a second more or less. Told are the times of whole requests as a
browser sees them, redirection included, by kind; what the processes held at the beginning and the end; and what the
generator itself cost.

``--long``: a whole day in the seconds given (1,200 when none are said). Every periodic job has its turn as often as in
twenty-four hours, and memory, files and connections of each process are noted once a minute. A line is fitted through
what was noted after the first quarter: nothing may grow.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.browsers import Browser, Page, Shared, csrf_of, values_of
from benchmarks.serving import PASSWORD, District, processor_s
from benchmarks.watching import Watch
from docflow.accounts.operations import NewPerson, create_person
from docflow.accounts.queries import OPERATOR
from docflow.accounts.rules import Role
from docflow.accounts.units import all_units
from docflow.approvals.circuits import CircuitSetup, create_circuit
from docflow.approvals.models import ApprovalRun, Decision
from docflow.approvals.rules import Circuit, Function, FunctionKind, Seat, Step, StepKind
from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.core.jobs import Job, JobRequest, JobState
from docflow.registry.models import Entry
from tests.conftest import deposit
from tests.faults.people import FormReader
from tests.rooms.ingest.letters import letter_about
from tests.servers import PrivateServers

PIN = "4711-92"
CIRCUIT = "bench"
WORDS = ("eau", "jardin", "travaux", "envoi", "éclairage", "lettre", "réponse", "A-2026")
THOUGHT_S, SPREAD_S = 2.0, 0.5
BEGIN_WITHIN_S = 30.0
"""A round of somebody's work: nobody works in step with others."""
LETTERS_A_MINUTE = 2.4
"""What a clerk registers at most."""
HOURS = 24


class Somebody:
    """One of the staff, who does what their role does until the time is over."""

    def __init__(self, shared: Shared, port: int, username: str, number: int, draw: random.Random) -> None:
        """Take what all share, where the site is, who it is and the dice."""
        self.shared, self.draw, self.username = shared, draw, username
        self.ask = Browser(port, f"10.7.0.{number + 1}", shared, language=draw.choice(("ar", "fr")))
        self.token = ""

    def live(self) -> None:
        """Sign in, then work."""
        time.sleep(self.draw.uniform(0, BEGIN_WITHIN_S))
        page = self.ask.get("sign in", "/sign-in")
        said = {"csrf_token": csrf_of(page), "username": self.username, "password": PASSWORD}
        page = self.ask.post("sign in", "/sign-in", said)
        self.token = csrf_of(page)
        self.ask.load_assets(page)
        self.prepare()
        while not self.shared.is_over:
            self.work()

    def prepare(self) -> None:
        """Do what is done once."""

    def work(self) -> None:
        """Do the round of one's work once."""
        raise AssertionError("everybody has something to do")

    def look(self, kind: str, path: str, /, **said: str) -> Page:
        """Think, then ask for a page."""
        self.think()
        return self.ask.get(kind, path, **said)

    def send(self, kind: str, path: str, /, **said: str) -> Page:
        """Think, then send a form."""
        self.think()
        return self.ask.post(kind, path, {"csrf_token": self.token} | said)

    def open_one(self, page: Page) -> Page | None:
        """Open one of the letters of a page with the picture of its first page; none where there is none."""
        found = [path for path in page.links("/d/") if path.count("/") == 2]
        if not found:
            return None
        shown = self.look("open", self.draw.choice(found))
        if picture := re.search(r'<img src="(/d/[^"]+/pages/[^"]+)"', shown.text):
            self.ask.get("picture", picture[1])
        return shown

    def think(self) -> None:
        """Think for a while."""
        time.sleep(self.draw.uniform(THOUGHT_S - SPREAD_S, THOUGHT_S + SPREAD_S))


class Clerk(Somebody):
    """Registers, searches, sends on."""

    def work(self) -> None:
        """Register a letter, find another one, and send it to a unit."""
        self.look("desk", "/")
        waiting = self.look("list", "/register").links("/register/")
        forms = [path for path in waiting if re.fullmatch(r"/register/[0-9a-f-]{36}", path)]
        if forms:
            self.register(self.draw.choice(forms))
        page = self.look("search", "/search", q=self.draw.choice(WORDS))
        shown = self.open_one(page)
        if shown is not None and "/pages/" in shown.text and f"{shown.path}/route" in shown.text:
            units = [value for value in values_of(self.look("form", f"{shown.path}/route"), "to") if "unit" in value]
            if units:
                form = {"instruction": "information", "to": self.draw.choice(units), "note": "Pour information"}
                self.send("route", f"{shown.path}/route", **form)

    def register(self, path: str) -> None:
        """Register a letter; somebody else may be first, and the page says so."""
        page = self.look("form", path)
        if page.path != path or not (form := FormReader(page.text).fields):
            return
        form["unit"] = form.get("unit") or self.draw.choice(FormReader(page.text).choices["unit"])
        form["subject"] = form.get("subject") or "Lettre"
        form["register"] = form.get("register") or "incoming"
        self.send("register", path, **form | {"action": "register"})


class Agent(Somebody):
    """Looks at tasks, opens letters, drafts acts."""

    def work(self) -> None:
        """Look at what is to be done, find a letter, then write an act, say something about it and send it."""
        self.look("desk", "/")
        self.open_one(self.look("tasks", "/tasks", view="basket"))
        self.open_one(self.look("search", "/search", q=self.draw.choice(WORDS)))
        page = self.look("form", "/drafts/new")
        unit = FormReader(page.text).choices["unit"][0]
        page = self.send("draft", "/drafts/new", kind="letter", unit=unit, languages="fr", template="")
        draft = page.path.partition("?")[0]
        said = {"subject_fr": f"Réponse {self.draw.randrange(10**9)}", "addressee_fr": "M. Alami", "body_fr": "Merci."}
        self.send("draft", draft, **FormReader(page.text).fields | said)
        self.send("comment", f"{draft}/comments", text="À relire avant l'envoi.")
        self.open_one(self.look("tasks", "/tasks"))
        form = FormReader(self.look("form", f"{draft}/send").text).fields
        self.send("send act", f"{draft}/send", **form | {"circuit": CIRCUIT, "amount": ""})


class Head(Somebody):
    """Decides on acts and signs them."""

    def prepare(self) -> None:
        """Make the key to sign with."""
        self.send("key", "/approvals/signature", pin=PIN, again=PIN)

    def work(self) -> None:
        """Open one of the acts that wait, decide on it, and look at something else."""
        page = self.look("queue", "/approvals")
        items = re.findall(r'name="ask" value="([0-9a-f-]{36})"', page.text)
        if items:
            item = self.draw.choice(items)
            self.look("queue", "/approvals", item=item)
            self.send("decide", f"/approvals/{item}", choice="approve", comment="", pin=PIN, back_to="0")
        self.open_one(self.look("search", "/search", q=self.draw.choice(WORDS)))
        self.look("desk", "/")


def main() -> None:
    """Print one JSON object; the exit code says whether something is wrong."""
    asked = argparse.ArgumentParser()
    asked.add_argument("numbers", nargs="*", type=int)
    asked.add_argument("--long", action="store_true", dest="is_long")
    said = asked.parse_args()
    usual = (60, 1200 if said.is_long else 300, 2026)
    people, seconds, seed = (*said.numbers[:3], *usual[len(said.numbers) :])
    answer: dict[str, Any] = {"people": people, "seconds": seconds, "seed": seed, "load_at_start": os.getloadavg()[0]}
    servers = PrivateServers()
    with tempfile.TemporaryDirectory(prefix="docflow-clerks-") as folder:
        district = District(
            Path(folder) / "home", database_url=PrivateServers.database_url("postgres"), web_processes="2"
        )
        try:
            runtime = district.start()
            names = prepare(runtime, people, seconds if not said.is_long else seconds // 2)
            district.settle(runtime)
            answer |= measure(district, runtime, names, seconds, random.Random(seed), is_long=said.is_long)
            answer["settled_after_s"] = round(district.settle(runtime), 1)
            answer["done"] = done(runtime)
        finally:
            district.stop()
            servers.stop()
    print(json.dumps(answer, indent=1, ensure_ascii=False))
    sys.exit(1 if answer["errors"] or answer.get("growing") or answer["done"]["jobs given up"] else 0)


def prepare(runtime: Runtime, people: int, seconds: int) -> dict[str, type[Somebody]]:
    """Make the accounts, the circuit and letters to register; return who works as what."""
    with runtime.transactions.reading() as session:
        units = {unit.code: unit.id for unit in all_units(session)}
    kinds = (*(Clerk,) * (people * 2 // 5), *(Agent,) * (people * 2 // 5))
    kinds += (Head,) * (people - len(kinds))
    roles = {Clerk: (Role.CLERK, "BO"), Agent: (Role.AGENT, "TRV"), Head: (Role.HEAD, "DTE")}
    names: dict[str, type[Somebody]] = {}
    with runtime.transactions.writing(OPERATOR) as uow:
        for number, kind in enumerate(kinds):
            role, unit = roles[kind]
            names[f"w{number}"] = kind
            new = NewPerson(f"w{number}", "موظف", f"Employé {number}", PASSWORD, role, units[unit])
            new = NewPerson(**{name: getattr(new, name) for name in new.__slots__} | {"must_change_password": False})
            create_person(uow, new)
        head = Function(FunctionKind.ROLE, role="head", unit_id=units["DTE"])
        steps = (Step(StepKind.SIGNATURE, (Seat(head),)), Step(StepKind.DEPARTURE))
        create_circuit(uow, CircuitSetup(CIRCUIT, "دارة", "Circuit", "outgoing", Circuit(steps)))
    clerks = sum(kind is Clerk for kind in kinds)
    for number in range(round(clerks * seconds / 60 * LETTERS_A_MINUTE)):
        deposit(runtime, letter_about(f"la lettre {number} du jardin"), name=f"{number}.pdf")
    return names


def measure(
    district: District,
    runtime: Runtime,
    names: dict[str, type[Somebody]],
    seconds: int,
    draw: random.Random,
    *,
    is_long: bool,
) -> dict[str, Any]:
    """Let everybody work for the time, and return what was seen."""
    shared = Shared()
    threads = []
    for number, (name, kind) in enumerate(names.items()):
        one = kind(shared, district.port, name, number, random.Random(draw.random()))
        threads.append(threading.Thread(target=shared.guarded, args=(one.live,), name=f"{kind.__name__} {name}"))
    for thread in threads:
        thread.start()
    # What each page costs first is not told.
    time.sleep(BEGIN_WITHIN_S + THOUGHT_S * 10)
    shared.forget_times()
    watch = Watch(district)
    before, own, start = all_cpu_s(district), time.process_time(), time.monotonic()
    load, next_hour = os.getloadavg()[0], start
    while (now := time.monotonic()) - start < seconds:
        watch.look()
        if is_long and now >= next_hour:
            next_hour += seconds / HOURS
            let_an_hour_pass(runtime)
        time.sleep(min(10.0, seconds / 20))
    watch.look()
    shared.is_over = True
    spent, generator, times = all_cpu_s(district), time.process_time() - own, shared.times()
    for thread in threads:
        thread.join()
    told = {
        "pages_ms": times,
        "errors": shared.errors,
        "asked_again": dict(shared.asked_again),
        "server_cpu_s": {role: round(value - before.get(role, 0), 1) for role, value in spent.items()},
        "generator_cpu_s": round(generator, 1),
        "held": watch.told(),
        "load_at_work": load,
        "load_at_end": os.getloadavg()[0],
    }
    return told | ({"growing": watch.growing()} if is_long else {})


def all_cpu_s(district: District) -> dict[str, float]:
    """Return seconds of the processor so far by what a process is, the database's too."""
    return district.cpu_s() | {"database": processor_s(os.getpid(), "postgres")}


def let_an_hour_pass(runtime: Runtime) -> None:
    """Give every periodic job its turn, as in an hour, however seldom it comes."""
    with runtime.transactions.writing(SYSTEM) as uow:
        for capability in runtime.capabilities:
            for periodic in capability.periodic:
                uow.enqueue(JobRequest(name=periodic.name, unique_key=f"periodic:{periodic.name}"))


def done(runtime: Runtime) -> dict[str, int]:
    """Return what there is at the end."""
    questions = {
        "entries": select(func.count(Entry.id)),
        "acts": select(func.count(ApprovalRun.id)),
        "decisions": select(func.count(Decision.id)).where(Decision.is_kept),
        "jobs given up": select(func.count(Job.id)).where(Job.state == JobState.DEAD),
    }
    with runtime.transactions.reading() as session:
        return {name: session.scalar(question) or 0 for name, question in questions.items()}


if __name__ == "__main__":
    main()
