"""What the kinds of administrations are called."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.core.capability import LazyText
from docflow.district.rules import DistrictKind

KIND_LABELS: Mapping[DistrictKind, LazyText] = {
    DistrictKind.COMMUNE: lazy_gettext("Commune"),
    DistrictKind.ARRONDISSEMENT: lazy_gettext("Arrondissement"),
    DistrictKind.PREFECTURE: lazy_gettext("Prefecture or province"),
    DistrictKind.OTHER: lazy_gettext("Another administration"),
}
