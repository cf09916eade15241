"""The links of the menus, as the reader of a page may use them, and the counts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import force_locale
from sqlalchemy import Select, select

from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import Counting, LazyText, MenuEntry, MenuSection, SiteLink
from docflow.core.statements import built_once
from docflow.web.languages import LOCALES


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link of a menu as the page shows it; ``current`` is the value of ``aria-current`` or empty."""

    url: str
    label: LazyText
    icon: str
    current: str
    count: int | None
    said: LazyText = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """What the frame of a page shows of everything that waits: places with their counts, and unread notices."""

    bar: Sequence[MenuLink] = ()
    """The places that the reader uses most, in their order."""
    own: Sequence[MenuLink] = ()
    """The places of the account menu."""
    unread: int = 0


def menu_for(
    actor: Actor, menu: Sequence[MenuEntry], places: Sequence[str], unread_count: Counting | None, deps: Any
) -> Menu:
    """Return the places in the bar and in the account menu, with all that is counted for the page in one statement.

    ``places`` are the endpoints that the bar shows, as far as the actor may use them.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        return Menu()
    usable = {entry.endpoint: entry for entry in menu if entry.is_open_to(actor)}
    bar = [usable[endpoint] for endpoint in places if endpoint in usable]
    own = [entry for entry in usable.values() if entry.section is MenuSection.OWN]
    here = request.endpoint or ""
    package = here.partition(".")[0]
    neighbours = [entry for entry in bar if entry.endpoint.partition(".")[0] == package]
    marked = neighbours[0] if here not in usable and len(neighbours) == 1 else None
    *counts, unread = counted(actor, [*(entry.count for entry in (*bar, *own)), unread_count], deps)
    links = []
    for entry, count in zip((*bar, *own), counts, strict=True):
        current = "page" if entry.endpoint == here else "true" if entry is marked else ""
        links.append(MenuLink(url_for(entry.endpoint), entry.label, entry.icon, current, count))
    return Menu(links[: len(bar)], links[len(bar) :], unread or 0)


def counted(actor: Actor, countings: Sequence[Counting | None], deps: Any) -> list[int | None]:
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


def every_name(label: LazyText) -> Sequence[str]:
    """Return what something is called in each language of the interface, so that it is found in all of them."""
    names = []
    for locale in LOCALES:
        with force_locale(locale):
            names.append(str(label))
    return names
