"""Reads of the search room's own tables."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.search.language.added_words import AddedWords
from docflow.search.models import AddedWord
from docflow.search.rules import WordKind, added_words


def words_of_district(session: Session) -> AddedWords:
    """Return the added words, as a question uses them."""
    rows = session.execute(select(AddedWord.kind, AddedWord.forms).order_by(AddedWord.id))
    return added_words([(WordKind(kind), tuple(forms)) for kind, forms in rows])


def listed_words(session: Session) -> Sequence[AddedWord]:
    """Return the added words for a list, the latest first."""
    return session.scalars(select(AddedWord).order_by(AddedWord.added_at.desc(), AddedWord.id.desc())).all()
