"""What the room of publications contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from docflow.core.capability import (
    Capability,
    Check,
    MenuEntry,
    MenuSection,
    NoticeTeller,
    PeriodicJob,
    Shortcut,
    SiteLink,
)
from docflow.core.db import has_rows
from docflow.publications.asking import CONTENT_ASKED
from docflow.publications.indexing import Deps
from docflow.publications.jobs import ask, index, redact
from docflow.publications.journal import SUBJECTS, VALUES
from docflow.publications.models import PublicContact
from docflow.publications.views import make_blueprint, make_public_blueprint
from docflow.publications.views.contributing import contributions_address, told_of_ask
from docflow.publications.views.redacting import show_redactions
from docflow.search.labels import INDEX_STATE_LABELS


def check_public_index(deps: Deps) -> Sequence[Check]:
    """Whether the index of the public site answers."""
    status = deps.public_index.status()
    remedy = lazy_gettext("It is made by the job publications.index within ten minutes; see that a worker runs.")
    detail = lazy_gettext("%(state)s, posts: %(count)s", state=INDEX_STATE_LABELS[status.state], count=status.documents)
    return [Check("public_index", ok=status.is_usable, detail=detail, remedy=remedy)]


CAPABILITY = Capability(
    name="publications",
    blueprints=[make_blueprint],
    public_blueprints=[make_public_blueprint],
    site_links=[
        SiteLink(
            "publications.news",
            lazy_gettext("News"),
            "newspaper",
            60,
            said=lazy_gettext("What happens in the district: works, notices, culture and sport."),
        ),
        SiteLink(
            "publications.library",
            lazy_gettext("Decisions and documents"),
            "file-text",
            70,
            said=lazy_gettext("Decisions and minutes of the council, reports and plans."),
        ),
        SiteLink(
            "publications.hours",
            lazy_gettext("Office hours"),
            "clock",
            80,
            said=lazy_gettext("When the offices are open, where they are and how to reach them."),
        ),
    ],
    jobs={"publications.index": index, "publications.redact": redact, "publications.ask": ask},
    periodic=[PeriodicJob("publications.index", every_s=600), PeriodicJob("publications.ask", every_s=3600)],
    checks=[check_public_index],
    document_facts=[show_redactions],
    notices={CONTENT_ASKED: NoticeTeller("newspaper", told_of_ask, contributions_address)},
    shortcuts=[
        Shortcut("publications.new", lazy_gettext("Write for the public site"), "newspaper", "publications.write")
    ],
    menu=[
        MenuEntry(
            "publications.posts",
            lazy_gettext("Public site"),
            "newspaper",
            "publications.write",
            section=MenuSection.CITIZENS,
        ),
        MenuEntry(
            "publications.contributions",
            lazy_gettext("Content for the public site"),
            "newspaper",
            "publications.contribute",
            section=MenuSection.CITIZENS,
        ),
        MenuEntry(
            "publications.hours",
            lazy_gettext("Office hours"),
            "clock",
            "publications.manage",
            section=MenuSection.SETTINGS,
            is_done=has_rows(PublicContact),
        ),
    ],
    journal_values=VALUES,
    journal_subjects=SUBJECTS,
    journal_phrases={
        "publications.begun": lazy_gettext("Publication begun"),
        "publications.changed": lazy_gettext("Publication changed"),
        "publications.published": lazy_gettext("Published on the public site"),
        "publications.withdrawn": lazy_gettext("Withdrawn from the public site"),
        "publications.file_attached": lazy_gettext("File attached to a publication"),
        "publications.file_removed": lazy_gettext("File of a publication removed"),
        "publications.redaction_begun": lazy_gettext("Redacted copy begun"),
        "publications.redacted": lazy_gettext("Redacted copy made"),
        "publications.redaction_published": lazy_gettext("Redacted copy made a publication"),
        "publications.subscribed": lazy_gettext("Subscription confirmed"),
        "publications.unsubscribed": lazy_gettext("Subscription ended"),
        "publications.content_planned": lazy_gettext("Content of a unit planned"),
        "publications.content_unplanned": lazy_gettext("Unit asked for content no more"),
        "publications.content_asked": lazy_gettext("Unit asked for content"),
        "publications.content_given": lazy_gettext("Content given by a unit"),
        "publications.category_kept": lazy_gettext("Theme of the public site changed"),
        "publications.hours_set": lazy_gettext("Office hours set"),
        "publications.hours_dropped": lazy_gettext("Office hours of a season taken back"),
        "publications.contact_set": lazy_gettext("Address of the district changed"),
    },
    error_texts={
        "post_unknown": lazy_gettext("This page does not exist, or it is not on the public site any more."),
        "post_changed": lazy_gettext("%(name)s changed this meanwhile. Load the page again and repeat your change."),
        "post_untitled": lazy_gettext("Give a title, in one of the languages at least."),
        "post_incomplete": lazy_gettext("Write the title and the text in Arabic and in French before it is published."),
        "post_too_long": lazy_gettext("This text is longer than %(limit)s characters."),
        "post_dates_reversed": lazy_gettext("The end is before the beginning."),
        "post_not_published": lazy_gettext("This is not on the public site."),
        "post_files_too_many": lazy_gettext("At most %(limit)s files are attached to one publication."),
        "picture_undescribed": lazy_gettext(
            "Say in both languages what is seen on the picture, for those who cannot see it."
        ),
        "file_name_missing": lazy_gettext("Say what the file is called."),
        "subscription_unknown": lazy_gettext(
            "There is no such subscription: it was ended, or not confirmed in three days. Ask for it again."
        ),
        "content_days_invalid": lazy_gettext(
            "Ask at most every %(limit)s days, and leave no more days than until the next time."
        ),
        "content_plan_unknown": lazy_gettext("This unit is not asked for content."),
        "content_ask_unknown": lazy_gettext("Your unit was not asked for this."),
        "content_given": lazy_gettext("Somebody of your unit gave it meanwhile."),
        "redaction_unknown": lazy_gettext("This redacted copy does not exist."),
        "redaction_confidential": lazy_gettext("A restricted or confidential document is not published."),
        "redaction_unregistered": lazy_gettext("Register the document first; what is published has a number."),
        "redaction_published": lazy_gettext("This copy is a publication already. Begin another one to cover more."),
        "redaction_not_made": lazy_gettext("Have the copy made first, and look at it."),
        "redaction_unread": lazy_gettext(
            "A page has no picture, because it could not be read. Nothing can be covered on it."
        ),
        "redaction_leaks": lazy_gettext(
            "What is covered would still be seen or read in the copy. It was not kept: tell the administrator."
        ),
        "box_too_small": lazy_gettext("This place is too small. Click two corners that lie apart."),
        "boxes_too_many": lazy_gettext("At most %(limit)s places of a page are covered."),
        "category_unknown": lazy_gettext("This theme does not exist."),
        "category_incomplete": lazy_gettext("Give the theme a name in both languages."),
        "category_exists": lazy_gettext("There is a theme of this name already."),
        "hours_not_understood": lazy_gettext(
            "%(text)s is not understood. Write hours such as 08:30-16:30, or 08:30-12:00, 14:00-16:30."
        ),
        "season_unknown": lazy_gettext("These hours do not exist any more."),
        "season_incomplete": lazy_gettext("Give the season a name in both languages, a first and a last day."),
        "season_exists": lazy_gettext("There are hours that begin on this day already."),
        "phone_not_understood": lazy_gettext("Write the telephone number in digits."),
    },
)
