"""What is held about somebody as one page that any browser shows, without the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from docflow.privacy.labels import HEADING, KIND_LABELS, NOTHING
from docflow.privacy.rules import Held, Sought
from docflow.privacy.telling import told

STYLE = (
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1rem}th,td{border:1px solid #999;padding:.3rem .5rem;"
    "text-align:start;vertical-align:top}th{width:14rem;background:#eee}"
)


def as_page(sought: Sought, held: Sequence[Held], *, locale: str) -> str:
    """Return the page in the language that is spoken just now; every value is escaped, and keeps its own direction."""
    direction = "rtl" if locale == "ar" else "ltr"
    title = str(HEADING)
    body = Markup("").join(_parts(held, locale)) or Markup("<p>{}</p>").format(str(NOTHING))
    return str(
        Markup(
            '<!doctype html>\n<html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style>'
            "</head><body><h1>{}</h1>{}{}</body></html>\n"
        ).format(locale, direction, title, STYLE, title, _table(sought.given(), locale), body)
    )


def _parts(held: Sequence[Held], locale: str) -> Iterator[Markup]:
    for kind, rows in groupby(held, key=lambda one: one.kind):
        yield Markup("<h2>{}</h2>").format(str(KIND_LABELS[kind]))
        for row in rows:
            yield _table(row.values, locale)


def _table(values: Mapping[str, object], locale: str) -> Markup:
    lines = [
        Markup("<tr><th>{}</th><td><bdi>{}</bdi></td></tr>").format(str(label), text)
        for label, text in told(values, locale=locale)
    ]
    return Markup("<table>{}</table>").format(Markup("").join(lines))
