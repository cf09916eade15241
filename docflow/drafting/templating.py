"""Writes of letter templates."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.uow import UnitOfWork
from docflow.documents.rules import DocumentKind
from docflow.drafting.models import LetterTemplate
from docflow.drafting.rules import LIMITS, Content, check_fields

NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class TemplateSetup:
    """What is said of a template."""

    name_ar: str
    name_fr: str
    kind: str
    content: Content
    is_active: bool = True


def create_template(uow: UnitOfWork, setup: TemplateSetup) -> LetterTemplate:
    """Add a letter template.

    Raises:
        PermissionDenied: without ``templates.manage``.
        InvalidInput: ``template_incomplete``, ``template_field_unknown`` with ``field``, ``kind_unknown``, and those of
            ``Content.cleaned``.
    """
    uow.require("templates.manage")
    template = LetterTemplate()
    _apply(uow, template, setup)
    uow.session.add(template)
    uow.session.flush()
    uow.record("drafting.template_made", subject_kind="letter_template", subject_id=template.id)
    return template


def change_template(
    uow: UnitOfWork, template_id: UUID, setup: TemplateSetup, *, expected_version: int
) -> LetterTemplate:
    """Change a letter template; drafts that were begun from it stay as they are.

    Raises:
        As ``create_template``; NotFound: ``template_unknown``; Conflict: ``changed_meanwhile``.
    """
    uow.require("templates.manage")
    template = uow.session.get(LetterTemplate, template_id, with_for_update=True)
    if template is None:
        raise NotFound("template_unknown")
    if template.version != expected_version:
        raise Conflict("changed_meanwhile")
    _apply(uow, template, setup)
    uow.session.flush()
    uow.record("drafting.template_changed", subject_kind="letter_template", subject_id=template.id)
    return template


def checked_setup(setup: TemplateSetup) -> TemplateSetup:
    """Return a template when every field that it names exists and nothing is missing.

    Raises:
        InvalidInput: as ``create_template``.
    """
    names = [" ".join(name.split()) for name in (setup.name_ar, setup.name_fr)]
    if not all(names) or max(map(len, names)) > NAME_LIMIT:
        raise InvalidInput("template_incomplete")
    if setup.kind not in set(DocumentKind):
        raise InvalidInput("kind_unknown", kind=setup.kind)
    content = setup.content.cleaned()
    for name in LIMITS:
        check_fields(getattr(content, name))
    if not all(part.body for part in content.parts):
        raise InvalidInput("template_incomplete")
    return TemplateSetup(names[0], names[1], setup.kind, content, setup.is_active)


def _apply(uow: UnitOfWork, template: LetterTemplate, setup: TemplateSetup) -> None:
    said = checked_setup(setup)
    template.name_ar, template.name_fr, template.kind = said.name_ar, said.name_fr, said.kind
    template.content, template.is_active = said.content.as_row(), said.is_active
    template.changed_at, template.changed_by_name = uow.now, uow.actor.name
