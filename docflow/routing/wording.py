"""The words of the printed route sheet, in both languages at once."""

from __future__ import annotations

from typing import Final

from docflow.core.words import Words
from docflow.routing.rules import AssignmentState, Instruction

ROUTE_SHEET: Final = Words("ورقة المسار", "Fiche de circulation")
STEP: Final = Words("ر.ت", "N°")
SENT: Final = Words("الإحالة", "Transmission")
ASKED: Final = Words("الموجه إليه والتعليمات", "Destinataire et instruction")
DONE: Final = Words("ما تم", "Suite donnée")
UNTIL: Final = Words("الأجل", "Délai")
CLOSED: Final = Words("تمت معالجة الملف", "Affaire close")
OPEN: Final = Words("الملف قيد المعالجة", "Affaire en cours")
NOWHERE: Final = Words("لم تتم أي إحالة", "Aucune transmission")
SEALED: Final = Words(
    "ورقة مختومة إلكترونيا؛ يمكن التحقق من الملف الرقمي على البوابة.",
    "Fiche revêtue d'un cachet électronique ; le fichier se vérifie sur le portail.",
)
BOUND: Final = Words(
    "نسخة ضمن طبعة الملف؛ الخاتم الإلكتروني على الطبعة بكاملها.",
    "Exemplaire compris dans l'impression du dossier ; c'est elle qui porte le cachet électronique.",
)
INSTRUCTIONS: Final = {
    Instruction.ATTRIBUTION: Words("للاختصاص", "pour attribution"),
    Instruction.ACTION: Words("لاتخاذ ما يلزم", "pour suite à donner"),
    Instruction.OPINION: Words("لإبداء الرأي", "pour avis"),
    Instruction.STUDY: Words("للدراسة", "pour étude"),
    Instruction.SIGNATURE: Words("للتوقيع", "pour signature"),
    Instruction.RETURN: Words("للاطلاع والإرجاع", "en communication"),
    Instruction.INFORMATION: Words("للإخبار", "pour information"),
    Instruction.FILE: Words("للحفظ", "à classer"),
}
STATES: Final = {
    AssignmentState.OPEN: Words("في الانتظار", "en attente"),
    AssignmentState.DONE: Words("تم", "fait"),
    AssignmentState.PASSED_ON: Words("أحيل", "transmis"),
    AssignmentState.RETURNED: Words("أرجع", "retourné"),
    AssignmentState.RECALLED: Words("سحب", "rappelé"),
}
