"""A writer killed at any moment loses nothing that it acknowledged and leaves no half state."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from docflow.search.adapters.tantivy import TantivyIndex
from docflow.search.adapters.whoosh import WhooshIndex
from tests.rooms.search.entries import ask, entry, fill

ENGINES = {"tantivy": TantivyIndex, "whoosh": WhooshIndex}
ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
from tests.contracts.test_search_index_crash import ENGINES
from tests.rooms.search.entries import entry
index = ENGINES[sys.argv[1]](Path(sys.argv[2]))
for number in range(10_000):
    index.apply([entry(f"{number}a", "permis"), entry(f"{number}b", "permis")], [])
    print(number, flush=True)
"""

REBUILDER = """
import sys
from pathlib import Path
from tests.contracts.test_search_index_crash import ENGINES
from tests.rooms.search.entries import entry
index = ENGINES[sys.argv[1]](Path(sys.argv[2]))
for _ in range(10_000):
    rebuild = index.start_rebuild()
    rebuild.add([entry("1", "permis"), entry("2", "permis")])
    rebuild.swap()
    print("swapped", flush=True)
"""


def run_and_kill(program: str, engine: str, folder: Path, *, lines: int, delay_s: float) -> list[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, engine, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    printed = [process.stdout.readline().strip() for _ in range(lines)]
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    printed += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    return printed


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("delay_s", [0.0, 0.004, 0.011])
def test_a_killed_writer_keeps_every_acknowledged_batch_whole(engine: str, delay_s: float, tmp_path: Path) -> None:
    fill(ENGINES[engine](tmp_path / "index")).close()

    acknowledged = run_and_kill(WRITER, engine, tmp_path / "index", lines=3, delay_s=delay_s)

    index = ENGINES[engine](tmp_path / "index")
    present = {document_id for document_id, _ in index.versions()}
    assert index.status().state == "ok"
    assert {f"{number}{half}" for number in acknowledged for half in "ab"} <= present
    assert {name[:-1] + "a" for name in present} | {name[:-1] + "b" for name in present} == present
    index.apply([entry("after", "permis")], [])
    assert ask(index, "permis").total == len(present) + 1
    index.close()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("delay_s", [0.0, 0.007])
def test_a_killed_rebuild_leaves_an_index_that_answers(engine: str, delay_s: float, tmp_path: Path) -> None:
    fill(ENGINES[engine](tmp_path / "index"), entry("1", "permis"), entry("2", "permis")).close()

    run_and_kill(REBUILDER, engine, tmp_path / "index", lines=1, delay_s=delay_s)

    index = ENGINES[engine](tmp_path / "index")
    assert ask(index, "permis").total == 2
    assert not index.status().is_rebuilding
    assert fill(index, entry("3", "permis")).count() == 1
    index.close()
