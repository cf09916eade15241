"""``docflow serve``, ``restart``, ``worker``, ``migrate``, ``doctor``, ``jobs``, ``storage``, ``assets``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from docflow.accounts.queries import OPERATOR
from docflow.cli.journal import add_journal_commands
from docflow.cli.moving import add_comparison, compare_with
from docflow.cli.output import emit
from docflow.cli.safekeeping import existing_target
from docflow.cli.session import add_common, open_runtime
from docflow.core.belonging import adopt_marks
from docflow.core.errors import Conflict, InvalidInput
from docflow.core.jobs import JobState
from docflow.health import run_checks
from docflow.jobs.operations import retry_all_dead, retry_dead_job
from docflow.jobs.queries import job_counts, jobs_in_state, oldest_due
from docflow.schema import migrate, newest_schema, schema_of
from docflow.serving_state import ask_to_replace
from docflow.storage.operations import sweep_orphans
from docflow.storage.scrubbing import check_storage
from docflow.supervisor import serve
from docflow.web.assets import BUILT, build_assets


def add_commands(commands: Any) -> None:
    """Add the commands of this file."""
    plain = {
        "serve": ("migrate, then start both sites and the workers, until Ctrl-C", run_serve),
        "restart": ("replace the processes of a running docflow serve, without refusing a request", run_restart),
        "worker": ("run one worker process", run_worker),
        "relay": ("hand the ids of due jobs to the broker; of several, one does", run_relay),
        "adopt-host": ("let the key and the shared folder of this host be those of all hosts", run_adopt_host),
        "migrate": ("bring the database to the newest schema", run_migrate),
        "doctor": ("check tools, languages, storage, database, index, queue, clock", run_doctor),
    }
    for name, (summary, function) in plain.items():
        parser = commands.add_parser(name, help=summary)
        if name == "doctor":
            add_comparison(parser)
        add_common(parser)
        parser.set_defaults(run=function)
    jobs = commands.add_parser("jobs", help="the job table").add_subparsers(metavar="ACTION", required=True)
    for name, function in (("status", run_jobs_status), ("dead", run_jobs_dead), ("retry", run_jobs_retry)):
        parser = jobs.add_parser(name)
        if name == "retry":
            parser.add_argument("ids", nargs="*", metavar="ID", help="which dead jobs; all without an ID")
        add_common(parser)
        parser.set_defaults(run=function)
    storage = commands.add_parser("storage", help="the object storage").add_subparsers(metavar="ACTION", required=True)
    for name, function in (("check", run_storage_check), ("sweep", run_storage_sweep)):
        parser = storage.add_parser(name)
        if name == "check":
            parser.add_argument(
                "--from", dest="spare", type=Path, metavar="TARGET", help="repair what is damaged from these backups"
            )
        add_common(parser)
        parser.set_defaults(run=function)
    add_journal_commands(commands)
    assets = commands.add_parser("assets", help="styles, scripts, fonts").add_subparsers(
        metavar="ACTION", required=True
    )
    build = assets.add_parser("build", help="make them from the installed packages")
    add_common(build)
    build.set_defaults(run=run_assets_build)


def run_serve(_options: argparse.Namespace) -> int:
    """Start everything in the foreground."""
    runtime = open_runtime()
    runtime.check_host()
    runtime.check_keys()
    return serve(runtime)


def run_restart(options: argparse.Namespace) -> int:
    """Replace the processes of whoever serves this home; no request is refused meanwhile."""
    runtime = open_runtime(is_migrating=False)
    with runtime.transactions.reading() as session:
        present = schema_of(session.connection())
    if present != newest_schema():
        raise Conflict("schema_not_newest", schema=present or "")
    took_s = round(ask_to_replace(runtime.settings.home), 1)
    emit({"ok": True, "took_s": took_s}, as_json=options.json, text=f"every process is new, after {took_s} s")
    return 0


def run_worker(_options: argparse.Namespace) -> int:
    """Run one worker."""
    runtime = open_runtime()
    runtime.check_host()
    runtime.check_keys()
    # Workers stand on top of the product and are not imported by it: this process becomes one.
    os.execv(sys.executable, [sys.executable, "-m", "workers.main"])  # noqa: S606 - no shell is wanted


def run_relay(_options: argparse.Namespace) -> int:
    """Run the relay."""
    runtime = open_runtime()
    runtime.check_host()
    runtime.make_relay()
    # As above.
    os.execv(sys.executable, [sys.executable, "-m", "workers.relay"])  # noqa: S606 - no shell is wanted


def run_adopt_host(options: argparse.Namespace) -> int:
    """Let the secret key and the shared folder of this host be those of the installation."""
    runtime = open_runtime()
    adopt_marks(runtime.transactions.engine, secret_key=runtime.secret_key, shared_home=runtime.settings.keys_home)
    emit({"ok": True}, as_json=options.json, text="the other hosts need the same key and folder from now on")
    return 0


def run_migrate(options: argparse.Namespace) -> int:
    """Bring the database to the newest schema."""
    migrate(open_runtime(is_migrating=False).transactions.engine, is_waiting=False)
    open_runtime()
    emit({"ok": True}, as_json=options.json, text="the schema is up to date")
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Check everything the product needs, or compare two places; 1 when something is wrong."""
    if options.compare:
        return compare_with(options)
    checks = run_checks(open_runtime(is_migrating=False))
    answer = {
        "ok": all(check.ok or check.is_warning for check in checks),
        "checks": [
            {
                "name": check.name,
                "ok": check.ok,
                "warning": not check.ok and check.is_warning,
                "detail": str(check.detail),
                "remedy": str(check.remedy),
            }
            for check in checks
        ],
    }
    lines = [
        f"{'ok  ' if check.ok else 'warn' if check.is_warning else 'FAIL'} {check.name}: {check.detail}"
        + (f"\n     → {check.remedy}" if not check.ok and check.remedy else "")
        for check in checks
    ]
    emit(answer, as_json=options.json, text="\n".join(lines))
    return 0 if answer["ok"] else 1


def run_jobs_status(options: argparse.Namespace) -> int:
    """Print how many jobs are in each state and how long the oldest waits."""
    runtime = open_runtime()
    now = runtime.clock.now()
    with runtime.transactions.reading() as session:
        counts, oldest = job_counts(session), oldest_due(session, now)
    waits_s = None if oldest is None else round((now - oldest).total_seconds(), 1)
    emit({"jobs": counts, "oldest_due_s": waits_s}, as_json=options.json, text=f"{counts}, oldest due: {waits_s} s")
    return 0


def run_jobs_dead(options: argparse.Namespace) -> int:
    """Print dead jobs, a line each."""
    runtime = open_runtime()
    with runtime.transactions.reading() as session:
        for job in jobs_in_state(session, JobState.DEAD, limit=1000):
            line = {"id": str(job.id), "name": job.name, "attempts": job.attempts, "error": job.error}
            emit(line, as_json=options.json, text=f"{job.id} {job.name} {job.error}")
    return 0


def run_jobs_retry(options: argparse.Namespace) -> int:
    """Make dead jobs ready again."""
    runtime = open_runtime()
    with runtime.transactions.writing(OPERATOR) as uow:
        if options.ids:
            for job_id in options.ids:
                retry_dead_job(uow, _job_id(job_id))
            retried = len(options.ids)
        else:
            retried = retry_all_dead(uow)
    emit({"retried": retried}, as_json=options.json, text=f"{retried} jobs will be tried again")
    return 0


def run_storage_check(options: argparse.Namespace) -> int:
    """Hash every stored object again, and repair what can be; 1 when one stays missing or altered."""
    runtime = open_runtime()
    spare = None if options.spare is None else existing_target(options.spare).store
    report = check_storage(runtime.transactions, runtime.blob_store, spare=spare)
    answer = {
        "ok": report.ok,
        "objects": report.objects,
        "size_bytes": report.size_bytes,
        "missing": report.missing,
        "altered": report.altered,
        "repaired": report.repaired,
        "orphans": report.orphans,
    }
    emit(answer, as_json=options.json, text=str(answer))
    return 0 if report.ok else 1


def run_storage_sweep(options: argparse.Namespace) -> int:
    """Delete objects that no document names and that are older than the grace."""
    runtime = open_runtime()
    swept = sweep_orphans(runtime.transactions, runtime.blob_store, grace_s=runtime.settings.orphan_grace_s)
    emit({"swept": swept}, as_json=options.json, text=f"{swept} orphans swept")
    return 0


def run_assets_build(options: argparse.Namespace) -> int:
    """Make the styles, scripts and fonts from the installed packages."""
    build_assets(BUILT)
    emit({"ok": True}, as_json=options.json, text="assets are built")
    return 0


def _job_id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidInput("job_unknown") from error
