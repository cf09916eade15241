"""What several pages of drafts show."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from docflow.accounts.queries import all_units
from docflow.core.actor import Actor
from docflow.core.errors import DocFlowError
from docflow.drafting.models import Draft
from docflow.drafting.ports import Deps
from docflow.drafting.rules import Content
from docflow.stamping.queries import current_design


def paper_of(session: Session, deps: Deps, draft: Draft, content: Content) -> dict[str, Any]:
    """Return what the picture of the sheet beside the text shows."""
    design = current_design(session, deps.settings)
    unit = next(unit for unit in all_units(session) if unit.id == draft.unit_id)
    return {
        "institution": {"ar": design.name_ar, "fr": design.name_fr},
        "unit": {"ar": unit.name_ar, "fr": unit.name_fr},
        "parts": content.parts,
    }


def own_units(session: Session, actor: Actor, *, locale: str) -> list[tuple[str, str]]:
    """Return the units in which an actor may write."""
    return [
        (str(unit.id), unit.name_ar if locale == "ar" else unit.name_fr)
        for unit in all_units(session)
        if f"unit:{unit.id}" in actor.tokens
    ]


def text_of(error: DocFlowError | None) -> str:
    """Return a refusal in the language of the page; nothing for none."""
    return "" if error is None else str(current_app.extensions["docflow_error_texts"].text_of(error))
