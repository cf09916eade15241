"""What the kinds of added words and the states of an index are called."""

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

INDEX_STATE_LABELS: Mapping[str, LazyText] = {
    "ok": lazy_gettext("usable"),
    "outdated": lazy_gettext("usable, of an earlier version"),
    "missing": lazy_gettext("not there"),
    "corrupt": lazy_gettext("not usable"),
}
"""What the table of checks says of an index."""
