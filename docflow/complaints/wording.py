"""The words of what is printed and mailed about complaints, in both languages at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from docflow.complaints.rules import ComplaintKind
from docflow.core.words import Words

KINDS: Final[Mapping[ComplaintKind, Words]] = {
    ComplaintKind.COMPLAINT: Words("شكاية", "Réclamation"),
    ComplaintKind.OBSERVATION: Words("ملاحظة", "Observation"),
    ComplaintKind.SUGGESTION: Words("اقتراح", "Proposition"),
}
CATEGORY: Final = Words("الموضوع", "Objet")
PLACE: Final = Words("المكان", "Lieu")
FROM: Final = Words("المرتفق", "Usager")
ANONYMOUS: Final = Words("بدون اسم", "Anonyme")
PHONE: Final = Words("الهاتف", "Téléphone")
EMAIL: Final = Words("البريد الإلكتروني", "Courriel")
ENCLOSED: Final = Words("المرفقات", "Pièces jointes")
DEPOSITED: Final = Words("تاريخ الإيداع", "Date du dépôt")
FORM: Final = Words("مودعة عبر الاستمارة الإلكترونية", "Déposée par le formulaire électronique")
