"""The words of what is printed and mailed about complaints, in both languages at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from docflow.complaints.rules import ComplaintKind, Origin, Outcome
from docflow.core.words import Words

KINDS: Final[Mapping[ComplaintKind, Words]] = {
    ComplaintKind.COMPLAINT: Words("شكاية", "Réclamation"),
    ComplaintKind.OBSERVATION: Words("ملاحظة", "Observation"),
    ComplaintKind.SUGGESTION: Words("اقتراح", "Proposition"),
}
CATEGORY: Final = Words("الموضوع", "Objet")
PLACE: Final = Words("المكان", "Lieu")
POINT: Final = Words("نقطة على الخريطة", "Point sur la carte")
FROM: Final = Words("المرتفق", "Usager")
ANONYMOUS: Final = Words("بدون اسم", "Anonyme")
PHONE: Final = Words("الهاتف", "Téléphone")
EMAIL: Final = Words("البريد الإلكتروني", "Courriel")
ENCLOSED: Final = Words("المرفقات", "Pièces jointes")
DEPOSITED: Final = Words("تاريخ الإيداع", "Date du dépôt")
FORM: Final = Words("مودعة عبر الاستمارة الإلكترونية", "Déposée par le formulaire électronique")

ORIGINS: Final[Mapping[Origin, Words]] = {
    Origin.ONLINE: Words("عبر الموقع العمومي", "Sur le site public"),
    Origin.COUNTER: Words("في الشباك", "Au guichet"),
    Origin.PAPER: Words("على الورق", "Sur papier"),
}
OUTCOMES: Final[Mapping[Outcome, Words]] = {
    Outcome.RESOLVED: Words("تمت تسويتها", "Résolues"),
    Outcome.PARTLY_RESOLVED: Words("تمت تسويتها جزئيا", "Partiellement résolues"),
    Outcome.NOT_FOUNDED: Words("غير مؤسسة", "Non fondées"),
    Outcome.OUT_OF_COMPETENCE: Words("خارج الاختصاص", "Hors compétence"),
    Outcome.BEFORE_COURTS: Words("معروضة على القضاء", "Devant les tribunaux"),
    Outcome.DUPLICATE: Words("مكررة", "Doublons"),
    Outcome.NOT_UNDERSTANDABLE: Words("غير مفهومة", "Incompréhensibles"),
}
REPORT_NOTE: Final = Words(
    "تحتسب في هذا التقرير الشكايات التي يمكن لمنجزه الاطلاع عليها. يوم الإيداع غير محتسب في الأجل.",
    "Sont comptées les réclamations que l'auteur du rapport peut connaître ; le jour du dépôt ne compte pas.",
)
