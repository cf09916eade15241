"""What the acts of the preview are called."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from docflow.batches.rules import Verb

_LABELS = {
    Verb.SPLIT: lazy_gettext("Split before a page"),
    Verb.JOIN: lazy_gettext("Join two documents"),
    Verb.EARLIER: lazy_gettext("Move a page"),
    Verb.LATER: lazy_gettext("Move a page"),
    Verb.MOVE: lazy_gettext("Move pages to another document"),
    Verb.TURN: lazy_gettext("Turn a page"),
    Verb.DROP: lazy_gettext("Leave a page out"),
    Verb.PUT_BACK: lazy_gettext("Put a page back"),
    Verb.INTERLEAVE: lazy_gettext("Put fronts and backs together"),
    Verb.BACKS: lazy_gettext("Put fronts and backs together"),
}


def act_labels() -> Mapping[str, object]:
    """Return the names of the acts."""
    return {verb.value: label for verb, label in _LABELS.items()}
