"""What the form of the stamps' design says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from docflow.core.errors import InvalidInput
from docflow.stamping.rules import NARROWEST_MM, WIDEST_MM, StampDesign, StampPlace

TEXTS = ("name_ar", "name_fr", "desk_ar", "desk_fr", "arrival_colour", "departure_colour")


def asked_design(form: Mapping[str, str], present: StampDesign) -> StampDesign:
    """Return the present design with what a form says of it.

    Raises:
        InvalidInput: those of ``StampDesign.checked``.
    """
    said = {name: form[name].strip() for name in TEXTS if name in form}
    design = replace(present, **said)  # type: ignore[arg-type]
    if "width_mm" in form:
        design = replace(design, width_mm=_whole(form["width_mm"]))
    if "place" in form:
        design = replace(design, place=_place(form["place"]))
    if "without_logo" in form:
        design = replace(design, logo_sha256=None)
    return design.checked()


def asked_version(form: Mapping[str, str]) -> int:
    """Return the version that the form showed; what is no number is no version."""
    try:
        return int(form.get("version", ""))
    except ValueError:
        return -1


def _whole(text: str) -> int:
    try:
        return int(text.strip())
    except ValueError as error:
        raise InvalidInput("stamp_width_invalid", least=NARROWEST_MM, most=WIDEST_MM) from error


def _place(text: str) -> StampPlace:
    try:
        return StampPlace(text)
    except ValueError:
        return StampPlace.AUTOMATIC
