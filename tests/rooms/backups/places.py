"""A district that has seen everything, empty places to restore it into, and comparing two places row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import select

from docflow.audit.anchors import anchor_journal
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.db import READ_ONLY, Base
from docflow.core.ids import new_id
from docflow.routing.operations import send
from docflow.routing.rules import Instruction
from docflow.routing.steps import Dispatch
from docflow.settings import Settings
from docflow.storage.rules import BlobKind
from tests.conftest import actor, admin_execute, deposit, run_jobs
from tests.factories.acts import decides, drafted, make_circuit, settled, short, started
from tests.factories.complaints import deposited, open_deposit
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.rooms.ingest.letters import letter_about
from tests.servers import PrivateServers

PASSPHRASE = "quatre mots pour la nuit"
ACT = "Réponse"


def fill(runtime: Runtime) -> None:
    """A letter read, registered, sealed and sent to a unit; an act approved and signed; a complaint; an anchor."""
    document_id = deposit(runtime, letter_about("la voirie")).id
    run_jobs(runtime)
    registered(runtime, document_id)
    run_jobs(runtime)
    with runtime.transactions.writing(actor(runtime, "president")) as uow:
        send(uow, document_id, [Dispatch(Instruction.ACTION, unit_id=unit_id(runtime, "ECL"))])
    make_circuit(runtime, short(runtime))
    decides(runtime, "president", started(runtime, drafted(runtime, subject=ACT)))
    settled(runtime)
    # What the factory of acts says of the picture of their page is made true.
    for kind in (BlobKind.PAGE, BlobKind.THUMBNAIL):
        runtime.blob_store.put(kind, io.BytesIO(ACT.encode()), media_type="image/webp")
    open_deposit(runtime)
    deposited(runtime)
    run_jobs(runtime)
    anchor_journal(runtime)
    (runtime.settings.home / "secret-key").write_text("the key of the cookies")


@contextmanager
def empty_place(kind: str, folder: Path, like: Runtime, *, storage_url: str = "") -> Iterator[Runtime]:
    """A home with nothing in it, and an empty database of a kind."""
    settings = Settings(home=folder)
    name = f"place_{new_id().hex}"
    if kind == "postgresql":
        admin_execute(f"CREATE DATABASE {name}")
        settings = settings.model_copy(update={"database_url": SecretStr(PrivateServers.database_url(name))})
    if storage_url:
        settings = settings.model_copy(update={"storage_url": SecretStr(storage_url)})
    place = bootstrap(settings, clock=like.clock)
    yield place
    place.search_index.close()
    place.public_index.close()
    place.transactions.engine.dispose()
    if kind == "postgresql":
        admin_execute(f"DROP DATABASE {name} WITH (FORCE)")


def all_rows(runtime: Runtime) -> dict[str, list[str]]:
    """Every row of every table as Python sees it."""
    with runtime.transactions.engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(one)))
            for name, one in Base.metadata.tables.items()
            if name != "sweep_holds"
        }
