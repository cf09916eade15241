"""What archivists and administrators say of words; it counts from the next question on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from docflow.core.errors import Conflict, NotFound
from docflow.core.uow import UnitOfWork
from docflow.search.models import AddedWord
from docflow.search.queries import words_of_district
from docflow.search.rules import NewWord, WordKind, checked_word

MOST_WORDS = 2000
PERMISSION = "search.extend"


def add_word(uow: UnitOfWork, kind: WordKind, forms: tuple[str, ...]) -> AddedWord:
    """Add words.

    Raises:
        PermissionDenied: without ``search.extend``.
        InvalidInput: ``word_forms_missing``, ``word_form_invalid``, ``word_forms_same``.
        Conflict: ``words_too_many``.
    """
    uow.require(PERMISSION)
    new: NewWord = checked_word(kind, forms, known=words_of_district(uow.session))
    if (uow.session.scalar(select(func.count()).select_from(AddedWord)) or 0) >= MOST_WORDS:
        raise Conflict("words_too_many", most=MOST_WORDS)
    word = AddedWord(kind=new.kind, forms=list(new.forms), key=new.key, added_at=uow.now, added_by_name=uow.actor.name)
    uow.session.add(word)
    uow.session.flush()
    _record(uow, "search.word_added", word)
    return word


def remove_word(uow: UnitOfWork, word_id: UUID) -> None:
    """Take added words back.

    Raises:
        PermissionDenied: without ``search.extend``.
        NotFound: ``word_unknown``.
    """
    uow.require(PERMISSION)
    word = uow.session.get(AddedWord, word_id)
    if word is None:
        raise NotFound("word_unknown")
    uow.session.delete(word)
    _record(uow, "search.word_removed", word)


def _record(uow: UnitOfWork, verb: str, word: AddedWord) -> None:
    uow.record(verb, subject_kind="search_word", subject_id=word.id, word_kind=word.kind, words=" ~ ".join(word.forms))
