"""From what a person typed to our query tree: Whoosh's parser reads, and nothing typed is an error.

The parser is given only the plug-ins that an archivist's text survives: no single quotes (``bureau d'ordre``), no plus
and minus inside words (``R-2019-0004521``), no wildcards inside words. What it cannot read is searched as plain words.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from docflow.search import dates
from docflow.search import query as q
from docflow.search.fields import FIELD_BY_NAME, OPTIONAL_COLON
from docflow.search.language.analyser import analyse

_log = logging.getLogger(__name__)

LONGEST_QUERY = 1000
"""Characters read of a query; what is beyond is left out, with a hint."""

MOST_CLAUSES = 32
"""Words, phrases and ranges of one query; what is beyond is left out, with a hint."""

_LONGEST_WORD = 200
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"') | {"：": ":", "（": "(", "）": ")"})
_LOST_MARKS = re.compile(r"(?<!\w)[*~]+")
_QUOTED = re.compile(r'("[^"]*")')
_DATE_FIELDS: dict[str, Callable[[q.DateRange], q.DateRange]] = {
    "date": lambda days: days,
    "before": dates.before,
    "after": dates.after,
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree and what the reader should know of its making.

    ``hints`` are codes: ``query_shortened``, ``query_quote_unbalanced``, ``query_parenthesis_unbalanced``,
    ``query_date_not_understood``, ``query_read_as_words``, ``query_nothing_to_search``.
    """

    tree: q.Node
    hints: tuple[str, ...] = ()


def parse(text: str, *, today: date) -> Parsed:
    """Read a query; ``today`` is the local day from which ``30 derniers jours`` counts. Never raises."""
    hints: list[str] = []
    cleaned = _cleaned(text, hints)
    if not text.strip():
        return Parsed(q.Everything())
    reader = _Reader(hints, today)
    try:
        tree = reader.convert(_parser().parse(dates.with_ranges(cleaned, today=today), normalize=False))
    except Exception:  # Whoosh's parser promises no set of exceptions, and a query must never give an error page.
        _log.warning("search_query_not_parsed", exc_info=True)
        hints.append("query_read_as_words")
        tree = _plain_words(cleaned)
    if tree is None:
        return Parsed(q.Nothing(), (*dict.fromkeys(hints), "query_nothing_to_search"))
    return Parsed(tree, tuple(dict.fromkeys(hints)))


def _cleaned(text: str, hints: list[str]) -> str:
    """Keep what can be searched: no control, format or surrogate character, balanced quotes and parentheses."""
    if len(text) > LONGEST_QUERY:
        hints.append("query_shortened")
        text = text[:LONGEST_QUERY].rpartition(" ")[0] or text[:LONGEST_QUERY]
    spaced = "".join(" " if unicodedata.category(character) in ("Cc", "Cs") else character for character in text)
    kept = "".join(character for character in spaced if unicodedata.category(character) != "Cf").translate(_QUOTES)
    if kept.count('"') % 2:
        hints.append("query_quote_unbalanced")
        before, _, after = kept.rpartition('"')
        kept = f"{before} {after}"
    # A star or a tilde belongs to the word before it; one that follows none says nothing, and would part two words.
    kept = _LOST_MARKS.sub(" ", kept)
    pieces = _QUOTED.split(kept)
    if not _has_balanced_parentheses("".join(piece for piece in pieces if not piece.startswith('"'))):
        hints.append("query_parenthesis_unbalanced")
        kept = "".join(
            piece if piece.startswith('"') else piece.replace("(", " ").replace(")", " ") for piece in pieces
        )
    return kept.strip()


def _has_balanced_parentheses(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


@lru_cache(maxsize=1)
def _parser() -> Any:
    # Imported at the first query: Whoosh is large, and most commands never search.
    from whoosh.qparser import plugins
    from whoosh.qparser.default import QueryParser

    whoosh: Any = plugins  # Its constructors carry no types.
    names = sorted(FIELD_BY_NAME, key=len, reverse=True)
    dated = [name for name in names if FIELD_BY_NAME[name] in OPTIONAL_COLON]
    fields = rf"(?i)(?<!\w)(?P<text>{_any(names)}(?=\s?:)|{_any(dated)}(?=\s+[\d٠-٩]{{1,4}}[-/.]))(?:\s?:\s*|\s+)"
    start, end = r"(?:^|(?<=[\s(]))", r"(?=[\s(]|$)"
    operators = whoosh.OperatorsPlugin(
        And=rf"{start}(?:AND|ET){end}",
        Or=rf"{start}(?:OR|OU|أو|او){end}",
        Not=rf"{start}(?:(?:NOT|SAUF|إلا|الا){end}|-(?=[^\s\-]))",
        AndNot=None,
        AndMaybe=None,
        Require=None,
    )
    chosen = [
        whoosh.GroupPlugin(),
        whoosh.FieldsPlugin(fields),
        whoosh.PhrasePlugin(),
        operators,
        whoosh.PrefixPlugin(r"(?P<text>[^\s*()\"]+)[*](?=[\s)]|$)"),
        whoosh.FuzzyTermPlugin(),
    ]
    return QueryParser("", None, plugins=chosen)


def _any(names: list[str]) -> str:
    return f"(?:{'|'.join(re.escape(name) for name in names)})"


class _Reader:
    """Turns Whoosh's query into ours, counting clauses."""

    def __init__(self, hints: list[str], today: date) -> None:
        self._hints = hints
        self._today = today
        self._clauses = 0

    def convert(self, node: Any) -> q.Node | None:
        """Return our node, or None when nothing of it can be searched."""
        from whoosh.query.compound import And, Or
        from whoosh.query.positional import Phrase
        from whoosh.query.terms import FuzzyTerm, Prefix, Term
        from whoosh.query.wrappers import Not

        match node:
            case Not():
                refused = self.convert(node.query)
                return None if refused is None else q.Not(refused)
            case And():
                return self._with_days(_joined(q.And, [self.convert(part) for part in node.subqueries]))
            case Or():
                return _joined(q.Or, [self.convert(part) for part in node.subqueries])
            case Phrase():
                return self._leaf(node.fieldname, " ".join(node.words), q.Phrase)
            case FuzzyTerm():
                return self._leaf(node.fieldname, node.text, q.Approximate)
            case Prefix():
                return self._leaf(node.fieldname, node.text, q.Prefix)
            case Term():
                return self._leaf(node.fieldname, node.text, q.Term)
            case _:
                return None

    def _leaf(self, name: str, text: str, kind: type[q.Term | q.Phrase | q.Prefix | q.Approximate]) -> q.Node | None:
        text = text[:_LONGEST_WORD].strip(" *~:").lstrip(" *~:-")
        if not analyse(text).exact:
            return None
        self._clauses += 1
        if self._clauses > MOST_CLAUSES:
            self._hints.append("query_shortened")
            return None
        field = FIELD_BY_NAME.get(name.lower(), "")
        if field in _DATE_FIELDS:
            return self._days(field, text)
        leaf = kind(text)
        if field:
            return q.FieldQuery(field, leaf)
        days = dates.days_or_words(text, today=self._today) if kind is q.Term else None
        return q.Dated(text, days) if days else leaf

    def _with_days(self, node: q.Node | None) -> q.Node | None:
        """Join ``mars`` and ``2024``, ``1er`` and ``mars 2024``: together they are days."""
        if not isinstance(node, q.And):
            return node
        parts: list[q.Node] = []
        for part in node.parts:
            parts.append(part)
            for length in (3, 2):
                together = parts[-length:]
                if len(together) < length or not all(isinstance(one, q.Term | q.Dated) for one in together):
                    continue
                text = " ".join(one.text for one in together if isinstance(one, q.Term | q.Dated))
                if days := dates.days_or_words(text, today=self._today):
                    parts[-length:] = [q.Dated(text, days)]
                    break
        return q.And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _days(self, field: str, text: str) -> q.Node | None:
        days = dates.parse_days(text, today=self._today)
        if days is None:
            self._hints.append("query_date_not_understood")
            return q.Term(text)
        return _DATE_FIELDS[field](days)


def _joined(kind: type[q.And] | type[q.Or], parts: list[q.Node | None]) -> q.Node | None:
    kept: list[q.Node] = []
    for part in parts:
        if isinstance(part, q.And | q.Or) and type(part) is kind:
            kept.extend(part.parts)
        elif part is not None:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else None
    return q.And(tuple(kept)) if kind is q.And else q.Or(tuple(kept))


def _plain_words(text: str) -> q.Node | None:
    words = [word.strip('"()*~-:') for word in text.split()[:MOST_CLAUSES]]
    return _joined(q.And, [q.Term(word[:_LONGEST_WORD]) for word in words if analyse(word).exact])
