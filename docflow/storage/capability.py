"""What the storage room contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, Check, PeriodicJob
from docflow.core.errors import DocFlowError
from docflow.storage.jobs import Deps, sweep


def check_store(deps: Deps) -> Sequence[Check]:
    """Prove that the object storage can be written."""
    try:
        deps.blob_store.check()
    except DocFlowError as error:
        remedy = "Check DOCFLOW_STORAGE_URL, the rights on the folder or the bucket, and the free space."
        return [Check("storage", ok=False, detail=str(error), remedy=remedy)]
    return [Check("storage", ok=True, detail="writable")]


CAPABILITY = Capability(
    name="storage",
    jobs={"storage.sweep": sweep},
    periodic=[PeriodicJob("storage.sweep", every_s=3600)],
    checks=[check_store],
    error_texts={
        "file_too_large": lazy_gettext(
            "The file is larger than the limit of %(limit_bytes)s. Split it or scan it again at 200 dpi."
        ),
        "storage_unavailable": lazy_gettext(
            "The object storage does not answer. Nothing was lost; try again in a moment."
        ),
        "storage_address_invalid": lazy_gettext(
            "The address of the object storage is not valid: check DOCFLOW_STORAGE_URL."
        ),
        "blob_missing": lazy_gettext("The stored file is missing. Tell the administrator."),
    },
)
