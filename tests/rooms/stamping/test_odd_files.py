"""Odd files, stamped and sealed: valid for four programs, stamp where it belongs, senders' signatures unharmed."""

from __future__ import annotations

import hashlib
import io
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from docflow.core.ids import new_id
from docflow.settings import Settings
from docflow.stamping.adapters.pades import PadesSealer
from docflow.stamping.keys import LocalKeys
from docflow.stamping.ports import SealedFile, SealRequest
from docflow.stamping.queries import SealedRevisionView
from docflow.stamping.rules import Finding, SealSource, StampKind, StampPlacement
from docflow.stamping.verification import judged
from docflow.storage.rules import BlobKind, BlobRef

from .faces import DESIGN, face
from .odd_files import FULL, OddFile, Sender, odd_files, put, written

GOLDEN = Path(__file__).parents[2] / "golden" / "stamps"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("stamping")


@pytest.fixture(scope="module")
def sender(home) -> Sender:
    (home / "sender").mkdir()
    return Sender(home / "sender")


@pytest.fixture(scope="module")
def sealer(home, shared_workshop) -> PadesSealer:
    keys = LocalKeys(home, institution=lambda: "Arrondissement Hay Hassani")
    return PadesSealer(Settings(home=home), keys, shared_workshop)


@pytest.fixture(scope="module")
def files(sender) -> dict[str, OddFile]:
    return {file.name: file for file in odd_files(sender)}


@pytest.fixture(scope="module")
def seal(sealer, sender, tmp_path_factory):
    def sealed(content: bytes):
        folder = tmp_path_factory.mktemp("file")
        (folder / "source.pdf").write_bytes(content)
        request = SealRequest(folder / "source.pdf", folder / "sealed.pdf", face(), DESIGN, "رسالة.pdf", sender.at)
        return sealer.seal(request), request.out

    return sealed


def faults_of_signatures(path: Path, home: Path, at) -> list[str]:
    roots = [load_cert_from_pemder(str(folder / "keys" / "authority.pem")) for folder in (home, home / "sender")]
    reader = PdfFileReader(io.BytesIO(path.read_bytes()))
    if reader.encrypted:
        reader.decrypt("")
    faults = []
    for signature in reader.embedded_signatures:
        context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)
        status = validate_pdf_signature(signature, signer_validation_context=context)
        if not status.bottom_line:
            faults.append(f"{signature.field_name}: {status.summary()}")
    assert reader.embedded_signatures
    return faults


def faults_of_tools(path: Path, folder: Path) -> list[str]:
    """What poppler, qpdf and MuPDF say against a file."""
    ran = {
        tool: subprocess.run(command, capture_output=True, text=True, check=False)
        for tool, command in {
            # A home without a certificate store: poppler of Debian 12 cannot make one, and the user's must not count.
            "pdfsig": ["env", f"HOME={folder}", "pdfsig", str(path)],
            "qpdf": ["qpdf", "--check", str(path)],
            "mutool": ["mutool", "draw", "-q", "-o", "/dev/null", "-F", "png", str(path), "1"],
        }.items()
    }
    faults = [f"{tool}: {done.stdout}{done.stderr}" for tool, done in ran.items() if done.returncode]
    said = ran["pdfsig"].stdout
    if said.count("Signature is Valid") != said.count("Signature Validation") or "Signature is Valid" not in said:
        faults.append(said)
    return faults


def first_page(path: Path, *, dpi: int = 150) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    document.init_forms()
    picture = document[0].render(scale=dpi / 72, may_draw_forms=True).to_pil()
    document.close()
    return picture.convert("L")


def test_there_are_at_least_forty(files):
    assert len(files) >= 40


def test_every_odd_file_is_valid_for_every_program_and_its_code_is_read(files, seal, sender, home, tmp_path):
    faults: dict[str, list[str]] = {}
    for name, file in files.items():
        sealed, path = seal(file.content)
        found = [*faults_of_signatures(path, home, sender.at), *faults_of_tools(path, tmp_path)]
        if [code.text for code in zxingcpp.read_barcodes(first_page(path))] != [face().verification_url]:
            found.append("the code of the stamp is not read")
        if (sealed.source is SealSource.COVER) is not file.is_covered:
            found.append(f"sealed as {sealed.source}")
        if found:
            faults[name] = found

    assert faults == {}


def test_a_hundred_untouched_files_raise_no_false_alarm(files, seal, sealer, sender):
    own = frozenset({sealer.key_status(sender.at).certificate_sha256})
    sources = [file.content for file in files.values() if not file.name.startswith("scan")]
    sources += [
        written(size=(300 + 7 * at, 420 + 5 * at), pages=1 + at % 3, content=b"0 0 0 rg 40 %d 90 90 re f" % (at * 5))
        for at in range(100 - len(sources))
    ]
    accused = []
    for at, content in enumerate(sources):
        sealed, path = seal(content)
        examination = sealer.examine(path, at=sender.at)
        kept = kept_as(path.read_bytes(), sealed)
        # Neither the hash of the whole file nor the seal alone must speak for it.
        states = (*examination.states, "0" * 64)
        by_seal = judged(replace(examination, states=states), own=own, kept=[kept])
        if by_seal.finding is not Finding.AUTHENTIC:
            accused.append((at, by_seal))

    assert len(sources) == 100
    assert accused == []


def kept_as(content: bytes, sealed: SealedFile) -> SealedRevisionView:
    """What the registry keeps of a sealed file."""
    return SealedRevisionView(
        document_id=new_id(),
        register_number="A-2026-000145",
        revision=1,
        kind=StampKind.ARRIVAL,
        blob=BlobRef(BlobKind.SEALED, hashlib.sha256(content).hexdigest(), len(content)),
        source=sealed.source,
        placement=sealed.placement,
        level=sealed.level,
        time_source=sealed.time_source,
        signer=sealed.signer,
        certificate_sha256=sealed.certificate_sha256,
        sealed_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


def test_a_signed_file_stays_the_beginning_of_what_is_sealed(files, seal):
    for name in ("signed", "signed, seen", "signed twice", "signed and protected"):
        _, path = seal(files[name].content)

        assert path.read_bytes().startswith(files[name].content), name


def test_a_cover_sheet_carries_the_file_byte_for_byte(files, seal):
    content = files["certified, NO_CHANGES"].content

    sealed, path = seal(content)

    assert sealed.placement is StampPlacement.COVER
    with pikepdf.open(path) as opened:
        (attached,) = opened.attachments.values()
        assert attached.get_file().read_bytes() == content
        assert attached.filename == "رسالة.pdf"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (50, 60, 500, 700)])
def test_a_strip_hides_nothing_that_was_displayed(seal, turn, crop, tmp_path):
    entries = {"Rotate": turn} | ({} if crop is None else {"CropBox": crop})
    content = written(content=FULL, page=put(**entries))
    (tmp_path / "before.pdf").write_bytes(content)

    sealed, path = seal(content)

    before, after = first_page(tmp_path / "before.pdf", dpi=72), first_page(path, dpi=72)
    assert sealed.placement is StampPlacement.STRIP
    strip = after.height - before.height
    assert strip > 60
    same = np.abs(np.asarray(after)[strip:, : before.width].astype(int) - np.asarray(before).astype(int))
    assert same.mean() < 1.5


def test_pages_that_share_their_notes_do_not_share_the_stamp(files, seal):
    _, path = seal(files["two pages with one list of notes"].content)

    with pikepdf.open(path) as opened:
        assert [len(page.obj.get("/Annots", ())) for page in opened.pages] == [2, 1]


@pytest.mark.parametrize("name", ["turned by 90", "no room", "receipt of 48 mm", "crop box and a turn of 270", "A3"])
def test_sealed_pages_look_as_they_did(files, seal, name):
    _, path = seal(files[name].content)
    golden = GOLDEN / f"{name.replace(',', '').replace(' ', '-')}.png"
    shown = first_page(path, dpi=60)

    with Image.open(golden) as kept:
        assert kept.size == shown.size
        apart = np.abs(np.asarray(kept.convert("L"), dtype=int) - np.asarray(shown, dtype=int))
    # Anti-aliasing differs among versions of pdfium; a stamp that moved or lost a line differs far more.
    assert apart.mean() < 1.0
    assert (apart > 96).mean() < 0.002
