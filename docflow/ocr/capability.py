"""What reading brings to the house: the checks that its tools are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, Check
from docflow.ocr.ports import Language, LineReader
from docflow.pdf.probe import pdfium_version, shut_in_force

OLDEST_TESSERACT = 5
NOT_FOUND = lazy_gettext("not found")
PACKAGES = {Language.FRENCH: "tesseract-ocr-fra"}
"""The model for Arabic is the product's own."""


class Deps(Protocol):
    """What the checks need of the runtime."""

    @property
    def line_reader(self) -> LineReader:
        """The engine that reads lines."""
        ...


def check_reading_tools(deps: Deps) -> Sequence[Check]:
    """Return one check for Tesseract, one for its model for French, one for pdfium."""
    state = deps.line_reader.state()
    version = ".".join(map(str, state.version))
    is_recent = bool(state.version) and state.version[0] >= OLDEST_TESSERACT
    remedy = (
        ""
        if is_recent
        else lazy_gettext("apt-get install tesseract-ocr (version %(version)s or later)", version=OLDEST_TESSERACT)
    )
    checks = [Check(name="tesseract", ok=is_recent, detail=version or NOT_FOUND, remedy=remedy)]
    checks += [
        Check(
            name=f"tesseract-{language}",
            ok=language in state.languages,
            detail=lazy_gettext("installed") if language in state.languages else NOT_FOUND,
            remedy="" if language in state.languages else f"apt-get install {package}",
        )
        for language, package in PACKAGES.items()
    ]
    pdfium = pdfium_version()
    remedy = "" if pdfium else "pip install --force-reinstall pypdfium2"
    return [
        *checks,
        Check(name="pdfium", ok=bool(pdfium), detail=pdfium or lazy_gettext("does not answer"), remedy=remedy),
        check_enclosure(),
    ]


def check_enclosure() -> Check:
    """Whether the processes that read strangers' files are shut in; the limits hold in any case."""
    shut = shut_in_force()
    missing = [name for name in ("network", "files") if not shut.get(name)]
    found = {
        (): lazy_gettext("no network, own files alone"),
        ("network",): lazy_gettext("own files alone"),
        ("files",): lazy_gettext("no network"),
    }
    return Check(
        name="enclosure",
        ok=not missing,
        detail=found.get(tuple(missing), lazy_gettext("limits alone")),
        remedy=""
        if not missing
        else lazy_gettext("A kernel with seccomp and Landlock (Debian 12 or later) shuts them in."),
        is_warning=bool(missing),
    )


ERROR_TEXTS = {
    "file_empty": lazy_gettext("The file is empty. Scan it again."),
    "file_not_found": lazy_gettext("There is no file %(file)s."),
    "file_type_unknown": lazy_gettext("The file is neither a PDF nor a TIFF, JPEG, PNG, WebP or HEIC picture."),
    "file_has_two_natures": lazy_gettext(
        "The file is of two types at once, which hides content from checks. Scan or print it again."
    ),
    "file_encrypted": lazy_gettext("The PDF is protected by a password. Remove the protection and send it again."),
    "file_damaged": lazy_gettext("The file is damaged or incomplete. Send it again."),
    "file_has_no_page": lazy_gettext("The PDF has no page."),
    "file_poisonous": lazy_gettext("Reading the file was stopped: it would exhaust the machine. Scan it again."),
    "file_too_demanding": lazy_gettext("The file needs more memory than allowed. Scan it again at 300 dpi."),
    "file_too_slow": lazy_gettext("Reading the file took more than %(limit_s)s seconds. Scan it again."),
    "too_many_pages": lazy_gettext("The file has %(count)s pages, the limit is %(limit)s. Split it."),
    "image_too_large": lazy_gettext("The picture has more than %(limit)s pixels. Scan it again at 300 dpi."),
    "page_too_large": lazy_gettext("A page is larger than 5 metres. Scan it again."),
    "page_damaged": lazy_gettext("Page %(page_number)s is damaged. Scan it again."),
    "page_not_found": lazy_gettext("The file has no page %(page_number)s."),
    "page_child_failed": lazy_gettext("The process that draws pages does not start. Run “docflow doctor”."),
    "tesseract_missing": lazy_gettext("Tesseract is not installed: apt-get install tesseract-ocr."),
    "tesseract_language_missing": lazy_gettext(
        "A model of Tesseract is missing: apt-get install tesseract-ocr-fra, or install DocFlow again."
    ),
    "tesseract_too_slow": lazy_gettext("Reading the page took more than %(limit_s)s seconds. Try again."),
    "tesseract_failed": lazy_gettext("Tesseract stopped while reading the page. Try again."),
    "tesseract_answer_unreadable": lazy_gettext("Tesseract gave no usable answer for the page. Try again."),
}

CAPABILITY = Capability(name="ocr", checks=[check_reading_tools], error_texts=ERROR_TEXTS)
