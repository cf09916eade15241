"""Whether everything the product needs is there: the checks of ``docflow doctor`` and of ``/readyz``."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from docflow.bootstrap import Runtime
from docflow.core.capability import Check
from docflow.core.errors import DocFlowError
from docflow.core.jobs import JobState
from docflow.jobs.queries import job_counts
from docflow.schema import is_known_schema, newest_schema, schema_of

SMALLEST_FREE_BYTES = 1024**3


def run_checks(runtime: Runtime) -> Sequence[Check]:
    """Run the house's own checks, then every room's."""
    checks = [check_database(runtime), check_queue(runtime), check_disk(runtime)]
    for capability in runtime.capabilities:
        for run in capability.checks:
            checks.extend(run(runtime))
    return checks


def is_ready(runtime: Runtime) -> dict[str, bool]:
    """Return whether database, queue, storage and index answer, by name, with nothing else said to the public."""
    is_up = check_database(runtime).ok
    answers = {"database": is_up, "queue": is_up}
    answers["index"] = runtime.search_index.status().is_usable
    try:
        runtime.blob_store.check()
    except DocFlowError:
        answers["storage"] = False
    else:
        answers["storage"] = True
    return answers


def check_database(runtime: Runtime) -> Check:
    """Whether the database answers and has the newest schema."""
    try:
        with runtime.transactions.engine.connect() as connection:
            connection.execute(select(1))
            present = schema_of(connection)
    except SQLAlchemyError as error:
        return Check(
            "database",
            ok=False,
            detail=type(error).__name__,
            remedy="Start the database, or correct DOCFLOW_DATABASE_URL.",
        )
    newest = newest_schema()
    if present != newest:
        is_later = present is not None and not is_known_schema(present)
        detail = f"schema {present}, " + ("newer than this program" if is_later else f"not {newest}")
        later = "Install the later version of DocFlow, or restore the backup made before the update."
        return Check("database", ok=False, detail=detail, remedy=later if is_later else "Run: docflow migrate")
    return Check("database", ok=True, detail=f"{runtime.transactions.engine.dialect.name}, schema {present}")


def check_queue(runtime: Runtime) -> Check:
    """Whether no job is dead."""
    try:
        with runtime.transactions.reading() as session:
            dead = job_counts(session)[JobState.DEAD]
    except SQLAlchemyError as error:
        return Check("queue", ok=False, detail=type(error).__name__, remedy="Run: docflow migrate")
    if dead:
        return Check(
            "queue", ok=False, detail=f"{dead} dead jobs", remedy="Look: docflow jobs dead; docflow jobs retry"
        )
    return Check("queue", ok=True, detail="no dead job")


def check_disk(runtime: Runtime) -> Check:
    """Whether the home has room left."""
    free = shutil.disk_usage(runtime.settings.home).free
    return Check(
        "disk",
        ok=free >= SMALLEST_FREE_BYTES,
        detail=f"{free // 1024**2} MiB free in the home",
        remedy="Free some space, or move DOCFLOW_HOME to a larger disk.",
    )
