"""The sealing process: hostile files, deaths, threads and forks leave it working."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import psutil
import pytest

from docflow.core.errors import DocFlowError, InvalidInput
from docflow.pdf.limits import MEBIBYTE, SourceLimits
from docflow.settings import Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.keys import local_keys
from docflow.stamping.ports import SealRequest

from .faces import DESIGN, face
from .odd_files import Sender, written


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    running = Workshop(limits=SourceLimits(cpu_s=5, wall_s=10, address_space_bytes=1024 * MEBIBYTE))
    yield running
    running.close()


@pytest.fixture(scope="module")
def sealer(home, workshop) -> PadesSealer:
    settings = Settings(home=home)
    return PadesSealer(settings, local_keys(settings), workshop)


def sealed(sealer: PadesSealer, folder: Path, content: bytes, name: str = "a"):
    source, out = folder / f"{name}.pdf", folder / f"{name}.sealed.pdf"
    source.write_bytes(content)
    return sealer.seal(SealRequest(source, out, face(), DESIGN, "a.pdf", Sender.AT))


def bomb() -> bytes:
    """A page whose drawing inflates to two gigabytes."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    inner = zlib.compress(b"0 0 m\n" * 200_000_00, 9)
    stream = made.make_stream(b"")
    stream.write(zlib.compress(inner, 9), filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]))
    made.pages[0].Contents = stream
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def loop() -> bytes:
    """A page tree that contains itself."""
    content = written()
    return content.replace(b"/Kids [ 3 0 R ]", b"/Kids [ 2 0 R ]")


HOSTILE = {
    "bomb": bomb,
    "loop": loop,
    "nothing": lambda: b"",
    "rubbish": lambda: os.urandom(5000),
    "only a header": lambda: b"%PDF-1.7\n",
    "huge numbers": lambda: written().replace(b"595 842", b"1e9 1e9"),
    "deep arrays": lambda: (
        b"%PDF-1.4\n1 0 obj\n" + b"[" * 50_000 + b"]" * 50_000 + b"\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF"
    ),
}


REFUSALS = {"seal_impossible", "file_poisonous", "file_too_slow", "file_too_demanding"}


def outcome(sealer: PadesSealer, folder: Path, content: bytes) -> str:
    """What became of a file: sealed, or the code of the refusal."""
    try:
        sealed(sealer, folder, content)
    except DocFlowError as refusal:
        return refusal.code
    return "sealed"


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_hostile_file_is_refused_with_a_reason_and_the_next_is_sealed(sealer, tmp_path, kind):
    content = HOSTILE[kind]()
    (tmp_path / "hostile.pdf").write_bytes(content)

    assert outcome(sealer, tmp_path, content) in REFUSALS | {"sealed"}
    assert sealer.examine(tmp_path / "hostile.pdf", at=Sender.AT).signatures == ()
    assert sealed(sealer, tmp_path, written(), "next").field == "Cachet"


def test_a_process_that_was_killed_is_started_anew(sealer, workshop, tmp_path):
    sealed(sealer, tmp_path, written())
    former = workshop.process_id
    os.kill(former, signal.SIGKILL)
    psutil.Process(former).wait(timeout=5)

    assert sealed(sealer, tmp_path, written(), "next").field == "Cachet"
    assert workshop.process_id != former


def test_threads_take_turns(sealer, tmp_path):
    with ThreadPoolExecutor(6) as pool:
        fields = list(pool.map(lambda at: sealed(sealer, tmp_path, written(), f"{at}").field, range(12)))

    assert fields == ["Cachet"] * 12


def test_a_fork_that_runs_too_long_is_ended(sealer, workshop, tmp_path):
    slow = SourceLimits(cpu_s=60, wall_s=1, address_space_bytes=1024 * MEBIBYTE)
    # Nobody writes into this pipe, so that reading it does not end.
    os.mkfifo(tmp_path / "a.pdf")

    with pytest.raises(InvalidInput) as refused:
        workshop.ask(
            "examine", {"source": str(tmp_path / "a.pdf"), "at": Sender.AT.isoformat(), "trusted": []}, limits=slow
        )

    assert refused.value.code == "file_too_slow"


def test_it_ends_with_its_parent(tmp_path):
    script = (
        "from docflow.stamping.adapters.workshop import Workshop\n"
        "import os, sys\n"
        "made = Workshop()\n"
        "try:\n"
        "    made.ask('key_status', {'key': {'kind': 'files', 'key': 'x', 'certificate': 'y', 'chain': []}})\n"
        "except Exception: pass\n"
        "print(made.process_id, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    number = int(ran.stdout)

    deadline = time.monotonic() + 10
    while psutil.pid_exists(number) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(number)


def test_no_secret_is_in_the_arguments_of_the_process(sealer, workshop, tmp_path):
    sealed(sealer, tmp_path, written())

    process = psutil.Process(workshop.process_id)
    assert process.cmdline() == [sys.executable, "-m", "docflow.stamping.adapters.workshop_main"]
