"""Warm processes: what a fork does wrong stays in the fork, and nobody waits for somebody else's slow file."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from docflow.core.errors import InvalidInput, Unavailable
from docflow.core.fork_server import has_free_processor
from docflow.core.forks import WarmForks

MODULE = "tests.rooms.core.odd_forks"
LIMITS = {"address_space_bytes": 512 * 2**20, "cpu_s": 1, "wall_s": 60}


@pytest.fixture
def forks() -> Iterator[WarmForks]:
    made = WarmForks(MODULE, failure="no_answer", takes_turns=False, is_quiet=True)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("crash", "file_poisonous"),
        ("spin", "file_poisonous"),
        ("swell", "file_too_demanding"),
        ("refuse", "file_damaged"),
    ],
)
def test_what_a_fork_does_wrong_is_a_refusal_and_the_same_process_serves_the_next(forks, operation, code):
    forks.ask("echo", {"word": "before"}, limits=LIMITS)
    process = forks.process_id

    with pytest.raises(InvalidInput) as refused:
        forks.ask(operation, {}, limits=LIMITS)

    assert refused.value.code == code
    assert forks.ask("echo", {"word": "after"}, limits=LIMITS)["word"] == "after"
    assert forks.process_id == process


def test_a_fork_that_hangs_is_ended_in_time(forks, tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InvalidInput) as refused:
        forks.ask("open", {"path": str(tmp_path / "pipe")}, limits={**LIMITS, "wall_s": 1})

    assert (refused.value.code, refused.value.params) == ("file_too_slow", {"limit_s": 1})


def test_a_fork_with_a_fault_of_ours_gives_no_answer_and_says_so(forks):
    with pytest.raises(Unavailable) as refused:
        forks.ask("fail", {}, limits=LIMITS)

    assert (refused.value.code, refused.value.params) == ("no_answer", {"exit_code": 1})


def test_what_a_library_prints_or_reads_does_not_mix_with_answers(forks):
    assert forks.ask("chatter", {}, limits=LIMITS)["read"] == ""
    assert forks.ask("echo", {"word": "next"}, limits=LIMITS)["word"] == "next"


def test_limits_hold_in_the_fork_only(forks):
    forks.ask("spin_a_little", {}, limits=LIMITS)
    forks.ask("spin_a_little", {}, limits=LIMITS)
    forks.ask("spin_a_little", {}, limits=LIMITS)

    assert forks.ask("limits", {}, limits={**LIMITS, "cpu_s": 7})["most_s"] == 7


def test_nobody_waits_for_a_slow_file_of_somebody_else(forks, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    slow = threading.Thread(target=forks.ask, args=("open", {"path": str(pipe)}), kwargs={"limits": LIMITS})
    forks.ask("echo", {"word": "warm"}, limits=LIMITS)
    slow.start()

    # Would never end if the fork that holds the pipe had to end first: the pipe is written below.
    assert forks.ask("echo", {"word": "quick"}, limits=LIMITS)["word"] == "quick"
    pipe.write_text("done")
    slow.join()

    # One process is kept, the other ends.
    own = [child for child in psutil.Process().children() if MODULE in child.cmdline()]
    assert [child.pid for child in own] == [forks.process_id]


def test_short_requests_at_once_wait_for_one_process_and_start_no_other(forks):
    forks.ask("echo", {"word": "warm"}, limits=LIMITS)
    answered = []
    threads = [
        threading.Thread(target=lambda: answered.append(forks.ask("who", {}, limits=LIMITS)["server"]))
        for _ in range(6)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answered == [forks.process_id] * 6


def test_a_process_that_was_killed_is_started_anew(forks):
    forks.ask("echo", {"word": "first"}, limits=LIMITS)
    former = psutil.Process(forks.process_id)
    former.send_signal(signal.SIGKILL)
    former.wait(timeout=5)

    assert forks.ask("echo", {"word": "second"}, limits=LIMITS)["word"] == "second"
    assert forks.process_id != former.pid


def test_a_fork_of_the_parent_has_a_process_of_its_own(forks, tmp_path):
    forks.ask("echo", {"word": "parent"}, limits=LIMITS)
    seen = tmp_path / "seen"
    child = os.fork()
    if child == 0:
        try:
            forks.ask("echo", {"word": "child"}, limits=LIMITS)
            seen.write_text(str(forks.process_id))
            forks.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    assert int(seen.read_text()) != forks.process_id
    assert forks.ask("echo", {"word": "still"}, limits=LIMITS)["word"] == "still"


def test_a_module_that_does_not_start_is_unavailable():
    forks = WarmForks("tests.rooms.core.nothing_here", failure="no_answer", takes_turns=True, is_quiet=True)

    with pytest.raises(Unavailable) as refused:
        forks.ask("echo", {}, limits=LIMITS)

    assert (refused.value.code, refused.value.params) == ("no_answer", {"exit_code": 1})


def test_whoever_asks_again_finds_a_fork_that_has_rehearsed(forks):
    first = forks.ask("tell", {}, limits=LIMITS)["was_rehearsed_here"]
    # A second operation with a rehearsal: neither fork keeps the other from hearing that its request is complete.
    forks.ask("spin_a_little", {}, limits=LIMITS)

    assert not first
    # It rehearses while nothing is asked.
    wait_until(lambda: forks.ask("tell", {}, limits=LIMITS)["was_rehearsed_here"], pause_s=0.2)
    forks.ask("spin_a_little", {}, limits=LIMITS)


def test_on_a_busy_machine_nothing_is_rehearsed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BUSY", "1")
    forks = WarmForks(MODULE, failure="no_answer", takes_turns=False, is_quiet=True)
    try:
        for _ in range(3):
            assert not forks.ask("tell", {}, limits=LIMITS)["was_rehearsed_here"]
            time.sleep(0.2)
        assert psutil.Process(forks.process_id).children() == []
    finally:
        forks.close()


@pytest.mark.parametrize(("load", "is_free"), [(0.2, True), (64.0, False)])
def test_a_machine_is_busy_when_more_processes_want_a_processor_than_there_are(monkeypatch, load, is_free):
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    assert has_free_processor() is is_free


def test_a_rehearsal_that_fails_does_no_harm(forks):
    warm_before = None
    for _ in range(3):
        assert not forks.ask("tell_badly_prepared", {}, limits=LIMITS)["was_rehearsed_here"]
        warm_before = warm_before or forks.process_id
        time.sleep(0.2)

    assert forks.process_id == warm_before


def test_a_fork_that_waits_ends_with_its_process(forks):
    forks.ask("tell", {}, limits=LIMITS)
    forks.ask("spin_a_little", {}, limits=LIMITS)
    warm = psutil.Process(forks.process_id)
    wait_until(lambda: len(warm.children()) == 2)
    kept = warm.children()
    warm.send_signal(signal.SIGKILL)

    assert psutil.wait_procs(kept, timeout=10)[1] == []


def wait_until(condition: Callable[[], bool], *, pause_s: float = 0.01) -> None:
    for _ in range(400):
        if condition():
            return
        time.sleep(pause_s)
    pytest.fail("it never came")


def test_nothing_of_a_file_is_in_the_arguments_of_the_process(forks, tmp_path: Path):
    forks.ask("echo", {"word": str(tmp_path)}, limits=LIMITS)

    assert psutil.Process(forks.process_id).cmdline()[1:] == ["-m", MODULE]


def test_what_is_not_known_yet_follows_and_is_waited_for_by_the_fork_alone(forks):
    answer = forks.ask("echo_later", {"word": "a"}, limits=LIMITS, later=lambda: {"word": "b"})

    assert (answer["word"], answer["later"]) == ("a", "b")
    assert forks.ask("echo_later", {"word": "a"}, limits=LIMITS | {"wall_s": 5})["later"] is None


@pytest.mark.parametrize("operation", ["echo_later", "refuse", "crash"])
def test_what_never_comes_is_told_as_it_was_refused_and_the_process_goes_on(forks, operation):
    def refuse() -> dict[str, object]:
        raise InvalidInput("pin_wrong", left=4)

    with pytest.raises(InvalidInput) as refused:
        forks.ask(operation, {"word": "a"}, limits=LIMITS, later=refuse)

    assert (refused.value.code, refused.value.params) == ("pin_wrong", {"left": 4})
    assert forks.ask("echo", {"word": "next"}, limits=LIMITS)["word"] == "next"


def test_a_request_that_broke_off_in_the_middle_is_not_ended_by_the_next(forks):
    def break_off() -> dict[str, object]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forks.ask("echo_later", {"word": "a"}, limits=LIMITS, later=break_off)

    assert forks.ask("echo", {"word": "next"}, limits=LIMITS)["word"] == "next"
    warm = [child.pid for child in psutil.Process().children() if MODULE in child.cmdline()]
    assert warm == [forks.process_id]


def test_a_fork_that_refuses_before_it_hears_the_rest_is_heard(forks):
    with pytest.raises(InvalidInput) as refused:
        forks.ask("refuse", {}, limits=LIMITS, later=lambda: {"word": "b"})

    assert refused.value.code == "file_damaged"
