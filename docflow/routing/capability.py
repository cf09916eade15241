"""What the routing room contributes."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext
from sqlalchemy import Select

from docflow.core.actor import Actor
from docflow.core.capability import (
    MOST_COUNTED,
    Capability,
    JournalValue,
    Measuring,
    MenuEntry,
    MenuSection,
    PeriodicJob,
)
from docflow.routing.home import HOME_LINES, show_load
from docflow.routing.jobs import (
    note_decision,
    recount_terms,
    send_entry,
    task_returned,
    tell_morning,
    withdraw_cancelled,
)
from docflow.routing.labels import INSTRUCTION_LABELS, SHARE_LABELS
from docflow.routing.measures import task_measures
from docflow.routing.notices import NOTICES
from docflow.routing.queries import TaskCounts, counting_tasks
from docflow.routing.views import make_blueprint, show_route


def _count(actor: Actor) -> Select[int] | int:
    found: TaskCounts | None = g.get("task_counts")
    if found is not None:
        return found.mine + found.basket
    return counting_tasks(actor, MOST_COUNTED + 1)


CAPABILITY = Capability(
    name="routing",
    measures=[Measuring(task_measures)],
    blueprints=[make_blueprint],
    jobs={
        "routing.send_first": send_entry,
        "routing.withdraw": withdraw_cancelled,
        "routing.recount_terms": recount_terms,
        "routing.decided": note_decision,
        "routing.task_returned": task_returned,
        "routing.morning": tell_morning,
    },
    periodic=[PeriodicJob("routing.morning", every_s=600)],
    notices=NOTICES,
    menu=[
        MenuEntry(
            "routing.tasks", lazy_gettext("Tasks"), "list-checks", "tasks.read", section=MenuSection.MAIL, count=_count
        )
    ],
    home_lines=HOME_LINES,
    home_panels=[show_load],
    document_facts=[show_route],
    journal_values={
        "unit": JournalValue(lazy_gettext("Unit"), subject="unit"),
        "person": JournalValue(lazy_gettext("Account"), subject="person"),
        "instruction": JournalValue(lazy_gettext("Instruction"), words=INSTRUCTION_LABELS),
        "share": JournalValue(lazy_gettext("Part of the term that is over"), words=SHARE_LABELS),
        "day": JournalValue(lazy_gettext("Last day of the term"), form="reference"),
        "holder": JournalValue(lazy_gettext("Who held it"), subject="person"),
        "holders": JournalValue(lazy_gettext("Reminded"), subject="person"),
        "heads": JournalValue(lazy_gettext("Escalated to"), subject="person"),
        "vacant_units": JournalValue(lazy_gettext("Without a head at present"), subject="unit"),
        "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    },
    journal_phrases={
        "routing.sent": lazy_gettext("Sent"),
        "routing.claimed": lazy_gettext("Task taken"),
        "routing.done": lazy_gettext("Task done"),
        "routing.passed_on": lazy_gettext("Task passed on"),
        "routing.returned": lazy_gettext("Task returned"),
        "routing.recalled": lazy_gettext("Task recalled"),
        "routing.deadline_moved": lazy_gettext("Deadline moved with the calendar"),
        "routing.route_printed": lazy_gettext("Route sheet printed and sealed"),
        "routing.handed_over": lazy_gettext("Task given to another"),
        "routing.reminded": lazy_gettext("Reminded of the deadline"),
        "routing.reopened": lazy_gettext("Task given back"),
    },
    error_texts={
        "document_not_registered": lazy_gettext("Register the document first; then it can be sent."),
        "matter_closed": lazy_gettext("This matter is closed."),
        "responsible_exists": lazy_gettext(
            "One unit is responsible already. Pass its task on, or send this for action, opinion or information."
        ),
        "assignment_unknown": lazy_gettext("This task does not exist, or it is not yours."),
        "assignment_ended": lazy_gettext("Somebody ended this task meanwhile."),
        "addressee_missing": lazy_gettext("Choose at least one unit or person."),
        "addressee_unknown": lazy_gettext("One of the addressees does not exist any more. Load the page again."),
        "confidential_to_unit": lazy_gettext("Confidential mail is sent to people, not to units."),
        "decided_in_queue": lazy_gettext("This is decided in the approval queue, by whoever signs."),
        "due_in_past": lazy_gettext("The deadline is over already. Choose a later day."),
        "task_not_passed_on": lazy_gettext("This task cannot be passed on: it is asked of you."),
        "responsible_missing": lazy_gettext(
            "You are responsible: pass the matter on for attribution, or keep your task and ask others beside it."
        ),
        "sender_gone": lazy_gettext("Whoever sent this has no account any more. Send it to somebody else instead."),
        "unit_holds_tasks": lazy_gettext(
            "This unit is asked for something that is not done. Its head, or the head above, gives it to others first."
        ),
        "tasks_held": lazy_gettext(
            "This account holds tasks that are not done. Have them given to others first, or close it all the same: "
            "the tasks stay where they are, and those who can give them to others are told."
        ),
        "tasks_missing": lazy_gettext("Choose at least one task."),
        "held_already": lazy_gettext("This person holds the task already."),
        "basket_missing": lazy_gettext("This was asked of the person by name; there is no basket to put it back into."),
        "not_shown_to_addressee": lazy_gettext(
            "This letter is shown to named units or people only. Give it to one of them."
        ),
        "task_taken": lazy_gettext("Somebody of your unit took this task already."),
        "answer_missing": lazy_gettext("Write what is asked for: the answer, the report or the opinion."),
        "recall_of_others": lazy_gettext("Only who sent it can recall it."),
        "task_read_already": lazy_gettext("It was opened already, and cannot be recalled any more."),
    },
)
