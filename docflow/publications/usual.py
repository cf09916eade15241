"""Themes that a district usually has."""

from __future__ import annotations

from typing import Final

from docflow.publications.operations import ThemeSetup

USUAL_CATEGORIES: Final = (
    ThemeSetup("حياة المجلس", "Vie du conseil"),
    ThemeSetup("الأشغال والطرق", "Travaux et voirie"),
    ThemeSetup("الحالة المدنية والإجراءات", "État civil et démarches"),
    ThemeSetup("الثقافة والرياضة", "Culture et sport"),
    ThemeSetup("الصحة والبيئة", "Santé et environnement"),
    ThemeSetup("التعليم والشباب", "Éducation et jeunesse"),
)
