"""Binds files into one with qpdf: outline, links, a number at the foot of each page; runs in the child process only."""

from __future__ import annotations

import resource
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pikepdf

from docflow.core.errors import InvalidInput
from docflow.pdf.archival import without_actions
from docflow.pdf.page_geometry import Matrix, set_upright, written

FOOT_PT: Final = 9.0
"""From the lower edge of a page to the line of its number."""
SIZE_PT: Final = 7.0
WIDTH_OF_SIGN: Final = 0.56
"""Of a digit or capital of Helvetica, in parts of the size; the field behind the number is a little wider."""
FONT_KEY: Final = "/DocFlowFolio"


def bind_files(request: dict[str, Any]) -> dict[str, Any]:
    """Write one file of all parts in their order, as ``binding.bind_files`` asks; return its number of pages."""
    _let_open(len(request["parts"]) + 64)
    with ExitStack() as opened:
        pdf = opened.enter_context(pikepdf.new())
        starts = []
        for part in request["parts"]:
            source = opened.enter_context(_opened(part["path"]))
            # What a field looks like is drawn into its page: a copy cannot carry a signature, which covers other bytes.
            without_actions(source)
            starts.append(len(pdf.pages))
            pdf.pages.extend(source.pages)
        if len(pdf.pages) > request["limits"]["max_pages"]:
            raise InvalidInput("too_many_pages", count=len(pdf.pages), limit=request["limits"]["max_pages"])
        _number(pdf, request["running_text"], first=request["first_numbered"])
        _link(pdf, request["links"], starts)
        _outline(pdf, request["parts"], starts)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = request["title"]
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        # Given a name, it would write another file beside it first, and no folder is open here.
        with Path(request["out"]).open("wb+") as out:
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return {"page_count": len(pdf.pages)}


def _let_open(count: int) -> None:
    """Let this process hold as many files open as it binds: their bytes are copied when the whole is written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (min(count, hard) if hard != resource.RLIM_INFINITY else count, hard)
        )


def _opened(path: str) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise InvalidInput("file_encrypted") from error
    except pikepdf.PdfError as error:
        raise InvalidInput("file_damaged") from error


def _number(pdf: pikepdf.Pdf, running_text: str, *, first: int) -> None:
    """Write what runs through the file, and the number of each page, at the foot of the pages from one on."""
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    count = len(pdf.pages)
    for number, page in enumerate(pdf.pages, start=1):
        if number < first:
            continue
        turn = set_upright(page)
        _give_font(page, font)
        text = f"{running_text}   {number} / {count}"
        own = b"\n".join(stream.read_bytes() for stream in _contents(page))
        before = "q" if turn is None else f"q {written(turn)} cm"
        foot = _foot(page, text)
        page.obj.Contents = pdf.make_stream(b"\n".join((before.encode("ascii"), own, b"Q", foot)))


def _foot(page: pikepdf.Page, text: str) -> bytes:
    """Return the drawing of a text on a white field in the middle of the foot of the page as it is shown."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turn = int(page.rotation) % 360
    width = (top - bottom) if turn in {90, 270} else (right - left)
    wide = len(text) * WIDTH_OF_SIGN * SIZE_PT
    x, y = (width - wide) / 2, FOOT_PT
    to_page: Matrix = {
        0: (1.0, 0.0, 0.0, 1.0, left, bottom),
        90: (0.0, 1.0, -1.0, 0.0, right, bottom),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, -1.0, 1.0, 0.0, left, top),
    }[turn]
    kept = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"".join(
        (
            f"q {written(to_page)} cm 1 g {x - 4:.2f} {y - 3:.2f} {wide + 8:.2f} {SIZE_PT + 4:.2f} re f 0 g ".encode(),
            f"BT {FONT_KEY} {SIZE_PT} Tf {x:.2f} {y:.2f} Td (".encode(),
            kept,
            b") Tj ET Q",
        )
    )


def _give_font(page: pikepdf.Page, font: pikepdf.Object) -> None:
    """Put the font of the numbers among those of the page, in dictionaries that it shares with no other page."""
    resources = pikepdf.Dictionary(dict(page.resources.items()))
    held = resources.get("/Font", pikepdf.Dictionary())
    fonts = pikepdf.Dictionary(dict(held.items()) if isinstance(held, pikepdf.Dictionary) else {})
    fonts[FONT_KEY] = font
    resources.Font = fonts
    page.obj.Resources = resources


def _contents(page: pikepdf.Page) -> list[pikepdf.Object]:
    contents = page.obj.get("/Contents")
    if contents is None:
        return []
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


def _link(pdf: pikepdf.Pdf, links: list[dict[str, Any]], starts: list[int]) -> None:
    for link in links:
        page, target = pdf.pages[link["page_index"]], pdf.pages[starts[link["part"]]]
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=pikepdf.Array(link["box"]),
            Border=pikepdf.Array([0, 0, 0]),
            F=4,
            Dest=pikepdf.Array([target.obj, pikepdf.Name.Fit]),
        )
        if "/Annots" not in page.obj:
            page.obj.Annots = pikepdf.Array()
        page.obj.Annots.append(pdf.make_indirect(note))


def _outline(pdf: pikepdf.Pdf, parts: list[dict[str, Any]], starts: list[int]) -> None:
    with pdf.open_outline() as outline:
        above: pikepdf.OutlineItem | None = None
        for part, start in zip(parts, starts, strict=True):
            if not part["title"]:
                continue
            item = pikepdf.OutlineItem(part["title"], start)
            if part["is_below"] and above is not None:
                above.children.append(item)
            else:
                outline.root.append(item)
                above = item
