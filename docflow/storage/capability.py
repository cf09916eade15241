"""What the storage room contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext
from sqlalchemy.exc import SQLAlchemyError

from docflow.core.capability import COSTLY_S, Capability, Check, JournalSubject, JournalValue, Measuring, PeriodicJob
from docflow.core.errors import DocFlowError
from docflow.storage.jobs import SCRUB_EVERY_S, Deps, read_again, sweep
from docflow.storage.labels import FAULT_LABELS, KIND_LABELS
from docflow.storage.measures import storage_measures
from docflow.storage.scrubbing import storage_state

MOST_NAMED = 3
"""How many damaged files a check names."""


def check_store(deps: Deps) -> Sequence[Check]:
    """Prove that the object storage can be written."""
    try:
        deps.blob_store.check()
    except DocFlowError as error:
        remedy = lazy_gettext("Check DOCFLOW_STORAGE_URL, the rights on the folder or the bucket, and the free space.")
        return [Check("storage", ok=False, detail=str(error), remedy=remedy)]
    return [Check("storage", ok=True, detail=lazy_gettext("can be written"))]


def check_objects(deps: Deps) -> Sequence[Check]:
    """Say whether a stored file was found damaged, and when all were last compared with their hashes."""
    try:
        with deps.transactions.reading() as session:
            state = storage_state(session)
    except SQLAlchemyError:
        # The database is told by its own check.
        return []
    if state.faults:
        named = ", ".join(state.faults[:MOST_NAMED]) + (" …" if len(state.faults) > MOST_NAMED else "")
        detail = lazy_gettext("damaged: %(count)s (%(named)s)", count=len(state.faults), named=named)
        remedy = lazy_gettext("Run: docflow storage check --from FOLDER-OF-THE-BACKUPS")
        return [Check("stored-files", ok=False, detail=detail, remedy=remedy)]
    last = state.last_round_at
    detail = (
        lazy_gettext("all compared with their hashes by %(at)s UTC", at=f"{last:%Y-%m-%d %H:%M}")
        if last
        else lazy_gettext("not all compared yet")
    )
    return [Check("stored-files", ok=True, detail=detail)]


CAPABILITY = Capability(
    name="storage",
    measures=[Measuring(storage_measures, COSTLY_S)],
    jobs={"storage.sweep": sweep, "storage.scrub": read_again},
    periodic=[PeriodicJob("storage.sweep", every_s=3600), PeriodicJob("storage.scrub", every_s=SCRUB_EVERY_S)],
    checks=[check_store, check_objects],
    journal_phrases={
        "storage.damaged": lazy_gettext("Stored file found damaged"),
        "storage.repaired": lazy_gettext("Stored file made sound again"),
    },
    journal_values={
        "blob_kind": JournalValue(lazy_gettext("What it is of"), words=KIND_LABELS),
        "fault": JournalValue(lazy_gettext("Damage"), words=FAULT_LABELS),
    },
    journal_subjects={"object": JournalSubject(lazy_gettext("Stored file"))},
    error_texts={
        "file_too_large": lazy_gettext(
            "The file is larger than the limit of %(limit_bytes)s. Split it or scan it again at 200 dpi."
        ),
        "storage_unavailable": lazy_gettext(
            "The object storage does not answer. Nothing was lost; try again in a moment."
        ),
        "storage_address_invalid": lazy_gettext(
            "The address of the object storage is not valid: check DOCFLOW_STORAGE_URL. It ends with the name of a "
            "bucket: 3 to 63 small letters, digits and hyphens."
        ),
        "blob_altered": lazy_gettext("These are not the bytes of the stored file %(key)s."),
        "blob_missing": lazy_gettext("The stored file is missing. Tell the administrator."),
    },
)
