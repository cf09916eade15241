"""What the accounts room contributes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from docflow.accounts.journal import SUBJECTS, VALUES
from docflow.accounts.views import make_blueprint
from docflow.core.capability import Capability

CAPABILITY = Capability(
    name="accounts",
    blueprints=[make_blueprint],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "accounts.unit_created": lazy_gettext("Unit created"),
        "accounts.person_created": lazy_gettext("Account created"),
        "accounts.role_granted": lazy_gettext("Role granted"),
        "accounts.role_revoked": lazy_gettext("Role ended"),
        "accounts.person_opened": lazy_gettext("Account opened"),
        "accounts.person_closed": lazy_gettext("Account closed"),
        "accounts.password_set": lazy_gettext("Password changed"),
        "accounts.locked": lazy_gettext("Account locked after wrong passwords"),
        "accounts.signed_in": lazy_gettext("Signed in"),
    },
    error_texts={
        "sign_in_refused": lazy_gettext("The user name or the password is wrong."),
        "account_locked": lazy_gettext(
            "This account is locked after several wrong passwords. Try again in %(minutes)s minutes, "
            "or ask the administrator to open it."
        ),
        "sign_in_throttled": lazy_gettext(
            "Too many wrong sign-ins from this network. Try again in %(minutes)s minutes."
        ),
        "password_too_short": lazy_gettext("The password needs at least %(length)s characters."),
        "password_too_plain": lazy_gettext("This password is too easy to guess. Choose another."),
        "password_wrong": lazy_gettext("The present password is wrong."),
        "passwords_differ": lazy_gettext("The two passwords are not the same."),
        "person_unknown": lazy_gettext("There is no account named %(username)s."),
        "person_incomplete": lazy_gettext("Give a user name and the full name in both languages."),
        "username_taken": lazy_gettext("The user name %(username)s is taken."),
        "unit_unknown": lazy_gettext("This unit does not exist."),
        "unit_incomplete": lazy_gettext("Give the unit a code and a name in both languages."),
        "unit_code_taken": lazy_gettext("The code %(unit_code)s is taken by another unit."),
        "own_account": lazy_gettext("You cannot close your own account or end your own role."),
        "role_unknown": lazy_gettext("This role does not exist any more."),
        "permission_missing": lazy_gettext("You do not have the right to do this. Ask the administrator."),
        "changed_meanwhile": lazy_gettext("Somebody changed this at the same moment. Load the page again."),
        "settings_invalid": lazy_gettext("A setting is not valid: %(problems)s"),
        "job_unknown": lazy_gettext("There is no such job."),
        "job_not_dead": lazy_gettext("This job is not dead; it needs no new try."),
    },
)
