"""Pages of results over HTTP: ``python -m benchmarks.web [DOCUMENTS] [CLIENTS]``, 50,000 and 8 when none are said.

The staff site as gunicorn serves it, with two processes, on made-up documents. One reader asks first; then all, each
with half a second to one and a half of thought between two pages, as somebody who looks for something quickly; then
all without any, which tells what the machine can bear and no longer how long somebody waits. Half of the readers see
the documents of one unit alone. Questions are of every kind in equal parts; pages have twenty results.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.browsers import Browser, Shared, csrf_of
from docflow.cli.made_up_home import PASSWORD, made_up_home
from docflow.cli.web_bench import READER, READER_OF_ONE_UNIT, questions
from docflow.search.measuring import SEED, Corpus
from tests.servers import free_port, wait_for_port

PROCESSES = 2
PAGES_ALONE = 140
PAGES_EACH = 50
THOUGHT_S = (0.5, 1.5)


class Reader(threading.Thread):
    """Somebody who asks one question after the other."""

    def __init__(self, browser: Browser, texts: Sequence[str], kind: str, *, thought_s: tuple[float, float]) -> None:
        """Take a browser that is signed in, what to ask, the name of the times, and how long to think."""
        super().__init__()
        self._browser, self._texts, self._kind, self._thought_s = browser, texts, kind, thought_s
        self.errors: list[str] = []

    def run(self) -> None:
        """Ask all of it."""
        draw = random.Random(f"{SEED}{self._texts[0]}")
        try:
            for text in self._texts:
                time.sleep(draw.uniform(*self._thought_s))
                self._browser.get(self._kind, "/search", q=text)
        except Exception as error:
            self.errors.append(repr(error))


def measure(documents: int, clients: int) -> dict[str, Any]:
    """Return the times of pages, alone and with others, and what the server took."""
    corpus, shared, port = Corpus(documents), Shared(), free_port()
    texts = random.Random(SEED).sample(found := questions(corpus, 200), len(found))
    with made_up_home(corpus) as runtime:
        runtime.search_index.close()
        server = _served(runtime.settings.home, port)
        try:
            browsers = [_signed_in(port, number, shared) for number in range(clients)]
            _ask(browsers, [texts[-10 * (number + 1) :][:10] for number in range(clients)], "warming")
            start, load = _cpu_s(server.pid), os.getloadavg()[0]
            errors = _ask(browsers[:1], [texts[:PAGES_ALONE]], "one")
            alone_cpu_s = _cpu_s(server.pid) - start
            shares = [texts[number * PAGES_EACH :][:PAGES_EACH] for number in range(clients)]
            errors += _ask(browsers, shares, "thinking", thought_s=THOUGHT_S)
            errors += _ask(browsers, shares, "without_thought")
        finally:
            server.terminate()
            server.wait()
    times = shared.times()
    return {
        "documents": documents,
        "clients": clients,
        "processes": PROCESSES,
        "load_at_start": load,
        "pages_ms": {kind: times[kind] for kind in ("one", "thinking", "without_thought")},
        "cpu_ms_a_page": round(alone_cpu_s / PAGES_ALONE * 1000, 1),
        "errors": errors,
    }


def _served(home: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "--config", "python:docflow.gunicorn_config", "--threads", "16"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES), "docflow.wsgi:staff()"]
    environment = os.environ | {"DOCFLOW_HOME": str(home), "DOCFLOW_TRUSTED_PROXIES": "1"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_port(port)
    return server


def _signed_in(port: int, number: int, shared: Shared) -> Browser:
    browser = Browser(port, f"198.51.100.{number + 1}", shared, language=("ar", "fr")[number % 2])
    name = (READER, READER_OF_ONE_UNIT)[number // 2 % 2]
    token = csrf_of(browser.get("sign in", "/sign-in"))
    browser.post("sign in", "/sign-in", {"csrf_token": token, "username": name, "password": PASSWORD})
    return browser


def _ask(
    browsers: Sequence[Browser],
    shares: Sequence[Sequence[str]],
    kind: str,
    *,
    thought_s: tuple[float, float] = (0, 0),
) -> list[str]:
    readers = [
        Reader(browser, texts, kind, thought_s=thought_s) for browser, texts in zip(browsers, shares, strict=True)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return [error for reader in readers for error in reader.errors]


def _cpu_s(master: int) -> float:
    """Return seconds of the processor of the web processes so far."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    ticks = sum(
        sum(map(int, Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13])) for child in children
    )
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    print(json.dumps(measure(*(numbers + [50_000, 8][len(numbers) :])), indent=1))
