"""The links of the menus, as the reader of a page may use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from docflow.core.actor import Actor, ActorKind
from docflow.core.capability import LazyText, MenuEntry, SiteLink


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


def menu_links(menu: Sequence[MenuEntry], actor: Actor, deps: Any) -> list[MenuLink]:
    """Return the entries the actor may use, with their counts."""
    if actor.kind is ActorKind.ANONYMOUS:
        return []
    entries = [entry for entry in menu if actor.can(entry.permission) or (entry.in_account and not entry.permission)]
    here = request.endpoint or ""
    room = here.partition(".")[0]
    exact = any(entry.endpoint == here for entry in entries)
    neighbours = [entry for entry in entries if entry.endpoint.partition(".")[0] == room and not entry.in_account]
    links = []
    for entry in entries:
        is_neighbour = not exact and len(neighbours) == 1 and entry is neighbours[0]
        current = "page" if entry.endpoint == here else "true" if is_neighbour else ""
        count = entry.count(deps, actor) if entry.count else None
        links.append(MenuLink(url_for(entry.endpoint), entry.label, entry.icon, current, count, entry.in_account))
    return links


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
