"""Whether everything the product needs is there: the checks of ``docflow doctor`` and of ``/readyz``."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from docflow.bootstrap import Runtime
from docflow.core.capability import Check
from docflow.core.errors import Conflict, DocFlowError, Unavailable
from docflow.core.jobs import JobState
from docflow.core.server_clock import ServerClock
from docflow.jobs.ports import Share
from docflow.jobs.queries import job_counts
from docflow.jobs.relay import is_led
from docflow.schema import is_known_schema, newest_schema, schema_of

SMALLEST_FREE_BYTES = 1024**3
MOST_APART_S = 1.0
"""Cookies and forms carry the time of the host that made them, in seconds; another host refuses one of the future."""


def run_checks(runtime: Runtime) -> Sequence[Check]:
    """Run the house's own checks, then every room's."""
    checks = [
        check_database(runtime),
        check_queue(runtime),
        *check_broker(runtime),
        *check_host(runtime),
        check_disk(runtime),
    ]
    for capability in runtime.capabilities:
        for run in capability.checks:
            checks.extend(run(runtime))
    return checks


OPTIONAL = frozenset({"broker"})
"""What a host can do without: requests are answered as ever while it is away."""


def is_ready(runtime: Runtime) -> dict[str, bool]:
    """Return whether database, queue, storage and index answer, and the broker where there is one, by name."""
    is_up = check_database(runtime).ok
    answers = {"database": is_up, "queue": is_up}
    answers["index"] = runtime.search_index.status().is_usable
    try:
        runtime.blob_store.check()
    except DocFlowError:
        answers["storage"] = False
    else:
        answers["storage"] = True
    if runtime.job_broker is not None:
        answers["broker"] = check_broker(runtime)[0].ok
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
            remedy=lazy_gettext("Start the database, or correct DOCFLOW_DATABASE_URL."),
        )
    newest = newest_schema()
    if present != newest:
        is_later = present is not None and not is_known_schema(present)
        detail = (
            lazy_gettext("schema %(present)s, newer than this program", present=present)
            if is_later
            else lazy_gettext("schema %(present)s, not %(newest)s", present=present or "—", newest=newest)
        )
        later = lazy_gettext("Install the later version of DocFlow, or restore the backup made before the update.")
        return Check(
            "database", ok=False, detail=detail, remedy=later if is_later else lazy_gettext("Run: docflow migrate")
        )
    kind = runtime.transactions.engine.dialect.name
    return Check("database", ok=True, detail=lazy_gettext("%(kind)s, schema %(present)s", kind=kind, present=present))


def check_queue(runtime: Runtime) -> Check:
    """Whether no job is dead."""
    try:
        with runtime.transactions.reading() as session:
            dead = job_counts(session)[JobState.DEAD]
    except SQLAlchemyError as error:
        return Check("queue", ok=False, detail=type(error).__name__, remedy=lazy_gettext("Run: docflow migrate"))
    if dead:
        return Check(
            "queue",
            ok=False,
            detail=lazy_gettext("jobs given up: %(count)s", count=dead),
            remedy=lazy_gettext("Look: docflow jobs dead; docflow jobs retry"),
        )
    return Check("queue", ok=True, detail=lazy_gettext("no job was given up"))


def check_broker(runtime: Runtime) -> Sequence[Check]:
    """Whether the broker answers and a relay leads, where there is a broker; jobs are done without, later."""
    broker = runtime.job_broker
    if broker is None:
        return []
    try:
        waiting = {share: broker.waiting(share) for share in (Share.LANES, Share.OTHERS)}
    except Unavailable as error:
        answer = Check(
            "broker",
            ok=False,
            is_warning=True,
            detail=lazy_gettext(
                "RabbitMQ does not answer (%(reason)s); jobs are done, a second later", reason=error.params["reason"]
            ),
            remedy=lazy_gettext("Start RabbitMQ, or correct DOCFLOW_BROKER_URL (user, password, host, vhost)."),
        )
    else:
        answer = Check(
            "broker", ok=True, detail=lazy_gettext("messages that wait: %(count)s", count=sum(waiting.values()))
        )
    finally:
        broker.close()
    try:
        with runtime.transactions.engine.connect() as connection:
            leads = is_led(connection)
    except SQLAlchemyError:
        return [answer]
    detail = (
        lazy_gettext("a relay leads")
        if leads
        else lazy_gettext("no relay leads; jobs are done, up to 15 seconds later")
    )
    return [
        answer,
        Check("relay", ok=leads, is_warning=True, detail=detail, remedy=lazy_gettext("Start: docflow relay")),
    ]


def check_host(runtime: Runtime) -> Sequence[Check]:
    """Whether this host has what the others have, and their time."""
    checks = []
    if isinstance(runtime.clock, ServerClock):
        ahead_s = runtime.clock.offset_s()
        checks.append(
            Check(
                "host-clock",
                ok=abs(ahead_s) < MOST_APART_S,
                is_warning=True,
                detail=lazy_gettext("%(seconds)s s ahead of the database", seconds=f"{ahead_s:.1f}")
                if ahead_s > 0
                else lazy_gettext("%(seconds)s s behind the database", seconds=f"{-ahead_s:.1f}"),
                remedy=lazy_gettext(
                    "Let both take the time from one server (chrony, NTP); forms and sign-ins need it."
                ),
            )
        )
    try:
        runtime.check_host()
    except Conflict as error:
        remedy = lazy_gettext("Give it theirs; or, if it was changed for all hosts: docflow adopt-host.")
        detail = lazy_gettext("%(what)s is another than that of the other hosts", what=error.params["what"])
        checks.append(Check("host", ok=False, detail=detail, remedy=remedy))
    except SQLAlchemyError:
        # The check of the database says so.
        pass
    return checks


def check_disk(runtime: Runtime) -> Check:
    """Whether the home has room left."""
    free = shutil.disk_usage(runtime.settings.home).free
    return Check(
        "disk",
        ok=free >= SMALLEST_FREE_BYTES,
        detail=lazy_gettext("%(count)s MiB free in the home", count=free // 1024**2),
        remedy=lazy_gettext("Free some space, or move DOCFLOW_HOME to a larger disk."),
    )
