"""What the demonstration district has published, its hours and where it is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from docflow.accounts.queries import actor_named
from docflow.publications.demo_pictures import drawn_tiling
from docflow.publications.files import attach_file, limits_of, take_file
from docflow.publications.opening import ContactSetup, SeasonSetup, keep_contact, keep_season
from docflow.publications.operations import PostSetup, begin_post, keep_category, publish_post
from docflow.publications.ports import Deps
from docflow.publications.rules import SECTIONS, PostKind, PostText, Section
from docflow.publications.usual import USUAL_CATEGORIES

USUAL_WEEK: Final = (*["08:30-16:30"] * 5, "", "")
CONTACT: Final = ContactSetup(
    "شارع أفغانستان، الحي الحسني، الدار البيضاء", "Avenue Afghanistan, Hay Hassani, Casablanca", "05 22 00 00 00",
    "contact@hay-hassani.example",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoPost:
    """A post of the demonstration; ``theme`` counts the usual themes from 0, ``days`` when it comes out from now."""

    kind: PostKind
    theme: int
    days: int
    text: PostText


POSTS: Final = (
    DemoPost(
        PostKind.MINUTES,
        theme=0,
        days=-20,
        text=PostText(
            title_ar="محضر الدورة العادية لمجلس المقاطعة",
            title_fr="Procès-verbal de la session ordinaire du conseil",
            summary_ar="النقط المدرجة في جدول الأعمال والمقررات المتخذة.",
            summary_fr="Points à l'ordre du jour et délibérations prises.",
            body_ar=(
                "عقد مجلس المقاطعة دورته العادية وتداول في النقط التالية:\n\n- برنامج صيانة الطرق\n- دعم "
                "الجمعيات الثقافية والرياضية\n- تبسيط إجراءات الحالة المدنية\n\nتمت الموافقة على المقررات بأغلبية "
                "الأعضاء الحاضرين."
            ),
            body_fr=(
                "Le conseil de l'arrondissement a tenu sa session ordinaire et délibéré sur les points "
                "suivants :\n\n- programme d'entretien de la voirie\n- soutien aux associations culturelles "
                "et sportives\n- simplification des démarches d'état civil\n\nLes délibérations ont été "
                "votées à la majorité des membres présents."
            ),
        ),
    ),
    DemoPost(
        PostKind.REPORT,
        theme=1,
        days=-12,
        text=PostText(
            title_ar="برنامج صيانة الطرق والأرصفة",
            title_fr="Programme d'entretien de la voirie et des trottoirs",
            summary_ar="الأحياء المعنية ومواعيد الأشغال.",
            summary_fr="Quartiers concernés et calendrier des travaux.",
            body_ar=(
                "## الأحياء المعنية\n\n- حي السلام\n- ليساسفة\n- الألفة\n\nتنجز الأشغال ليلا قدر الإمكان "
                "للحد من الإزعاج."
            ),
            body_fr=(
                "## Quartiers concernés\n\n- Hay Salam\n- Lissasfa\n- Oulfa\n\nLes travaux se font autant "
                "que possible la nuit, pour limiter la gêne."
            ),
        ),
    ),
    DemoPost(
        PostKind.NEWS,
        theme=3,
        days=-6,
        text=PostText(
            title_ar="مهرجان القراءة بالمركب الثقافي",
            title_fr="Fête de la lecture au complexe culturel",
            summary_ar="ثلاثة أيام من الورشات والحكايات للأطفال والكبار.",
            summary_fr="Trois jours d'ateliers et de contes pour petits et grands.",
            body_ar=(
                "يفتح المركب الثقافي أبوابه ثلاثة أيام لورشات القراءة والكتابة والحكاية.\n\nالدخول "
                "**مجاني**، والتسجيل لدى مكتب الضبط أو عبر الهاتف."
            ),
            body_fr=(
                "Le complexe culturel ouvre ses portes trois jours durant à des ateliers de lecture, "
                "d'écriture et de conte.\n\nL'entrée est **gratuite** ; inscription au bureau d'ordre ou par "
                "téléphone."
            ),
        ),
    ),
    DemoPost(
        PostKind.NEWS,
        theme=2,
        days=-3,
        text=PostText(
            title_ar="النسخ من رسوم الحالة المدنية دون تنقل متكرر",
            title_fr="Copies d'état civil : un seul déplacement",
            summary_ar="لم تعد النسخ المصادق عليها مطلوبة، وصفحة التلميذ من الدفتر العائلي تكفي للتسجيل المدرسي.",
            summary_fr=(
                "Les copies légalisées ne sont plus demandées ; la page de l'élève du livret suffit à "
                "l'inscription scolaire."
            ),
            body_ar=(
                "في إطار تبسيط المساطر:\n\n- لا تطلب أي نسخة مصادق عليها\n- تكفي نسخة عادية مع تقديم "
                "الدفتر\n- يسلم وصل بكل طلب"
            ),
            body_fr=(
                "Dans le cadre de la simplification des démarches :\n\n- aucune copie légalisée n'est "
                "demandée\n- une copie simple suffit, sur présentation du livret\n- chaque demande donne "
                "lieu à un récépissé"
            ),
        ),
    ),
    DemoPost(
        PostKind.NOTICE,
        theme=1,
        days=-1,
        text=PostText(
            title_ar="قطع مؤقت للماء بزنقة 14 بحي السلام",
            title_fr="Coupure d'eau rue 14, Hay Salam",
            summary_ar="إصلاح القناة بعد شكايات السكان، من التاسعة صباحا إلى الثالثة بعد الزوال.",
            summary_fr="Réparation de la conduite après les réclamations des riverains, de 9 h à 15 h.",
            body_ar=(
                "تنهي المقاطعة إلى علم السكان أن إصلاح قناة الماء بزنقة 14 يستدعي قطع الماء مؤقتا. نعتذر عن الإزعاج."
            ),
            body_fr=(
                "L'arrondissement informe les riverains que la réparation de la conduite de la rue 14 impose "
                "une coupure d'eau. Nous vous prions de nous excuser de la gêne."
            ),
        ),
    ),
    DemoPost(
        PostKind.NEWS,
        theme=4,
        days=2,
        text=PostText(
            title_ar="حملة التلقيح بمدارس الحي",
            title_fr="Campagne de vaccination dans les écoles",
            body_ar="تنظم حملة التلقيح بتنسيق مع مصالح الصحة.",
            body_fr="La campagne de vaccination est organisée avec les services de santé.",
        ),
    ),
)
"""The last one waits for its day."""


def fill_demo_publications(deps: Deps) -> None:
    """Publish what the demonstration district publishes, and set its hours."""
    transactions, limits = deps.transactions, limits_of(deps.settings)
    news = [one for one in POSTS if SECTIONS[one.kind] is Section.NEWS]
    pictures = {
        one: take_file(deps.blob_store, io.BytesIO(drawn_tiling(number)), limits=limits)
        for number, one in enumerate(news)
    }
    with transactions.reading() as session:
        now = transactions.clock.now()
        admin, editor = (actor_named(session, name, now) for name in ("admin", "editor"))
    with transactions.writing(admin) as uow:
        keep_season(uow, None, SeasonSetup(USUAL_WEEK))
        keep_contact(uow, CONTACT)
    with transactions.writing(editor) as uow:
        themes = [keep_category(uow, None, setup) for setup in USUAL_CATEGORIES]
        for one in POSTS:
            post = begin_post(uow, PostSetup(one.kind, one.text, themes[one.theme].id))
            if one in pictures:
                attach_file(uow, post.id, pictures[one], name="زخرفة هندسية", name_fr="Motif géométrique")
            uow.session.flush()
            publish_at = uow.now + timedelta(days=one.days)
            publish_post(uow, post.id, publish_at=publish_at, ends_at=None, expected_version=post.version)
            if one.days < 0:
                # The demonstration begins in the past, as its letters do.
                post.publish_at = publish_at
