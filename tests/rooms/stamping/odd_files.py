"""PDF files as strangers send them: turned, cropped, protected, signed, damaged; all made here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from docflow.stamping.keys import LocalKeys

SCANS = Path(__file__).parents[2] / "golden" / "scans"
A4 = (595, 842)
TEXT = b"BT /F1 14 Tf 70 600 Td (A letter to the district) Tj ET 0 0 0 rg 70 200 300 300 re f\n"
FULL = b"0 0 0 rg\n" + b"".join(b"8 %d 2000 8 re f\n" % y for y in range(4, 2400, 14))


@dataclass(frozen=True, slots=True)
class OddFile:
    """A file and whether its sender's seal forbids every addition."""

    name: str
    content: bytes
    is_signed: bool = False
    is_covered: bool = False


def written(
    *,
    size: tuple[float, float] = A4,
    content: bytes = TEXT,
    pages: int = 1,
    page: Callable[[pikepdf.Page], None] | None = None,
    whole: Callable[[pikepdf.Pdf], None] | None = None,
    **saved: object,
) -> bytes:
    """A file of some pages, changed by hand before it is saved."""
    made = pikepdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for _ in range(pages):
        made.add_blank_page(page_size=size)
    for one in made.pages:
        one.Contents = made.make_stream(content)
        one.Resources = Dictionary(Font=Dictionary(F1=font))
        if page is not None:
            page(one)
    if whole is not None:
        whole(made)
    out = io.BytesIO()
    options: dict[str, object] = {} if "encryption" in saved else {"static_id": True}
    made.save(out, **options, **saved)
    return out.getvalue()


def put(**entries: object) -> Callable[[pikepdf.Page], None]:
    """A change of the page's own entries."""

    def change(page: pikepdf.Page) -> None:
        for name, value in entries.items():
            page.obj[f"/{name}"] = Array(value) if isinstance(value, tuple) else value

    return change


def inherited(pdf: pikepdf.Pdf) -> None:
    """Boxes and turn come from the page tree."""
    for page in pdf.pages:
        for name in ("/MediaBox", "/CropBox", "/Rotate"):
            if name in page.obj:
                del page.obj[name]
    pdf.Root.Pages.MediaBox = Array([0, 0, 595, 842])
    pdf.Root.Pages.CropBox = Array([20, 30, 560, 800])
    pdf.Root.Pages.Rotate = 270


def with_form(pdf: pikepdf.Pdf, *, name: str = "subject", kind: Name = Name.Tx, **more: object) -> None:
    """A form field that is seen."""
    page = pdf.pages[0]
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=kind, T=name, Rect=Array([70, 700, 300, 730]), F=4, P=page.obj
        )
    )
    if kind == Name.Tx:
        field.V = "Demande"
        field.DA = "/Helv 12 Tf 0 g"
    page.obj.Annots = Array([field])
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([field]), DA="/Helv 12 Tf 0 g", **more))


def with_note(pdf: pikepdf.Pdf) -> None:
    """A note whose list of annotations is an object of its own."""
    note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=Array([300, 700, 500, 800]), C=Array([1, 0, 0]))
    pdf.pages[0].obj.Annots = pdf.make_indirect(Array([pdf.make_indirect(note)]))


def with_shared_notes(pdf: pikepdf.Pdf) -> None:
    """One list of annotations, claimed by two pages."""
    with_note(pdf)
    pdf.pages[1].obj.Annots = pdf.pages[0].obj.Annots


def with_attachment(pdf: pikepdf.Pdf) -> None:
    """A file within the file."""
    pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, b"enclosure", filename="note.txt")


def tagged(pdf: pikepdf.Pdf) -> None:
    """A tree of structure."""
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array([])))


def with_xfa(pdf: pikepdf.Pdf) -> None:
    """A form of the XFA kind."""
    with_form(pdf, XFA=pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"))


def protected(revision: int, **options: bool) -> dict[str, object]:
    """A protection by the owner's password alone."""
    return {
        "encryption": pikepdf.Encryption(
            owner="secret", user="", R=revision, allow=pikepdf.Permissions(modify_annotation=False), **options
        )
    }


def without_startxref(content: bytes) -> bytes:
    """The end of the file is lost."""
    return content[: content.rindex(b"startxref")]


def with_wrong_offsets(content: bytes) -> bytes:
    """Every offset of the cross-reference table is off by a few bytes."""
    return content.replace(b"%PDF-1.3\n", b"%PDF-1.3\n% a line that a mail gateway put in\n", 1)


def after_garbage(content: bytes) -> bytes:
    """A mail gateway's header before the file's own."""
    return b"X-Scanned: yes\r\n\r\n" + content


class Sender:
    """Somebody with a signature of their own."""

    AT = datetime(2026, 1, 5, tzinfo=UTC)

    def __init__(self, folder: Path) -> None:
        self.at = self.AT
        key = LocalKeys(folder, institution=lambda: "Bureau d'études Atlas").current(self.at)
        self.signer = signers.SimpleSigner.load(str(key.key_path), str(key.certificate_path), [str(key.authority_path)])

    def sign(
        self, content: bytes, *, field: str = "Sender", permissions: fields.MDPPerm | None = None, is_seen: bool = False
    ) -> bytes:
        """Sign a file, or certify it with what it permits afterwards."""
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        if writer.prev.encrypted:
            writer.encrypt("")
        more = {} if permissions is None else {"certify": True, "docmdp_permissions": permissions}
        metadata = signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **more
        )
        box = (400, 40, 560, 90) if is_seen else None
        spec = fields.SigFieldSpec(field, box=box)
        out = signers.PdfSigner(metadata, self.signer, new_field_spec=spec).sign_pdf(writer)
        return out.getvalue()


def odd_files(sender: Sender) -> Iterator[OddFile]:
    """Every odd file."""
    plain = written()
    for scan in sorted(SCANS.glob("*.pdf")):
        yield OddFile(f"scan {scan.stem}", scan.read_bytes())
    for degrees in (90, 180, 270, -90, 450, 45):
        yield OddFile(f"turned by {degrees}", written(page=put(Rotate=degrees)))
    yield OddFile("crop box away from the origin", written(page=put(CropBox=(100, 150, 550, 750))))
    yield OddFile("crop box and a turn of 90", written(page=put(CropBox=(100, 150, 550, 750), Rotate=90)))
    yield OddFile("crop box and a turn of 270", written(page=put(CropBox=(60, 150, 550, 700), Rotate=270)))
    yield OddFile("crop box larger than the paper", written(page=put(CropBox=(-50, -50, 900, 900))))
    yield OddFile("crop box outside the paper", written(page=put(CropBox=(900, 900, 950, 950))))
    yield OddFile("paper below the origin", written(page=put(MediaBox=(-297, -421, 298, 421)), content=b""))
    yield OddFile("corners of the paper exchanged", written(page=put(MediaBox=(595, 842, 0, 0))))
    yield OddFile("boxes from the page tree", written(whole=inherited))
    yield OddFile("landscape", written(size=(842, 595)))
    yield OddFile("A3", written(size=(842, 1191)))
    yield OddFile("A0", written(size=(2384, 3370)))
    yield OddFile("receipt of 80 mm", written(size=(227, 600), content=b"0 0 0 rg 10 10 200 480 re f"))
    yield OddFile("receipt of 48 mm", written(size=(136, 300), content=b"0 0 0 rg 10 10 110 280 re f"))
    yield OddFile("label", written(size=(90, 60), content=b"0 0 0 rg 5 5 80 50 re f"))
    yield OddFile("unit of its own", written(size=(300, 421), content=b"", page=put(UserUnit=2)))
    yield OddFile("no room", written(content=FULL))
    yield OddFile("no room and a turn of 90", written(content=FULL, page=put(Rotate=90)))
    yield OddFile(
        "no room, cropped and turned by 180", written(content=FULL, page=put(CropBox=(50, 60, 500, 700), Rotate=180))
    )
    yield OddFile("no room and a turn of 270", written(content=FULL, page=put(Rotate=270)))
    yield OddFile("without a content", written(whole=lambda pdf: pdf.pages[0].obj.__delitem__("/Contents")))
    yield OddFile("a form", written(whole=with_form))
    yield OddFile("a form to be drawn by the reader", written(whole=lambda pdf: with_form(pdf, NeedAppearances=True)))
    yield OddFile("a form of XFA", written(whole=with_xfa))
    yield OddFile(
        "an empty signature field of our name", written(whole=lambda pdf: with_form(pdf, name="Cachet", kind=Name.Sig))
    )
    yield OddFile("a note in a list of its own", written(whole=with_note))
    yield OddFile("two pages with one list of notes", written(pages=2, whole=with_shared_notes))
    yield OddFile("a file within", written(whole=with_attachment))
    yield OddFile("tagged", written(whole=tagged))
    yield OddFile("object streams", written(object_stream_mode=pikepdf.ObjectStreamMode.generate))
    yield OddFile("for the web", written(pages=3, linearize=True))
    yield OddFile("protected, RC4", written(**protected(3, aes=False, metadata=False)))
    yield OddFile("protected, AES-128", written(**protected(4)))
    yield OddFile("protected, AES-256", written(**protected(6)))
    yield OddFile("without its end", without_startxref(plain))
    yield OddFile("wrong offsets", with_wrong_offsets(plain))
    yield OddFile("after a gateway's header", after_garbage(plain))
    yield OddFile("signed", sender.sign(plain), is_signed=True)
    yield OddFile("signed, seen", sender.sign(plain, is_seen=True), is_signed=True)
    yield OddFile("signed twice", sender.sign(sender.sign(plain), field="Second"), is_signed=True)
    yield OddFile("signed, turned", sender.sign(written(page=put(Rotate=90))), is_signed=True)
    yield OddFile("signed and full", sender.sign(written(content=FULL)), is_signed=True, is_covered=True)
    yield OddFile("signed and protected", sender.sign(written(**protected(6))), is_signed=True)
    for permission in (fields.MDPPerm.NO_CHANGES, fields.MDPPerm.FILL_FORMS, fields.MDPPerm.ANNOTATE):
        yield OddFile(
            f"certified, {permission.name}", sender.sign(plain, permissions=permission), is_signed=True, is_covered=True
        )
