"""What a person does about a page whose reading is in doubt; every act needs ``documents.correct``."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from docflow.core.uow import UnitOfWork
from docflow.corrections.rules import Edit, edited_words, is_same_text, text_of
from docflow.documents.rules import ReviewOutcome, TextSource
from docflow.documents.texts import (
    NewText,
    document_of,
    keep_text,
    newest_version,
    page_to_review,
    settle_doubt,
    text_version,
    version_words,
    words_of,
)
from docflow.ingest.operations import ask_to_renew

PERMISSION = "documents.correct"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before them.

    Attributes:
        base: the version of the text that was edited.
        newest: the newest version that they knew of; another one now is a conflict. The two differ when somebody was
            told of another's correction and keeps their own.
    """

    base: int
    newest: int


def correct_page(uow: UnitOfWork, page_id: UUID, *, edit: Edit, seen: Seen) -> int:
    """Keep what a person typed as the page's newest text; return its version, which stays when nothing was changed.

    Raises:
        PermissionDenied: without ``documents.correct`` or without sight of the content.
        NotFound: ``document_unknown``, ``text_version_unknown``.
        Conflict: ``text_changed`` with the ``version`` now and the name ``by`` whom.
        InvalidInput: ``page_not_read``, ``line_too_long``, ``text_too_long``.
    """
    uow.require(PERMISSION)
    page = page_to_review(uow, page_id)
    base = version_words(uow.session, page.id, seen.base)
    words = edited_words(base, edit, width=page.width, height=page.height)
    if seen.base == seen.newest and is_same_text(base, words):
        confirm_page(uow, page_id, seen=seen)
        return seen.newest
    new = NewText(TextSource.CORRECTED, text_of(words), words)
    version = keep_text(uow, page, new, expected=seen.newest)
    ask_to_renew(uow, document_of(uow, page).id)
    uow.record(
        "corrections.corrected",
        subject_kind="document",
        subject_id=document_of(uow, page).id,
        page_number=page.page_index + 1,
        text_version=version,
    )
    return version


def confirm_page(uow: UnitOfWork, page_id: UUID, *, seen: Seen) -> None:
    """Say that a page was read right as it is.

    Raises:
        PermissionDenied: without ``documents.correct`` or without sight of the content.
        NotFound: ``document_unknown``.
        Conflict: ``text_changed`` with the ``version`` now and the name ``by`` whom.
    """
    uow.require(PERMISSION)
    page = page_to_review(uow, page_id)
    newest_version(uow, page, expected=seen.newest)
    settle_doubt(uow, page, outcome=ReviewOutcome.CONFIRMED)
    uow.record(
        "corrections.confirmed",
        subject_kind="document",
        subject_id=document_of(uow, page).id,
        page_number=page.page_index + 1,
        text_version=seen.newest,
    )


def give_up_page(uow: UnitOfWork, page_id: UUID, *, seen: Seen) -> None:
    """Say that a page cannot be read, by hand no more than by the machine: it leaves the queue with that reason.

    Raises:
        PermissionDenied: without ``documents.correct`` or without sight of the content.
        NotFound: ``document_unknown``.
        Conflict: ``text_changed`` with the ``version`` now and the name ``by`` whom.
    """
    uow.require(PERMISSION)
    page = page_to_review(uow, page_id)
    newest_version(uow, page, expected=seen.newest)
    settle_doubt(uow, page, outcome=ReviewOutcome.UNREADABLE)
    uow.record(
        "corrections.given_up",
        subject_kind="document",
        subject_id=document_of(uow, page).id,
        page_number=page.page_index + 1,
    )


def restore_text(uow: UnitOfWork, page_id: UUID, *, version: int, newest: int) -> int:
    """Take an earlier version of a page's text back, as a new version; return its number.

    Raises:
        PermissionDenied: without ``documents.correct`` or without sight of the content.
        NotFound: ``document_unknown``, ``text_version_unknown``.
        Conflict: ``text_changed`` with the ``version`` now and the name ``by`` whom.
    """
    uow.require(PERMISSION)
    page = page_to_review(uow, page_id)
    earlier = text_version(uow.session, page.id, version)
    new = NewText(TextSource(earlier.source), earlier.text, words_of(earlier), restored_from=version)
    kept = keep_text(uow, page, new, expected=newest)
    ask_to_renew(uow, document_of(uow, page).id)
    uow.record(
        "corrections.restored",
        subject_kind="document",
        subject_id=document_of(uow, page).id,
        page_number=page.page_index + 1,
        text_version=kept,
        restored_from=version,
    )
    return kept
