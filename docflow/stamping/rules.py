"""What a stamp says and looks like, levels of seals, verdicts; plain Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from docflow.core.errors import InvalidInput


class StampKind(StrEnum):
    """Which act of the registry a stamp shows."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"


class StampPlace(StrEnum):
    """Where on the page the stamp would best stand; it stands where there is room."""

    AUTOMATIC = "automatic"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class SealLevel(StrEnum):
    """How long a seal can be validated by itself (ETSI EN 319 142-1, clause 6)."""

    BASIC = "B-B"
    TIME_STAMPED = "B-T"
    LONG_TERM = "B-LT"
    ARCHIVAL = "B-LTA"


class KeyKind(StrEnum):
    """Where the key of the seal is."""

    LOCAL = "local"
    PKCS12 = "pkcs12"
    PKCS11 = "pkcs11"


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The key that seals at present: where it is, the names in its certificate, and until when it is valid."""

    kind: KeyKind
    signer: str
    issuer: str
    not_after: datetime
    certificate_sha256: str
    level: SealLevel


class SealSource(StrEnum):
    """What was sealed."""

    ORIGINAL = "original"
    """The deposited PDF itself, to which the seal was added."""
    REPAIRED = "repaired"
    """The deposited PDF written anew, because its structure was damaged."""
    SEARCHABLE = "searchable"
    """The searchable copy: the deposit is a picture, a part of a stack, or has pages that were turned."""
    COVER = "cover"
    """A cover sheet that carries the deposited file within itself, byte for byte."""


class StampPlacement(StrEnum):
    """How the stamp found its place."""

    FREE = "free"
    """On the page, where nothing is printed."""
    STRIP = "strip"
    """In a strip added above the page, because the page has no room."""
    COVER = "cover"
    """On a cover sheet, because the file may not be touched."""


@dataclass(frozen=True, slots=True)
class StampFace:
    """What one stamp says.

    Attributes:
        kind: arrival or departure.
        register_number: as it is written, ``A-2026-000145``.
        at: the instant of registration, aware; drawn in Casablanca time.
        unit_ar: the unit concerned in Arabic; may be empty.
        unit_fr: the same in French.
        verification_url: what the QR code says.
    """

    kind: StampKind
    register_number: str
    at: datetime
    unit_ar: str
    unit_fr: str
    verification_url: str

    def __post_init__(self) -> None:
        """Refuse a naive instant."""
        if self.at.tzinfo is None:
            message = "a stamp needs an aware instant"
            raise ValueError(message)


class SignatureKind(StrEnum):
    """What a person's signature on an act means."""

    VISA = "visa"
    SIGNATURE = "signature"


class Standing(StrEnum):
    """In which capacity a person signs."""

    OWN = "own"
    DELEGATION = "delegation"
    INTERIM = "interim"


FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class ForeseenField:
    """A place that an act keeps for one visa or for the signature.

    Attributes:
        name: of the form's field: letters, digits and low lines.
        kind: visa or signature.
        label_ar: whose it will be, in Arabic.
        label_fr: the same in French.
    """

    name: str
    kind: SignatureKind
    label_ar: str
    label_fr: str

    def __post_init__(self) -> None:
        """Refuse a name that a form cannot have."""
        if not FIELD_NAME.fullmatch(self.name):
            message = f"not a name of a field: {self.name!r}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class SignatureFace:
    """What a person's signature shows.

    Attributes:
        kind: visa or signature.
        name_ar: who signed, in Arabic.
        name_fr: the same in French.
        title_ar: their function in Arabic; may be empty.
        title_fr: the same in French.
        at: the instant, aware; drawn in Casablanca time.
        standing: in which capacity.
        for_ar: in whose stead, in Arabic; empty when they sign for themselves.
        for_fr: the same in French.
    """

    kind: SignatureKind
    name_ar: str
    name_fr: str
    title_ar: str
    title_fr: str
    at: datetime
    standing: Standing = Standing.OWN
    for_ar: str = ""
    for_fr: str = ""

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the face that a request describes."""
        return cls(
            **{
                **row,
                "kind": SignatureKind(row["kind"]),
                "standing": Standing(row["standing"]),
                "at": datetime.fromisoformat(row["at"]),
            }
        )


def signature_size_mm() -> tuple[float, float]:
    """Return width and height of the place of one signature, in millimetres."""
    return 76.0, 24.0


COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LONGEST_NAME = 80
NARROWEST_MM, WIDEST_MM = 70, 120
SMALLEST_CONTRAST = 4.5
"""Between ink and paper (WCAG 2.1, 1.4.3), so that a stamp is read when it is printed in black and white."""
LARGEST_LOGO_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class StampDesign:
    """How the institution's stamps look.

    Attributes:
        name_ar: the institution in Arabic.
        name_fr: the institution in French.
        desk_ar: the desk that stamps, in Arabic; may be empty.
        desk_fr: the same in French.
        arrival_colour: ``#rrggbb`` of arrival stamps.
        departure_colour: of departure stamps.
        width_mm: width of the stamp on the page; its height follows.
        place: where it would best stand.
        logo_sha256: a picture in the store, or none.
    """

    name_ar: str
    name_fr: str
    desk_ar: str = "مكتب الضبط"
    desk_fr: str = "Bureau d'ordre"
    arrival_colour: str = "#1b3f8b"
    departure_colour: str = "#7a1f2b"
    width_mm: int = 80
    place: StampPlace = StampPlace.AUTOMATIC
    logo_sha256: str | None = None

    def colour_of(self, kind: StampKind) -> str:
        """Return the colour of one kind of stamp."""
        return self.arrival_colour if kind is StampKind.ARRIVAL else self.departure_colour

    def checked(self) -> Self:
        """Return the design when it can be drawn.

        Raises:
            InvalidInput: ``stamp_text_missing``, ``stamp_text_too_long(limit)``, ``stamp_colour_invalid(colour)``,
                ``stamp_colour_too_light(colour)``, ``stamp_width_invalid(least, most)``.
        """
        if not self.name_ar.strip() or not self.name_fr.strip():
            raise InvalidInput("stamp_text_missing")
        if max(map(len, (self.name_ar, self.name_fr, self.desk_ar, self.desk_fr))) > LONGEST_NAME:
            raise InvalidInput("stamp_text_too_long", limit=LONGEST_NAME)
        for colour in (self.arrival_colour, self.departure_colour):
            if not COLOUR.fullmatch(colour):
                raise InvalidInput("stamp_colour_invalid", colour=colour)
            if contrast_with_white(colour) < SMALLEST_CONTRAST:
                raise InvalidInput("stamp_colour_too_light", colour=colour)
        if not NARROWEST_MM <= self.width_mm <= WIDEST_MM:
            raise InvalidInput("stamp_width_invalid", least=NARROWEST_MM, most=WIDEST_MM)
        return self

    def as_row(self) -> dict[str, Any]:
        """Return the design as values for the database."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the design of a row; values that this version does not know are left out."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in row.items() if name in known}
        if "place" in values:
            values["place"] = StampPlace(values["place"])
        return cls(**values)


def rgb_of(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue, from 0 to 1, of ``#rrggbb``."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio of a colour with white paper (WCAG 2.1, relative luminance)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb_of(colour)]
    return 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05)


class Finding(StrEnum):
    """The answer of a verification."""

    AUTHENTIC = "authentic"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SealReport:
    """What one seal, signature or time-stamp of a file is worth.

    Attributes:
        kind: ``seal``, ``signature`` or ``time_stamp``.
        field: the form field it stands in.
        signer: the name in its certificate.
        time: when it was made, in ISO 8601; may be empty.
        time_source: ``rfc3161``, or ``local`` when only the machine that signed says so.
        level: ``SealLevel``; empty for what is not one of ours.
        intact: whether the bytes it covers are unchanged.
        trusted: whether its certificate leads to one that this registry trusts.
        covers_whole_file: whether nothing was added after it.
        later_changes: what was added after it: ``none``, ``allowed`` or ``forbidden``.
    """

    kind: str
    field: str
    signer: str
    time: str
    time_source: str
    level: str
    intact: bool
    trusted: bool
    covers_whole_file: bool
    later_changes: str = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not as it was sealed; ``code`` has a text in both languages.

    Attributes:
        code: ``verification.texts``.
        revision: the state of the file, from 1, in which it came; 0 when it cannot be told.
        detail: a field's name or pages, as far as known.
    """

    code: str
    revision: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one file.

    Attributes:
        finding: authentic, altered or unknown.
        seals: what each seal, signature and time-stamp is worth, in the order of their making.
        changes: what is not as it was sealed.
        register_number: of the kept revision that the file holds; empty when there is none.
        reason: a code that says why the answer is what it is.
    """

    finding: Finding
    seals: tuple[SealReport, ...] = ()
    changes: tuple[Change, ...] = field(default=())
    register_number: str = ""
    reason: str = ""
