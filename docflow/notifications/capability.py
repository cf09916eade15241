"""What the room contributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext

from docflow.accounts.rules import FactorChange
from docflow.core.capability import (
    COSTLY_S,
    Capability,
    Check,
    JournalSubject,
    JournalValue,
    Measuring,
    NoticeTeller,
    PeriodicJob,
)
from docflow.core.errors import DocFlowError
from docflow.notifications.jobs import factor_changed, factor_taken_away, forget, power_given, send, send_message
from docflow.notifications.measures import mail_measures
from docflow.notifications.ports import Deps
from docflow.notifications.telling import FACTOR_CHANGED, FACTOR_TAKEN_AWAY, POWER_GIVEN
from docflow.notifications.views import make_blueprint, note_opened
from docflow.web.shell import current_language


def _check(deps: Deps) -> Sequence[Check]:
    if not deps.mail_server.is_set_up:
        return [Check("mail", ok=True, detail=lazy_gettext("no server set: nothing is sent by mail"))]
    try:
        deps.mail_server.check()
    except DocFlowError as error:
        return [
            Check(
                "mail",
                ok=False,
                detail=str(error),
                remedy=lazy_gettext("Correct DOCFLOW_SMTP_URL, or start the server."),
            )
        ]
    sender = deps.mail_server.sender
    found = lazy_gettext("the server answers; mail comes from %(sender)s", sender=sender)
    return [Check("mail", ok=True, detail=found)]


def _power(values: Mapping[str, Any]) -> str:
    name = values[f"name_{current_language()}"]
    if values["is_holder"]:
        return str(
            gettext(
                "You stand in for %(name)s from %(first)s to %(last)s.",
                name=name,
                first=values["first"],
                last=values["last"],
            )
        )
    return str(
        gettext(
            "%(name)s stands in for you from %(first)s to %(last)s.",
            name=name,
            first=values["first"],
            last=values["last"],
        )
    )


def _lost_factor(values: Mapping[str, Any]) -> str:
    return str(
        gettext(
            "The administrator took your second factor away on %(at)s. If you did not ask for it, tell them at once.",
            at=values["at"],
        )
    )


def _changed_factor(values: Mapping[str, Any]) -> str:
    said = {
        FactorChange.TELEPHONE_ADDED: gettext(
            "A telephone for codes was added to your account on %(at)s. If it was not you, change your password and "
            "tell the administrator at once.",
            at=values["at"],
        ),
        FactorChange.TELEPHONE_REMOVED: gettext(
            "The telephone for codes was removed from your account on %(at)s. If it was not you, change your password "
            "and tell the administrator at once.",
            at=values["at"],
        ),
        FactorChange.KEY_ADDED: gettext(
            "A security key was added to your account on %(at)s. If it was not you, change your password and tell the "
            "administrator at once.",
            at=values["at"],
        ),
        FactorChange.KEY_REMOVED: gettext(
            "A security key was removed from your account on %(at)s. If it was not you, change your password and tell "
            "the administrator at once.",
            at=values["at"],
        ),
        FactorChange.CODES_MADE: gettext(
            "New recovery codes were made for your account on %(at)s. If it was not you, change your password and tell "
            "the administrator at once.",
            at=values["at"],
        ),
    }
    return str(said[FactorChange(values["change"])])


CAPABILITY = Capability(
    name="notifications",
    measures=[Measuring(mail_measures, COSTLY_S)],
    blueprints=[make_blueprint],
    jobs={
        "notifications.send": send,
        "notifications.send_text": send_message,
        "notifications.forget": forget,
        "notifications.power_given": power_given,
        "notifications.factor_taken_away": factor_taken_away,
        "notifications.factor_changed": factor_changed,
    },
    document_facts=[note_opened],
    notices={
        POWER_GIVEN: NoticeTeller("key-round", _power, lambda _values: url_for("accounts.powers")),
        FACTOR_TAKEN_AWAY: NoticeTeller("shield-alert", _lost_factor, lambda _values: url_for("accounts.factor")),
        FACTOR_CHANGED: NoticeTeller("shield-alert", _changed_factor, lambda _values: url_for("accounts.factor")),
    },
    periodic=[PeriodicJob("notifications.forget", every_s=24 * 3600)],
    checks=[_check],
    journal_subjects={
        "mail": JournalSubject(lazy_gettext("Mail")),
        "text_message": JournalSubject(lazy_gettext("Text message")),
    },
    journal_values={
        "recipient": JournalValue(lazy_gettext("Sent to"), form="reference"),
        "reason": JournalValue(lazy_gettext("Reason"), form="reference"),
        "count": JournalValue(lazy_gettext("Lines")),
    },
    journal_phrases={
        "notifications.mail_asked": lazy_gettext("Mail asked for"),
        "notifications.mail_sent": lazy_gettext("Mail sent"),
        "notifications.mail_failed": lazy_gettext("Mail could not be sent"),
        "notifications.text_asked": lazy_gettext("Text message asked for"),
        "notifications.text_sent": lazy_gettext("Text message sent"),
        "notifications.text_failed": lazy_gettext("Text message could not be sent"),
        "notifications.mails_forgotten": lazy_gettext("Lines of old mail dropped"),
        "notifications.notices_forgotten": lazy_gettext("Old notices dropped"),
    },
    error_texts={
        "mail_address_invalid": lazy_gettext("Write a mail address such as nadia@example.ma."),
        "mail_not_set_up": lazy_gettext(
            "No mail server is set up here. Print it, or ask the administrator to set DOCFLOW_SMTP_URL."
        ),
        "mail_refused": lazy_gettext("The mail server refuses this mail: %(reason)s"),
        "mail_server_unavailable": lazy_gettext(
            "The mail server does not take mail now (%(reason)s). The mail is tried again by itself."
        ),
        "text_gateway_unavailable": lazy_gettext(
            "Text messages cannot be handed over now (%(reason)s). They are tried again by themselves."
        ),
        "smtp_url_invalid": lazy_gettext(
            "DOCFLOW_SMTP_URL is smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host:465."
        ),
    },
)
