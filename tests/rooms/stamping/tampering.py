"""What people do to a sealed file: each returns a file that is not what was sealed any more."""

from __future__ import annotations

import io
import random
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pikepdf
import pypdf
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pypdf.annotations import FreeText


@dataclass(frozen=True, slots=True)
class Tampered:
    """A file and what was done to it."""

    name: str
    content: bytes


def incremental(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Add a state to a file."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def drawn_over(writer: IncrementalPdfFileWriter) -> None:
    """Draw on the first page."""
    stream = writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg 60 300 200 300 re f"))
    writer.add_stream_to_page(0, stream)


def redrawn(writer: IncrementalPdfFileWriter) -> None:
    """Replace what the first page draws, under its own number."""
    page = writer.root["/Pages"]["/Kids"][0]
    contents = page["/Contents"]
    stream = contents[0] if isinstance(contents, generic.ArrayObject) else contents
    stream._data = b"0 0 0 rg 60 300 10 10 re f"
    stream._encoded_data = None
    writer.update_container(stream)


def restamped(writer: IncrementalPdfFileWriter) -> None:
    """Replace the appearance of the stamp."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    look = generic.StreamObject(
        {pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): field["/Rect"]}, stream_data=b"1 0 0 rg"
    )
    field["/AP"][pdf_name("/N")] = writer.add_object(look)
    writer.update_container(field["/AP"])


def unsealed(writer: IncrementalPdfFileWriter) -> None:
    """Take the form with the seal out of the catalogue."""
    del writer.root["/AcroForm"]
    writer.update_root()


def narrowed(writer: IncrementalPdfFileWriter) -> None:
    """Hide a part of the page."""
    reference = writer.find_page_for_modification(0)[0]
    reference.get_object()[pdf_name("/CropBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 400, 595, 842)))
    writer.mark_update(reference)


def annotated(content: bytes) -> bytes:
    """Write a note on the page."""
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_annotation(0, FreeText(text="ACCORDÉ", rect=(100, 400, 300, 450)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def titled(content: bytes) -> bytes:
    """Write a title with a program that knows nothing of seals."""
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_metadata({"/Title": "x"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_pages(content: bytes, change: Callable[[pypdf.PdfWriter], None]) -> bytes:
    """Change the pages as a further state."""
    writer = pypdf.PdfWriter(io.BytesIO(content), incremental=True)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def swapped(writer: IncrementalPdfFileWriter) -> None:
    """Exchange two pages."""
    kids = writer.root["/Pages"]["/Kids"]
    first, second = kids.raw_get(0), kids.raw_get(1)
    kids[0], kids[1] = second, first
    writer.update_container(kids)


def without_page(writer: IncrementalPdfFileWriter) -> None:
    """Leave out the last page."""
    pages = writer.root["/Pages"]
    del pages["/Kids"][-1]
    pages[pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def rewritten(content: bytes, change: Callable[[pikepdf.Pdf], None] = lambda _pdf: None) -> bytes:
    """Write the whole file anew."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as opened:
        change(opened)
        with warnings.catch_warnings():
            # A form without its fields is what some of these attacks leave behind.
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
            opened.save(out)
    return out.getvalue()


def without_seal(pdf: pikepdf.Pdf) -> None:
    """Take the form and the permissions out."""
    for key in ("/AcroForm", "/Perms"):
        if key in pdf.Root:
            del pdf.Root[key]


def seal_of(content: bytes) -> bytes:
    """The hexadecimal digits of a file's seal."""
    start = content.rindex(b"/Contents <") + len(b"/Contents <")
    return content[start : content.index(b">", start)]


def pasted(content: bytes, other: bytes) -> bytes:
    """Put the seal of another document in the place of this one's."""
    own, foreign = seal_of(content), seal_of(other)
    return content.replace(own, foreign[: len(own)].ljust(len(own), b"0"))


def sealed_by(signer: signers.Signer, content: bytes, *, name: str = "Cachet", certify: bool = True) -> bytes:
    """Seal a file with another key."""
    metadata = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=certify
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    out: bytes = signers.PdfSigner(metadata, signer).sign_pdf(writer).getvalue()
    return out


def unlocked(content: bytes) -> bytes:
    """Allow later changes by altering the seal's own words."""
    return content.replace(b"/P 1", b"/P 3")


def flipped(content: bytes, *, seed: int) -> bytes:
    """Change one bit anywhere."""
    changed = bytearray(content)
    at = random.Random(seed).randrange(len(changed))
    changed[at] ^= 1 << random.Random(seed).randrange(8)
    return bytes(changed)


def tampered_files(content: bytes, other: bytes, stranger: signers.Signer) -> Iterator[Tampered]:
    """Every attack on a sealed file of at least two pages; ``other`` is another sealed file."""
    for seed in range(60):
        yield Tampered(f"bit {seed}", flipped(content, seed=seed))
    for share in (0.2, 0.5, 0.8, 0.95, 0.999):
        yield Tampered(f"cut at {share}", content[: int(len(content) * share)])
    revision = PdfFileReader(io.BytesIO(content)).xrefs.total_revisions
    assert revision >= 2
    for name, change in {
        "drawn over": drawn_over,
        "redrawn": redrawn,
        "restamped": restamped,
        "unsealed": unsealed,
        "narrowed": narrowed,
        "pages swapped": swapped,
        "page left out": without_page,
    }.items():
        yield Tampered(name, incremental(content, change))
    yield Tampered("annotated", annotated(content))
    yield Tampered("titled", titled(content))
    yield Tampered("page added", with_pages(content, lambda writer: writer.add_blank_page(200, 200)))
    yield Tampered("written anew", rewritten(content))
    yield Tampered("written anew without its seal", rewritten(content, without_seal))
    yield Tampered("written anew with another page", rewritten(content, add_page))
    yield Tampered("picture replaced", rewritten(content, other_picture))
    yield Tampered("seal of another document", pasted(content, other))
    yield Tampered("unlocked", unlocked(content))
    yield Tampered("unlocked and drawn over", incremental(unlocked(content), drawn_over))
    yield Tampered("sealed again by a stranger", sealed_by(stranger, rewritten(content, without_seal)))
    yield Tampered(
        "drawn over and sealed by a stranger",
        sealed_by(stranger, incremental(rewritten(content, without_seal), drawn_over)),
    )
    yield Tampered("followed by rubbish", content + b"\n% nothing\n")
    yield Tampered("two files in one", content + other)


def add_page(pdf: pikepdf.Pdf) -> None:
    """Add a page."""
    pdf.add_blank_page(page_size=(595, 842))


def other_picture(pdf: pikepdf.Pdf) -> None:
    """Put another picture in the place of what the page draws."""
    image = pdf.make_stream(b"\x00" * 300)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height, image.ColorSpace, image.BitsPerComponent = 10, 10, Name.DeviceRGB, 8
    page = pdf.pages[0]
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.obj.Contents = pdf.make_stream(b"q 400 0 0 400 60 300 cm /Im0 Do Q")
    page.obj.MediaBox = Array([0, 0, 595, 842])
