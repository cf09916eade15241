"""What the search room contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, Check, JournalSubject, JournalValue, MenuEntry, MenuSection, PeriodicJob
from docflow.search.finding import Deps
from docflow.search.jobs import export, forget, index_waiting, rebuild
from docflow.search.labels import INDEX_STATE_LABELS, KIND_LABELS
from docflow.search.views import make_blueprint
from docflow.search.views.likeness import show_likeness
from docflow.search.views.walking import show_walk


def check_index(deps: Deps) -> Sequence[Check]:
    """Whether the index answers and was built by the present analyser."""
    status = deps.search_index.status()
    return [
        Check(
            "index",
            ok=status.is_usable,
            detail=lazy_gettext(
                "%(state)s, documents: %(count)s, %(size)s KiB",
                state=INDEX_STATE_LABELS[status.state],
                count=status.documents,
                size=status.size_bytes // 1024,
            ),
            remedy=lazy_gettext("Run: docflow index rebuild"),
        )
    ]


CAPABILITY = Capability(
    name="search",
    blueprints=[make_blueprint],
    jobs={
        "search.index_pending": index_waiting,
        "search.rebuild": rebuild,
        "search.export": export,
        "search.forget_exports": forget,
    },
    periodic=[PeriodicJob("search.index_pending", every_s=60), PeriodicJob("search.forget_exports", every_s=24 * 3600)],
    menu=[
        MenuEntry("search.page", lazy_gettext("Search"), "search", "search.use", section=MenuSection.ARCHIVES),
        MenuEntry("search.saved", lazy_gettext("Saved searches"), "bookmark", "search.use", section=MenuSection.OWN),
        MenuEntry(
            "search.words",
            lazy_gettext("Words of the search"),
            "languages",
            "search.extend",
            section=MenuSection.SETTINGS,
        ),
    ],
    journal_phrases={
        "search.kept": lazy_gettext("Search kept under a name"),
        "search.changed": lazy_gettext("Saved search changed"),
        "search.dropped": lazy_gettext("Saved search dropped"),
        "search.word_added": lazy_gettext("Words added to the search"),
        "search.word_removed": lazy_gettext("Words taken out of the search"),
        "search.listed": lazy_gettext("List of results taken away"),
        "search.export_asked": lazy_gettext("Archive of results asked for"),
        "search.exported": lazy_gettext("Archive of results made"),
        "search.not_exported": lazy_gettext("Archive of results could not be made"),
        "search.exports_forgotten": lazy_gettext("Old archives of results dropped"),
    },
    journal_subjects={
        "search_word": JournalSubject(lazy_gettext("Words of the search")),
        "saved_search": JournalSubject(lazy_gettext("Saved search")),
        "search_export": JournalSubject(lazy_gettext("Results taken away")),
    },
    journal_values={
        "word_kind": JournalValue(lazy_gettext("Kind"), words=KIND_LABELS),
        "words": JournalValue(lazy_gettext("Words")),
        "count": JournalValue(lazy_gettext("Documents")),
        "format": JournalValue(lazy_gettext("Format"), form="reference"),
        "reason": JournalValue(lazy_gettext("Reason"), form="reference"),
        "sha256": JournalValue(lazy_gettext("Fingerprint of the file"), form="hash"),
    },
    checks=[check_index],
    document_heads=[show_walk],
    document_panels=[show_likeness],
    error_texts={
        "word_form_invalid": lazy_gettext(
            "“%(form)s” cannot be added: a plural or a word kept whole is one word, equivalents have at most four, and "
            "words such as “de” or “في” alone are not searched."
        ),
        "word_forms_missing": lazy_gettext(
            "Write the singular and its plural, one word that is kept whole, or two to eight equivalents."
        ),
        "word_forms_same": lazy_gettext("Nothing to add: the search treats these words so already."),
        "word_unknown": lazy_gettext("Somebody took these words out meanwhile."),
        "words_too_many": lazy_gettext("No more than %(most)s words can be added. Take some out first."),
        "search_index_unusable": lazy_gettext(
            "The index is being built again. Search will answer in a moment; nothing is lost."
        ),
        "search_index_busy": lazy_gettext("The index is being written by another process. It will be tried again."),
        "relevance_cases_unreadable": lazy_gettext(
            "The file %(file)s does not hold relevance cases: it must be a list of objects with class, query, must "
            "and must_not."
        ),
        "results_not_chosen": lazy_gettext("Choose results first, or all of them."),
        "exports_too_many": lazy_gettext("%(limit)s archives are being made for you. Wait until one is ready."),
        "search_export_unknown": lazy_gettext(
            "This archive does not exist any more, it is not yours, or something in it may not be shown to you any "
            "more. Ask for a new one."
        ),
        "search_export_too_large": lazy_gettext(
            "The files are more than %(limit_mb)s MB together. Narrow the search, or choose fewer results."
        ),
        "saved_search_unknown": lazy_gettext("This saved search does not exist, or it is not offered to you."),
        "saved_name_missing": lazy_gettext("Give the search a name."),
        "saved_name_taken": lazy_gettext("You keep another search under the name %(name)s."),
        "saved_question_empty": lazy_gettext("Search for something first: there is nothing to keep yet."),
        "saved_too_many": lazy_gettext("At most %(limit)s searches are kept. Drop one first."),
        "search_address_invalid": lazy_gettext("The address of the index is not valid: check DOCFLOW_SEARCH_URL."),
    },
)
