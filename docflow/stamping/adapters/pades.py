"""Seals in the form of PAdES (ETSI EN 319 142-1), made by pyHanko in the sealing process."""

from __future__ import annotations

import base64
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from docflow.stamping.adapters.workshop import Workshop
from docflow.stamping.keys import LocalKeys
from docflow.stamping.ports import KeySpec, SealedFile, SealRequest
from docflow.stamping.rules import SealLevel, SealSource, StampDesign, StampFace, StampPlacement


class PadesSealer:
    """Stamps and seals with the key of the institution."""

    def __init__(self, keys: LocalKeys, workshop: Workshop) -> None:
        """Take the keys and the process that works."""
        self._keys = keys
        self._workshop = workshop

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
                "level": SealLevel.BASIC,
            },
        )
        return SealedFile(
            field=answer["field"],
            source=SealSource(answer["source"]),
            placement=StampPlacement(answer["placement"]),
            level=SealLevel(answer["level"]),
            time_source=answer["time_source"],
            signer=answer["signer"],
            certificate_sha256=answer["certificate_sha256"],
            cpu_s=answer["cpu_s"],
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

    def _key(self, now: datetime) -> KeySpec:
        key = self._keys.current(now)
        return {
            "kind": "files",
            "key": str(key.key_path),
            "certificate": str(key.certificate_path),
            "chain": [str(key.authority_path)],
        }


def _face_row(face: StampFace) -> dict[str, Any]:
    return {**asdict(face), "at": face.at.isoformat()}
