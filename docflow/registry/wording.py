"""The words of printed papers, in both languages at once: a paper is read by whoever holds it."""

from __future__ import annotations

from typing import Final

from docflow.core.words import Words

KINGDOM: Final = Words("المملكة المغربية", "Royaume du Maroc")
DESK: Final = Words("مكتب الضبط", "Bureau d'ordre")
RECEIPT: Final = Words("وصل إيداع", "Récépissé de dépôt")
ACKNOWLEDGEMENT: Final = Words("إشعار بالتوصل", "Accusé de réception")
NUMBER: Final = Words("الرقم الترتيبي", "Numéro d'ordre")
REGISTER: Final = Words("السجل", "Registre")
ARRIVAL: Final = Words("تاريخ الورود", "Date d'arrivée")
SENDER: Final = Words("المرسل", "Expéditeur")
SUBJECT: Final = Words("الموضوع", "Objet")
UNIT: Final = Words("الوحدة الإدارية", "Entité")
PAGES: Final = Words("عدد الصفحات", "Pages")
ENCLOSURES: Final = Words("المرفقات", "Pièces jointes")
CONFIDENTIAL: Final = Words("مراسلة سرية", "Courrier confidentiel")
UNOPENED: Final = Words("مراسلة سرية سجلت دون فتح", "Courrier confidentiel, enregistré sans être ouvert")
REGISTERED_BY: Final = Words("سجل من طرف", "Enregistré par")
FOLLOW: Final = Words("تتبعوا مآل مراسلتكم بالرقم والرمز السري", "Suivez votre courrier avec le numéro et le code")
SECRET: Final = Words("الرمز السري", "Code secret")
KEEP: Final = Words(
    "احتفظوا بهذا الوصل ولا تطلعوا الغير على الرمز", "Gardez ce récépissé et ne donnez ce code à personne"
)
VERIFY: Final = Words("للتحقق من التسجيل", "Pour vérifier l'enregistrement")
ATTESTED: Final = Words(
    "يشهد مكتب الضبط بالتوصل بالمراسلة المبينة أعلاه وبتسجيلها تحت الرقم المذكور. "
    "ولا يعد هذا الإشعار موافقة على مضمونها ولا جوابا عنها.",
    "Le bureau d'ordre atteste avoir reçu le courrier désigné ci-dessus et l'avoir enregistré sous ce numéro. "
    "Le présent accusé ne vaut ni accord sur son contenu, ni réponse.",
)
MAIL_ARRIVED: Final = Words(
    "توصل مكتب الضبط بمراسلتكم بتاريخ {arrived} وسجلها تحت رقم {number}. "
    "تجدون الإشعار بالتوصل رفقته، وهو مختوم إلكترونيا.",
    "Le bureau d'ordre a reçu votre courrier le {arrived} et l'a enregistré sous le numéro {number}. "
    "L'accusé de réception ci-joint porte un cachet électronique.",
)
PRINTED: Final = Words("طبع في", "Imprimé le")
STAMP_PLACE: Final = Words("طابع وتوقيع مكتب الضبط", "Cachet et signature du bureau d'ordre")

PRINTED_REGISTER: Final = Words("مستخرج من السجل", "Extrait du registre")
REFERENCE: Final = Words("مرجع الوثيقة وتاريخها", "Référence et date")
STATE: Final = Words("الحالة", "État")
STATES: Final = {
    "registered": Words("مسجل", "Enregistré"),
    "cancelled": Words("ملغى", "Annulé"),
    "reserved": Words("محجوز", "Réservé"),
}
REASON: Final = Words("السبب", "Motif")
NO_LINE: Final = Words("لا يوجد أي تسجيل", "Aucun enregistrement")
ON_PAGE: Final = Words("مجموع الصفحة", "Total de la page")
OF_CANCELLED: Final = Words("منها ملغى", "dont annulés")
BROUGHT: Final = Words("المنقول", "Report")
CARRIED: Final = Words("للنقل", "À reporter")
IN_ALL: Final = Words("المجموع العام", "Total général")
MADE: Final = Words("أنجز في", "Établi le")
BY: Final = Words("من طرف", "par")
KNOWN_ONLY: Final = Words(
    "لا يتضمن هذا المستخرج إلا ما يحق لطالبه الاطلاع عليه.",
    "Cet extrait ne contient que ce que son demandeur peut connaître.",
)

TRANSMITTAL: Final = Words("ورقة الإرسال", "Bordereau d'envoi")
ADDRESSED: Final = Words("إلى", "À")
SENT: Final = Words("تاريخ الإرسال", "Date d'envoi")
ORIGINAL: Final = Words("الأصل", "Original")
ORDER: Final = Words("ر.ت", "N°")
LETTER: Final = Words("المرسل والموضوع", "Expéditeur et objet")
OBSERVATIONS: Final = Words("ملاحظات", "Observations")
PAPERS: Final = Words("عدد الوثائق الورقية", "Nombre de pièces papier")
RECEIVED_BY: Final = Words("الاسم الكامل للمستلم", "Nom de la personne qui reçoit")
RECEIVED_AT: Final = Words("تاريخ وساعة الاستلام", "Date et heure de réception")
COUNTED: Final = Words("عدد الوثائق المستلمة", "Pièces reçues, comptées")
SIGNATURE: Final = Words("التوقيع والطابع", "Signature et cachet")
SENDING_DESK: Final = Words("مكتب الضبط المرسل", "Bureau d'ordre expéditeur")
RETURN_SLIP: Final = Words(
    "يعد الوثائق من يستلمها ويوقع هذه الورقة ويرجعها إلى مكتب الضبط.",
    "La personne qui reçoit compte les pièces, signe ce bordereau et le retourne au bureau d'ordre.",
)
