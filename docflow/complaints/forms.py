"""What was typed on the forms of complaints."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from docflow.complaints.handling import Sorting
from docflow.complaints.setting_up import CategorySetup
from docflow.core.errors import InvalidInput


def posted_unit(form: Mapping[str, str], name: str) -> UUID | None:
    """Return the unit that was chosen, or none.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    text = form.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def posted_version(form: Mapping[str, str]) -> int:
    """Return the version that the page had seen; one that is no number was never seen."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def posted_category(form: Mapping[str, str]) -> CategorySetup:
    """Return what an administrator says of a category.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    return CategorySetup(
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        examples_ar=form.get("examples_ar", ""),
        examples_fr=form.get("examples_fr", ""),
        unit_id=posted_unit(form, "unit"),
        elsewhere_ar=form.get("elsewhere_ar", ""),
        elsewhere_fr=form.get("elsewhere_fr", ""),
        is_active="is_active" in form,
    )


def posted_sorting(form: Mapping[str, str]) -> Sorting:
    """Return what somebody says who sorts a complaint.

    Raises:
        InvalidInput: ``complaint_category_missing``, ``choice_unknown``.
    """
    try:
        category_id = UUID(form.get("category", ""))
    except ValueError as error:
        raise InvalidInput("complaint_category_missing") from error
    return Sorting(form.get("kind", ""), category_id, form.get("place", ""), posted_unit(form, "unit"))
