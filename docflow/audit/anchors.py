"""Making anchors, keeping them as files beside the backups, and holding the journal against them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog

from docflow.audit.models import JournalAnchor
from docflow.audit.ports import TimeStamper
from docflow.audit.queries import (
    begin_snapshot,
    kept_anchors,
    last_anchor,
    lines_after,
    statement_of,
    verify_journal,
)
from docflow.audit.rules import (
    FIRST_PREVIOUS_HASH,
    Anchor,
    AnchorFault,
    ChainVerdict,
    FailedAnchor,
    MerkleTree,
    PlacedAnchor,
    line_hash,
)
from docflow.core.actor import SYSTEM, Actor
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, Unavailable
from docflow.core.uow import Transactions, UnitOfWork
from docflow.settings import Settings

logger = structlog.get_logger()

ANCHORED = "audit.anchored"
FORMAT = "docflow-anchor-1"
FOLDER = "anchors"
DATABASE = "database"
NIGHT = time(2, 0)
"""From this hour of the district a new anchor is due."""
PATIENCE = timedelta(hours=6)
"""How long after that hour an authority that does not answer is waited for."""
LARGEST_FILE = 1024 * 1024


class Deps(Protocol):
    """The runtime as the journal sees it."""

    @property
    def settings(self) -> Settings:
        """The settings: where the home is."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def time_stamper(self) -> TimeStamper:
        """The time-stamping authority."""
        ...


@dataclass(frozen=True, slots=True)
class KeptAnchor:
    """An anchor as it is kept anywhere: what it states, the digest of that, and its time-stamp."""

    anchor: Anchor
    digest: str
    token: bytes


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What verifying the journal with its anchors found.

    ``anchored_entries`` is the number of the last line that an anchor covers; ``files`` how many files were read.
    """

    verdict: ChainVerdict
    anchors: int
    files: int
    anchored_entries: int

    @property
    def failed_anchors(self) -> tuple[FailedAnchor, ...]:
        """The anchors that do not agree."""
        return self.verdict.failed_anchors


def anchor_journal(deps: Deps, actor: Actor = SYSTEM, *, is_local: bool = False) -> Anchor | None:
    """Anchor the lines since the last anchor; return none when nothing happened since.

    The token is asked for outside any transaction, then row, journal line and file are written.

    Args:
        deps: the runtime.
        actor: who asks.
        is_local: do without the authority, which has not answered for long.

    Raises:
        Conflict: ``journal_broken`` with ``number``: no anchor is made over lines that do not fit.
        Unavailable: ``timestamp_server_unavailable``.
    """
    anchor = _next_anchor(deps)
    if anchor is not None:
        is_stamped = deps.time_stamper.has_server and not is_local
        token = deps.time_stamper.stamp(anchor.digest()) if is_stamped else b""
        with deps.transactions.writing(actor) as uow:
            _keep(uow, anchor, token)
    write_missing_files(deps)
    return anchor


def anchor_nightly(deps: Deps) -> Anchor | None:
    """Make the anchor of the night, if it is not made yet.

    While the authority is away the anchor waits for the next turn, at most ``PATIENCE``; then it is made with this
    machine's own time.

    Raises:
        Conflict: ``journal_broken`` with ``number``.
    """
    now = deps.transactions.clock.now()
    night = _last_night(now)
    with deps.transactions.reading() as session:
        last = last_anchor(session)
    if last is not None and last.made_at >= night:
        write_missing_files(deps)
        return None
    try:
        return anchor_journal(deps)
    except Unavailable as error:
        is_over = now - night >= PATIENCE
        logger.warning("anchor_without_timestamp", error=str(error), is_waiting=not is_over)
        return anchor_journal(deps, is_local=True) if is_over else None


def _last_night(now: datetime) -> datetime:
    local = now.astimezone(CASABLANCA)
    night = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)


def _next_anchor(deps: Deps) -> Anchor | None:
    """Return the anchor over the lines since the last one."""
    with deps.transactions.reading() as session:
        last = last_anchor(session)
        number, previous_hash = (last.last_number, last.head_hash) if last else (0, FIRST_PREVIOUS_HASH)
        first, tree, has_news = number + 1, MerkleTree(), False
        for line, kept_hash in lines_after(session, number):
            if line.number != number + 1 or line.previous_hash != previous_hash or line_hash(line) != kept_hash:
                raise Conflict("journal_broken", number=number + 1)
            number, previous_hash = line.number, kept_hash
            tree.add(bytes.fromhex(kept_hash))
            has_news = has_news or line.verb != ANCHORED
    if not has_news:
        return None
    previous = last.digest if last else FIRST_PREVIOUS_HASH
    return Anchor(first, number, tree.root(), previous_hash, previous, deps.transactions.clock.now())


def _keep(uow: UnitOfWork, anchor: Anchor, token: bytes) -> None:
    """Keep an anchor, unless another process made one meanwhile."""
    last = last_anchor(uow.session)
    if (last.digest if last else FIRST_PREVIOUS_HASH) != anchor.previous:
        raise Conflict("changed_meanwhile")
    uow.session.add(
        JournalAnchor(
            first_number=anchor.first_number,
            last_number=anchor.last_number,
            root=anchor.root,
            head_hash=anchor.head_hash,
            previous=anchor.previous,
            made_at=anchor.made_at,
            digest=anchor.digest(),
            time_source="rfc3161" if token else "local",
            token=token,
        )
    )
    uow.record(
        ANCHORED,
        subject_kind="journal",
        subject_id=str(anchor.last_number),
        first=anchor.first_number,
        last=anchor.last_number,
        root=anchor.root,
        time_source="rfc3161" if token else "local",
    )


def write_missing_files(deps: Deps) -> int:
    """Write a file for each anchor of the database that has none yet; return how many.

    A file is complete or absent, is never written over, and can only be read afterwards.
    """
    folder = anchors_folder(deps.settings)
    folder.mkdir(parents=True, exist_ok=True)
    with deps.transactions.reading() as session:
        missing = [(row, folder / file_name(row)) for row in kept_anchors(session)]
    missing = [(row, path) for row, path in missing if not path.exists()]
    for row, path in missing:
        draft = path.with_suffix(f".{os.getpid()}.part")
        with draft.open("w", encoding="ascii") as stream:
            json.dump(_as_json(row), stream, indent=1)
            stream.write("\n")
            stream.flush()
            os.fchmod(stream.fileno(), 0o440)
            os.fsync(stream.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            logger.info("anchor_file_written_by_another", file=path.name)
        draft.unlink()
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return len(missing)


def anchors_folder(settings: Settings) -> Path:
    """Return the folder of anchors of this home."""
    return settings.keys_home / FOLDER


def file_name(row: JournalAnchor) -> str:
    """Return the name of an anchor's file; names sort as the anchors do."""
    return f"anchor-{row.last_number:012d}.json"


def _as_json(row: JournalAnchor) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "first_number": row.first_number,
        "last_number": row.last_number,
        "root": row.root,
        "head_hash": row.head_hash,
        "previous": row.previous,
        "made_at": row.made_at.isoformat(timespec="microseconds"),
        "digest": row.digest,
        "time_source": row.time_source,
        "token": base64.b64encode(row.token).decode("ascii"),
    }


def verify_anchored(deps: Deps, folders: Iterable[Path] = ()) -> JournalReport:
    """Verify the journal against its head, the anchors of the database, and those of files.

    Args:
        deps: the runtime.
        folders: folders of copies kept elsewhere, read besides the home's own.

    Raises:
        InvalidInput: ``folder_unreadable`` with ``folder``.
    """
    own = anchors_folder(deps.settings)
    files, unreadable = _read_folders([*([own] if own.is_dir() else []), *folders])
    with deps.transactions.reading() as session:
        begin_snapshot(session)
        rows = kept_anchors(session)
        kept = [(DATABASE, KeptAnchor(statement_of(row), row.digest, row.token)) for row in rows]
        digests = {row.digest for row in rows}
        failed = [*unreadable, *_unlinked(rows)]
        for where, one in (*kept, *files):
            fault = own_fault(deps.time_stamper, one)
            if fault is None and where != DATABASE and one.digest not in digests:
                fault = AnchorFault.NOT_IN_DATABASE
            if fault is not None:
                failed.append(FailedAnchor(where, fault, one.anchor.first_number, one.anchor.last_number))
        chain = verify_journal(session, [PlacedAnchor(one.anchor, where) for where, one in (*kept, *files)])
    verdict = ChainVerdict(
        chain.entries,
        ok=chain.ok and not failed,
        first_bad_entry=chain.first_bad_entry,
        last_hash=chain.last_hash,
        failed_anchors=(*failed, *chain.failed_anchors),
    )
    return JournalReport(verdict, len(rows), len(files), max((row.last_number for row in rows), default=0))


def _unlinked(rows: Sequence[JournalAnchor]) -> list[FailedAnchor]:
    """Return the anchors of the database that do not follow the one before."""
    found, number, digest = [], 0, FIRST_PREVIOUS_HASH
    for row in rows:
        if row.first_number != number + 1 or row.previous != digest:
            found.append(FailedAnchor(DATABASE, AnchorFault.UNLINKED, row.first_number, row.last_number))
        number, digest = row.last_number, row.digest
    return found


def own_fault(stamper: TimeStamper, kept: KeptAnchor) -> AnchorFault | None:
    """Return what is wrong with an anchor by itself."""
    if kept.anchor.digest() != kept.digest:
        return AnchorFault.STATEMENT_ALTERED
    if kept.token:
        try:
            said = stamper.read(kept.token)
        except InvalidInput:
            return AnchorFault.TOKEN_INVALID
        if said.digest != kept.digest:
            return AnchorFault.TOKEN_INVALID
    return None


def _read_folders(folders: Iterable[Path]) -> tuple[list[tuple[str, KeptAnchor]], list[FailedAnchor]]:
    read, unreadable = [], []
    for folder in folders:
        try:
            paths = sorted(path for path in folder.iterdir() if path.match("anchor-*.json"))
        except OSError as error:
            raise InvalidInput("folder_unreadable", folder=str(folder)) from error
        for path in paths:
            kept = read_anchor_file(path)
            if kept is None:
                unreadable.append(FailedAnchor(str(path), AnchorFault.UNREADABLE))
            else:
                read.append((str(path), kept))
    return read, unreadable


def read_anchor_file(path: Path) -> KeptAnchor | None:
    """Return the anchor that a file holds; none when it cannot be read as one."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None
        said: Mapping[str, Any] = json.loads(path.read_text(encoding="ascii"))
        if said["format"] != FORMAT:
            return None
        anchor = Anchor(
            int(said["first_number"]),
            int(said["last_number"]),
            str(said["root"]),
            str(said["head_hash"]),
            str(said["previous"]),
            datetime.fromisoformat(said["made_at"]),
        )
        is_sound = 1 <= anchor.first_number <= anchor.last_number and anchor.made_at.tzinfo is not None
        token = base64.b64decode(said["token"], validate=True)
        return KeptAnchor(anchor, str(said["digest"]), token) if is_sound else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
