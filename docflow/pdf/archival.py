"""PDF/A-2u (ISO 19005-2): what the searchable copy gets so that it can be kept for good, or why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

import pikepdf
from PIL import ImageCms

from docflow.pdf.word_order import RIGHT_LETTER

PROFILE_NAME = "sRGB"
PROFILE_DATE = slice(24, 36)
"""Where an ICC profile keeps the time it was made (ICC.1, 7.2.1)."""
FORBIDDEN_IN_CATALOG = ("/AA", "/Requirements", "/Perms", "/Legal", "/SpiderInfo", "/Collection", "/Extensions")
ALLOWED_ACTIONS = {"/GoTo", "/GoToR", "/Thread", "/URI", "/SubmitForm"}
PRINT, HIDDEN_FLAGS = 4, 1 | 2 | 32 | 256
"""Flags of an annotation: printed; invisible, hidden, no view, toggled (ISO 19005-2, 6.3.2)."""
XMP_NAMES = {
    "/Title": ("dc:title", "Alt"),
    "/Author": ("dc:creator", "Seq"),
    "/Subject": ("dc:description", "Alt"),
    "/Keywords": ("pdf:Keywords", ""),
    "/Creator": ("xmp:CreatorTool", ""),
    "/Producer": ("pdf:Producer", ""),
    "/CreationDate": ("xmp:CreateDate", ""),
    "/ModDate": ("xmp:ModifyDate", ""),
}
"""Each entry of the document information with its equal in XMP (ISO 19005-1, table 1) and the array it stands in."""
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}
PDF_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+\-Z])(\d\d)?'?(\d\d)?)?")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def without_actions(pdf: pikepdf.Pdf) -> None:
    """Take out what an archived document may not do by itself, and turn form fields into drawing.

    A copy cannot carry its source's signatures, which cover other bytes; what they look like on the page stays.
    """
    root = pdf.Root
    for key in FORBIDDEN_IN_CATALOG:
        _drop(root, key)
    if not _is_allowed_action(root.get("/OpenAction")):
        _drop(root, "/OpenAction")
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        _drop(names, "/JavaScript")
    if "/AcroForm" in root:
        _drop(root.AcroForm, "/XFA")
        pdf.flatten_annotations("screen")
        _drop(root, "/AcroForm")
        for page in pdf.pages:
            _drop_fields(page)
    for page in pdf.pages:
        _drop(page.obj, "/AA")
        _drop(page.obj, "/PresSteps")
        for annotation in page.obj.get("/Annots", pikepdf.Array()):
            _make_harmless(annotation)


def _drop_fields(page: pikepdf.Page) -> None:
    """Take out the form fields that had no look to be turned into drawing."""
    annotations = page.obj.get("/Annots", pikepdf.Array())
    kept = [
        each for each in annotations if not (isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == "/Widget")
    ]
    if len(kept) == len(annotations):
        return
    page.obj.Annots = pikepdf.Array(kept)
    if not kept:
        del page.obj.Annots


def _make_harmless(annotation: pikepdf.Object) -> None:
    if not isinstance(annotation, pikepdf.Dictionary):
        return
    _drop(annotation, "/AA")
    if not _is_allowed_action(annotation.get("/A")):
        _drop(annotation, "/A")
    if annotation.get("/Subtype") == "/Link":
        annotation.F = (int(annotation.get("/F", 0)) | PRINT) & ~HIDDEN_FLAGS


def _is_allowed_action(action: Any) -> bool:
    if isinstance(action, pikepdf.Dictionary):
        return str(action.get("/S")) in ALLOWED_ACTIONS and "/Next" not in action
    return True


def _drop(holder: Any, key: str) -> None:
    if isinstance(holder, pikepdf.Dictionary) and key in holder:
        del holder[key]


def language_of(texts: Iterable[str]) -> str:
    """Return ``ar`` when most of the words are Arabic, else ``fr``."""
    votes = [bool(RIGHT_LETTER.search(text)) for text in texts]
    return "ar" if 2 * sum(votes) > len(votes) else "fr"


def describe(pdf: pikepdf.Pdf, *, language: str, is_archival: bool) -> None:
    """Write the language and the metadata; with ``is_archival`` also the claim to be PDF/A-2u and the output intent."""
    if language:
        pdf.Root.Lang = pikepdf.String(language)
    information = _information(pdf)
    if information:
        pdf.trailer.Info = pdf.make_indirect(pikepdf.Dictionary(information))
    else:
        _drop(pdf.trailer, "/Info")
    metadata = pikepdf.Stream(pdf, _packet(information, is_archival=is_archival).encode("utf-8"))
    metadata.stream_dict = pikepdf.Dictionary(Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    pdf.Root.Metadata = pdf.make_indirect(metadata)
    _drop(pdf.Root, "/OutputIntents")
    if is_archival:
        profile = pikepdf.Stream(pdf, srgb_profile())
        profile.stream_dict = pikepdf.Dictionary(N=3)
        pdf.Root.OutputIntents = pikepdf.Array([_output_intent(pdf.make_indirect(profile))])


def _output_intent(profile: pikepdf.Object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String(PROFILE_NAME),
        DestOutputProfile=profile,
    )


def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB made by Little CMS, the same bytes every time."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[PROFILE_DATE] = bytes.fromhex("07ea00010001000000000000")
    return bytes(profile)


def _information(pdf: pikepdf.Pdf) -> dict[str, pikepdf.String]:
    """Return what the source says of itself, in entries that XMP has too; dates only when they can be understood."""
    source = pdf.trailer.get("/Info")
    if not isinstance(source, pikepdf.Dictionary):
        return {}
    kept = {}
    for key in XMP_NAMES:
        value = source.get(key)
        if not isinstance(value, pikepdf.String):
            continue
        text = NOT_IN_XML.sub("", str(value)).strip()
        if text and (not key.endswith("Date") or _xmp_date(text)):
            kept[key] = pikepdf.String(text)
    return kept


def _xmp_date(text: str) -> str:
    """Return a PDF date as XMP writes it, empty when it is none."""
    match = PDF_DATE.fullmatch(text.strip().rstrip("'"))
    if match is None:
        return ""
    year, month, day, hour, minute, second, sign, zone_hour, zone_minute = match.groups()
    written = "-".join(part for part in (year, month, day) if part)
    if hour:
        written += f"T{hour}:{minute or '00'}:{second or '00'}"
        written += f"{sign}{zone_hour}:{zone_minute or '00'}" if sign and sign != "Z" and zone_hour else "Z"
    return written


def _packet(information: dict[str, pikepdf.String], *, is_archival: bool) -> str:
    attributes = {"pdfaid:part": "2", "pdfaid:conformance": "U"} if is_archival else {}
    elements = ""
    for key, value in information.items():
        name, array = XMP_NAMES[key]
        text = _xmp_date(str(value)) if key.endswith("Date") else str(value)
        if array:
            language = ' xml:lang="x-default"' if array == "Alt" else ""
            elements += f"<{name}><rdf:{array}><rdf:li{language}>{escape(text)}</rdf:li></rdf:{array}></{name}>"
        else:
            attributes[name] = text
    used = {name.partition(":")[0] for name in [*attributes, *(XMP_NAMES[key][0] for key in information)]}
    spaces = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in sorted(used))
    values = "".join(f' {name}="{escape(text)}"' for name, text in attributes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{spaces}{values}>{elements}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
