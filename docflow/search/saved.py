"""Saved searches as somebody reads them, each with how many results came since they looked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from docflow.core.actor import Actor
from docflow.core.capability import MOST_COUNTED
from docflow.core.errors import NotFound
from docflow.documents.queries import news_for
from docflow.search.finding import CASABLANCA, Deps, Question, request_of
from docflow.search.models import SavedSearch, SavedSearchLook
from docflow.search.parse import parse

NEWS_LENGTH: Final = timedelta(days=31)
"""What came before is no news, however long nobody looked."""
MOST_NEWS: Final = 500
"""Documents asked about, the newest first: whoever has more of them sees a count of those."""
INDEX_DELAY: Final = timedelta(seconds=5)
"""What came just before somebody looked may not have been in the index yet: it is told twice rather than never."""


class Reader(Protocol):
    """Reads the question that a saved search keeps."""

    def __call__(self, saved: SavedSearch, /) -> Question:
        """Return it."""
        ...


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A saved search, whether the reader may change it, and how many results are new to them."""

    saved: SavedSearch
    is_own: bool
    looked_at: datetime
    news: int = 0

    @property
    def news_text(self) -> str:
        """Return the count as it is shown; empty when there is nothing new."""
        return "" if not self.news else str(self.news) if self.news <= MOST_COUNTED else f"{MOST_COUNTED}+"


def kept_searches(session: Session, actor: Actor) -> Sequence[KeptSearch]:
    """Return the searches of the actor, then those that their units share, by name; without what is new."""
    if actor.person_id is None:
        return ()
    looked = and_(SavedSearchLook.saved_search_id == SavedSearch.id, SavedSearchLook.person_id == actor.person_id)
    rows = session.execute(
        select(SavedSearch, SavedSearchLook.looked_at)
        .outerjoin(SavedSearchLook, looked)
        .where(or_(SavedSearch.person_id == actor.person_id, SavedSearch.unit_id.in_(units_of(actor))))
        .order_by(SavedSearch.name)
    )
    found = [
        KeptSearch(saved, saved.person_id == actor.person_id, looked_at or saved.kept_at) for saved, looked_at in rows
    ]
    return sorted(found, key=lambda one: not one.is_own)


def kept_search(session: Session, actor: Actor, saved_search_id: UUID) -> KeptSearch:
    """Return a search that the actor keeps or that one of their units shares.

    Raises:
        NotFound: ``saved_search_unknown``, whether it is missing or somebody else's.
    """
    found = next((one for one in kept_searches(session, actor) if one.saved.id == saved_search_id), None)
    if found is None:
        raise NotFound("saved_search_unknown")
    return found


def units_of(actor: Actor) -> list[UUID]:
    """Return the units of which the actor is a member."""
    return [UUID(token.removeprefix("unit:")) for token in sorted(actor.tokens) if token.startswith("unit:")]


def with_news(deps: Deps, actor: Actor, kept: Sequence[KeptSearch], *, read: Reader, now: datetime) -> list[KeptSearch]:
    """Return the searches with how many results came since the actor looked, of those they may see.

    The database says which documents came into their sight; the index is then asked about those alone, so that it costs
    little however many documents there are.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    if not kept:
        return []
    since = {one.saved.id: max(one.looked_at - INDEX_DELAY, now - NEWS_LENGTH) for one in kept}
    with deps.transactions.reading() as session:
        news = news_for(session, actor, since=min(since.values()), most=MOST_NEWS)
    count = _counter(deps, actor, now)
    return [
        replace(one, news=count(read(one.saved), [str(document) for document, at in news if at > since[one.saved.id]]))
        for one in kept
    ]


def _counter(deps: Deps, actor: Actor, now: datetime) -> Callable[[Question, Sequence[str]], int]:
    today = now.astimezone(CASABLANCA).date()

    def count(question: Question, among: Sequence[str]) -> int:
        if not among:
            return 0
        tree = parse(question.text, today=today).tree
        asked = request_of(deps, actor, replace(question, offset=0, limit=0, with_facets=False), tree)
        narrowed = replace(asked, among_document_ids=frozenset(among), approximate_limit=0, with_correction=False)
        return deps.search_index.search(narrowed).total

    return count
