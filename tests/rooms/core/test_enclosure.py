"""What a file that took over its parser could still do: nothing but read itself and answer."""

from __future__ import annotations

import socket

import pytest

from docflow.core.enclosure import landlock_version
from docflow.core.forks import WarmForks
from docflow.ocr.capability import check_enclosure
from docflow.pdf.child import ask_child
from docflow.pdf.limits import DEFAULT_LIMITS

LIMITS = {"address_space_bytes": 512 * 2**20, "cpu_s": 5, "wall_s": 60}
CALLS = {"udp", "unix", "run", "kill"}
FILES = {"read", "list", "write", "link", "change", "environment"}
OWN = {"own", "out", "pair", "library"}


@pytest.fixture
def attempted(tmp_path):
    """Ask a fork to try everything; return what became of each attempt."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("docflow.sqlite", "secret-key", "letter.pdf"):
        (home / name).write_bytes(b"content")
    forks = WarmForks("tests.rooms.core.odd_forks", failure="no_answer", takes_turns=False, is_quiet=True)
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "door"))
        other.listen()

        def ask(operation, **named):
            request = {
                "path": str(home / "letter.pdf"), "out": str(home / "out.pdf"), "secret": str(home / "docflow.sqlite"),
                "folder": str(home), "port": door.getsockname()[1], "unix": str(tmp_path / "door"), **named,
            }  # fmt: skip
            return forks.ask(operation, request, limits=LIMITS)

        yield ask
    forks.close()
    assert (home / "out.pdf").read_bytes() == b"done"
    assert not (home / "new").exists()
    assert (home / "letter.pdf").read_bytes() == b"content"


def done(found):
    return {name for name, outcome in found.items() if outcome == "done"}


@pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")
def test_a_fork_reaches_no_socket_no_database_no_key_and_no_other_process(attempted):
    found = attempted("attempt")
    assert done(found) - {"cpu_s"} == OWN, found
    assert found["tcp"] == found["read"] == found["run"] == "PermissionError"


@pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")
def test_what_asks_for_a_time_stamp_has_the_network_and_nothing_more(attempted):
    found = attempted("attempt_online")
    assert done(found) == OWN | {"tcp", "udp"}, found


@pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")
def test_a_name_that_a_stranger_gave_opens_nothing(attempted, tmp_path):
    found = attempted("attempt", file_name=str(tmp_path / "home" / "docflow.sqlite"), title=str(tmp_path / "home"))
    assert found["read"] == "PermissionError"


@pytest.mark.skipif(not landlock_version(), reason="this kernel has no Landlock")
def test_doctor_tells_what_is_in_force_where_files_are_read():
    assert ask_child("probe", {}, limits=DEFAULT_LIMITS)["shut"] == {"network": True, "files": True}
    check = check_enclosure()
    assert check.ok
    assert check.detail == "no network, own files alone"
