"""The number of a letter that was written in a form of the product, given in the transaction of its deposit."""

from __future__ import annotations

from docflow.audit.operations import require_clock
from docflow.core.uow import UnitOfWork
from docflow.documents.written import WrittenLetter, keep_letter
from docflow.ingest.operations import read_page_job
from docflow.registry.models import Entry, Register
from docflow.registry.operations import Arrival, give_number, take_number


def register_written(uow: UnitOfWork, letter: WrittenLetter, arrival: Arrival, *, register: Register) -> Entry:
    """Make the document of a letter and give it the next number of a register; reading, seal and routing follow.

    The caller has checked the right to deposit it.

    Raises:
        Conflict: ``clock_set_back``.
    """
    document = keep_letter(uow, letter, register_code=register.code)
    entry = take_number(uow, register, at=require_clock(uow))
    give_number(uow, entry, document, arrival, register=register)
    for page_index in range(letter.page_count):
        uow.enqueue(read_page_job(document.id, page_index))
    return entry
