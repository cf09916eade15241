"""The words of papers of requests, in both languages at once."""

from __future__ import annotations

from typing import Final

from docflow.core.words import Words
from docflow.requests.rules import PaperForm

REQUEST: Final = Words("طلب", "Demande")
RECEIPT: Final = Words("وصل إيداع طلب", "Récépissé de dépôt d'une demande")
FORM: Final = Words("أودع في استمارة المقاطعة", "Déposée par le formulaire de l'arrondissement")
PROCEDURE: Final = Words("المسطرة", "Procédure")
APPLICANT: Final = Words("صاحب الطلب", "Demandeur")
CIN: Final = Words("رقم البطاقة الوطنية", "N° CIN")
PHONE: Final = Words("الهاتف", "Téléphone")
EMAIL: Final = Words("البريد الإلكتروني", "Courriel")
DEPOSITED: Final = Words("تاريخ الإيداع", "Déposée le")
PAPERS: Final = Words("الوثائق", "Documents")
GIVEN: Final = Words("مودعة", "remis")
MISSING: Final = Words("غير مودعة", "non remis")
NOTHING_ASKED: Final = Words("لا وثيقة مطلوبة", "Aucun document demandé")
DUE: Final = Words("يبت فيه قبل", "Décision avant le")
FEE: Final = Words("الرسم", "Droit")
SILENCE: Final = Words(
    "سكوت الإدارة بعد هذا الأجل بمثابة موافقة (القانون 55-19).",
    "Le silence de l'administration après ce délai vaut accord (loi 55-19).",
)
ONCE: Final = Words(
    "تطلب الوثائق الناقصة مرة واحدة فقط. لا يطلب تصحيح إمضاء ولا مطابقة نسخ للأصل.",
    "Les documents manquants ne sont demandés qu'une seule fois. Aucune légalisation ni copie conforme n'est demandée.",
)
FORMS: Final = {
    PaperForm.SHOWN: Words("تقدم وترجع في الحين", "présenté, rendu aussitôt"),
    PaperForm.COPY: Words("نسخة عادية", "copie simple"),
    PaperForm.ORIGINAL: Words("أصل", "original"),
    PaperForm.FORBIDDEN: Words("لا تطلب", "ne se demande pas"),
}
