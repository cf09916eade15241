"""What the room of backups contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask_babel import lazy_gettext
from sqlalchemy.exc import SQLAlchemyError

from docflow.backups.deps import Deps
from docflow.backups.labels import FOUND_TEXTS, STATE_TEXTS
from docflow.backups.measures import backup_measures
from docflow.backups.moving import is_closed
from docflow.backups.queries import BackupState, LastBackup, last_backup
from docflow.core.capability import Capability, Check, JournalSubject, JournalValue, Measuring

REMEDIES = {
    BackupState.NONE: lazy_gettext("Run each night: docflow backup FOLDER-ON-ANOTHER-DISK"),
    BackupState.OLD: lazy_gettext("Run: docflow backup FOLDER, and see why the nightly one did not"),
    BackupState.UNSOUND: lazy_gettext("Run: docflow backup FOLDER --recheck, then: docflow backup verify FOLDER"),
}


def check_backup(deps: Deps) -> Sequence[Check]:
    """Warn when there is no backup, or an old or a damaged one; say when the installation moved away."""
    try:
        last, is_moved = _last(deps), _is_moved(deps)
    except SQLAlchemyError:
        # The database is told by its own check.
        return []
    found = FOUND_TEXTS[last.state]
    if last.made_at:
        made_at = f"{last.made_at:%Y-%m-%d %H:%M} UTC"
        found = lazy_gettext("%(made_at)s, %(found)s", made_at=made_at, found=found)
    checks = [
        Check(
            "backup",
            ok=last.is_well,
            detail=found,
            remedy=REMEDIES.get(last.state, ""),
            is_warning=True,
        )
    ]
    if is_moved:
        remedy = lazy_gettext(
            "Set DOCFLOW_DATABASE_URL and DOCFLOW_STORAGE_URL to the new place; or stay: docflow move --reopen"
        )
        checks.append(
            Check("moved", ok=False, detail=lazy_gettext("closed: the installation moved away"), remedy=remedy)
        )
    return checks


def make_blueprint(_deps: Deps) -> Blueprint:
    """Return where this room's part of the health page is drawn; it has no page of its own."""
    return Blueprint("backups", __name__, template_folder="templates")


def show_last_backup(deps: Deps) -> str:
    """Return what the health page says of the last backup."""
    last = _last(deps)
    return render_template("backups/_health.html", last=last, text=STATE_TEXTS[last.state])


def _last(deps: Deps) -> LastBackup:
    with deps.transactions.reading() as session:
        return last_backup(session, deps.clock.now(), max_age_h=deps.settings.backup_max_age_h)


def _is_moved(deps: Deps) -> bool:
    with deps.transactions.reading() as session:
        return is_closed(session.connection())


CAPABILITY = Capability(
    name="backups",
    measures=[Measuring(backup_measures)],
    blueprints=[make_blueprint],
    checks=[check_backup],
    health_facts=[show_last_backup],
    journal_phrases={
        "backups.made": lazy_gettext("Backup made"),
        "backups.verified": lazy_gettext("Backup read again and compared"),
        "backups.restored": lazy_gettext("Installation restored from a backup; what came after it is lost"),
        "backups.moved": lazy_gettext("Installation moved to other servers"),
    },
    journal_values={
        "rows": JournalValue(lazy_gettext("Rows")),
        "objects": JournalValue(lazy_gettext("Stored files")),
        "lacking": JournalValue(lazy_gettext("Files missing")),
        "found": JournalValue(
            lazy_gettext("Found"), words={"sound": lazy_gettext("sound"), "damaged": lazy_gettext("damaged")}
        ),
    },
    journal_subjects={
        "backup": JournalSubject(lazy_gettext("Backup")),
        "installation": JournalSubject(lazy_gettext("Installation")),
    },
    error_texts={
        "backup_passphrase_missing": lazy_gettext(
            "No passphrase was given. Set DOCFLOW_BACKUP_PASSPHRASE, or give a file with --passphrase-file."
        ),
        "backup_passphrase_short": lazy_gettext(
            "The passphrase is too short. Choose %(least)s characters or more, four words for instance."
        ),
        "backup_passphrase_wrong": lazy_gettext(
            "The passphrase does not open this backup. Give the one that it was made with."
        ),
        "backup_running": lazy_gettext("Another command is at work in this folder. Wait until it has finished."),
        "backup_unknown": lazy_gettext("There is no such backup in %(folder)s. See docflow backup list."),
        "backup_damaged": lazy_gettext(
            "This part of the backup is damaged: %(what)s. Take an earlier backup, or another copy of the folder."
        ),
        "backup_newer": lazy_gettext(
            "A later version of DocFlow made this backup (schema %(schema)s). Install that version first."
        ),
        "backup_target_empty": lazy_gettext(
            "Earlier backups were put into %(folder)s, which is empty now. Is the disk connected? "
            "To begin anew there, add --first."
        ),
        "backup_target_unusable": lazy_gettext("The folder of the backups cannot be written (%(reason)s)."),
        "place_not_empty": lazy_gettext(
            "Something is there already: %(place)s. Choose an empty place; nothing was changed there."
        ),
        "restored_differently": lazy_gettext(
            "These tables came out otherwise than they went in: %(tables)s. Do not work with this place, and keep the "
            "backup."
        ),
        "schema_not_newest": lazy_gettext("The database has an older schema (%(schema)s). Run docflow migrate first."),
        "move_not_embedded": lazy_gettext(
            "Only the embedded database is moved. From servers to servers: docflow backup, then docflow restore."
        ),
        "move_differs": lazy_gettext(
            "The new place is not equal to the old one: tables %(tables)s, %(objects)s files. Run the move again; "
            "the old place is unchanged."
        ),
        "installation_moved": lazy_gettext(
            "DocFlow is being moved to other servers, and nothing can be written here. Try again later."
        ),
    },
)
