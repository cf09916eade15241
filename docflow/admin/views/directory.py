"""The administrator's pages about the directory: which groups give what, and who signs in through it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.accounts.directory import add_rule, let_in, remove_rule, rules_shown, shut_out
from docflow.accounts.directory_rules import Door
from docflow.accounts.labels import DOOR_LABELS, ROLE_LABELS
from docflow.accounts.ports import DirectoryServer, IdentityProvider
from docflow.accounts.rules import Role
from docflow.accounts.units import open_units, unit_names
from docflow.core.errors import DocFlowError, InvalidInput
from docflow.core.uow import Transactions
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id
from docflow.web.shell import current_language


class DirectoryDeps(Protocol):
    """The runtime as these pages see it."""

    @property
    def identity_provider(self) -> IdentityProvider:
        """The OpenID Connect provider, if one is set up."""
        ...

    @property
    def directory_server(self) -> DirectoryServer:
        """The LDAP server, if one is set up."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...


def doors_of(deps: DirectoryDeps) -> list[tuple[str, str]]:
    """Return the directories that are set up, with what they are called."""
    is_set_up = {Door.OIDC: deps.identity_provider.is_set_up, Door.LDAP: deps.directory_server.is_set_up}
    doors = [door for door, is_there in is_set_up.items() if is_there]
    return [(door.value, str(DOOR_LABELS[door])) for door in doors]


def add_directory(blueprint: Blueprint, deps: DirectoryDeps) -> None:
    """Add the page of groups, and what the page of a person posts."""

    @blueprint.route("/directory", methods=["GET", "POST"])
    @requires("people.manage")
    def directory() -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _render(deps)
        form = request.form
        try:
            with deps.transactions.writing(current_actor()) as uow:
                if form.get("action") == "remove":
                    remove_rule(uow, posted_id(form.get("rule", "")))
                else:
                    add_rule(uow, group=form.get("group", ""), role=_role(), unit_id=posted_id(form.get("unit", "")))
        except DocFlowError as error:
            return _render(deps, refusal=error), error.http_status
        flash(gettext("The rules are kept. They hold from the next sign-in of each person."), "ok")
        return redirect(url_for("admin.directory"), 303)

    @blueprint.post("/users/<uuid:person_id>/directory")
    @requires("people.manage")
    def directory_person(person_id: UUID) -> Response:
        form = request.form
        try:
            with deps.transactions.writing(current_actor()) as uow:
                if form.get("action") == "end":
                    shut_out(uow, person_id)
                else:
                    let_in(uow, person_id, door=_door(), username=form.get("directory_name", ""))
        except DocFlowError as error:
            flash(_text_of(error), "bad")
        else:
            flash(gettext("The account is changed."), "ok")
        return redirect(url_for("admin.person", person_id=person_id), 303)


def _render(deps: DirectoryDeps, *, refusal: DocFlowError | None = None) -> str:
    with deps.transactions.reading() as session:
        rules, units = rules_shown(session), open_units(session)
    return render_template(
        "admin/directory.html",
        rules=rules,
        is_arabic=current_language() == "ar",
        units=[(str(unit_id), name) for unit_id, name in unit_names(units, locale=current_language()).items()],
        role_labels=ROLE_LABELS,
        doors=doors_of(deps),
        given=request.form if refusal else {},
        refusal_text="" if refusal is None else _text_of(refusal),
        form_has_errors=refusal is not None,
    )


def _door() -> Door:
    try:
        door = Door(request.form.get("door", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error
    if door is Door.PASSWORD:
        raise InvalidInput("choice_unknown")
    return door


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as error:
        raise InvalidInput("choice_unknown") from error


def _text_of(refusal: DocFlowError) -> str:
    return str(current_app.extensions["docflow_error_texts"].text_of(refusal))
