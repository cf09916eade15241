"""What the kinds of added words are called."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.core.capability import LazyText
from docflow.search.rules import WordKind

KIND_LABELS: Mapping[str, LazyText] = {
    WordKind.EQUIVALENT: lazy_gettext("Equivalents"),
    WordKind.PLURAL: lazy_gettext("Singular and plural"),
    WordKind.WHOLE: lazy_gettext("Word kept whole"),
}
