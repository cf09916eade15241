"""Seals in the form of PAdES (ETSI EN 319 142-1), made by pyHanko in the sealing process."""

from __future__ import annotations

import base64
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from docflow.pdf.limits import SourceLimits
from docflow.settings import Settings
from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.keys import LocalKeys
from docflow.stamping.ports import (
    Examination,
    Examined,
    FreezeRequest,
    KeySpec,
    PaperSeal,
    SealedFile,
    SealRequest,
    SignRequest,
)
from docflow.stamping.rules import (
    Change,
    KeyKind,
    KeyStatus,
    SealLevel,
    SealReport,
    SealSource,
    SignatureFace,
    StampDesign,
    StampFace,
    StampPlacement,
)

EXAMINATION = SourceLimits(cpu_s=10, wall_s=20)
"""Anybody may ask for an examination, and others wait for it: the file of a stranger gets less time than a letter."""


class PadesSealer:
    """Stamps and seals with the key of the institution: its own, of a file, or on a token."""

    def __init__(self, settings: Settings, keys: LocalKeys, workshop: Workshop) -> None:
        """Take the settings, the registry's own keys and the process that works."""
        self._settings = settings
        self._keys = keys
        self._workshop = workshop

    @property
    def level(self) -> SealLevel:
        """The level of the seals made."""
        if self._settings.seal_level:
            return SealLevel(self._settings.seal_level)
        return SealLevel.TIME_STAMPED if self._settings.timestamp_url else SealLevel.BASIC

    def seal(self, request: SealRequest) -> SealedFile:
        """Write the stamped and sealed file (see the port)."""
        answer = self._workshop.ask(
            "seal",
            {
                "source": str(request.source),
                "out": str(request.out),
                "face": _face_row(request.face),
                "design": request.design.as_row(),
                "file_name": request.file_name,
                "logo": None if request.logo is None else str(request.logo),
                "at": request.at.isoformat(),
                "key": self._key(request.at),
                **self._attestation(),
            },
        )
        return _sealed_file(answer)

    def freeze(self, request: FreezeRequest) -> SealedFile:
        """Write an act with its empty fields under a certifying seal (see the port)."""
        answer = self._workshop.ask(
            "freeze",
            {
                "source": str(request.source),
                "out": str(request.out),
                "fields": [
                    {"name": item.name, "label": f"{item.label_ar} / {item.label_fr}"} for item in request.fields
                ],
                "departure_label": "طابع الصدور / Timbre de départ",
                "design": request.design.as_row(),
                "at": request.at.isoformat(),
                "key": self._key(request.at),
                **self._attestation(),
            },
        )
        return _sealed_file(answer)

    def sign_field(self, request: SignRequest) -> SealedFile:
        """Write an act with one more field signed (see the port)."""
        key, is_person = request.key, isinstance(request.shown, SignatureFace)
        answer = self._workshop.ask(
            "sign_field",
            {
                "source": str(request.source),
                "out": str(request.out),
                "field": request.field,
                "signature": _face_row(request.shown) if is_person else None,
                "face": None if is_person else _face_row(request.shown),
                "design": None if request.design is None else request.design.as_row(),
                "logo": None if request.logo is None else str(request.logo),
                "at": request.at.isoformat(),
                "key": self._key(request.at) if key is None else key.spec,
                "is_last": not is_person,
                **self._attestation(),
            },
            later=None if key is None else lambda: {"passphrase": key.passphrase()},
        )
        return _sealed_file(answer)

    def check_field(self, source: Path) -> None:
        """Refuse a signed act whose earlier signatures do not bear with the last one (see the port)."""
        self._workshop.ask("check_field", {"source": str(source)})

    def seal_paper(self, source: Path, out: Path, *, at: datetime) -> PaperSeal:
        """Write the sealed file of a paper that the product made (see the port)."""
        request = {"source": str(source), "out": str(out), "at": at.isoformat(), "key": self._key(at)}
        answer = self._workshop.ask("seal_paper", {**request, **self._attestation()})
        return PaperSeal(
            level=SealLevel(answer["level"]),
            time_source=answer["time_source"],
            signer=answer["signer"],
            certificate_sha256=answer["certificate_sha256"],
        )

    def renew(self, source: Path, out: Path, *, at: datetime) -> datetime:
        """Add a new archive time-stamp to a sealed file (see the port)."""
        request = {"source": str(source), "out": str(out), "at": at.isoformat(), **self._attestation()}
        return datetime.fromisoformat(self._workshop.ask("renew", request)["renew_before"])

    def examine(self, source: Path, *, at: datetime) -> Examination:
        """Return what is found in a file (see the port)."""
        trusted = [str(path) for path in trusted_files(self._settings, self._keys)]
        answer = self._workshop.ask(
            "examine", {"source": str(source), "at": at.isoformat(), "trusted": trusted}, limits=EXAMINATION
        )
        return Examination(
            states=tuple(answer["states"]),
            is_pdf=answer["is_pdf"],
            is_sound=answer["is_sound"],
            signatures=tuple(_examined(row) for row in answer["signatures"]),
            cpu_s=answer["cpu_s"],
        )

    def key_status(self, now: datetime) -> KeyStatus:
        """Return which key seals (see the port)."""
        answer = self._workshop.ask("key_status", {"key": self._key(now)})
        return KeyStatus(
            kind=self._kind,
            signer=answer["signer"],
            issuer=answer["issuer"],
            not_after=datetime.fromisoformat(answer["not_after"]),
            certificate_sha256=answer["certificate_sha256"],
            level=self.level,
        )

    def picture(self, face: StampFace, design: StampDesign, *, logo: Path | None = None) -> bytes:
        """Return a PNG picture of a stamp."""
        request = {
            "face": _face_row(face),
            "design": design.as_row(),
            "logo": None if logo is None else str(logo),
        }
        return base64.b64decode(self._workshop.ask("picture", request)["png"])

    def close(self) -> None:
        """End the process that works."""
        self._workshop.close()

    @property
    def _kind(self) -> KeyKind:
        if self._settings.seal_pkcs12 is not None:
            return KeyKind.PKCS12
        return KeyKind.LOCAL if self._settings.seal_pkcs11_module is None else KeyKind.PKCS11

    def _key(self, now: datetime) -> KeySpec:
        settings = self._settings
        if settings.seal_pkcs12 is not None:
            secret = settings.seal_pkcs12_passphrase
            passphrase = "" if secret is None else secret.get_secret_value()
            return {"kind": "pkcs12", "path": str(settings.seal_pkcs12.resolve()), "passphrase": passphrase}
        if settings.seal_pkcs11_module is not None:
            pin = settings.seal_pkcs11_pin
            return {
                "kind": "pkcs11",
                "module": str(settings.seal_pkcs11_module.resolve()),
                "token": settings.seal_pkcs11_token,
                "label": settings.seal_pkcs11_label,
                "pin": None if pin is None else pin.get_secret_value(),
            }
        return self._keys.spec(self._keys.current(now))

    def _attestation(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "time_stamp_url": self._settings.timestamp_url,
            "trusted": [str(path) for path in trusted_files(self._settings, self._keys)],
        }


def trusted_files(settings: Settings, keys: LocalKeys) -> list[Path]:
    """Return the PEM files to whose certificates seals, signatures and time-stamps may lead."""
    given = [] if settings.seal_trust is None else [settings.seal_trust.resolve()]
    return [*keys.authorities(), *given]


def _examined(row: dict[str, Any]) -> Examined:
    report = SealReport(**{item.name: row[item.name] for item in fields(SealReport)})
    differences = tuple(Change(**difference) for difference in row["differences"])
    return Examined(report, row["certificate_sha256"], row["revision"], differences)


def _sealed_file(answer: dict[str, Any]) -> SealedFile:
    due = answer["renew_before"]
    return SealedFile(
        field=answer["field"],
        source=SealSource(answer["source"]),
        placement=StampPlacement(answer["placement"]),
        level=SealLevel(answer["level"]),
        time_source=answer["time_source"],
        signer=answer["signer"],
        certificate_sha256=answer["certificate_sha256"],
        cpu_s=answer["cpu_s"],
        renew_before=None if due is None else datetime.fromisoformat(due),
    )


def _face_row(face: StampFace | SignatureFace) -> dict[str, Any]:
    return {**asdict(face), "at": face.at.isoformat()}
