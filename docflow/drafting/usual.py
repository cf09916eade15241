"""The letters that a district writes every week, to begin with; an administrator changes them."""

from __future__ import annotations

from docflow.drafting.rules import Content
from docflow.drafting.templating import TemplateSetup


def usual_templates() -> tuple[TemplateSetup, ...]:
    """Return an answer, an interim answer, a request for what is missing, a referral elsewhere and a refusal."""
    return (
        TemplateSetup("جواب على مراسلة", "Réponse à un courrier", "letter", _answer()),
        TemplateSetup("جواب مؤقت", "Réponse d'attente", "letter", _interim_answer()),
        TemplateSetup("طلب استكمال ملف", "Demande de pièces complémentaires", "letter", _missing()),
        TemplateSetup("إحالة للاختصاص", "Transmission pour compétence", "letter", _elsewhere()),
        TemplateSetup("رفض معلل", "Refus motivé", "letter", _refusal()),
    )


OPENING_AR = "سلام تام بوجود مولانا الإمام،\n\nوبعد، "
CLOSING_AR = "\n\nوتفضلوا بقبول فائق عبارات التقدير والاحترام. والسلام."
CLOSING_FR = "\n\nVeuillez agréer, Madame, Monsieur, l'expression de ma considération distinguée."
ABOUT_AR = (
    "على مراسلتكم المسجلة تحت رقم **{{ letter_number }}** بتاريخ {{ letter_date }} "
    "والمتعلقة بالموضوع المشار إليه أعلاه، "
)
ABOUT_FR = (
    "votre courrier enregistré sous le n° **{{ letter_number }}** le {{ letter_date }}, relatif à l'objet ci-dessus, "
)


def _content(body_ar: str, body_fr: str) -> Content:
    return Content(
        languages="ar fr",
        subject_ar="{{ letter_subject }}",
        subject_fr="{{ letter_subject }}",
        addressee_ar="إلى {{ letter_sender }}",
        addressee_fr="À {{ letter_sender }}",
        body_ar=f"{OPENING_AR}{body_ar}{CLOSING_AR}",
        body_fr=f"Madame, Monsieur,\n\n{body_fr}{CLOSING_FR}",
    )


def _answer() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}يشرفني أن أخبركم أن {{{{ unit }}}} درست طلبكم، وأنه تقرر ما يلي:\n- …………",
        f"En réponse à {ABOUT_FR}j'ai l'honneur de vous informer que votre demande a été étudiée "
        "({{ unit }}) et qu'il a été décidé ce qui suit :\n- …………",
    )


def _interim_answer() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}أخبركم أنه قيد الدراسة لدى {{{{ unit }}}}، وسنوافيكم بمآله في أقرب الآجال.",
        f"{ABOUT_FR[0].upper()}{ABOUT_FR[1:]}est à l'étude ({{{{ unit }}}}). La suite qui lui sera donnée vous sera "
        "communiquée dans les meilleurs délais.",
    )


def _missing() -> Content:
    return _content(
        f"بناء {ABOUT_AR}أطلب منكم موافاتنا بالوثائق التالية لاستكمال دراسة ملفكم:\n- …………",
        f"Suite à {ABOUT_FR}je vous prie de nous faire parvenir les pièces suivantes pour compléter votre dossier :\n"
        "- …………",
    )


def _elsewhere() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}أخبركم أن موضوعها **خارج اختصاص** {{{{ district }}}}، وأنها أحيلت على …………",
        f"En réponse à {ABOUT_FR}je vous informe que son objet est **hors de la compétence** de l'institution "
        "({{ district }}) et qu'il a été transmis à …………",
    )


def _refusal() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}يؤسفني أن أخبركم أنه تعذرت الاستجابة لطلبكم للأسباب التالية:\n- …………\n\n"
        "ويمكنكم الطعن في هذا القرار وفق القوانين الجاري بها العمل.",
        f"En réponse à {ABOUT_FR}j'ai le regret de vous informer qu'il n'a pas été possible de donner une suite "
        "favorable à votre demande, pour les motifs suivants :\n- …………\n\nCette décision peut faire l'objet d'un "
        "recours selon les lois en vigueur.",
    )
