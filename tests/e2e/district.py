"""The district as a browser meets it: the real sites, over documents that were really read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docflow.accounts.operations import set_locale
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.accounts.views import COOKIE
from docflow.bootstrap import Runtime
from docflow.documents.models import Document
from docflow.ingest.operations import open_batch
from tests.conftest import DEMO_PASSWORD, GOLDEN, actor, deposit, run_jobs
from tests.rooms.ingest.sheets import code_sheet, letter, stack_pdf
from tests.rooms.pdf.signed import added_to, signed_letter

ARABIC, FRENCH = "ar_office_2028_0000.tiff", "fr_office_2026_0004.pdf"
BROKEN, SIGNED = "broken.pdf", "signed.pdf"


@dataclass(frozen=True)
class District:
    """The product serving a small district: one batch of an Arabic letter, a French one, and a damaged file."""

    runtime: Runtime
    address: str
    public_address: str
    batch_id: str
    stack_id: str
    """The batch of one stack that fell into two documents."""
    documents: Mapping[str, str]
    """The document of each file name."""
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

    def path(self, path: str) -> str:
        """Return a path with the names of documents, of the batch and of a person filled in."""
        return path.format(
            batch=self.batch_id,
            stack=self.stack_id,
            ar=self.documents[ARABIC],
            fr=self.documents[FRENCH],
            bad=self.documents[BROKEN],
            signed=self.documents[SIGNED],
            person=actor(self.runtime, "agent").person_id,
        )


def fill_batch(runtime: Runtime) -> tuple[str, dict[str, str]]:
    """Deposit and read one batch as a clerk; return its identifier and those of its documents."""
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        batch_id = open_batch(uow).id
    contents = {name: (GOLDEN / "scans" / name).read_bytes() for name in (ARABIC, FRENCH)}
    contents[BROKEN] = b"%PDF-1.7\nnothing follows"
    documents: dict[str, Document] = {
        name: deposit(runtime, content, name=name, batch_id=batch_id) for name, content in contents.items()
    }
    documents[SIGNED] = deposit(runtime, added_to(signed_letter()), name=SIGNED)
    run_jobs(runtime)
    return str(batch_id), {name: str(document.id) for name, document in documents.items()}


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
