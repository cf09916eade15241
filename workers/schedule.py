"""Periodic jobs: which ones, how often; asked for once, whatever the number of workers."""

from __future__ import annotations

from docflow.bootstrap import Runtime
from docflow.core.actor import SYSTEM
from docflow.core.jobs import JobRequest
from docflow.jobs.operations import bring_back, claim_periodic_turn

TICK_S = 10


def ask_for_periodic_jobs(runtime: Runtime) -> None:
    """Enqueue every periodic job of the rooms whose turn has come, once no job waits for a time that never was."""
    with runtime.transactions.writing(SYSTEM) as uow:
        bring_back(uow, lease_s=runtime.settings.job_lease_s)
    for capability in runtime.capabilities:
        for periodic in capability.periodic:
            with runtime.transactions.writing(SYSTEM) as uow:
                if claim_periodic_turn(uow, name=periodic.name, every_s=periodic.every_s):
                    uow.enqueue(JobRequest(name=periodic.name, unique_key=f"periodic:{periodic.name}"))
