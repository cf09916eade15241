"""What somebody searched last: kept in the cookie of their session, which ends when they sign out, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import session

from docflow.core.actor import Actor

MOST_KEPT: Final = 6
LONGEST_KEPT: Final = 80
_KEY: Final = "searched"


def remember(actor: Actor, text: str) -> None:
    """Keep the words of a search as the last ones of this session; long ones are left out."""
    said = " ".join(text.split())
    if not said or len(said) > LONGEST_KEPT or actor.person_id is None:
        return
    earlier = recent_searches(actor)
    if earlier[:1] != [said]:
        kept = [said, *(one for one in earlier if one != said)]
        session[_KEY] = [str(actor.person_id), *kept[:MOST_KEPT]]


def recent_searches(actor: Actor) -> Sequence[str]:
    """Return the words of the last searches of this session, the last one first; those of nobody else."""
    owner, *texts = session.get(_KEY) or [""]
    return texts if owner == str(actor.person_id) else []
