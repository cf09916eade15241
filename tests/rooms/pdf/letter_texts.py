"""The lines of an Arabic and of a French letter, long enough to be judged by their letters."""

from __future__ import annotations

ARABIC_LINES = [
    "المملكة المغربية وزارة الداخلية ولاية جهة الدار البيضاء سطات",
    "إلى السيد رئيس مجلس مقاطعة الحي الحسني المحترم",
    "الموضوع: طلب إصلاح الإنارة العمومية بزنقة الأمل رقم 12 بتاريخ 12/05/2024",
    "سلام تام بوجود مولانا الإمام المؤيد بالله وبعد",
    "يشرفني أن أطلب من سيادتكم التدخل لدى المصلحة المختصة قصد إصلاح الأعمدة",
    "الكهربائية التي تعطلت منذ الأسبوع الأول من شهر ماي (أي منذ 3 أسابيع)",
    "وقد أصبح المرور ليلا محفوفا بالأخطار خاصة بالنسبة للأطفال والأشخاص المسنين",
    "كما أن السكان لاحظوا تراكم الأزبال بجوار الحديقة ولا أحد يتولى جمعها",
    "ولأجله ألتمس منكم إعطاء الأوامر اللازمة للمصالح التابعة لكم لإيجاد حل لهذه المشكلة",
    "الحامل للبطاقة الوطنية للتعريف BK123456 والساكن بالحي الحسني الهاتف 0612345678",
    "المرفقات: نسخة من العريضة الموقعة من طرف السكان وصور للأعمدة المعطلة",
    "وتفضلوا سيدي الرئيس بقبول أسمى عبارات التقدير والاحترام والسلام",
]
FRENCH_LINES = [
    "Royaume du Maroc",
    "Ministère de l'Intérieur, préfecture de l'arrondissement",
    "Objet : demande de permis de construire n° 12/2026",
    "Monsieur le Président du conseil,",
    "J'ai l'honneur de solliciter de votre haute bienveillance l'autorisation de",
    "construire une maison d'habitation sur le terrain situé au 14, rue des Orangers,",
    "dont je suis propriétaire depuis l'année 2019 (titre foncier T-45871/33).",
    "Les plans établis par l'architecte sont joints à la présente, ainsi que le",
    "certificat de propriété et le reçu de paiement des taxes communales.",
    "Dans l'attente d'une réponse favorable, je vous prie d'agréer, Monsieur le",
    "Président, l'expression de mes salutations les plus respectueuses.",
]
