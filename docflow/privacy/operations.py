"""Looking for what is held about somebody, and taking it away, each with its line in the log and in the journal."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from docflow.core.actor import ActorKind
from docflow.core.errors import InvalidInput
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.privacy.finding import held_about
from docflow.privacy.models import PrivacyLook
from docflow.privacy.page import as_page
from docflow.privacy.rules import LONGEST_REASON, Held, LookKind, Sought

PERMISSION: Final = "privacy.export"


def look_for(uow: UnitOfWork, sought: Sought, *, kind: LookKind = LookKind.SHOWN, reason: str = "") -> list[Held]:
    """Return what is held about somebody, and note who asked and why.

    Raises:
        PermissionDenied: without ``privacy.export``.
        InvalidInput: ``nobody_sought``, ``name_too_short``; ``reason_missing``: people say why, whoever runs commands
            on the machine need not.
        NotFound: ``person_unknown``.
    """
    uow.require(PERMISSION)
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why and uow.actor.kind is ActorKind.PERSON:
        raise InvalidInput("reason_missing")
    held = held_about(uow.session, uow.actor, sought.checked())
    found = Counter(one.kind for one in held)
    look = PrivacyLook(
        id=new_id(),
        at=uow.now,
        kind=kind,
        actor_name=uow.actor.name,
        person_id=uow.actor.person_id,
        about=sought.given(),
        reason=why,
        found=dict(found),
    )
    uow.session.add(look)
    # By which of somebody's marks, and how much: never the marks themselves, which nobody could take back here.
    uow.record(
        "privacy.looked", subject_kind="privacy_look", subject_id=look.id, how=kind.value, by=sorted(sought.given()),
        found=len(held), **({"reason": why} if why else {}),
    )  # fmt: skip
    return held


def write_export(path: Path | IO[bytes], sought: Sought, held: Sequence[Held], *, locale: str) -> None:
    """Write an archive with everything as JSON, for machines, and as a page in a language, for the person."""
    rows = [{"what": one.kind, **one.values} for one in held]
    told = {"sought": sought.given(), "held": rows}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(told, ensure_ascii=False, indent=2, default=str))
        archive.writestr("person.html", as_page(sought, held, locale=locale))
