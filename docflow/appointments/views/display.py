"""The waiting display: which number is called to which desk, read across a hall; it refreshes itself."""

from __future__ import annotations

from flask import Blueprint, render_template

from docflow.appointments import wording
from docflow.appointments.deps import Deps
from docflow.appointments.queries import open_office
from docflow.appointments.watching import queue_of
from docflow.web.guards import public
from docflow.web.shell import current_language


def add_display(blueprint: Blueprint, deps: Deps) -> None:
    """Add the display of each office; a phone in the street shows it too."""

    @blueprint.get("/display/<code>")
    @public
    def display(code: str) -> str:
        with deps.transactions.reading() as session:
            queue = queue_of(session, open_office(session, code), deps.clock.now())
        return render_template("appointments/display.html", queue=queue, words=wording, language=current_language())
