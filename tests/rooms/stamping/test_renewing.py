"""Archive time-stamps are renewed before they end, as further revisions that keep what was before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from docflow.audit.queries import verify_journal
from docflow.core.errors import Unavailable
from docflow.stamping.models import SealedRevision
from docflow.stamping.operations import seal_arrival
from docflow.stamping.queries import sealed_revision_of
from docflow.stamping.renewing import renew_archives

from .faces import face
from .letters import letter


class RenewingSealer:
    """Adds a line for a time-stamp, and tells when the next is due; the first of two files finds no server."""

    def __init__(self, due, *, is_away: bool = False) -> None:
        self.due, self.is_away = due, is_away

    def renew(self, source, out, *, at):
        if self.is_away:
            raise Unavailable("time_stamp_unavailable", reason="ConnectionError")
        out.write_bytes(source.read_bytes() + b"\n% time-stamp")
        return self.due


def due_in(runtime, document_id, *, days: int) -> None:
    with runtime.transactions.engine.begin() as connection:
        when = runtime.clock.now() + timedelta(days=days)
        connection.execute(
            update(SealedRevision).where(SealedRevision.document_id == document_id).values(renew_before=when)
        )


def renewed_by(runtime, sealer):
    runtime.__dict__["sealer"] = sealer
    return renew_archives(runtime)


def test_a_time_stamp_that_ends_soon_gives_a_further_revision(sqlite_runtime):
    document = letter(sqlite_runtime)
    first = seal_arrival(sqlite_runtime, document_id=document.id, face=face())
    due_in(sqlite_runtime, document.id, days=30)
    later = sqlite_runtime.clock.now() + timedelta(days=900)

    assert renewed_by(sqlite_runtime, RenewingSealer(later)) == 1

    with sqlite_runtime.transactions.reading() as session:
        newest = sealed_revision_of(session, document.id)
        assert (newest.revision, newest.register_number) == (2, first.register_number)
        assert newest.blob.sha256 != first.blob.sha256
        assert verify_journal(session).ok
    assert renew_archives(sqlite_runtime) == 0, "the former revision is not renewed again"


def test_one_that_ends_later_waits(sqlite_runtime):
    document = letter(sqlite_runtime)
    seal_arrival(sqlite_runtime, document_id=document.id, face=face())
    due_in(sqlite_runtime, document.id, days=200)

    assert renewed_by(sqlite_runtime, RenewingSealer(None)) == 0


def test_a_server_that_is_away_leaves_it_for_the_next_turn(sqlite_runtime):
    document = letter(sqlite_runtime)
    seal_arrival(sqlite_runtime, document_id=document.id, face=face())
    due_in(sqlite_runtime, document.id, days=3)

    assert renewed_by(sqlite_runtime, RenewingSealer(None, is_away=True)) == 0

    assert renewed_by(sqlite_runtime, RenewingSealer(sqlite_runtime.clock.now() + timedelta(days=900))) == 1
