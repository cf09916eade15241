"""What mail about tasks says: number and subject, never more of a letter, and nothing at all of a confidential one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from docflow.accounts.visibility import Confidentiality
from docflow.core.words import Words
from docflow.documents.models import Document
from docflow.notifications.rules import MailText
from docflow.notifications.wording import both

MOST_LINES: Final = 20
"""Of each group of a digest; how many more there are is said."""
OVERDUE: Final = Words("تجاوز الأجل", "Délai dépassé")
OVERDUE_BODY: Final = Words("انتهى أجل هذه المهمة في {day}:", "Le délai de cette tâche a pris fin le {day} :")
RETURNED: Final = Words("أرجعت إليكم مهمة", "Une tâche vous est retournée")
RETURNED_BODY: Final = Words("أرجع {name} إليكم هذه المهمة:", "{name} vous retourne cette tâche :")
DIGEST: Final = Words("مهامكم", "Vos tâches")
GREETING: Final = Words("السلام عليكم {name}،", "Bonjour {name},")
DUE: Final = Words("الأجل {day}", "délai {day}")
GROUPS: Final = {
    "overdue": Words("متأخرة", "En retard"),
    "today": Words("اليوم", "Aujourd'hui"),
    "week": Words("هذا الأسبوع", "Cette semaine"),
    "others": Words("في انتظار الغير", "En attente des autres"),
    "escalated": Words(
        "تذكير: مهام متأخرة أو يقترب أجلها في وحداتكم", "Rappels : dans vos entités, délai proche ou dépassé"
    ),
}
MORE: Final = Words("وغيرها: {count}", "et d'autres encore : {count}")
ALL_TASKS: Final = Words("كل مهامكم", "Toutes vos tâches")
NEVER_TOLD: Final = Words(
    "لا تذكر المراسلات السرية في البريد أبدا؛ تجدونها في صفحة المهام.",
    "Le courrier confidentiel n'est jamais cité dans un message ; il est sur la page des tâches.",
)
CHOOSE: Final = Words("لتغيير وتيرة هذا الملخص أو إيقافه", "Pour changer le rythme de ce récapitulatif ou l'arrêter")
CONFIDENTIAL_TASK: Final = Words(
    "مراسلة سرية، تجدونها في صفحة المهام.", "Un courrier confidentiel : voyez la page des tâches."
)


@dataclass(frozen=True, slots=True)
class Line:
    """A document in a digest, with the last day of what is asked."""

    document: Document
    due_on: date | None


def named_in_mail(document: Document) -> str:
    """Return what mail may say of a document: its number, with the subject where anybody of the unit may know it."""
    if document.confidentiality == Confidentiality.NORMAL.value and document.subject:
        return f"{document.register_number} · {' '.join(document.subject.split())}"
    return document.register_number


def overdue_text(document: Document, due_on: date, *, locale: str, address: str) -> MailText:
    """Return the mail about a term that is over."""
    body = OVERDUE_BODY.said(locale).format(day=f"{due_on:%d/%m/%Y}")
    return _about(OVERDUE, body, document, locale=locale, address=address)


def returned_text(document: Document, name: str, *, locale: str, address: str) -> MailText:
    """Return the mail about a task that came back."""
    return _about(RETURNED, RETURNED_BODY.said(locale).format(name=name), document, locale=locale, address=address)


def digest_text(
    groups: Mapping[str, Sequence[Line]], *, name: str, day: date, locale: str, address: str
) -> MailText | None:
    """Return the digest of a day, or none when nothing is to be told; ``groups`` in the order of ``GROUPS``."""
    base = address.rstrip("/")
    parts = []
    for group, words in GROUPS.items():
        lines = groups.get(group, ())
        if lines:
            told = [_line(line, locale, base) for line in lines[:MOST_LINES]]
            if len(lines) > MOST_LINES:
                told.append(MORE.said(locale).format(count=len(lines) - MOST_LINES))
            parts.append("\n".join([f"{words.said(locale)} ({len(lines)})", *told]))
    if not parts:
        return None
    body = [
        GREETING.said(locale).format(name=name),
        *parts,
        f"{ALL_TASKS.said(locale)}:\n{base}/tasks",
        NEVER_TOLD.said(locale),
        f"{CHOOSE.said(locale)}:\n{base}/account",
    ]
    return MailText(both(DIGEST, f"{day:%d/%m/%Y}"), "\n\n".join(body) + "\n")


def _line(line: Line, locale: str, base: str) -> str:
    due = "" if line.due_on is None else f" · {DUE.said(locale).format(day=f'{line.due_on:%d/%m/%Y}')}"
    return f"- {named_in_mail(line.document)}{due}\n  {base}/d/{line.document.id}"


def _about(subject: Words, body: str, document: Document, *, locale: str, address: str) -> MailText:
    base = address.rstrip("/")
    if document.confidentiality == Confidentiality.CONFIDENTIAL.value:
        # The number of such a letter is itself something to keep: the page of tasks says which.
        return MailText(both(subject), f"{CONFIDENTIAL_TASK.said(locale)}\n{base}/tasks\n")
    number = document.register_number
    return MailText(both(subject, number), f"{body}\n\n{named_in_mail(document)}\n{base}/d/{document.id}\n")
