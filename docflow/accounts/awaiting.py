"""Answers that a browser owes: kept on the server, each taken once and only for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from docflow.accounts.models import AwaitedAnswer
from docflow.accounts.passwords import new_secret, secret_hash
from docflow.core.uow import UnitOfWork

ANSWER_TIME: Final = timedelta(minutes=10)
"""How long an answer is waited for, unless who asks says less."""


def await_answer(uow: UnitOfWork, purpose: str, kept: Mapping[str, str]) -> str:
    """Keep what an answer must fit, and return the secret that the browser brings along with it."""
    uow.session.execute(delete(AwaitedAnswer).where(AwaitedAnswer.created_at <= uow.now - ANSWER_TIME))
    secret = new_secret()
    uow.session.add(AwaitedAnswer(token_hash=secret_hash(secret), purpose=purpose, kept=dict(kept), created_at=uow.now))
    return secret


def take_awaited(
    uow: UnitOfWork, purpose: str, secret: str, *, within: timedelta = ANSWER_TIME
) -> dict[str, str] | None:
    """Return what an answer must fit, once; none when it was taken, is too old, or never was.

    Of two requests with one secret the statement lets one through on either database.
    """
    found = uow.session.execute(
        delete(AwaitedAnswer)
        .where(AwaitedAnswer.token_hash == secret_hash(secret), AwaitedAnswer.purpose == purpose)
        .returning(AwaitedAnswer.kept, AwaitedAnswer.created_at)
    ).first()
    return None if found is None or found.created_at <= uow.now - within else dict(found.kept)
