"""The links of the menus, as the reader of a page may use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, select

from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import Counting, LazyText, MenuEntry, SiteLink
from docflow.core.statements import built_once


@dataclass(frozen=True, slots=True)
class MenuLink:
    """An entry of the menu as the page shows it; ``current`` is the value of ``aria-current`` or empty."""

    url: str
    label: LazyText
    icon: str
    current: str
    count: int | None
    in_account: bool = False
    said: LazyText = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """What the frame of a page shows of everything that waits: the entries with their counts, and unread notices."""

    links: Sequence[MenuLink] = ()
    unread: int = 0


def menu_for(actor: Actor, menu: Sequence[MenuEntry], unread_count: Counting | None, deps: Any) -> Menu:
    """Return the entries the actor may use, with all that is counted for the page in one statement."""
    if actor.kind is ActorKind.ANONYMOUS:
        return Menu()
    entries = [entry for entry in menu if actor.can(entry.permission) or (entry.in_account and not entry.permission)]
    here = request.endpoint or ""
    room = here.partition(".")[0]
    exact = any(entry.endpoint == here for entry in entries)
    neighbours = [entry for entry in entries if entry.endpoint.partition(".")[0] == room and not entry.in_account]
    counts = _counted(actor, [*(entry.count for entry in entries), unread_count], deps)
    links = []
    for entry, count in zip(entries, counts, strict=False):
        is_neighbour = not exact and len(neighbours) == 1 and entry is neighbours[0]
        current = "page" if entry.endpoint == here else "true" if is_neighbour else ""
        links.append(MenuLink(url_for(entry.endpoint), entry.label, entry.icon, current, count, entry.in_account))
    return Menu(links, counts[-1] or 0)


def _counted(actor: Actor, countings: Sequence[Counting | None], deps: Any) -> list[int | None]:
    """Return the numbers in their order, none where nothing is counted."""
    asked = [None if counting is None else counting(actor) for counting in countings]
    statements = [one for one in asked if isinstance(one, Select)]
    if not statements:
        return [one for one in asked if not isinstance(one, Select)]
    with deps.transactions.reading() as session:
        answers = iter(session.execute(_together(*statements)).one())
    return [(next(answers) or 0) if isinstance(one, Select) else one for one in asked]


@built_once
def _together(*statements: Select[int]) -> Select[*tuple[int, ...]]:
    """Return one statement for all; those of a reader are the same ones on every page."""
    return select(*(statement.scalar_subquery() for statement in statements))


def site_menu(links: Sequence[SiteLink]) -> list[MenuLink]:
    """Return the navigation of the public site, the same for everybody."""
    here = request.endpoint
    return [
        MenuLink(
            url=url_for(link.endpoint),
            label=link.label,
            icon=link.icon,
            current="page" if here == link.endpoint else "true" if here in link.pages else "",
            count=None,
            said=link.said,
        )
        for link in links
    ]
