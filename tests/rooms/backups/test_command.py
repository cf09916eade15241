"""``docflow backup``, ``restore`` and ``doctor`` on a home, and what the administrator's page says."""

from __future__ import annotations

import json

import pytest

from docflow.accounts.operations import set_locale
from docflow.backups import secrets
from docflow.backups.capability import check_backup
from docflow.backups.queries import BackupState, last_backup
from docflow.backups.verifying import Verification, keep_verification
from docflow.cli import main
from docflow.core.actor import SYSTEM
from tests.conftest import actor
from tests.factories.sessions import signed_in_client


@pytest.fixture
def disk(sqlite_runtime, monkeypatch, tmp_path):
    """The folder of backups of a home with some lines of the journal; the passphrase is in a file."""
    monkeypatch.setattr(secrets, "COST", 2**4)
    monkeypatch.setenv("DOCFLOW_HOME", str(sqlite_runtime.settings.home))
    with sqlite_runtime.transactions.writing(SYSTEM) as uow:
        uow.record("jobs.retried", subject_kind="job", subject_id="1", name="test")
    (tmp_path / "passphrase").write_text("quatre mots pour la nuit\n")
    return tmp_path / "disk"


def answers(capsys, *arguments, code=0):
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refusal(capsys, *arguments):
    (answer,) = answers(capsys, *arguments, code=1)
    return answer["error"]["code"]


def test_a_home_is_backed_up_listed_verified_and_restored(disk, capsys, tmp_path, monkeypatch):
    passphrase = ("--passphrase-file", tmp_path / "passphrase")
    assert refusal(capsys, "backup", disk) == "backup_passphrase_missing"
    (made,) = answers(capsys, "backup", disk, *passphrase, "--keep", 3)
    (listed,) = answers(capsys, "backup", "list", disk)
    assert (listed["name"], listed["rows"], listed["lacking"]) == (made["name"], made["rows"], 0)
    (verified,) = answers(capsys, "backup", "verify", disk, *passphrase)
    assert (verified["ok"], verified["rows"], verified["secrets_open"]) == (True, made["rows"], True)

    (restored,) = answers(capsys, "restore", disk, "--to", tmp_path / "new", *passphrase)

    assert (restored["ok"], restored["journal"]["ok"], restored["rows"]) == (True, True, made["rows"])
    assert refusal(capsys, "restore", disk, "--to", tmp_path / "new", *passphrase) == "place_not_empty"
    assert refusal(capsys, "backup", "list", tmp_path / "nowhere") == "backup_unknown"
    assert not (tmp_path / "nowhere").exists()
    monkeypatch.setenv("DOCFLOW_HOME", str(tmp_path / "new"))
    (intact,) = answers(capsys, "journal", "verify")
    assert intact["ok"]


def test_the_health_page_says_whether_there_is_a_backup(disk, sqlite_runtime, capsys, tmp_path):
    runtime = sqlite_runtime
    client = signed_in_client(runtime, "admin")
    for locale, words in (("ar", "لم تنجز أي نسخة احتياطية"), ("fr", "Aucune sauvegarde")):
        with runtime.transactions.writing(actor(runtime, "admin")) as uow:
            set_locale(uow, locale=locale)
        assert words in client.get("/admin/health").get_data(as_text=True)
    (check,) = check_backup(runtime)
    assert (check.ok, check.is_warning) == (False, True)

    name = answers(capsys, "backup", disk, "--passphrase-file", tmp_path / "passphrase")[0]["name"]

    assert str(disk) in client.get("/admin/health").get_data(as_text=True)
    with runtime.transactions.reading() as session:
        made_at = last_backup(session, runtime.clock.now(), max_age_h=0).made_at
        states = [last_backup(session, made_at.replace(year=2030), max_age_h=hours).state for hours in (26, 0)]
    assert states == [BackupState.OLD, BackupState.UNVERIFIED]
    for is_sound, state in ((False, BackupState.UNSOUND), (True, BackupState.SOUND)):
        keep_verification(runtime.transactions, Verification(name, damaged_tables=[] if is_sound else ["people"]))
        with runtime.transactions.reading() as session:
            assert last_backup(session, runtime.clock.now(), max_age_h=0).state is state
