"""What the admin room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.accounts.models import OrgUnit, Person
from docflow.admin.finding import find_people_and_units
from docflow.admin.views import make_blueprint
from docflow.core.capability import (
    Capability,
    JournalSubject,
    JournalValue,
    Measuring,
    MenuEntry,
    MenuSection,
    PeriodicJob,
)
from docflow.core.db import has_rows
from docflow.jobs.handlers import forget_done
from docflow.jobs.measures import job_measures

CAPABILITY = Capability(
    name="admin",
    blueprints=[make_blueprint],
    jobs={"jobs.forget_done": forget_done},
    place_finders=[find_people_and_units],
    measures=[Measuring(job_measures)],
    periodic=[PeriodicJob("jobs.forget_done", every_s=6 * 3600)],
    menu=[
        MenuEntry(
            "admin.people",
            lazy_gettext("People"),
            "users",
            "people.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(Person, more_than=1),
        ),
        MenuEntry(
            "admin.units",
            lazy_gettext("Units"),
            "building-2",
            "people.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(OrgUnit, more_than=1),
        ),
        MenuEntry("admin.jobs", lazy_gettext("Jobs"), "activity", "jobs.manage", section=MenuSection.OPERATION),
        MenuEntry("admin.health", lazy_gettext("Health"), "server", "health.read", section=MenuSection.OPERATION),
    ],
    error_texts={
        "table_missing": lazy_gettext("Choose the Excel or CSV file first."),
        "table_unreadable": lazy_gettext("This file is neither an Excel workbook nor a CSV table that can be read."),
        "table_too_large": lazy_gettext("The table is too large: at most %(rows)s lines."),
        "table_empty": lazy_gettext("The table has no line under its headings."),
        "table_columns_unknown": lazy_gettext(
            "These columns are not known: %(columns)s. Call them as they are called below, or remove them."
        ),
        "table_columns_missing": lazy_gettext("These columns are missing: %(columns)s."),
        "parent_unknown": lazy_gettext("There is no unit %(unit_code)s to be under."),
        "unit_code_unknown": lazy_gettext("There is no unit with the code %(unit_code)s."),
        "unit_kind_unknown": lazy_gettext("This rank does not exist."),
        "role_name_unknown": lazy_gettext("This role does not exist."),
        "setup_code_wrong": lazy_gettext(
            "This is not the code. It stands in the terminal and in the log where DocFlow was started."
        ),
        "set_up_already": lazy_gettext("Somebody set this installation up already. Sign in."),
        "port_taken": lazy_gettext(
            "Port %(port)s cannot be used (%(reason)s). Something else listens there: end it, or set another port."
        ),
        "migration_running": lazy_gettext(
            "Another process is migrating this database. Wait until it has finished; nothing was done here."
        ),
        "schema_newer": lazy_gettext(
            "A later version of DocFlow made this database (schema %(schema)s). Install that version, "
            "or restore the backup that was made before the update. Nothing was changed."
        ),
        "nothing_serves": lazy_gettext("No docflow serve runs in this home. Start it: docflow serve."),
        "restart_failed": lazy_gettext(
            "The new processes did not come up (%(names)s). The old ones go on; the log of docflow serve says why."
        ),
        "broker_unavailable": lazy_gettext(
            "The message broker does not answer (%(reason)s). Jobs are done all the same, a little later."
        ),
        "host_differs": lazy_gettext(
            "This host has another %(what)s than the other hosts of this installation. Give it theirs; "
            "or, if it was changed for all of them: docflow adopt-host."
        ),
        "broker_not_set": lazy_gettext("There is no message broker to relay to: set DOCFLOW_BROKER_URL."),
        "broker_address_invalid": lazy_gettext("DOCFLOW_BROKER_URL is not an address of RabbitMQ."),
    },
    journal_phrases={"jobs.retried": lazy_gettext("Job tried again")},
    journal_values={"name": JournalValue(lazy_gettext("Job"), form="reference")},
    journal_subjects={"job": JournalSubject(lazy_gettext("Job"))},
)
