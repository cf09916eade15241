"""What the accounts room contributes."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext

from docflow.accounts.journal import SUBJECTS, VALUES
from docflow.accounts.measures import session_measures
from docflow.accounts.queries import SignedIn
from docflow.accounts.views import make_blueprint
from docflow.core.actor import Actor
from docflow.core.capability import Capability, Measuring, MenuEntry, MenuSection


def _powers_held(_actor: Actor) -> int:
    """Return how many powers the reader holds now; the request found them already."""
    found: SignedIn | None = g.get("signed_in")
    return 0 if found is None else len(found.powers)


CAPABILITY = Capability(
    name="accounts",
    measures=[Measuring(session_measures)],
    blueprints=[make_blueprint],
    menu=[
        MenuEntry(
            "accounts.powers",
            lazy_gettext("Delegations"),
            "key-round",
            "",
            section=MenuSection.OWN,
            count=_powers_held,
        )
    ],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "accounts.unit_abolished": lazy_gettext("Unit abolished"),
        "accounts.unit_created": lazy_gettext("Unit created"),
        "accounts.person_created": lazy_gettext("Account created"),
        "accounts.role_granted": lazy_gettext("Role granted"),
        "accounts.role_revoked": lazy_gettext("Role ended"),
        "accounts.person_opened": lazy_gettext("Account opened"),
        "accounts.person_closed": lazy_gettext("Account closed"),
        "accounts.password_set": lazy_gettext("Password changed"),
        "accounts.last_day_set": lazy_gettext("Last day of the account set"),
        "accounts.address_changed": lazy_gettext("Mail address changed"),
        "accounts.digest_chosen": lazy_gettext("Digest by mail chosen"),
        "accounts.locked": lazy_gettext("Account locked after wrong passwords or codes"),
        "accounts.sessions_ended": lazy_gettext("Sessions ended"),
        "accounts.factor_set": lazy_gettext("Second factor set up"),
        "accounts.factor_removed": lazy_gettext("Second factor ended by its owner"),
        "accounts.factor_taken_away": lazy_gettext("Second factor taken away"),
        "accounts.recovery_codes_made": lazy_gettext("Recovery codes made anew"),
        "accounts.recovery_code_used": lazy_gettext("Recovery code used"),
        "accounts.key_added": lazy_gettext("Security key added"),
        "accounts.key_removed": lazy_gettext("Security key removed by its owner"),
        "accounts.key_used": lazy_gettext("Security key used"),
        "accounts.key_count_back": lazy_gettext("Security key refused: its count went back, there may be a copy of it"),
        "accounts.factor_needed": lazy_gettext("Second factor required of a role"),
        "accounts.factor_not_needed": lazy_gettext("Second factor no longer required of a role"),
        "accounts.directory_opened": lazy_gettext("Let in through the directory"),
        "accounts.directory_closed": lazy_gettext("No longer let in through the directory"),
        "accounts.group_rule_added": lazy_gettext("Group of the directory gives a role"),
        "accounts.group_rule_removed": lazy_gettext("Group of the directory no longer gives a role"),
        "accounts.power_given": lazy_gettext("Somebody stands in"),
        "accounts.power_ended": lazy_gettext("Standing in ended before its day"),
        "accounts.signed_in": lazy_gettext("Signed in"),
    },
    error_texts={
        "sign_in_refused": lazy_gettext("The user name or the password is wrong."),
        "account_locked": lazy_gettext(
            "This account is locked after several wrong passwords or codes. Try again in %(minutes)s minutes, "
            "or ask the administrator to open it."
        ),
        "sign_in_throttled": lazy_gettext(
            "Too many wrong sign-ins from this network. Try again in %(minutes)s minutes."
        ),
        "directory_missing": lazy_gettext("No sign-in service is set up here."),
        "directory_unavailable": lazy_gettext(
            "The sign-in service does not answer. Try again in some minutes. Whoever has a password of DocFlow can "
            "sign in with it."
        ),
        "directory_refused": lazy_gettext("The sign-in service let nobody in. Begin again, or ask the administrator."),
        "directory_answer_refused": lazy_gettext(
            "The answer of the sign-in service cannot be trusted (%(reason)s), and nobody was signed in. Begin again; "
            "if it goes on, tell the administrator."
        ),
        "directory_too_late": lazy_gettext("Too much time went by, or this answer was used already. Begin again."),
        "directory_unknown": lazy_gettext(
            "The sign-in service knows you as %(username)s, but there is no account here for you. Ask the "
            "administrator."
        ),
        "directory_without_role": lazy_gettext(
            "The sign-in service knows you, but none of your groups has a role here. Ask the administrator."
        ),
        "directory_name_taken": lazy_gettext(
            "There is another account named %(username)s. The administrator must first let it in through the directory."
        ),
        "directory_held": lazy_gettext("This person is let in through the directory already. End that first."),
        "directory_unheld": lazy_gettext("This person is not let in through the directory."),
        "account_closed": lazy_gettext("This account is closed. Ask the administrator."),
        "sign_in_again": lazy_gettext(
            "You signed in a while ago. Sign out and in again, and do this within %(minutes)s minutes."
        ),
        "group_missing": lazy_gettext("Give the name of the group."),
        "group_rule_held": lazy_gettext("This group gives this role in this unit already."),
        "group_rule_unknown": lazy_gettext("This rule does not exist any more."),
        "password_too_short": lazy_gettext("The password needs at least %(length)s characters."),
        "password_too_plain": lazy_gettext(
            "This password is too easy to guess: it has too few different characters, or no letter. Choose another."
        ),
        "password_common": lazy_gettext(
            "This password is among those that are tried first everywhere. Choose another; a short sentence is best."
        ),
        "password_has_name": lazy_gettext("The password must not hold your name or your user name. Choose another."),
        "code_refused": lazy_gettext("This code is wrong, or it was used already. Wait for the next one."),
        "code_too_late": lazy_gettext("Too much time went by since the password. Sign in again."),
        "session_unknown": lazy_gettext("This session is over already."),
        "factor_held": lazy_gettext("A second factor is set up already. End it first."),
        "factor_missing": lazy_gettext("There is no second factor here. Set one up first."),
        "key_refused": lazy_gettext("This security key was not accepted. Use one of yours, or a code."),
        "key_too_late": lazy_gettext("Too much time went by, or this answer of the key was used already. Begin again."),
        "key_count_back": lazy_gettext(
            "This security key was refused, because its count went back: there may be a copy of it. Use another "
            "factor, remove this key, and tell the administrator."
        ),
        "key_unknown": lazy_gettext("This security key is not there any more."),
        "key_held": lazy_gettext("This security key is registered already."),
        "key_name_missing": lazy_gettext("Give the key a name by which you know it."),
        "keys_too_many": lazy_gettext("You have %(most)s security keys already. Remove one first."),
        "keys_impossible": lazy_gettext(
            "Security keys cannot be used here: browsers allow them only where the site is reached by a name and over "
            "https. The administrator gives that address in DOCFLOW_STAFF_URL."
        ),
        "factor_code_wrong": lazy_gettext(
            "This code does not fit. Check that the telephone shows the right time, and type the code it shows now."
        ),
        "factor_key_changed": lazy_gettext(
            "Codes cannot be checked, because the key of this installation has changed. Use a recovery code, or ask "
            "the administrator to take the second factor away."
        ),
        "password_wrong": lazy_gettext("The present password is wrong."),
        "passwords_differ": lazy_gettext("The two passwords are not the same."),
        "person_unknown": lazy_gettext("There is no account named %(username)s."),
        "person_incomplete": lazy_gettext("Give a user name and the full name in both languages."),
        "username_taken": lazy_gettext("The user name %(username)s is taken."),
        "unit_unknown": lazy_gettext("This unit does not exist."),
        "unit_has_units": lazy_gettext("There are units below this one. Abolish those first."),
        "unit_has_people": lazy_gettext("Somebody has a role in this unit. End it first, or give it elsewhere."),
        "unit_keeps_desk": lazy_gettext("This unit keeps the desk of a register. Give the desk to another unit first."),
        "unit_incomplete": lazy_gettext("Give the unit a code and a name in both languages."),
        "unit_code_taken": lazy_gettext("The code %(unit_code)s is taken by another unit."),
        "power_days_missing": lazy_gettext("Give the first and the last day."),
        "power_dates_reversed": lazy_gettext("The last day is before the first."),
        "power_in_past": lazy_gettext("A power begins today at the earliest: nothing is signed under it backwards."),
        "power_to_oneself": lazy_gettext("Nobody stands in for themselves. Choose somebody else."),
        "power_not_held": lazy_gettext(
            "This person decides on nothing there by a function of their own, and cannot have somebody stand in."
        ),
        "power_not_passed_on": lazy_gettext(
            "What somebody decides in the place of another cannot be passed on to a third person."
        ),
        "power_of_others": lazy_gettext("Only the person themselves, or the administrator, lets somebody stand in."),
        "power_unknown": lazy_gettext("This delegation or interim does not exist, or it is not yours to end."),
        "power_ended": lazy_gettext("It is over already."),
        "power_given_already": lazy_gettext("This person stands in for the same already during these days."),
        "power_circle": lazy_gettext(
            "During these days the one stands in, directly or through others, for the other already. "
            "Two people cannot stand in for each other."
        ),
        "interim_taken": lazy_gettext(
            "Somebody else is acting for this person during these days. There is one interim at a time; end that one "
            "first, or choose other days."
        ),
        "holder_unfit": lazy_gettext(
            "This person cannot stand in: the account must be open on the first day, with a role in a unit."
        ),
        "own_account": lazy_gettext("You cannot close your own account or end your own role."),
        "last_day_over": lazy_gettext("This day is over. To end the account now, close it."),
        "role_unknown": lazy_gettext("This role does not exist any more."),
        "permission_missing": lazy_gettext("You do not have the right to do this. Ask the administrator."),
        "changed_meanwhile": lazy_gettext("Somebody changed this at the same moment. Load the page again."),
        "settings_invalid": lazy_gettext("A setting is not valid: %(problems)s"),
        "job_unknown": lazy_gettext("There is no such job."),
        "job_not_dead": lazy_gettext("This job is not dead; it needs no new try."),
    },
)
