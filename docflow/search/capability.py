"""What the search room contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, Check, JournalSubject, MenuEntry, PeriodicJob
from docflow.search.finding import Deps
from docflow.search.jobs import index_waiting, rebuild
from docflow.search.views import make_blueprint
from docflow.search.views.walking import show_walk


def check_index(deps: Deps) -> Sequence[Check]:
    """Whether the index answers and was built by the present analyser."""
    status = deps.search_index.status()
    return [
        Check(
            "index",
            ok=status.is_usable,
            detail=f"{status.state}, {status.documents} documents, {status.size_bytes // 1024} KiB",
            remedy="Run: docflow index rebuild",
        )
    ]


CAPABILITY = Capability(
    name="search",
    blueprints=[make_blueprint],
    jobs={"search.index_pending": index_waiting, "search.rebuild": rebuild},
    periodic=[PeriodicJob("search.index_pending", every_s=60)],
    menu=[
        MenuEntry("search.page", lazy_gettext("Search"), "search", "search.use", order=40),
        MenuEntry("search.saved", lazy_gettext("Saved searches"), "bookmark", "search.use", order=41, in_account=True),
    ],
    journal_phrases={
        "search.kept": lazy_gettext("Search kept under a name"),
        "search.changed": lazy_gettext("Saved search changed"),
        "search.dropped": lazy_gettext("Saved search dropped"),
    },
    journal_subjects={"saved_search": JournalSubject(lazy_gettext("Saved search"))},
    checks=[check_index],
    document_heads=[show_walk],
    error_texts={
        "search_index_unusable": lazy_gettext(
            "The index is being built again. Search will answer in a moment; nothing is lost."
        ),
        "search_index_busy": lazy_gettext("The index is being written by another process. It will be tried again."),
        "relevance_cases_unreadable": lazy_gettext(
            "The file %(file)s does not hold relevance cases: it must be a list of objects with class, query, must "
            "and must_not."
        ),
        "saved_search_unknown": lazy_gettext("This saved search does not exist, or it is not offered to you."),
        "saved_name_missing": lazy_gettext("Give the search a name."),
        "saved_name_taken": lazy_gettext("You keep another search under the name %(name)s."),
        "saved_question_empty": lazy_gettext("Search for something first: there is nothing to keep yet."),
        "saved_too_many": lazy_gettext("At most %(limit)s searches are kept. Drop one first."),
        "search_address_invalid": lazy_gettext("The address of the index is not valid: check DOCFLOW_SEARCH_URL."),
    },
)
