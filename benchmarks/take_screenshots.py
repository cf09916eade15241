"""Take the pictures of docs/screenshots: ``python -m benchmarks.take_screenshots``.

The product is composed on an empty home with the demonstration district, six scans of the tests are read, and the
pages are photographed with the system's Chromium. The same command gives the same pictures, but for times and dates.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pikepdf
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from docflow.accounts.operations import set_locale
from docflow.accounts.queries import actor_named
from docflow.accounts.sign_in import Credentials, sign_in
from docflow.accounts.units import all_units
from docflow.accounts.views.door import COOKIE
from docflow.accounts.visibility import Confidentiality
from docflow.app import create_public_app, create_staff_app
from docflow.approvals.queries import circuits
from docflow.approvals.queue import items_of, reader_of
from docflow.batches.separators import SheetText, draw_separators
from docflow.bootstrap import Runtime, bootstrap
from docflow.core.actor import Actor
from docflow.demo import fill_demo
from docflow.documents.editing import Metadata
from docflow.documents.operations import Deposit
from docflow.documents.queries import document_for
from docflow.ingest.operations import IncomingFile, deposit_file, open_batch
from docflow.records.operations import file_documents
from docflow.records.queries import FileFilter, files_shown
from docflow.registry.operations import Arrival, register_document
from docflow.registry.sealing import verification_address
from docflow.schema import migrate
from docflow.search.indexing import make_first_index
from docflow.settings import Settings
from docflow.web.assets import BUILT, build_assets
from docflow.web.catalogues import compile_catalogues

ROOT = Path(__file__).parent.parent
SCANS = ROOT / "tests" / "golden" / "scans"
PICTURES = ROOT / "docs" / "screenshots"
PASSWORD = "demo-pass-2026"
LIMIT_BYTES = 150_000
FILES = (
    "ar_clean_2026_0000.pdf", "fr_office_2026_0004.pdf", "ar_office_2028_0000.tiff", "fr_poor_2029_0000.jpg",
    "mixed_office_2026_0004.pdf", "ar_rotated_2026_0001.pdf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """One page to photograph: its file, who looks, where, in which language, how wide, in which colours."""

    name: str
    username: str
    path: str
    locale: str = "ar"
    width: int = 1366
    scheme: str = "light"


AR, FR = "ar_office_2028_0000.tiff", "fr_office_2026_0004.pdf"
PICTURES_TAKEN = (
    Picture("sign-in-ar", "", "/sign-in"),
    Picture("batch-ar", "clerk", "/batches/{batch}"),
    Picture("batch-fr-phone", "clerk", "/batches/{batch}", locale="fr", width=390),
    Picture("arrange-ar", "clerk", "/batches/{stack}/arrange"),
    Picture("arrange-fr-phone", "clerk", "/batches/{stack}/arrange", locale="fr", width=390),
    Picture("document-ar", "clerk", f"/d/{{{AR}}}"),
    Picture("document-fr-edit", "clerk", f"/d/{{{FR}}}/edit", locale="fr"),
    Picture("document-ar-phone", "clerk", f"/d/{{{AR}}}", width=390),
    Picture("search-ar", "archivist", "/search?q=شكاية"),
    Picture("search-fr-phone", "archivist", "/search?q=réclamation", locale="fr", width=390),
    Picture("hit-fr-dark", "archivist", f"/d/{{{FR}}}?q=éclairage", locale="fr", scheme="dark"),
    Picture("text-ar", "archivist", f"/d/{{{AR}}}?tab=text&page=2"),
    Picture("corrections-ar", "clerk", f"/corrections/{{{AR}}}/2"),
    Picture("corrections-fr-phone", "clerk", f"/corrections/{{{AR}}}/2", locale="fr", width=390),
    Picture("health-fr", "admin", "/admin/health", locale="fr"),
    Picture("registration-ar", "clerk", "/register/{left}?batch={batch}"),
    Picture("registration-fr-phone", "clerk", "/register/{left}?batch={batch}", locale="fr", width=390),
    Picture("register-fr", "clerk", "/registers/complaints", locale="fr"),
    Picture("route-ar", "agent", "/d/{sent}"),
    Picture("tasks-fr", "agent", "/tasks?view=basket", locale="fr"),
    Picture("queue-fr", "head", "/approvals", locale="fr"),
    Picture("queue-ar-phone", "head", "/approvals?item={ask}", width=390),
    Picture("circuit-fr", "admin", "/admin/circuits/{circuit}", locale="fr"),
    Picture("delegations-ar", "director", "/delegations"),
    Picture("case-file-ar", "agent", "/records/{file}"),
    Picture("figures-fr", "head", "/stats", locale="fr"),
    Picture("notifications-fr-phone", "director", "/notifications", locale="fr", width=390),
    Picture("calendar-ar-phone", "admin", "/admin/calendars", width=390),
    Picture("journal-ar", "auditor", "/journal?kind=document"),
    Picture("journal-line-fr", "auditor", "/journal/40", locale="fr"),
)


PUBLIC_PICTURES = (
    Picture("public-ar-phone", "", "/", width=390),
    Picture("verified-fr", "", "{paper}", locale="fr"),
    Picture("verified-ar-phone", "", "{paper}", width=390),
)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def main() -> int:
    """Take every picture; return the exit code."""
    build_assets(BUILT)
    compile_catalogues()
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        runtime = _compose(Path(home))
        names = _fill(runtime)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with _served(create_staff_app(runtime)) as staff:
            for picture in PICTURES_TAKEN:
                _take(browser, runtime, staff + _filled(picture.path, names), picture)
        with _served(create_public_app(runtime)) as public:
            for picture in PUBLIC_PICTURES:
                _take(browser, runtime, public + _filled(picture.path, names), picture)
        browser.close()
        runtime.access_log.flush()
        runtime.search_index.close()
        runtime.transactions.engine.dispose()
    return 0


def _compose(home: Path) -> Runtime:
    settings = Settings(home=home, demo_password=PASSWORD)
    runtime = bootstrap(settings)
    migrate(runtime.transactions.engine)
    make_first_index(runtime)
    fill_demo(runtime)
    return runtime


def _actor(runtime: Runtime, username: str) -> Actor:
    with runtime.transactions.reading() as session:
        return actor_named(session, username, runtime.clock.now())


def _fill(runtime: Runtime) -> dict[str, str]:
    """Read the scans; return the identifiers that paths name."""
    clerk = _actor(runtime, "clerk")
    with runtime.transactions.writing(clerk) as uow:
        batch_id = open_batch(uow).id
        stack_id = open_batch(uow).id
    names = {"batch": str(batch_id), "stack": str(stack_id)}
    for file_name in FILES:
        content = (SCANS / file_name).read_bytes()
        names[file_name] = _deposit(runtime, clerk, content, Deposit(file_name=file_name, batch_id=batch_id))
    _deposit(runtime, clerk, _stack(), Deposit(file_name="pile.pdf", batch_id=stack_id))
    _work(runtime)
    names["left"] = names["ar_clean_2026_0000.pdf"]
    complaint = _deposit(runtime, clerk, _letter(), Deposit("plainte.pdf"))
    names["sent"], names["paper"] = _register(runtime, clerk, complaint)
    return names | _demonstrated(runtime, complaint)


def _demonstrated(runtime: Runtime, letter_id: str) -> dict[str, str]:
    """File a letter; return the identifiers of a circuit, of something to approve, and of the letter's case file."""
    agent, head = _actor(runtime, "agent"), _actor(runtime, "head")
    with runtime.transactions.writing(agent) as uow:
        ((file, _),) = files_shown(uow.session, agent, FileFilter(), limit=1)
        file_documents(uow, file.id, [UUID(letter_id)])
    with runtime.transactions.reading() as session:
        reader = reader_of(session, head, runtime.clock.now())
        return {
            "circuit": str(circuits(session, active_only=True)[0].id),
            "ask": str(items_of(session, reader)[0].ask.id),
            "file": str(file.id),
        }


def _work(runtime: Runtime) -> None:
    runner = runtime.make_runner()
    while runner.run_one():
        pass


def _letter() -> bytes:
    return (SCANS / "ar_office_2026_0000.pdf").read_bytes()


def _register(runtime: Runtime, clerk: Actor, document_id: str) -> tuple[str, str]:
    """Register a complaint, let it go to its unit; return its identifier and the path of its public page."""
    _work(runtime)
    with runtime.transactions.writing(clerk) as uow:
        document = document_for(uow.session, clerk, UUID(document_id))
        unit_id = next(unit.id for unit in all_units(uow.session) if unit.code == "TRV")
        said = Metadata(
            document.subject, document.sender, "", document.reference, document.document_date, "complaint", unit_id,
            Confidentiality.NORMAL,
        )  # fmt: skip
        entry = register_document(
            uow,
            document.id,
            register_code="complaints",
            metadata=said,
            arrival=Arrival(enclosure_count=2),
            expected_version=document.version,
        )
    _work(runtime)
    return document_id, verification_address("", entry)


def _deposit(runtime: Runtime, clerk: Actor, content: bytes, said: Deposit) -> str:
    document = deposit_file(
        runtime.transactions,
        runtime.blob_store,
        clerk,
        incoming=IncomingFile(io.BytesIO(content), said),
        max_bytes=runtime.settings.max_file_bytes,
    )
    return str(document.id)


def _stack() -> bytes:
    """Return letters scanned as one file, with a blank back after each and a separator between two."""
    stack = pikepdf.new()
    separator = pikepdf.open(io.BytesIO(draw_separators([SheetText("ورقة فاصلة", "")], count=1)))
    with ExitStack() as opened:
        for name in ("ar_clean_2026_0000.pdf", "fr_office_2026_0004.pdf", "mixed_office_2026_0004.pdf"):
            if len(stack.pages):
                stack.pages.append(separator.pages[0])
            stack.pages.extend(opened.enter_context(pikepdf.open(SCANS / name)).pages)
            stack.add_blank_page(page_size=(595, 842))
        stream = io.BytesIO()
        stack.save(stream)
    return stream.getvalue()


def _filled(path: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    return path


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _take(browser: Browser, runtime: Runtime, address: str, picture: Picture) -> None:
    context = browser.new_context(
        locale=picture.locale,
        viewport={"width": picture.width, "height": 768 if picture.width > 500 else 844},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    if picture.username:
        secret = sign_in(runtime.transactions, Credentials(picture.username, PASSWORD, "127.0.0.1"))
        with runtime.transactions.writing(_actor(runtime, picture.username)) as uow:
            set_locale(uow, locale=picture.locale)
        site = "/".join(address.split("/")[:3])
        context.add_cookies([{"name": COOKIE, "value": secret, "url": site}])
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_timeout(300)
    _keep(page.screenshot(), PICTURES / f"{picture.name}.png")
    context.close()


def _keep(content: bytes, path: Path) -> None:
    """Write a picture with as many colours as fit under the limit."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    for colours in (256, 128, 64, 32):
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LIMIT_BYTES:
            break
    sys.stderr.write(f"{path.name} {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
