"""The district as a browser meets it: the real sites, over documents that were really read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from flask import Flask

from docflow.accounts.operations import set_locale
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.accounts.views.door import COOKIE
from docflow.app import create_public_app, create_staff_app
from docflow.bootstrap import Runtime, bootstrap
from docflow.ingest.operations import open_batch
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from tests.conftest import DEMO_PASSWORD, GOLDEN, FrozenClock, actor, deposit, run_jobs
from tests.rooms.ingest.sheets import code_sheet, letter, stack_pdf
from tests.rooms.pdf.signed import added_to, signed_letter

ARABIC, FRENCH = "ar_office_2028_0000.tiff", "fr_office_2026_0004.pdf"


@dataclass(frozen=True)
class District:
    """The product serving a small district."""

    runtime: Runtime
    address: str
    public_address: str
    names: dict[str, str] = field(default_factory=dict)
    """What the names in a path stand for: identifiers of documents, of batches, of people."""
    sessions: dict[str, str] = field(default_factory=dict)

    def cookies(self, username: str, *, locale: str) -> dict[str, str]:
        """Return the cookies of somebody who is signed in and reads this language."""
        if not username:
            return {"lang": locale}
        if username not in self.sessions:
            credentials = Credentials(username, DEMO_PASSWORD, "127.0.0.1")
            self.sessions[username] = sign_in(self.runtime.transactions, credentials)
        with self.runtime.transactions.writing(actor(self.runtime, username)) as uow:
            set_locale(uow, locale=locale)
        return {COOKIE: self.sessions[username]}


class OpenDistrict(Protocol):
    def __call__(self, like: Path | None = ...) -> AbstractContextManager[District]: ...


@contextmanager
def served_district(home: Path, serve: Callable[[Flask], str]) -> Iterator[District]:
    """Serve both sites of the district of a home."""
    runtime = bootstrap(Settings(home=home, demo_password=DEMO_PASSWORD), clock=FrozenClock())
    make_first_index(runtime)
    yield District(runtime, serve(create_staff_app(runtime)), serve(create_public_app(runtime)))
    runtime.access_log.flush()
    runtime.search_index.close()
    runtime.transactions.engine.dispose()


def fill_batch(runtime: Runtime) -> dict[str, str]:
    """Deposit and read a batch of an Arabic letter, a French one and a damaged file, and a signed one apart."""
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    contents = {
        "ar": (ARABIC, (GOLDEN / "scans" / ARABIC).read_bytes()),
        "fr": (FRENCH, (GOLDEN / "scans" / FRENCH).read_bytes()),
        "bad": ("broken.pdf", b"%PDF-1.7\nnothing follows"),
    }
    documents = {
        name: deposit(runtime, content, name=file_name, batch_id=batch_id).id
        for name, (file_name, content) in contents.items()
    }
    documents["signed"] = deposit(runtime, added_to(signed_letter()), name="signed.pdf").id
    run_jobs(runtime)
    return {"batch": str(batch_id)} | {name: str(document_id) for name, document_id in documents.items()}


def fill_stack(runtime: Runtime) -> str:
    """Deposit and read a stack of two letters with a separator and a blank back; return its batch."""
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    pages = stack_pdf(
        letter("la réfection du trottoir"), [], letter("la réfection du trottoir", 2), code_sheet(), letter("une haie")
    )
    deposit(runtime, pages, name="stack.pdf", batch_id=batch_id)
    run_jobs(runtime)
    return str(batch_id)
