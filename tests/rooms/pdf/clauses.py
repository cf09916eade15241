"""PDF/A-2u clause by clause (ISO 19005-2), read with pypdf and fontTools and none of the code that is tested."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdf
from fontTools.ttLib import TTFont
from PIL import ImageCms
from pypdf.generic import DictionaryObject, StreamObject

PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
FORBIDDEN_KEYS = {"/JavaScript", "/JS", "/XFA", "/AA", "/Launch", "/OPI", "/Alternates", "/TR", "/Encrypt"}


def broken_clauses(path: Path) -> list[str]:
    """Return the clauses that a file breaks, with what was found."""
    reader = pypdf.PdfReader(path, strict=True)
    return [*_file_structure(path, reader), *_metadata(reader), *_graphics(reader), *_fonts(reader)]


def _file_structure(path: Path, reader: pypdf.PdfReader) -> Iterator[str]:
    content = path.read_bytes()
    header, comment = content.split(b"\n")[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]", header) or comment[:1] != b"%" or min(comment[1:5]) < 128:
        yield f"6.1.2 header {header!r} {comment!r}"
    if len(reader.trailer.get("/ID", [])) != 2 or "/Encrypt" in reader.trailer:
        yield "6.1.3 trailer"
    if not content.rstrip().endswith(b"%%EOF"):
        yield "6.1.3 end of file"
    for item in _objects(reader):
        if isinstance(item, DictionaryObject):
            forbidden = FORBIDDEN_KEYS & set(item)
            if forbidden:
                yield f"6.5.1, 6.2 forbidden {forbidden}"
        if isinstance(item, StreamObject):
            filters = item.get("/Filter", [])
            names = filters if isinstance(filters, list) else [filters]
            if {"/LZWDecode", "/Crypt", "/JPXDecode"} & set(names) or "/F" in item:
                yield f"6.1.7 filters {names}"
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    if checked.returncode:
        yield checked.stdout + checked.stderr


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    for number in range(1, int(reader.trailer["/Size"])):
        item = reader.get_object(number)
        if item is not None:
            yield item


def _metadata(reader: pypdf.PdfReader) -> Iterator[str]:
    root = reader.trailer["/Root"]
    if not re.fullmatch("[a-z]{2}", root.get("/Lang", "")):
        yield "6.7.4 language"
    stream = root["/Metadata"].get_object()
    if (stream["/Type"], stream["/Subtype"]) != ("/Metadata", "/XML") or "/Filter" in stream:
        yield "6.6.2.1 metadata stream"
    packet = stream.get_data().decode("utf-8")
    if re.search("<\\?xpacket[^>]* (bytes|encoding)=", packet):
        yield "6.6.2.1 packet header"
    tree = ElementTree.fromstring(re.sub(r"<\?xpacket[^>]*\?>", "", packet))
    description = tree.find(f".//{RDF}Description")
    assert description is not None
    if (description.get(f"{PDFAID}part"), description.get(f"{PDFAID}conformance")) != ("2", "U"):
        yield "6.6.4 identification"
    for key, value in (reader.metadata or {}).items():
        written = value if not key.endswith("Date") else value[2:6]
        if written not in packet:
            yield f"document information {key} is not in XMP"


def _graphics(reader: pypdf.PdfReader) -> Iterator[str]:
    (intent,) = reader.trailer["/Root"]["/OutputIntents"]
    profile = intent["/DestOutputProfile"].get_object()
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile.get_data())).profile
    if (
        intent["/S"] != "/GTS_PDFA1"
        or profile["/N"] != 3
        or opened.xcolor_space.strip() != "RGB"
        or opened.version >= 5
    ):
        yield "6.2.3 output intent"
    for item in _objects(reader):
        if isinstance(item, StreamObject) and item.get("/Subtype") == "/Image":
            if item.get("/Interpolate") or item.get("/BitsPerComponent") not in {1, 2, 4, 8, 16}:
                yield "6.2.8 image"
            space = item.get("/ColorSpace")
            if "DeviceCMYK" in str(space):
                yield "6.2.4.3 colour"
    for page in reader.pages:
        if "/Group" in page and "/CS" in page["/Group"] and page["/Group"]["/CS"] == "/DeviceCMYK":
            yield "6.2.10 blending space"


def _fonts(reader: pypdf.PdfReader) -> Iterator[str]:
    for page in reader.pages:
        for font in page.get("/Resources", {}).get("/Font", {}).values():
            yield from _font(font.get_object())


def _font(font: Any) -> Iterator[str]:
    whole = font["/DescendantFonts"][0].get_object() if font["/Subtype"] == "/Type0" else font
    descriptor = whole["/FontDescriptor"]
    program = descriptor["/FontFile2"].get_object()
    if program["/Length1"] != len(program.get_data()):
        yield "6.2.11.2 Length1"
    parsed = TTFont(io.BytesIO(program.get_data()))
    if "/ToUnicode" not in font:
        yield "6.2.11.7.2 ToUnicode"
    if font["/Subtype"] != "/TrueType":
        return
    if descriptor["/Flags"] & 4 and ("/Encoding" in font or len(parsed["cmap"].tables) != 1):
        yield "6.2.11.6 symbolic font"
    names = parsed["cmap"].tables[0].cmap
    for step, width in enumerate(font["/Widths"]):
        name = names.get(font["/FirstChar"] + step, ".notdef")
        if name != ".notdef" and abs(parsed["hmtx"][name][0] - width) > 1:
            yield f"6.2.11.5 width of code {font['/FirstChar'] + step}"
    told = font["/ToUnicode"].get_data().decode("latin-1")
    if re.search("<(0000|feff|fffe)>", told, re.IGNORECASE):
        yield "6.2.11.7.2 forbidden Unicode value"


def has_claim(path: Path) -> bool:
    """Whether a file calls itself PDF/A."""
    root = pypdf.PdfReader(path).trailer["/Root"]
    packet = root["/Metadata"].get_object().get_data() if "/Metadata" in root else b""
    return b"pdfaid" in packet or "/OutputIntents" in root
