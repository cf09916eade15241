"""Starts both sites and the workers in the foreground, restarts what dies or is asked to, stops all of it together."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from docflow.accounts.demo import PEOPLE, demo_password
from docflow.admin.first_start import is_set_up, setup_code
from docflow.bootstrap import Runtime
from docflow.children import Child, listen
from docflow.core.temporaries import remove_left
from docflow.demo import fill_demo, fill_demo_letters
from docflow.search.indexing import ask_for_missing_index
from docflow.serving_state import ServingState

logger = structlog.get_logger()

FASTEST_RESTART_S = 1.0
STOP_TIMEOUT_S = 20
SITE_END_S = 70
"""How long a site that was replaced may take to answer what it had taken; gunicorn itself gives it 60 seconds."""
WORKER_END_S = 180
"""How long a worker that was replaced may take to finish its job."""
READY_TIMEOUT_S = 60


def serve(runtime: Runtime) -> int:
    """Run both sites and the workers until SIGINT or SIGTERM; return the exit code. SIGHUP replaces all of them.

    Raises:
        Conflict: ``port_taken``.
    """
    house = House(runtime)
    is_new_demo = runtime.settings.demo and fill_demo(runtime)
    ask_for_missing_index(runtime)
    is_stopping, must_replace = threading.Event(), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: is_stopping.set())
    signal.signal(signal.SIGHUP, lambda *_: must_replace.set())
    with ServingState(runtime.settings.home) as state:
        if house.start(is_stopping):
            _announce(runtime)
        if is_new_demo:
            # Nobody waits for the letters of the demonstration: they come in while its pages are looked at.
            threading.Thread(target=fill_demo_letters, args=(runtime,), daemon=True).start()
        while not is_stopping.wait(0.2):
            if must_replace.is_set():
                must_replace.clear()
                state.tell_replaced(house.replace(is_stopping))
            house.tend()
        house.stop()
    return 0


@dataclass
class _Ending:
    """A process that was replaced and is finishing what it had begun."""

    child: Child
    deadline: float


@dataclass
class House:
    """The processes of one installation, and the sockets of its sites, which outlive them."""

    runtime: Runtime
    children: list[Child] = field(default_factory=list)
    ending: list[_Ending] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the ports, so that no request is refused while processes come and go."""
        self.children = _children(self.runtime)

    def start(self, is_stopping: threading.Event) -> bool:
        """Start everything; return whether the staff site is up."""
        # The staff site first and alone: it answers sooner than if everything were loaded at once on few cores.
        self.children[0].start()
        is_up = self.children[0].wait_until_ready(READY_TIMEOUT_S, is_stopping)
        for child in self.children[1:]:
            child.start()
        return is_up

    def tend(self) -> None:
        """Start again what died, and end what was replaced and takes too long."""
        for child in self.children:
            exit_code = child.exit_code
            if exit_code is not None and time.monotonic() - child.started_at >= FASTEST_RESTART_S:
                logger.warning("process_restarted", name=child.name, exit_code=exit_code)
                child.start()
        for one in list(self.ending):
            if one.child.exit_code is None and time.monotonic() > one.deadline:
                logger.warning("process_ended_by_force", name=one.child.name)
                one.child.kill()
            if one.child.exit_code is not None:
                self.ending.remove(one)

    def replace(self, is_stopping: threading.Event) -> list[str]:
        """Put new processes in the place of all others; return the names of those that did not come up.

        New processes of a site answer beside the old ones before these are told to end; they take no new request then
        and finish those under way. Where the new ones do not come up, the old ones stay.
        """
        failed = []
        for place, old in enumerate(list(self.children)):
            new = old.another()
            new.start()
            if new.listener is not None and not new.wait_until_ready(READY_TIMEOUT_S, is_stopping):
                logger.error("process_not_replaced", name=old.name, exit_code=new.exit_code)
                new.kill()
                failed.append(old.name)
                continue
            self.children[place] = new
            old.terminate()
            self.ending.append(_Ending(old, time.monotonic() + (SITE_END_S if old.listener else WORKER_END_S)))
            logger.info("process_replaced", name=old.name)
        return failed

    def stop(self) -> None:
        """End everything, by force what takes too long."""
        deadline = time.monotonic() + STOP_TIMEOUT_S
        everything = [*self.children, *(one.child for one in self.ending)]
        for child in everything:
            child.terminate()
        for child in everything:
            child.wait_or_kill(max(0.1, deadline - time.monotonic()))
        for child in self.children:
            if child.listener is not None:
                child.listener.close()
        # Nobody comes after those that were ended by force.
        remove_left()


def _children(runtime: Runtime) -> list[Child]:
    settings = runtime.settings
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:docflow.gunicorn_config"]
    # What somebody of the staff pastes into the search box is cut by the product, whatever its length, not refused by
    # the server; the public site keeps the server's limit.
    sites: Sequence[tuple[str, int, int, list[str]]] = [
        ("staff", settings.port, settings.web_processes, ["--limit-request-line", "0"]),
        ("public", settings.public_port, 1, []),
    ]
    children = []
    for name, port, processes, options in sites:
        listener = listen(settings.host, port)
        own = ["--bind", f"fd://{listener.fileno()}", "--workers", str(processes)]
        threads = ["--threads", str(settings.web_threads)]
        command = [*gunicorn, *own, *threads, *options, f"docflow.wsgi:{name}()"]
        children.append(Child(name, command, settings.log_format, listener=listener, ready_count=processes))
    machinery = [(f"worker-{number}", "workers.main") for number in range(settings.workers)]
    if settings.broker_address:
        machinery.append(("relay", "workers.relay"))
    return children + [Child(name, [sys.executable, "-m", module], settings.log_format) for name, module in machinery]


def _announce(runtime: Runtime) -> None:
    settings = runtime.settings
    lines = [
        "",
        f"DocFlow is ready: http://{settings.host}:{settings.port}",
        f"Public site:      http://{settings.host}:{settings.public_port}",
    ]
    if settings.demo:
        names = ", ".join(person.username for person in PEOPLE)
        lines += [f"Demo accounts:    {names}", f"Password:         {demo_password(settings)}"]
    with runtime.transactions.reading() as session:
        is_new = not is_set_up(session)
    if is_new:
        code = setup_code(settings)
        logger.info("first_start_waits", code=code)
        address = f"http://{settings.host}:{settings.port}/admin/first-start?code={code}"
        lines += [f"First start:      {address}", f"One-time code:    {code}"]
    print("\n".join([*lines, "Stop with Ctrl-C.", ""]), flush=True)  # noqa: T201 - the answer to `make run`
