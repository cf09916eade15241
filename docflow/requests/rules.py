"""What procedures ask for and within which term, what may be decided and on which ground; plain Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

from docflow.core.errors import InvalidInput
from docflow.core.words import Words
from docflow.deadlines.rules import INFORMATION, INVESTMENT, REQUEST, URGENT_INFORMATION, DayKind, DeadlineRule

SLUG_FORM: Final = re.compile(r"[a-z][a-z0-9-]{1,58}")
TITLE_LIMIT: Final = 160
TEXT_LIMIT: Final = 1000
LINE_LIMIT: Final = 300
ANSWER_LIMIT: Final = 500
REASON_LIMIT: Final = 2000
MOST_LINES: Final = 20
MOST_FILES: Final = 10
FILE_BYTES: Final = 10 * 1024 * 1024
FILE_PAGES: Final = 40


class ProcedureKind(StrEnum):
    """By which law a procedure runs."""

    REQUEST = "request"
    INVESTMENT = "investment"
    INFORMATION = "information"


class PaperForm(StrEnum):
    """In which form a document is asked for, or that it may not be."""

    SHOWN = "shown"
    """Shown and given back at once."""
    COPY = "copy"
    """A plain copy, which nobody legalises."""
    ORIGINAL = "original"
    """The original, which stays."""
    FORBIDDEN = "forbidden"
    """May not be asked for: legalised copies, what the administration has or can get itself."""


class Origin(StrEnum):
    """Where a request was deposited."""

    ONLINE = "online"
    COUNTER = "counter"


class Outcome(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Its citizen gave it up."""


class Ground(StrEnum):
    """On which ground of law 31-13 (article 7) information is refused."""

    DEFENCE = "defence"
    PRIVACY = "privacy"
    FREEDOMS = "freedoms"
    SOURCES = "sources"
    RELATIONS = "relations"
    MONETARY = "monetary"
    COMPETITION = "competition"
    DELIBERATIONS = "deliberations"
    PROCEEDINGS = "proceedings"
    SECRECY = "secrecy"
    NOT_HELD = "not_held"
    PUBLISHED = "published"
    REPEATED = "repeated"
    UNCLEAR = "unclear"


LAW_RULES: Final[Mapping[ProcedureKind, DeadlineRule]] = {
    ProcedureKind.REQUEST: REQUEST,
    ProcedureKind.INVESTMENT: INVESTMENT,
    ProcedureKind.INFORMATION: INFORMATION,
}
REGISTER_CODES: Final[Mapping[ProcedureKind, str]] = {
    ProcedureKind.REQUEST: "requests",
    ProcedureKind.INVESTMENT: "requests",
    ProcedureKind.INFORMATION: "information",
}


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A document that a procedure asks for, or says that it may not be asked for; ``is_given``: it was deposited."""

    ar: str
    fr: str
    form: PaperForm
    is_given: bool = False

    @property
    def words(self) -> Words:
        """Its name in both languages."""
        return Words(self.ar, self.fr)

    def as_row(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self) | {"form": self.form.value}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> AskedPaper:
        """Return it from how it is kept."""
        return cls(row["ar"], row["fr"], PaperForm(row["form"]), bool(row.get("is_given")))


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a procedure must know; ``said`` is the answer of a request."""

    ar: str
    fr: str
    is_optional: bool = False
    said: str = ""

    @property
    def words(self) -> Words:
        """The question in both languages."""
        return Words(self.ar, self.fr)

    def as_row(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Question:
        """Return it from how it is kept."""
        return cls(row["ar"], row["fr"], bool(row.get("is_optional")), row.get("said", ""))


def asked_papers(rows: Sequence[Mapping[str, Any]]) -> tuple[list[AskedPaper], list[AskedPaper]]:
    """Return the documents that are asked for, and those that may not be."""
    papers = [AskedPaper.from_row(row) for row in rows]
    asked = [one for one in papers if one.form is not PaperForm.FORBIDDEN]
    return asked, [one for one in papers if one.form is PaperForm.FORBIDDEN]


def checklist(rows: Sequence[Mapping[str, Any]], given: Sequence[int]) -> list[AskedPaper]:
    """Return what is asked for with a mark on what was given, by position among what is asked for."""
    asked, _forbidden = asked_papers(rows)
    return [replace(one, is_given=at in set(given)) for at, one in enumerate(asked)]


def answered(rows: Sequence[Mapping[str, Any]], said: Sequence[str]) -> list[Question]:
    """Return the questions with their answers.

    Raises:
        InvalidInput: ``question_unanswered`` with ``question``, ``field_too_long``.
    """
    found = []
    for row, text in zip(rows, [*said, *[""] * len(rows)], strict=False):
        question = replace(Question.from_row(row), said=" ".join(text.split()))
        if len(question.said) > ANSWER_LIMIT:
            raise InvalidInput("field_too_long", field=question.fr, limit=ANSWER_LIMIT)
        if not question.said and not question.is_optional:
            raise InvalidInput("question_unanswered", question=f"{question.ar} / {question.fr}")
        found.append(question)
    return found


def term_rule(kind: ProcedureKind, *, days: int | None, day_kind: DayKind, is_urgent: bool = False) -> DeadlineRule:
    """Return the term within which a request is decided: the law's, or what the procedure promises."""
    if kind == ProcedureKind.INFORMATION:
        return URGENT_INFORMATION if is_urgent else INFORMATION
    rule = LAW_RULES[kind]
    return rule if days is None else replace(rule, days=days, kind=DayKind(day_kind))


def check_term(kind: ProcedureKind, days: int | None, day_kind: DayKind) -> None:
    """Refuse a promise that is longer than the law allows; terms of law 31-13 are its own.

    Raises:
        InvalidInput: ``procedure_term_too_long`` with ``days``, ``procedure_term_fixed``.
    """
    if days is None:
        return
    if kind == ProcedureKind.INFORMATION:
        raise InvalidInput("procedure_term_fixed")
    most = LAW_RULES[kind].days
    # Five working days are a week at least, with its weekend.
    calendar = days if day_kind == DayKind.CALENDAR else days * 7 / 5
    if days < 1 or calendar > most:
        raise InvalidInput("procedure_term_too_long", days=most)


def check_decision(kind: ProcedureKind, outcome: Outcome, *, reason: str, ground: Ground | None) -> None:
    """Refuse a decision that the law does not know.

    Raises:
        InvalidInput: ``decision_reason_missing``, ``ground_missing``.
    """
    if outcome in {Outcome.REFUSED, Outcome.PARTLY} and not reason:
        raise InvalidInput("decision_reason_missing")
    if kind == ProcedureKind.INFORMATION and outcome in {Outcome.REFUSED, Outcome.PARTLY} and ground is None:
        raise InvalidInput("ground_missing")
