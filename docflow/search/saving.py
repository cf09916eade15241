"""Writes of saved searches: kept, changed, looked at, dropped; each by whoever keeps it and nobody else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import UnitOfWork
from docflow.search.models import SavedSearch, SavedSearchLook
from docflow.search.saved import KeptSearch, kept_search, units_of

MOST_SAVED: Final = 50
LONGEST_NAME: Final = 100
LONGEST_TEXT: Final = 1000
LONGEST_FILTERS: Final = 4000
UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Signs that nobody sees: some cannot be written in every database, others turn the order of what is read."""


@dataclass(frozen=True, slots=True)
class SearchSetup:
    """What a saved search is called, and the unit with which it is shared, if any."""

    name: str
    unit_id: UUID | None = None


def keep_search(uow: UnitOfWork, setup: SearchSetup, *, text: str, filters: str) -> SavedSearch:
    """Keep a question under a name.

    Raises:
        PermissionDenied: without ``search.use``, or by nobody in person (``person_needed``).
        InvalidInput: ``saved_name_missing``, ``field_too_long``, ``saved_question_empty``, ``choice_unknown``.
        Conflict: ``saved_name_taken`` with ``name``, ``saved_too_many`` with ``limit``.
    """
    person_id = _person(uow)
    text = UNSEEN.sub("", text).strip()
    if not text and not filters:
        raise InvalidInput("saved_question_empty")
    if len(text) > LONGEST_TEXT or len(filters) > LONGEST_FILTERS:
        raise InvalidInput("field_too_long", field="q", limit=LONGEST_TEXT)
    held = uow.session.scalar(select(func.count(SavedSearch.id)).where(SavedSearch.person_id == person_id)) or 0
    if held >= MOST_SAVED:
        raise Conflict("saved_too_many", limit=MOST_SAVED)
    saved = SavedSearch(person_id=person_id, text=text, filters=filters)
    _apply(uow, saved, setup)
    uow.session.add(saved)
    uow.session.flush()
    uow.record("search.kept", subject_kind="saved_search", subject_id=saved.id)
    return saved


def change_search(uow: UnitOfWork, saved_search_id: UUID, setup: SearchSetup) -> SavedSearch:
    """Change the name of a saved search, or with whom it is shared.

    Raises:
        PermissionDenied, InvalidInput, Conflict: as ``keep_search``.
        NotFound: ``saved_search_unknown``, whether it is missing or somebody else's.
    """
    saved = _own(uow, saved_search_id)
    _apply(uow, saved, setup)
    uow.session.flush()
    uow.record("search.changed", subject_kind="saved_search", subject_id=saved.id)
    return saved


def drop_search(uow: UnitOfWork, saved_search_id: UUID) -> None:
    """Keep a saved search no longer.

    Raises:
        PermissionDenied: without ``search.use``.
        NotFound: ``saved_search_unknown``, whether it is missing or somebody else's.
    """
    saved = _own(uow, saved_search_id)
    uow.session.execute(delete(SavedSearchLook).where(SavedSearchLook.saved_search_id == saved.id))
    uow.session.delete(saved)
    uow.record("search.dropped", subject_kind="saved_search", subject_id=saved.id)


def look_at_search(uow: UnitOfWork, saved_search_id: UUID) -> KeptSearch:
    """Note that the actor looks at the results of a search now: from here on, what comes is new. No act: a reading.

    Raises:
        PermissionDenied: without ``search.use``, or by nobody in person (``person_needed``).
        NotFound: ``saved_search_unknown``.
    """
    person_id = _person(uow)
    kept = kept_search(uow.session, uow.actor, saved_search_id)
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    uow.session.execute(
        insert(SavedSearchLook)
        .values(saved_search_id=kept.saved.id, person_id=person_id, looked_at=uow.now)
        .on_conflict_do_update(
            index_elements=[SavedSearchLook.saved_search_id, SavedSearchLook.person_id], set_={"looked_at": uow.now}
        )
    )
    return kept


def _person(uow: UnitOfWork) -> UUID:
    uow.require("search.use")
    if uow.actor.person_id is None:
        raise PermissionDenied("person_needed")
    return uow.actor.person_id


def _own(uow: UnitOfWork, saved_search_id: UUID) -> SavedSearch:
    person_id = _person(uow)
    saved = uow.session.get(SavedSearch, saved_search_id, with_for_update=True)
    if saved is None or saved.person_id != person_id:
        raise NotFound("saved_search_unknown")
    return saved


def _apply(uow: UnitOfWork, saved: SavedSearch, setup: SearchSetup) -> None:
    name = " ".join(UNSEEN.sub("", setup.name).split())
    if not name:
        raise InvalidInput("saved_name_missing")
    if len(name) > LONGEST_NAME:
        raise InvalidInput("field_too_long", field="name", limit=LONGEST_NAME)
    if setup.unit_id is not None and setup.unit_id not in units_of(uow.actor):
        raise InvalidInput("choice_unknown")
    taken = select(SavedSearch.id).where(SavedSearch.person_id == saved.person_id, SavedSearch.name == name)
    with uow.session.no_autoflush:
        other = uow.session.scalar(taken)
    if other is not None and other != saved.id:
        raise Conflict("saved_name_taken", name=name)
    saved.name, saved.unit_id, saved.kept_at = name, setup.unit_id, uow.now
