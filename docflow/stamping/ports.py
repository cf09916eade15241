"""What the room needs from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from docflow.core.clock import Clock
from docflow.core.uow import Transactions
from docflow.settings import Settings
from docflow.stamping.rules import (
    Change,
    ForeseenField,
    KeyStatus,
    SealLevel,
    SealReport,
    SealSource,
    SignatureFace,
    StampDesign,
    StampFace,
    StampPlacement,
)
from docflow.storage.ports import BlobStore


@dataclass(frozen=True, slots=True)
class SealRequest:
    """A file to stamp and seal.

    Attributes:
        source: the PDF as it is; it is not changed.
        out: where the sealed file is written.
        face: what the stamp says.
        design: how it looks.
        file_name: the name under which a file that may not be touched is attached to its cover sheet.
        logo: path of the logo's picture, or none.
        at: the instant of the seal.
    """

    source: Path
    out: Path
    face: StampFace
    design: StampDesign
    file_name: str
    at: datetime
    logo: Path | None = None


KeySpec = dict[str, Any]
"""How the sealing process finds a key: see ``adapters.signers``; it is written to a pipe and nowhere else."""


@dataclass(frozen=True, slots=True)
class FreezeRequest:
    """An outgoing act to be frozen, with the fields that will be signed; paths as in ``SealRequest``."""

    source: Path
    out: Path
    fields: tuple[ForeseenField, ...]
    design: StampDesign
    at: datetime


class PersonKey(Protocol):
    """The key of a person, while it is being opened."""

    @property
    def spec(self) -> KeySpec:
        """How the sealing process finds it."""
        ...

    def passphrase(self) -> str:
        """Wait for what opens it, and return that.

        Raises:
            InvalidInput: ``pin_wrong``.
            Unavailable: ``keys_unusable(reason)``.
        """
        ...


@dataclass(frozen=True, slots=True)
class SignRequest:
    """An empty field to be signed: by a person with their key, or by the institution with a stamp of departure.

    Attributes:
        source: the act as it is; it is not changed.
        out: where the signed act is written.
        field: name of the field.
        shown: what is seen in it.
        at: the instant.
        key: the person's key; none for the seal of the institution.
        design: how the stamp of departure looks; none for a person.
        logo: path of its logo, or none.
    """

    source: Path
    out: Path
    field: str
    shown: SignatureFace | StampFace
    at: datetime
    key: PersonKey | None = None
    design: StampDesign | None = None
    logo: Path | None = None


@dataclass(frozen=True, slots=True)
class SealedFile:
    """How a file was sealed.

    Attributes:
        field: name of the seal's form field.
        source: ``ORIGINAL``, ``REPAIRED`` or ``COVER``.
        placement: how the stamp found its place.
        level: what the seal reached.
        time_source: ``local`` or ``rfc3161``.
        signer: the name in the certificate.
        certificate_sha256: which certificate, in hexadecimal.
        cpu_s: processor seconds of the process that did it.
        renew_before: when the archive time-stamp must be renewed at the latest; none below B-LTA.
    """

    field: str
    source: SealSource
    placement: StampPlacement
    level: SealLevel
    time_source: str
    signer: str
    certificate_sha256: str
    cpu_s: float
    renew_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """One seal, signature or time-stamp of a file, before it is known whose it is.

    Attributes:
        report: what it is worth by itself.
        certificate_sha256: whose it is.
        revision: the state of the file, from 1, that it covers.
        differences: what differs between that state and the file, when more than what it allows.
    """

    report: SealReport
    certificate_sha256: str
    revision: int
    differences: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """What is found in a file.

    Attributes:
        states: SHA-256 of each state that the file went through, the last one of the file itself.
        is_pdf: whether it can be read at all.
        is_sound: whether every reader must understand it in the same way.
        signatures: in the order of the form.
        cpu_s: processor seconds of the process that looked.
    """

    states: tuple[str, ...]
    is_pdf: bool
    is_sound: bool
    signatures: tuple[Examined, ...]
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PaperSeal:
    """How a paper that the product made was sealed.

    Attributes:
        level: what the seal reached.
        time_source: ``local`` or ``rfc3161``.
        signer: the name in the certificate.
        certificate_sha256: which certificate, in hexadecimal.
    """

    level: SealLevel
    time_source: str
    signer: str
    certificate_sha256: str


class Sealer(Protocol):
    """Stamps and seals files with the key of the institution, and draws stamps."""

    def seal_paper(self, source: Path, out: Path, *, at: datetime) -> PaperSeal:
        """Write the sealed file of a paper that the product made: without a stamp, and nothing may come after it.

        Raises:
            InvalidInput: ``seal_impossible(reason)``.
            Unavailable: ``keys_unusable(reason)``, ``time_stamp_unavailable(reason)``, ``sealing_child_failed``.
        """
        ...

    def seal(self, request: SealRequest) -> SealedFile:
        """Write the stamped and sealed file.

        Raises:
            InvalidInput: ``seal_impossible(reason)``, or those of a hostile file (``file_poisonous`` and others).
            Unavailable: ``keys_unusable(reason)``, ``time_stamp_unavailable(reason)``, ``sealing_child_failed``.
        """
        ...

    def freeze(self, request: FreezeRequest) -> SealedFile:
        """Write an act with an empty field for each foreseen signature and its departure, under a certifying seal.

        Raises:
            InvalidInput: ``act_signed_already``, ``seal_impossible(reason)``.
            Unavailable: as ``seal``.
        """
        ...

    def sign_field(self, request: SignRequest) -> SealedFile:
        """Write an act with one more field signed; ``check_field`` says whether the earlier signatures bear with it.

        Raises:
            InvalidInput: ``field_unknown(field)``, ``field_signed_already(field)``, ``seal_impossible(reason)``.
            Unavailable: as ``seal``.
            DocFlowError: that of the person's key.
        """
        ...

    def check_field(self, source: Path) -> None:
        """Refuse a signed act of which an earlier signature does not bear with the last one.

        Raises:
            InvalidInput: ``seal_impossible(reason)``.
            Unavailable: ``sealing_child_failed``.
        """
        ...

    def renew(self, source: Path, out: Path, *, at: datetime) -> datetime:
        """Add a new archive time-stamp to a sealed file; return when the next one is due.

        Raises:
            InvalidInput: ``seal_impossible(reason)``.
            Unavailable: ``time_stamp_unavailable(reason)``, ``sealing_child_failed``.
        """
        ...

    def examine(self, source: Path, *, at: datetime) -> Examination:
        """Return what is found in a file.

        Raises:
            InvalidInput: ``file_poisonous``, ``file_too_slow``, ``file_too_demanding``.
            Unavailable: ``sealing_child_failed``.
        """
        ...

    def key_status(self, now: datetime) -> KeyStatus:
        """Return which key seals.

        Raises:
            Unavailable: ``keys_unusable(reason)``, ``sealing_child_failed``.
        """
        ...

    def picture(self, face: StampFace, design: StampDesign, *, logo: Path | None = None) -> bytes:
        """Return a PNG picture of a stamp."""
        ...


@dataclass(frozen=True, slots=True)
class PersonCertificate:
    """With what a person signs: the name in the certificate, its two ends, its SHA-256 in hexadecimal."""

    signer: str
    not_before: datetime
    not_after: datetime
    sha256: str


class PersonKeys(Protocol):
    """Keeps the keys with which people sign, each opened by a PIN that is kept nowhere."""

    def certificate_of(self, person_id: UUID, *, now: datetime) -> PersonCertificate | None:
        """Return the certificate with which a person can sign, or none."""
        ...

    def make(self, person_id: UUID, *, name: str, pin: str, now: datetime) -> PersonCertificate:
        """Make a person's key, whose certificate bears their name; it takes the place of an earlier one.

        Raises:
            InvalidInput: ``pin_too_short(length, limit)``, ``pin_too_plain``.
            Conflict: ``signature_key_exists``, when another process was first.
            Unavailable: ``keys_unusable(reason)``.
        """
        ...

    def find(self, person_id: UUID, *, now: datetime) -> KeySpec:
        """Return how the sealing process finds the key of a person.

        Raises:
            NotFound: ``signature_key_missing``.
        """
        ...

    def unlock(self, person_id: UUID, *, pin: str, now: datetime) -> str:
        """Return the passphrase that opens the key of a person.

        Raises:
            InvalidInput: ``pin_wrong``.
            NotFound: ``signature_key_missing``.
            Unavailable: ``keys_unusable(reason)``.
        """
        ...


class Deps(Protocol):
    """The runtime as this room sees it."""

    @property
    def settings(self) -> Settings:
        """The settings."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def transactions(self) -> Transactions:
        """Opens units of work."""
        ...

    @property
    def blob_store(self) -> BlobStore:
        """Keeps the bytes."""
        ...

    @property
    def sealer(self) -> Sealer:
        """Stamps and seals."""
        ...
