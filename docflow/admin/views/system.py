"""The state of the system: its health and its jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from docflow.admin.labels import CHECK_LABELS, JOB_STATE_LABELS
from docflow.admin.views.deps import Deps
from docflow.core.capability import Check
from docflow.core.jobs import JobState
from docflow.jobs.operations import retry_all_dead, retry_dead_job
from docflow.jobs.queries import job_counts, jobs_in_state, oldest_due
from docflow.web.guards import requires
from docflow.web.identity import current_actor
from docflow.web.posted import posted_id


def add_system(blueprint: Blueprint, deps: Deps) -> None:
    """Add the pages of health and of jobs."""

    @blueprint.get("/jobs")
    @requires("jobs.manage")
    def jobs() -> str:
        now = deps.transactions.clock.now()
        with deps.transactions.reading() as session:
            lists = {
                state.value: jobs_in_state(session, state)
                for state in (JobState.DEAD, JobState.RUNNING, JobState.READY)
            }
            counts, oldest = job_counts(session), oldest_due(session, now)
        return render_template(
            "admin/jobs.html",
            counts=counts,
            lists=lists,
            waits_s=None if oldest is None else int((now - oldest).total_seconds()),
            state_labels=JOB_STATE_LABELS,
        )

    @blueprint.post("/jobs/retry")
    @requires("jobs.manage")
    def retry_jobs() -> Response:
        job_id = request.form.get("job_id")
        with deps.transactions.writing(current_actor()) as uow:
            if job_id:
                retry_dead_job(uow, posted_id(job_id))
            else:
                retry_all_dead(uow)
        flash(gettext("They will be tried again."), "ok")
        return redirect(url_for("admin.jobs"))

    @blueprint.get("/health")
    @requires("health.read")
    def health() -> str:
        run: Callable[[], Sequence[Check]] = current_app.extensions["docflow_run_checks"]
        checks = run()
        facts = [fact for room in deps.capabilities for make in room.health_facts if (fact := make(deps))]
        is_well = all(check.ok or check.is_warning for check in checks)
        return render_template("admin/health.html", checks=checks, labels=CHECK_LABELS, is_well=is_well, facts=facts)
