"""What the drafting room contributes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import lazy_gettext

from docflow.approvals.labels import RUN_LABELS
from docflow.core.actor import Actor
from docflow.core.capability import MOST_COUNTED, Capability, HomeLine, HomeSection, MenuEntry, MenuSection, Shortcut
from docflow.documents.queries import can_see_content, document_for
from docflow.drafting.journal import SUBJECTS, VALUES
from docflow.drafting.posting import counting_for_post
from docflow.drafting.queries import counting_unsent, drafts_answering, run_states
from docflow.drafting.rules import Content
from docflow.drafting.views import make_blueprint


def show_answers(deps: Any, actor: Actor, document_id: UUID) -> str:
    """Return the answers to a letter that the reader may read, and the way to write one."""
    with deps.transactions.reading() as session:
        document = document_for(session, actor, document_id)
        drafts = drafts_answering(session, actor, document_id)
        is_readable = can_see_content(session, actor, document_id)
        states = run_states(session, [draft.document_id for draft in drafts])
    is_act = any(draft.document_id == document_id for draft in drafts)
    may_answer = (
        not is_act
        and is_readable
        and document.is_registered
        and document.is_open
        and actor.can("drafting.write")
        and any(token.startswith("unit:") for token in actor.tokens)
    )
    if not drafts and not may_answer:
        return ""
    return render_template(
        "drafting/_answers.html",
        document=document,
        drafts=[(draft, Content.from_row(draft.content)) for draft in drafts],
        is_act=is_act,
        may_answer=may_answer,
        states=states,
        run_labels=RUN_LABELS,
    )


CAPABILITY = Capability(
    name="drafting",
    blueprints=[make_blueprint],
    shortcuts=[Shortcut("drafting.begin", lazy_gettext("New letter"), "file-plus", "drafting.write")],
    home_lines=[
        HomeLine(
            HomeSection.MINE,
            lazy_gettext("Drafts to finish"),
            "pencil",
            "drafting.drafts",
            "drafting.write",
            count=lambda _deps, actor: counting_unsent(actor, MOST_COUNTED + 1),
        ),
        HomeLine(
            HomeSection.UNIT,
            lazy_gettext("Letters for the post"),
            "send",
            "drafting.posting",
            "drafting.write",
            count=lambda _deps, actor: counting_for_post(actor, MOST_COUNTED + 1),
        ),
    ],
    menu=[
        MenuEntry("drafting.drafts", lazy_gettext("Drafts"), "pencil", "drafting.write", section=MenuSection.MAIL),
        MenuEntry(
            "drafting.posting", lazy_gettext("Letters for the post"), "send", "drafting.write", section=MenuSection.MAIL
        ),
        MenuEntry(
            "drafting.letter_templates",
            lazy_gettext("Letter templates"),
            "file-text",
            "templates.manage",
            section=MenuSection.SETTINGS,
        ),
    ],
    document_facts=[show_answers],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "drafting.begun": lazy_gettext("Draft begun"),
        "drafting.kept": lazy_gettext("Draft written"),
        "drafting.version_kept": lazy_gettext("Version of a draft kept"),
        "drafting.made": lazy_gettext("Version of an act made"),
        "drafting.commented": lazy_gettext("Draft commented"),
        "drafting.dropped": lazy_gettext("Draft given up"),
        "drafting.sent": lazy_gettext("Act sent out"),
        "drafting.proof_added": lazy_gettext("Proof of sending attached"),
        "drafting.posted": lazy_gettext("Handed to the post"),
        "drafting.post_counted": lazy_gettext("Slip of the post signed and counted"),
        "drafting.unpublished": lazy_gettext("Answer withdrawn from the public site"),
        "drafting.answer_taken": lazy_gettext("Answer taken on the public site"),
        "drafting.template_made": lazy_gettext("Letter template added"),
        "drafting.template_changed": lazy_gettext("Letter template changed"),
    },
    error_texts={
        "draft_unknown": lazy_gettext("This draft does not exist, or it is not shown to you."),
        "draft_of_others": lazy_gettext("Only the unit that writes this letter may change it. You may comment on it."),
        "draft_changed": lazy_gettext("%(name)s kept another text meanwhile."),
        "draft_dropped": lazy_gettext("This draft was given up."),
        "draft_on_circuit": lazy_gettext(
            "This letter is on its circuit. It can be changed when it is returned or taken back."
        ),
        "draft_departed": lazy_gettext("This act is finished; its text stays as it is."),
        "act_not_departed": lazy_gettext("This act has not departed yet: it has no number to go out under."),
        "recipient_missing": lazy_gettext("Say to whom it went out."),
        "sendings_too_many": lazy_gettext("It is noted %(limit)s times already how this act went out."),
        "post_slip_empty": lazy_gettext("Choose the letters that go on the slip."),
        "post_slip_unknown": lazy_gettext("This slip of the post does not exist, or it is not shown to you."),
        "post_slip_returned": lazy_gettext("The return of the slip %(number)s was noted already."),
        "posted_already": lazy_gettext("Somebody put one of these letters on a slip meanwhile. Load the page again."),
        "carrier_missing": lazy_gettext("Say to whom the letters are handed."),
        "letters_differ": lazy_gettext("%(expected)s letters were handed over. Say what differs."),
        "nothing_answered": lazy_gettext("This act answers no letter that somebody follows on the public site."),
        "published_already": lazy_gettext("This answer is on the public site already."),
        "not_published": lazy_gettext("This answer is not on the public site any more."),
        "answer_unknown": lazy_gettext(
            "This answer is not here any more. Follow the letter again, or ask the registry desk."
        ),
        "proof_exists": lazy_gettext("A proof is attached to this sending already."),
        "amount_not_understood": lazy_gettext("Write the amount in whole dirhams, such as 12500."),
        "draft_has_act": lazy_gettext("This draft was on a circuit already and cannot be given up."),
        "draft_languages_unknown": lazy_gettext("Choose Arabic, French, or both."),
        "draft_incomplete": lazy_gettext(
            "Give the addressee, the subject and the text in each language of the letter."
        ),
        "draft_has_gaps": lazy_gettext("Dots stand where something is missing. Fill them in first."),
        "draft_too_long": lazy_gettext("This letter is longer than %(limit)s pages. Attach the rest as an enclosure."),
        "draft_too_many_versions": lazy_gettext("This draft has %(limit)s versions already; no more are kept."),
        "draft_version_unknown": lazy_gettext("This version does not exist."),
        "draft_comment_missing": lazy_gettext("Write the comment."),
        "unit_of_others": lazy_gettext("You write in the name of a unit in which you work. Choose another."),
        "act_not_archival": lazy_gettext("The letter could not be made as PDF/A (%(reason)s). Tell the administrator."),
        "sending_unknown": lazy_gettext("This sending does not exist."),
        "template_unknown": lazy_gettext("This letter template does not exist."),
        "template_incomplete": lazy_gettext("Give the template a name and a text in both of its languages."),
        "template_field_unknown": lazy_gettext(
            "There is no field “%(field)s”. Only the fields listed below the text can be used."
        ),
    },
)
