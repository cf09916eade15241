"""What mail to the staff says: the subject in both languages, the rest in the person's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from docflow.accounts.rules import FactorChange
from docflow.core.words import Words
from docflow.notifications.rules import MailText

POWER: Final = Words("كلفتم بالنيابة أو بتفويض الإمضاء", "Un pouvoir vous est confié")
POWER_BODY: Final = Words(
    "تنوبون عن {name} من {first} إلى {last}. ينتهي ذلك من تلقاء نفسه في آخر يوم.",
    "Vous agissez pour {name} du {first} au {last}. Cela prend fin de soi-même à la fin du dernier jour.",
)
FACTOR: Final = Words("ألغي عامل التحقق الثاني لحسابكم", "Votre second facteur a été retiré")
FACTOR_BODY: Final = Words(
    "ألغى مدير النظام عامل التحقق الثاني لحسابكم بتاريخ {at}. إن لم تطلبوا ذلك فاتصلوا به فورا.",
    "L'administrateur a retiré le second facteur de votre compte le {at}. Si vous ne l'avez pas demandé, "
    "prévenez-le aussitôt.",
)
CHANGED: Final = Words("تغير عامل التحقق الثاني لحسابكم", "Votre second facteur a changé")
CHANGES: Final[Mapping[str, Words]] = {
    FactorChange.TELEPHONE_ADDED: Words(
        "أضيف إلى حسابكم هاتف يولد الرموز بتاريخ {at}.",
        "Un téléphone qui donne des codes a été ajouté à votre compte le {at}.",
    ),
    FactorChange.TELEPHONE_REMOVED: Words(
        "أزيل من حسابكم الهاتف الذي يولد الرموز بتاريخ {at}.",
        "Le téléphone qui donne des codes a été retiré de votre compte le {at}.",
    ),
    FactorChange.KEY_ADDED: Words(
        "أضيف إلى حسابكم مفتاح أمان بتاريخ {at}.", "Une clé de sécurité a été ajoutée à votre compte le {at}."
    ),
    FactorChange.KEY_REMOVED: Words(
        "أزيل من حسابكم مفتاح أمان بتاريخ {at}.", "Une clé de sécurité a été retirée de votre compte le {at}."
    ),
    FactorChange.CODES_MADE: Words(
        "أنشئت لحسابكم رموز احتياطية جديدة بتاريخ {at}.",
        "De nouveaux codes de secours ont été créés pour votre compte le {at}.",
    ),
}
NOT_YOU: Final = Words(
    "إن لم تفعلوا ذلك بأنفسكم فغيروا كلمة المرور وأخبروا مدير النظام فورا.",
    "Si ce n'était pas vous, changez votre mot de passe et prévenez l'administrateur aussitôt.",
)
SEE_OWN_FACTOR: Final = Words("عامل التحقق الثاني", "Le second facteur")
SEE_FACTOR: Final = Words("إعداده من جديد", "Le configurer à nouveau")
SEE_POWERS: Final = Words("التفويضات والنيابات", "Délégations et intérims")


def both(words: Words, addition: str = "") -> str:
    """Return a line of subject in both languages."""
    return f"{words.ar} · {words.fr}{f' · {addition}' if addition else ''}"


def power_text(values: Mapping[str, Any], *, locale: str, address: str) -> MailText:
    """Return the mail to somebody who stands in for another from now on."""
    said = POWER_BODY.said(locale).format(name=values[f"name_{locale}"], first=values["first"], last=values["last"])
    link = f"{SEE_POWERS.said(locale)}:\n{address.rstrip('/')}/delegations"
    return MailText(both(POWER), f"{said}\n\n{link}\n")


def factor_text(values: Mapping[str, Any], *, locale: str, address: str) -> MailText:
    """Return the mail to somebody whose second factor was taken away."""
    said = FACTOR_BODY.said(locale).format(at=values["at"])
    link = f"{SEE_FACTOR.said(locale)}:\n{address.rstrip('/')}/account/factor"
    return MailText(both(FACTOR), f"{said}\n\n{link}\n")


def changed_factor_text(change: FactorChange, values: Mapping[str, Any], *, locale: str, address: str) -> MailText:
    """Return the mail to somebody whose second factor was changed in a session of theirs."""
    said = f"{CHANGES[change].said(locale).format(at=values['at'])} {NOT_YOU.said(locale)}"
    link = f"{SEE_OWN_FACTOR.said(locale)}:\n{address.rstrip('/')}/account/factor"
    return MailText(both(CHANGED), f"{said}\n\n{link}\n")
