"""What the room of circuits and approvals contributes."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext
from sqlalchemy import Select

from docflow.approvals.home import HOME_LINES
from docflow.approvals.jobs import depart_act, prepare_act, settle_decision, tend
from docflow.approvals.journal import SUBJECTS, VALUES
from docflow.approvals.models import CircuitRow
from docflow.approvals.queue import counting_items
from docflow.approvals.views import make_blueprint
from docflow.approvals.views.document import show_runs
from docflow.approvals.views.queue import present_reader
from docflow.core.actor import Actor
from docflow.core.capability import MOST_COUNTED, Capability, MenuEntry, MenuSection, PeriodicJob, Shortcut
from docflow.core.db import has_rows


def _count(_actor: Actor) -> Select[int] | int:
    """Count what waits; the page of the queue has done so already."""
    counted: int | None = g.get("approvals_count")
    return counting_items(present_reader(), MOST_COUNTED + 1) if counted is None else counted


CAPABILITY = Capability(
    name="approvals",
    blueprints=[make_blueprint],
    shortcuts=[Shortcut("approvals.new_circuit", lazy_gettext("New circuit"), "split", "circuits.manage")],
    menu=[
        MenuEntry(
            "approvals.queue",
            lazy_gettext("Approvals"),
            "list-todo",
            "approvals.decide",
            section=MenuSection.MAIL,
            count=_count,
        ),
        MenuEntry(
            "approvals.all_circuits",
            lazy_gettext("Circuits"),
            "split",
            "circuits.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(CircuitRow),
        ),
        MenuEntry(
            "approvals.signature",
            lazy_gettext("My signature"),
            "key-round",
            "approvals.decide",
            section=MenuSection.OWN,
        ),
    ],
    home_lines=HOME_LINES,
    document_facts=[show_runs],
    jobs={
        "approvals.prepare": prepare_act,
        "approvals.settle": settle_decision,
        "approvals.depart": depart_act,
        "approvals.tend": tend,
    },
    periodic=[PeriodicJob("approvals.tend", every_s=60)],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "approvals.started": lazy_gettext("Sent on a circuit"),
        "approvals.resumed": lazy_gettext("New version sent on its circuit"),
        "approvals.opened": lazy_gettext("Submitted for decision"),
        "approvals.asked": lazy_gettext("Sent for signature"),
        "approvals.decided": lazy_gettext("Decided"),
        "approvals.undone": lazy_gettext("Decision undone"),
        "approvals.took_effect": lazy_gettext("Decision took effect"),
        "approvals.fell": lazy_gettext("Decision fell; it is asked again"),
        "approvals.withdrawn": lazy_gettext("Taken back from its circuit"),
        "approvals.reseated": lazy_gettext("Asked of whoever holds the function now"),
        "approvals.stuck": lazy_gettext("Circuit stopped by an error"),
        "approvals.departed": lazy_gettext("Departed"),
        "approvals.circuit_made": lazy_gettext("Circuit made"),
        "approvals.circuit_changed": lazy_gettext("Circuit changed"),
        "approvals.key_made": lazy_gettext("Key of the signature made"),
        "approvals.pin_locked": lazy_gettext("Signature locked after wrong PINs"),
    },
    error_texts={
        "circuit_empty": lazy_gettext("Give the circuit at least one step."),
        "circuit_too_long": lazy_gettext(
            "A circuit has at most %(limit)s steps, and %(places)s visas and signatures in all."
        ),
        "circuit_without_signature": lazy_gettext(
            "A circuit needs a signature, also where its conditions leave steps out."
        ),
        "circuit_incomplete": lazy_gettext(
            "Give the circuit a code of small letters, digits and hyphens, and a name in both languages."
        ),
        "circuit_code_taken": lazy_gettext("The code %(circuit)s is taken by another circuit."),
        "circuit_unknown": lazy_gettext("This circuit does not exist or takes no new acts."),
        "step_without_people": lazy_gettext(
            "Step %(step)s: say who is asked. Only the departure is done by the product itself."
        ),
        "step_too_many_people": lazy_gettext("Step %(step)s asks more than %(limit)s functions."),
        "step_term_invalid": lazy_gettext("Step %(step)s: give a term between 0 and %(limit)s days."),
        "step_amounts_reversed": lazy_gettext("Step %(step)s: the greatest amount is smaller than the least."),
        "step_out_of_order": lazy_gettext(
            "Step %(step)s comes too late: opinions and visas are before the signature, the seal after it, "
            "and the departure last."
        ),
        "nobody_for_step": lazy_gettext(
            "Step %(step)s asks nobody: no account holds the function %(function)s or stands in for it, "
            "apart from whoever drafted it. Tell the administrator."
        ),
        "run_exists": lazy_gettext("This act is on a circuit already."),
        "run_unknown": lazy_gettext("This act is on no circuit."),
        "run_of_another": lazy_gettext("Only who sent the act on its circuit can do this."),
        "run_ended": lazy_gettext("The circuit of this act is over already."),
        "run_not_preparing": lazy_gettext("This act is on its way already."),
        "run_not_returned": lazy_gettext("This act was not returned: there is nothing to send again."),
        "run_not_departing": lazy_gettext("This act does not depart yet."),
        "act_not_pdf": lazy_gettext(
            "The version of the act is not a PDF that can be signed. Make it anew and send it again."
        ),
        "ask_unknown": lazy_gettext("Nothing of this is asked of you, or not any more."),
        "ask_ended": lazy_gettext("Somebody decided on this meanwhile. The list is up to date now."),
        "own_draft": lazy_gettext("You drafted this act: somebody else decides on it."),
        "decision_pending": lazy_gettext(
            "Somebody has just decided on this and may undo it for a few seconds. Try again in a moment."
        ),
        "decision_settled": lazy_gettext("It took effect already and cannot be undone any more."),
        "decision_unknown": lazy_gettext("This decision does not exist, or it is not yours."),
        "comment_missing": lazy_gettext("Say why in a comment: it is needed to return or to reject."),
        "return_step_unknown": lazy_gettext("Choose the step to which it goes back."),
        "pin_missing": lazy_gettext("Type your PIN: an approval here is your signature."),
        "pin_wrong": lazy_gettext("This PIN is wrong. Tries left: %(left)s."),
        "pin_locked": lazy_gettext("Too many wrong PINs. Try again in %(minutes)s minutes."),
        "pin_too_short": lazy_gettext("A PIN has between %(length)s and %(limit)s characters."),
        "pin_too_plain": lazy_gettext("This PIN is too easy to guess. Choose another."),
        "number_not_whole": lazy_gettext("Give a whole number instead of “%(text)s”."),
        "nothing_selected": lazy_gettext("Select at least one document that still waits for you."),
        "kinds_mixed": lazy_gettext("Select documents of one kind and one step: they are approved together."),
        "too_many_selected": lazy_gettext("Select at most %(limit)s documents."),
        "pins_differ": lazy_gettext("The two PINs are not the same."),
        "signature_key_missing": lazy_gettext("You have no key to sign with yet. Make it on the page “My signature”."),
        "signature_key_exists": lazy_gettext("Your key was made at the same moment. Load the page again."),
    },
)
