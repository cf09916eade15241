"""A number of a register, typed alone, opens its document; everything else is searched."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from docflow.core.actor import Actor
from docflow.documents.queries import documents_shown
from docflow.search import query as q
from docflow.search.finding import Deps, Question, request_of
from docflow.search.language.analyser import analyse

_NUMBER = re.compile(r"[^\W\d_]{1,6}-\d{4}-\d{1,8}|\d{4}/\d{1,8}")
"""``A-2026-000145``, or the year and the number without the letter of the register; digits of any script."""

_LOOKED_AT = 10


def document_numbered(deps: Deps, actor: Actor, text: str) -> UUID | None:
    """Return the one document with a number that the actor may see; None when there is none, or more than one.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    typed = text.strip()
    if not _NUMBER.fullmatch(typed):
        return None
    asked = Question(typed, limit=_LOOKED_AT, with_facets=False)
    request = request_of(deps, actor, asked, q.FieldQuery("number", q.Term(typed)))
    answer = deps.search_index.search(replace(request, approximate_limit=0, with_correction=False))
    with deps.transactions.reading() as session:
        shown = documents_shown(session, actor, [UUID(hit.document_id) for hit in answer.hits])
    wanted = analyse(typed).stems
    numbered = [
        document_id
        for document_id, (document, _) in shown.items()
        if analyse(document.register_number).stems[-len(wanted) :] == wanted
    ]
    return numbered[0] if len(numbered) == 1 else None
