"""What the citizen of a request is told of outside the site; asked for with the facts, told by a job afterwards."""

from __future__ import annotations

from enum import StrEnum

from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork
from docflow.requests.models import ServiceRequest


class News(StrEnum):
    """What happened to a request."""

    RECEIVED = "received"
    ASKED = "asked"
    DECIDED = "decided"


def ask_to_tell(uow: UnitOfWork, request: ServiceRequest, news: News) -> None:
    """Ask that the citizen of a request be told of something, where they gave an address or a telephone."""
    if request.email or request.phone:
        uow.enqueue(
            JobRequest(
                name="requests.tell",
                payload={"request_id": str(request.id), "news": news.value},
                unique_key=f"requests.tell:{request.id}:{news.value}",
            )
        )
