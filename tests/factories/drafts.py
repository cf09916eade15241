"""Letters in the making."""

from __future__ import annotations

from uuid import UUID

from docflow.bootstrap import Runtime
from docflow.drafting.models import Draft
from docflow.drafting.operations import NewDraft, begin_draft, keep_draft
from docflow.drafting.rules import Content
from tests.conftest import actor
from tests.factories.documents import unit_id

WHOLE = Content(
    languages="ar fr",
    subject_ar="إصلاح الإنارة العمومية",
    subject_fr="Réparation de l'éclairage",
    addressee_ar="السيد رئيس ودادية الأمل",
    addressee_fr="Monsieur le président",
    body_ar="جوابا على رسالتكم رقم **12/2026**:\n- تغيير المصابيح؛\n- صيانة العلبة.",
    body_fr="En réponse à votre lettre n° **12/2026** :\n- remplacer les lampes.",
)


def begun(runtime: Runtime, by: str = "agent", *, answers_id: UUID | None = None, unit: str = "TRV") -> Draft:
    """Begin a draft."""
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        new = NewDraft(unit_id=unit_id(runtime, unit), answers_id=answers_id)
        return begin_draft(uow, new, settings=runtime.settings)


def written(runtime: Runtime, by: str = "agent", *, content: Content = WHOLE, **said: object) -> Draft:
    """Begin a draft and write it."""
    draft = begun(runtime, by, **said)  # type: ignore[arg-type]
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        return keep_draft(uow, draft.id, content, expected_version=draft.version)
