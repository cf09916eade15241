"""What kinds and faults of stored files are called."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.core.capability import LazyText
from docflow.storage.rules import BlobKind, Fault

KIND_LABELS: Mapping[str, LazyText] = {
    BlobKind.ORIGINAL: lazy_gettext("Original file"),
    BlobKind.SEARCHABLE: lazy_gettext("Searchable copy"),
    BlobKind.PAGE: lazy_gettext("Picture of a page"),
    BlobKind.THUMBNAIL: lazy_gettext("Small picture of a page"),
    BlobKind.SEALED: lazy_gettext("Sealed file"),
    BlobKind.LOGO: lazy_gettext("Logo"),
    BlobKind.EXPORT: lazy_gettext("File made for somebody"),
    BlobKind.ENCLOSURE: lazy_gettext("File of a citizen"),
    BlobKind.PHOTO: lazy_gettext("Photograph of a citizen"),
    BlobKind.PUBLIC: lazy_gettext("File of the public site"),
    BlobKind.PUBLIC_SMALL: lazy_gettext("Small picture of the public site"),
    BlobKind.REDACTED: lazy_gettext("Redacted copy"),
}
FAULT_LABELS: Mapping[str, LazyText] = {
    Fault.MISSING: lazy_gettext("missing"),
    Fault.ALTERED: lazy_gettext("altered"),
}
