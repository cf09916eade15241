"""The letters that a district writes every week, to begin with; an administrator changes them."""

from __future__ import annotations

from docflow.drafting.rules import Content
from docflow.drafting.templating import TemplateSetup


def usual_templates() -> tuple[TemplateSetup, ...]:
    """Return an answer, an interim one, a request, a referral, a refusal; answers to complaints by their outcome."""
    return (
        TemplateSetup("جواب على مراسلة", "Réponse à un courrier", "letter", _answer()),
        TemplateSetup("جواب مؤقت", "Réponse d'attente", "letter", _interim_answer()),
        TemplateSetup("طلب استكمال ملف", "Demande de pièces complémentaires", "letter", _missing()),
        TemplateSetup("إحالة للاختصاص", "Transmission pour compétence", "letter", _elsewhere()),
        TemplateSetup("رفض معلل", "Refus motivé", "letter", _refusal()),
        TemplateSetup("جواب على شكاية: تمت التسوية", "Réclamation : suite favorable", "complaint", _resolved()),
        TemplateSetup("جواب على شكاية: غير مؤسسة", "Réclamation : non fondée", "complaint", _not_founded()),
        TemplateSetup(
            "جواب على شكاية: معروضة على القضاء", "Réclamation : devant les tribunaux", "complaint", _courts()
        ),
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


MEDIATOR_AR = "\n\nوإذا لم يرضكم هذا الجواب، يمكنكم إعادة فتح الشكاية على الموقع العمومي أو اللجوء إلى وسيط المملكة."
MEDIATOR_FR = (
    "\n\nSi cette réponse ne vous satisfait pas, vous pouvez rouvrir la réclamation sur le site public ou saisir le "
    "Médiateur du Royaume."
)


def _resolved() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}يشرفني أن أخبركم أن {{{{ unit }}}} قامت بما يلي لتسوية ما اشتكيتم منه:\n- …………{MEDIATOR_AR}",
        f"En réponse à {ABOUT_FR}j'ai l'honneur de vous informer que ce qui suit a été fait ({{{{ unit }}}}) :\n"
        f"- …………{MEDIATOR_FR}",
    )


def _not_founded() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}أخبركم أن دراسة شكايتكم بينت أنها غير مؤسسة للأسباب التالية:\n- …………{MEDIATOR_AR}",
        f"En réponse à {ABOUT_FR}je vous informe que l'examen de votre réclamation a conclu qu'elle n'est pas fondée, "
        f"pour les motifs suivants :\n- …………{MEDIATOR_FR}",
    )


def _courts() -> Content:
    return _content(
        f"جوابا {ABOUT_AR}أخبركم أنه لا يمكن النظر في موضوعها لكونه معروضا على القضاء أو صدر فيه حكم "
        "(المرسوم 2.17.265).",
        f"En réponse à {ABOUT_FR}je vous informe que son objet ne peut être examiné, un tribunal en étant saisi ou "
        "l'ayant jugé (décret 2-17-265).",
    )
