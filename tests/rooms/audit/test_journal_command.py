"""``docflow journal`` on a home of its own."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import text

from docflow.audit.anchors import anchors_folder
from docflow.cli import main
from docflow.core.actor import SYSTEM


@pytest.fixture
def home(sqlite_runtime, monkeypatch):
    monkeypatch.setenv("DOCFLOW_HOME", str(sqlite_runtime.settings.home))
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        for number in range(30):
            uow.record("test.done", subject_kind="test", subject_id=str(number))
    return sqlite_runtime


def answer(capsys, *arguments, code=0):
    assert main(["journal", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_verify_counts_lines_anchors_and_files(home, capsys):
    before = answer(capsys, "verify")
    assert before["ok"]
    assert (before["anchors"], before["anchor_files"], before["anchored_entries"]) == (0, 0, 0)
    anchored = answer(capsys, "anchor")["anchored"]
    assert (anchored["first_number"], anchored["last_number"]) == (1, before["entries"])
    after = answer(capsys, "verify")
    assert after == before | {
        "entries": before["entries"] + 1,
        "anchors": 1,
        "anchor_files": 1,
        "anchored_entries": before["entries"],
    }
    assert answer(capsys, "anchor") == {"anchored": None}


def test_verify_names_the_line_and_the_anchor_that_fail_and_exits_with_one(home, capsys, tmp_path):
    answer(capsys, "anchor")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(anchors_folder(home.settings), elsewhere)
    with home.transactions.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_entries_no_update"))
        connection.execute(text("UPDATE journal_entries SET subject_id = 'other' WHERE number = 7"))
    found = answer(capsys, "verify", "--anchors", str(elsewhere), code=1)
    assert (found["ok"], found["first_bad_entry"], found["anchor_files"]) == (False, 7, 2)
    assert {(one["first_number"], one["fault"]) for one in found["failed_anchors"]} == {(1, "chain_broken")}
    assert main(["journal", "verify"]) == 1
    told = capsys.readouterr().out
    assert "first line that does not fit: 7" in told


def test_a_folder_that_is_not_there_is_a_refusal_with_its_remedy(home, capsys, tmp_path):
    refusal = answer(capsys, "verify", "--anchors", str(tmp_path / "nowhere"), code=1)
    assert refusal["error"]["code"] == "folder_unreadable"


def test_a_clock_that_is_right_needs_no_acceptance(home, capsys):
    assert answer(capsys, "accept-clock", "--reason", "none", code=1)["error"]["code"] == "clock_not_set_back"
