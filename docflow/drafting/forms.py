"""What a person typed of a draft or a template."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from docflow.core.errors import InvalidInput
from docflow.drafting.operations import NewDraft
from docflow.drafting.rules import LIMITS, Channel, Content
from docflow.drafting.sending import NewSending, Proof
from docflow.drafting.templating import TemplateSetup
from docflow.web.posted import posted_id_or_none

MOST_DIGITS = 12


def posted_content(form: Mapping[str, str], *, kept: Content | None = None) -> Content:
    """Return the text that a form holds; a part whose language is not shown stays as it was."""
    before = kept or Content()
    return Content(
        languages=form.get("languages", before.languages),
        **{name: form.get(name, getattr(before, name)) for name in LIMITS},
    )


def posted_new(form: Mapping[str, str], *, answers_id: UUID | None) -> NewDraft:
    """Return what a draft is to begin with.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    return NewDraft(
        kind=form.get("kind", "letter"),
        unit_id=posted_id_or_none(form.get("unit", "")),
        answers_id=answers_id,
        template_id=posted_id_or_none(form.get("template", "")),
        languages=form.get("languages", ""),
    )


def posted_template(form: Mapping[str, str]) -> TemplateSetup:
    """Return what a form says of a letter template."""
    return TemplateSetup(
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        kind=form.get("kind", ""),
        content=posted_content(form),
        is_active="is_active" in form,
    )


def posted_amount(form: Mapping[str, str]) -> int | None:
    """Return an amount in whole dirhams, typed in any digits with spaces or not.

    Raises:
        InvalidInput: ``amount_not_understood``.
    """
    typed = "".join(form.get("amount", "").split())
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > MOST_DIGITS:
        raise InvalidInput("amount_not_understood")
    return int(typed)


def posted_sending(form: Mapping[str, str], outcomes: Mapping[str, object], proof: Proof | None) -> NewSending:
    """Return how an act goes out, with the outcome in words.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    outcome = form.get("outcome", "")
    try:
        channel = Channel(form.get("channel", ""))
        answer = str(outcomes[outcome]) if outcome else ""
    except (ValueError, KeyError) as error:
        raise InvalidInput("choice_unknown") from error
    return NewSending(channel, form.get("recipient", ""), form.get("reference", ""), proof, answer)


def posted_number(form: Mapping[str, str], name: str) -> int:
    """Return a version that the page carried; 0, which nothing has, when it carried none."""
    try:
        return int(form.get(name, "0"))
    except ValueError:
        return 0
