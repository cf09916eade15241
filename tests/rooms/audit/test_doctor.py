"""``docflow doctor`` tells of a clock set back and of a journal that nobody anchors."""

from __future__ import annotations

from docflow.audit.anchors import anchor_journal
from docflow.audit.capability import check_anchors
from docflow.core.actor import SYSTEM


def record(runtime):
    with runtime.transactions.writing(SYSTEM) as uow:
        uow.record("test.done", subject_kind="test", subject_id="1")


def checks(runtime):
    return {check.name: check.ok for check in check_anchors(runtime)}


def test_a_clock_set_back_is_told(runtime, clock):
    record(runtime)
    assert checks(runtime)["clock"]
    clock.move(hours=-1)
    assert not checks(runtime)["clock"]


def test_a_journal_that_grows_without_anchors_is_told(runtime, clock):
    record(runtime)
    anchor_journal(runtime)
    clock.move(days=3)
    assert checks(runtime)["journal"]
    record(runtime)
    assert not checks(runtime)["journal"]
    anchor_journal(runtime)
    record(runtime)
    assert checks(runtime)["journal"]


def test_a_journal_that_was_never_anchored_is_told_after_some_days(runtime, clock):
    record(runtime)
    assert checks(runtime)["journal"]
    clock.move(days=3)
    record(runtime)
    assert not checks(runtime)["journal"]
