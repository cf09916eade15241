"""What a process writes aside goes with it, even when it is killed; what a living one uses stays."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docflow.core.orphans import die_with_parent
from docflow.core.temporaries import PREFIX, own_temporaries, remove_left

READER = """
import sys
from docflow.core.logging import configure_logging
from docflow.core.temporaries import own_temporaries
from docflow.storage.adapters.fetched import FetchedFiles

configure_logging(is_json=False)
with own_temporaries():
    fetched = FetchedFiles(most_files=2, most_bytes=100)
    with fetched.hold("letter", lambda path: path.write_text("Monsieur le President")) as path:
        print(path, flush=True)
        sys.stdin.read()
"""
"""Fetches a letter, tells where it lies, and holds it until nothing more is said to it."""
Reader = subprocess.Popen[str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def start_reader(place: Path) -> Iterator[Callable[[], tuple[Reader, Path]]]:
    readers: list[Reader] = []

    def start() -> tuple[Reader, Path]:
        reader = subprocess.Popen(
            [sys.executable, "-c", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        readers.append(reader)
        assert reader.stdout is not None
        return reader, Path(reader.stdout.readline().strip())

    yield start
    for reader in readers:
        reader.kill()
        reader.communicate()


def test_the_next_process_removes_what_a_killed_one_left_and_keeps_what_a_living_one_uses(start_reader, place):
    (living, kept), (victim, left) = start_reader(), start_reader()
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    assert left.read_text() == "Monsieur le President"

    _, next_one = start_reader()

    assert not left.exists()
    assert kept.read_text() == next_one.read_text() == "Monsieur le President"
    assert len(list(place.iterdir())) == 2
    living.communicate()
    assert not kept.exists()


def test_a_folder_in_the_making_is_not_left_to_whoever_removed_it(place, monkeypatch):
    made = []

    def make_and_lose(*, prefix: str, dir: Path) -> str:
        folder = Path(dir) / f"{prefix}{len(made)}"
        folder.mkdir()
        made.append(folder)
        if len(made) == 1:
            assert remove_left() == 1
        return str(folder)

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)
    with own_temporaries():
        assert tempfile.gettempdir() == str(made[1])
        assert made[1].is_dir()
        assert remove_left() == 0

    assert list(place.iterdir()) == []


def test_children_write_into_the_folder_of_their_parent_and_a_process_started_has_one_beside_it(place):
    code = "import tempfile; from docflow.core.temporaries import own_temporaries\n{}print(tempfile.gettempdir())"

    def asked(before: str) -> Path:
        return Path(subprocess.check_output([sys.executable, "-c", code.format(before)], text=True).strip())

    with own_temporaries():
        own = Path(tempfile.gettempdir())
        assert asked("") == own
        beside = asked("with own_temporaries(): ")

    assert (own.parent, beside.parent) == (place, place)
    assert (tempfile.gettempdir(), os.environ["TMPDIR"]) == (str(place), str(place))
    assert list(place.iterdir()) == []


def test_what_is_no_folder_of_ours_is_left_alone(place, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "letter"
    elsewhere.write_text("kept")
    (place / f"{PREFIX}link").symlink_to(elsewhere.parent)
    (place / f"{PREFIX}file").write_text("kept")
    (place / "other").mkdir()

    assert remove_left() == 0

    assert elsewhere.read_text() == "kept"
    assert len(list(place.iterdir())) == 3


def test_a_full_disk_lets_a_process_begin_all_the_same(place, monkeypatch):
    def full(**_options: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with own_temporaries():
        assert tempfile.gettempdir() == str(place)


def test_a_place_without_locks_keeps_no_folder_that_anybody_could_take_away(place, monkeypatch):
    def without(_opened: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", without)
    with own_temporaries():
        assert tempfile.gettempdir() == str(place)

    assert list(place.iterdir()) == []
