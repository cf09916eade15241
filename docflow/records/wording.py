"""The words of the printed case file, in both languages at once."""

from __future__ import annotations

from typing import Final

from docflow.accounts.visibility import Confidentiality
from docflow.core.words import Words
from docflow.records.rules import FileState

CASE_FILE: Final = Words("ملف", "Dossier")
CONTENTS: Final = Words("المحتويات", "Table des matières")
ROUTE_SHEET: Final = Words("ورقة المسار", "Fiche de circulation")
RESPONSIBLE: Final = Words("الوحدة الإدارية المسؤولة", "Entité responsable")
OPENED: Final = Words("تاريخ الفتح", "Ouvert le")
BY: Final = Words("من طرف", "par")
STATE: Final = Words("الحالة", "État")
STATES: Final = {
    FileState.OPEN: Words("مفتوح", "ouvert"),
    FileState.CLOSED: Words("مغلق", "clos"),
}
REASON: Final = Words("السبب", "Motif")
CONFIDENTIALITY: Final = Words("درجة السرية", "Confidentialité")
CONFIDENTIALITIES: Final = {
    Confidentiality.NORMAL: Words("عادي", "normale"),
    Confidentiality.RESTRICTED: Words("محدود الاطلاع", "restreinte"),
    Confidentiality.CONFIDENTIAL: Words("سري", "confidentielle"),
}
LETTERS: Final = Words("عدد المراسلات", "Courriers")
PRINTED: Final = Words("طبع في", "Imprimé le")
NUMBER: Final = Words("الرقم الترتيبي", "Numéro d'ordre")
DATE: Final = Words("التاريخ", "Date")
SUBJECT: Final = Words("الموضوع", "Objet")
PAGE: Final = Words("الصفحة", "Page")
FROM: Final = Words("من", "De")
TO: Final = Words("إلى", "À")
SEALED_ON: Final = Words("ختمت إلكترونيا في", "Cachet électronique du")
UNSEALED: Final = Words("لا خاتم عليها", "Sans cachet")
NOT_SHOWN: Final = Words("لا يطلع طالب الطبعة على مضمونها", "Contenu non communiqué au demandeur")
NOT_THERE: Final = Words("لا يوجد ملف قابل للطبع", "Aucun fichier imprimable")
EMPTY: Final = Words("لا توجد مراسلة", "Aucun courrier")
COPIES: Final = Words(
    "هذه الطبعة نسخ. الأختام والتوقيعات التي تظهر على الصفحات صور لا تثبت شيئا هنا: إنما يثبتها الملف المختوم لكل "
    "مراسلة، ويتحقق منه في العنوان المذكور أمامها. والطبعة بكاملها تحمل خاتم المؤسسة الذي يثبت أنها لم تتغير منذ "
    "طبعها.",
    "Cette impression réunit des copies. Les cachets et signatures visibles sur les pages n'y prouvent rien : seul le "
    "fichier scellé de chaque courrier fait foi, et se vérifie à l'adresse indiquée en regard. L'ensemble porte le "
    "cachet de l'institution, qui atteste qu'il n'a pas changé depuis son impression.",
)
ONLY_KNOWN: Final = Words(
    "لا تتضمن إلا المراسلات التي يحق لطالبها العلم بها لحظة طبعها.",
    "Elle ne contient que les courriers dont le demandeur pouvait avoir connaissance au moment de l'impression.",
)
