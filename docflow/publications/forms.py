"""What an editor or the administrator typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from docflow.core.errors import InvalidInput
from docflow.publications.hours import WEEK_DAYS
from docflow.publications.opening import ContactSetup, SeasonSetup
from docflow.publications.operations import PostSetup, ThemeSetup
from docflow.publications.rules import PostKind, PostText
from docflow.web.posted import posted_date, posted_id_or_none


def posted_post(form: Mapping[str, str]) -> PostSetup:
    """Return what a form says of a post.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    return PostSetup(
        kind=posted_kind(form.get("kind", "")),
        text=PostText(**{part.name: form.get(part.name, "") for part in fields(PostText)}),
        category_id=posted_id_or_none(form.get("category", "")),
        unit_id=posted_id_or_none(form.get("unit", "")),
    )


def posted_kind(text: str) -> PostKind:
    """Return a kind of post.

    Raises:
        InvalidInput: ``choice_unknown``.
    """
    try:
        return PostKind(text)
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def posted_category(form: Mapping[str, str]) -> ThemeSetup:
    """Return what a form says of a theme."""
    return ThemeSetup(form.get("name_ar", ""), form.get("name_fr", ""), is_active="is_active" in form)


def posted_season(form: Mapping[str, str], *, now: datetime) -> SeasonSetup:
    """Return the hours that a form says.

    Raises:
        InvalidInput: those of ``posted_date``.
    """
    return SeasonSetup(
        days=[form.get(f"day_{number}", "") for number in range(WEEK_DAYS)],
        name_ar=form.get("name_ar", ""),
        name_fr=form.get("name_fr", ""),
        first_day=posted_date(form, "first_day", now=now),
        last_day=posted_date(form, "last_day", now=now),
    )


def posted_contact(form: Mapping[str, str]) -> ContactSetup:
    """Return where a form says that the district is reached."""
    return ContactSetup(*(form.get(name, "") for name in ("address_ar", "address_fr", "phone", "email")))


def posted_number(form: Mapping[str, str], name: str) -> int:
    """Return a version that the page carried; 0, which nothing has, when it carried none."""
    try:
        return int(form.get(name, "0"))
    except ValueError:
        return 0
