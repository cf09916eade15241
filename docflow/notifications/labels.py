"""What the states of mail are called."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.notifications.rules import MailState

MAIL_STATE_LABELS = {
    MailState.WAITING: lazy_gettext("On its way"),
    MailState.SENT: lazy_gettext("Sent"),
    MailState.FAILED: lazy_gettext("Could not be sent"),
}
