"""Reads of the administration's identity."""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from docflow.core.letterhead import Letterhead
from docflow.core.uow import Transactions
from docflow.core.words import Words
from docflow.district.models import THE_ONE, District
from docflow.district.rules import DistrictKind, Identity

FRESH_S: Final = 2.0
"""How long a process goes on with what it read: a new name is on every page after that."""


def identity_of(session: Session) -> Identity:
    """Return what the administration says of itself; what is so anywhere while nobody said anything."""
    row = session.get(District, THE_ONE)
    if row is None:
        return Identity()
    return Identity(
        kind=DistrictKind(row.kind),
        name=Words(row.name_ar, row.name_fr),
        above=Words(row.above_ar, row.above_fr),
        foot=Words(row.foot_ar, row.foot_fr),
        emblem=row.emblem,
        version=row.version,
    )


def letterhead_of(session: Session) -> Letterhead:
    """Return what papers bear at present."""
    return identity_of(session).letterhead


class KnownDistrict:
    """The identity as a process knows it, asked for by every page and read again every two seconds at most."""

    def __init__(self, transactions: Transactions) -> None:
        """Keep where it is read from."""
        self._transactions = transactions
        self._read_at = float("-inf")
        self._identity = Identity()

    @property
    def identity(self) -> Identity:
        """What the administration says of itself; what was known last while the database is away."""
        if time.monotonic() - self._read_at > FRESH_S:
            try:
                with self._transactions.reading() as session:
                    self._identity = identity_of(session)
            except SQLAlchemyError:
                # The page that says that the database is away has a head, too.
                return self._identity
            self._read_at = time.monotonic()
        return self._identity

    @property
    def name(self) -> Words:
        """What it is called."""
        return self.identity.name

    def forget(self) -> None:
        """Read it again when it is asked for next."""
        self._read_at = float("-inf")
