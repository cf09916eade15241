"""What stamps say in these tests."""

from __future__ import annotations

from datetime import UTC, datetime

from docflow.stamping.rules import StampDesign, StampFace, StampKind

DESIGN = StampDesign(name_ar="مقاطعة الحي الحسني", name_fr="Arrondissement Hay Hassani")


def face(number: str = "A-2026-000145", **said: object) -> StampFace:
    values = {
        "kind": StampKind.ARRIVAL,
        "register_number": number,
        "at": datetime(2026, 7, 2, 9, 5, tzinfo=UTC),
        "unit_ar": "مصلحة الشؤون القانونية",
        "unit_fr": "Service des affaires juridiques",
        "verification_url": f"https://courrier.example.ma/v/{number}/7KQ2M9XPWD4T",
    }
    return StampFace(**values | said)  # type: ignore[arg-type]
