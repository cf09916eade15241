"""Procedures of the catalogue, and requests deposited by them."""

from __future__ import annotations

from docflow.accounts.queries import OPERATOR
from docflow.bootstrap import Runtime
from docflow.core.ids import new_id
from docflow.requests.demo import UNITS
from docflow.requests.depositing import Application, deposit_online
from docflow.requests.models import ServiceRequest
from docflow.requests.usual import USUAL, add_usual
from tests.factories.documents import unit_id

QUESTIONS = {one.slug: len(one.questions) for one in USUAL}


def fill_catalogue(runtime: Runtime) -> None:
    """Put the usual procedures in the catalogue; civil status decides those that no other unit does."""
    with runtime.transactions.writing(OPERATOR) as uow:
        add_usual(uow, unit_of=lambda slug: unit_id(runtime, UNITS.get(slug, "EC")))


def requested(runtime: Runtime, slug: str = "extrait-naissance", **said: object) -> ServiceRequest:
    """Deposit a request online."""
    given: dict[str, object] = {"name": "Nadia Benjelloun", "language": "fr", "said": ["x"] * QUESTIONS[slug]}
    return deposit_online(runtime, slug, Application(**(given | said)), key=new_id())  # type: ignore[arg-type]
