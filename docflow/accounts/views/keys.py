"""What scripts ask for before a security key is asked: the challenge and what goes with it, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from docflow.accounts.key_ceremonies import KeyPlace, key_place
from docflow.accounts.security_keys import begin_entry, begin_key, begin_proof
from docflow.accounts.sign_in import prove_presence
from docflow.accounts.views.deps import Deps
from docflow.accounts.views.door import COOKIE, address_asking
from docflow.accounts.views.own import own_session_id
from docflow.web.guards import public, signed_in
from docflow.web.identity import current_actor


def place_of_keys(deps: Deps) -> KeyPlace | None:
    """Return where keys are used here, by the settings: never by what a request says of its host."""
    return key_place(deps.settings.staff_url)


def own_session_name() -> str:
    """Return what challenges of this session are bound to."""
    return str(own_session_id() or "")


def add_keys(blueprint: Blueprint, deps: Deps) -> None:
    """Add the addresses that challenges come from."""

    @blueprint.post("/sign-in/key")
    @public
    def key_entry() -> dict[str, Any]:
        return begin_entry(deps.transactions, place_of_keys(deps), request.cookies.get(COOKIE, ""))

    @blueprint.post("/account/keys")
    @signed_in
    def key_options() -> dict[str, Any]:
        actor = current_actor()
        # Whoever finds a session open adds no key of theirs.
        prove_presence(
            deps.transactions,
            actor,
            session_id=own_session_id(),
            password=request.form.get("current", ""),
            address=address_asking(),
        )
        with deps.transactions.writing(actor) as uow:
            return begin_key(
                uow,
                place_of_keys(deps),
                name=request.form.get("name", ""),
                session=own_session_name(),
                house=f"DocFlow {deps.district.name.fr}",
            )

    @blueprint.post("/account/keys/proof")
    @signed_in
    def key_proof() -> dict[str, Any]:
        with deps.transactions.writing(current_actor()) as uow:
            return begin_proof(uow, place_of_keys(deps), session=own_session_name())
