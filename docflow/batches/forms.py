"""What the form of the preview asks for."""

from __future__ import annotations

from uuid import UUID

from werkzeug.datastructures import MultiDict

from docflow.batches.rules import Act, Verb
from docflow.core.errors import InvalidInput

TO_DOCUMENTS = {Verb.JOIN, Verb.INTERLEAVE, Verb.BACKS, Verb.MOVE}


def asked_act(form: MultiDict[str, str]) -> Act:
    """Return the act of the button that was pressed, ``verb:identifier`` of a page or of a document.

    Raises:
        InvalidInput: ``act_unknown``, ``no_page_chosen``.
    """
    name, _, identifier = form.get("do", "").partition(":")
    try:
        verb, target = Verb(name), UUID(identifier)
        chosen = tuple(UUID(page_id) for page_id in form.getlist("chosen"))
    except ValueError as error:
        raise InvalidInput("act_unknown") from error
    if verb not in TO_DOCUMENTS:
        return Act(verb, page_ids=(target,))
    if verb is not Verb.MOVE:
        return Act(verb, document_id=target)
    if not chosen:
        raise InvalidInput("no_page_chosen")
    return Act(verb, page_ids=chosen, document_id=target)


def asked_version(form: MultiDict[str, str]) -> int:
    """Return the version of the arrangement that the form showed; what is no number is no version."""
    try:
        return int(form.get("version", ""))
    except ValueError:
        return -1
