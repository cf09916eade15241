"""What adding words would change: each of them is asked for with and without, by the actor and for the actor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from docflow.core.actor import Actor
from docflow.documents.queries import documents_shown
from docflow.search.finding import CASABLANCA, Deps, Question, request_of
from docflow.search.language.analyser import analyse
from docflow.search.parse import parse
from docflow.search.rules import NewWord, WordKind, with_word

_LOOKED_AT = 200
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What a search for one form finds now and then; ``documents`` are some of those that come or go, by name.

    ``looked_for`` is the form as the index keeps it. Counts are of what the actor may see.
    """

    form: str
    looked_for: str
    before: int
    after: int
    documents: tuple[tuple[UUID, str], ...]


def preview(deps: Deps, actor: Actor, new: NewWord, *, now: datetime) -> Sequence[Change]:
    """Ask for each form as it is and as it would be.

    Raises:
        Unavailable: ``search_index_unusable``.
    """
    changes = []
    for form in new.forms:
        tree = parse(form, today=now.astimezone(CASABLANCA).date()).tree
        request = request_of(deps, actor, Question(form, limit=_LOOKED_AT, with_facets=False), tree)
        asked = replace(request, approximate_limit=0)
        before = deps.search_index.search(asked)
        after = deps.search_index.search(replace(asked, added=with_word(asked.added, new)))
        held = {hit.document_id for hit in before.hits}, {hit.document_id for hit in after.hits}
        moved = held[0] - held[1] if new.kind is WordKind.WHOLE else held[1] - held[0]
        changes.append(
            Change(
                form,
                " ".join(analyse(form).exact if new.kind is WordKind.WHOLE else analyse(form).stems),
                before.total,
                after.total,
                _names(deps, actor, [UUID(document_id) for document_id in sorted(moved)[:_SHOWN]]),
            )
        )
    return changes


def _names(deps: Deps, actor: Actor, ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
    with deps.transactions.reading() as session:
        shown = documents_shown(session, actor, ids)
        return tuple((found, document.subject or document.file_name) for found, (document, _) in shown.items())
