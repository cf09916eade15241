"""What the search room contributes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext

from docflow.core.capability import Capability, Check, MenuEntry, PeriodicJob
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
    menu=[MenuEntry("search.page", lazy_gettext("Search"), "search", "search.use", order=40)],
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
        "search_address_invalid": lazy_gettext("The address of the index is not valid: check DOCFLOW_SEARCH_URL."),
    },
)
