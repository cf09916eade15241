"""What the admin room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.admin.views import make_blueprint
from docflow.core.capability import Capability, JournalSubject, JournalValue, Measuring, MenuEntry, PeriodicJob
from docflow.jobs.handlers import forget_done
from docflow.jobs.measures import job_measures

CAPABILITY = Capability(
    name="admin",
    blueprints=[make_blueprint],
    jobs={"jobs.forget_done": forget_done},
    measures=[Measuring(job_measures)],
    periodic=[PeriodicJob("jobs.forget_done", every_s=6 * 3600)],
    menu=[
        MenuEntry("admin.people", lazy_gettext("People"), "users", "people.manage", order=70),
        MenuEntry("admin.units", lazy_gettext("Units"), "building-2", "people.manage", order=75),
        MenuEntry("admin.jobs", lazy_gettext("Jobs"), "activity", "jobs.manage", order=80),
        MenuEntry("admin.health", lazy_gettext("Health"), "server", "health.read", order=90),
    ],
    journal_phrases={"jobs.retried": lazy_gettext("Job tried again")},
    journal_values={"name": JournalValue(lazy_gettext("Job"), form="reference")},
    journal_subjects={"job": JournalSubject(lazy_gettext("Job"))},
)
