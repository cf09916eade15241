"""Accounts and units that the search box offers to administrators by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for

from docflow.accounts.queries import all_people
from docflow.accounts.units import open_units, unit_names
from docflow.core.actor import Actor
from docflow.core.capability import FoundPlace
from docflow.web.shell import current_language


def find_people_and_units(deps: Any, actor: Actor, is_meant: Callable[[str], bool]) -> Sequence[FoundPlace]:
    """Return the accounts and units whose names, in either language, or usernames and codes fit."""
    if not actor.can("people.manage"):
        return ()
    locale = current_language()
    with deps.transactions.reading() as session:
        people, units = all_people(session), open_units(session)
    names = unit_names(units, locale=locale)
    return [
        *(
            FoundPlace(one.name(locale), "user", url_for("admin.person", person_id=one.id), one.username)
            for one in people
            if any(map(is_meant, (one.name_ar, one.name_fr, one.username)))
        ),
        *(
            FoundPlace(names[one.id], "building-2", url_for("admin.units"), one.code)
            for one in units
            if any(map(is_meant, (one.name_ar, one.name_fr, one.code)))
        ),
    ]
