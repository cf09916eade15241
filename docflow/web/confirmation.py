"""The question before an act that cannot be undone, or that touches more than its button says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import render_template, request

CONFIRMED: Final = "confirmed"
"""The field by which a form says that the question was answered."""


def is_confirmed() -> bool:
    """Return whether whoever sent the form was asked, and said yes."""
    return request.form.get(CONFIRMED) == "1"


def ask_first(title: str, touched: Sequence[str], *, act: str, back_url: str) -> str:
    """Return the page that asks, instead of doing what the form of this request says.

    Answered with yes, it sends the same form again to the same address; it works without scripts.

    Args:
        title: the question, naming what it is about.
        touched: what follows from it, a sentence each.
        act: the label of the button that says yes.
        back_url: where *no* leads.
    """
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", CONFIRMED}]
    return render_template(
        "confirmation.html",
        title=title,
        touched=touched,
        act=act,
        back_url=back_url,
        address=request.full_path.rstrip("?"),
        kept=kept,
        confirmed=CONFIRMED,
    )
