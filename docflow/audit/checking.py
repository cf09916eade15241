"""Checking one line for a reader: its hash, its neighbours, and the anchor that covers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from docflow.audit.anchors import Deps, KeptAnchor, anchors_folder, file_name, own_fault, read_anchor_file
from docflow.audit.models import JournalAnchor
from docflow.audit.queries import anchor_over, begin_snapshot, head_of, lines_after, statement_of
from docflow.audit.rules import FIRST_PREVIOUS_HASH, MerkleTree, line_hash


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What was found; a finding is none where there is nothing to compare with.

    ``is_intact``: the line's hash is that of what it says. ``follows``: it holds the hash of the line above.
    ``is_followed``: the line below, or the head, holds its hash. ``is_anchored``: the lines of its anchor are those
    that were anchored, and the anchor is unchanged. ``is_filed``: the anchor's file in the home says the same.
    ``attested_at``: since when an authority attests it, and ``attested_by`` whom.
    """

    is_intact: bool
    follows: bool
    is_followed: bool
    is_anchored: bool | None
    is_filed: bool | None
    attested_at: datetime | None = None
    attested_by: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing was found wrong."""
        found = (self.is_intact, self.follows, self.is_followed, self.is_anchored, self.is_filed)
        return all(each is not False for each in found)


def check_line(deps: Deps, number: int) -> LineCheck:
    """Check a line that exists."""
    with deps.transactions.reading() as session:
        begin_snapshot(session)
        around = {line.number: (line, kept) for line, kept in lines_after(session, number - 2, until=number + 1)}
        line, kept_hash = around[number]
        above = around[number - 1][1] if number - 1 in around else FIRST_PREVIOUS_HASH if number == 1 else None
        if number + 1 in around:
            is_followed = around[number + 1][0].previous_hash == kept_hash
        else:
            is_followed = head_of(session) == (number, kept_hash)
        row = anchor_over(session, number)
        is_anchored = None if row is None else _is_anchored(session, deps, row)
    is_filed, token = None, b""
    if row is not None:
        path = anchors_folder(deps.settings) / file_name(row)
        filed = read_anchor_file(path)
        is_filed = None if not path.exists() else filed == KeptAnchor(statement_of(row), row.digest, row.token)
        token = row.token
    said = deps.time_stamper.read(token) if token and is_anchored else None
    return LineCheck(
        is_intact=line_hash(line) == kept_hash,
        follows=line.previous_hash == above,
        is_followed=is_followed,
        is_anchored=is_anchored,
        is_filed=is_filed,
        attested_at=said.at if said is not None else None,
        attested_by=said.authority if said is not None else "",
    )


def _is_anchored(session: Session, deps: Deps, row: JournalAnchor) -> bool:
    """Return whether the lines of an anchor are those that were anchored, from the one above its first."""
    if own_fault(deps.time_stamper, KeptAnchor(statement_of(row), row.digest, row.token)) is not None:
        return False
    tree, number, previous = MerkleTree(), row.first_number - 1, None
    for line, kept_hash in lines_after(session, row.first_number - 1, until=row.last_number):
        is_next = line.number == number + 1 and (previous is None or line.previous_hash == previous)
        if not is_next or line_hash(line) != kept_hash:
            return False
        tree.add(bytes.fromhex(kept_hash))
        number, previous = line.number, kept_hash
    return (number, previous, tree.root()) == (row.last_number, row.head_hash, row.root)
