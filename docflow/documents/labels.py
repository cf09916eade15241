"""What the codes of documents are called in the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext

KIND_LABELS = {
    "letter": lazy_gettext("Letter"),
    "complaint": lazy_gettext("Complaint"),
    "request": lazy_gettext("Request"),
    "grievance": lazy_gettext("Grievance"),
    "invitation": lazy_gettext("Invitation"),
    "notice": lazy_gettext("Notice"),
    "note": lazy_gettext("Note"),
    "circular": lazy_gettext("Circular"),
    "minutes": lazy_gettext("Minutes"),
    "summons": lazy_gettext("Summons"),
    "invoice": lazy_gettext("Invoice"),
    "other": lazy_gettext("Other"),
}

LANGUAGE_LABELS = {"ar": lazy_gettext("Arabic"), "fr": lazy_gettext("French")}

STATE_LABELS = {
    "queued": lazy_gettext("Waiting"),
    "reading": lazy_gettext("Being read"),
    "ready": lazy_gettext("Ready"),
    "failed": lazy_gettext("Failed"),
    "emptied": lazy_gettext("No page left"),
}

CONFIDENTIALITY_LABELS = {
    "normal": lazy_gettext("Normal"),
    "restricted": lazy_gettext("Restricted"),
    "confidential": lazy_gettext("Confidential"),
}

SOURCE_LABELS = {
    "ocr": lazy_gettext("Read from the picture"),
    "embedded": lazy_gettext("The file's own text"),
    "repaired": lazy_gettext("The file's own text, put in order"),
    "reread": lazy_gettext("Read from the picture, the file's own text being wrong"),
    "corrected": lazy_gettext("Corrected by hand"),
}

ASIDE_LABELS = {
    "separator": lazy_gettext("Separator sheet"),
    "blank": lazy_gettext("Blank page"),
    "dropped": lazy_gettext("Left out by hand"),
}

OBSTACLE_LABELS = {
    "font_not_embedded": lazy_gettext("A font is not in the file."),
    "text_without_unicode": lazy_gettext("Some characters of its own text have no known meaning."),
    "font": lazy_gettext("A font is faulty, or of a kind that was not checked."),
    "cmyk": lazy_gettext("It has colours for a printing press."),
    "jpeg2000": lazy_gettext("It has a picture in JPEG 2000."),
    "attachment": lazy_gettext("Other files are attached to it."),
    "layers": lazy_gettext("It has layers that can be switched on and off."),
    "annotation": lazy_gettext("It has a note that looks different in each program."),
    "page_size": lazy_gettext("A page is too large or too small."),
    "construct": lazy_gettext("It uses something that an archived PDF may not use."),
    "too_large_to_check": lazy_gettext("It has more drawing than can be checked."),
}
"""What keeps a searchable copy from being PDF/A."""
