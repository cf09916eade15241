"""Anchors: what the chain alone cannot tell is told by statements kept elsewhere."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from docflow.audit.anchors import anchor_journal, anchor_nightly, anchors_folder, read_anchor_file, verify_anchored
from docflow.audit.jobs import anchor as anchor_job
from docflow.audit.models import JournalAnchor, JournalEntry, JournalHead
from docflow.audit.queries import acts_on, kept_anchors, lines_after, statement_of
from docflow.audit.rules import AnchorFault, MerkleTree, line_hash
from docflow.bootstrap import bootstrap
from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.core.errors import Conflict, InvalidInput, Unavailable
from docflow.core.ids import new_id
from tests.rooms.audit.authority import running_authority

TABLES = ("journal_entries", "journal_anchors")


def record(runtime, times=1):
    with runtime.transactions.writing(SYSTEM) as uow:
        for number in range(times):
            uow.record("test.done", subject_kind="test", subject_id=str(number), value=number)


def anchored(runtime, lines=20):
    """Three anchors over some lines, and some lines after them; return how many lines there are."""
    for _ in range(3):
        record(runtime, lines)
        anchor_journal(runtime)
        runtime.clock.move(days=1)
    record(runtime, 5)
    return report(runtime).verdict.entries


def report(runtime, *folders):
    return verify_anchored(runtime, folders)


def faults(found):
    return {failed.fault for failed in found.failed_anchors}


def unlock(runtime):
    """Do what somebody with the database's password can: take its triggers away."""
    with runtime.transactions.engine.begin() as connection:
        for table in TABLES:
            if connection.dialect.name == "sqlite":
                for action in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{action}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def rewrite(runtime, first, *, last=None, **changes):
    """Compute the chain anew from a changed line on, the head included; cut it after ``last`` when that is given."""
    unlock(runtime)
    with runtime.transactions.engine.begin() as connection, runtime.transactions.reading() as session:
        lines = list(lines_after(session, 0))
        previous = lines[first - 2][1] if first > 1 else "0" * 64
        for line, _hash in lines[first - 1 :]:
            changed = replace(line, previous_hash=previous, **(changes if line.number == first else {}))
            previous = line_hash(changed)
            connection.execute(
                update(JournalEntry)
                .where(JournalEntry.number == line.number)
                .values(actor_name=changed.actor_name, previous_hash=changed.previous_hash, hash=previous)
            )
            if line.number == last:
                break
        end = last or lines[-1][0].number
        connection.execute(delete(JournalEntry).where(JournalEntry.number > end))
        connection.execute(update(JournalHead).values(number=end, hash=previous))


@pytest.mark.parametrize("leaves", range(1, 18))
def test_the_tree_is_the_one_of_the_standard(leaves):
    # RFC 6962, 2.1, written as it is defined there: the left part is the largest power of two below the number.
    import hashlib

    def root_of(parts):
        if len(parts) == 1:
            return hashlib.sha256(b"\x00" + parts[0]).digest()
        half = 1 << (len(parts) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + root_of(parts[:half]) + root_of(parts[half:])).digest()

    parts = [bytes([number]) * 32 for number in range(leaves)]
    tree = MerkleTree()
    for part in parts:
        tree.add(part)
    assert tree.root() == root_of(parts).hex()


def test_anchors_cover_every_line_once_and_leave_a_line_and_a_file_each(runtime):
    entries = anchored(runtime)
    with runtime.transactions.reading() as session:
        rows = kept_anchors(session)
        assert acts_on(session, "journal", str(rows[-1].last_number))[0].verb == "audit.anchored"
    assert [row.first_number for row in rows] == [1, *(row.last_number + 1 for row in rows[:-1])]
    files = sorted(anchors_folder(runtime.settings).iterdir())
    assert [read_anchor_file(path).anchor for path in files] == [statement_of(row) for row in rows]
    found = report(runtime)
    assert found.verdict.ok
    assert (found.anchors, found.files, found.anchored_entries) == (3, 3, entries - 6)


def test_a_quiet_night_makes_no_anchor(runtime):
    record(runtime)
    assert anchor_journal(runtime) is not None
    assert anchor_journal(runtime) is None


def test_an_anchor_is_made_once_a_night_and_made_up_for_in_the_morning(runtime, clock):
    record(runtime)
    made = []
    for _hour in range(72):
        made.append(anchor_nightly(runtime) is not None)
        record(runtime)
        clock.move(hours=1)
    # The first at once, since there is none; then each at two o'clock of the district, which in Ramadan is on UTC.
    assert [hour for hour, is_made in enumerate(made) if is_made] == [0, 17, 41, 65]


def test_lines_cut_from_the_end_with_the_head_are_found_by_an_anchor(runtime):
    entries = anchored(runtime)
    rewrite(runtime, entries - 10, last=entries - 10)
    found = report(runtime)
    assert not found.verdict.ok
    assert found.verdict.first_bad_entry == entries - 9
    assert faults(found) == {AnchorFault.LINES_MISSING}


def test_a_chain_computed_anew_is_found_by_an_anchor(runtime):
    anchored(runtime)
    rewrite(runtime, 30, actor_name="somebody else")
    found = report(runtime)
    with runtime.transactions.reading() as session:
        rows = kept_anchors(session)
    covering = next(row for row in rows if row.last_number >= 30)
    assert found.verdict.first_bad_entry == covering.first_number
    assert faults(found) == {AnchorFault.LINES_DIFFER}
    failed = {(one.first_number, one.last_number) for one in found.failed_anchors}
    assert failed == {(row.first_number, row.last_number) for row in rows if row.last_number >= 30}


def test_a_chain_computed_anew_with_its_anchors_is_found_by_copies_kept_elsewhere(runtime, tmp_path):
    anchored(runtime)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(anchors_folder(runtime.settings), elsewhere)
    rewrite(runtime, 30, actor_name="somebody else")
    shutil.rmtree(anchors_folder(runtime.settings))
    with runtime.transactions.engine.begin() as connection:
        connection.execute(delete(JournalAnchor))
    anchor_journal(runtime)
    assert report(runtime).verdict.ok
    found = report(runtime, elsewhere)
    assert not found.verdict.ok
    assert {AnchorFault.LINES_DIFFER, AnchorFault.NOT_IN_DATABASE} == faults(found)
    assert all(failed.where.startswith(str(elsewhere)) for failed in found.failed_anchors)


def test_an_anchor_altered_or_taken_out_of_the_table_is_found(runtime):
    anchored(runtime)
    unlock(runtime)
    shutil.rmtree(anchors_folder(runtime.settings))
    with runtime.transactions.engine.begin() as connection:
        first = connection.scalar(select(func.min(JournalAnchor.last_number)))
        connection.execute(update(JournalAnchor).where(JournalAnchor.last_number == first).values(root="0" * 64))
    assert AnchorFault.STATEMENT_ALTERED in faults(report(runtime))
    with runtime.transactions.engine.begin() as connection:
        connection.execute(delete(JournalAnchor).where(JournalAnchor.last_number == first))
    assert faults(report(runtime)) == {AnchorFault.UNLINKED}


def test_the_database_itself_refuses_to_change_or_delete_an_anchor(runtime):
    record(runtime)
    anchor_journal(runtime)
    for statement in (update(JournalAnchor).values(root="x"), delete(JournalAnchor)):
        with pytest.raises(DBAPIError, match="append-only"), runtime.transactions.writing(SYSTEM) as uow:
            uow.session.execute(statement)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"format":"other"}', b'{"format":"docflow-anchor-1","first_number":3}', b"[" * 9000],
)
def test_a_file_that_is_no_anchor_is_told_and_does_not_stop_the_others(sqlite_runtime, content):
    record(sqlite_runtime)
    anchor_journal(sqlite_runtime)
    broken = anchors_folder(sqlite_runtime.settings) / "anchor-000000000000.json"
    broken.write_bytes(content)
    found = report(sqlite_runtime)
    assert [(failed.where, failed.fault) for failed in found.failed_anchors] == [(str(broken), AnchorFault.UNREADABLE)]
    assert not found.verdict.ok


def test_an_altered_file_is_told(sqlite_runtime):
    record(sqlite_runtime)
    anchor_journal(sqlite_runtime)
    (path,) = anchors_folder(sqlite_runtime.settings).iterdir()
    said = json.loads(path.read_text())
    path.chmod(0o600)
    path.write_text(json.dumps(said | {"last_number": said["last_number"] - 1}))
    assert AnchorFault.STATEMENT_ALTERED in faults(report(sqlite_runtime))


def test_a_folder_that_does_not_exist_is_refused(sqlite_runtime, tmp_path):
    with pytest.raises(InvalidInput, match="folder_unreadable"):
        report(sqlite_runtime, tmp_path / "nowhere")


def test_a_file_that_was_lost_is_written_again_and_none_is_written_over(sqlite_runtime, clock):
    record(sqlite_runtime)
    anchor_journal(sqlite_runtime)
    (path,) = anchors_folder(sqlite_runtime.settings).iterdir()
    before = path.read_bytes()
    path.unlink()
    anchor_nightly(sqlite_runtime)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o222 == 0
    inode = path.stat().st_ino
    clock.move(days=1)
    anchor_nightly(sqlite_runtime)
    assert path.stat().st_ino == inode


def test_no_anchor_is_made_over_a_line_that_does_not_fit(runtime):
    record(runtime, 10)
    unlock(runtime)
    with runtime.transactions.engine.begin() as connection:
        connection.execute(update(JournalEntry).where(JournalEntry.number == 4).values(actor_name="forged"))
    with pytest.raises(Conflict, match="journal_broken") as refusal:
        anchor_journal(runtime)
    assert refusal.value.params["number"] == 4
    anchor_job(runtime, {}, JobContext(new_id(), 1, is_last_attempt=False))
    assert report(runtime).anchors == 0


def test_an_anchor_made_meanwhile_by_another_is_not_made_twice(runtime, monkeypatch):
    record(runtime)
    from docflow.audit import anchors

    prepared = anchors._next_anchor(runtime)
    anchor_journal(runtime)
    monkeypatch.setattr(anchors, "_next_anchor", lambda _deps: prepared)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        anchor_journal(runtime)
    assert report(runtime).anchors == 1


@pytest.fixture(params=["rsa", "ec"])
def authority(request, tmp_path):
    folder = tmp_path / "authority"
    folder.mkdir()
    with running_authority(folder, key=request.param) as running:
        yield running


@pytest.fixture
def stamped_runtime(sqlite_runtime, authority, clock):
    settings = sqlite_runtime.settings.model_copy(update={"timestamp_url": authority.url})
    composed = bootstrap(settings, clock=clock)
    yield composed
    composed.transactions.engine.dispose()


def test_a_time_stamped_anchor_is_attested_by_openssl_too(stamped_runtime, authority):
    record(stamped_runtime)
    anchor_journal(stamped_runtime)
    with stamped_runtime.transactions.reading() as session:
        (row,) = kept_anchors(session)
    assert row.time_source == "rfc3161"
    assert authority.agrees(row.token, row.digest)
    assert not authority.agrees(row.token, "ab" * 32)
    said = stamped_runtime.time_stamper.read(row.token)
    assert (said.digest, said.authority) == (row.digest, "CN=Test time")
    assert report(stamped_runtime).verdict.ok


def test_a_token_altered_anywhere_is_never_taken_for_one_about_the_anchor(stamped_runtime, authority):
    record(stamped_runtime)
    anchor = anchor_journal(stamped_runtime)
    with stamped_runtime.transactions.reading() as session:
        token = kept_anchors(session)[0].token
    genuine = stamped_runtime.time_stamper.read(token)
    position = token.index(bytes.fromhex(anchor.digest()))
    for at in (position, position + 31, len(token) - 1, len(token) - 40):
        altered = bytearray(token)
        altered[at] ^= 1
        with pytest.raises(InvalidInput, match="timestamp_token_invalid"):
            stamped_runtime.time_stamper.read(bytes(altered))
    for hostile in (b"", b"\x30", token[:-1], token + b"\x00", bytes(500)):
        with pytest.raises(InvalidInput, match="timestamp_token_invalid"):
            stamped_runtime.time_stamper.read(hostile)
    assert genuine.digest == anchor.digest()


def test_a_token_of_another_anchor_is_told(stamped_runtime, clock):
    for _ in range(2):
        record(stamped_runtime)
        anchor_journal(stamped_runtime)
        clock.move(days=1)
    unlock(stamped_runtime)
    with stamped_runtime.transactions.engine.begin() as connection:
        tokens = connection.scalars(select(JournalAnchor.token).order_by(JournalAnchor.last_number)).all()
        connection.execute(update(JournalAnchor).values(token=tokens[0]))
    found = report(stamped_runtime)
    assert [(failed.where, failed.fault) for failed in found.failed_anchors] == [
        ("database", AnchorFault.TOKEN_INVALID)
    ]


def test_an_answer_to_another_question_is_refused(stamped_runtime, authority):
    record(stamped_runtime)
    anchor_journal(stamped_runtime)
    authority.forged = authority.answers[0]
    with pytest.raises(Unavailable, match="timestamp_server_unavailable"):
        stamped_runtime.time_stamper.stamp("ab" * 32)


def test_an_authority_that_is_away_is_waited_for_and_then_done_without(stamped_runtime, authority, clock):
    record(stamped_runtime)
    anchor_journal(stamped_runtime)
    authority.is_away = True
    night = clock.now().replace(hour=1, minute=0) + timedelta(days=1)
    made = []
    for hour in range(9):
        clock.instant = night + timedelta(hours=hour)
        record(stamped_runtime)
        made.append(anchor_nightly(stamped_runtime) is not None)
    assert made == [False] * 7 + [True, False]
    with stamped_runtime.transactions.reading() as session:
        assert [row.time_source for row in kept_anchors(session)] == ["rfc3161", "local"]
